"""Where Claude Code keeps its files, and which belong together.

Three generations of sub-agent files: records inside the parent's file; `agent-<id>.jsonl` beside it
(the parent's id is inside); `<session>/subagents/**/agent-<id>.jsonl`. `journal.jsonl` is no
transcript.
"""

import io
import re
from collections.abc import Mapping
from contextlib import suppress
from itertools import islice
from pathlib import Path

import msgspec

from agentpprof_mcp.decoding import json_decoder
from agentpprof_mcp.model import Reconciliation
from agentpprof_mcp.readers.base import File, Group, Heads
from agentpprof_mcp.readers.claude.wire import DECODER
from agentpprof_mcp.readers.framing import folder_of, head_of_file, name_of, walk
from agentpprof_mcp.readers.lines import iso_ms, read_records

__all__ = ["Head", "Meta", "agent_id", "discover", "head_of", "meta_of", "root_of"]

AGENT_FILE = re.compile(r"agent-(.+)\.jsonl(?:\.zst)?")
META_LIMIT = 1 << 16
HEAD_RECORDS = 32
HEAD_BYTES = 1 << 14
HISTORY = (".jsonl", ".jsonl.zst")
META = ".meta.json"


class Meta(msgspec.Struct):
    """What `agent-<id>.meta.json` says of a sub-agent."""

    agentType: str = ""  # noqa: N815  the name on the wire
    toolUseId: str = ""  # noqa: N815


class First(msgspec.Struct):
    """What tells one file's first record from another's."""

    uuid: str = ""


META_FILE = json_decoder(Meta)
FIRST = json_decoder(First)


class Head(msgspec.Struct, frozen=True):
    """What a file's first records say of the whole: whose it is, and when it begins (ms)."""

    session: str
    subagent: bool
    at: int


def root_of(home: Path, environ: Mapping[str, str]) -> Path:
    """The folder that Claude Code uses: its own variable, else `~/.claude`."""
    given = environ.get("CLAUDE_CONFIG_DIR", "")
    return Path(given) if given else home / ".claude"


def agent_id(path: str) -> str:
    """The sub-agent's id in a file name; empty for a main thread's file."""
    match = AGENT_FILE.fullmatch(name_of(path))
    return match[1] if match else ""


def head_of(path: str) -> Head:
    """Look at a file's first records. Raises `OSError` when it cannot be opened."""
    session, subagent = "", bool(agent_id(path))
    for record in islice(read_records(path, DECODER, Reconciliation()), HEAD_RECORDS):
        session = session or record.sessionId
        if record.uuid:
            subagent = subagent or bool(record.isSidechain and record.agentId)
            return Head(session, subagent, iso_ms(record.timestamp))
    return Head(session, subagent, 0)


def _meta_path(path: str) -> str:
    """What stands beside a sub-agent's file about it."""
    return path.removesuffix(".zst").removesuffix(".jsonl") + META


def meta_of(path: str) -> Meta:
    """What stands beside a sub-agent's file about it; empty when there is nothing readable."""
    try:
        return META_FILE.decode(head_of_file(_meta_path(path), META_LIMIT))
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return Meta()


def discover(root: Path, heads: Heads, account: Reconciliation) -> list[Group]:
    """Sessions below `root` (the configuration folder, or its `projects`), sub-agents with theirs."""
    projects = root / "projects"
    mains: dict[tuple[str, str], File] = {}
    agents: dict[tuple[str, str], list[File]] = {}
    metas: dict[str, File] = {}
    for path, stamp in walk(projects if projects.is_dir() else root, account):
        name = name_of(path)
        if name.endswith(META):
            metas[path] = File(path, stamp)
        elif not name.endswith(HISTORY) or name == "journal.jsonl":
            continue
        elif agent_id(path):
            folder, session = _parent_of(path)
            file = heads.of(path, stamp, _nothing if session else _session_in)
            agents.setdefault((folder, session or file.head[0]), []).append(file)
        else:
            key = folder_of(path), name.split(".jsonl")[0]
            if key not in mains or not mains[key].stamp.size:  # the plain file before its twin
                mains[key] = heads.of(path, stamp, _first_uuid)
    keys = sorted(mains.keys() | agents.keys())
    return [_group(mains.get(key), agents.get(key, []), metas) for key in keys]


def _group(main: File | None, agents: list[File], metas: Mapping[str, File]) -> Group:
    histories = [*([main] if main else []), *agents]
    beside = [metas[name] for file in agents if (name := _meta_path(file.path)) in metas]
    return Group(
        "claude",
        main.path if main else None,
        tuple(file.path for file in agents),
        sum(file.stamp.size for file in histories),
        main.head[0] if main else "",
        (*histories, *beside),
    )


def _nothing(_path: str) -> tuple[str, ...]:
    """Look at nothing: where the file lies says all."""
    return ()


def _first_uuid(path: str) -> tuple[str, ...]:
    """The uuid of a file's first record, which a fork copies; empty when its head has none."""
    try:
        head = head_of_file(path, HEAD_BYTES)
    except OSError:
        return ("",)
    for line in io.BytesIO(head):
        with suppress(msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            uuid = FIRST.decode(line).uuid
            if uuid:
                return (uuid,)
    return ("",)


def _session_in(path: str) -> tuple[str, ...]:
    """The session that a sub-agent's file beside the main ones belongs to, by its records."""
    try:
        return (head_of(path).session,)
    except OSError:
        return ("",)


def _parent_of(path: str) -> tuple[str, str]:
    """(folder, session id) of the main file of a sub-agent's; its place may not tell the id."""
    above = folder_of(path)
    while name := name_of(above):
        above = folder_of(above)
        if name == "subagents":
            return folder_of(above), name_of(above)
    return folder_of(path), ""
