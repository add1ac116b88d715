"""What every reader offers, and what a reader of JSON lines needs of others.

`Agent` is the interface: one file per agent implements it, `readers.READERS` lists them. `framing`
gets lines out of files, `lines` gets records out of lines.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

from agentpprof_mcp.model import Reconciliation, Session

__all__ = ["Agent", "Group", "Wants"]


class Wants(NamedTuple):
    """What a question needs of a session beyond its calls; the rest is not computed."""

    effects: bool = True
    """Effects of every tool call, commands parsed."""
    files: bool = True
    """Effects of native tools, which name their files outright. Implied by `effects`."""


class Group(NamedTuple):
    """The files of one session: its main thread, and those of the sub-agents that it started.

    `main` is None when only files of sub-agents are left. `size` is in bytes, to balance workers.
    Groups with the same `root` begin with the same record: one is probably a fork of the other.
    """

    agent: str
    main: Path | None
    subagents: tuple[Path, ...] = ()
    size: int = 0
    root: str = ""


class Agent(Protocol):
    """One agent's history on disk."""

    name: str

    def default_root(self, home: Path, environ: Mapping[str, str]) -> Path:
        """Where this agent keeps its history unless told otherwise."""
        ...

    def discover(self, root: Path, account: Reconciliation) -> list[Group]:
        """All sessions below `root` in a stable order; what cannot be listed is counted."""
        ...

    def group(self, paths: Sequence[Path]) -> list[Group]:
        """Put files that were named one by one together, by what they say inside."""
        ...

    def sniff(self, head: bytes) -> bool | None:
        """Whether a file that begins so is this agent's; None when these bytes do not tell."""
        ...

    def read(self, group: Group, wants: Wants) -> Session:
        """Read one session. Damage is counted in its `reconciliation` and never fatal.

        Raises `OSError` only when the main file cannot be opened.
        """
        ...
