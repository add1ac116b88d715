"""Effects of shell commands: the commands of a text, one by one, with their folders and variables."""

import re
from collections.abc import Callable, Mapping
from copy import copy
from functools import lru_cache
from types import MappingProxyType

import msgspec

from agentpprof_mcp.effects.commands import known_name
from agentpprof_mcp.effects.grammar import MAX_COMMANDS, MAX_TEXT, MAX_WORDS, Command, parse
from agentpprof_mcp.effects.meaning import understand
from agentpprof_mcp.effects.operands import path_of
from agentpprof_mcp.effects.patch import patched_files
from agentpprof_mcp.effects.places import join
from agentpprof_mcp.effects.powershell import statements
from agentpprof_mcp.effects.unwrap import ASSIGNMENT, unwrap
from agentpprof_mcp.effects.wrappers import FOLDERS, SHELLS, SILENT
from agentpprof_mcp.model import Effect, EffectKind

__all__ = ["effects_of_text", "shell_effects"]

MEMO = 1 << 11
MEMO_TEXT = 2048
"""Agents repeat themselves: the effects of so many commands of at most this length are kept."""

MAX_NESTING = 4
MAX_VALUE = 512
MAX_WORD = 256
MAX_VARIABLES = 64
READ, RUN, SEARCH = EffectKind.READ, EffectKind.RUN, EffectKind.SEARCH
WRITE, NETWORK = EffectKind.WRITE, EffectKind.NETWORK
OPERAND = re.compile(r"(?!-)").match
MARK = re.compile("\0(\\w*)\0")
KNOWN = MappingProxyType({"HOME": "~", "TMPDIR": "/tmp"})  # noqa: S108  nothing is made there
SINK = re.compile(r"/dev/|nul$", re.IGNORECASE)
UNPARSED = "unparsed"
POWERSHELL = frozenset(("powershell", "pwsh"))
GRAMMARS = dict.fromkeys(POWERSHELL, statements)
"""Who reads the text of a shell; all others are read as bash."""
PATCHERS = frozenset(("apply_patch", "applypatch"))
REDIRECTED = (READ, RUN, SEARCH)
"""Kinds that become a write when their output goes to a file."""


def shell_effects(command: str | list[str], shell: str, cwd: str) -> list[Effect]:
    """Effects of a command text, or of an argument vector, that `shell` runs in `cwd`; at least one.

    Text beyond the limits of `grammar` and commands beyond the first 32 are left out.
    """
    name = known_name(shell) or "bash"
    if isinstance(command, str):
        if len(command) <= MEMO_TEXT:
            return list(_remembered(command, name, cwd))
        return effects_of_text(command, name, cwd)
    words = [word.replace("\0", "_") for word in command[:MAX_WORDS]]
    inner = _text_for_shell(known_name(words[0]), words) if words else None
    if inner is not None:
        return shell_effects(inner, words[0], cwd)
    walk = Walk(name)
    if words:
        walk.run(Command(words, [], [], 0), Scope(cwd), (name,), words[-1])
    return walk.result(cwd)


@lru_cache(MEMO)
def _remembered(text: str, shell: str, cwd: str) -> tuple[Effect, ...]:
    return tuple(effects_of_text(text, shell, cwd))


def effects_of_text(text: str, shell: str, cwd: str) -> list[Effect]:
    """Effects of a text that nothing is remembered of; `shell` is a known name."""
    if len(text) > MAX_TEXT:
        text = text[: MAX_TEXT + 1]
    if "\0" in text:
        text = text.replace("\0", "_")
    walk = Walk(shell)
    walk.read(text, shell, Scope(cwd), (shell,))
    return walk.result(cwd)


