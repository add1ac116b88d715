"""The list of sessions for programs, in the schema `agentpprof-sessions/1`.

{"schema", "sessions": [{"id", "agent", "project", "models", "tag", "started", "ended", "prompts", "calls",
 "tools", "errors", "files_read", "files_edited", "subagents", "tokens", "embedded"}], "reconciliation"}
"""

from datetime import tzinfo

import msgspec

from agentpprof_mcp.collect import Sessions
from agentpprof_mcp.digest import Counts, Digest
from agentpprof_mcp.tables import moment
from agentpprof_mcp.writers.base import account_fields

__all__ = ["sessions_json"]


def sessions_json(found: Sessions, zone: tzinfo) -> bytes:
    """The list of sessions for programs, in the schema `agentpprof-sessions/1`."""
    document = {
        "schema": "agentpprof-sessions/1",
        "sessions": [_document(digest, zone) for digest in found.sessions],
        "reconciliation": account_fields(found.reconciliation),
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"


def _document(digest: Digest, zone: tzinfo) -> dict[str, object]:
    counts = _counted(digest.counts)
    return {
        "id": digest.handle,
        "agent": digest.agent,
        "project": digest.project,
        "models": list(digest.models),
        "tag": digest.tag,
        "started": moment(digest.started, zone),
        "ended": moment(digest.ended, zone),
        "prompts": digest.prompts,
        "calls": counts["calls"],
        "tools": counts["tools"],
        "errors": counts["errors"],
        "files_read": digest.files_read,
        "files_edited": digest.files_edited,
        "subagents": digest.subagents,
        "tokens": counts["tokens"],
        "embedded": _counted(digest.embedded),
        **({"deleted": True} if digest.deleted else {}),
    }


def _counted(counts: Counts) -> dict[str, object]:
    """Counts by name, tools in the order of theirs."""
    return {
        "calls": counts.calls,
        "tools": dict(sorted(counts.tools.items())),
        "errors": counts.errors,
        "tokens": msgspec.structs.asdict(counts.tokens),
    }
