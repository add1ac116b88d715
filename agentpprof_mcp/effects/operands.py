"""Arguments of a program, sorted into options, operands and paths."""

import re
from collections.abc import Callable

from agentpprof_mcp.effects.places import join, literal_part
from agentpprof_mcp.effects.programs import Option, Paths, Program

__all__ = ["Reading", "path_of"]

NO_PATH = re.compile(r"[|<>\"\n;]|://|\{\}|^/dev/|^[-+]?\d*$|^-$")
MAX_PATH = 1024
MAX_BUNDLE = 6
# Python 3.11 looks members up slowly, and there are many options.
ALONE, FILE, FOLDER, GIVEN = Option.ALONE, Option.FILE, Option.FOLDER, Option.GIVEN
PAIR, RUNS, WRITES = Option.PAIR, Option.RUNS, Option.WRITES
VALUELESS = (WRITES, ALONE)


class Reading:
    """What the words behind a program's name say.

    `program` is the subcommand that they name, if they do. `leading` and `marked` count the operands
    before the first option and before `--`; `nested` are commands that options give.
    """

    def __init__(self, program: Program, words: list[str]) -> None:
        """Sort `words`."""
        self.program = program
        self.operands: list[str] = []
        self.files: list[str] = []
        self.folder = ""
        self.leading: int | None = None
        self.marked: int | None = None
        self.options: list[Option] = []
        self.nested: list[list[str]] = []
        self._tables = [program.options]
        self._words = iter(words)
        for word in self._words:
            if word == "--" and self.marked is None:
                self.marked = len(self.operands)
            elif word.startswith("-") and word != "-" and self.marked is None:
                self._take_option(word)
            elif word:
                self._take_operand(word)

    def paths(self) -> tuple[str, ...]:
        """The distinct paths that the command names, as written."""
        words = (*OPERANDS[self.program.paths](self), *self.files)
        return tuple(dict.fromkeys(filter(None, map(path_of, words))))

    def _take_operand(self, word: str) -> None:
        first = not self.operands and self.marked is None
        subcommand = self.program.subcommands.get(word) if first else None
        if subcommand is not None:
            self.program = subcommand
            self._tables.insert(0, subcommand.options)
        elif not (first and word.startswith("+") and self.program.subcommands):  # `cargo +nightly`
            self.operands.append(word)

    def _take_option(self, word: str) -> None:
        if self.leading is None:
            self.leading = len(self.operands)
        option, value = self._meaning(word)
        if option is None:
            return
        self.options.append(option)
        if option is RUNS:
            self.nested.append(list(iter(self._until_end, None)))
            return
        if option in VALUELESS:
            return
        value = next(self._words, "") if value is None else value
        if option is PAIR:
            next(self._words, "")
        elif option is FILE:
            self.files.append(value)
        elif option is FOLDER:
            self.folder = join(self.folder, value)

    def _meaning(self, word: str) -> tuple[Option | None, str | None]:
        """What an option does, and the value in the same word (None: it would be the next word).

        Of several letters in one word (`-ni`) the last one counts.
        """
        name, equals, value = word.partition("=")
        given = value if equals else None
        spellings = [(name, given)]
        if len(name) > 2 and name[1] != "-":
            bundle = name[1:].isalpha() and len(name) <= MAX_BUNDLE
            spellings.append((f"-{name[-1]}", given) if bundle else (name[:2], word[2:]))
        for table in self._tables:
            for spelling, inside in spellings:
                if spelling in table:
                    return table[spelling], inside
        return None, None

    def _until_end(self) -> str | None:
        """The next word of a command that an option gives; None at its end."""
        word = next(self._words, None)
        return None if word in {";", "+"} else word


def _rest(arguments: Reading) -> list[str]:
    """All but the first operand, unless an option stands for it."""
    complete = GIVEN in arguments.options or ALONE in arguments.options
    return arguments.operands if complete else arguments.operands[1:]


def _marked(arguments: Reading) -> list[str]:
    return [] if arguments.marked is None else arguments.operands[arguments.marked :]


OPERANDS: dict[Paths, Callable[[Reading], list[str]]] = {
    Paths.NONE: lambda _: [],
    Paths.ALL: lambda a: a.operands,
    Paths.FIRST: lambda a: a.operands[:1],
    Paths.LAST: lambda a: a.operands[1:][-1:],
    Paths.REST: _rest,
    Paths.LEADING: lambda a: a.operands[: a.leading],
    Paths.MARKED: _marked,
}
"""Which operands may be paths."""


def path_of(word: str) -> str:
    """The path that a word names, up to what the shell would put in; empty for none."""
    if not word or len(word) > MAX_PATH or NO_PATH.search(word):
        return ""
    word = word.partition("::")[0].removesuffix("/...")
    return literal_part(word) or ("" if "\0" in word else ".")