class Scope(msgspec.Struct, gc=False):
    """What a shell knows while it runs: its folder, the folders behind it, and its variables.

    What it knows is replaced, never changed: a subshell begins as a copy.
    """

    cwd: str
    behind: tuple[str, ...] = ()
    variables: Mapping[str, str] = KNOWN

    def expand(self, word: str) -> str:
        """Put values into a word; what is not known stays as one NUL."""
        return MARK.sub(self._value, word)

    def _value(self, match: re.Match[str]) -> str:
        name = match[1]
        return (self.cwd or ".") if name == "PWD" else self.variables.get(name, "\0")

    def assign(self, word: str) -> None:
        """Take note of `NAME=value`."""
        name, equals, value = word.partition("=")
        if equals and len(value) <= MAX_VALUE and len(self.variables) < MAX_VARIABLES:
            self.variables = {**self.variables, name: value}

    def enter(self, name: str, words: list[str]) -> None:
        """Follow `cd`, `pushd` or `popd`; a folder that is not known is taken for the current one."""
        if name == "popd":
            *behind, self.cwd = self.behind or (self.cwd,)
            self.behind = tuple(behind)
            return
        if name == "pushd":
            self.behind = (*self.behind, self.cwd)
        target = next(filter(OPERAND, words), "")
        if target or not words:
            self.cwd = join(self.cwd, path_of(target or "~"))


class Walk:
    """Collects the effects of one call."""

    def __init__(self, shell: str) -> None:
        """`shell` is the program that reads the outermost text."""
        self.shell = shell
        self.effects: list[Effect] = []
        self.silent = ""

    def result(self, cwd: str) -> list[Effect]:
        """Return at least one effect: a call that only changed its shell still ran something."""
        if self.effects:
            return self.effects
        words = (self.shell, self.silent) if self.silent else (self.shell,)
        return [Effect(RUN, words, cwd=cwd)]

    def add(
        self,
        kind: EffectKind,
        chain: tuple[str, ...],
        cwd: str,
        paths: tuple[str, ...] = (),
        domains: tuple[str, ...] = (),
    ) -> None:
        """Keep one effect."""
        if len(self.effects) < MAX_COMMANDS:
            self.effects.append(Effect(kind, chain, paths, domains, cwd))

    def read(self, text: str, shell: str, scope: Scope, chain: tuple[str, ...]) -> None:
        """Walk through a text of commands that a shell of this name reads."""
        script = GRAMMARS.get(shell, parse)(text)
        if script is None or len(chain) > MAX_NESTING:
            self.add(RUN, (*chain, UNPARSED), scope.cwd)
            return
        scopes = {0: scope}
        for command in script.commands:
            inner = scopes.get(command.scope) or _scope(scopes, script.parents, command.scope)
            self.run(command, inner, chain, text)

    def run(self, command: Command, scope: Scope, chain: tuple[str, ...], text: str) -> None:
        """Follow one simple command of `text`: its effect, and those of commands that it runs itself."""
        if not command.words:
            self.redirection_alone(command, scope, chain)
            return
        words = [scope.expand(word) if "\0" in word else word for word in command.words]
        name, words = unwrap(words)
        special = SPECIAL.get(name)
        if special and special(self, Step(name, words, command, scope, chain, text)):
            return
        meaning = understand(name, words, scope.cwd)
        kind, paths = meaning.kind, meaning.paths
        if command.outputs or command.inputs:
            kind, paths = _redirected(kind, paths, command, scope)
        chain = (*chain, words[0][:MAX_WORD])
        self.add(kind, chain, meaning.cwd, paths, meaning.domains)
        for nested in meaning.nested:
            if nested and len(chain) <= MAX_NESTING:
                inner = Scope(meaning.cwd, scope.behind, scope.variables)
                self.run(Command(nested, [], [], 0), inner, chain, "")

    def redirection_alone(self, command: Command, scope: Scope, chain: tuple[str, ...]) -> None:
        """Add what the shell itself writes or reads: `> file`, `done < file`."""
        if outputs := _paths(command.outputs, scope):
            self.add(WRITE, chain, scope.cwd, outputs)
        elif inputs := _paths(command.inputs, scope):
            self.add(READ, chain, scope.cwd, inputs)


class Step(msgspec.Struct, gc=False):
    """One unwrapped command on its way: where it was read, and what its shell knows."""

    name: str
    words: list[str]
    command: Command
    scope: Scope
    chain: tuple[str, ...]
    text: str


