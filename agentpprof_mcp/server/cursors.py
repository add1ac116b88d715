"""Where the next page begins: a word that only its own question understands."""

import base64
import re
import zlib

from agentpprof_mcp.errors import UserError
from agentpprof_mcp.server.arguments import Asked

__all__ = ["after", "place"]

TOKEN = re.compile(rb"(\d{1,9})\.([0-9a-f]{8})")


def after(asked: Asked, rows: int) -> str:
    """The cursor of the page that begins `rows` rows after the one that was asked for."""
    text = f"{place(asked) + rows}.{_question(asked)}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def place(asked: Asked) -> int:
    """How many rows come before the page. Raises `UserError` for a cursor of another question."""
    if not asked.cursor:
        return 0
    try:
        text = base64.urlsafe_b64decode(asked.cursor.encode() + b"==")
    except ValueError:
        text = b""
    token = TOKEN.fullmatch(text)
    if token is None or token[2].decode() != _question(asked):
        raise UserError(
            "the cursor belongs to another question; repeat that one's arguments, or leave it out"
        )
    return int(token[1])


def _question(asked: Asked) -> str:
    """A number for all arguments but those that only turn pages."""
    asked = asked._replace(cursor="", limit=0)
    return f"{zlib.crc32(repr(tuple(asked)).encode()):08x}"
