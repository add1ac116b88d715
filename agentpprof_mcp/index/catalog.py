"""What is known of each session of a root without opening its files."""

from collections.abc import Iterable

import msgspec

from agentpprof_mcp.index.seal import sealed
from agentpprof_mcp.index.store import Row, Store, stand_in
from agentpprof_mcp.readers import File

__all__ = ["Catalog", "Unit"]


class Unit(msgspec.Struct, array_like=True):
    """A session as it was when it was last read.

    `name` is the path of its main file, `session` its id. `number` stands for the name, `version` for the content of its files and of those that it shares
    calls with, which have the same `family`. `cwds`, `started` and `ended` (milliseconds) are those of
    its records, before anything was selected. `gone` is when its files were first missed; its calls are
    `shared` if a session that is still there has copies of them, which are now that session's own.
    """

    name: str
    session: str
    number: bytes
    files: tuple[File, ...]
    family: bytes
    version: bytes
    cwds: tuple[str, ...]
    started: int
    ended: int
    lasting: str
    gone: int = 0
    shared: bool = False


class Catalog:
    """The units of one agent's root, by name."""

    def __init__(self, store: Store, agent: str, root: str) -> None:
        """Load what is kept; nothing where nothing is, or where it cannot be read."""
        self._place = stand_in("catalog", agent, root)
        self._store = store
        kept = store.find({self._place: b""}).get(self._place)
        self.units: dict[str, Unit] = {}
        if kept:
            plain = sealed(kept, store.secret(), self._place)
            units = msgspec.msgpack.decode(plain, type=list[Unit])
            self.units = {unit.name: unit for unit in units}

    def row(self, units: Iterable[Unit]) -> Row:
        """What to keep for these units to be the catalog."""
        ordered = sorted(units, key=lambda unit: unit.name)
        value = msgspec.msgpack.encode(ordered)
        return Row(self._place, b"", sealed(value, self._store.secret(), self._place))
