"""Profile: a multiset of label stacks with integer measures. It merges like addition.

Laws (tested): merge is associative and commutative up to sample equality, an empty profile is its
identity, and totals are the sums of the parts. Everything in it is a label, so whatever is written,
merged or sent on is already redacted.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple, NewType

from agentpprof_mcp.model import Reconciliation

__all__ = ["Label", "Measure", "Profile", "Sample", "TopRow", "Values"]

Label = NewType("Label", str)
"""Text of a frame or of a pprof label. Made only in `labels`."""

Values = tuple[int, ...]


class Measure(NamedTuple):
    """One column of numbers: its name and its pprof unit."""

    name: str
    unit: str


class Sample(NamedTuple):
    """Identity of a sample: frames root first, and sorted (key, value) labels to pivot by."""

    stack: tuple[Label, ...]
    labels: tuple[tuple[str, Label], ...] = ()


class TopRow(NamedTuple):
    """One frame: `flat` where it is the leaf, `cum` where it is anywhere in the stack (once)."""

    frame: Label
    flat: int
    cum: int


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
        after = (
            tuple(values)
            if before is None
            else tuple(a + b for a, b in zip(before, values, strict=True))
        )
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
        for (stack, _), values in sorted(self.samples.items()):
            before = out.get(stack)
            out[stack] = (
                values
                if before is None
                else tuple(a + b for a, b in zip(before, values, strict=True))
            )
        return out

    def top(self, measure: int = 0) -> list[TopRow]:
        """Frames by weight: largest `cum` first, then `flat`, then name."""
        by_stack: dict[tuple[Label, ...], int] = {}
        for (stack, _), values in self.samples.items():
            by_stack[stack] = by_stack.get(stack, 0) + values[measure]
        flat: dict[Label, int] = {}
        cum: dict[Label, int] = {}
        for stack, value in by_stack.items():
            if value:
                flat[stack[-1]] = flat.get(stack[-1], 0) + value
                for frame in set(stack):
                    cum[frame] = cum.get(frame, 0) + value
        rows = [TopRow(frame, flat.get(frame, 0), weight) for frame, weight in cum.items()]
        return sorted(rows, key=lambda row: (-row.cum, -row.flat, row.frame))

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
