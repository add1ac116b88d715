"""The fields of a Claude Code line that are read. All others are skipped by the decoder unseen.

Every field has a default: a line that lacks one, or has it in another type, loses that field only.
Large parts stay undecoded (`msgspec.Raw`) until something asks for them.
"""

from typing import Annotated

import msgspec

from agentpprof_mcp.decoding import json_decoder

__all__ = ["DECODER", "Attachment", "Block", "Message", "Origin", "Progress", "Record", "Usage"]

Count = Annotated[int, msgspec.Meta(ge=0, le=2**53)]


class Usage(msgspec.Struct, gc=False):
    """Tokens of the whole API response, repeated on each of its lines; `input` is uncached only.

    `damaged` is set when a count was there but was no count.
    """

    input_tokens: Count = 0
    output_tokens: Count = 0
    cache_creation_input_tokens: Count = 0
    cache_read_input_tokens: Count = 0
    damaged: bool = False


class Block(msgspec.Struct, gc=False):
    """One content block: text, tool_use (id, name, input) or tool_result (tool_use_id, content)."""

    type: str = ""
    text: str = ""
    id: str = ""
    name: str = ""
    input: msgspec.Raw = msgspec.Raw()
    tool_use_id: str = ""
    is_error: bool | None = None
    content: msgspec.Raw = msgspec.Raw()


class Message(msgspec.Struct, gc=False):
    """An API message: one block of a response, or what went into a request."""

    id: str = ""
    model: str = ""
    content: str | list[Block] = ""
    usage: Usage | None = None
    stop_reason: str | None = None


class Origin(msgspec.Struct, gc=False):
    """Who a user record came from, in newer versions."""

    kind: str = ""


class Attachment(msgspec.Struct, gc=False):
    """Something put into the conversation beside a message; only `queued_command` matters here."""

    type: str = ""
    prompt: str | list[Block] = ""
    commandMode: str = ""  # noqa: N815  the name on the wire


class Progress(msgspec.Struct, gc=False):
    """A progress record's content; `agent_progress` embeds a sub-agent's records."""

    type: str = ""
    message: "Record | None" = None
    agentId: str = ""  # noqa: N815


class Record(msgspec.Struct, gc=False):
    """One line."""

    type: str = ""
    uuid: str = ""
    parentUuid: str | None = None  # noqa: N815
    timestamp: str = ""
    sessionId: str = ""  # noqa: N815
    agentId: str = ""  # noqa: N815
    cwd: str = ""
    requestId: str | None = None  # noqa: N815
    isSidechain: bool | None = None  # noqa: N815
    isMeta: bool | None = None  # noqa: N815
    isCompactSummary: bool | None = None  # noqa: N815
    isVisibleInTranscriptOnly: bool | None = None  # noqa: N815
    toolDenialKind: str | None = None  # noqa: N815
    parentToolUseID: str | None = None  # noqa: N815
    origin: Origin | None = None
    message: Message | None = None
    data: Progress | None = None
    attachment: Attachment | None = None
    toolUseResult: msgspec.Raw = msgspec.Raw()  # noqa: N815


DECODER = json_decoder(Record)
