"""The copied history at the head of a forked thread's file, told apart from the thread's own turns.

A fork, and a sub-agent that inherits its parent's context, begin a new file: their own `session_meta`,
then the parent's records (with its `session_meta` first) written again within a moment, then their own
turns. The copies belong to the parent's file. Newer clients may only refer to the parent's history,
so being forked alone proves no copy: a turn that began after the thread did is its own.
"""

from agentpprof_mcp.readers.codex.records import Line, Payload

__all__ = ["Replay"]

BURST_MS = 1000
"""Copies follow each other faster than this."""

TIME_OF_ID = 13
"""Characters of a version 7 UUID that hold its time: the thread and turn ids of versions that fork."""


class Replay:
    """Follows one file from its head until its copied part is over."""

    def __init__(self) -> None:
        """Start before the first line."""
        self.thread = ""
        self.born = 0
        self.latest = 0
        self.copying = False
        self.over = False

    def begin(self, meta: Payload, born: int, at: int) -> None:
        """Take the file's own `session_meta`, of a thread born at `born` and written at `at` (ms)."""
        self.thread = meta.id or ""
        self.born, self.latest = born, at
        self.copying = bool(meta.forked_from_id)

    def is_copy(self, line: Line, payload: Payload, at: int) -> bool:
        """Whether a line after the first is a copy. Lines must come in file order."""
        if self.over:
            return False
        if line.type == "session_meta" and payload.id != self.thread:
            self.copying = True
        elif not self.copying or self._own(payload, at):
            self.over = True
            return False
        self.latest = at
        return True

    def _own(self, payload: Payload, at: int) -> bool:
        if payload.thread_id and payload.type == "thread_settings_applied":
            return payload.thread_id == self.thread
        if payload.turn_id and _is_timed(payload.turn_id) and _is_timed(self.thread):
            return payload.turn_id[:TIME_OF_ID] >= self.thread[:TIME_OF_ID]
        return at >= self.born and at - self.latest > BURST_MS


def _is_timed(identifier: str) -> bool:
    return len(identifier) == 36 and identifier[14] == "7"
