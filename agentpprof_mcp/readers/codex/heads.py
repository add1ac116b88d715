"""What the first bytes of a file tell: whether it is Codex's, and of which shape."""

import re

from agentpprof_mcp.readers.framing import head_of_file
from agentpprof_mcp.readers.lines import objects

__all__ = ["is_document", "sniff"]

DOCUMENT = re.compile(rb'\s*\{\s*"session"\s*:\s*\{\s*"(?:timestamp|id|instructions)"')
"""How a file of the oldest generation begins: one object, written over many lines."""

ENVELOPE = re.compile(
    rb'\s*\{(?:\s*"(?:timestamp|ordinal)"\s*:\s*(?:"[^"\\]{0,40}"|\d{1,18})\s*,){0,2}'
    rb'\s*"type"\s*:\s*"(?:session_meta|response_item|event_msg|turn_context|compacted)"'
)
"""How a record begins whose line is longer than what was read of it."""

HEADER = {"id", "timestamp", "instructions"}
ITEMS = {"message", "reasoning", "function_call", "function_call_output", "local_shell_call"}
ITEM_FIELDS = {"role", "call_id", "summary"}
FOREIGN = {"sessionId", "uuid", "parentUuid", "leafUuid", "messageId"}
"""Top-level fields of Claude Code's records."""


def is_document(path: str) -> bool:
    """Whether a file is one JSON object over many lines. Raises `OSError`."""
    return DOCUMENT.match(head_of_file(path, 1 << 12)) is not None


def sniff(head: bytes) -> bool | None:
    """Whether a file that begins so is Codex's; None when these bytes do not tell."""
    if DOCUMENT.match(head):
        return True
    for record in objects(head):
        verdict = _verdict(record)
        if verdict is not None:
            return verdict
    return True if ENVELOPE.match(head) else None


def _verdict(record: dict[str, object]) -> bool | None:
    fields = record.keys()
    kind = record.get("type")
    if kind is None:
        is_header = fields >= HEADER or "record_type" in fields or {"session", "items"} <= fields
        return True if is_header else None
    if isinstance(record.get("payload"), dict) or (kind in ITEMS and fields & ITEM_FIELDS):
        return True
    return False if fields & FOREIGN else None
