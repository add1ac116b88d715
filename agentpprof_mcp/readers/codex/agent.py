"""Codex as an agent: where its history is, and what belongs together; reading is loaded when it is needed."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from agentpprof_mcp.model import Reconciliation, Session
from agentpprof_mcp.readers.base import Group, Heads, Wants
from agentpprof_mcp.readers.codex.heads import sniff
from agentpprof_mcp.readers.codex.layout import discover, group, root_of

__all__ = ["CODEX"]


class Codex:
    """Codex's history; see `readers.base.Agent`."""

    name = "codex"

    def default_root(self, home: Path, environ: Mapping[str, str]) -> Path:
        """`$CODEX_HOME`, else `~/.codex`."""
        return root_of(home, environ)

    def discover(self, root: Path, heads: Heads, account: Reconciliation) -> list[Group]:
        """All sessions below `root`; see `layout`."""
        return discover(root, heads, account)

    def group(self, paths: Sequence[str]) -> list[Group]:
        """Put files that were named one by one together: sub-agents with their main thread."""
        return group(paths)

    def sniff(self, head: bytes) -> bool | None:
        """Whether a file that begins so is Codex's; see `heads`."""
        return sniff(head)

    def read(self, group: Group, wants: Wants) -> Session:
        """Read one session; see `readers.base.Agent.read`."""
        from agentpprof_mcp.readers.codex.session import read_session  # noqa: PLC0415

        return read_session(group, wants)


CODEX = Codex()
