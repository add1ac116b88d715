r"""The simple commands of a shell text, in the order in which they end.

A hand-written reader: one pass over the text, one token at a time. It keeps what tells commands apart
(quotes, substitutions, here-documents, compound commands) and drops the rest. What it cannot follow is
a `Doubt`: the text as a whole is then unparsed, and nothing of it is guessed.

An expansion stays in its word as a mark, `\0NAME\0`, or `\0\0` where the value cannot be known.
"""

import re
from collections.abc import Callable

import msgspec

from agentpprof_mcp.effects import tokens
from agentpprof_mcp.effects.levels import (
    AFTER,
    ARGUMENT,
    ARRAY,
    FOR,
    FUNCTION,
    PATTERN,
    RESERVED,
    START,
    TARGETS,
    TEST,
    UNBROKEN,
    Level,
)

__all__ = ["MAX_COMMANDS", "MAX_TEXT", "MAX_WORDS", "UNKNOWN", "Command", "Script", "parse"]

MAX_TEXT = 1 << 16
MAX_WORDS = 256
MAX_COMMANDS = 32
MAX_DEPTH = 64
UNKNOWN = "\0\0"
DIGITS = "0123456789"
BLANK = " \t\r"
OPERATORS = "&|;"


class Command(msgspec.Struct, gc=False):
    """One simple command: its words, the files it is redirected to and from, and its scope.

    Scopes are numbered from 0; a subshell or substitution opens a new one.
    """

    words: list[str]
    outputs: list[str]
    inputs: list[str]
    scope: int


class Script(msgspec.Struct, gc=False):
    """Commands in order; `parents[scope]` is the scope that a scope was opened in."""

    commands: list[Command]
    parents: list[int]


class Doubt(Exception):  # noqa: N818  a signal, never shown
    """The text is not what this reader understands."""


class Enough(Exception):  # noqa: N818  a signal, never shown
    """The limit of commands is reached."""


def parse(text: str) -> Script | None:
    """Read at most `MAX_TEXT` characters and `MAX_COMMANDS` commands; None when in doubt.

    Of a text that is too long the whole commands of its start are taken.
    """
    reader = Reader(text[:MAX_TEXT], Level(tokens.COMMANDS, ""), Script([], [0]))
    try:
        reader.read()
    except Enough:
        return reader.script
    except Doubt:
        was_cut = len(text) > MAX_TEXT and reader.script.commands
        return reader.script if was_cut else None
    return reader.script


