"""Who a thread is: its id, what kind of sub-agent it is if it is one, and whose."""

import re
from typing import NamedTuple

from agentpprof_mcp.readers.codex.records import Origin, Payload, Source
from agentpprof_mcp.readers.framing import name_of

__all__ = ["Kin", "kin_of", "stem_of", "thread_of"]

SUFFIX = re.compile(r"(\.jsonl|\.json)?(\.zst)?$")
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$", re.IGNORECASE)


class Kin(NamedTuple):
    """A thread. `subagent` is its role or purpose, empty for a main thread, which has no `parent`.

    `root` is the main thread of its tree where the file tells it.
    """

    thread: str
    subagent: str = ""
    parent: str = ""
    root: str = ""


def kin_of(meta: Payload) -> Kin:
    """What a thread's own `session_meta` says."""
    origin = meta.source.subagent if isinstance(meta.source, Source) else None
    if origin is None and meta.thread_source != "subagent":
        return Kin(meta.id or "")
    spawn = purpose = None
    if isinstance(origin, Origin):
        spawn, purpose = origin.thread_spawn, origin.other
    elif origin is not None:
        purpose = origin
    role = meta.agent_role or (spawn.agent_role if spawn else None)
    parent = meta.parent_thread_id or (spawn.parent_thread_id if spawn else None)
    root = meta.session_id if meta.session_id != meta.id else None
    return Kin(meta.id or "", role or purpose or "agent", parent or root or "", root or "")


def stem_of(path: str) -> str:
    """A file's name without what tells how it is written."""
    return SUFFIX.sub("", name_of(path))


def thread_of(path: str) -> str:
    """The thread id in a file's name; the name itself when it holds none."""
    stem = stem_of(path)
    match = UUID.search(stem)
    return match[0].lower() if match else stem
