"""The fields of a Codex line that are read. All others are skipped by the decoder unseen.

Four generations share these shapes (`readers.codex` tells them apart): the oldest write response items
bare, the newer ones inside an envelope {timestamp, type, payload}. So a `Line` is an `Item` too: what
it carries is `line.payload`, or the line itself when it has none.

Every field has a default, so a line that lacks one, or has it in another type, loses that field only.
"""

from typing import Annotated

import msgspec

from agentpprof_mcp.decoding import json_decoder
from agentpprof_mcp.effects import Action

__all__ = [
    "DECODER",
    "DOCUMENT",
    "Answer",
    "ChatCall",
    "Document",
    "Finished",
    "Item",
    "Line",
    "McpResult",
    "Origin",
    "Part",
    "Payload",
    "Source",
    "Span",
    "TokenInfo",
    "Usage",
    "call_of",
    "text_of",
]

MAX_MS = 86_400_000_000
"""A thousand days: no duration is longer, and none overflows what is made of it."""

Count = Annotated[int, msgspec.Meta(ge=0, le=2**53)]


class Usage(msgspec.Struct, gc=False):
    """Tokens of one response, or of a thread so far: cached ones inside input, reasoning in output.

    `damaged` is set when a count was there but was no count.
    """

    input_tokens: Count = 0
    cached_input_tokens: Count = 0
    output_tokens: Count = 0
    damaged: bool = False


class TokenInfo(msgspec.Struct, gc=False):
    """What a `token_count` event says."""

    total_token_usage: Usage | None = None
    last_token_usage: Usage | None = None


class Part(msgspec.Struct, gc=False):
    """One part of a message or of a tool's output; images have no text."""

    text: str | None = None


class Answer(msgspec.Struct, gc=False):
    """A tool's output in the form of very old files."""

    content: str | None = None
    success: bool | None = None


class ChatFunction(msgspec.Struct, gc=False):
    """The function of a `ChatCall`; `arguments` is JSON text in JSON."""

    name: str = ""
    arguments: msgspec.Raw = msgspec.Raw()


class ChatCall(msgspec.Struct, gc=False):
    """A tool call inside a chat message: the oldest files only."""

    id: str = ""
    function: ChatFunction | None = None


class Item(msgspec.Struct, gc=False):
    """A response item: a message, a tool call or its output. `arguments` is JSON text in JSON, or JSON."""

    type: str = ""
    id: str | None = None
    role: str | None = None
    content: str | list[Part] | None = None
    name: str | None = None
    namespace: str | None = None
    arguments: msgspec.Raw = msgspec.Raw()
    input: str | None = None
    action: Action | str | None = None
    call_id: str | None = None
    output: str | list[Part] | Answer | None = None
    status: str | None = None
    tool_calls: list[ChatCall] | None = None
    tool_call_id: str | None = None


class Span(msgspec.Struct, gc=False):
    """A duration."""

    secs: int = 0
    nanos: int = 0

    @property
    def ms(self) -> int:
        """In milliseconds, bounded."""
        return min(MAX_MS, max(0, self.secs * 1000 + self.nanos // 1_000_000))


class McpResult(msgspec.Struct, gc=False):
    """The result of an MCP call: bare in an item, inside `Ok` or `Err` in an event."""

    is_error: bool | None = msgspec.field(name="isError", default=None)
    ok: "McpResult | None" = msgspec.field(name="Ok", default=None)
    err: object = msgspec.field(name="Err", default=None)


class Invocation(msgspec.Struct, gc=False):
    """Which tool of which MCP server an event is about."""

    server: str = ""
    tool: str = ""


class Finished(msgspec.Struct, gc=False):
    """The item of an `item_completed` event; `id` is the call id of the tool call that it tells of."""

    type: str = ""
    id: str | None = None
    status: str | None = None
    exit_code: int | None = None
    duration: Span | str | None = None
    server: str | None = None
    tool: str | None = None
    result: McpResult | str | None = None
    success: bool | None = None
    receiver_thread_ids: list[str] | None = None
    content: str | list[Part] | None = None


class Spawn(msgspec.Struct, gc=False):
    """How a sub-agent came to be."""

    parent_thread_id: str | None = None
    agent_role: str | None = None


class Origin(msgspec.Struct, gc=False):
    """A sub-agent that another thread started, or one of the client's own with its purpose."""

    thread_spawn: Spawn | None = None
    other: str | None = None


class Source(msgspec.Struct, gc=False):
    """Where a thread comes from, when it is not a word like `cli`."""

    subagent: Origin | str | None = None


class Payload(Item, gc=False):
    """What an envelope holds: an item, or an event or state record with fields of its own."""

    # session_meta
    timestamp: str | None = None
    session_id: str | None = None
    forked_from_id: str | None = None
    parent_thread_id: str | None = None
    source: Source | str | None = None
    thread_source: str | None = None
    agent_role: str | None = None
    # session_meta and turn_context
    cwd: str | None = None
    model: str | None = None
    # turn_context and task_started; thread_settings_applied
    turn_id: str | None = None
    thread_id: str | None = None
    # token_count and token_usage_record
    info: TokenInfo | None = None
    usage: Usage | None = None
    response_id: str | None = None
    # user_message
    message: str | None = None
    kind: str | None = None
    # ends of tool calls
    invocation: Invocation | None = None
    duration: Span | str | None = None
    result: McpResult | str | None = None
    success: bool | None = None
    exit_code: int | None = None
    item: Finished | None = None


class Line(Payload, gc=False):
    """One line: an envelope, or a bare header, item or state mark of the older generations."""

    payload: Payload | None = None
    record_type: str | None = None
    instructions: msgspec.Raw = msgspec.Raw()


class Document(msgspec.Struct):
    """A whole file of the oldest generation."""

    session: Line | None = None
    items: list[Line] = msgspec.field(default_factory=list)


DECODER = json_decoder(Line)
DOCUMENT = json_decoder(Document)


def text_of(content: str | list[Part] | None) -> str:
    """The text of a message's content, its parts joined."""
    if isinstance(content, list):
        return "\n".join(part.text for part in content if part.text)
    return content or ""


def call_of(event: Payload) -> str:
    """The id of the tool call that an event is about; empty if it is about none."""
    return (event.item.id if event.item else event.call_id) or ""