class Reader(msgspec.Struct, gc=False):
    """Reads one text. `here` is the level of commands that words and their pieces belong to."""

    text: str
    here: Level
    script: Script
    levels: list[Level] = []
    delimiters: list[tuple[str, bool]] = []
    functions: set[str] = set()
    position: int = 0

    def read(self) -> None:
        """Read to the end. Raises `Doubt`, and `Enough` when there are more commands than are kept."""
        text, end, levels = self.text, len(self.text), self.levels
        levels.append(self.here)
        while self.position < end:
            match = levels[-1].tokens.match(text, self.position)
            if match is None:
                raise Doubt
            self.position = match.end()
            if kind := match.lastgroup:
                HANDLERS[kind](self, match[kind])
        if len(levels) > 1:
            raise Doubt
        self.end_command()

    # --- words ---------------------------------------------------------------------------

    def piece(self, text: str) -> None:
        """Add to the word."""
        self.here.pieces.append(text)

    def part(self, text: str) -> None:
        """Add bare text to the word."""
        if text[0] == "#" and not self.here.pieces:
            self.comment()
        else:
            self.here.pieces.append(text)

    def comment(self) -> None:
        """Move to the end of the line: a `#` that begins a word begins a comment."""
        newline = self.text.find("\n", self.position)
        self.position = newline if newline >= 0 else len(self.text)

    def words(self, text: str) -> None:
        """Add words, each with its end, and end the command if an operator follows them."""
        here = self.here
        bare = text.rstrip(BLANK)
        operator = bare[-1] in OPERATORS
        words = tokens.split(bare.rstrip(OPERATORS) if operator else bare)
        if here.place is START and words and not (here.pieces or here.target):
            first = words[0]
            if first not in RESERVED:
                if (operator or self.position == len(self.text)) and first not in self.functions:
                    self.keep(Command(words[:MAX_WORDS], [], [], here.scope))
                    return
                here.place = ARGUMENT
        for position, word in enumerate(words):
            if here.place is ARGUMENT and not (here.pieces or here.target):
                here.words += words[position : position + MAX_WORDS - len(here.words)]
                break
            here.pieces.append(word)
            self.end_word()
        if operator:
            self.operator("")

    def variable(self, name: str) -> None:
        """Mark an expansion."""
        self.here.pieces.append(f"\0{name}\0")

    def unknown(self, _text: str) -> None:
        """Mark an expansion whose value cannot be known."""
        self.here.pieces.append(UNKNOWN)

    def end_word(self, _text: str = "") -> None:
        """Put the word where it belongs."""
        here = self.here
        if not here.pieces:
            return
        word = here.pieces[0] if len(here.pieces) == 1 else "".join(here.pieces)
        here.pieces = []
        if here.target:
            self.redirected(word)
            return
        if here.place is START:
            here.place = RESERVED.get(word, ARGUMENT)
            if here.place is ARGUMENT:
                here.words.append(word)
        elif here.place is not ARGUMENT:
            if here.place is FUNCTION:
                self.functions.add(word)
            here.follow(word)
        elif len(here.words) < MAX_WORDS:
            here.words.append(word)

    # --- redirections --------------------------------------------------------------------

    def redirect(self, text: str) -> None:
        """Remember what the next word is. Streams other than 0 and 1 are of no interest."""
        if self.here.place in UNBROKEN:
            return
        self.end_word()
        if self.here.place is START:
            self.here.place = ARGUMENT
        operator = text.lstrip(DIGITS)
        stream = text[: len(text) - len(operator)]
        known = operator[0] == "<" or stream in {"", "1"}
        self.here.target = TARGETS.get(operator, "skipped") if known else "skipped"

    def redirected(self, word: str) -> None:
        """Take the word behind a redirection."""
        here, target = self.here, self.here.target
        here.target = ""
        if target == "output" and not word.isdecimal() and word != "-":
            here.outputs.append(word)
        elif target == "input":
            here.inputs.append(word)
        elif target.endswith("delimiter"):
            self.delimiters.append((word, target.startswith("indented")))

    def skip_documents(self) -> None:
        """Move behind the here-documents that begin here; one without an end takes the rest."""
        text, end = self.text, len(self.text)
        for delimiter, indented in self.delimiters:
            while self.position < end:
                newline = text.find("\n", self.position)
                newline = newline if newline >= 0 else end
                line = text[self.position : newline].removesuffix("\r")
                self.position = min(newline + 1, end)
                if (line.lstrip("\t") if indented else line) == delimiter:
                    break
        self.delimiters = []

    # --- commands ------------------------------------------------------------------------

    def operator(self, text: str) -> None:
        """End the command, unless operators mean something else in this place."""
        here = self.here
        if here.place not in UNBROKEN:
            self.end_command()
            if here.cases and text in {";;", ";&", ";;&"}:
                here.place = PATTERN
        elif here.pieces:
            self.end_word()

    def newline(self, text: str) -> None:
        """End the command, and step over the here-documents that its line asked for."""
        self.operator(text)
        if self.delimiters:
            self.skip_documents()

    def end_command(self) -> None:
        """Keep the command, if there is one, and begin the next."""
        here = self.here
        if here.pieces:
            self.end_word()
        here.target = ""
        here.place = START
        words = here.words
        if not (words or here.outputs or here.inputs):
            return
        if not (self.functions and words and words[0] in self.functions):
            self.keep(Command(words, here.outputs, here.inputs, here.scope))
        here.begin()

    def keep(self, command: Command) -> None:
        """Add a command to the script."""
        commands = self.script.commands
        commands.append(command)
        if len(commands) >= MAX_COMMANDS:
            raise Enough

    def unit(self, _text: str) -> None:
        """Read `()`: behind a name it begins a function, behind `=` it is an empty array."""
        here = self.here
        if here.place in UNBROKEN:
            return
        if here.pieces and here.pieces[-1].endswith("="):
            here.pieces.append(UNKNOWN)
            return
        self.end_word()
        if len(here.words) > 1 or here.place is AFTER:
            raise Doubt
        self.functions.update(here.words)
        here.begin()

    # --- nesting -------------------------------------------------------------------------

    def nest(self, kind: re.Pattern[str], closer: str) -> Level:
        """Open a level in the word; commands get a scope of their own."""
        if len(self.levels) >= MAX_DEPTH:
            raise Doubt
        level = Level(kind, closer, self.here, self.here.scope, mark=len(self.here.pieces))
        self.levels.append(level)
        if kind is tokens.COMMANDS:
            level.scope = len(self.script.parents)
            self.script.parents.append(self.here.scope)
            self.here = level
        return level

    def quote(self, _text: str) -> None:
        """Open double quotes; an empty pair is a word, too."""
        self.here.pieces.append("")
        self.nest(tokens.QUOTES, '"')

    def brace(self, _text: str) -> None:
        """Open `${`: what it says is dropped, the commands in it are not."""
        self.nest(tokens.BRACES, "}")

    def arithmetic(self, _text: str) -> None:
        """Open `$((`."""
        self.nest(tokens.SUMS, "))")

    def substitution(self, _text: str) -> None:
        """Open `$(`, `<(` or `>(`."""
        self.nest(tokens.COMMANDS, ")")

    def backtick(self, _text: str) -> None:
        """Open or close a substitution in backticks."""
        if self.levels[-1].closer == "`":
            self.leave()
        else:
            self.nest(tokens.COMMANDS, "`")

    def open(self, _text: str) -> None:
        """Read `(`: a subshell, an array, or part of a pattern."""
        here = self.here
        if here.place in (TEST, PATTERN):
            return
        if here.pieces and here.pieces[-1].endswith("="):
            self.nest(tokens.COMMANDS, ")").place = ARRAY
        elif here.place is START and not here.pieces:
            self.nest(tokens.COMMANDS, ")").in_word = False
        else:
            raise Doubt

    def double(self, text: str) -> None:
        """Read `((`: a sum where a command or the head of a loop may stand, else twice `(`."""
        if self.here.place in (START, FOR) and not self.here.pieces:
            self.nest(tokens.SUMS, "))").in_word = False
        else:
            self.open(text)
            self.open(text)

    def close(self, _text: str) -> None:
        """Read `)`: the end of a subshell, a substitution, an array or a pattern."""
        here = self.here
        if here.place is PATTERN:
            here.pieces = []
            here.place = START
        elif here.place is not TEST:
            if here.closer != ")":
                raise Doubt
            self.leave()

    def leave(self, _text: str = "") -> None:
        """Close a level; in a word, all but quotes leave a mark in place of what they say."""
        level = self.levels.pop()
        if level is self.here and level.outer:
            self.end_word()
            if level.place is not ARRAY:
                self.end_command()
            self.here = level.outer
        if level.closer != '"':
            del self.here.pieces[level.mark :]
            if level.in_word:
                self.here.pieces.append(UNKNOWN)
            elif self.here.place is START:
                self.here.place = AFTER

    def deeper(self, _text: str) -> None:
        """Read `(` in a sum."""
        self.levels[-1].depth += 1

    def shallower(self, _text: str) -> None:
        """Read `)` in a sum."""
        level = self.levels[-1]
        level.depth -= 1
        if not level.depth:
            self.leave()


HANDLERS: dict[str, Callable[[Reader, str], None]] = {
    **dict.fromkeys(("piece", "quoted", "plain", "ansi", "escaped", "backslash", "literal"), Reader.piece),
    **dict.fromkeys(("special", "apostrophe"), Reader.unknown),
    **dict.fromkeys(("variable", "braced"), Reader.variable),
    "process": Reader.substitution,
    "end": Reader.leave,
    "blank": Reader.end_word,
    **{
        name: getattr(Reader, name)
        for name in (
            "part", "words", "redirect", "newline", "operator", "unit", "double", "open", "close", "quote",
            "arithmetic", "substitution", "brace", "backtick", "deeper", "shallower",
        )
    },
}  # fmt: skip
"""What to do with a token, by the name of its group in `tokens`."""
