"""Sums of digests: every stack once, whatever labels its samples had."""

import pytest

from agentpprof_mcp.digest import Digest, Facts, Made
from agentpprof_mcp.profile import Label, Part, Samples
from agentpprof_mcp.totals import Tally, Total, total_of, total_of_digests

STACK = (Label("project:shop"), Label("model:gpt-5"))


def _digest(*numbers: int) -> Digest:
    """A session that was at the same thing on several days."""
    days = [(("date", Label(f"2026-11-2{day}")),) for day in range(len(numbers))]
    parts = [Part(day, [(0, 1)], [(number,)]) for day, number in zip(days, numbers, strict=True)]
    return Digest(samples=Samples(list(STACK), parts), started=1, ended=2)


def test_a_session_of_several_days_adds_up() -> None:
    """Also when it is the only one."""
    for digests, total in (([_digest(1, 2)], 3), ([_digest(1, 2), _digest(4)], 7)):
        whole = total_of_digests(digests)
        assert dict(whole) == {STACK: (total,)}
        assert total_of([whole, Total()]) == whole
        assert total_of([whole, whole]).values == [(2 * total,)]


@pytest.mark.parametrize("number", [3, 2**63, 2**80])
def test_tallies_of_several_processes_are_that_of_one(number: int) -> None:
    """Frames have other numbers in each; a sum may be absurdly large."""
    other = Digest(samples=Samples(list(STACK[::-1]), [Part((), [(1, 0)], [(number,)])]), ended=5)
    one, here, there = Tally(), Tally(), Tally()
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


@pytest.mark.parametrize("number", [3, 2**64])
def test_a_digest_comes_back_from_its_bytes(number: int) -> None:
    """With what is kept beside them."""
    digest = _digest(number, 2)
    digest.id, digest.facts = "a", Facts(cwds=("/x",), claims=b"12345678")
    assert Made.of(digest).digest() == digest
