"""How well and how fast shell commands of real history are read.

    python -m benchmarks.shell --home HOME [--show N] [--table N] [--sample N]

Prints agreement with tree-sitter's grammar of bash (`bash_grammar` says what is compared), how much is
left without a name, and the cost of a command beside `shlex.split` of the same text. `--show` lists
disagreements, `--table` the most frequent programs with what they do, `--sample` commands drawn by a
fixed seed with what was read, for a person to judge.
"""

import argparse
import contextlib
import itertools
import json
import operator
import random
import shlex
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import NamedTuple

from agentpprof_mcp.effects import Arguments, effects_of, parse_arguments
from agentpprof_mcp.effects.commands import known_name
from agentpprof_mcp.effects.shell import UNPARSED, effects_of_text, shell_effects
from agentpprof_mcp.labels.domains import domain_name
from agentpprof_mcp.model import Effect, EffectKind
from benchmarks.bash_grammar import Opinions, opinions

__all__ = ["Agreement", "agreement", "calls", "texts"]

CLAUDE_TOOLS = frozenset(("Bash", "PowerShell"))
CODEX_TOOLS = frozenset(("exec_command", "shell", "shell_command"))
HINTS = (b'"command"', *(f'"{name}"'.encode() for name in CODEX_TOOLS))
ROUNDS = 5
SEED = 20
CUT = 60
MOST = 3


class Agreement(NamedTuple):
    """Calls whose commands were read alike, not alike, and those where the grammar has errors."""

    same: int
    different: list[tuple[str, Opinions]]
    errors: int

    @property
    def share(self) -> float:
        """The part of calls read alike, of those without errors."""
        return self.same / ((self.same + len(self.different)) or 1)


# --- history ---------------------------------------------------------------------------------


def calls(home: Path) -> Iterator[tuple[str, Arguments]]:
    """Each shell call, as (tool, arguments), of any session below `home`."""
    for path in sorted(home.rglob("*.jsonl")):
        for line in path.read_bytes().split(b"\n"):
            if any(hint in line for hint in HINTS):
                with contextlib.suppress(ValueError):
                    yield from _calls_of(json.loads(line))


def _calls_of(record: object) -> Iterator[tuple[str, Arguments]]:
    if not isinstance(record, dict):
        return
    message, payload = record.get("message"), record.get("payload")
    if isinstance(payload, dict) and payload.get("name") in CODEX_TOOLS:
        yield payload["name"], parse_arguments(payload["arguments"])
    blocks = message.get("content") if isinstance(message, dict) else None
    for block in blocks if isinstance(blocks, list) else ():
        if isinstance(block, dict) and block.get("name") in CLAUDE_TOOLS:
            yield block["name"], parse_arguments(json.dumps(block["input"]))


def texts(home: Path) -> list[str]:
    """The text of each call of a POSIX shell."""
    found = ((tool, call.command or call.cmd) for tool, call in calls(home))
    return [text for tool, text in found if tool != "PowerShell" and isinstance(text, str) and text]


def all_effects(home: Path) -> list[Effect]:
    """The effects of all calls."""
    return [effect for tool, call in calls(home) for effect in effects_of(tool, call, "/p")]


# --- measures --------------------------------------------------------------------------------


def agreement(commands: list[str]) -> Agreement:
    """Compare our reading of every text with the grammar's."""
    same, errors, different = 0, 0, []
    for text, times in Counter(commands).items():
        found = opinions(text)
        if found.theirs is None:
            errors += times
        elif found.ours == found.theirs:
            same += times
        else:
            different += [(text, found)] * times
    return Agreement(same, different, errors)


def costs(commands: list[str]) -> tuple[float, float, float]:
    """Median seconds of our reading and of `shlex.split`, and the median of their ratios.

    A folder of its own for each reading keeps remembered effects out of it.
    """
    folders = map("/{}".format, itertools.count())
    ours = [_best(_read, text, folders) for text in commands]
    split = [_best(_split, text, folders) for text in commands]
    return median(ours), median(split), median(map(operator.truediv, ours, split))


