"""Claude Code as an agent: where its history is, and what belongs together; reading is loaded when it is needed."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from agentpprof_mcp.model import Reconciliation, Session
from agentpprof_mcp.readers.base import Group, Heads, Wants
from agentpprof_mcp.readers.claude.layout import discover, head_of, root_of
from agentpprof_mcp.readers.lines import objects

__all__ = ["CLAUDE"]

CLAUDE_TYPES = frozenset(
    {
        "user",
        "assistant",
        "summary",
        "file-history-snapshot",
        "queue-operation",
        "attachment",
        "mode",
    }
)


class Claude:
    """Claude Code's history; see `readers.base.Agent`."""

    name = "claude"

    def default_root(self, home: Path, environ: Mapping[str, str]) -> Path:
        """`$CLAUDE_CONFIG_DIR`, else `~/.claude`."""
        return root_of(home, environ)

    def discover(self, root: Path, heads: Heads, account: Reconciliation) -> list[Group]:
        """All sessions below `root`; see `layout`."""
        return discover(root, heads, account)

    def sniff(self, head: bytes) -> bool | None:
        """Claude's records carry their type and `sessionId`, `uuid` or `leafUuid` at the top."""
        verdict = None
        for record in objects(head):
            if "payload" in record or "record_type" in record or "items" in record:
                return False
            if record.get("type") in CLAUDE_TYPES and (
                record.keys() & {"sessionId", "uuid", "leafUuid", "messageId"}
            ):
                return True
            if record.get("type"):
                verdict = False if "timestamp" not in record else verdict
        return verdict

    def group(self, paths: Sequence[str]) -> list[Group]:
        """Sub-agents' files join the main file with their session id; other mains stand alone."""
        mains: list[tuple[str, str]] = []
        agents: dict[str, list[str]] = {}
        for path in paths:
            head = head_of(path)
            if head.subagent:
                agents.setdefault(head.session, []).append(path)
            else:
                mains.append((path, head.session))
        groups = [_group(path, agents.pop(session, [])) for path, session in mains]
        return groups + [_group(None, below) for below in agents.values()]

    def read(self, group: Group, wants: Wants) -> Session:
        """Read one session; see `readers.base.Agent.read`."""
        from agentpprof_mcp.readers.claude.session import read_session  # noqa: PLC0415

        return read_session(group, wants)


def _group(main: str | None, agents: list[str]) -> Group:
    size = sum(Path(path).stat().st_size for path in (*agents, *([main] if main else [])))
    return Group("claude", main, tuple(agents), size)


CLAUDE = Claude()
