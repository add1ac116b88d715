"""Damaged and hostile Codex files: nothing raises, nothing is lost in silence."""

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentpprof_mcp.model import Reconciliation, Session
from agentpprof_mcp.readers.base import Wants
from agentpprof_mcp.readers.codex import CODEX
from agentpprof_mcp.readers.codex.records import Line
from tests.history import group_of

HISTORY = Path(__file__).parents[2] / "fixtures" / "codex" / "home"

NUMBERS = st.sampled_from(range(1, 9))
JUNK = st.sampled_from(
    [
        b"",
        b"\x00" * 9,
        b"\xff\xfe",
        b'"',
        b"{",
        b"}\n",
        b"\n",
        b"[[[[",
        b"1e999",
        b"null",
        b'\\ud800"',
    ]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)
KINDS = st.sampled_from(["session_meta", "turn_context", "response_item", "event_msg", "x"])
"""Types of records, known and unknown."""
FIELDS = st.sampled_from(Line.__struct_encode_fields__)
"""Fields that the reader looks at."""


def whole(account: Reconciliation) -> bool:
    """Whether every line is accounted for."""
    return account.records + sum(account.skipped.values()) + account.pending_tail == account.lines


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file to damage."""
    return tmp_path_factory.mktemp("damaged") / "rollout-x.jsonl"


def read(path: Path) -> Session:
    """Read a file that may hold anything."""
    return CODEX.read(group_of("codex", path), Wants())


@given(number=NUMBERS, data=st.data())
def test_no_damage_makes_the_reader_raise(number: int, data: st.DataObject, scratch: Path) -> None:
    """Cut, overwritten and torn bytes anywhere: every line is read or accounted for."""
    content = next(HISTORY.rglob(f"*0{number}.json*")).read_bytes()
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content)))
        content = content[:at] + data.draw(JUNK) + content[at + data.draw(st.integers(0, 200)) :]
    scratch.write_bytes(content)
    session = read(scratch)
    assert whole(session.reconciliation)
    assert CODEX.sniff(content) in {True, False, None}


@given(kind=KINDS, payload=st.dictionaries(FIELDS, JSON, max_size=6))
def test_no_record_of_odd_types_makes_the_reader_raise(
    kind: str, payload: dict[str, object], scratch: Path
) -> None:
    """A field of another type loses that field only."""
    begin = {"type": "session_meta", "payload": {"id": "x", "cwd": "/home/ann"}}
    records = [begin, {"type": kind, "payload": payload}, {"type": kind, **payload}]
    scratch.write_text("\n".join(map(json.dumps, records)), encoding="utf-8")
    session = read(scratch)
    assert whole(session.reconciliation)
    assert session.cwds[0] == "/home/ann"


@pytest.mark.parametrize(
    "content", [b"", b'{"session": {"id": "x"', b'{"session": {"id": 1}, "items": 2}']
)
def test_a_broken_object_is_one_line_lost(content: bytes, scratch: Path) -> None:
    """The oldest generation is read whole or not at all; a field of another type is left out."""
    scratch.write_bytes(content)
    session = read(scratch)
    assert whole(session.reconciliation)
    assert session.calls == []


def test_an_object_beyond_the_limit_is_one_line_lost(scratch: Path) -> None:
    """It is not read into memory."""
    scratch.write_bytes(b'{"session": {"id": "x"}')
    os.truncate(scratch, 40 << 20)
    account = read(scratch).reconciliation
    assert (account.lines, account.skipped) == (1, {"line too long": 1})


def test_items_of_odd_types_are_left_out_of_an_object(scratch: Path) -> None:
    """The others stand."""
    document = {"session": {"id": "x"}, "items": [3, {"role": "user", "content": "a"}, {"type": 4}]}
    scratch.write_text(json.dumps(document), encoding="utf-8")
    assert [prompt.text for prompt in read(scratch).prompts] == ["", "a"]


def test_a_call_id_seen_before_is_a_copy(scratch: Path) -> None:
    """Written twice, called once."""
    call = {"type": "function_call", "name": "update_plan", "call_id": "a", "arguments": "{}"}
    scratch.write_text("\n".join([json.dumps(call)] * 2), encoding="utf-8")
    assert len(read(scratch).tools) == 1


def test_a_file_may_invent_any_number_of_types_and_folders(scratch: Path) -> None:
    """They are counted, but not each kept."""
    records = [{"type": f"new_{number}", "payload": {}} for number in range(500)]
    records += [{"type": "turn_context", "payload": {"cwd": f"/{number}"}} for number in range(500)]
    scratch.write_text("\n".join(map(json.dumps, records)), encoding="utf-8")
    session = read(scratch)
    unknown = session.reconciliation.unknown_records
    assert (len(unknown), sum(unknown.values()), len(session.cwds)) == (65, 500, 256)


def test_arguments_that_are_no_json_leave_the_call(scratch: Path) -> None:
    """Its name and its place are still known."""
    calls = [
        {"type": "function_call", "name": "shell", "call_id": "a", "arguments": "{not json"},
        {"type": "function_call", "name": "shell", "call_id": "b", "arguments": 7},
        {"type": "function_call", "name": "shell", "call_id": "c"},
        {"type": "function_call", "name": "shell", "call_id": "e", "arguments": '"\ud800"'},
        {"type": "function_call", "name": "shell"},
        {"type": "custom_tool_call", "name": "apply_patch", "call_id": "d", "input": "nothing"},
        {"role": "assistant", "content": "", "tool_calls": [{"id": "f"}]},
    ]
    scratch.write_text("\n".join(map(json.dumps, calls)), encoding="utf-8")
    assert [tool.id for tool in read(scratch).tools] == [
        "a",
        "b",
        "c",
        "e",
        "rollout-x:tool:4",
        "d",
    ]
