"""Profile: a multiset of label stacks with integer measures. It merges like addition.

Laws (tested): merge is associative and commutative up to sample equality, an empty profile is its
identity, and totals are the sums of the parts. Everything in it is a label, so whatever is written,
merged or sent on is already redacted.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from itertools import starmap
from operator import add
from typing import NamedTuple, NewType, TypeVar

import msgspec

from agentpprof_mcp.model import Reconciliation

__all__ = [
    "Delta",
    "Label",
    "Measure",
    "Numbers",
    "Part",
    "Peek",
    "Profile",
    "Ranking",
    "Sample",
    "Samples",
    "Stack",
    "TopRow",
    "Values",
    "add_up",
]

Label = NewType("Label", str)
"""Text of a frame or of a pprof label. Made only in `labels`."""

Values = tuple[int, ...]


Key = TypeVar("Key", bound=Hashable)
Text = TypeVar("Text", bound=str)


def add_up(sums: dict[Key, Values], more: Iterable[tuple[Key, Values]]) -> None:
    """Add values to the sums of their keys."""
    for key, values in more:
        before = sums.get(key)
        sums[key] = values if before is None else tuple(map(add, before, values))


class Measure(NamedTuple):
    """One column of numbers: its name and its pprof unit."""

    name: str
    unit: str


class Sample(NamedTuple):
    """Identity of a sample: frames root first, and sorted (key, value) labels to pivot by."""

    stack: tuple[Label, ...]
    labels: tuple[tuple[str, Label], ...] = ()


Stack = tuple[int, ...]
"""The frames of a stack by their numbers, root first: there are many stacks of few frames."""


class Numbers(dict[Text, int]):
    """Texts by number: each gets the next one when it is first asked for."""

    def __missing__(self, text: Text) -> int:
        """The number of a text that had none."""
        number = self[text] = len(self)
        return number


class Part(msgspec.Struct, array_like=True):
    """Samples that have the same labels: their stacks, each once, and the values of each."""

    labels: tuple[tuple[str, Label], ...]
    stacks: list[Stack] = msgspec.field(default_factory=list)
    values: list[Values] = msgspec.field(default_factory=list)


class Samples(msgspec.Struct, array_like=True):
    """The samples of one session, and its frames by number."""

    frames: list[Label] = msgspec.field(default_factory=list)
    parts: list[Part] = msgspec.field(default_factory=list)

    def __iter__(self) -> Iterator[tuple[Sample, Values]]:
        """The samples, each once."""
        frame = self.frames.__getitem__
        for part in self.parts:
            for stack, values in zip(part.stacks, part.values, strict=True):
                yield Sample(tuple(map(frame, stack)), part.labels), values

    def stacks(self) -> Iterator[tuple[Stack, Values]]:
        """The stacks with their values; one that has samples of several labels comes several times."""
        for part in self.parts:
            yield from zip(part.stacks, part.values, strict=True)

    def weights(self, measure: int) -> Iterator[tuple[Stack, Values]]:
        """Every frame that has any of a measure as a stack of its own, with its `flat` and `cum`."""
        for frame, flat, cum in flat_and_cum(self.stacks(), measure):
            yield (frame,), (flat, cum)


class TopRow(NamedTuple):
    """One frame: `flat` where it is the leaf, `cum` where it is anywhere in the stack (once)."""

    frame: Label
    flat: int
    cum: int


class Ranking(msgspec.Struct, frozen=True):
    """The frames that have any of a measure: largest `cum` first, then `flat`, then by name.

    `total` is that of all stacks, and `everywhere` are the frames of every stack: root first, those of
    one dimension by name.
    """

    measure: Measure
    total: int
    rows: list[TopRow]
    everywhere: list[Label]

    @classmethod
    def of(
        cls, measure: Measure, total: int, rows: Sequence[TopRow], dimensions: Iterable[str]
    ) -> "Ranking":
        """The ranking of rows in any order; `dimensions` come root first."""
        place = {name: at for at, name in enumerate(dict.fromkeys(dimensions))}
        shared = [row.frame for row in rows if row.cum == total]
        everywhere = sorted(
            shared, key=lambda frame: (place.get(dimension(frame), len(place)), frame)
        )
        return cls(measure, total, by_weight(rows), everywhere)


class Peek(msgspec.Struct, frozen=True):
    """One frame and its neighbours: weights of the frames right above and right below it, largest first.

    Where it stands in a stack several times in a row, they are those above the first and below the last.
    `stacks` is how many hold it.
    """

    row: TopRow
    stacks: int
    callers: list[tuple[Label, int]]
    callees: list[tuple[Label, int]]


class Delta(NamedTuple):
    """One frame in two profiles."""

    frame: Label
    base: TopRow
    new: TopRow


class Profile:
    """Samples of one view. `measures[0]` is the width; values are non-negative integers."""

    def __init__(self, view: str, measures: Iterable[Measure]) -> None:
        """Start an empty profile of `view`."""
        self.view = view
        self.measures = tuple(measures)
        self.samples: dict[Sample, Values] = {}
        self.started = 0
        self.ended = 0
        self.reconciliation = Reconciliation()

    def add(self, sample: Sample, values: Sequence[int]) -> None:
        """Add one sample; equal stacks with equal labels add up, all-zero ones leave no trace."""
        if len(values) != len(self.measures):
            raise ValueError(f"{len(values)} values for {len(self.measures)} measures")
        before = self.samples.get(sample)
        after = tuple(values) if before is None else tuple(map(add, before, values))
        if any(after):
            self.samples[sample] = after

    def cover(self, started: int, ended: int) -> None:
        """Widen the span of time (milliseconds, 0 = unknown) that the profile covers."""
        if started:
            self.started = min(self.started or started, started)
        self.ended = max(self.ended, ended)

    def merge(self, other: "Profile") -> None:
        """Add all samples, and the account of what was read, of a profile of the same view."""
        if (self.view, self.measures) != (other.view, other.measures):
            raise ValueError(f"cannot merge view {other.view!r} into {self.view!r}")
        for sample, values in other.samples.items():
            self.add(sample, values)
        self.cover(other.started, other.ended)
        self.reconciliation.add(other.reconciliation)

    def totals(self) -> Values:
        """The sum of each measure over all samples."""
        return tuple(map(sum, zip(*self.samples.values(), strict=True))) or (0,) * len(
            self.measures
        )

    def stacks(self) -> dict[tuple[Label, ...], Values]:
        """Values by stack alone, sorted by stack: the form without labels."""
        out: dict[tuple[Label, ...], Values] = {}
        add_up(out, ((stack, values) for (stack, _), values in sorted(self.samples.items())))
        return out

    def top(self, measure: int = 0) -> list[TopRow]:
        """Frames by weight: largest `cum` first, then `flat`, then name."""
        stacks = ((sample.stack, values) for sample, values in self.samples.items())
        return by_weight(starmap(TopRow, flat_and_cum(stacks, measure)))

    def ranking(self, measure: int = 0) -> Ranking:
        """The rows of `top`, with what a table says of them."""
        weighed = (sample.stack for sample, values in self.samples.items() if values[measure])
        dimensions = map(dimension, min(weighed, default=()))
        total = self.totals()[measure]
        return Ranking.of(self.measures[measure], total, self.top(measure), dimensions)

    def focus(self, keeps: Callable[[Label], bool]) -> "Profile":
        """The samples with at least one frame that is to be kept."""
        kept = {frame for stack, _ in self.samples for frame in stack}
        kept = {frame for frame in kept if keeps(frame)}
        part = Profile(self.view, self.measures)
        part.started, part.ended = self.started, self.ended
        part.reconciliation = self.reconciliation
        part.samples = {
            sample: values
            for sample, values in self.samples.items()
            if not kept.isdisjoint(sample.stack)
        }
        return part

    def peek(self, frame: Label, measure: int = 0) -> Peek:
        """One frame with its neighbours. A frame that is nowhere has no stacks."""
        callers: dict[Label, int] = {}
        callees: dict[Label, int] = {}
        stacks = flat = cum = 0
        for stack, values in self.stacks().items():
            value = values[measure]
            if not value or frame not in stack:
                continue
            first, last = stack.index(frame), len(stack) - 1 - stack[::-1].index(frame)
            stacks, cum = stacks + 1, cum + value
            if first:
                callers[stack[first - 1]] = callers.get(stack[first - 1], 0) + value
            if last < len(stack) - 1:
                callees[stack[last + 1]] = callees.get(stack[last + 1], 0) + value
            else:
                flat += value
        return Peek(TopRow(frame, flat, cum), stacks, _largest(callers), _largest(callees))

    def diff(
        self, base: "Profile", measure: int = 0, scale: tuple[int, int] = (1, 1)
    ) -> list[Delta]:
        """Frames whose weight differs from `base`, whose weights are multiplied by a fraction.

        The largest change of `cum` first, then of `flat`, then by name.
        """
        times, parts = scale
        news = {row.frame: row for row in self.top(measure)}
        olds = {
            frame: TopRow(frame, _rounded(flat * times, parts), _rounded(cum * times, parts))
            for frame, flat, cum in base.top(measure)
        }
        deltas = [
            Delta(frame, olds.get(frame, TopRow(frame, 0, 0)), news.get(frame, TopRow(frame, 0, 0)))
            for frame in news.keys() | olds.keys()
        ]
        changed = [delta for delta in deltas if delta.base != delta.new]
        return sorted(
            changed,
            key=lambda d: (-abs(d.new.cum - d.base.cum), -abs(d.new.flat - d.base.flat), d.frame),
        )

    def check(self) -> None:
        """Raise `ValueError` unless every sample keeps the rules of a profile."""
        width = len(self.measures)
        for (stack, labels), values in self.samples.items():
            keys = [key for key, _ in labels]
            if not (
                stack
                and all(stack)
                and len(values) == width
                and min(values) >= 0
                and any(values)
                and keys == sorted(set(keys))
            ):
                raise ValueError(
                    f"broken sample of view {self.view!r}: {len(stack)} frames, {values}"
                )


def dimension(frame: Label) -> str:
    """What a frame is about: `project` of `project:shop`."""
    return frame.partition(":")[0]


def flat_and_cum(
    stacks: Iterable[tuple[tuple[Key, ...], Values]], measure: int
) -> Iterator[tuple[Key, int, int]]:
    """Every frame that has any of a measure: what it has where it is the leaf, and where it is anywhere (once)."""
    flat: defaultdict[Key, int] = defaultdict(int)
    cum: defaultdict[Key, int] = defaultdict(int)
    for stack, values in stacks:
        value = values[measure]
        if value:
            flat[stack[-1]] += value
            for frame in set(stack):
                cum[frame] += value
    return ((frame, flat[frame], weight) for frame, weight in cum.items())


def by_weight(rows: Iterable[TopRow]) -> list[TopRow]:
    """Rows in the order of a ranking."""
    return sorted(rows, key=lambda row: (-row.cum, -row.flat, row.frame))


def _largest(weights: dict[Label, int]) -> list[tuple[Label, int]]:
    return sorted(weights.items(), key=lambda pair: (-pair[1], pair[0]))


def _rounded(number: int, parts: int) -> int:
    """A quotient to the nearest integer, exact for numbers of any size."""
    return (2 * number + parts) // (2 * parts)
