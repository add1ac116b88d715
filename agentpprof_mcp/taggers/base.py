"""What a tagger is: it fills the `tag` fields of a session and says how it did.

A tag is one lower-case English word of 3 to 12 letters from the tagger's vocabulary or the user's
rules, never a word of the session's text.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Protocol, runtime_checkable

from agentpprof_mcp.model import Session

__all__ = ["SESSION", "TAG", "Asking", "Tagger", "fill"]

TAG = re.compile(r"[a-z]{3,12}")

SESSION = -1
"""The prompt index that stands for the session itself."""


class Tagger(Protocol):
    """Names regions."""

    def tag(self, session: Session) -> None:
        """Fill `tag`, and `rule`, of the session, its prompts and its model calls where they are empty. Never raises."""
        ...

    def identity(self) -> object:
        """What its tags depend on, beside the session; equal means equal tags."""
        ...

    def describe(self) -> dict[str, object]:
        """What the JSON output says of the tagger: its name and settings, no text."""
        ...


@runtime_checkable
class Asking(Tagger, Protocol):
    """A tagger that has to ask somebody first: once for all sessions, and for each text once."""

    def questions(self, session: Session) -> dict[int, str]:
        """The texts to ask about, by index of their prompt (`SESSION`: of the session itself)."""
        ...

    def ask(self, texts: Iterable[str], progress: Callable[[int, int], None]) -> None:
        """Learn what to answer when `tag` meets one of the texts; `progress(done, all)` is told.

        Never raises, except for an interrupt by the user.
        """
        ...


def fill(session: Session, tags: Mapping[int, str], rule: str) -> None:
    """Put tags into a session, by index (`SESSION`: its own), and what they come from."""
    if SESSION in tags:
        session.tag, session.rule = tags[SESSION], rule
    for index, prompt in enumerate(session.prompts):
        if index in tags:
            prompt.tag, prompt.rule = tags[index], rule
