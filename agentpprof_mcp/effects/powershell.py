"""The simple commands of a PowerShell text, at a basic level: enough to tell what ran on which files.

Statements, pipelines, blocks and parentheses part commands; quotes keep words together. An assignment's
left side, operators and expressions are dropped. Variables are not followed: each is an unknown. What is
not closed takes the rest of the text.
"""

import re

from agentpprof_mcp.effects.commands.cmdlets import CMDLETS
from agentpprof_mcp.effects.grammar import (
    MAX_COMMANDS,
    MAX_TEXT,
    MAX_WORDS,
    UNKNOWN,
    Command,
    Script,
)

__all__ = ["statements"]

COMMAND = re.compile(r"[A-Za-z~/\\]|\.\.?[/\\]")

TOKEN = re.compile(
    r"""
    (?P<skip>[\ \t\r\f\v]+|`\r?\n|<\#(?:[^#]|\#(?!>))*+(?:\#>|\Z)|\#[^\n]*)
  | @'\r?\n(?P<literal>(?:[^\n]|\n(?!'@))*+)(?:\n'@|\Z)
  | @"\r?\n(?P<text>(?:[^\n]|\n(?!"@))*+)(?:\n"@|\Z)
  | '(?P<quoted>(?:[^']|'')*+)(?:'|\Z)
  | "(?P<double>(?:[^"`]|`(?s:.)|"")*+)(?:"|\Z|`)
  | (?P<end>[;\n{}()]|\|\|?|&&)
  | (?P<redirect>[0-9*]?>>?(?:&[0-9])?)
  | (?P<call>&|\.(?=\s))
  | (?P<word>[^\s'"`;|&(){}<>]++)
  | (?P<other>(?s:.))
    """,
    re.VERBOSE,
)
VARIABLE = re.compile(r"\$(?:env:)?(\w+)|\$\{[^}]*\}|\$\(", re.IGNORECASE)
KNOWN = {"home": "~", "userprofile": "~"}
ASSIGNED = re.compile(r"[-+*/]?=")
OPERATOR = re.compile(
    r"-(?:i|c)?(?:eq|ne|gt|lt|ge|le|like|match|replace|split|join|and|or|not|is|in|f)$",
    re.IGNORECASE,
)
_KEYWORDS = """
    if else elseif foreach for while do until switch try catch finally function param return begin
    process end in break continue
"""
KEYWORDS = frozenset(_KEYWORDS.split())


def statements(text: str) -> Script:
    """Read a text; whatever it says, something is made of it."""
    reader = Reader()
    for match in TOKEN.finditer(text[:MAX_TEXT] + "\n"):
        kind = match.lastgroup
        if kind and len(reader.commands) < MAX_COMMANDS:
            reader.take(kind, match[kind])
    return Script(reader.commands, [0])


class Reader:
    """Collects the words of a command, and commands."""

    def __init__(self) -> None:
        self.commands: list[Command] = []
        self.begin()

    def begin(self) -> None:
        """Start the next command."""
        self.words: list[str] = []
        self.outputs: list[str] = []
        self.redirected = False
        self.called = False

    def take(self, kind: str, text: str) -> None:
        """Take one token."""
        if kind == "end":
            self.end()
        elif kind == "call":
            self.called = True
        elif kind == "redirect":
            self.redirected = text[0] not in "23456*" and "&" not in text
        elif kind == "word" and ASSIGNED.fullmatch(text):
            self.begin()
        elif kind in {"word", "quoted", "double"}:
            self.word(kind, text)

    def word(self, kind: str, text: str) -> None:
        """Add a word; quoted text is no command unless it is called."""
        to_nowhere = text.lower() == "$null"
        if kind != "quoted":
            text = VARIABLE.sub(_unknown, text)
        if self.redirected:
            self.outputs += [] if to_nowhere else [text]
            self.redirected = False
        elif self.words or self.called:
            self.words.append(text)
        elif kind != "word":
            self.words.append(UNKNOWN)
        elif text.lower() not in KEYWORDS:
            self.words.append(text)

    def end(self) -> None:
        """Keep the command if the words are one: they begin with a name and compare nothing."""
        words = self.words[:MAX_WORDS]
        compares = len(words) > 1 and OPERATOR.match(words[1])
        if words and COMMAND.match(words[0]) and not compares:
            if words[0].lower() in CMDLETS:
                words = [word.lower() if word.startswith("-") else word for word in words]
            self.commands.append(Command(words, self.outputs, [], 0))
        self.begin()


def _unknown(match: re.Match[str]) -> str:
    return KNOWN.get((match[1] or "").lower(), UNKNOWN)
