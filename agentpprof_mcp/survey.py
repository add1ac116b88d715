"""Which sessions are as the index knows them; those that are not are read.

Sessions that share calls are a family and are settled together. A session's version therefore stands for
the files of its whole family: when one member changes, comes or goes, the others have a new version too.
"""

from collections.abc import Iterable, Mapping, Sequence

from agentpprof_mcp.digest import Made
from agentpprof_mcp.index import MAKER, Index, Row, Store, Unit, stand_in
from agentpprof_mcp.ownership import claim_of_name, families, unpacked
from agentpprof_mcp.readers import Group
from agentpprof_mcp.reading import Told, alike, read_sets
from agentpprof_mcp.totals import Tally, Total
from agentpprof_mcp.work import Work

__all__ = ["Survey", "survey"]

TICK = 20_000_000
"""Nanoseconds in which a file may change twice and show one time: the system's clock has steps."""

Claims = dict[int, Iterable[int]]


class Survey:
    """What there is: the unit of each group, None where it cannot be read, and those that are gone.

    `made` are digests of sessions that had to be read, `total` their sum if that is known, `rows` what to
    keep of it in the index, and what is kept about the owners in `forget` is out of date.
    """

    def __init__(
        self, groups: Sequence[Group], units: Sequence[Unit | None], gone: list[Unit]
    ) -> None:
        self.groups = groups
        self.units = units
        self.gone = gone
        self.made: dict[int, Made] = {}
        self.total: Total | None = None
        self.rows: list[Row] = []
        self.forget: list[bytes] = []
        self._families: dict[bytes, list[int]] = {}
        for at, unit in enumerate(units):
            if unit is not None:
                self._families.setdefault(unit.family, []).append(at)

    def family(self, index: int) -> list[int]:
        """Indexes of the sessions that one is settled with, itself included."""
        unit = self.units[index]
        return [index] if unit is None else self._families[unit.family]


def survey(
    groups: Sequence[Group], index: Index, work: Work, told: Told, tally: Tally | None = None
) -> Survey:
    """Look at every group, and read those that the index does not know as they are.

    `tally` is an empty one, if somebody wants to know what all come to.
    """
    before = [index.unit(group.agent, _name(group)) for group in groups]
    known = [_if_same(unit, group) for unit, group in zip(before, groups, strict=True)]
    absent = _absent(index, groups)
    if all(unit and not unit.gone for unit in known) and all(unit.gone for unit in absent):
        return Survey(groups, known, absent)
    claims = _kept_claims(dict(enumerate(known)), index.store)
    sets = [members for members in alike(groups) if not claims.keys() >= set(members)]
    made = dict(read_sets(sets, groups, work, told, tally))
    read_with = {index: members for members in sets for index in members}
    claims.update((i, unpacked(digest.facts.claims)) for i, digest in made.items())
    kin = _kin(claims, len(groups))
    units = _units(groups, known, made, kin, index.store.now)
    gone = _missed(absent, units, claims, index.store)
    found = Survey(groups, units, gone)
    found.made = {i: made[i] for i in made if kin[i] == read_with[i]}
    if tally is not None and len(found.made) == len(made):
        found.total = tally.whole()
    outdated = [old.number for i in made if units[i] and (old := before[i])]
    renamed = {unit.number for unit in absent} - {unit.number for unit in gone}
    found.forget = [*outdated, *renamed]
    present = [unit or old for unit, old in zip(units, before, strict=True)]
    found.rows = [*index.rows([*filter(None, present), *gone]), *_claim_rows(units, made)]
    return found


def _name(group: Group) -> str:
    """The path that a session goes by in its root."""
    return group.main or group.subagents[0]


def _absent(index: Index, groups: Sequence[Group]) -> list[Unit]:
    """The units that have no files any more."""
    names = {(group.agent, _name(group)) for group in groups}
    return [
        unit
        for agent, catalog in index.catalogs.items()
        for name, unit in catalog.units.items()
        if (agent, name) not in names
    ]


