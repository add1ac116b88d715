"""Long calls: progress, and an end when nobody waits."""

import threading
import time
from pathlib import Path

import anyio
import pytest
from mcp import Client

from agentpprof_mcp.halt import Stopped, checkpoint, stopping
from agentpprof_mcp.memo import Memo, state_of
from agentpprof_mcp.model import Reconciliation
from agentpprof_mcp.readers.framing import Framing
from agentpprof_mcp.server import Choices, build, running


async def test_a_cancelled_call_stops_working() -> None:
    """At its next checkpoint; until then nobody waits for it."""
    started, ended = threading.Event(), threading.Event()

    def work(progress: running.Progress) -> None:
        started.set()
        try:
            while True:
                progress("reading", 1, 2)
                time.sleep(0)
        finally:
            ended.set()

    async with anyio.create_task_group() as calls:
        calls.start_soon(running.run, work, None)
        await anyio.to_thread.run_sync(started.wait)
        calls.cancel_scope.cancel()
    assert await anyio.to_thread.run_sync(ended.wait, 20)


def test_reading_a_file_can_be_stopped_between_its_pieces(tmp_path: Path) -> None:
    """One file may be larger than all others."""
    path = tmp_path / "large.jsonl"
    path.write_bytes(b"{}\n" * 200_000)
    asked = iter([False, False, True])
    lines = 0

    def count() -> None:
        nonlocal lines
        for _ in Framing(str(path), Reconciliation()):
            lines += 1

    with stopping(lambda: next(asked)), pytest.raises(Stopped):
        count()
    assert 0 < lines < 200_000
    checkpoint()


async def test_progress_is_told_to_a_client_that_asks(
    history: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With numbers and words, and only when a call takes long."""
    told: list[tuple[float, float | None, str | None]] = []

    async def listen(progress: float, total: float | None, message: str | None) -> None:
        told.append((progress, total, message))

    async with Client(build(Choices({}))) as client:
        await client.call_tool("list_sessions", {}, progress_callback=listen)
        assert told == []
        monkeypatch.setattr(running, "INTERVAL", 0)
        await client.call_tool("top_frames", {}, progress_callback=listen)
    assert any(words and words.startswith("reading session 0 of ") for _, _, words in told)


def test_an_answer_is_kept_until_history_changes(tmp_path: Path) -> None:
    """By names, sizes and times."""
    path = tmp_path / "a" / "b.jsonl"
    states = [state_of([tmp_path])]
    path.parent.mkdir()
    for content in (b"1", b"22", b"22"):
        path.write_bytes(content)
        states.append(state_of([tmp_path]))
        assert states[-1] == state_of([tmp_path])
    path.unlink()
    states.append(state_of([tmp_path]))
    assert len(set(states)) >= 3
    assert state_of([tmp_path / "nowhere"]) == state_of([tmp_path / "nowhere"])
    assert state_of([path]) != state_of([path.parent])


def test_memory_is_bounded_by_number_and_weight() -> None:
    """What was used longest ago goes first; what is too large is not kept."""
    memo: Memo[str] = Memo(2, 10, len)
    made: list[str] = []

    def ask(question: str) -> str:
        def make() -> str:
            made.append(question)
            return question

        return memo.get(question, make)

    for question in ("aaa", "bbb", "aaa", "ccc", "aaa", "bbb"):
        assert ask(question) == question
    assert made == ["aaa", "bbb", "ccc", "bbb"]
    ask("a long one indeed")
    ask("a long one indeed")
    assert made[-2:] == ["a long one indeed"] * 2