def _assign(_walk: Walk, step: Step) -> bool:
    """Follow `NAME=value`, if the unknown name is one."""
    if not ASSIGNMENT.match(step.words[0]):
        return False
    for word in step.command.words:
        step.scope.assign(step.scope.expand(word))
    return True


def _enter(walk: Walk, step: Step) -> bool:
    walk.silent = walk.silent or step.words[0]
    step.scope.enter(FOLDERS[step.name], step.words[1:])
    return True


def _set(walk: Walk, step: Step) -> bool:
    walk.silent = walk.silent or step.words[0]
    for word in step.words[1:]:
        step.scope.assign(word)
    return True


def _quote(walk: Walk, step: Step) -> bool:
    """`"$(cat <<EOF ...)"` is a way to quote a text."""
    command = step.command
    if len(step.words) > 1 or not command.scope or command.outputs or command.inputs:
        return False
    walk.silent = walk.silent or step.words[0]
    return True


def _patch(walk: Walk, step: Step) -> bool:
    for path in patched_files(step.text):
        walk.add(WRITE, (*step.chain, step.words[0]), step.scope.cwd, (path,))
    return True


def _evaluate(walk: Walk, step: Step) -> bool:
    if len(step.words) < 2:
        return False
    walk.read(" ".join(step.words[1:]), "", step.scope, (*step.chain, step.words[0]))
    return True


def _descend(walk: Walk, step: Step) -> bool:
    """Read the text that is given to another shell, if one is."""
    inner = _text_for_shell(step.name, step.words)
    if inner is None:
        return False
    walk.read(inner, step.name, copy(step.scope), (*step.chain, step.words[0][:MAX_WORD]))
    return True


SPECIAL: dict[str, Callable[[Walk, Step], bool]] = {
    "": _assign,
    "cat": _quote,
    "eval": _evaluate,
    **dict.fromkeys(SILENT, _set),
    **dict.fromkeys(FOLDERS, _enter),
    **dict.fromkeys(PATCHERS, _patch),
    **dict.fromkeys(SHELLS | POWERSHELL, _descend),
}
"""Names with more to them than an effect of their own; False: this time there is not."""


def _scope(scopes: dict[int, Scope], parents: list[int], number: int) -> Scope:
    """The scope of this number, opened below its parents when it is first seen."""
    path = []
    while number not in scopes:
        path.append(number)
        number = parents[number]
    scope = scopes[number]
    for inner in reversed(path):
        scope = scopes[inner] = copy(scope)
    return scope


def _paths(words: list[str], scope: Scope) -> tuple[str, ...]:
    return tuple(filter(None, [path_of(scope.expand(word)) for word in words])) if words else ()


def _written(command: Command, scope: Scope) -> tuple[str, ...] | None:
    """The files that output goes to; None if it only goes to a device."""
    words = [word for word in command.outputs if not SINK.match(word)]
    return _paths(words, scope) if words else None


def _redirected(
    kind: EffectKind, paths: tuple[str, ...], command: Command, scope: Scope
) -> tuple[EffectKind, tuple[str, ...]]:
    """What a command does, and to which files, once its redirections are known, too."""
    written = _written(command, scope) if command.outputs else None
    if written is not None:
        if kind in REDIRECTED:
            return WRITE, written
        if kind is NETWORK:
            return kind, paths + written
    elif not paths and kind in REDIRECTED:
        return kind, _paths(command.inputs, scope)
    return kind, paths


def _text_for_shell(name: str, words: list[str]) -> str | None:
    """The text in `bash -lc TEXT` or `powershell -Command TEXT`; None for any other command."""
    if name in SHELLS:
        for position, word in enumerate(words[1:-1], 1):
            if word.startswith("-") and not word.startswith("--") and "c" in word:
                return words[position + 1]
            if not word.startswith(("-", "+")) and not words[position - 1].endswith("o"):
                return None  # a script, unless it is what `-o` sets
    elif name in POWERSHELL:
        for position, word in enumerate(words[1:-1], 1):
            if "-command".startswith(word.lower()) and len(word) > 1:
                return " ".join(words[position + 1 :])
    return None
