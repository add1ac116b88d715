"""pprof: what is written, what is read back, and what is refused."""

import gzip
import random
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import json_format
from hypothesis import given
from hypothesis import strategies as st

from agentpprof_mcp import __version__
from agentpprof_mcp.errors import InputError
from agentpprof_mcp.model import Reconciliation
from agentpprof_mcp.profile import Label, Measure, Profile, Sample
from agentpprof_mcp.writers import pprof
from agentpprof_mcp.writers.base import Report

MEASURES = (Measure("events", "count"), Measure("tokens", "tokens"))
TEXT = st.text("ab/:é_", min_size=1, max_size=4).map(Label)
SAMPLE = st.builds(
    Sample,
    st.lists(TEXT, min_size=1, max_size=4).map(tuple),
    st.dictionaries(st.sampled_from(["date", "session"]), TEXT).map(
        lambda d: tuple(sorted(d.items()))
    ),
)
SAMPLES = st.lists(st.tuples(SAMPLE, st.tuples(*[st.integers(0, 2**50)] * 2)), max_size=12)


def profile_of(samples: list[tuple[Sample, tuple[int, int]]]) -> Profile:
    profile = Profile("tasks", MEASURES)
    for sample, values in samples:
        profile.add(sample, values)
    return profile


def report_of(profile: Profile) -> Report:
    return Report(profile, "What?", [], Reconciliation(), {})


def parsed(data: bytes) -> Any:
    return pprof._parsed(gzip.decompress(data))


def again(profile: Profile) -> Profile:
    return pprof.decode(pprof.write(report_of(profile)), Label)


def test_the_golden_profile(small_report: Report, golden: Callable[[str, bytes], None]) -> None:
    """The whole message, for review."""
    text = json_format.MessageToJson(parsed(pprof.write(small_report)))
    golden("writers/tasks.pprof.json", text.replace(__version__, "VERSION").encode() + b"\n")


@given(SAMPLES, st.integers(1, 2**42), st.integers(0, 2**40))
def test_reading_gives_back_what_was_written(samples: Any, started: int, span: int) -> None:
    """Samples, measures and times survive the round trip."""
    profile = profile_of(samples)
    profile.cover(started, started + span)
    profile.check()
    read = again(profile)
    assert (read.view, read.measures, read.samples) == ("tasks", MEASURES, profile.samples)
    assert (read.started, read.ended) == (started, started + span)


@given(SAMPLES, SAMPLES)
def test_merging_what_was_read_merges_what_was_written(left: Any, right: Any) -> None:
    """A profile per session, merged later, is the profile of all sessions."""
    both = again(profile_of(left))
    both.merge(again(profile_of(right)))
    assert both.samples == profile_of(left + right).samples


def test_the_view_is_the_mapping_and_no_name_is_mangled(hostile_report: Report) -> None:
    """pprof would rewrite a name that is repeated as the system's name."""
    message = parsed(pprof.write(hostile_report))
    texts = list(message.string_table)
    assert [texts[mapping.filename] for mapping in message.mapping] == ["[system]"]
    frames = {frame for stack, _ in hostile_report.profile.samples for frame in stack}
    assert {texts[function.name] for function in message.function} == frames
    assert len(message.function) == len(message.location) == len(frames)
    assert b"system_name" not in b"".join(f.SerializeToString() for f in message.function)


def test_the_first_measure_is_the_default_and_the_period(small_report: Report) -> None:
    """Only profiles with equal types and periods can be merged."""
    message = parsed(pprof.write(small_report))
    texts = list(message.string_table)
    types = [(texts[kind.type], texts[kind.unit]) for kind in message.sample_type]
    assert types == list(small_report.profile.measures)
    assert texts[message.default_sample_type] == "events"
    assert (message.period_type, message.period) == (message.sample_type[0], 1)


