"""A server on loopback that answers as a test tells it: well, or in one of the ways that servers go wrong."""

import asyncio
import gzip
import json
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from agentpprof_mcp.taggers.reasons import Reason

__all__ = [
    "MISBEHAVIOURS",
    "Answer",
    "Misbehaviour",
    "Request",
    "Stub",
    "completion",
    "echo",
    "saying",
    "serving",
]

Request = dict[str, Any]
Answer = Callable[[asyncio.StreamWriter, Request], Awaitable[None]]

HUGE = 1 << 40
HELD = 3600.0
"""Seconds that no test takes."""


def http(body: bytes, status: str = "200 OK", *headers: str, length: int | None = None) -> bytes:
    """A whole answer."""
    size = len(body) if length is None else length
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {size}", "Connection: close", *headers]
    return "\r\n".join([*lines, "", ""]).encode() + body


def completion(content: object, finish: str = "stop") -> bytes:
    """A chat completion with some content."""
    choice = {"index": 0, "message": {"role": "assistant", "content": content}}
    return json.dumps({"choices": [{**choice, "finish_reason": finish}]}).encode()


def sending(data: bytes, *, hold: bool = False) -> Answer:
    """Sends bytes, then closes the connection, or holds it."""

    async def answer(writer: asyncio.StreamWriter, _request: Request) -> None:
        writer.write(data)
        await writer.drain()
        if hold:
            await asyncio.sleep(HELD)

    return answer


def saying(content: object, finish: str = "stop") -> Answer:
    """A good answer in form."""
    return sending(http(completion(content, finish)))


def repeating(start: bytes, piece: bytes, pause: float = 0) -> Answer:
    """Never comes to an end."""

    async def answer(writer: asyncio.StreamWriter, _request: Request) -> None:
        writer.write(start)
        while not writer.is_closing():
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(pause)

    return answer


async def echo(writer: asyncio.StreamWriter, request: Request) -> None:
    """Does what a planted order asks for: repeats the text."""
    writer.write(http(completion(request["messages"][-1]["content"])))
    await writer.drain()


def status(line: str) -> Answer:
    """An error with a page about it."""
    return sending(http(b"<h1>no</h1>", line))


class Misbehaviour(NamedTuple):
    """What a server does, and what is said of it."""

    answer: Answer
    reason: Reason


BOMB = gzip.compress(bytes(50 << 20))
GZIP = "Content-Encoding: gzip"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
GOOD = completion("debug")
TRICKLE = 0.02
"""Seconds between bytes: faster than any time-out for a single read."""

