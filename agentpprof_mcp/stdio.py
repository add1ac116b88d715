"""Standard input that ends early: what was asked before its end is still answered.

The SDK drops the calls that run when standard input ends, and a shell that pipes in one line ends it at
once. Here the end is passed on when the last open tool call is answered, or when nobody is left to read
the answers: a client that was killed closes both.
"""

import os
import select
from collections.abc import Iterator
from typing import Any

import anyio
from mcp.server import MCPServer
from mcp.server.stdio import stdio_server
from mcp.shared.message import SessionMessage
from mcp.types import (
    INVALID_REQUEST,
    PARSE_ERROR,
    ErrorData,
    JSONRPCError,
    JSONRPCNotification,
    JSONRPCRequest,
    JSONRPCResponse,
)
from pydantic import ValidationError

__all__ = ["PatientServer"]


STDOUT = 1
LOOK_EVERY = 0.2
"""Seconds between two looks at whether anybody still reads."""


class PatientServer(MCPServer[Any]):
    """An `MCPServer` that ends when its input has ended and its tool calls are answered."""

    async def run_stdio_async(self) -> None:
        """Serve one client on standard input and output."""
        output = os.dup(STDOUT)  # the SDK turns the original away
        try:
            await self._relay(output)
        except* (BrokenPipeError, anyio.BrokenResourceError):  # an answer that nobody waits for
            pass
        finally:
            os.close(output)

    async def _relay(self, output: int) -> None:
        """Stand between the client and the SDK, and see which calls are open."""
        open_calls, left = _OpenCalls(), anyio.Event()
        to_server, questions = anyio.create_memory_object_stream[SessionMessage | Exception]()
        answers, from_server = anyio.create_memory_object_stream[SessionMessage]()

        async with stdio_server() as (source, sink), anyio.create_task_group() as relays:

            async def ask() -> None:
                async with to_server:
                    async for item in source:
                        if isinstance(item, Exception):
                            await refuse(item)
                            continue
                        open_calls.note(item)
                        await to_server.send(item)
                    async with anyio.create_task_group() as end:
                        end.start_soon(leave_unread, end.cancel_scope)
                        await open_calls.answered()
                        end.cancel_scope.cancel()

            async def refuse(error: Exception) -> None:
                for refusal in _refusals(error):
                    await sink.send(SessionMessage(refusal))

            async def leave_unread(waiting: anyio.CancelScope) -> None:
                await _unread(output)
                left.set()
                waiting.cancel()

            async def answer() -> None:
                async with sink:
                    async for item in from_server:
                        if not left.is_set():
                            await sink.send(item)
                        open_calls.note(item)

            relays.start_soon(ask)
            relays.start_soon(answer)
            options = self._lowlevel_server.create_initialization_options()
            await self._lowlevel_server.run(questions, answers, options)


def _refusals(error: Exception) -> Iterator[JSONRPCError]:
    """What is said to a line that is no message: which kind of mistake it is, and nothing of the line."""
    found = error.errors() if isinstance(error, ValidationError) else []
    unreadable = [one for one in found if one["type"] == "json_invalid"]
    if unreadable and not str(unreadable[0]["input"]).strip():
        return
    code, text = (PARSE_ERROR, "not JSON") if unreadable else (INVALID_REQUEST, "not JSON-RPC 2.0")
    yield JSONRPCError(jsonrpc="2.0", id=None, error=ErrorData(code=code, message=text))


async def _unread(output: int) -> None:
    """Wait until the other end of a pipe or socket is closed. Where that cannot be seen, for ever."""
    if not hasattr(select, "poll"):
        await anyio.sleep_forever()
    poll = select.poll()
    poll.register(output, 0)  # errors and ends are told unasked
    while not poll.poll(0):  # noqa: ASYNC110  nothing tells of it
        await anyio.sleep(LOOK_EVERY)


class _OpenCalls:
    """Tool calls without an answer. Other requests may stay open for as long as the client lives."""

    def __init__(self) -> None:
        self._ids: set[str] = set()
        self._ended = False
        self._none = anyio.Event()

    def note(self, item: SessionMessage) -> None:
        """See a message of either side. A cancelled call gets no answer."""
        message = item.message
        if isinstance(message, JSONRPCRequest) and message.method == "tools/call":
            self._ids.add(str(message.id))
        elif isinstance(message, JSONRPCResponse | JSONRPCError):
            self._ids.discard(str(message.id))
        elif (
            isinstance(message, JSONRPCNotification) and message.method == "notifications/cancelled"
        ):
            self._ids.discard(str((message.params or {}).get("requestId")))
        if self._ended and not self._ids:
            self._none.set()

    async def answered(self) -> None:
        """Wait until the input, which has ended, is answered."""
        self._ended = True
        if self._ids:
            await self._none.wait()
