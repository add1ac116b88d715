"""From a file to records: framing, repair, and an account in which every line is found again."""

import json
import os
import tracemalloc

import msgspec
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from agentpprof_mcp.model import Reconciliation
from agentpprof_mcp.readers import framing
from agentpprof_mcp.readers.framing import name_of, walk
from agentpprof_mcp.readers.lines import iso_ms, read_records

GOOD = b'{"type":"user","uuid":"a","n":1}'


class Record(msgspec.Struct):
    """A line with a text, a number, and a part of its own."""

    type: str = ""
    uuid: str = ""
    n: int = 0
    parts: list["Part"] = []
    inner: "Part | None" = None


class Part(msgspec.Struct):
    """Something nested."""

    text: str = ""


DECODER = msgspec.json.Decoder(Record)


def read(tmp_path, data, name="s.jsonl"):
    """Records and account of a file with these bytes."""
    path = tmp_path / name
    path.write_bytes(data)
    account = Reconciliation()
    records = list(read_records(path, DECODER, account))
    assert account.records + sum(account.skipped.values()) + account.pending_tail == account.lines
    return records, account


@pytest.mark.parametrize(
    "data",
    [
        GOOD + b"\n" + GOOD + b"\n",
        GOOD + b"\n" + GOOD,
        b"\n\n" + GOOD + b"\r\n  \n" + GOOD + b"\r\n",
        b"\xef\xbb\xbf" + GOOD + b"\n\x00\x00" + GOOD + b"\n",
        b"  " + GOOD + b" \n\t" + GOOD + b"\n",
        GOOD.replace(b'"a"', '"\u2028\u0085"'.encode()) + b"\n" + GOOD,
    ],
)
def test_both_lines_are_read_whatever_stands_around_them(tmp_path, data):
    """BOM, CR, NUL, blanks, no last LF, other line separators inside text."""
    records, account = read(tmp_path, data)
    assert [record.n for record in records] == [1, 1]
    assert (account.lines, account.skipped) == (2, {})


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"// Source: somewhere", "not JSON"),
        (b'{"type":"user","text":"cut', "not JSON"),
        (b"[1,2]", "not an object"),
        (b'"text"', "not an object"),
        (b"[" * 100_000, "nested too deep"),
        (b'{"a":' * 50_000, "nested too deep"),
    ],
)
def test_a_damaged_line_is_skipped_by_reason_and_its_neighbours_are_read(tmp_path, line, reason):
    """Never fatal."""
    records, account = read(tmp_path, GOOD + b"\n" + line + b"\n" + GOOD + b"\n")
    assert len(records) == 2
    assert account.skipped == {reason: 1}


def test_a_torn_last_line_is_pending_not_damage(tmp_path):
    """Its writer is not done."""
    records, account = read(tmp_path, GOOD + b"\n" + GOOD[:-5])
    assert (len(records), account.pending_tail, account.skipped) == (1, 1, {})


def test_two_records_glued_by_a_lost_newline_are_recovered(tmp_path):
    """The line counts as skipped, its whole records as recovered."""
    records, account = read(tmp_path, GOOD + GOOD + b"\n" + GOOD + b"\n")
    assert (len(records), account.recovered, account.skipped) == (3, 2, {"not JSON": 1})


def test_a_record_behind_a_torn_one_on_the_same_line_is_recovered(tmp_path):
    """Resume where a record begins."""
    records, account = read(tmp_path, b'{"type":"user","text":"to' + GOOD + b"\n")
    assert ([r.n for r in records], account.recovered) == ([1], 1)


@pytest.mark.parametrize("depth", [200, 5000])
def test_depth_behind_a_wrong_type_is_survived(tmp_path, depth):
    """The lenient look must not run out of stack."""
    nested = '{"inner":' * depth + "{}" + "}" * depth
    data = f'{{"type":5,"self":{nested}}}\n'.encode() + GOOD + b"\n"
    records, account = read(tmp_path, data)
    assert records[-1].n == 1
    assert account.lines == 2


