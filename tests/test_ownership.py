"""What several sessions repeat belongs to one of them, and nothing is lost by it."""

from hypothesis import given
from hypothesis import strategies as st

from agentpprof_mcp.model import ModelCall, Opener, Prompt, Session, Status, Tokens, ToolCall
from agentpprof_mcp.ownership import claims, families, settle


def session(name, *, started=1, ended=9, calls=(), tools=(), prompts=()):
    """A session of ready events."""
    made = Session(name, "claude", started=started, ended=ended)
    made.calls = list(calls)
    made.tools = list(tools)
    made.prompts += [Prompt(Opener.TYPED, key=key) for key in prompts]
    return made


def call(key, output=1, **fields):
    """A model call."""
    message = key.partition(":")[0]
    return ModelCall(key, 1, 0, "claude-opus-5", Tokens(output=output), message=message, **fields)


def tool(key, status=Status.OK, **fields):
    """An answered tool call."""
    return ToolCall(key, "Bash", 1, 0, "shell", status=status, answered=True, **fields)


def test_the_oldest_session_owns_a_copied_call_and_takes_its_largest_counts():
    """A fork begins with copies."""
    old = session("b", calls=[call("m1:r1", 3)], ended=5, prompts=["p"])
    fork = session("a", calls=[call("m1:r1", 7), call("m2:r2")], prompts=["p", "q"])
    settle([fork, old])
    assert [c.tokens.output for c in old.calls] == [7]
    assert [c.id for c in fork.calls] == ["m2:r2"]
    assert [p.counts for p in fork.prompts] == [True, False, True]
    assert (old.reconciliation.duplicates, fork.reconciliation.duplicates) == (0, 2)


def test_an_error_or_an_answer_in_any_copy_counts():
    """The owner learns what the copy knows."""
    unanswered = ToolCall("t1", "Bash", 1, 0, "shell")
    old = session("a", tools=[unanswered, tool("t2")], ended=5)
    fork = session("b", tools=[tool("t1"), tool("t2", Status.ERROR)])
    settle([old, fork])
    assert [t.status for t in old.tools] == [Status.OK, Status.ERROR]
    assert old.tools[0].answered
    assert fork.tools == []


def test_an_embedded_call_gives_way_to_an_outright_one_even_of_a_younger_session():
    """Its message id is enough to know it."""
    parent = session(
        "a", calls=[call("m1", embedded=True)], tools=[tool("t1", embedded=True)], started=1
    )
    agent = session("b", calls=[call("m1:r1", 5)], tools=[tool("t1")], started=2)
    settle([parent, agent])
    assert (parent.calls, parent.tools) == ([], [])
    assert [c.id for c in agent.calls] == ["m1:r1"]


def test_the_same_embedded_call_in_two_sessions_counts_once():
    """A forked parent copies its progress lines too."""
    one = session("a", calls=[call("m1", embedded=True)], ended=5)
    two = session("b", calls=[call("m1", embedded=True)])
    settle([one, two])
    assert (len(one.calls), len(two.calls)) == (1, 0)


def test_families_are_sessions_that_share_a_claim_directly_or_through_others():
    """A session that shares nothing is in none."""
    assert families([[1], [2], [1, 3], [4], [3]]) == [[0, 2, 4]]
    assert families([]) == []


def test_claims_of_two_records_of_a_call_meet_whatever_one_of_them_lacks():
    """The message id is what both know; tool calls claim nothing, their ids may be anybody's."""
    one = session("a", calls=[call("m1:r1")], tools=[tool("t1")], prompts=["p"])
    two = session("b", calls=[call("m1")], tools=[tool("t1")])
    assert len(set(claims(one)) & set(claims(two))) == 1


def test_a_fork_claims_its_origin():
    """Whatever else they share."""
    fork = session("b")
    fork.origins = ["a"]
    assert families([claims(session("a")), claims(fork), claims(session("c"))]) == [[0, 1]]


def test_a_call_that_lacks_its_request_is_the_call_of_its_message():
    """But two requests of one message are two calls."""
    one = session("a", calls=[call("m1:r1", 3)], ended=5)
    two = session("b", calls=[call("m1", 9), call("m1:r2")])
    settle([one, two])
    assert [c.tokens.output for c in one.calls] == [9]
    assert [c.id for c in two.calls] == ["m1:r2"]


def test_what_has_no_id_is_nobody_elses():
    """Two such calls of two sessions are two."""
    one = session("a", calls=[ModelCall("#1", 1, 0, "", Tokens(output=1))], tools=[tool("#1")])
    two = session("b", calls=[ModelCall("#1", 1, 0, "", Tokens(output=1))], tools=[tool("#1")])
    settle([one, two])
    assert [len(s.calls) + len(s.tools) for s in (one, two)] == [2, 2]


IDS = st.lists(st.sampled_from(["m1:r", "m2:r", "m3:r"]), unique=True)


@given(st.lists(st.tuples(st.integers(1, 3), IDS), max_size=5), st.randoms(use_true_random=False))
def test_each_call_has_one_owner_whatever_the_order_of_files(parts, random):
    """The union, once; the same owners in any order."""

    def owners(order):
        made = [session(f"s{i}", started=parts[i][0], calls=map(call, parts[i][1])) for i in order]
        settle(made)
        return {c.id: s.id for s in made for c in s.calls}, sum(len(s.calls) for s in made)

    order = list(range(len(parts)))
    found, number = owners(order)
    random.shuffle(order)
    assert owners(order) == (found, number)
    assert number == len({key for _, ids in parts for key in ids})
