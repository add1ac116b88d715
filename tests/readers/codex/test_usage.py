"""Which token reports of a Codex file are model calls."""

from collections.abc import Callable

from agentpprof_mcp.model import Session, Tokens

Read = Callable[..., Session]


def report(total: tuple[int, int, int], last: tuple[int, int, int] | None) -> dict[str, object]:
    """A `token_count` event; each tuple is (input, cached, output)."""
    info = {"total_token_usage": usage(*total), "last_token_usage": last and usage(*last)}
    return {
        "timestamp": "2026-06-16T07:00:00Z",
        "type": "event_msg",
        "payload": {"type": "token_count", "info": info},
    }


def record(response: str, last: tuple[int, int, int]) -> dict[str, object]:
    """A `token_usage_record`."""
    payload = {"response_id": response, "usage": usage(*last)}
    return {"timestamp": "2026-06-16T07:00:00Z", "type": "token_usage_record", "payload": payload}


def usage(given: int, cached: int, output: int) -> dict[str, int]:
    """Usage as the wire has it."""
    return {
        "input_tokens": given,
        "cached_input_tokens": cached,
        "output_tokens": output,
        "total_tokens": given + output,
    }


def tokens_of(session: Session) -> list[Tokens]:
    """Tokens of the calls in order."""
    return [call.tokens for call in session.calls]


def test_cached_input_is_taken_out_of_input(read: Read) -> None:
    """The kinds are disjoint."""
    assert tokens_of(read(report((100, 60, 5), (100, 60, 5)))) == [Tokens(40, 5, 60)]


def test_a_total_that_did_not_move_is_no_call(read: Read) -> None:
    """Events are written again after a compaction and on resuming."""
    same = report((100, 0, 5), (100, 0, 5))
    assert len(read(same, same, report((100, 0, 5), (0, 0, 0))).calls) == 1


def test_a_jump_or_fall_of_the_total_takes_the_last_response(read: Read) -> None:
    """An event was lost, or the count began again: the last response is still one call."""
    session = read(
        report((100, 0, 5), (100, 0, 5)),
        report((900, 0, 50), (300, 0, 20)),
        report((70, 0, 7), (70, 0, 7)),
    )
    assert tokens_of(session) == [Tokens(100, 5), Tokens(300, 20), Tokens(70, 7)]


def test_a_report_without_last_response_is_the_growth_of_the_total(read: Read) -> None:
    """Nothing is lost that the totals tell."""
    session = read(report((100, 10, 5), None), report((300, 110, 9), None))
    assert tokens_of(session) == [Tokens(90, 5, 10), Tokens(100, 4, 100)]


def test_a_total_filled_up_to_the_window_is_no_call(read: Read) -> None:
    """The client guesses the context's size: a sum without parts."""
    filled = report((0, 0, 0), (0, 0, 0))
    session = read(report((100, 0, 5), (100, 0, 5)), filled, report((40, 0, 4), (40, 0, 4)))
    assert tokens_of(session) == [Tokens(100, 5), Tokens(40, 4)]


def test_a_response_reported_twice_is_one_call(read: Read) -> None:
    """A usage record and the count that follows it are one source and its echo."""
    session = read(
        record("resp_1", (100, 0, 5)),
        report((100, 0, 5), (100, 0, 5)),
        record("resp_2", (50, 0, 5)),
        record("resp_2", (50, 0, 5)),
        report((150, 0, 10), (50, 0, 5)),
    )
    assert [call.id for call in session.calls] == ["resp_1", "resp_2"]
    assert tokens_of(session) == [Tokens(100, 5), Tokens(50, 5)]


def test_records_without_an_id_are_calls_of_their_own(read: Read) -> None:
    """They are named by their place."""
    session = read(record("", (100, 0, 5)), record("", (100, 0, 5)))
    assert [call.id for call in session.calls] == ["rollout-x:1", "rollout-x:2"]


def test_an_older_client_that_goes_on_without_records_is_counted(read: Read) -> None:
    """After the echo, a moved total is a call again."""
    session = read(
        record("resp_1", (100, 0, 5)),
        report((100, 0, 5), (100, 0, 5)),
        report((140, 0, 9), (40, 0, 4)),
    )
    assert tokens_of(session) == [Tokens(100, 5), Tokens(40, 4)]


def test_calls_are_named_by_their_place_in_the_thread(read: Read) -> None:
    """Where no response id is known, the same file gives the same ids."""
    lines = [report((100, 0, 5), (100, 0, 5)), report((200, 0, 9), (100, 0, 4))]
    assert [call.id for call in read(*lines).calls] == ["rollout-x:1", "rollout-x:2"]


def test_counts_that_are_no_counts_are_left_out_and_said(read: Read) -> None:
    """The rest of the usage stands, as a lower bound."""
    bad = report((100, 0, 5), (100, 0, 5))
    bad["payload"]["info"]["last_token_usage"]["output_tokens"] = "many"  # type: ignore[index]
    (call,) = read(bad).calls
    assert (call.tokens, call.lower_bound) == (Tokens(100), True)


def test_an_interrupted_response_is_not_told_of_the_next_call(read: Read) -> None:
    """What a turn left unreported in an earlier region goes; the report is of this one."""

    def line(kind: str, **payload: object) -> dict[str, object]:
        return {"timestamp": "2026-06-16T07:00:00Z", "type": kind, "payload": payload}

    session = read(
        line("event_msg", type="user_message", message="one"),
        line("response_item", type="message", role="assistant", content="Left behind."),
        line("event_msg", type="user_message", message="two"),
        line("response_item", type="message", role="assistant", content="Told."),
        report((100, 0, 5), (100, 0, 5)),
    )
    (call,) = session.calls
    assert (call.says, call.prompt) == ("Told.", 2)
