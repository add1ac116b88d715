"""Sub-agents of Codex: files of their own, events in the session and region that started them."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from agentpprof_mcp.model import Opener, Reconciliation, Session
from agentpprof_mcp.readers.base import Heads, Wants
from agentpprof_mcp.readers.codex import CODEX
from tests.history import group_of

Write = Callable[..., Path]
Read = Callable[..., Session]

MAIN = "01a20000-0000-7000-8000-000000000007"
CHILD = "01a20000-6000-7000-8000-000000000008"
GRANDCHILD = "01a20000-7000-7000-8000-000000000009"


def meta(at: int, thread: str, parent: str = "", **source: object) -> dict[str, object]:
    """A `session_meta` at so many seconds; a sub-agent's when it has a parent."""
    spawn = {"thread_spawn": {"parent_thread_id": parent, **source}}
    payload = {
        "id": thread,
        "timestamp": f"2026-11-20T08:00:{at:02}Z",
        "cwd": "/home/ann",
        "source": {"subagent": spawn} if parent else "cli",
    }
    return {"timestamp": payload["timestamp"], "type": "session_meta", "payload": payload}


def line(at: int, kind: str, **payload: object) -> dict[str, object]:
    """A record at so many seconds."""
    return {"timestamp": f"2026-11-20T08:00:{at:02}Z", "type": kind, "payload": payload}


def prompt(at: int, text: str) -> dict[str, object]:
    """A prompt's event."""
    return line(at, "event_msg", type="user_message", message=text)


def plan(at: int, key: str) -> dict[str, object]:
    """A tool call."""
    return line(at, "response_item", type="function_call", name="update_plan", call_id=key)


def regions(session: Session) -> dict[str, tuple[int, str]]:
    """Region and sub-agent of each tool call."""
    return {tool.id: (tool.prompt, tool.subagent) for tool in session.tools}


def test_a_subagent_works_in_the_region_of_the_call_that_started_it(
    file_of: Callable[[int], Path],
) -> None:
    """Its task is no prompt, and its folder is one of the session's."""
    session = CODEX.read(group_of("codex", file_of(7), (file_of(8),)), Wants())
    assert session.id == MAIN
    assert session.subagents == 1
    assert regions(session)["call_8a"] == (regions(session)["call_7e"][0], "explorer")
    assert session.calls[-1].prompt == 2
    assert sum(prompt.opener is Opener.TYPED for prompt in session.prompts) == 2
    assert session.cwds == ["/home/ann/demo", "/home/ann/demo/stats"]
    assert session.reconciliation.files == 2


def test_a_subagent_alone_is_a_session_of_its_own(file_of: Callable[[int], Path]) -> None:
    """Without its parent's prompts, its events are in the first region."""
    session = CODEX.read(group_of("codex", file_of(8)), Wants())
    assert (session.id, session.subagents) == (CHILD, 1)
    assert [prompt.opener for prompt in session.prompts] == [Opener.START]
    assert regions(session) == {"call_8a": (0, "explorer")}


def test_a_subagent_whose_main_file_is_gone_keeps_the_session(
    file_of: Callable[[int], Path],
) -> None:
    """Its parent's id is in its own file."""
    session = CODEX.read(group_of("codex", None, (file_of(8),)), Wants())
    assert (session.id, session.subagents) == (MAIN, 1)


def test_the_first_call_that_names_a_subagent_started_it(write: Write) -> None:
    """Waiting for it later, in another region, does not move it."""

    def collab(at: int, tool: str) -> dict[str, object]:
        item = {"type": "CollabAgentToolCall", "tool": tool, "receiver_thread_ids": [CHILD]}
        return line(at, "event_msg", type="item_completed", item=item)

    main = write(
        meta(0, MAIN), prompt(1, "a"), collab(2, "spawn"), prompt(3, "b"), collab(4, "wait")
    )
    below = write(meta(9, CHILD, MAIN), plan(9, "x"), name="rollout-y.jsonl")
    session = CODEX.read(group_of("codex", main, (below,)), Wants())
    assert regions(session) == {"x": (1, "agent")}


