"""Calls of one session by id: a second record of a call adds to the first, never beside it."""

import msgspec

from agentpprof_mcp.model import UNNAMED, ModelCall, Status, Tokens, ToolCall, estimate_tokens
from agentpprof_mcp.readers.claude.wire import Message, Record, Usage

__all__ = ["Ledger", "Result"]

MAX_DURATION = 366 * 86_400_000
"""Milliseconds. Whatever lies further apart are not two true times."""


class Result(msgspec.Struct, frozen=True, gc=False):
    """Answer to a tool call."""

    status: Status
    at: int


class Ledger:
    """Model calls, tool calls and results. `name` sets the ids apart that it gives itself."""

    def __init__(self, name: str = "") -> None:
        self.name = name
        self.calls: dict[str, ModelCall] = {}
        self.tools: dict[str, ToolCall] = {}
        self.uuids: set[str] = set()
        self._results: dict[str, Result] = {}
        self._by_message: dict[str, str] = {}
        self._adopted: dict[str, str] = {}
        self._stopped: set[str] = set()
        self._reported: set[str] = set()
        self._visible: dict[str, int] = {}
        self._unnamed = 0

    def call_of(
        self, record: Record, message: Message, at: int, prompt: int, subagent: str
    ) -> ModelCall:
        """The call that a line belongs to, booked with its first; its counts raised to the line's."""
        key = self._key(message.id, record.requestId or "", record.uuid)
        usage = message.usage
        call = self.calls.get(key)
        if call is None:
            tokens = _tokens(usage) if usage is not None else Tokens()
            shared = message.id or record.uuid
            call = ModelCall(key, at, prompt, message.model, tokens, subagent, shared)
            self.calls[key] = call
        elif usage is not None:
            call.tokens.raise_to(_tokens(usage))
        if usage is None:
            self._visible[key] = self._visible.get(key, 0) + _visible(message)
        else:
            self._reported.add(key)
            if usage.damaged:
                call.lower_bound = True
        if message.stop_reason:
            self._stopped.add(key)
        return call

    def _key(self, message: str, request: str, uuid: str) -> str:
        """Message and request name a call; a line that lacks the request belongs to its message's."""
        if not message:
            return uuid or self.unnamed()
        known = self._by_message.get(message)
        key = f"{message}:{request}" if request else known or message
        if request and known == message and self._adopted.setdefault(message, request) == request:
            key = known
        self._by_message.setdefault(message, key)
        return key

    def unnamed(self) -> str:
        """An id for what has none."""
        self._unnamed += 1
        return f"{UNNAMED}{self.name}{self._unnamed}"

    def answer(self, key: str, result: Result) -> None:
        """Book the answer to a tool call; of several, one that failed counts."""
        before = self._results.get(key)
        if before is None or (result.status.failed and not before.status.failed):
            self._results[key] = result

    def close(self) -> list[int]:
        """Join results to calls, and say what is not certain of a call; the times of all results."""
        for key, tool in self.tools.items():
            result = self._results.get(key)
            if result is not None:
                tool.answered = True
                tool.status = result.status
                took = result.at - tool.at if result.at and tool.at else 0
                tool.duration = took if 0 < took <= MAX_DURATION else 0
        for key, call in self.calls.items():
            if key in self._reported:
                if key not in self._stopped:
                    call.lower_bound = True
            else:
                call.tokens = Tokens(estimate=estimate_tokens(self._visible[key]))
        return [result.at for result in self._results.values()]


def _tokens(usage: Usage) -> Tokens:
    """Usage as Claude Code writes it, its kinds in our order."""
    return Tokens(
        usage.input_tokens,
        usage.output_tokens,
        usage.cache_read_input_tokens,
        usage.cache_creation_input_tokens,
    )


def _visible(message: Message) -> int:
    """Bytes of a response's visible text."""
    if isinstance(message.content, str):
        return len(message.content.encode())
    return sum(len(block.text.encode()) for block in message.content)
