"""A tree over the digests of an answer, so that sums of many can be kept and found again.

A node stands for some sessions, chosen by the first digits of their numbers: when one session changes,
the nodes on its way to the root have another key, and all others the same.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

import msgspec

from agentpprof_mcp.index import stand_in

__all__ = ["Node", "Slot", "tree"]

LEAF = 32
"""Sessions below a node that has no nodes below it."""

DEEPEST = 4
"""Levels of the tree, each of 16 parts by a digit of the sessions' numbers."""


class Slot(msgspec.Struct, frozen=True):
    """Where the digest of the session `at` an index is kept; `place` is empty for one that is not."""

    at: int
    number: bytes
    place: bytes
    key: bytes


class Node:
    """A node: what its sum is kept under, and the sessions below it."""

    def __init__(self, place: bytes, slots: Sequence[Slot], depth: int = 0) -> None:
        self.place = place
        self.key = stand_in(b"".join(slot.place + slot.key for slot in slots))
        self.slots = slots
        self._depth = depth

    @cached_property
    def children(self) -> "list[Node]":
        """The nodes below; none below a leaf."""
        if len(self.slots) <= LEAF or self._depth == DEEPEST:
            return []
        parts: dict[str, list[Slot]] = {}
        for slot in self.slots:
            parts.setdefault(slot.number.hex()[self._depth], []).append(slot)
        return [
            Node(stand_in(self.place, digit), part, self._depth + 1)
            for digit, part in sorted(parts.items())
        ]

    def leaves(self, sums: Mapping[bytes, object]) -> "Iterator[Node]":
        """The leaves, without those that a known sum stands for, their own or one above."""
        if self.place in sums:
            return
        if not self.children:
            yield self
        for child in self.children:
            yield from child.leaves(sums)


def tree(scope: bytes, slots: Sequence[Slot]) -> Node:
    """The root of the tree over these sessions for one kind of question."""
    return Node(stand_in("sum", scope), sorted(slots, key=lambda slot: slot.number))
