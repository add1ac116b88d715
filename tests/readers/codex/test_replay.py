"""Copied history at the head of a fork is its parent's."""

from collections.abc import Callable, Iterable
from pathlib import Path

from agentpprof_mcp.model import Opener, Session, Tokens
from agentpprof_mcp.readers.base import Wants
from agentpprof_mcp.readers.codex import CODEX
from tests.history import group_of

Read = Callable[..., Session]

PARENT = "019ed000-0000-7000-8000-000000000004"
CHILD = "019ed200-0000-7000-8000-000000000005"
OLD_TURN = "019ed000-1000-7000-8000-000000000041"
OWN_TURN = "019ed200-1000-7000-8000-000000000051"


def line(at: float, kind: str, **payload: object) -> dict[str, object]:
    """A record at so many seconds."""
    return {"timestamp": f"2026-06-16T17:00:{at:06.3f}Z", "type": kind, "payload": payload}


def meta(at: float, thread: str, **more: object) -> dict[str, object]:
    """A `session_meta`."""
    born = f"2026-06-16T17:00:{at:06.3f}Z"
    return line(at, "session_meta", id=thread, timestamp=born, cwd="/home/ann", **more)


def turn(at: float, name: str, total: int, turn_id: str | None = None) -> list[dict[str, object]]:
    """One turn: a prompt, a tool call, and a token report of 100 more."""
    usage = {"input_tokens": total, "output_tokens": 0}
    last = {"input_tokens": 100, "output_tokens": 0}
    info = {"total_token_usage": usage, "last_token_usage": last}
    started = [line(at, "event_msg", type="task_started", turn_id=turn_id)] if turn_id else []
    return [
        *started,
        line(at, "event_msg", type="user_message", message=name),
        line(at, "response_item", type="function_call", name="update_plan", call_id=name),
        line(at, "event_msg", type="token_count", info=info),
    ]


def own(session: Session) -> tuple[list[str], list[str], int]:
    """Typed prompts, tool ids and input tokens of a session."""
    typed = [prompt.text for prompt in session.prompts if prompt.opener is Opener.TYPED]
    return typed, [tool.id for tool in session.tools], sum(c.tokens.input for c in session.calls)


def test_a_fork_has_only_its_own_turns(file_of: Callable[[int], Path]) -> None:
    """The parent's total, written again, is a baseline; what was copied is counted as such."""
    session = CODEX.read(group_of("codex", file_of(5)), Wants())
    assert own(session) == (["Try another way"], ["call_5a"], 1000)
    assert [call.tokens for call in session.calls] == [Tokens(1000, 30, 12000)]
    assert session.reconciliation.duplicates == 1 + 6 + 5
    assert session.id == "019ed200-0000-7000-8000-000000000005"


def test_a_fork_and_its_parent_together_have_every_call_once(
    file_of: Callable[[int], Path],
) -> None:
    """No id is in both."""
    sessions = [CODEX.read(group_of("codex", file_of(number)), Wants()) for number in (4, 5)]
    ids = [call.id for session in sessions for call in session.calls]
    ids += [tool.id for session in sessions for tool in session.tools]
    assert len(ids) == len(set(ids))


def test_a_foreign_identity_alone_marks_a_copy(read: Read) -> None:
    """A sub-agent that inherits its parent's context says so by the second line."""
    spawn = {"subagent": {"thread_spawn": {"parent_thread_id": PARENT}}}
    session = read(
        meta(1, CHILD, source=spawn),
        meta(1.01, PARENT),
        *turn(1.02, "old", 100, OLD_TURN),
        *turn(1.03, "new", 200, OWN_TURN),
    )
    assert own(session) == ([], ["new"], 100)
    assert session.id == CHILD


def test_a_fork_that_copies_nothing_keeps_its_first_turn(read: Read) -> None:
    """Newer clients only refer to the parent: a turn that began after the thread is its own."""
    session = read(meta(1, CHILD, forked_from_id=PARENT), *turn(1.1, "new", 100, OWN_TURN))
    assert own(session) == (["new"], ["new"], 100)


def test_turns_without_a_timed_id_end_the_copy_by_a_pause(read: Read) -> None:
    """Copies are written in one burst."""
    session = read(
        meta(1, CHILD, forked_from_id=PARENT),
        meta(1.01, PARENT),
        *turn(1.02, "old", 100),
        *turn(1.5, "older", 200),
        *turn(9, "new", 300),
    )
    assert own(session) == (["new"], ["new"], 100)


def test_copies_that_kept_their_time_are_copies(read: Read) -> None:
    """A record from before the thread's birth is not its own, whatever the pauses."""
    session = read(
        meta(30, CHILD, forked_from_id=PARENT),
        meta(1, PARENT),
        *turn(2, "old", 100),
        *turn(20, "older", 200),
        *turn(40, "new", 300),
    )
    assert own(session) == (["new"], ["new"], 100)


def test_settings_applied_to_the_thread_itself_end_the_copy(read: Read) -> None:
    """The parent's settings are copied as well, and end nothing."""

    def applied(at: float, thread: str) -> dict[str, object]:
        return line(at, "event_msg", type="thread_settings_applied", thread_id=thread)

    session = read(
        meta(1, CHILD, forked_from_id=PARENT),
        meta(1.01, PARENT),
        applied(1.02, PARENT),
        *turn(1.03, "old", 100),
        applied(1.04, CHILD),
        *turn(1.05, "new", 200),
    )
    assert own(session) == (["new"], ["new"], 100)


def test_an_identity_written_again_changes_nothing(read: Read) -> None:
    """Resuming repeats it, also with another id later on: the first stands."""
    repeated: Iterable[dict[str, object]] = (meta(1, CHILD), meta(2, CHILD), meta(3, PARENT))
    session = read(*repeated, *turn(4, "new", 100))
    assert session.id == CHILD
    assert own(session) == (["new"], ["new"], 100)
