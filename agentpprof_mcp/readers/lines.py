"""From a file to records: framing, typed decoding, repair, and the account of what was skipped.

History is written by other programs, may be damaged, and grows while it is read. So files are opened
without following links or blocking, read up to the size they had when opened, and split on LF only.
A line that the typed decoder refuses gets a second, bounded look; what still cannot be read is skipped
and counted by reason. `records` + sum(`skipped`) + `pending_tail` = `lines`.
"""

import errno
import io
import json
import os
import re
import stat
import types
import typing
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from agentpprof_mcp.model import Reconciliation

__all__ = [
    "MAX_LINE",
    "Unusable",
    "head_of_file",
    "iso_ms",
    "lenient",
    "objects",
    "open_history",
    "read_records",
    "walk",
]

CHUNK = 1 << 17
"""Bytes read at once: what is split and decoded is then still in the processor's cache."""
MAX_LINE = 32 << 20
MAX_STDLIB = 1 << 20
MAX_WALK_DEPTH = 12
ZST_MAGIC = b"\x28\xb5\x2f\xfd"
ZST_WINDOW = 32 << 20
ZST_PIECE = 1 << 10
"""Compressed bytes unpacked at once: at most 32 MiB come out, whatever they hold."""
ZST_OUTPUT = 64 << 30
ZST_RATIO = 1000
ZST_RATIO_FROM = 64 << 20

MAX_RESUMES = 16

RECORD_START = re.compile(r'\{"(?:type|parentUuid|timestamp)"')
"""Where a record may begin inside a damaged line."""
RECORD_MARKS = {"timestamp", "uuid", "sessionId"}
"""Fields that tell a record from a content block of one."""
STDLIB = json.JSONDecoder()


Record = typing.TypeVar("Record", bound=msgspec.Struct)


class Unusable(Exception):  # noqa: N818  internal signal, never shown
    """A line that cannot be read; its text is the reason to count."""


def walk(root: Path, account: Reconciliation) -> Iterator[tuple[Path, int]]:
    """Yield (regular file, size) below `root`, sorted, links not followed; `root` itself may be one."""
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
            account.skip("unreadable folder", 0)
            account.complete = False
            continue
        below = []
        for entry in entries:
            try:
                if entry.is_dir(follow_symlinks=False):
                    below.append((entry.path, depth + 1))
                elif entry.is_file(follow_symlinks=False):
                    yield Path(entry.path), entry.stat(follow_symlinks=False).st_size
            except OSError:
                account.vanished += 1
        if depth < MAX_WALK_DEPTH:
            pending.extend(reversed(below))


def open_history(path: Path) -> tuple[io.FileIO, int]:
    """Open a regular file, and say how large it is now. Links, pipes and devices are refused.

    Raises `OSError` when it is gone, unreadable, or not a regular file.
    """
    flags = os.O_RDONLY
    for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY"):
        flags |= getattr(os, name, 0)
    descriptor = os.open(path, flags)
    info = os.fstat(descriptor)
    if not stat.S_ISREG(info.st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "not a regular file")
    return io.FileIO(descriptor), info.st_size


def _chunks(path: Path, account: Reconciliation, most: int = CHUNK) -> Iterator[bytes]:
    """The bytes of a file in pieces, unpacked if it is zstd by its first bytes."""
    stream, size = open_history(path)
    with stream:
        if stream.read(len(ZST_MAGIC)) == ZST_MAGIC:
            stream.seek(0)
            yield from _unpacked(stream, size, account)
            return
        stream.seek(0)
        left = size
        while left > 0:
            chunk = stream.read(min(most, left))
            if not chunk:  # cut short by its writer since it was opened
                _stop(account, left)
                return
            left -= len(chunk)
            yield chunk


def head_of_file(path: Path, limit: int = CHUNK) -> bytes:
    """The first `limit` bytes of a file, unpacked if it is compressed. Raises `OSError`."""
    head = b""
    for chunk in _chunks(path, Reconciliation(), limit):
        head += chunk
        if len(head) >= limit:
            break
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
            yield chunk
            packed = unpacker.unused_data if unpacker.eof else b""
            if unpacker.eof:
                unpacker, started = fresh(), False
    if started:
        _stop(account, 1)


class Framing:
    """The lines of one file, without their LF. `torn` is true while the unterminated last is out."""

    def __init__(self, path: Path, account: Reconciliation) -> None:
        """Prepare to read `path`; opening happens on iteration."""
        self.path = path
        self.account = account
        self.torn = False

    def __iter__(self) -> Iterator[bytes]:
        """Yield lines; one beyond the limit is dropped and counted, in bounded memory."""
        parts: list[bytes] = []
        held = 0
        for chunk in _chunks(self.path, self.account):
            if held:
                head, newline, rest = chunk.partition(b"\n")
                held += len(head)
                if held <= MAX_LINE:
                    parts.append(head)
                else:
                    parts.clear()
                if not newline:
                    continue
                yield from self._joined(parts, held)
                chunk = rest  # noqa: PLW2901
            lines = chunk.split(b"\n")
            tail = lines.pop()
            yield from lines
            parts = [tail]
            held = len(tail)
        if held:
            self.torn = True
            yield from self._joined(parts, held)

    def _joined(self, parts: list[bytes], held: int) -> Iterator[bytes]:
        if held > MAX_LINE:
            self.account.lines += 1
            self.account.skip("line too long")
        else:
            yield b"".join(parts)


