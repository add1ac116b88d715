"""What is known of each session of a root without opening its files."""

import unicodedata
from collections.abc import Iterable

import msgspec

from agentpprof_mcp import __version__
from agentpprof_mcp.decoding import packed_decoder
from agentpprof_mcp.index.seal import sealed, unsealed
from agentpprof_mcp.index.store import Row, Store, stand_in
from agentpprof_mcp.readers import File

__all__ = ["MAKER", "Catalog", "Unit"]

MAKER = f"{__version__} {unicodedata.unidata_version}"
"""What reads sessions and makes labels: this version of ours, and of the characters' properties."""

EMPTY = msgspec.msgpack.encode([])


class Unit(msgspec.Struct, array_like=True):
    """A session as it was when it was last read, by which `maker`.

    `name` is the path of its main file, `session` its id. `number` stands for the name. `files` are empty
    if they may have changed since in a way that does not show. `version` stands for the content of its
    files and of those that it shares calls with, which have the same `family`. `cwds`, `started` and
    `ended` (milliseconds) are those of its records, before anything was selected; given tags are stored
    under `lasting`. `gone` is when its files were first missed (milliseconds, 0 = they are there); its
    calls are `shared` if a session that is still there has copies of some, which are now its own.
    """

    agent: str
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
    maker: str
    gone: int = 0
    shared: bool = False


UNITS = packed_decoder(list[Unit])


class Catalog:
    """The units of one agent's root, by name."""

    def __init__(self, store: Store, agent: str, root: str) -> None:
        """Load what is kept; nothing where nothing is, or where it cannot be read."""
        self._place = stand_in("catalog", agent, root)
        self._store = store
        self._kept = store.find({self._place: b""}).get(self._place, b"")
        self._plain = unsealed(self._kept, store.secret()) if self._kept else EMPTY
        units = UNITS.decode(self._plain)
        self.units = {unit.name: unit for unit in units}

    def rows(self, units: Iterable[Unit]) -> list[Row]:
        """What to write for these units to be the catalog, unless another process has changed it."""
        plain = msgspec.msgpack.encode(sorted(units, key=lambda unit: unit.name))
        if plain == self._plain:
            return []
        value = sealed(plain, self._store.secret())
        return [Row(self._place, b"", value, before=self._kept)]
