"""Digests of many sessions, read in parallel: those that share calls together."""

from collections.abc import Callable, Iterator, Sequence

from agentpprof_mcp.digest import Digest, Made
from agentpprof_mcp.ownership import families, unpacked
from agentpprof_mcp.pool import run_jobs
from agentpprof_mcp.readers import Group
from agentpprof_mcp.totals import Tally
from agentpprof_mcp.work import Work

__all__ = ["Told", "alike", "read_all", "read_sets"]

Told = Callable[[int, int], None]
"""Told how many of how many are read."""


def alike(groups: Sequence[Group]) -> list[list[int]]:
    """Indexes of groups that begin alike, together; others alone."""
    by_root: dict[str, list[int]] = {}
    for index, group in enumerate(groups):
        by_root.setdefault(group.root or str(index), []).append(index)
    return list(by_root.values())


def read_sets(
    sets: Sequence[Sequence[int]],
    groups: Sequence[Group],
    work: Work,
    told: Told,
    tally: Tally | None = None,
) -> Iterator[tuple[int, Made]]:
    """Read and settle the groups of each set (of indexes) together: every index with its digest.

    All digests are also added to the `tally`, if there is one.
    """

    def read(job: int) -> list[Made]:
        digests = work.family([groups[index] for index in sets[job]])
        if tally is not None:
            for digest in digests:
                tally.take(digest)
        return list(map(Made.of, digests))

    sizes = [sum(groups[index].size for index in members) for members in sets]
    results = run_jobs(sizes, read, list[Made], told, tally)
    for members, made in zip(sets, results, strict=True):
        yield from zip(members, made, strict=True)


def read_all(groups: Sequence[Group], work: Work, told: Told) -> list[Digest]:
    """Digest every group: forks with their origin, then those that turned out to share calls too."""
    guessed = alike(groups)
    made = dict(read_sets(guessed, groups, work, told))
    shared = families([unpacked(made[index].facts.claims) for index in range(len(groups))])
    late = [members for members in shared if members not in guessed]
    made.update(read_sets(late, groups, work, told))
    return [made[index].digest() for index in range(len(groups))]
