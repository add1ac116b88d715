"""pprof: the gzipped `perftools.profiles.Profile` message, written for `go tool pprof` and speedscope, and read back.

What its readers punish, and what is done about it:
- a `system_name` equal to the name is "demangled", which eats brackets: it stays empty;
- `-focus` and `-hide` match the mapping's file name too: it is `[VIEW]`, which no frame matches;
- profiles of one view merge only with equal sample types and period: both follow from the measures;
- equal input gives equal bytes: texts are numbered in order of first use over sorted samples, the gzip
  header holds neither time nor system.
"""

import functools
import re
import zlib
from collections.abc import Callable, Iterable
from typing import Any

from agentpprof_mcp import __version__
from agentpprof_mcp.errors import InputError
from agentpprof_mcp.profile import Label, Measure, Numbers, Profile, Sample
from agentpprof_mcp.writers.base import Report, what_was_read

__all__ = ["decode", "write"]

MESSAGES = {
    "Profile": (
        "1 sample_type ValueType*",
        "2 sample Sample*",
        "3 mapping Mapping*",
        "4 location Location*",
        "5 function Function*",
        "6 string_table string*",
        "9 time_nanos int64",
        "10 duration_nanos int64",
        "11 period_type ValueType",
        "12 period int64",
        "13 comment int64*",
        "14 default_sample_type int64",
    ),
    "ValueType": ("1 type int64", "2 unit int64"),
    "Sample": ("1 location_id uint64*", "2 value int64*", "3 label Label*"),
    "Label": ("1 key int64", "2 str int64"),
    "Mapping": ("1 id uint64", "5 filename int64", "7 has_functions bool"),
    "Location": ("1 id uint64", "2 mapping_id uint64", "4 line Line*"),
    "Line": ("1 function_id uint64",),
    "Function": ("1 id uint64", "2 name int64"),
}
"""Number, name and type of the fields that we write or read; `*` is repeated. Texts are indices."""

PACKAGE = "perftools.profiles"
INT64_MAX = 2**63 - 1
NANOS = 10**6
"""Nanoseconds per millisecond."""
MAX_INFLATED = 64 << 20
"""Bytes of a foreign profile once unpacked: about a million samples of ours."""
MAX_DEPTH = 1024
"""Frames of a foreign stack."""
OWN_MAPPING = re.compile(r"\[([a-z]{1,32})\]")
UNNAMED = "unknown"

Message = Any
"""A message of a class built at run time, whose fields no type checker knows."""
Gate = Callable[[str], Label]
"""Makes a label of any text; never an empty one."""


@functools.cache
def _profile_class() -> Callable[[], Message]:
    """Build the message classes of the format."""
    from google.protobuf import (  # noqa: PLC0415  slow to import, and only this format needs it
        descriptor_pb2,
        descriptor_pool,
        message_factory,
    )

    kinds = descriptor_pb2.FieldDescriptorProto
    file = descriptor_pb2.FileDescriptorProto(
        name="profile.proto", package=PACKAGE, syntax="proto3"
    )
    for message_name, fields in MESSAGES.items():
        message = file.message_type.add(name=message_name)
        for line in fields:
            number, name, kind = line.split()
            field = message.field.add(name=name, number=int(number))
            field.label = kinds.LABEL_REPEATED if kind.endswith("*") else kinds.LABEL_OPTIONAL
            kind = kind.removesuffix("*")
            if kind in MESSAGES:
                field.type = kinds.TYPE_MESSAGE
                field.type_name = f".{PACKAGE}.{kind}"
            else:
                field.type = kinds.Type.Value(f"TYPE_{kind.upper()}")
    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(file.SerializeToString())
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{PACKAGE}.Profile"))


def write(report: Report) -> bytes:
    """Return the profile as gzipped pprof: all measures, one function and location per frame text.

    Raises `InputError` when a sum is larger than the format can hold.
    """
    profile = report.profile
    if max(profile.totals(), default=0) > INT64_MAX:
        raise InputError("the profiles add up to more than pprof can hold")
    strings: Numbers[str] = Numbers({"": 0})
    message = _profile_class()()
    _describe(message, report, strings)
    locations: Numbers[str] = Numbers({"": 0})  # no id is 0
    for sample, values in sorted(profile.samples.items()):
        entry = message.sample.add()
        entry.location_id.extend([locations[frame] for frame in reversed(sample.stack)])
        entry.value.extend(values)
        for key, text in sample.labels:
            entry.label.add(key=strings[key], str=strings[text])
    message.mapping.add(id=1, filename=strings[f"[{profile.view}]"], has_functions=True)
    for frame, number in list(locations.items())[1:]:
        message.function.add(id=number, name=strings[frame])
        message.location.add(id=number, mapping_id=1).line.add(function_id=number)
    message.string_table.extend(strings)
    import gzip  # noqa: PLC0415  only this format needs it

    packed = gzip.compress(message.SerializeToString(deterministic=True), 6, mtime=0)
    # byte 9 names the operating system, and not every Python version leaves it unknown (255)
    return packed[:9] + b"\xff" + packed[10:]


