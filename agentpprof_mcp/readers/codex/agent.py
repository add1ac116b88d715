"""Codex as an agent: where its history is, and what is done with it, loaded when it is needed."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from agentpprof_mcp.model import Reconciliation, Session
from agentpprof_mcp.readers.base import Group, Heads, Wants

__all__ = ["CODEX"]


class Codex:
    """Codex's history; see `readers.base.Agent`."""

    name = "codex"

    def default_root(self, home: Path, environ: Mapping[str, str]) -> Path:
        """`$CODEX_HOME`, else `~/.codex`."""
        given = environ.get("CODEX_HOME", "").strip()
        return Path(given) if given else home / ".codex"

    def discover(self, root: Path, heads: Heads, account: Reconciliation) -> list[Group]:
        """All sessions below `root`; see `layout`."""
        from agentpprof_mcp.readers.codex.layout import discover  # noqa: PLC0415

        return discover(root, heads, account)

    def group(self, paths: Sequence[str]) -> list[Group]:
        """Put files that were named one by one together: sub-agents with their main thread."""
        from agentpprof_mcp.readers.codex.layout import group  # noqa: PLC0415

        return group(paths)

    def sniff(self, head: bytes) -> bool | None:
        """Whether a file that begins so is Codex's; see `heads`."""
        from agentpprof_mcp.readers.codex.heads import sniff  # noqa: PLC0415

        return sniff(head)

    def read(self, group: Group, wants: Wants) -> Session:
        """Read one session; see `readers.base.Agent.read`."""
        from agentpprof_mcp.readers.codex.session import read_session  # noqa: PLC0415

        return read_session(group, wants)


CODEX = Codex()
