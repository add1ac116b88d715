"""What a tagger is: it fills the `tag` fields of a session and says how it did.

A tag is one lower-case English word of 3 to 12 letters from the tagger's vocabulary or the user's
rules, never a word of the session's text.
"""

import re
from typing import Protocol

from agentpprof_mcp.model import Session

__all__ = ["TAG", "Tagger"]

TAG = re.compile(r"[a-z]{3,12}")


class Tagger(Protocol):
    """Names regions."""

    def tag(self, session: Session) -> None:
        """Fill `tag`, and `rule`, of the session, its prompts and its model calls where they are empty. Never raises."""
        ...

    def describe(self) -> dict[str, object]:
        """What the JSON output says of the tagger: its name and settings, no text."""
        ...
