"""From a folder to lines: which files there are, and the lines of one, whatever its state.

History is written by other programs and grows while it is read. So files are opened without following
links or blocking, read up to the size they had when opened, unpacked when they are compressed, and
split on LF only, in memory that is bounded by the longest allowed line.
"""

import errno
import io
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import msgspec

from agentpprof_mcp.halt import checkpoint
from agentpprof_mcp.model import Reconciliation

__all__ = [
    "MAX_LINE",
    "MAX_WALK_DEPTH",
    "Block",
    "Framing",
    "Stamp",
    "folder_of",
    "head_of_file",
    "lines_of",
    "name_of",
    "open_history",
    "walk",
]

CHUNK = 1 << 18
"""Bytes read at once: what is split and decoded is then still in the processor's cache."""
HEAD = 1 << 17
"""Bytes by which a file is recognised."""
MAX_LINE = 32 << 20
MAX_WALK_DEPTH = 12
ZST_MAGIC = b"\x28\xb5\x2f\xfd"
ZST_WINDOW = 32 << 20
ZST_PIECE = 1 << 10
"""Compressed bytes unpacked at once: at most 32 MiB come out, whatever they hold."""
ZST_OUTPUT = 64 << 30
ZST_RATIO = 1000
ZST_RATIO_FROM = 64 << 20


class Stamp(msgspec.Struct, array_like=True, frozen=True):
    """What the system says of a file without opening it: while it is the same, so is the content.

    `size` is in bytes. `written` and `changed` are times in nanoseconds; a program can set the first as
    it likes, the second tells of every change of the content, the name or the permissions.
    """

    device: int
    inode: int
    size: int
    written: int
    changed: int

    @classmethod
    def of(cls, info: os.stat_result) -> "Stamp":
        """The stamp in what `stat` returned."""
        return cls(info.st_dev, info.st_ino, info.st_size, info.st_mtime_ns, info.st_ctime_ns)


def walk(root: Path, account: Reconciliation) -> Iterator[tuple[str, Stamp]]:
    """Yield (regular file, stamp) below `root`, sorted, links not followed; `root` itself may be one.

    Histories have very many files, so their paths are plain strings, here and in all readers.
    """
    pending = [(os.path.realpath(root), 0)]
    while pending:
        folder, depth = pending.pop()
        try:
            with os.scandir(folder) as listing:
                entries = sorted(listing, key=lambda entry: entry.name)
        except FileNotFoundError:
            account.vanished += depth > 0
            continue
        except OSError:
            account.miss()
            continue
        below = []
        for entry in entries:
            try:
                if entry.is_dir(follow_symlinks=False):
                    below.append((entry.path, depth + 1))
                elif entry.is_file(follow_symlinks=False):
                    yield entry.path, Stamp.of(entry.stat(follow_symlinks=False))
                else:
                    account.vanished += 1
            except OSError:
                account.vanished += 1
        if depth < MAX_WALK_DEPTH:
            pending.extend(reversed(below))


def name_of(path: str) -> str:
    """The last part of a path."""
    return path.rpartition(os.sep)[2]


def folder_of(path: str) -> str:
    """A path without its last part."""
    return path.rpartition(os.sep)[0]


def open_history(path: str) -> tuple[io.FileIO, int]:
    """Open a regular file, and say how large it is now. Links, pipes and devices are refused.

    Raises `OSError` when it is gone, unreadable, or not a regular file.
    """
    descriptor, size = _descriptor_of(path)
    return io.FileIO(descriptor), size


def _descriptor_of(path: str) -> tuple[int, int]:
    """The same, without an object around it: histories have very many files."""
    flags = os.O_RDONLY
    for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY"):
        flags |= getattr(os, name, 0)
    descriptor = os.open(path, flags)
    info = os.fstat(descriptor)
    if not stat.S_ISREG(info.st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "not a regular file")
    return descriptor, info.st_size


def _chunks(path: str, account: Reconciliation, most: int = CHUNK) -> Iterator[bytes]:
    """The bytes of a file in pieces, unpacked if it is zstd by its first bytes."""
    descriptor, size = _descriptor_of(path)
    try:
        left = size
        while left > 0:
            checkpoint()
            chunk = os.read(descriptor, min(most, left))
            if not chunk:  # cut short by its writer since it was opened
                _stop(account, left)
                return
            if left == size and chunk.startswith(ZST_MAGIC):
                os.lseek(descriptor, 0, os.SEEK_SET)
                with io.FileIO(descriptor, closefd=False) as stream:
                    yield from _unpacked(stream, size, account)
                return
            left -= len(chunk)
            yield chunk
    finally:
        os.close(descriptor)