def _best(work: Callable[[str, str], object], text: str, folders: Iterator[str]) -> float:
    times = []
    for folder in itertools.islice(folders, ROUNDS):
        began = time.perf_counter()
        work(text, folder)
        times.append(time.perf_counter() - began)
    return min(times)


def _read(text: str, folder: str) -> None:
    effects_of_text(text, "bash", folder)


def _split(text: str, _folder: str) -> None:
    with contextlib.suppress(ValueError):
        shlex.split(text)


def report(home: Path, show: int) -> Iterator[str]:
    """The figures, line by line."""
    commands = texts(home)
    found = agreement(commands)
    effects = all_effects(home)
    kinds = Counter(effect.kind for effect in effects)
    named = sum(bool(known_name(effect.processes[-1])) for effect in effects)
    unparsed = sum(effect.processes[-1] == UNPARSED for effect in effects)
    ours, split, ratio = costs(commands)
    yield f"{len(commands)} commands, {len(set(commands))} of them different; {len(effects)} effects"
    yield (
        f"agreement with tree-sitter: {found.share:.2%} ({len(found.different)} differ, "
        f"{found.errors} set apart: the grammar has errors)"
    )
    yield f"process:unparsed: {unparsed / len(commands):.2%} of commands"
    yield f"effect:run: {kinds[EffectKind.RUN] / len(effects):.1%} of effects"
    yield f"processes without a public name: {1 - named / len(effects):.1%} of effects"
    yield (
        f"cost of a command: {ours * 1e6:.1f} us, shlex.split {split * 1e6:.1f} us (medians); "
        f"median ratio {ratio:.2f}"
    )
    for text, (mine, theirs) in found.different[:show]:
        yield f"\n{text}\n  we read: {mine}\n  they do: {theirs}"


# --- pages -----------------------------------------------------------------------------------


def table(effects: list[Effect], rows: int) -> Iterator[str]:
    """The most frequent programs, in Markdown: their effects, how many name a path, their domains."""
    programs: dict[str, list[Effect]] = {}
    for effect in effects:
        if name := known_name(effect.processes[-1]):
            programs.setdefault(name, []).append(effect)
    yield "| program | times | effects | with a path | domains |"
    yield "| --- | --: | --- | --: | --- |"
    for name in sorted(programs, key=lambda name: (-len(programs[name]), name))[:rows]:
        found = programs[name]
        kinds = Counter(effect.kind.value for effect in found)
        domains = Counter(domain_name(host) for effect in found for host in effect.domains if host)
        paths = sum(bool(effect.paths) for effect in found) / len(found)
        yield f"| `{name}` | {len(found)} | {_top(kinds)} | {paths:.0%} | {_top(domains)} |"


def _top(counts: Counter[str]) -> str:
    return ", ".join(name for name, _ in sorted(counts.items(), key=lambda c: (-c[1], c[0]))[:MOST])


def sample(commands: list[str], size: int) -> Iterator[str]:
    """Commands drawn by a fixed seed, with what was read."""
    drawn = random.Random(SEED).sample(sorted(commands), size)  # noqa: S311  not a secret
    for number, text in enumerate(drawn, 1):
        yield f"\n{number}. {text}"
        for effect in shell_effects(text, "bash", ""):
            chain = ">".join(effect.processes[1:])
            yield f"   = {effect.kind} {chain} {list(effect.paths)} {list(effect.domains)} {effect.cwd}"


def main() -> None:
    """Print what was asked for."""
    parser = argparse.ArgumentParser(description="Measure the reading of shell commands.")
    parser.add_argument("--home", type=Path, required=True, help="folder with session files")
    parser.add_argument("--show", type=int, default=0, help="list so many disagreements")
    parser.add_argument("--table", type=int, default=0, help="only the most frequent programs")
    parser.add_argument("--sample", type=int, default=0, help="only commands to judge")
    args = parser.parse_args()
    if args.table:
        lines = table(all_effects(args.home), args.table)
    elif args.sample:
        lines = sample(texts(args.home), args.sample)
    else:
        lines = report(args.home, args.show)
    for line in lines:
        print(line, flush=True)


if __name__ == "__main__":
    main()
