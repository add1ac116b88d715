"""Arguments of a program, sorted into options, operands and paths."""

import re
from collections.abc import Callable, Iterator
from itertools import takewhile

import msgspec

from agentpprof_mcp.effects.places import join, literal_part
from agentpprof_mcp.effects.programs import Option, Paths, Program

__all__ = ["Reading", "path_of"]

USUAL = re.compile(r"(?!/dev/)(?=[^A-Za-z_]*+[A-Za-z_])[\w./-]++(?<!/\.\.\.)")
"""A path that nothing has to be looked for in."""
NO_PATH = re.compile(r"[|<>\"\n;]|://|\{\}|^/dev/|@(?:latest|v?\d[\w.]*)$|^[-+]?\d*$|^-$")
MAX_PATH = 1024
MAX_BUNDLE = 6
# Python 3.11 looks members up slowly, and there are many options.
ALONE, FILE, FOLDER, GIVEN = Option.ALONE, Option.FILE, Option.FOLDER, Option.GIVEN
PAIR, RUNS, WRITES = Option.PAIR, Option.RUNS, Option.WRITES
VALUELESS = (WRITES, ALONE)
ENDS = (";", "+")
"""Words that end a command which an option gives."""


class Reading(msgspec.Struct, gc=False):
    """What the `words` behind a program's name say.

    `program` is the subcommand that they name, if they do, and `tables` are its options and those of the
    program itself. `leading` and `marked` count the operands before the first option and before `--`;
    `nested` are commands that options give.
    """

    program: Program
    words: Iterator[str]
    tables: list[dict[str, Option]]
    operands: list[str] = []
    files: tuple[str, ...] = ()
    options: tuple[Option, ...] = ()
    nested: tuple[list[str], ...] = ()
    folder: str = ""
    leading: int | None = None
    marked: int | None = None

    def read(self) -> None:
        """Sort the words."""
        operands = self.operands
        for word in self.words:
            if word[:1] == "-" and self.marked is None and word != "-":
                if word == "--":
                    self.marked = len(operands)
                else:
                    self._take_option(word)
            elif operands:
                operands.append(word)
            elif word:
                self._take_first(word)

    def paths(self) -> tuple[str, ...]:
        """The distinct paths that the command names, as written."""
        words = OPERANDS[self.program.paths](self)
        if self.files:
            words = [*words, *self.files]
        if not words:
            return ()
        paths = [path for word in words if (path := path_of(word))]
        return tuple(dict.fromkeys(paths)) if len(paths) > 1 else tuple(paths)

    def _take_first(self, word: str) -> None:
        """Take a subcommand, or the first operand."""
        program = self.program
        subcommand = program.subcommands.get(word) if self.marked is None else None
        if subcommand is not None:
            self.program = subcommand
            if subcommand.options:
                self.tables.insert(0, subcommand.options)
        elif not (word[0] == "+" and program.subcommands):  # `cargo +nightly`
            self.operands.append(word)

    def _take_option(self, word: str) -> None:
        if self.leading is None:
            self.leading = len(self.operands)
        for table in self.tables:
            if word in table:
                self._apply(table[word], None)
                return
        if len(word) > 2 and self.tables and (word[1] != "-" or "=" in word):
            self._apply(*self._inside(word))

    def _apply(self, option: Option | None, value: str | None) -> None:
        """Do what an option means; `value` is what its own word holds of one."""
        if option is None:
            return
        self.options += (option,)
        if option is RUNS:
            self.nested += (list(takewhile(lambda word: word not in ENDS, self.words)),)
            return
        if option in VALUELESS:
            return
        value = next(self.words, "") if value is None else value
        if option is PAIR:
            next(self.words, "")
        elif option is FILE:
            self.files += (value,)
        elif option is FOLDER:
            self.folder = join(self.folder, value)

    def _inside(self, word: str) -> tuple[Option | None, str | None]:
        """What is written in one word: an option, and its value if it is in there, too.

        Of several letters in one word (`-ni`) the last one counts.
        """
        name, equals, value = word.partition("=")
        given = value if equals else None
        spellings = [(name, given)]
        if len(name) > 2 and name[1] != "-":
            bundle = name[1:].isalpha() and len(name) <= MAX_BUNDLE
            spellings.append((f"-{name[-1]}", given) if bundle else (name[:2], word[2:]))
        for spelling, inside in spellings:
            for table in self.tables:
                if spelling in table:
                    return table[spelling], inside
        return None, None


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
    if len(word) <= MAX_PATH and USUAL.fullmatch(word):
        return word
    if not word or len(word) > MAX_PATH or NO_PATH.search(word):
        return ""
    word = word.partition("::")[0].removesuffix("/...")
    return literal_part(word) or ("" if "\0" in word else ".")
