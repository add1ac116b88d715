"""Standard input that ends early: what was asked before its end is still answered.

The SDK drops the calls that run when standard input ends, and a shell that pipes in one line ends it at
once. Here the end is passed on when the last open tool call is answered, or when nobody is left to read
the answers: a client that was killed closes both.
"""

import os
import select
from collections.abc import Awaitable, Callable
from typing import Any

import anyio
from mcp.server import MCPServer
from mcp.server.stdio import stdio_server
from mcp.shared.message import SessionMessage
from mcp.types import JSONRPCError, JSONRPCNotification, JSONRPCRequest, JSONRPCResponse

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
        except* BrokenPipeError:  # an answer that nobody waits for
            pass
        finally:
            os.close(output)

    async def _relay(self, output: int) -> None:
        """Stand between the client and the SDK, and see which calls are open."""
        open_calls = _OpenCalls()
        to_server, questions = anyio.create_memory_object_stream[SessionMessage | Exception]()
        answers, from_server = anyio.create_memory_object_stream[SessionMessage]()

        async with stdio_server() as (source, sink), anyio.create_task_group() as relays:

            async def ask() -> None:
                async with to_server:
                    async for item in source:
                        open_calls.note(item)
                        await to_server.send(item)
                    await _first(open_calls.answered, lambda: _unread(output))

            async def answer() -> None:
                async with sink:
                    async for item in from_server:
                        await sink.send(item)
                        open_calls.note(item)

            relays.start_soon(ask)
            relays.start_soon(answer)
            options = self._lowlevel_server.create_initialization_options()
            await self._lowlevel_server.run(questions, answers, options)


async def _first(*ends: Callable[[], Awaitable[None]]) -> None:
    """Wait for the first of several ends."""
    async with anyio.create_task_group() as waiting:

        async def wait(end: Callable[[], Awaitable[None]]) -> None:
            await end()
            waiting.cancel_scope.cancel()

        for end in ends:
            waiting.start_soon(wait, end)


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

    def note(self, item: SessionMessage | Exception) -> None:
        """See a message of either side. A cancelled call gets no answer."""
        message = item.message if isinstance(item, SessionMessage) else None
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
