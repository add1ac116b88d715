"""Files of the oldest generation: one JSON object {session, items} instead of lines."""

from collections.abc import Iterator

import msgspec

from agentpprof_mcp.model import Reconciliation
from agentpprof_mcp.readers.codex.records import DOCUMENT, Document, Line
from agentpprof_mcp.readers.framing import MAX_LINE, open_history
from agentpprof_mcp.readers.lines import Unusable, lenient

__all__ = ["read_document"]


def read_document(path: str, account: Reconciliation) -> Iterator[Line]:
    """Yield the header and the items of a file; each counts as a line. Raises `OSError`."""
    stream, size = open_history(path)
    account.files += 1
    with stream:
        if size > MAX_LINE:
            account.lines += 1
            account.skip("line too long")
            return
        text = stream.read(size)
    document = _decode(text)
    if document is None:
        account.lines += 1
        account.skip("not JSON")
        return
    lines = [document.session or Line(), *document.items]
    account.lines += len(lines)
    account.records += len(lines)
    yield from lines


def _decode(text: bytes) -> Document | None:
    try:
        return DOCUMENT.decode(text)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        pass
    try:
        found = lenient(msgspec.json.decode(text), Document)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, Unusable):
        return None
    return found if isinstance(found, Document) else None