MISBEHAVIOURS = {
    "never answers": Misbehaviour(sending(b"", hold=True), Reason.SILENT),
    "stops within the headers": Misbehaviour(sending(b"HTTP/1.1 2", hold=True), Reason.SILENT),
    "stops within the body": Misbehaviour(
        sending(http(GOOD[:9], length=len(GOOD)), hold=True), Reason.SILENT
    ),
    "trickles the headers": Misbehaviour(
        repeating(b"HTTP/1.1 200 OK\r\n", b"A: b\r\n", TRICKLE), Reason.SILENT
    ),
    "trickles the body": Misbehaviour(
        repeating(http(b"", length=HUGE), b" ", TRICKLE), Reason.SILENT
    ),
    "goes on announcing an answer": Misbehaviour(
        repeating(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), Reason.SILENT
    ),
    "sends an endless body": Misbehaviour(
        repeating(http(b"", length=HUGE), bytes(4096)), Reason.ODD
    ),
    "sends endless chunks": Misbehaviour(
        repeating(CHUNKED, b"1000\r\n" + b" " * 4096 + b"\r\n"), Reason.ODD
    ),
    "sends one more than fits": Misbehaviour(sending(http(GOOD + b" " * (64 << 10))), Reason.ODD),
    "sends endless headers": Misbehaviour(
        repeating(b"HTTP/1.1 200 OK\r\n", b"A: " + b"b" * 4096 + b"\r\n"), Reason.BROKEN
    ),
    "sends one endless header": Misbehaviour(
        repeating(b"HTTP/1.1 200 OK\r\nA: ", b"b" * 4096), Reason.BROKEN
    ),
    "redirects to itself": Misbehaviour(
        sending(http(b"", "302 Found", "Location: /v1/elsewhere")), Reason.MOVED
    ),
    "redirects to another machine": Misbehaviour(
        sending(http(b"", "307 Temporary Redirect", "Location: http://192.0.2.1/")), Reason.MOVED
    ),
    "sends a page": Misbehaviour(
        sending(http(b"<!doctype html><p>debug", "200 OK", "Content-Type: text/html")), Reason.ODD
    ),
    "sends nothing": Misbehaviour(sending(http(b"")), Reason.ODD),
    "sends half of the JSON": Misbehaviour(sending(http(GOOD[:-9])), Reason.ODD),
    "sends deep JSON": Misbehaviour(sending(http(b"[" * 60_000)), Reason.ODD),
    "sends JSON of many keys": Misbehaviour(
        sending(http(b'{"x":' * 10_000 + b"1" + b"}" * 10_000)), Reason.ODD
    ),
    "sends other bytes than UTF-8": Misbehaviour(
        sending(http(GOOD.replace(b"debug", b"d\xffbug"))), Reason.ODD
    ),
    "sends no choices": Misbehaviour(sending(http(b'{"choices":[]}')), Reason.ODD),
    "sends an error as an answer": Misbehaviour(
        sending(http(b'{"error":{"message":"debug"}}')), Reason.ODD
    ),
    "sends a number for a word": Misbehaviour(saying(7), Reason.ODD),
    "sends null for a word": Misbehaviour(saying(None), Reason.WORD),
    "sends an empty word": Misbehaviour(saying(""), Reason.WORD),
    "sends a short word": Misbehaviour(saying("ui"), Reason.WORD),
    "sends a word of another list": Misbehaviour(saying("wombat"), Reason.WORD),
    "sends upper case": Misbehaviour(saying("Debug"), Reason.WORD),
    "sends a full stop": Misbehaviour(saying("debug."), Reason.WORD),
    "sends a blank": Misbehaviour(saying(" debug"), Reason.WORD),
    "sends a newline": Misbehaviour(saying("debug\n"), Reason.WORD),
    "sends several words": Misbehaviour(saying("debug review"), Reason.WORD),
    "sends a long text": Misbehaviour(saying("debug " * 9999), Reason.WORD),
    "sends a frame": Misbehaviour(saying("x;prompt:debug 9"), Reason.WORD),
    "sends letters of another script": Misbehaviour(saying("dеbug"), Reason.WORD),  # noqa: RUF001  the point
    "cuts the word": Misbehaviour(saying("test", "length"), Reason.WORD),
    "obeys the text": Misbehaviour(echo, Reason.WORD),
    "compresses the answer": Misbehaviour(
        sending(http(gzip.compress(GOOD), "200 OK", GZIP)), Reason.ODD
    ),
    "sends a bomb": Misbehaviour(sending(http(BOMB, "200 OK", GZIP)), Reason.ODD),
    "announces more than it sends": Misbehaviour(
        sending(http(GOOD, length=len(GOOD) + 1)), Reason.BROKEN
    ),
    "announces less than it sends": Misbehaviour(sending(http(GOOD, length=9)), Reason.ODD),
    "announces two lengths": Misbehaviour(
        sending(http(GOOD, "200 OK", "Content-Length: 1")), Reason.BROKEN
    ),
    "announces no number": Misbehaviour(
        sending(b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n" + GOOD), Reason.BROKEN
    ),
    "sends a chunk of no size": Misbehaviour(sending(CHUNKED + b"zz\r\n"), Reason.BROKEN),
    "sends a chunk of a giant size": Misbehaviour(
        sending(CHUNKED + b"f" * 5000 + b"\r\n"), Reason.BROKEN
    ),
    "switches the protocol": Misbehaviour(
        sending(b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"),
        Reason.BROKEN,
    ),
    "has no content": Misbehaviour(sending(b"HTTP/1.1 204 No\r\n\r\n"), Reason.FAILING),
    "does not know the grammar": Misbehaviour(status("400 Bad Request"), Reason.REFUSED),
    "wants a key": Misbehaviour(status("401 Unauthorized"), Reason.LOCKED),
    "is another server": Misbehaviour(status("404 Not Found"), Reason.REFUSED),
    "is busy": Misbehaviour(
        sending(http(b"", "429 Too Many", "Retry-After: 9999999")), Reason.FAILING
    ),
    "fails": Misbehaviour(status("500 Oh"), Reason.FAILING),
    "loads the model": Misbehaviour(status("503 Loading"), Reason.FAILING),
    "hangs up": Misbehaviour(sending(b""), Reason.BROKEN),
    "hangs up within the headers": Misbehaviour(sending(b"HTTP/1.1 200 OK\r\nA"), Reason.BROKEN),
    "hangs up within the body": Misbehaviour(
        sending(http(GOOD[:9], length=len(GOOD))), Reason.BROKEN
    ),
    "speaks TLS": Misbehaviour(sending(b"\x15\x03\x01\x00\x02\x02\x46" * 99), Reason.BROKEN),
    "speaks SSH": Misbehaviour(sending(b"SSH-2.0-OpenSSH_9.9\r\n"), Reason.BROKEN),
    "sends noise": Misbehaviour(sending(bytes(range(256)) * 64), Reason.BROKEN),
}


class Stub:
    """A running server: where it is, and what it was asked."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.url = ""
        self.headers: list[str] = []
        self.asked: list[Request] = []
        self.ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop
        self._done: asyncio.Event
        self._answering: set[asyncio.Task[Any] | None] = set()

    async def serve(self) -> None:
        """Answer until `stop`."""
        self._loop, self._done = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(self._connected, "127.0.0.1")
        self.url = "http://{}:{}".format(*server.sockets[0].getsockname())
        self.ready.set()
        await self._done.wait()
        while others := asyncio.all_tasks() - {asyncio.current_task()}:
            for task in others & self._answering:  # the rest are connections that come just now
                task.cancel()
            await asyncio.sleep(0)
        server.close()

    def stop(self) -> None:
        """Leave all connections."""
        self._loop.call_soon_threadsafe(self._done.set)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._answering.add(asyncio.current_task())
        try:
            headers = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
            size = headers.partition("content-length:")[2].split()[0]
            request = json.loads(await reader.readexactly(int(size)))
            self.headers.append(headers)
            self.asked.append(request)
            await self.answer(writer, request)
            writer.close()
            await writer.wait_closed()
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            writer.transport.abort()  # nobody reads what is still to be written


@contextmanager
def serving(answer: Answer) -> Iterator[Stub]:
    """A server in a thread of its own; it and all its connections end with the block."""
    stub = Stub(answer)
    thread = threading.Thread(target=lambda: asyncio.run(stub.serve()))
    thread.start()
    stub.ready.wait()
    try:
        yield stub
    finally:
        stub.stop()
        thread.join()
