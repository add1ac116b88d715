"""Where the next page begins: a word that only its own question understands."""

import base64
import re
import zlib

from agentpprof_mcp.errors import UserError
from agentpprof_mcp.server.call import Call

__all__ = ["after", "place"]

TOKEN = re.compile(rb"(\d{1,9})\.([0-9a-f]{8})")


def after(call: Call, rows: int) -> str:
    """The cursor of the page that begins `rows` rows after the one that was asked for."""
    text = f"{place(call) + rows}.{_question(call)}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def place(call: Call) -> int:
    """How many rows come before the page. Raises `UserError` for a cursor of another question."""
    cursor = call.asked.cursor
    if not cursor:
        return 0
    try:
        text = base64.urlsafe_b64decode(cursor.encode() + b"==")
    except ValueError:
        text = b""
    token = TOKEN.fullmatch(text)
    if token is None or token[2].decode() != _question(call):
        raise UserError(
            "the cursor belongs to another question; repeat that one's arguments, or leave it out"
        )
    return int(token[1])


def _question(call: Call) -> str:
    """A number for the tool and all arguments but those that only turn pages."""
    asked = call.asked._replace(cursor="", limit=0)
    return f"{zlib.crc32(repr((call.name, *asked)).encode()):08x}"
