"""Arguments of a program, sorted into options, operands and paths."""

import re
from collections.abc import Callable

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


class Reading:
    """What the words behind a program's name say.

    `program` is the subcommand that they name, if they do. `leading` and `marked` count the operands
    before the first option and before `--`; `nested` are commands that options give.
    """

    folder = ""
    leading: int | None = None
    marked: int | None = None

    def __init__(self, program: Program, words: list[str]) -> None:
        """Sort `words`, the first of which is the program itself."""
        self.program = program
        self.operands: list[str] = []
        self.files: list[str] = []
        self.options: list[Option] = []
        self.nested: list[list[str]] = []
        self._tables = [program.options] if program.options else []
        self._words = iter(words)
        next(self._words, None)
        for word in self._words:
            if word[:1] == "-" and self.marked is None and word != "-":
                if word == "--":
                    self.marked = len(self.operands)
                else:
                    self._take_option(word)
            elif self.operands:
                self.operands.append(word)
            elif word:
                self._take_first(word)

    def paths(self) -> tuple[str, ...]:
        """The distinct paths that the command names, as written."""
        words = OPERANDS[self.program.paths](self)
        if self.files:
            words = [*words, *self.files]
        paths = [path for word in words if (path := path_of(word))]
        return tuple(dict.fromkeys(paths)) if len(paths) > 1 else tuple(paths)

    def _take_first(self, word: str) -> None:
        """Take a subcommand, or the first operand."""
        program = self.program
        subcommand = program.subcommands.get(word) if self.marked is None else None
        if subcommand is not None:
            self.program = subcommand
            if subcommand.options:
                self._tables.insert(0, subcommand.options)
        elif not (word[0] == "+" and program.subcommands):  # `cargo +nightly`
            self.operands.append(word)

    def _take_option(self, word: str) -> None:
        if self.leading is None:
            self.leading = len(self.operands)
        value = None
        for table in self._tables:
            if word in table:
                option: Option | None = table[word]
                break
        else:
            option, value = self._inside(word)
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

    def _inside(self, word: str) -> tuple[Option | None, str | None]:
        """What is written in one word: an option, and its value if it is in there, too.

        Of several letters in one word (`-ni`) the last one counts.
        """
        if "=" not in word and (len(word) == 2 or word[1] == "-"):
            return None, None
        name, equals, value = word.partition("=")
        given = value if equals else None
        spellings = [(name, given)]
        if len(name) > 2 and name[1] != "-":
            bundle = name[1:].isalpha() and len(name) <= MAX_BUNDLE
            spellings.append((f"-{name[-1]}", given) if bundle else (name[:2], word[2:]))
        for spelling, inside in spellings:
            for table in self._tables:
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
    if len(word) <= MAX_PATH and USUAL.fullmatch(word):
        return word
    if not word or len(word) > MAX_PATH or NO_PATH.search(word):
        return ""
    word = word.partition("::")[0].removesuffix("/...")
    return literal_part(word) or ("" if "\0" in word else ".")
