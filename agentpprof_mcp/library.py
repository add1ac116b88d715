"""Digests and their totals, remembered: what was made once of the same files is not made again.

A digest is kept under what it is about (a session, a view, how it is looked at) and what it was made of
(the version of the session, the project that it is shown in, its given tags). Sums of digests are kept
too, in a tree by session, so that a question about everything costs what has changed since the last one.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec

from agentpprof_mcp.cachefile import BUSY, DAMAGED
from agentpprof_mcp.digest import Digest, Facts
from agentpprof_mcp.index import Row, Store, Unit, stand_in
from agentpprof_mcp.reading import Told, read_sets
from agentpprof_mcp.survey import Survey
from agentpprof_mcp.totals import Total, total_of, total_of_digests
from agentpprof_mcp.work import Work

__all__ = ["Library"]

LEAF = 32
"""Sessions below a node of the tree that has no nodes below it."""

SUM = b"sum"
"""The owner of kept sums."""

DEEPEST = 4
"""Levels of the tree, each of 16 parts by a digit of the sessions' numbers."""

FEW = 64
"""Of more digests that were made anew the sums are not kept: the next question keeps them."""


TROUBLES = {
    DAMAGED: "the index was damaged or of another version; it is moved aside and made anew",
    BUSY: "another process is writing the index; this run did without it",
}
"""What to say of trouble with the index; where none can be kept at all, nothing is lost but time."""


class Slot(NamedTuple):
    """Where the digest of the session `at` an index is kept; `place` is empty for one that passes."""

    at: int
    number: bytes
    place: bytes
    key: bytes


class Node(NamedTuple):
    """A node of the tree: what it is kept under, and the sessions below it, in order."""

    place: bytes
    key: bytes
    slots: Sequence[Slot]
    depth: int

    def children(self) -> "list[Node]":
        """The nodes below; none below a leaf."""
        if len(self.slots) <= LEAF or self.depth == DEEPEST:
            return []
        parts: dict[str, list[Slot]] = {}
        for slot in self.slots:
            parts.setdefault(slot.number.hex()[self.depth], []).append(slot)
        return [
            _node(self.place, digit, part, self.depth + 1) for digit, part in sorted(parts.items())
        ]


def _node(above: bytes, digit: str, slots: Sequence[Slot], depth: int = 0) -> Node:
    key = stand_in(*(slot.place + slot.key for slot in slots))
    return Node(stand_in("node", above, digit), key, slots, depth)