def head_of_file(path: str, limit: int = HEAD) -> bytes:
    """The first `limit` bytes of a file, unpacked if it is compressed. Raises `OSError`."""
    chunks = _chunks(path, Reconciliation(), limit)
    head = next(chunks, b"")
    while len(head) < limit and (chunk := next(chunks, b"")):
        head += chunk
    return head[:limit]


def _stop(account: Reconciliation, unread: int) -> None:
    """Note that the rest of a file was not read."""
    account.bytes_unread += unread
    account.complete = False


def _unpacked(stream: io.FileIO, size: int, account: Reconciliation) -> Iterator[bytes]:
    """Stream zstd frames, bounded in window, ratio and output; a cut or damaged end is noted."""
    import zstandard  # noqa: PLC0415  only compressed history pays for it

    def fresh() -> "zstandard.ZstdDecompressionObj":
        return zstandard.ZstdDecompressor(max_window_size=ZST_WINDOW).decompressobj()

    unpacker = fresh()
    started = False
    taken = produced = 0
    while packed := stream.read(min(ZST_PIECE, size - taken)):
        taken += len(packed)
        while packed:
            checkpoint()
            started = True
            try:
                chunk = unpacker.decompress(packed)
            except zstandard.ZstdError:
                _stop(account, size - taken + len(packed))
                return
            produced += len(chunk)
            if produced > min(ZST_OUTPUT, max(ZST_RATIO_FROM, taken * ZST_RATIO)):
                _stop(account, size - taken + len(packed))
                return
            for start in range(0, len(chunk), CHUNK):
                yield chunk[start : start + CHUNK]
            packed = unpacker.unused_data if unpacker.eof else b""
            if unpacker.eof:
                unpacker, started = fresh(), False
    if started:
        _stop(account, 1)


class Block(msgspec.Struct, frozen=True):
    """Whole lines of a file, one or more; `lines` says how many, if one then maybe without its LF."""

    data: memoryview | bytes
    lines: int


class Framing:
    """The lines of one file, some with their LF. `torn` is true while the unterminated last is out."""

    def __init__(self, path: str, account: Reconciliation) -> None:
        """Prepare to read `path`; opening happens on iteration."""
        self.path = path
        self.account = account
        self.torn = False

    def __iter__(self) -> Iterator[bytes]:
        """Yield lines; one beyond the limit is dropped and counted, in bounded memory."""
        for block in self.blocks():
            yield from lines_of(block)

    def blocks(self) -> Iterator[Block]:
        """Yield the same lines as they come, many at once: a line that is cut stands alone."""
        parts: list[bytes] = []
        held = 0
        for chunk in _chunks(self.path, self.account):
            start = 0
            if held:
                start = chunk.find(b"\n") + 1
                head = chunk[:start] if start else chunk
                held += len(head)
                if held <= MAX_LINE:
                    parts.append(head)
                else:
                    parts.clear()
                if not start:
                    continue
                yield from self._joined(parts, held)
                parts, held = [], 0
            elif chunk.isspace():
                continue
            end = chunk.rfind(b"\n") + 1
            if end > start:
                yield Block(memoryview(chunk)[start:end], _lines_in(chunk, start, end))
            if end < len(chunk):
                parts, held = [chunk[end:]], len(chunk) - end
        if held:
            self.torn = True
            yield from self._joined(parts, held)

    def _joined(self, parts: list[bytes], held: int) -> Iterator[Block]:
        if held > MAX_LINE:
            self.account.lines += 1
            self.account.skip("line too long")
        else:
            yield Block(b"".join(parts), 1)


def _lines_in(chunk: bytes, start: int, end: int) -> int:
    """How many lines end in a part of a chunk; for long ones many times faster than `count`."""
    lines = 0
    find = chunk.find
    while start := find(b"\n", start, end) + 1:
        lines += 1
    return lines


def lines_of(block: Block) -> list[bytes]:
    """The lines of a block one by one; many times faster than `split`."""
    return io.BytesIO(block.data).readlines()