@pytest.mark.parametrize("answer", ["unsupported call: spawn_agent", '{"task_name":"x"}'])
def test_an_answer_that_names_no_subagent_starts_none(write: Write, answer: str) -> None:
    """Then the time decides."""
    main = write(
        meta(0, MAIN),
        prompt(1, "a"),
        line(2, "response_item", type="function_call", name="spawn_agent", call_id="s"),
        line(3, "response_item", type="function_call_output", call_id="s", output=answer),
        prompt(4, "b"),
    )
    below = write(meta(6, CHILD, MAIN), plan(6, "x"), name="rollout-y.jsonl")
    session = CODEX.read(group_of("codex", main, (below,)), Wants())
    assert regions(session)["x"][0] == 2


def test_an_unannounced_subagent_goes_where_it_began_in_time(write: Write) -> None:
    """The region that was open when it was born."""
    main = write(meta(0, MAIN), prompt(1, "a"), prompt(5, "b"), prompt(9, "c"))
    below = write(meta(6, CHILD, MAIN), plan(20, "x"), name="rollout-y.jsonl")
    session = CODEX.read(group_of("codex", main, (below,)), Wants())
    assert regions(session)["x"][0] == 2


def test_a_subagent_of_a_subagent_goes_where_its_parent_is(write: Write) -> None:
    """Nested ones belong to the main thread's region too."""
    answer = f'{{"agent_id":"{CHILD}"}}'
    main = write(
        meta(0, MAIN),
        prompt(1, "a"),
        line(2, "response_item", type="function_call", name="spawn_agent", call_id="s"),
        line(3, "response_item", type="function_call_output", call_id="s", output=answer),
        prompt(4, "b"),
    )
    child = write(meta(6, CHILD, MAIN), plan(6, "x"), name="rollout-1.jsonl")
    nested = write(meta(7, GRANDCHILD, CHILD), plan(7, "y"), name="rollout-2.jsonl")
    session = CODEX.read(group_of("codex", main, (nested, child)), Wants())
    assert {tool: place[0] for tool, place in regions(session).items()} == {
        "s": 1,
        "x": 1,
        "y": 1,
    }
    assert session.subagents == 2


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ({"subagent": "review"}, "review"),
        ({"subagent": {"other": "guardian"}}, "guardian"),
        ({"subagent": {"thread_spawn": {"agent_role": "explorer"}}}, "explorer"),
        ({"subagent": {"thread_spawn": {"parent_thread_id": MAIN}}}, "agent"),
        ("cli", ""),
    ],
)
def test_a_subagent_goes_by_its_role_or_purpose(read: Read, source: object, kind: str) -> None:
    """A main thread has no such name."""
    begin = meta(0, CHILD)
    begin["payload"]["source"] = source  # type: ignore[index]
    assert regions(read(begin, plan(1, "x"))) == {"x": (0, kind)}


def test_a_subagent_that_vanished_is_counted(file_of: Callable[[int], Path]) -> None:
    """The session is there without it."""
    session = CODEX.read(group_of("codex", file_of(7), (Path("/gone"),)), Wants())
    assert (session.subagents, session.reconciliation.vanished) == (0, 1)


def test_a_main_file_that_vanished_is_an_error() -> None:
    """The caller decides what that means."""
    with pytest.raises(FileNotFoundError):
        CODEX.read(group_of("codex", Path("/gone")), Wants())


def test_discovery_puts_subagents_with_their_main_thread(history: Path, tmp_path: Path) -> None:
    """Or leaves them a session without one."""
    account = Reconciliation()
    by_main = {g.main and g.main[-12:-6]: g for g in CODEX.discover(history, Heads(), account)}
    (below,) = by_main["000007"].subagents
    assert below.endswith("8.jsonl")

    copy = tmp_path / "home"
    shutil.copytree(history, copy)
    next(copy.rglob("*07.jsonl")).unlink()
    (orphan,) = [group for group in CODEX.discover(copy, Heads(), account) if group.main is None]
    assert [Path(path).name for path in orphan.subagents] == [Path(below).name]
    assert orphan.size == Path(below).stat().st_size
