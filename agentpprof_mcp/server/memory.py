"""What a server remembers between calls."""

from typing import TYPE_CHECKING

from agentpprof_mcp.memo import Memo

if TYPE_CHECKING:
    from agentpprof_mcp import service

__all__ = ["Memory"]


class Memory:
    """The last answers, by kind; bounded by sessions, samples, characters, and their number."""

    def __init__(self) -> None:
        self.sessions: Memo[service.Sessions] = Memo(4, 20_000, lambda s: len(s.sessions))
        self.profiles: Memo[service.Report] = Memo(8, 50_000, lambda r: len(r.profile.samples))
        self.texts: Memo[str] = Memo(64, 1 << 20, len)
