"""Where Codex files are found, and how a file is told to be one."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from agentpprof_mcp.model import Reconciliation
from agentpprof_mcp.readers.base import Group, Heads, Wants
from agentpprof_mcp.readers.codex import CODEX
from tests.history import group_of

Write = Callable[..., Path]


def names(groups: list[Group]) -> list[str]:
    """The last digits of the main files' threads, in order."""
    return [group.main.partition(".")[0][-1] for group in groups if group.main]


def packed(path: Path) -> Path:
    """Write a compressed twin beside a file."""
    twin = path.with_name(path.name + ".zst")
    twin.write_bytes(zstandard.ZstdCompressor(level=3).compress(path.read_bytes()))
    return twin


def test_the_root_is_codex_home_or_in_the_home_folder(tmp_path: Path) -> None:
    """Only that variable counts."""
    assert CODEX.default_root(tmp_path, {}) == tmp_path / ".codex"
    assert CODEX.default_root(tmp_path, {"CODEX_HOME": "/data/codex"}) == Path("/data/codex")


def test_all_sessions_are_found_in_a_stable_order(history: Path) -> None:
    """Live ones, then archived ones."""
    account = Reconciliation()
    groups = CODEX.discover(history, Heads(), account)
    assert names(groups) == ["1", "2", "3", "4", "5", "7", "6"]
    assert account == Reconciliation()


def test_the_sessions_folder_itself_may_be_given(history: Path) -> None:
    """Then the archive is not looked at."""
    groups = CODEX.discover(history / "sessions", Heads(), Reconciliation())
    assert names(groups) == ["1", "2", "3", "4", "5", "7"]


def test_a_root_that_is_not_there_has_no_sessions(tmp_path: Path) -> None:
    """Nothing to find is no failure."""
    assert CODEX.discover(tmp_path / "none", Heads(), Reconciliation()) == []


def test_a_compressed_file_reads_like_the_plain_one(
    file_of: Callable[[int], Path], tmp_path: Path
) -> None:
    """Its identity too."""
    plain = tmp_path / "sessions" / file_of(7).name
    plain.parent.mkdir()
    shutil.copy(file_of(7), plain)
    whole = CODEX.read(group_of("codex", plain), Wants())
    twin = packed(plain)
    plain.unlink()
    (group,) = CODEX.discover(tmp_path, Heads(), Reconciliation())
    assert group.main == str(twin)
    assert CODEX.read(group, Wants()) == whole


@pytest.mark.parametrize("folder", ["sessions", "archived_sessions"])
def test_a_file_and_its_compressed_twin_are_one(
    file_of: Callable[[int], Path], tmp_path: Path, folder: str
) -> None:
    """The plain one wins, wherever the other lies."""
    plain = tmp_path / "archived_sessions" / file_of(6).name
    plain.parent.mkdir()
    shutil.copy(file_of(6), plain)
    twin = packed(plain)
    (tmp_path / folder).mkdir(exist_ok=True)
    twin.rename(tmp_path / folder / twin.name)
    (group,) = CODEX.discover(tmp_path, Heads(), Reconciliation())
    assert group.main == str(plain)


def test_other_files_in_the_folders_are_left_alone(write: Write, tmp_path: Path) -> None:
    """Another agent's records, temporary files, and what is no history at all."""
    write({"type": "user", "uuid": "u", "sessionId": "s"}, name="sessions/rollout-a.jsonl")
    write({"type": "session_meta", "payload": {"id": "x"}}, name="sessions/rollout-b.jsonl.tmp")
    write({"id": "x"}, name="sessions/settings.json")
    assert CODEX.discover(tmp_path, Heads(), Reconciliation()) == []


def test_a_damaged_first_line_does_not_hide_a_file(write: Write, tmp_path: Path) -> None:
    """Its name has the thread."""
    thread = "019ed000-0000-7000-8000-000000000004"
    path = write("cut", name=f"sessions/rollout-2026-06-16T09-00-00-{thread}.jsonl")
    (group,) = CODEX.discover(tmp_path, Heads(), Reconciliation())
    assert group.main == str(path)
    assert CODEX.read(group, Wants()).id == thread


@pytest.mark.parametrize(("length", "known"), [(200_000, True), (2_000_000, False)])
def test_a_long_first_line_is_read_up_to_a_bound(
    write: Write, tmp_path: Path, length: int, *, known: bool
) -> None:
    """System prompts grow. Beyond the bound a file is taken for a main thread's."""
    text = {"text": "y" * length}
    payload = {"id": "x", "thread_source": "subagent", "base_instructions": text}
    write({"type": "session_meta", "payload": payload}, name="sessions/rollout-a.jsonl")
    (group,) = CODEX.discover(tmp_path, Heads(), Reconciliation())
    assert (group.main is None) is known


def test_files_named_one_by_one_are_grouped_the_same(file_of: Callable[[int], Path]) -> None:
    """Sub-agents join their main thread; a file that is gone is a session to fail on."""
    gone = Path("/gone/rollout-x.jsonl")
    groups = CODEX.group([str(path) for path in (file_of(8), file_of(4), file_of(7), gone)])
    assert [(group.main, group.subagents) for group in groups] == [
        (str(file_of(4)), ()),
        (str(file_of(7)), (str(file_of(8)),)),
        (str(gone), ()),
    ]
    assert groups[1].size == file_of(7).stat().st_size + file_of(8).stat().st_size


def test_every_generation_is_recognised_by_its_content(history: Path) -> None:
    """Whole or cut off in its first line, plain or compressed."""
    for path in history.rglob("*.json*"):
        content = path.read_bytes()
        assert CODEX.sniff(content) is True
        assert CODEX.sniff(content[:100]) is True or path.name.endswith("2.jsonl")


@pytest.mark.parametrize(
    ("head", "verdict"),
    [
        (b'{"type":"user","uuid":"u","sessionId":"s","message":{}}\n', False),
        (b'{"type":"summary","summary":"x","leafUuid":"u"}\n', False),
        (
            b'{"type":"user","uuid":"u","text":"\\"type\\":\\"session_meta\\",\\"payload\\":{}"}\n',
            False,
        ),
        (b'// comment\n\n{"record_type":"state"}\n', True),
        (b'{"payload":{"id":"x"},"type":"session_meta"}\n', True),
        (b'{"items":[],"session":{"id":"x"}}', True),
        (b'{"ordinal":0,"timestamp":"2026-11-20T08:00:00Z","type":"session_meta","payl', True),
        (b'{"type":"message","text":"hello"}\n', None),
        (b"hello\n", None),
        (b'[1, 2]\n"x"\n', None),
        (b"\x28\xb5\x2f\xfdnot really", None),
        (b"", None),
    ],
)
def test_content_that_does_not_tell_is_left_undecided(head: bytes, *, verdict: bool | None) -> None:
    """Claude's records are told apart; unknown ones are nobody's."""
    assert CODEX.sniff(head) is verdict
