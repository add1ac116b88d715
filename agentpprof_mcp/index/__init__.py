"""The index: what was learned from history, kept while the files it came from stay as they are.

It holds file names and stamps, ids, times, numbers, working directories and labels, never text. Losing
it loses nothing but time: with and without it, every answer is the same.
"""

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from agentpprof_mcp.index.catalog import MAKER, Catalog, Unit
from agentpprof_mcp.index.store import Row, Store, stand_in
from agentpprof_mcp.readers import Heads

__all__ = ["MAKER", "Catalog", "Index", "Row", "Store", "Unit", "stand_in"]


class Index:
    """A store, and the catalogs of some agents' roots in it."""

    def __init__(self, store: Store, roots: Mapping[str, Path]) -> None:
        self.store = store
        self.catalogs = {agent: Catalog(store, agent, str(root)) for agent, root in roots.items()}

    def unit(self, agent: str, name: str) -> Unit | None:
        """What is known of a session by its name."""
        return self.catalogs[agent].units.get(name)

    def units(self) -> Iterator[Unit]:
        """All that is known, also what is gone."""
        for catalog in self.catalogs.values():
            yield from catalog.units.values()

    def rows(self, units: Collection[Unit]) -> Iterator[Row]:
        """What to write for these units to be all that is known."""
        for agent, catalog in self.catalogs.items():
            yield from catalog.rows(unit for unit in units if unit.agent == agent)

    def heads(self) -> dict[str, Heads]:
        """For each agent, the heads of its known files."""
        return {
            agent: Heads(
                file
                for unit in catalog.units.values()
                if unit.maker == MAKER
                for file in unit.files
            )
            for agent, catalog in self.catalogs.items()
        }
