"""Sums of digests: every stack once, whatever labels its samples had."""

from agentpprof_mcp.digest import Digest
from agentpprof_mcp.profile import Label, Part, Samples
from agentpprof_mcp.totals import Total, total_of, total_of_digests

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
