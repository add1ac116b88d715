"""Where Claude Code keeps its files, and which belong together.

Three generations of sub-agent files: records inside the parent's file; `agent-<id>.jsonl` beside it
(the parent's id is inside); `<session>/subagents/**/agent-<id>.jsonl`. `journal.jsonl` is no
transcript.
"""

import re
from collections.abc import Mapping
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import msgspec

from agentpprof_mcp.model import Reconciliation
from agentpprof_mcp.readers.base import Group
from agentpprof_mcp.readers.claude.wire import DECODER
from agentpprof_mcp.readers.framing import head_of_file, walk
from agentpprof_mcp.readers.lines import iso_ms, objects, read_records

__all__ = ["Head", "Meta", "agent_id", "discover", "head_of", "meta_of", "root_of"]

AGENT_FILE = re.compile(r"agent-(.+)\.jsonl(?:\.zst)?")
META_LIMIT = 1 << 16
HEAD_RECORDS = 32
HEAD_BYTES = 1 << 14
HISTORY = (".jsonl", ".jsonl.zst")


class Meta(msgspec.Struct):
    """What `agent-<id>.meta.json` says of a sub-agent."""

    agentType: str = ""  # noqa: N815  the name on the wire
    toolUseId: str = ""  # noqa: N815


class Head(NamedTuple):
    """What a file's first records say of the whole: whose it is, and when it begins (ms)."""

    session: str
    subagent: bool
    at: int


def root_of(home: Path, environ: Mapping[str, str]) -> Path:
    """The folder that Claude Code uses: its own variable, else `~/.claude`."""
    given = environ.get("CLAUDE_CONFIG_DIR", "")
    return Path(given) if given else home / ".claude"


def agent_id(path: Path) -> str:
    """The sub-agent's id in a file name; empty for a main thread's file."""
    match = AGENT_FILE.fullmatch(path.name)
    return match[1] if match else ""


def head_of(path: Path) -> Head:
    """Look at a file's first records. Raises `OSError` when it cannot be opened."""
    session, subagent = "", bool(agent_id(path))
    for record in islice(read_records(path, DECODER, Reconciliation()), HEAD_RECORDS):
        session = session or record.sessionId
        if record.uuid:
            subagent = subagent or bool(record.isSidechain and record.agentId)
            return Head(session, subagent, iso_ms(record.timestamp))
    return Head(session, subagent, 0)


def meta_of(path: Path) -> Meta:
    """What stands beside a sub-agent's file about it; empty when there is nothing readable."""
    try:
        with path.with_name(f"agent-{agent_id(path)}.meta.json").open("rb") as stream:
            return msgspec.json.decode(stream.read(META_LIMIT), type=Meta)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return Meta()


def discover(root: Path, account: Reconciliation) -> list[Group]:
    """Sessions below `root` (the configuration folder, or its `projects`), sub-agents with theirs."""
    projects = root / "projects"
    folder = projects if projects.is_dir() else root
    mains: dict[tuple[Path, str], tuple[Path, int]] = {}
    agents: dict[tuple[Path, str], list[tuple[Path, int]]] = {}
    for path, size in walk(folder, account):
        if not path.name.endswith(HISTORY) or path.name == "journal.jsonl":
            continue
        if not agent_id(path):
            key = path.parent, path.name.split(".jsonl")[0]
            if not mains.get(key, (path, 0))[1]:  # a compressed twin gives way to the plain file
                mains[key] = (path, size)
            continue
        agents.setdefault(_owner(path), []).append((path, size))
    groups = []
    for key in sorted(mains.keys() | agents.keys()):
        main, size = mains.get(key, (None, 0))
        below = agents.get(key, [])
        total = size + sum(part for _, part in below)
        agents_files = tuple(path for path, _ in below)
        groups.append(Group("claude", main, agents_files, total, _root_of(main)))
    return groups


def _root_of(main: Path | None) -> str:
    """The uuid of a file's first record, which a fork copies; empty when its head has none."""
    if main is None:
        return ""
    try:
        head = head_of_file(main, HEAD_BYTES)
    except OSError:
        return ""
    return next((str(record["uuid"]) for record in objects(head) if "uuid" in record), "")


def _owner(path: Path) -> tuple[Path, str]:
    """(folder, session id) of the main file that a sub-agent's file belongs to."""
    for parent in path.parents:
        if parent.name == "subagents":
            return parent.parent.parent, parent.parent.name
    try:
        return path.parent, head_of(path).session
    except OSError:
        return path.parent, ""