@pytest.mark.parametrize(
    "line",
    [
        b'{"parts":[' + b"{}," * 3_000_000 + b"{}]}",
        b'{"type":5,"x":[' + b"[]," * 1_000_000 + b"[]]}",
        b'{"type":5,"x":"' + b"x" * (5 << 20) + b'"}',
    ],
)
def test_a_line_that_would_grow_in_memory_is_skipped(tmp_path, line):
    """A small line may hold very many parts."""
    tracemalloc.start()
    records, account = read(tmp_path, GOOD + b"\n" + line + b"\n" + GOOD + b"\n")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(records) == 2
    assert sum(account.skipped.values()) == 1
    assert peak < 64 << 20


def test_blank_lines_cost_next_to_nothing(tmp_path):
    """However many a compressed file unpacks to."""
    packed = zstandard.ZstdCompressor().compress(b"\n" * (48 << 20))
    tracemalloc.start()
    _, account = read(tmp_path, packed, "s.jsonl.zst")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (account.lines, account.complete) == (0, True)
    assert peak < 64 << 20


def test_bad_utf8_and_lone_surrogates_lose_nothing_else(tmp_path):
    """Text is replaced, the record stays."""
    data = b'{"type":"user","n":3,"uuid":"\xff"}\n{"type":"\\ud800x","n":4}\n'
    records, account = read(tmp_path, data)
    assert [record.n for record in records] == [3, 4]
    assert account.skipped == {}
    assert all(record.type.encode() for record in records)


def test_a_field_of_another_type_is_left_out_alone(tmp_path):
    """Also inside lists and nested parts."""
    data = b'{"type":7,"uuid":"x","n":1,"parts":[{"text":"a"},5,{"text":6}],"inner":[]}\n'
    (record,), _ = read(tmp_path, data)
    assert (record.type, record.uuid, record.n) == ("", "x", 1)
    assert [part.text for part in record.parts] == ["a", ""]
    assert record.inner is None


def test_non_finite_numbers_and_huge_integers_are_survived(tmp_path):
    """The standard library reads what the fast parser refuses."""
    data = b'{"type":"a","x":NaN}\n{"type":"b","n":' + b"9" * 5000 + b"}\n" + GOOD + b"\n"
    records, account = read(tmp_path, data)
    assert records[0].type == "a"
    assert records[-1].n == 1
    assert account.lines == 3


def test_a_line_beyond_the_limit_is_dropped_in_bounded_memory(tmp_path, monkeypatch):
    """Its neighbours are read; memory follows the limit, not the line."""
    monkeypatch.setattr(framing, "MAX_LINE", 1 << 20)
    path = tmp_path / "big.jsonl"
    with path.open("wb") as stream:
        stream.write(GOOD + b"\n" + b'{"type":"')
        for _ in range(64):
            stream.write(b"x" * (1 << 20))
        stream.write(b'"}\n' + GOOD + b"\n")
    account = Reconciliation()
    tracemalloc.start()
    records = list(read_records(path, DECODER, account))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(records) == 2
    assert account.skipped == {"line too long": 1}
    assert peak < 8 << 20


def test_only_what_was_there_when_the_file_was_opened_is_read(tmp_path):
    """A live file has an end."""
    path = tmp_path / "live.jsonl"
    path.write_bytes((GOOD + b"\n") * 3)
    seen = []
    for record in read_records(path, DECODER, Reconciliation()):
        seen.append(record)
        with path.open("ab") as stream:
            stream.write(GOOD + b"\n")
    assert len(seen) == 3


@pytest.mark.parametrize("frames", [1, 3])
def test_compressed_history_of_any_number_of_frames_is_read(tmp_path, frames):
    """A plain zstd stream, or several glued."""
    packed = zstandard.ZstdCompressor().compress(GOOD + b"\n") * frames
    records, account = read(tmp_path, packed, "s.jsonl.zst")
    assert (len(records), account.complete) == (frames, True)


