"""Which texts of the user's side open a prompt region.

A typed prompt is written twice: as a message for the model, and as an event (`user_message`, or a
completed `UserMessage`) for the screen. Events are exact, so a message opens a region only in a thread
that has no events: it waits for one until the model acts. Context that the client injects, the shell
mode's lines and notices come as messages only.
"""

import re

from agentpprof_mcp.model import Opener, Prompt, Session

__all__ = ["Regions", "opener_of", "request_of", "stated_cwd"]

PROMPT_TEXT = 4096

OPENERS: tuple[tuple[str, Opener | None], ...] = (
    ("<user_shell_command>", Opener.SHELL),
    ("<subagent_notification>", Opener.NOTICE),
    ("<environment_context>", None),
    ("<user_instructions>", None),
    ("# AGENTS.md instructions", None),
    ("<turn_aborted>", None),
    ("<skill>", None),
    ("<skills", None),
    ("<INSTRUCTIONS>", None),
    ("<permissions", None),
    ("<collaboration_mode>", None),
    ("<model_switch>", None),
    ("<user_action>", None),
    ("<apps_instructions>", None),
    ("<plugins", None),
)
"""How texts begin that nobody typed as a prompt, and what they open; None opens nothing."""

BEGINNINGS = tuple(beginning for beginning, _ in OPENERS)

IDE_WRAPPERS = ("# Context from my IDE setup:", "# Files mentioned by the user:")
IDE_REQUEST = "## My request for Codex:"

CWD = re.compile(
    r"<cwd>([^<\n]{1,4096})</cwd>|^Current working directory: ([^\n]{1,4096})", re.MULTILINE
)


def opener_of(text: str) -> Opener | None:
    """What a message with role user opens; None when the region goes on."""
    text = text.lstrip()
    if not text.startswith(BEGINNINGS):
        return Opener.TYPED
    return next(opener for beginning, opener in OPENERS if text.startswith(beginning))


def request_of(text: str) -> str:
    """The start of what the user typed, without the context that an IDE puts before it."""
    text = text.lstrip()
    if text.startswith(IDE_WRAPPERS):
        text = text.rpartition(IDE_REQUEST)[2].lstrip()
    return text[:PROMPT_TEXT]


def stated_cwd(text: str) -> str:
    """The working directory in an `<environment_context>`: where generations 1 and 2 tell it."""
    match = CWD.search(text[:PROMPT_TEXT]) if text.startswith("<environment_context>") else None
    return match[1] or match[2] if match else ""


class Regions:
    """Opens a session's regions for one thread; a sub-agent's thread stays in the region given."""

    def __init__(self, session: Session) -> None:
        """Begin in the region before any prompt."""
        self.session = session
        self.current = 0
        self.fixed = False
        self.waiting: list[Prompt] = []
        self.evented = False

    def stay(self, region: int) -> None:
        """Keep all that follows in one region: this thread's prompts are its parent's texts."""
        self.current = region
        self.fixed = True

    def message(self, text: str, at: int) -> None:
        """Take a message with role user."""
        opener = opener_of(text)
        if opener is Opener.TYPED:
            if not self.evented:
                self.waiting.append(Prompt(opener, at, text=request_of(text)))
        elif opener is not None:
            self._open(Prompt(opener, at))

    def event(self, text: str, at: int) -> None:
        """Take a prompt's event."""
        self.evented = True
        self.waiting.clear()
        self._open(Prompt(Opener.TYPED, at, text=request_of(text)))

    def settle(self) -> None:
        """The model acts: messages that no event has followed are prompts."""
        for prompt in self.waiting:
            self._open(prompt)
        self.waiting.clear()

    def _open(self, prompt: Prompt) -> None:
        if not self.fixed:
            self.session.prompts.append(prompt)
            self.current = len(self.session.prompts) - 1
