"""Sums of digests: stacks without labels, which add up to little however many sessions there are."""

from collections.abc import Iterable
from operator import add

import msgspec

from agentpprof_mcp.digest import Digest
from agentpprof_mcp.model import Reconciliation
from agentpprof_mcp.profile import Label, Values

__all__ = ["Total", "total_of", "total_of_digests"]


class Total(msgspec.Struct, array_like=True):
    """What some sessions come to; each stack stands once. `started` and `ended` (milliseconds, 0 = unknown) span them."""

    stacks: list[tuple[Label, ...]] = msgspec.field(default_factory=list)
    values: list[Values] = msgspec.field(default_factory=list)
    sessions: int = 0
    started: int = 0
    ended: int = 0
    reconciliation: Reconciliation = msgspec.field(default_factory=Reconciliation)


def total_of(parts: Iterable[Total]) -> Total:
    """The sum of several totals; of a single one, itself."""
    telling = [part for part in parts if part != Total()]
    return telling[0] if len(telling) == 1 else _added(telling)


def _added(parts: Iterable[Total]) -> Total:
    """The sum of parts, in which each stack stands once, however often it does in a part."""
    whole = Total()
    sums: dict[tuple[Label, ...], Values] = {}
    for part in parts:
        for stack, values in zip(part.stacks, part.values, strict=True):
            before = sums.get(stack)
            sums[stack] = values if before is None else tuple(map(add, before, values))
        whole.sessions += part.sessions
        if part.started:
            whole.started = min(whole.started or part.started, part.started)
        whole.ended = max(whole.ended, part.ended)
        whole.reconciliation.add(part.reconciliation)
    whole.stacks, whole.values = list(sums), list(sums.values())
    return whole


def total_of_digests(digests: Iterable[Digest]) -> Total:
    """The sum of digests; of one that was left out, only the account of what was read for it."""
    return _added(
        Total(reconciliation=digest.reconciliation)
        if digest.dropped
        else Total(
            [stack for part in digest.parts for stack in part.stacks],
            [values for part in digest.parts for values in part.values],
            1,
            digest.started,
            digest.ended,
            digest.reconciliation,
        )
        for digest in digests
    )