def test_a_cut_compressed_file_gives_what_it_holds_and_says_it_is_cut(tmp_path):
    """Not silently short."""
    packed = zstandard.ZstdCompressor().compress(os.urandom(1 << 18).hex().encode() + b"\n")
    _, account = read(tmp_path, packed[: len(packed) // 2], "s.jsonl.zst")
    assert not account.complete
    assert account.bytes_unread > 0


def test_a_compression_bomb_ends_early(tmp_path, monkeypatch):
    """Ratio and output are bounded."""
    monkeypatch.setattr(framing, "ZST_RATIO_FROM", 1 << 20)
    monkeypatch.setattr(framing, "ZST_RATIO", 10)
    packed = zstandard.ZstdCompressor(level=19).compress(b"\n" * (64 << 20))
    _, account = read(tmp_path, packed, "s.jsonl.zst")
    assert not account.complete


@pytest.mark.parametrize("name", ["s.jsonl.zst", "s.jsonl", "backup"])
def test_compression_is_known_by_content_not_by_name(tmp_path, name):
    """A copy may have any name, and a name may be wrong."""
    packed = zstandard.ZstdCompressor().compress(GOOD + b"\n")
    assert len(read(tmp_path, packed, name)[0]) == 1
    assert len(read(tmp_path, GOOD + b"\n", name)[0]) == 1


def test_pipes_links_and_folders_are_refused(tmp_path):
    """Nothing hangs."""
    os.mkfifo(tmp_path / "pipe.jsonl")
    (tmp_path / "real.jsonl").write_bytes(GOOD)
    (tmp_path / "link.jsonl").symlink_to(tmp_path / "real.jsonl")
    for name in ("pipe.jsonl", "link.jsonl", ".", "missing.jsonl"):
        with pytest.raises(OSError):
            list(read_records(tmp_path / name, DECODER, Reconciliation()))


def test_walking_leaves_links_and_goes_not_too_deep(tmp_path):
    """Sorted, regular files only, loops impossible."""
    deep = tmp_path.joinpath(*["d"] * 14)
    deep.mkdir(parents=True)
    (deep / "too-deep.jsonl").write_bytes(b"")
    (tmp_path / "b.jsonl").write_bytes(b"12")
    (tmp_path / "a.jsonl").write_bytes(b"1")
    (tmp_path / "loop").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    account = Reconciliation()
    found = [(name_of(path), stamp.size) for path, stamp in walk(tmp_path, account)]
    assert found == [("a.jsonl", 1), ("b.jsonl", 2)]
    assert account.vanished == 2


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("1970-01-01T00:00:01Z", 1000),
        ("1970-01-01T00:00:01.500Z", 1500),
        ("1970-01-01T01:00:01+01:00", 1000),
        ("1970-01-01T00:00:01", 1000),
        ("1969-01-01T00:00:00Z", 0),
        ("yesterday", 0),
        ("", 0),
        ("9999-12-31T23:59:59-23:59", 0),
        ("9986-01-01T00:00:00Z", 252960537600000),
    ],
)
def test_times_are_milliseconds_and_nonsense_is_unknown(text, ms):
    """No zone means UTC."""
    assert iso_ms(text) == ms


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(
    lines_in=st.lists(
        st.binary(max_size=200).map(lambda raw: raw.replace(b"\n", b""))
        | st.dictionaries(
            st.sampled_from(["type", "uuid", "n", "parts", "inner"]), JSON, max_size=5
        ).map(lambda value: json.dumps(value).encode()),
        max_size=8,
    )
)
def test_any_bytes_are_read_without_an_error_and_every_line_is_accounted_for(
    tmp_path_factory, lines_in
):
    """The law of the account holds for everything."""
    read(tmp_path_factory.mktemp("any"), b"\n".join(lines_in))