def _if_same(unit: Unit | None, group: Group) -> Unit | None:
    """The unit, if it is known and its files are as they were when we, as we are now, read them."""
    return unit if unit and unit.files == group.files and unit.maker == MAKER else None


def _kin(claims: Mapping[int, Iterable[int]], number: int) -> list[list[int]]:
    """The family of every index: its members in order."""
    kin = [[index] for index in range(number)]
    for members in families([claims[index] for index in range(number)]):
        for index in members:
            kin[index] = members
    return kin


def _units(
    groups: Sequence[Group],
    known: Sequence[Unit | None],
    made: Mapping[int, Made],
    kin: Sequence[list[int]],
    now: int,
) -> list[Unit | None]:
    """The units as they are now: those that were read anew, all with their family and version."""
    contents = [stand_in(group.files, 0 if _is_at_rest(group, now) else now) for group in groups]
    units: list[Unit | None] = []
    for index, group in enumerate(groups):
        digest: Made | None = made.get(index)
        unit: Unit | None = known[index]
        members = kin[index]
        family = stand_in([_name(groups[i]) for i in members])
        version = stand_in([contents[i] for i in members])
        if digest is None and unit is not None:
            unit.family, unit.version = family, version
            unit.gone, unit.shared = 0, False
        elif digest is not None:
            unit = _unit(group, digest, family, version, now)
        units.append(unit)
    return units


def _unit(group: Group, digest: Made, family: bytes, version: bytes, now: int) -> Unit | None:
    """A session that was read; None if it could not be."""
    if digest.dropped == "unreadable":
        return None
    name, facts = _name(group), digest.facts
    return Unit(
        agent=group.agent,
        name=name,
        session=digest.id,
        number=stand_in(group.agent, name),
        files=group.files if _is_at_rest(group, now) else (),
        family=family,
        version=version,
        cwds=facts.cwds,
        started=facts.started,
        ended=facts.ended,
        lasting=facts.lasting,
        maker=MAKER,
    )


def _is_at_rest(group: Group, now: int) -> bool:
    """Whether every later change of the files will show in their stamps."""
    return all(file.stamp.changed < now * 1_000_000 - TICK for file in group.files)


# --- sessions that are gone ------------------------------------------------------------------


def _missed(
    absent: Sequence[Unit], units: Sequence[Unit | None], claims: Claims, store: Store
) -> list[Unit]:
    """The absent units of which something is lost, marked as gone and as shared.

    Of one that was only renamed, all is there under another name. One that others have copied in part is
    shared: what belongs to whom was settled anew when it went. To have been forked from one is no copy.
    """
    if not absent:
        return []
    kept = _kept_claims(dict(enumerate(absent)), store)
    lost = set().union(*kept.values())
    there = {claim for at, held in claims.items() if units[at] for claim in held if claim in lost}
    names = {claim_of_name(unit.agent, unit.session) for unit in (*absent, *units) if unit}
    missed = []
    for at, unit in enumerate(absent):
        own = set(kept.get(at, ()))
        copied = own & there
        if not own or own != copied:
            unit.gone = unit.gone or store.now
            unit.shared = unit.shared or not own or bool(copied - names)
            missed.append(unit)
    return missed


# --- what the index keeps of it --------------------------------------------------------------


def _kept_claims(units: Mapping[int, Unit | None], store: Store) -> Claims:
    """The claims of units, by index."""
    slots = {_claims_place(unit): (index, unit) for index, unit in units.items() if unit}
    kept = store.find({place: _claims_key(unit) for place, (_, unit) in slots.items()})
    return {slots[place][0]: unpacked(value) for place, value in kept.items()}


def _claims_place(unit: Unit) -> bytes:
    return b"claims" + unit.number


def _claims_key(unit: Unit) -> bytes:
    return stand_in(unit.maker, unit.files)


def _claim_rows(units: Sequence[Unit | None], made: Mapping[int, Made]) -> Iterable[Row]:
    for index, digest in made.items():
        unit = units[index]
        if unit is not None:
            yield Row(_claims_place(unit), _claims_key(unit), digest.facts.claims, unit.number)
