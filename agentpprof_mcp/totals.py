"""Sums of digests: stacks without labels, or frames alone. However many sessions there are, they come to little."""

from collections.abc import Callable, Iterable, Iterator

import msgspec

from agentpprof_mcp.digest import Digest
from agentpprof_mcp.model import Reconciliation
from agentpprof_mcp.packing import pack, unpack
from agentpprof_mcp.profile import (
    Label,
    Measure,
    Numbers,
    Ranking,
    Samples,
    Stack,
    TopRow,
    Values,
    add_up,
)

__all__ = ["STACKS", "Summing", "Tally", "Total", "total_of", "total_of_digests", "weights"]


class Summing(msgspec.Struct, frozen=True):
    """What of the samples of a session is added up, and what such a sum is called."""

    name: str
    terms: Callable[[Samples], Iterable[tuple[Stack, Values]]]


STACKS = Summing("stacks", Samples.stacks)


def weights(measure: int) -> Summing:
    """The sum of frames by a measure, enough for a ranking: each is a stack, its values are `flat` and `cum`."""
    return Summing(f"frames by {measure}", lambda samples: samples.weights(measure))


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

    def ranking(self, measure: Measure, dimensions: Iterable[str]) -> Ranking:
        """The frames by weight, of a sum of frames by that measure; `dimensions` come root first."""
        total = sum(flat for flat, _ in self.values)
        rows = [TopRow(frame, flat, cum) for (frame,), (flat, cum) in self]
        return Ranking.of(measure, total, rows, dimensions)


class _Growing:
    """A total that others are added to."""

    def __init__(self) -> None:
        self._numbers: Numbers[Label] = Numbers()
        self._sums: dict[Stack, Values] = {}
        self._rest = Total()

    def add(self, total: Total) -> None:
        """Add another total."""
        self._take(total.frames, zip(total.stacks, total.values, strict=True))
        self._count(total.sessions, total.started, total.ended, total.reconciliation)

    def _take(self, frames: list[Label], terms: Iterable[tuple[Stack, Values]]) -> None:
        number = [self._numbers[frame] for frame in frames].__getitem__
        add_up(self._sums, ((tuple(map(number, stack)), values) for stack, values in terms))

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


class Tally(_Growing):
    """The sum of digests, in one process or in several that each have one; see `pool.Tally`."""

    def __init__(self, summing: Summing) -> None:
        super().__init__()
        self.summing = summing
        self._lost = False

    def take(self, digest: Digest) -> None:
        """Add a digest; of one that was left out, only the account of what was read for it."""
        if digest.dropped:
            self._rest.reconciliation.add(digest.reconciliation)
            return
        self._take(digest.samples.frames, self.summing.terms(digest.samples))
        self._count(1, digest.started, digest.ended, digest.reconciliation)

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
    """The sum of several totals, all summed in one way; of a single one, itself."""
    telling = [part for part in parts if part != Total()]
    if len(telling) == 1:
        return telling[0]
    growing = _Growing()
    for part in telling:
        growing.add(part)
    return growing.total()


def total_of_digests(digests: Iterable[Digest], summing: Summing) -> Total:
    """The sum of digests."""
    tally = Tally(summing)
    for digest in digests:
        tally.take(digest)
    return tally.total()
