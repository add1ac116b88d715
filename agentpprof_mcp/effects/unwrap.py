"""From a command as it was typed to the program that does the work."""

import re

from agentpprof_mcp.effects.commands import PROGRAMS, known_name
from agentpprof_mcp.effects.programs import Wrapper
from agentpprof_mcp.effects.wrappers import PYTHONS, WRAPPERS

__all__ = ["ASSIGNMENT", "module_of", "unwrap"]

ASSIGNMENT = re.compile(r"[A-Za-z_]\w*\+?=")
MAX_PYTHON_OPTIONS = 4
PEELED = PYTHONS.union(names.split()[0] for names in WRAPPERS)


def unwrap(words: list[str]) -> tuple[str, list[str]]:
    """Peel leading assignments, and programs that only run another; never to nothing.

    Returns the known name of the program that is left, and the words from it on. Words that only assign
    have no name.
    """
    while True:
        first = words[0]
        if "=" in first and ASSIGNMENT.match(first):
            if len(words) == 1:
                return "", words
            words = words[1:]
            continue
        name = known_name(first)
        inner = _inside(name, words) if name in PEELED else None
        if not inner:
            return name, words
        words = inner


def module_of(name: str, words: list[str]) -> list[str]:
    """The module that `python -m` runs, with its arguments; empty when the words are none such."""
    if name not in PYTHONS or "-m" not in words[1:MAX_PYTHON_OPTIONS]:
        return []
    return words[words.index("-m") + 1 :]


def _inside(name: str, words: list[str]) -> list[str]:
    """The command that a wrapper runs; empty when these words are none, or wrap nothing."""
    if module := module_of(name, words):
        return module if known_name(module[0]) in PROGRAMS else []
    for size in (3, 2, 1):
        wrapper = WRAPPERS.get(" ".join((name, *words[1:size])))
        if wrapper is not None:
            return _behind(words[size:], wrapper)
    return []


def _behind(words: list[str], wrapper: Wrapper) -> list[str]:
    """The words behind a wrapper's own options, assignments and operands."""
    values, unless, operands = wrapper.values.split(), wrapper.unless.split(), wrapper.operands
    left = iter(enumerate(words))
    for position, word in left:
        if word in unless:
            return []
        if word in values:
            next(left, None)
        elif not word.startswith("-") and not ASSIGNMENT.match(word):
            if not operands:
                return words[position:]
            operands -= 1
    return []
