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
    if len(telling) == 1:
        return telling[0]
    return _added((part, zip(part.stacks, part.values, strict=True)) for part in telling)


Stacks = Iterable[tuple[tuple[Label, ...], Values]]


def _added(parts: Iterable[tuple[Total, Stacks]]) -> Total:
    """The sum of parts with their stacks; each stack stands once, however often it does in a part."""
    whole = Total()
    sums: dict[tuple[Label, ...], Values] = {}
    for part, stacks in parts:
        for stack, values in stacks:
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
        (Total([], [], 0, 0, 0, digest.reconciliation), ())
        if digest.dropped
        else (
            Total([], [], 1, digest.started, digest.ended, digest.reconciliation),
            digest.samples.unlabelled(),
        )
        for digest in digests
    )
