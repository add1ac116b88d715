"""From lines to records: typed decoding, repair, and the account of what was skipped.

A line that the typed decoder refuses gets a second, bounded look; what still cannot be read is skipped
and counted by reason. `records` + sum(`skipped`) + `pending_tail` = `lines`.
"""

import contextlib
import re
import types
import typing
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import chain

import msgspec

from agentpprof_mcp.model import Reconciliation
from agentpprof_mcp.readers.framing import Block, Framing, lines_of

__all__ = ["Unusable", "iso_ms", "lenient", "objects", "read_records"]

MAX_STDLIB = 1 << 20
MAX_REPAIR = 4 << 20
"""Bytes of a line that is decoded without knowing its fields, which takes many times its size."""
LARGE = 1 << 20
MAX_PARTS = 200_000
"""Objects, lists and items that a line of more than `LARGE` bytes may hold."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MAX_MS = 253_000_000_000_000
"""No later time is believed: the last years that a date can show leave no room for a time zone."""
MAX_RESUMES = 16

RECORD_START = re.compile(r'\{"(?:type|parentUuid|timestamp)"')
"""Where a record may begin inside a damaged line."""
RECORD_MARKS = {"timestamp", "uuid", "sessionId"}
"""Fields that tell a record from a content block of one."""
REFUSALS = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
"""What the typed decoder raises."""


Record = typing.TypeVar("Record", bound=msgspec.Struct)


class Unusable(Exception):  # noqa: N818  internal signal, never shown
    """A line that cannot be read; its text is the reason to count."""


def read_records(
    path: str, decoder: msgspec.json.Decoder[Record], account: Reconciliation
) -> Iterator[Record]:
    """Yield the records of a file in order, counting lines, records and everything skipped.

    Fields of an unexpected type are left at their defaults. An unterminated last line counts as a
    record when it is whole, else as pending. Raises `OSError` when the file cannot be opened.
    """
    return chain.from_iterable(_batches(path, decoder, account))


def _batches(
    path: str, decoder: msgspec.json.Decoder[Record], account: Reconciliation
) -> Iterator[Iterable[Record]]:
    """The records of a file, as many at once as there are."""
    framing = Framing(path, account)
    decode = decoder.decode_lines
    account.files += 1
    for block in framing.blocks():
        records = None
        if len(block.data) <= LARGE:
            with contextlib.suppress(*REFUSALS):
                records = decode(block.data)
        if records is None or len(records) != block.lines:  # or two in a line, or one in two
            yield _one_by_one(block, decoder, account, torn=framing.torn)
        else:
            account.lines += block.lines
            account.records += block.lines
            yield records


def _one_by_one(
    block: Block, decoder: msgspec.json.Decoder[Record], account: Reconciliation, *, torn: bool
) -> Iterator[Record]:
    """The records of a block that has a line with something wrong."""
    for line in lines_of(block):
        if line == b"\n":
            continue
        if len(line) > LARGE and line.count(b"{") > MAX_PARTS:
            account.lines += 1
            account.skip("too many parts")
            continue
        try:
            record = decoder.decode(line)
        except REFUSALS:
            yield from _second_look(line, decoder, account, torn=torn)
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
        record = _read(line, kind)
    except Unusable as error:
        if torn:
            account.pending_tail += 1
            return
        account.skip(str(error))
        for record in _spliced(line, kind):
            account.recovered += 1
            yield record
        return
    account.records += 1
    yield record


def _read(line: bytes, kind: type[Record]) -> Record:
    """Decode one record in a lenient way. Raises `Unusable` with the reason to count."""
    try:
        return lenient(_loads(line), kind)  # type: ignore[no-any-return]
    except RecursionError:
        raise Unusable("nested too deep") from None


def _loads(line: bytes) -> dict[str, object]:
    """Decode one object: the fast parser first, then the standard library for what it refuses."""
    if len(line) > MAX_REPAIR:
        raise Unusable("too large to repair")
    if len(line) > LARGE and sum(map(line.count, (b"{", b"[", b","))) > MAX_PARTS:
        raise Unusable("too many parts")
    try:
        value = msgspec.json.decode(line)
    except RecursionError:
        raise Unusable("nested too deep") from None
    except (msgspec.MsgspecError, UnicodeDecodeError):
        if len(line) > MAX_STDLIB:
            raise Unusable("not JSON") from None
        import json  # noqa: PLC0415  only damaged lines need it

        try:
            value = json.loads(line.decode("utf-8", "replace"))
        except RecursionError:
            raise Unusable("nested too deep") from None
        except (ValueError, MemoryError):
            raise Unusable("not JSON") from None
    if not isinstance(value, dict):
        raise Unusable("not an object")
    return value


def _spliced(line: bytes, kind: type[Record]) -> Iterator[Record]:
    """Whole records inside a damaged line: a lost newline glues two, a torn write cuts one."""
    import json  # noqa: PLC0415  as above

    decoder = json.JSONDecoder()
    text = line[:MAX_STDLIB].decode("utf-8", "replace")
    position = 0
    for _ in range(MAX_RESUMES):
        try:
            value, position = decoder.raw_decode(text, position)
        except (ValueError, RecursionError):
            start = RECORD_START.search(text, position + 1)
            if start is None:
                return
            position = start.start()
            continue
        if isinstance(value, dict) and "type" in value and RECORD_MARKS & value.keys():
            with contextlib.suppress(RecursionError):
                yield lenient(value, kind)


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
        import json  # noqa: PLC0415  as above

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
        since = datetime.fromisoformat(text) - EPOCH
    except ValueError:
        return 0
    except TypeError:  # no zone
        since = datetime.fromisoformat(text).replace(tzinfo=UTC) - EPOCH
    at = since.days * 86_400_000 + since.seconds * 1000 + (since.microseconds + 500) // 1000
    return at if 0 <= at <= MAX_MS else 0
