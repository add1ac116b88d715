"""What every reader offers, and what a reader of JSON lines needs of others.

`Agent` is the interface: one file per agent implements it, `readers.READERS` lists them. `framing`
gets lines out of files, `lines` gets records out of lines.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

import msgspec

from agentpprof_mcp.model import Reconciliation, Session
from agentpprof_mcp.readers.framing import Stamp

__all__ = ["Agent", "File", "Group", "Heads", "Wants"]


class Wants(msgspec.Struct, frozen=True):
    """What a question needs of a session beyond its calls; the rest is not computed."""

    effects: bool = True
    """Effects of every tool call, commands parsed."""
    files: bool = True
    """Effects of native tools, which name their files outright. Implied by `effects`."""


class File(msgspec.Struct, array_like=True, frozen=True):
    """A discovered file as it is now; `head` is what its first records say, in its reader's words."""

    path: str
    stamp: Stamp
    head: tuple[str, ...] = ()


class Heads:
    """Looks into the heads of files, and not again into those that are as they were.

    `known` are files as they were when they were looked at.
    """

    def __init__(self, known: Iterable[File] = ()) -> None:
        self._known = {file.path: file for file in known}

    def of(self, path: str, stamp: Stamp, look: Callable[[str], tuple[str, ...]]) -> File:
        """The file, with what `look` finds in its head."""
        known = self._known.get(path)
        return known if known and known.stamp == stamp else File(path, stamp, look(path))


class Group(msgspec.Struct, frozen=True):
    """The files of one session: its main thread, and those of the sub-agents that it started.

    `main` is None when only files of sub-agents are left. `size` is in bytes, to balance workers.
    Groups with the same `root` begin with the same record: one is probably a fork of the other.
    `files` is everything on disk that the session is read from, where it was discovered and not named.
    """

    agent: str
    main: str | None
    subagents: tuple[str, ...] = ()
    size: int = 0
    root: str = ""
    files: tuple[File, ...] = ()


class Agent(Protocol):
    """One agent's history on disk."""

    name: str

    def default_root(self, home: Path, environ: Mapping[str, str]) -> Path:
        """Where this agent keeps its history unless told otherwise."""
        ...

    def discover(self, root: Path, heads: Heads, account: Reconciliation) -> list[Group]:
        """All sessions below `root` in a stable order; what cannot be listed is counted."""
        ...

    def group(self, paths: Sequence[str]) -> list[Group]:
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