def _describe(message: Message, report: Report, strings: Numbers[str]) -> None:
    """Fill in everything but the samples. The period is fixed, so that profiles of a view merge."""
    profile = report.profile
    for name, unit in profile.measures:
        message.sample_type.add(type=strings[name], unit=strings[unit])
    message.default_sample_type = message.sample_type[0].type
    message.period_type.CopyFrom(message.sample_type[0])
    message.period = 1
    message.time_nanos = min(profile.started * NANOS, INT64_MAX)
    if profile.started:
        span = max(0, profile.ended - profile.started)
        message.duration_nanos = min(span * NANOS, INT64_MAX)
    message.comment.extend(strings[line] for line in _comments(report))


def _comments(report: Report) -> list[str]:
    """What pprof prints above its tables."""
    width = report.profile.measures[0]
    return [
        f"view {report.profile.view}: {report.question}",
        f"width: {width.name} ({width.unit})",
        "labels only: no prompt, answer, command or output text",
        f"agentpprof {__version__}",
        what_was_read(report.reconciliation),
        *([_manifest(report.manifest)] if report.manifest else []),
    ]


def _manifest(manifest: dict[str, object]) -> str:
    """By which rules the report was made fit for others."""
    return ", ".join(f"{name} {value}" for name, value in manifest.items())


def decode(data: bytes, gate: Gate) -> Profile:
    """Read a pprof file of ours or of another program; every text in it passes `gate`.

    Samples, measures and times survive. Numeric labels, comments, addresses, lines and periods are
    dropped, a label keeps its last value per key, and what has no name is called `unknown`. The view is
    the `x` of a single mapping `[x]`, else `foreign`. Raises `InputError` for a file that pprof refuses,
    and for negative values, too deep stacks and too large files.
    """
    message = _parsed(_inflated(data))
    texts = _Texts(list(message.string_table), gate)
    label = texts.label
    frames = _frames(message, texts)
    width = len(message.sample_type)
    _require(width, "it has no sample types")
    measures = [Measure(label(kind.type), label(kind.unit)) for kind in message.sample_type]
    profile = Profile(_view(message, texts), measures)
    for entry in message.sample:
        _require(len(entry.value) == width, "a sample has not one value per sample type")
        _require(min(entry.value) >= 0, "it has negative values, as a difference of profiles has")
        _require(frames.keys() >= set(entry.location_id), "a sample names a missing location")
        parts = [frames[number] for number in reversed(entry.location_id)]
        _require(sum(map(len, parts)) <= MAX_DEPTH, "a stack is too deep")
        stack = tuple(frame for part in parts for frame in part) or (label(0),)
        labels = {str(label(item.key)): label(item.str) for item in entry.label if item.str}
        profile.add(Sample(stack, tuple(sorted(labels.items()))), entry.value)
    if message.time_nanos > 0:
        ended = message.time_nanos + max(0, message.duration_nanos)
        profile.cover(message.time_nanos // NANOS, ended // NANOS)
    return profile


class _Texts:
    """The string table of a foreign profile, as it is and as labels. Index 0 is the empty text."""

    def __init__(self, table: list[str], gate: Gate) -> None:
        _require(table[:1] == [""], "its string table does not begin with an empty text")
        self.table = table
        self.gate = gate
        self.labels: dict[int, Label] = {}

    def raw(self, index: int) -> str:
        _require(0 <= index < len(self.table), "it names a missing text")
        return self.table[index]

    def label(self, index: int) -> Label:
        if index not in self.labels:
            self.labels[index] = self.gate(self.raw(index) or UNNAMED)
        return self.labels[index]


def _require(condition: object, reason: str) -> None:
    if not condition:
        raise _invalid(reason)


def _invalid(reason: str) -> InputError:
    return InputError(f"not a valid pprof profile: {reason}")


def _inflated(data: bytes) -> bytes:
    """Unpack a gzip file, bounded; what is not gzip is left as it is, as pprof does."""
    if data[:2] == b"\x1f\x8b":
        unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
        try:
            data = unpacker.decompress(data, MAX_INFLATED + 1)
        except zlib.error:
            raise _invalid("its gzip data is damaged") from None
        whole = unpacker.eof and not unpacker.unused_data
        _require(whole or len(data) > MAX_INFLATED, "its gzip data is cut or followed by more")
    _require(len(data) <= MAX_INFLATED, f"it is larger than {MAX_INFLATED >> 20} MiB unpacked")
    return data


def _parsed(data: bytes) -> Message:
    from google.protobuf.message import DecodeError  # noqa: PLC0415  as in _profile_class

    message = _profile_class()()
    try:
        message.ParseFromString(data)
    except DecodeError:
        raise _invalid("it is damaged, or another kind of file") from None
    return message


def _frames(message: Message, texts: _Texts) -> dict[int, tuple[Label, ...]]:
    """The frames of each location, root first; more than one where functions are inlined."""
    functions = _by_id(message.function)
    frames = {}
    for number, location in _by_id(message.location).items():
        called = [line.function_id for line in reversed(location.line)]
        _require(functions.keys() >= set(called), "a location names a missing function")
        frames[number] = tuple(texts.label(functions[f].name) for f in called) or (texts.label(0),)
    return frames


def _by_id(items: Iterable[Message]) -> dict[int, Message]:
    items = list(items)
    found = {item.id: item for item in items}
    _require(len(found) == len(items) and 0 not in found, "an id is zero or used twice")
    return found


def _view(message: Message, texts: _Texts) -> str:
    """The view that we wrote into the only mapping."""
    names = [texts.raw(mapping.filename) for mapping in _by_id(message.mapping).values()]
    own = OWN_MAPPING.fullmatch(names[0]) if len(names) == 1 else None
    return own[1] if own else "foreign"
