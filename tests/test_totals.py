"""Sums of digests: every stack once, whatever labels its samples had."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentpprof_mcp.digest import Digest, Facts, Made
from agentpprof_mcp.profile import Label, Measure, Part, Profile, Samples
from agentpprof_mcp.totals import STACKS, Tally, Total, total_of, total_of_digests, weights

STACK = (Label("project:shop"), Label("model:gpt-5"))


def _digest(*numbers: int) -> Digest:
    """A session that was at the same thing on several days."""
    days = [(("date", Label(f"2026-11-2{day}")),) for day in range(len(numbers))]
    parts = [Part(day, [(0, 1)], [(number,)]) for day, number in zip(days, numbers, strict=True)]
    return Digest(samples=Samples(list(STACK), parts), started=1, ended=2)


def test_a_session_of_several_days_adds_up() -> None:
    """Also when it is the only one."""
    for digests, total in (([_digest(1, 2)], 3), ([_digest(1, 2), _digest(4)], 7)):
        whole = total_of_digests(digests, STACKS)
        assert dict(whole) == {STACK: (total,)}
        assert total_of([whole, Total()]) == whole
        assert total_of([whole, whole]).values == [(2 * total,)]


@pytest.mark.parametrize("number", [3, 2**63, 2**80])
def test_tallies_of_several_processes_are_that_of_one(number: int) -> None:
    """Frames have other numbers in each; a sum may be absurdly large."""
    other = Digest(samples=Samples(list(STACK[::-1]), [Part((), [(1, 0)], [(number,)])]), ended=5)
    one, here, there = Tally(STACKS), Tally(STACKS), Tally(STACKS)
    for digest in (_digest(1, 2), other, _digest(4)):
        one.take(digest)
    here.take(_digest(1, 2))
    for digest in (other, _digest(4)):
        there.take(digest)
    here.unpack(there.packed())
    whole = here.whole()
    assert whole is not None
    assert dict(whole) == dict(one.total()) == {STACK: (7 + number,)}
    assert (whole.sessions, whole.started, whole.ended) == (3, 1, 5)
    here.unpack(b"")
    assert here.whole() is None


FRAMES = ("b:x", "a:x", "a:y", "c:x", "c:y")
DIMENSIONS = ("b", "a", "c")
"""Root first."""

STACKS_OF_A_SESSION = st.dictionaries(
    st.lists(st.sampled_from(FRAMES), min_size=1, max_size=5)
    .map(lambda frames: sorted(frames, key=lambda frame: DIMENSIONS.index(frame[0])))
    .map(tuple),
    st.tuples(st.integers(0, 3), st.sampled_from([0, 1, 2**70])),
    max_size=5,
)


@given(
    st.lists(st.tuples(st.permutations(FRAMES), STACKS_OF_A_SESSION), max_size=4),
    st.integers(0, 1),
)
def test_a_sum_of_frames_ranks_them_as_the_profile_does(sessions, measure):
    """Added up in one process or in two; a frame that stands in a stack twice counts once."""
    measures = (Measure("tokens", "tokens"), Measure("errors", "count"))
    profile = Profile("tasks", measures)
    tallies = [Tally(weights(measure)) for _ in "ab"]
    for number, (names, stacks) in enumerate(sessions):
        numbered = [tuple(map(names.index, stack)) for stack in stacks]
        part = Part((), numbered, list(stacks.values()))
        digest = Digest(samples=Samples(list(map(Label, names)), [part]))
        tallies[number % 2].take(digest)
        for sample, values in digest.samples:
            profile.add(sample, values)
    here, there = tallies
    here.unpack(there.packed())
    whole = here.whole()
    assert whole is not None
    assert whole.ranking(measures[measure], DIMENSIONS) == profile.ranking(measure)


@pytest.mark.parametrize("number", [3, 2**64])
def test_a_digest_comes_back_from_its_bytes(number: int) -> None:
    """With what is kept beside them."""
    digest = _digest(number, 2)
    digest.id, digest.facts = "a", Facts(cwds=("/x",), claims=b"12345678")
    assert Made.of(digest).digest() == digest
