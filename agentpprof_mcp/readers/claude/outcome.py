"""How a tool result tells ok from error, denied and aborted: its error mark, then how it begins."""

import re

import msgspec

from agentpprof_mcp.decoding import json_decoder
from agentpprof_mcp.model import Status
from agentpprof_mcp.readers.claude.wire import Block

__all__ = ["outcome"]

BEGINNINGS: tuple[tuple[str, Status], ...] = (
    ("The user doesn't want to", Status.DENIED),
    ("The user has denied", Status.DENIED),
    ("User rejected", Status.DENIED),
    ("Claude requested permissions to", Status.DENIED),
    ("Permission to use", Status.DENIED),
    ("[Request interrupted by user", Status.ABORTED),
    ("<tool_use_error>Cancelled", Status.ABORTED),
    ("<tool_use_error>Sibling tool call errored", Status.ABORTED),
)
"""What refusals and interrupts say. A user's refusal and a rule's are both `denied`."""

EXIT_CODE = re.compile(r"Exit code \d+\s*")

HEAD = 200

CONTENT = json_decoder(str | list[Block])  # type: ignore[arg-type]


def outcome(block: Block, denial: str | None) -> Status:
    """Status of a tool_result block; `denial` is the record's own word for a refusal, if any."""
    if block.is_error is not True:
        return Status.OK
    if denial:
        return Status.DENIED
    beginning = EXIT_CODE.sub("", _beginning(block.content), count=1)
    for start, status in BEGINNINGS:
        if beginning.startswith(start):
            return status
    return Status.ERROR


def _beginning(raw: msgspec.Raw) -> str:
    try:
        content = CONTENT.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return ""
    text = content if isinstance(content, str) else next((b.text for b in content), "")
    return text[:HEAD].lstrip()
