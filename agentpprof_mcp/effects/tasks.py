"""What a task or script is for, by the words of its name: `test:unit`, `lintDebug`, `run-tests.sh`."""

import re

from agentpprof_mcp.effects.wrappers import TASKS
from agentpprof_mcp.model import EffectKind

__all__ = ["kind_of_script", "kind_of_task", "kind_of_tasks"]

WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
SHELL_SCRIPT = re.compile(r"\.(?:sh|bash|zsh|ps1|cmd|bat)$")
MAX_NAME = 256
MAX_TASKS = 8
RANK = {kind: rank for rank, kind in enumerate(EffectKind)}


def kind_of_task(name: str) -> EffectKind | None:
    """The kind of the first word that tells more than that something runs; None when no word tells."""
    words = (word.lower() for word in WORD.findall(name[:MAX_NAME]))
    kinds = [TASKS[word] for word in words if word in TASKS]
    return next((kind for kind in kinds if kind is not EffectKind.RUN), kinds[0] if kinds else None)


def kind_of_tasks(names: list[str]) -> EffectKind | None:
    """The weightiest kind of several tasks; paths and sentences are no names of tasks."""
    names = [name for name in names[:MAX_TASKS] if "/" not in name and " " not in name]
    kinds = [kind for kind in map(kind_of_task, names) if kind is not None]
    return min(kinds, key=RANK.__getitem__, default=None)


def kind_of_script(path: str) -> EffectKind | None:
    """The kind of `scripts/run-tests.sh` or `./build`; None for a program that is only called so."""
    name = re.split(r"[/\\]", path)[-1]
    return kind_of_task(name) if SHELL_SCRIPT.search(name) or name in TASKS else None
