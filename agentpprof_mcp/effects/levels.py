"""Where a reader of shell text is: inside of which nesting, and at which place of a command."""

import re
from enum import StrEnum, auto

import msgspec

__all__ = [
    "AFTER", "ARGUMENT", "ARRAY", "FOR", "FUNCTION", "PATTERN", "RESERVED", "START", "TARGETS", "TEST",
    "UNBROKEN", "At", "Level",
]  # fmt: skip


class At(StrEnum):
    """Where in a command the next word stands."""

    START = auto()
    ARGUMENT = auto()
    FOR = auto()  # between `for` and the end of its list
    CASE = auto()  # between `case` and `in`
    PATTERN = auto()  # before the `)` of a case
    TEST = auto()  # inside [[ ]]
    FUNCTION = auto()  # before the name of a function
    AFTER = auto()  # behind `done`, `fi`, `}` and the like
    ARRAY = auto()  # inside name=( )


# Python 3.11 takes longer to look up a member than to read a token.
START, ARGUMENT, FOR, CASE, PATTERN = At.START, At.ARGUMENT, At.FOR, At.CASE, At.PATTERN
TEST, FUNCTION, AFTER, ARRAY = At.TEST, At.FUNCTION, At.AFTER, At.ARRAY

UNBROKEN = (TEST, PATTERN, ARRAY)
"""Places that operators, newlines and redirections do not end."""

RESERVED = {
    **dict.fromkeys(("if", "then", "elif", "else", "while", "until", "do"), START),
    **dict.fromkeys(("{", "!", "coproc", "time", "-p"), START),
    **dict.fromkeys(("fi", "done", "}", "esac"), AFTER),
    **dict.fromkeys(("for", "select"), FOR),
    "case": CASE,
    "[[": TEST,
    "function": FUNCTION,
}
"""Words that lead from the start of a command to another place (`-p` belongs to `time`)."""

TARGETS = {
    "<": "input",
    ">": "output",
    ">>": "output",
    ">|": "output",
    ">&": "output",
    "&>": "output",
    "&>>": "output",
    "<<": "delimiter",
    "<<-": "indented delimiter",
}
"""What the word behind a redirection is; behind any other it is skipped."""


class Level(msgspec.Struct, gc=False):
    """One nesting: of commands, or of quotes, braces or sums in a word of them.

    `closer` is the text that ends it; `in_word` tells a substitution from a subshell. A level of
    commands holds the command that is being read. The others add to the word of the commands around
    them, from its piece `mark` on; `depth` counts the open parentheses of a sum.
    """

    tokens: re.Pattern[str]
    closer: str
    outer: "Level | None" = None
    scope: int = 0
    in_word: bool = True
    mark: int = 0
    depth: int = 2
    cases: int = 0
    place: At = START
    pieces: list[str] = []
    target: str = ""
    words: list[str] = []
    outputs: list[str] = []
    inputs: list[str] = []

    def begin(self) -> None:
        """Start the next command."""
        self.place = START
        self.words, self.outputs, self.inputs = [], [], []

    def follow(self, word: str) -> None:
        """Follow a word of a compound command to the place behind it."""
        if self.place is CASE and word == "in":
            self.place = PATTERN
            self.cases += 1
        elif self.place is PATTERN and word == "esac":
            self.place = AFTER
            self.cases -= 1
        elif self.place is TEST and word == "]]":
            self.place = AFTER
        elif self.place is FUNCTION:
            self.place = START
