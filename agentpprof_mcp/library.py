"""Digests and their totals, remembered: what was made once of the same files is not made again.

A digest is kept under what it is about (a session, and how it is looked at) and what it was made of (the
version of the session, the project that it is shown in, its given tags). Sums of digests are kept too, in
a tree by session, so that a question about everything costs what has changed since the last one.
"""

from collections.abc import Iterator, Mapping, Sequence

from agentpprof_mcp.cachefile import DAMAGED
from agentpprof_mcp.digest import Digest, Facts, Made
from agentpprof_mcp.index import Row, Store, Unit, stand_in
from agentpprof_mcp.model import Session
from agentpprof_mcp.packing import pack, unpack
from agentpprof_mcp.reading import Told, read_sets
from agentpprof_mcp.survey import Survey
from agentpprof_mcp.totals import Summing, Total, total_of, total_of_digests
from agentpprof_mcp.tree import Node, Slot, tree
from agentpprof_mcp.work import Work

__all__ = ["Library"]

SUM = b"sum"
"""The owner of kept sums."""


class Library:
    """The sessions of a survey, in the view of a `Work`."""

    def __init__(self, found: Survey, store: Store, work: Work, told: Told) -> None:
        self._found = found
        self._store = store
        self._work = work
        self._told = told
        self._unread = {at: unit for at, unit in _there(found) if unit.cwds and self._gate(unit)}
        self._slots = [
            self._slot(at, None if at in self._unread else unit)
            for at, unit in enumerate(found.units)
        ]
        self._made: dict[int, Made] = {}
        self._rows = list(found.rows)
        self._note(found.made)

    def digests(self) -> list[Digest]:
        """The digest of every session; of one that is left out unseen only what the index tells."""
        known = self._known([slot for slot in self._slots if slot.at not in self._unread])
        self._keep()
        return [
            self._left_out(self._unread[at]) if at in self._unread else known[at].digest()
            for at in range(len(self._slots))
        ]

    def total(self, summing: Summing) -> Total:
        """The sum of all digests, without those of sessions that are left out unseen.

        It is of the way in which the survey has summed what it read, if it did.

        Sums are kept from the second time on that somebody asks: what is read but once needs none, and
        most sums of a history of which most was read now would be new.
        """
        found = self._found
        if found.total is not None and len(found.made) == len(self._slots):
            self._keep()
            return found.total  # those that are left out have added nothing to it
        slots = [slot for slot in self._slots if slot.at not in self._unread]
        if 2 * sum(slot.at in self._made for slot in slots) >= len(slots):
            known = self._known(slots)
            self._keep()
            return total_of_digests((known[slot.at].digest() for slot in slots), summing)
        single = [slot for slot in slots if not slot.place]
        scope = stand_in(summing.name, self._work.scope())
        root = tree(scope, [slot for slot in slots if slot.place])
        sums = self._kept_sums(root)
        known = self._known([*single, *(slot for leaf in root.leaves(sums) for slot in leaf.slots)])
        total = self._sum(root, sums, known, summing)
        self._keep()
        rest = total_of_digests((known[slot.at].digest() for slot in single), summing)
        return total_of([total, rest])

    def deleted(self) -> tuple[list[Digest], list[str]]:
        """Digests of sessions whose files are gone, and what to say of those that have to be left out."""
        gone = [unit for unit in self._found.gone if not self._gate(unit)]
        alone = [unit for unit in gone if not unit.shared]
        slots = [self._slot(at, unit) for at, unit in enumerate(alone)]
        digests = [made.digest() for made in self._remembered(slots, alone).values()]
        for digest in digests:
            digest.deleted = True
        left_out = (
            (len(alone) - len(digests), "nothing is known of them in this view"),
            (len(gone) - len(alone), "others have copies of their calls"),
        )
        remarks = [f"deleted sessions left out, as {why}: {n:,}" for n, why in left_out if n]
        return digests, remarks

    def _left_out(self, unit: Unit) -> Digest:
        """The digest of a session that is left out for its project or time."""
        session = Session(
            unit.session, unit.agent, cwds=list(unit.cwds), started=unit.started, ended=unit.ended
        )
        digest = self._work.unread(session)
        digest.facts = _facts_of(unit)
        return digest

    def _gate(self, unit: Unit) -> str:
        """Why a session is left out for its project or time; empty if it is not."""
        return self._work.gate(unit.cwds, unit.started, unit.ended)[1]

    def _keep(self) -> None:
        """Write what is new; that sums alone could not be written is no trouble, unless to the file."""
        if self._rows or self._found.forget:
            before = self._store.trouble
            self._store.keep(self._rows, self._found.forget)
            needless = not self._found.forget and all(row.owner == SUM for row in self._rows)
            if needless and self._store.trouble != DAMAGED:
                self._store.trouble = before
            self._rows, self._found.forget = [], []

    # --- digests -----------------------------------------------------------------------------

    def _slot(self, at: int, unit: Unit | None) -> Slot:
        """Where the digest of a session is kept; nowhere if only a part of it may be selected."""
        if unit is None or not self._work.query.selection.spans(unit.started, unit.ended):
            return Slot(at, b"", b"", b"")
        shown = self._work.shown(unit.cwds, unit.lasting)
        key = unit.version + shown + unit.maker.encode()
        return Slot(at, unit.number, self._work.look + unit.number, key)

    def _known(self, slots: Sequence[Slot]) -> dict[int, Made]:
        """The digests of slots by index: made before, remembered, or read now with their families."""
        known = {slot.at: self._made[slot.at] for slot in slots if slot.at in self._made}
        wanted = [slot for slot in slots if slot.at not in known]
        known.update(self._remembered(wanted, self._found.units))
        missing = [slot.at for slot in wanted if slot.at not in known]
        if missing:
            sets = {tuple(self._found.family(at)) for at in missing}
            read = dict(read_sets(sorted(sets), self._found.groups, self._work, self._told))
            self._note(read)
            known.update((at, read[at]) for at in missing)
        return known

    def _remembered(self, slots: Sequence[Slot], units: Sequence[Unit | None]) -> dict[int, Made]:
        """The kept digests of slots, by index, with what is known of their sessions."""
        kept = self._store.find({slot.place: slot.key for slot in slots if slot.place})
        found = {}
        for slot in slots:
            unit, value = units[slot.at], kept.get(slot.place)
            if unit is not None and value is not None:
                made = Made(unit.session, "", True, _facts_of(unit), value)
                if self._work.query.selection.ranged:
                    made = Made.of(made.digest())  # what is in it matters to `_lasts`
                if self._lasts(made):
                    found[slot.at] = made
        return found

    def _note(self, made: Mapping[int, Made]) -> None:
        """Take note of digests that were made now, to keep those that will be good again."""
        self._made.update(made)
        for at, digest in made.items():
            slot = self._slots[at]
            if slot.place and at not in self._unread and self._lasts(digest):
                self._rows.append(Row(slot.place, slot.key, digest.body, slot.number))

    def _lasts(self, made: Made) -> bool:
        """Whether a digest is the same for all ranges of time that its session lies within.

        One without events is not: it is left out of every range, but for that alone it is not left out.
        """
        selection = self._work.query.selection
        if not selection.ranged or selection.prompt_tags or made.dropped in {"copied", "project"}:
            return True
        return made.events

    # --- sums --------------------------------------------------------------------------------

    def _kept_sums(self, root: Node) -> dict[bytes, Total]:
        """The sums that are kept, by their node's place: as few as the whole can be made of."""
        sums: dict[bytes, Total] = {}
        level = [root]
        while level:
            kept = self._store.find({node.place: node.key for node in level})
            sums.update((place, unpack(value, Total)) for place, value in kept.items())
            level = [child for node in level if node.place not in kept for child in node.children]
        return sums

    def _sum(
        self, node: Node, sums: Mapping[bytes, Total], known: Mapping[int, Made], summing: Summing
    ) -> Total:
        """The sum of a node; one that was not kept is made of those below, and kept."""
        if node.place in sums:
            return sums[node.place]
        if node.children:
            total = total_of(self._sum(child, sums, known, summing) for child in node.children)
        else:
            total = total_of_digests((known[slot.at].digest() for slot in node.slots), summing)
        self._rows.append(Row(node.place, node.key, pack(total), SUM))
        return total


def _there(found: Survey) -> Iterator[tuple[int, Unit]]:
    """The units of the sessions that can be read, by index."""
    return ((at, unit) for at, unit in enumerate(found.units) if unit is not None)


def _facts_of(unit: Unit) -> Facts:
    return Facts(unit.cwds, unit.started, unit.ended, unit.lasting)