def read_records(
    path: Path, decoder: msgspec.json.Decoder[Record], account: Reconciliation
) -> Iterator[Record]:
    """Yield the records of a file in order, counting lines, records and everything skipped.

    Fields of an unexpected type are left at their defaults. An unterminated last line counts as a
    record when it is whole, else as pending. Raises `OSError` when the file cannot be opened.
    """
    framing = Framing(path, account)
    decode = decoder.decode
    account.files += 1
    for line in framing:
        if not line:
            continue
        try:
            record = decode(line)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            yield from _second_look(line, decoder, account, torn=framing.torn)
            continue
        account.lines += 1
        account.records += 1
        yield record


def objects(head: bytes) -> Iterator[dict[str, object]]:
    """The whole JSON objects at the start of a file, for sniffing; a cut last line is left out."""
    for line in head.split(b"\n"):
        try:
            yield _loads(line.strip(b" \t\r\n\x00\xef\xbb\xbf"))
        except Unusable:
            continue


def _second_look(
    line: bytes, decoder: msgspec.json.Decoder[Record], account: Reconciliation, *, torn: bool
) -> Iterator[Record]:
    """Read what the typed decoder refused, or count why it cannot be read."""
    line = line.strip(b" \t\r\n\x00\xef\xbb\xbf")
    if not line:
        return
    account.lines += 1
    kind = decoder.type
    try:
        record = lenient(_loads(line), kind)
    except Unusable as error:
        if torn:
            account.pending_tail += 1
            return
        account.skip(str(error))
        for found in _spliced(line):
            account.recovered += 1
            yield lenient(found, kind)
        return
    account.records += 1
    yield record


def _loads(line: bytes) -> dict[str, object]:
    """Decode one object: the fast parser first, then the standard library for what it refuses."""
    try:
        value = msgspec.json.decode(line)
    except RecursionError:
        raise Unusable("nested too deep") from None
    except (msgspec.MsgspecError, UnicodeDecodeError):
        if len(line) > MAX_STDLIB:
            raise Unusable("not JSON") from None
        try:
            value = json.loads(line.decode("utf-8", "replace"))
        except RecursionError:
            raise Unusable("nested too deep") from None
        except (ValueError, MemoryError):
            raise Unusable("not JSON") from None
    if not isinstance(value, dict):
        raise Unusable("not an object")
    return value


def _spliced(line: bytes) -> Iterator[dict[str, object]]:
    """Whole records inside a damaged line: a lost newline glues two, a torn write cuts one."""
    text = line[:MAX_STDLIB].decode("utf-8", "replace")
    position = 0
    for _ in range(MAX_RESUMES):
        try:
            value, position = STDLIB.raw_decode(text, position)
        except (ValueError, RecursionError):
            start = RECORD_START.search(text, position + 1)
            if start is None:
                return
            position = start.start()
            continue
        if isinstance(value, dict) and "type" in value and RECORD_MARKS & value.keys():
            yield value


def lenient(value: object, kind: typing.Any) -> typing.Any:  # noqa: ANN401  it is a type form
    """Convert decoded JSON to `kind`, leaving out fields and items that have another type.

    Raises `Unusable` when the value as a whole has another type.
    """
    origin = typing.get_origin(kind)
    if origin in {typing.Union, types.UnionType}:
        for option in typing.get_args(kind):
            try:
                return lenient(value, option)
            except Unusable:
                continue
        raise Unusable("wrong type")
    if origin is list and isinstance(value, list):
        (item_kind,) = typing.get_args(kind)
        return list(_fitting(value, item_kind))
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        if not isinstance(value, dict):
            raise Unusable("wrong type")
        return _lenient_struct(value, kind)
    if kind is msgspec.Raw:
        return msgspec.Raw(json.dumps(value).encode())
    if isinstance(value, str) and kind is str:
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    try:
        return msgspec.convert(value, kind)
    except (msgspec.MsgspecError, UnicodeError):
        raise Unusable("wrong type") from None


def _fitting(values: list[object], kind: object) -> Iterator[object]:
    for value in values:
        try:
            yield lenient(value, kind)
        except Unusable:
            continue


def _lenient_struct(value: dict[str, object], kind: type[msgspec.Struct]) -> msgspec.Struct:
    hints = typing.get_type_hints(kind, include_extras=True)
    found: dict[str, object] = {}
    for name, key in zip(kind.__struct_fields__, kind.__struct_encode_fields__, strict=True):
        if key in value:
            try:
                found[name] = lenient(value[key], hints[name])
            except Unusable:
                continue
    if "damaged" in kind.__struct_fields__ and len(found) < len(hints.keys() & value.keys()):
        found["damaged"] = True
    return kind(**found)


def iso_ms(text: str) -> int:
    """Milliseconds since the epoch of an ISO 8601 time; 0 when it is none. No zone means UTC."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return 0
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0, round(moment.timestamp() * 1000))
