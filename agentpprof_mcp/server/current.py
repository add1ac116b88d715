"""Which conversation asks: what the client tells in the call, else where the call stands, else our environment.

Codex sends its thread with every call. Claude Code sends the call's id, and the session only to a server that
it starts; one that lives through `/clear` or `/resume` has an old one. So the newest transcripts are
looked at for the call, which Claude Code writes down before it is made.
"""

from collections.abc import Mapping
from pathlib import Path

import msgspec

from agentpprof_mcp.decoding import json_decoder
from agentpprof_mcp.env import Env
from agentpprof_mcp.errors import UserError
from agentpprof_mcp.model import Reconciliation
from agentpprof_mcp.readers.framing import open_history, walk

__all__ = ["current_session"]

NEWEST = 8
"""Transcripts that are looked at."""
END = 1 << 18
"""Bytes at the end of each."""
LONGEST_ID = 100


class Told(msgspec.Struct):
    """The field of a record that names its session."""

    sessionId: str = ""  # noqa: N815  the name on the wire


TOLD = json_decoder(Told)


def current_session(meta: Mapping[str, object], roots: Mapping[str, Path], env: Env) -> str:
    """The id of the session that makes a call. Raises `UserError` where no client tells it."""
    thread, call = meta.get("threadId"), meta.get("claudecode/toolUseId")
    if isinstance(thread, str) and thread:
        return thread
    written = _session_with(call, roots["claude"]) if isinstance(call, str) else ""
    known = written or env.environ.get("CLAUDE_CODE_SESSION_ID", "")
    if not known:
        raise UserError("this client does not tell which session is current; try session='last'")
    return known


def _session_with(call: str, root: Path) -> str:
    """The session whose transcript ends with a call of that id; empty where none does."""
    if not 0 < len(call) <= LONGEST_ID:
        return ""
    needle = f'"{call}"'.encode("utf-8", "replace")
    for path in _newest(root):
        for line in reversed(_end_of(path).split(b"\n")):
            if needle in line:
                try:
                    return TOLD.decode(line).sessionId
                except (msgspec.MsgspecError, UnicodeDecodeError):
                    continue
    return ""


def _newest(root: Path) -> list[str]:
    times = {path: stamp.written for path, stamp in walk(root, Reconciliation())}
    return sorted(times, key=lambda path: -times[path])[:NEWEST]


def _end_of(path: str) -> bytes:
    try:
        stream, size = open_history(path)
    except OSError:
        return b""
    with stream:
        stream.seek(max(0, size - END))
        return stream.read(END)