class Library:
    """The sessions of a survey, in the view of a `Work`."""

    def __init__(self, found: Survey, store: Store, work: Work, told: Told) -> None:
        self._found = found
        self._store = store
        self._work = work
        self._told = told
        self._made = dict(found.made)
        self._rows = list(found.rows)
        self._slots = [self._slot(index) for index in range(len(found.groups))]
        self._rows += self._digest_rows(self._made)
        self._included = self._left_out = 0

    def digests(self) -> list[Digest]:
        """The digest of every session; of those of other projects only what their project is."""
        known = self._known(slot for slot in self._slots if self._may_count(slot.at))
        self._keep()
        present = [known.get(slot.at) or self._elsewhere(slot.at) for slot in self._slots]
        return [*present, *self._deleted()]

    def total(self) -> Total:
        """The sum of all digests, without those of sessions in other projects."""
        selected = [slot for slot in self._slots if self._may_count(slot.at)]
        passing = [slot for slot in selected if not slot.place]
        lasting = sorted((s for s in selected if s.place), key=lambda slot: slot.number)
        root = _node(self._work.scope(), "", lasting)
        sums = self._kept_sums(root)
        open_slots = [slot for leaf in _leaves(root, sums) for slot in leaf.slots]
        known = self._known([*passing, *open_slots])
        once = total_of_digests([*(known[slot.at] for slot in passing), *self._deleted()])
        total = total_of([self._sum(root, sums, known), once])
        self._keep()
        return total

    def remarks(self) -> tuple[str, ...]:
        """What the user should know of where the answer comes from."""
        counted = (
            (self._included, "deleted sessions are included, as they were when last read"),
            (
                self._left_out,
                "deleted sessions are left out: nothing is known of them in this view",
            ),
        )
        remarks = [f"{number:,} {what}" for number, what in counted if number]
        return (*remarks, *filter(None, [TROUBLES.get(self._store.trouble)]))

    def _keep(self) -> None:
        """Write what is new."""
        if self._rows or self._found.forget:
            self._store.keep(self._rows, self._found.forget)

    # --- digests -----------------------------------------------------------------------------

    def _deleted(self) -> list[Digest]:
        """What is known of sessions that are gone, and of whose calls no other session has copies."""
        if not self._work.query.deleted:
            return []
        units = [
            unit
            for unit in self._found.gone
            if not self._work.project_of(unit.cwds)[1] and not unit.shared
        ]
        slots = [(self._slot_of(-1, unit), unit) for unit in units]
        kept = self._store.find({slot.place: slot.key for slot, _ in slots if slot.place})
        found = [(kept[slot.place], unit) for slot, unit in slots if slot.place in kept]
        self._included, self._left_out = len(found), len(units) - len(found)
        return [_decoded(value, unit, deleted=True) for value, unit in found]

    def _slot(self, index: int) -> Slot:
        unit = self._found.units[index]
        return self._slot_of(index, unit) if unit else Slot(index, b"", b"", b"")

    def _slot_of(self, index: int, unit: Unit) -> Slot:
        context = self._work.context(unit.started, unit.ended)
        shown = self._work.shown(unit.cwds, unit.lasting)
        place = context + unit.number if context else b""
        return Slot(index, unit.number, place, stand_in(unit.version, shown))

    def _may_count(self, index: int) -> bool:
        """Whether a session can be part of the answer: one of another project is not, nor its account."""
        unit = self._found.units[index]
        return unit is None or not unit.cwds or not self._work.project_of(unit.cwds)[1]

    def _elsewhere(self, index: int) -> Digest:
        unit = self._found.units[index]
        cwds = unit.cwds if unit else ()
        return Digest(project=self._work.project_label(cwds), dropped="project", facts=Facts(cwds))

    def _known(self, slots: Iterable[Slot]) -> dict[int, Digest]:
        """The digests of slots by index: made before, remembered, or read now with their families."""
        slots = list(slots)
        known = {slot.at: self._made[slot.at] for slot in slots if slot.at in self._made}
        wanted = [slot for slot in slots if slot.at not in known]
        kept = self._store.find({slot.place: slot.key for slot in wanted if slot.place})
        for slot in wanted:
            unit, value = self._found.units[slot.at], kept.get(slot.place)
            if unit is not None and value is not None:
                known[slot.at] = _decoded(value, unit)
        missing = [slot.at for slot in wanted if slot.at not in known]
        if missing:
            sets = {tuple(self._found.family(index)) for index in missing}
            read = dict(read_sets(sorted(sets), self._found.groups, self._work, self._told))
            self._made.update(read)
            self._rows += self._digest_rows(read)
            known.update((index, read[index]) for index in missing)
        return known

    def _digest_rows(self, made: dict[int, Digest]) -> list[Row]:
        return [
            Row(slot.place, slot.key, _encoded(digest), slot.number)
            for index, digest in made.items()
            if (slot := self._slots[index]).place and self._may_count(index)
        ]

    # --- sums --------------------------------------------------------------------------------

    def _kept_sums(self, root: Node) -> dict[bytes, Total]:
        """The sums that are kept, by their node's place: as few as the whole can be made of."""
        sums: dict[bytes, Total] = {}
        level = [root]
        while level:
            kept = self._store.find({node.place: node.key for node in level})
            sums.update((k, msgspec.msgpack.decode(v, type=Total)) for k, v in kept.items())
            level = [child for node in level if node.place not in kept for child in node.children()]
        return sums

    def _sum(self, node: Node, sums: Mapping[bytes, Total], known: Mapping[int, Digest]) -> Total:
        """The sum of a node; one that was not kept is made of those below."""
        if node.place in sums:
            return sums[node.place]
        below = node.children()
        if below:
            total = total_of([self._sum(child, sums, known) for child in below])
        else:
            total = total_of_digests(known[slot.at] for slot in node.slots)
        if len(self._made) <= FEW:
            self._rows.append(Row(node.place, node.key, msgspec.msgpack.encode(total), SUM))
        return total


def _leaves(node: Node, sums: Mapping[bytes, Total]) -> Iterator[Node]:
    """The leaves below a node that no kept sum stands for."""
    if node.place in sums:
        return
    below = node.children()
    if not below:
        yield node
    for child in below:
        yield from _leaves(child, sums)


def _encoded(digest: Digest) -> bytes:
    """A digest without what the catalog keeps, sealed."""
    return msgspec.msgpack.encode(msgspec.structs.replace(digest, id="", facts=Facts()))


def _decoded(value: bytes, unit: Unit, *, deleted: bool = False) -> Digest:
    """A kept digest, with what the catalog knows of its session."""
    digest = msgspec.msgpack.decode(value, type=Digest)
    digest.id, digest.deleted = unit.session, deleted
    digest.facts = Facts(unit.cwds, unit.started, unit.ended, unit.lasting)
    return digest