def test_the_comments_say_what_was_read(small_report: Report) -> None:
    """pprof prints them above its tables."""
    message = parsed(pprof.write(small_report))
    comments = [message.string_table[index] for index in message.comment]
    assert comments == [
        "view tasks: What semantic work dominated?",
        "width: events (count)",
        "labels only: no prompt, answer, command or output text",
        f"agentpprof {__version__}",
        "read 3,450 lines of 12 files, 4 lines skipped (line too long: 1, not JSON: 3), 2 calls without result",
    ]
    small_report.reconciliation = Reconciliation(files=1, bytes_unread=5, complete=False)
    message = parsed(pprof.write(small_report))
    assert message.string_table[message.comment[-1]] == (
        "read 0 lines of 1 files, 5 bytes unread; incomplete"
    )


def test_the_gzip_header_holds_neither_time_nor_system(small_report: Report) -> None:
    """The same bytes on every machine and Python."""
    assert pprof.write(small_report)[:10] == b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"


def test_times_beyond_the_format_are_cut(small_report: Report) -> None:
    """A session of the year 9999 is no reason to fail."""
    small_report.profile.cover(1, 253402300799000)
    small_report.profile.started = 253402300799000
    message = parsed(pprof.write(small_report))
    assert message.time_nanos == 2**63 - 1
    assert message.duration_nanos == 0


def test_sums_beyond_the_format_are_an_error() -> None:
    """Two valid profiles may add up to more than 64 bits."""
    profile = profile_of([(Sample((Label("a"),)), (2**63 - 1, 0))])
    assert again(profile).samples == profile.samples
    profile.merge(again(profile))
    with pytest.raises(InputError, match="more than pprof can hold"):
        pprof.write(report_of(profile))


def test_an_empty_profile_is_a_valid_file() -> None:
    """A merge of nothing is something that pprof opens."""
    assert again(Profile("tasks", MEASURES)).samples == {}


def test_every_text_passes_the_gate(hostile_report: Report) -> None:
    """Frames, label keys and values, measures: a foreign file decides none of them."""
    read = pprof.decode(pprof.write(hostile_report), lambda _: Label("gated"))
    assert read.measures == (Measure("gated", "gated"),) * 2
    assert {text for stack, _ in read.samples for text in stack} == {"gated"}
    assert {pair for _, labels in read.samples for pair in labels} == {("gated", "gated")}
    assert read.totals() == hostile_report.profile.totals()


def foreign() -> Any:
    """A profile as other programs write them: inlined functions, numeric labels, several mappings."""
    message = pprof._profile_class()()
    message.string_table.extend(
        ["", "cpu", "nanoseconds", "main", "inlined", "leaf", "key", "old", "new"]
    )
    message.sample_type.add(type=1, unit=2)
    message.mapping.add(id=7)
    message.mapping.add(id=8, filename=3)
    for number, name in ((11, 3), (12, 4), (13, 5)):
        message.function.add(id=number, name=name)
    message.location.add(id=21, mapping_id=7).line.add(function_id=11)
    inlined = message.location.add(id=22)
    inlined.line.add(function_id=13)
    inlined.line.add(function_id=12)
    message.location.add(id=23)
    sample = message.sample.add(location_id=[22, 21], value=[5])
    sample.label.add(key=6, str=7)
    sample.label.add(key=6, str=8)
    sample.label.add(key=6)
    return message


def test_a_foreign_profile_is_read() -> None:
    """Raw or gzipped; inlined frames in order, one value per key, numbers left out."""
    message = foreign()
    message.sample.add(location_id=[23], value=[1])
    message.sample.add(value=[2])
    message.sample.add(location_id=[21], value=[0])
    profile = pprof.decode(message.SerializeToString(), Label)
    profile.check()
    assert profile.view == "foreign"
    assert profile.measures == (Measure("cpu", "nanoseconds"),)
    assert profile.samples == {
        (("main", "inlined", "leaf"), (("key", "new"),)): (5,),
        (("unknown",), ()): (3,),
    }
    assert (profile.started, profile.ended) == (0, 0)


