"""Which sessions are as the index knows them; those that are not are read.

Sessions that share calls are a family and are settled together. A session's version therefore stands for
the files of its whole family: when one member changes, comes or goes, the others have a new version too.
"""

from array import array
from collections.abc import Iterable, Mapping, Sequence

from agentpprof_mcp.digest import Digest
from agentpprof_mcp.index import Index, Row, Store, Unit, stand_in
from agentpprof_mcp.ownership import families
from agentpprof_mcp.readers import Group
from agentpprof_mcp.reading import Told, alike, read_sets
from agentpprof_mcp.work import Work

__all__ = ["Survey", "survey"]


class Survey:
    """What there is: the unit of each group, None where it cannot be read, and those that are gone.

    `made` are digests of sessions that had to be read, `rows` what to keep of it in the index, and what
    is kept about the owners in `forget` is out of date.
    """

    def __init__(self, groups: Sequence[Group], units: list[Unit | None], index: Index) -> None:
        self.groups = groups
        self.units = units
        self.gone = [unit for unit in index.units() if unit.gone]
        self.made: dict[int, Digest] = {}
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


def survey(groups: Sequence[Group], index: Index, work: Work, told: Told) -> Survey:
    """Look at every group, and read those that the index does not know as they are."""
    before = [index.unit(group.agent, _name(group)) for group in groups]
    known = [_if_same(unit, group) for unit, group in zip(before, groups, strict=True)]
    lost = _lost(index, {_name(group) for group in groups})
    if all(known) and not lost:
        return Survey(groups, known, index)
    claims = _kept_claims(known, index.store)
    made, sets = _read(groups, [i for i in range(len(groups)) if i not in claims], work, told)
    claims.update((i, array("Q", digest.facts.claims)) for i, digest in made.items())
    kin = _kin(claims, len(groups))
    families_left = {unit.family for unit in before if unit}
    for unit in lost:
        unit.gone, unit.shared = index.store.now, unit.family in families_left
    units = _units(groups, known, made, kin)
    found = Survey(groups, units, index)
    found.made = {i: made[i] for i in made if kin[i] == sets[i]}
    found.forget = [old.number for i in made if (old := before[i]) is not None]
    found.rows = [*_catalog_rows(index, units, groups), *_claim_rows(units, made)]
    return found


def _lost(index: Index, names: set[str]) -> list[Unit]:
    """The units whose files are gone since the last time."""
    return [unit for unit in index.units() if unit.name not in names and not unit.gone]


def _name(group: Group) -> str:
    """The path that a session goes by in its root."""
    return str(group.main or group.subagents[0])


def _if_same(unit: Unit | None, group: Group) -> Unit | None:
    """The unit, if it is known and its files are as they were."""
    return unit if unit and unit.files == group.files and not unit.gone else None


def _read(
    groups: Sequence[Group], indexes: Sequence[int], work: Work, told: Told
) -> tuple[dict[int, Digest], dict[int, list[int]]]:
    """Digests of these groups and of those that begin alike, and with whom each was settled."""
    wanted = set(indexes)
    sets = [members for members in alike(groups) if wanted.intersection(members)]
    made = dict(read_sets(sets, groups, work, told))
    return made, {index: members for members in sets for index in members}


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
    made: Mapping[int, Digest],
    kin: Sequence[list[int]],
) -> list[Unit | None]:
    """The units as they are now: those that were read anew, all with their family and version."""
    contents = [stand_in(*group.files) for group in groups]
    units: list[Unit | None] = []
    for index, group in enumerate(groups):
        digest: Digest | None = made.get(index)
        unit: Unit | None = known[index]
        members = kin[index]
        family = stand_in(*(_name(groups[i]) for i in members))
        version = stand_in(*(contents[i] for i in members))
        if digest is None and unit is not None:
            unit.family, unit.version = family, version
        elif digest is not None and digest.dropped != "unreadable":
            name, facts = _name(group), digest.facts
            number = stand_in(group.agent, name)
            unit = Unit(
                name, digest.id, number, group.files, family, version,
                facts.cwds, facts.started, facts.ended, facts.lasting,
            )  # fmt: skip
        units.append(unit)
    return units


# --- what the index keeps of it --------------------------------------------------------------


def _kept_claims(known: Sequence[Unit | None], store: Store) -> dict[int, Iterable[int]]:
    """The claims of known units, by index."""
    slots = {_claims_place(unit): (index, unit) for index, unit in enumerate(known) if unit}
    kept = store.find({place: stand_in(*unit.files) for place, (_, unit) in slots.items()})
    return {slots[place][0]: array("Q", value) for place, value in kept.items()}


def _claims_place(unit: Unit) -> bytes:
    return b"claims" + unit.number


def _claim_rows(units: Sequence[Unit | None], made: Mapping[int, Digest]) -> Iterable[Row]:
    for index, digest in made.items():
        unit = units[index]
        if unit is not None:
            claims = array("Q", digest.facts.claims).tobytes()
            yield Row(_claims_place(unit), stand_in(*unit.files), claims, unit.number)


def _catalog_rows(
    index: Index, units: Sequence[Unit | None], groups: Sequence[Group]
) -> Iterable[Row]:
    for agent, catalog in index.catalogs.items():
        present = [u for u, group in zip(units, groups, strict=True) if u and group.agent == agent]
        gone = [unit for unit in catalog.units.values() if unit.gone]
        yield catalog.row([*present, *gone])
