"""Sums of digests: stacks without labels, which add up to little however many sessions there are."""

from collections.abc import Iterable, Iterator

import msgspec

from agentpprof_mcp.digest import Digest
from agentpprof_mcp.model import Reconciliation
from agentpprof_mcp.packing import pack, unpack
from agentpprof_mcp.profile import Label, Numbers, Stack, Values, add_up

__all__ = ["Tally", "Total", "total_of", "total_of_digests"]


class Total(msgspec.Struct, array_like=True):
    """What some sessions come to; each stack stands once. `started` and `ended` (milliseconds, 0 = unknown) span them."""

    frames: list[Label] = msgspec.field(default_factory=list)
    stacks: list[Stack] = msgspec.field(default_factory=list)
    values: list[Values] = msgspec.field(default_factory=list)
    sessions: int = 0
    started: int = 0
    ended: int = 0
    reconciliation: Reconciliation = msgspec.field(default_factory=Reconciliation)

    def __iter__(self) -> Iterator[tuple[tuple[Label, ...], Values]]:
        """The stacks as labels, and the values of each."""
        frame = self.frames.__getitem__
        for stack, values in zip(self.stacks, self.values, strict=True):
            yield tuple(map(frame, stack)), values


class Tally:
    """A total that grows, in one process or in several that each have one; see `pool.Tally`."""

    def __init__(self) -> None:
        self._numbers: Numbers[Label] = Numbers()
        self._sums: dict[Stack, Values] = {}
        self._rest = Total()
        self._lost = False

    def take(self, digest: Digest) -> None:
        """Add a digest; of one that was left out, only the account of what was read for it."""
        if digest.dropped:
            self._rest.reconciliation.add(digest.reconciliation)
            return
        for part in digest.samples.parts:
            self._sum(digest.samples.frames, part.stacks, part.values)
        self._count(1, digest.started, digest.ended, digest.reconciliation)

    def add(self, total: Total) -> None:
        """Add another total."""
        self._sum(total.frames, total.stacks, total.values)
        self._count(total.sessions, total.started, total.ended, total.reconciliation)

    def _sum(self, frames: list[Label], stacks: list[Stack], values: list[Values]) -> None:
        number = [self._numbers[frame] for frame in frames].__getitem__
        ours = (tuple(map(number, stack)) for stack in stacks)
        add_up(self._sums, zip(ours, values, strict=True))

    def _count(self, sessions: int, started: int, ended: int, account: Reconciliation) -> None:
        rest = self._rest
        rest.sessions += sessions
        if started:
            rest.started = min(rest.started or started, started)
        rest.ended = max(rest.ended, ended)
        rest.reconciliation.add(account)

    def total(self) -> Total:
        """What it came to."""
        frames, stacks, values = list(self._numbers), list(self._sums), list(self._sums.values())
        return msgspec.structs.replace(self._rest, frames=frames, stacks=stacks, values=values)

    def whole(self) -> Total | None:
        """The same; None if a part was lost with the process that had it."""
        return None if self._lost else self.total()

    def packed(self) -> bytes:
        """What it came to, for another process."""
        return pack(self.total())

    def unpack(self, data: bytes) -> None:
        """Add what another process's came to; nothing where that has died."""
        if data:
            self.add(unpack(data, Total))
        else:
            self._lost = True


def total_of(parts: Iterable[Total]) -> Total:
    """The sum of several totals; of a single one, itself."""
    telling = [part for part in parts if part != Total()]
    if len(telling) == 1:
        return telling[0]
    tally = Tally()
    for part in telling:
        tally.add(part)
    return tally.total()


def total_of_digests(digests: Iterable[Digest]) -> Total:
    """The sum of digests."""
    tally = Tally()
    for digest in digests:
        tally.take(digest)
    return tally.total()