def change(**fields: Any) -> Callable[[Any], None]:
    """Set fields of the first sample, mapping, ... of a message."""

    def apply(message: Any) -> None:
        for name, value in fields.items():
            part, _, field = name.partition("__")
            target = getattr(message, part)[0]
            if isinstance(value, list):
                target.ClearField(field)
                getattr(target, field).extend(value)
            else:
                setattr(target, field, value)

    return apply


INVALID: dict[str, Callable[[Any], Any]] = {
    "it has no sample types": lambda m: (m.ClearField("sample_type"), m.ClearField("sample")),
    "does not begin with an empty text": lambda m: m.string_table.__setitem__(0, "x"),
    "a sample has not one value": change(sample__value=[1, 2]),
    "a sample names a missing location": change(sample__location_id=[99]),
    "an id is zero or used twice": change(location__id=22),
    "an id is zero": change(mapping__id=0),
    "id is zero or": change(function__id=0),
    "a location names a missing function": lambda m: change(line__function_id=99)(m.location[0]),
    "it names a missing text": change(function__name=99),
    "names a missing text": change(mapping__filename=-1),
}
"""A fault by what is said of it."""


@pytest.mark.parametrize("reason", INVALID)
def test_what_pprof_refuses_is_refused(reason: str) -> None:
    """One sentence says why."""
    message = foreign()
    message.mapping.pop()
    INVALID[reason](message)
    with pytest.raises(InputError, match=f"^not a valid pprof profile: .*{reason}"):
        pprof.decode(gzip.compress(message.SerializeToString()), Label)


@pytest.mark.consumers
@pytest.mark.parametrize("reason", INVALID)
def test_pprof_refuses_it_too(reason: str, tmp_path: Path, go_pprof: Callable[..., str]) -> None:
    """We are not stricter than the format."""
    message = foreign()
    message.mapping.pop()
    path = tmp_path / "a.pb"
    path.write_bytes(message.SerializeToString())
    assert "inlined" in go_pprof("-raw", path)
    INVALID[reason](message)
    path.write_bytes(message.SerializeToString())
    with pytest.raises(subprocess.CalledProcessError):
        go_pprof("-raw", path)


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (change(sample__value=[-1]), "negative values"),
        (change(sample__location_id=[21] * 1025), "too deep"),
    ],
)
def test_what_we_cannot_hold_is_refused(fault: Callable[[Any], None], reason: str) -> None:
    """pprof would take these."""
    message = foreign()
    fault(message)
    with pytest.raises(InputError, match=reason):
        pprof.decode(message.SerializeToString(), Label)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "does not begin with an empty text"),
        (b"\x1f\x8b", "cut or followed by more"),
        (b"\x1f\x8b\x08\xff", "gzip data is damaged"),
        (gzip.compress(b"x" * 99)[:-3], "cut or followed by more"),
        (gzip.compress(b"") * 2, "cut or followed by more"),
        (gzip.compress(b"\xff"), "damaged, or another kind of file"),
        (b"%PDF-1.7", "damaged, or another kind of file"),
        (bytes(pprof.MAX_INFLATED + 1), "larger than 64 MiB"),
        (gzip.compress(bytes(pprof.MAX_INFLATED + 1)), "larger than 64 MiB"),
    ],
    ids=["empty", "header", "flags", "cut", "joined", "message", "pdf", "large", "bomb"],
)
def test_other_files_are_refused(data: bytes, reason: str) -> None:
    """Bounded in memory, and without a traceback."""
    with pytest.raises(InputError, match=reason):
        pprof.decode(data, Label)


def test_damage_never_escapes_as_another_error(small_report: Report) -> None:
    """A changed byte gives a profile or an `InputError`."""
    raw = gzip.decompress(pprof.write(small_report))
    dice = random.Random(0)
    refused = 0
    for _ in range(500):
        damaged = bytearray(raw)
        for _ in range(dice.randrange(1, 4)):
            damaged[dice.randrange(len(raw))] = dice.randrange(256)
        try:
            pprof.decode(bytes(damaged), Label)
        except InputError:
            refused += 1
    assert 0 < refused < 500
