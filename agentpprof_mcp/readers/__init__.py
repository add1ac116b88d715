"""Readers: one agent's files to sessions. A new agent is one module here and one entry in `READERS`."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from agentpprof_mcp.errors import InputError
from agentpprof_mcp.model import Reconciliation
from agentpprof_mcp.readers.base import Agent, File, Group, Heads, Wants
from agentpprof_mcp.readers.claude import CLAUDE
from agentpprof_mcp.readers.codex import CODEX
from agentpprof_mcp.readers.framing import head_of_file

__all__ = [
    "READERS",
    "Agent",
    "File",
    "Group",
    "Heads",
    "Wants",
    "discover",
    "named",
    "reader_of",
]

READERS: tuple[Agent, ...] = (CLAUDE, CODEX)


def reader_of(agent: str) -> Agent:
    """The reader of an agent by its name."""
    return next(reader for reader in READERS if reader.name == agent)


def discover(
    roots: Mapping[str, Path], heads: Mapping[str, Heads], account: Reconciliation
) -> list[Group]:
    """The sessions of every agent that has a root here. `heads` are by agent what is known of theirs."""
    groups: list[Group] = []
    for reader in READERS:
        if reader.name in roots:
            known = heads.get(reader.name) or Heads()
            groups += reader.discover(roots[reader.name], known, account)
    return groups


def named(paths: Iterable[Path]) -> list[Group]:
    """The sessions in files that the user named, recognised by content, each file once.

    Raises `InputError` for a file that cannot be read, is empty, or is no agent's history.
    """
    by_agent: dict[str, list[str]] = {}
    seen: set[str] = set()
    for path in paths:
        try:
            real = str(path.resolve(strict=True))
            head = head_of_file(real)
        except OSError as error:
            reason = error.strerror or str(error)
            raise InputError(f"cannot read session file {path}: {reason}") from None
        if real in seen:
            continue
        seen.add(real)
        by_agent.setdefault(_recognise(path, head), []).append(real)
    return [
        group
        for reader in READERS
        if reader.name in by_agent
        for group in reader.group(by_agent[reader.name])
    ]


def _recognise(path: Path, head: bytes) -> str:
    if not head.strip():
        raise InputError(f"session file {path} is empty")
    for reader in READERS:
        if reader.sniff(head):
            return reader.name
    known = " or ".join(reader.name for reader in READERS)
    raise InputError(f"session file {path} holds no record of {known}")
