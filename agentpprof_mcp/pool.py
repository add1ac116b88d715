"""Work on many files with all processors: a queue in a pipe, forked workers, results in files.

Forking is safe only while the process has one thread, and free only where memory is copied on write,
so anywhere else, and for little work, everything runs in this process. Workers take the next job from
a shared pipe, so one large file does not hold up the rest. A worker that dies loses nothing: its
missing jobs are done here.
"""

import contextlib
import functools
import gc
import os
import struct
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import IO, NoReturn, Protocol, TypeVar

import msgspec

from agentpprof_mcp.decoding import packed_decoder

__all__ = ["Tally", "run_jobs"]

Result = TypeVar("Result")

TOKEN = struct.Struct("=I")
MAX_TOKENS = 8192
"""Jobs go through the queue in at most so many pieces: what an empty pipe takes without blocking."""

ROOM = 2 << 20
"""Bytes of one block of memory: twice as much may stay with the process when it is free."""

SMALL = 16 << 20
"""Bytes of history below which starting workers costs more than it saves."""


class Tally(Protocol):
    """What jobs add up to. Empty when they begin; then every process has its own."""

    def packed(self) -> bytes:
        """What those of this process came to; never nothing."""
        ...

    def unpack(self, data: bytes) -> None:
        """Add what those of a worker came to; nothing, if it died before it could tell."""
        ...


def run_jobs(
    sizes: Sequence[int],
    work: Callable[[int], Result],
    result: type[Result],
    progress: Callable[[int, int], None],
    tally: Tally | None = None,
) -> list[Result]:
    """Results of `work(i)` for every index of `sizes` (bytes, to start with the largest), in order.

    `result` is the type to decode what a worker sends. `progress(done, all)` is told roughly. What `work`
    adds to `tally`, in any process, is in it at the end; what a worker added that died is lost, and it is told.
    """
    order = sorted(range(len(sizes)), key=lambda i: (-sizes[i], i))
    workers = min(_processors(), len(order))
    _keep_room()
    with _without_collector():
        if workers < 2 or sum(sizes) < SMALL or not _may_fork():
            found = {}
            for done, index in enumerate(order):
                progress(done, len(order))
                found[index] = work(index)
        else:
            found = _run_forked(order, work, result, workers, progress, tally=tally)
        progress(len(order), len(order))
        return [found[index] if index in found else work(index) for index in range(len(sizes))]


@functools.cache
def _keep_room() -> None:
    """Keep glibc from giving memory back after every block that is read, to ask for it again for the next.

    It gives back what is beyond twice the largest block that it ever got from the system and was freed. The
    memory of this one is never touched; that of a second would be, as it would not come from the system.
    """
    bytes(ROOM)


@contextlib.contextmanager
def _without_collector() -> Iterator[None]:
    """Reading makes many objects and no cycles: looking for some doubles the time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _processors() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1


def _threads() -> int:
    """How many threads this process has; without the module for them, one."""
    threading = sys.modules.get("threading")
    return threading.active_count() if threading else 1


def _may_fork() -> bool:
    return sys.platform.startswith("linux") and _threads() == 1


def _run_forked(
    order: list[int],
    work: Callable[[int], Result],
    result: type[Result],
    workers: int,
    progress: Callable[[int, int], None],
    *,
    tally: Tally | None,
) -> dict[int, Result]:
    """Share the jobs among this process and `workers` - 1 children."""
    step = -(-len(order) // MAX_TOKENS)
    source, sink = os.pipe()
    for start in range(0, len(order), step):
        os.write(sink, TOKEN.pack(start))
    os.close(sink)
    outputs = [os.fdopen(os.memfd_create("agentpprof"), "w+b") for _ in range(workers - 1)]
    over, *alive = os.pipe()
    gc.freeze()
    children: list[int] = []
    found: dict[int, Result] = {}
    try:
        serve = functools.partial(_serve, source, order, step, work, alive=alive[0], tally=tally)
        _start(outputs, serve, children)
        os.close(alive.pop())
        for start in _tokens(source):
            progress(start, len(order))
            found.update((index, work(index)) for index in order[start : start + step])
        os.read(over, 1)  # ends when the last has closed its end: earlier than when it has ended
        for output in outputs[: len(children)]:
            found.update(_results(output, result))
            if tally is not None:
                tally.unpack(_frame(output))
        while children:
            _wait(children[-1])
            children.pop()
    finally:
        _end(children)
        for descriptor in (source, over, *alive):
            os.close(descriptor)
        for output in outputs:
            output.close()
    return found


def _start(
    outputs: Iterable[IO[bytes]], serve: Callable[[IO[bytes]], NoReturn], children: list[int]
) -> None:
    """Fork a child for each output; fewer where the system allows no more, and they do it all."""
    for output in outputs:
        try:
            child = os.fork()
        except OSError:
            return
        if child == 0:
            serve(output)
        children.append(child)


def _end(children: Sequence[int]) -> None:
    """Put an end to workers of a run that is broken off."""
    if children:
        import signal  # noqa: PLC0415  other runs need it not

        for child in children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
            _wait(child)


def _wait(child: int) -> None:
    """Wait for the end of a child. One that nobody is to wait for, by a setting of our parent's, is gone by then."""
    with contextlib.suppress(ChildProcessError):
        os.waitpid(child, 0)


def _tokens(source: int) -> Iterator[int]:
    """Take jobs from the queue until it is empty; a read of one token is atomic."""
    while token := os.read(source, TOKEN.size):
        yield TOKEN.unpack(token)[0]


def _serve(
    source: int,
    order: list[int],
    step: int,
    work: Callable[[int], object],
    output: IO[bytes],
    *,
    alive: int,
    tally: Tally | None,
) -> NoReturn:
    """A worker's life: take jobs, write length-prefixed results, leave without cleaning up.

    Behind the last comes a length of nothing, then the tally. All is written when `alive` is closed.
    """
    code = 1
    parent = os.getppid()
    try:
        encoder = msgspec.msgpack.Encoder()
        for start in _tokens(source):
            if os.getppid() != parent:  # killed: nobody waits for results
                break
            for index in order[start : start + step]:
                frame = encoder.encode((index, work(index)))
                output.write(TOKEN.pack(len(frame)) + frame)
        last = tally.packed() if tally is not None else b""
        output.write(TOKEN.pack(0) + TOKEN.pack(len(last)) + last)
        output.flush()
        os.close(alive)
        code = 0
    finally:
        os._exit(code)


def _results(output: IO[bytes], result: type[Result]) -> Iterator[tuple[int, Result]]:
    """Whole frames that a worker left; one of no length, or a cut one, ends them."""
    decoder = packed_decoder(tuple[int, result])  # type: ignore[valid-type]
    output.seek(0)
    while frame := _frame(output):
        yield decoder.decode(frame)


def _frame(output: IO[bytes]) -> bytes:
    """The next frame; nothing if it has no length, or is cut."""
    prefix = output.read(TOKEN.size)
    length = TOKEN.unpack(prefix)[0] if len(prefix) == TOKEN.size else 0
    frame = output.read(length)
    return frame if len(frame) == length else b""
