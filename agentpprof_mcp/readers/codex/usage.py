"""Which token reports are model calls: each response once.

A `token_count` event repeats the thread's total and says what the last response took. It tells of a
call only if the total moved: events are written again after a compaction and on resuming. Newer files
have a `token_usage_record` per response beside it: of two reports of the same usage the second is an
echo, whichever comes first.
"""

from collections import Counter

from agentpprof_mcp.model import Tokens
from agentpprof_mcp.readers.codex.records import TokenInfo, Usage

__all__ = ["Meter", "tokens_of"]


def tokens_of(usage: Usage) -> Tokens:
    """Split reported usage into disjoint kinds. Codex reports no cache writes."""
    cached = usage.cached_input_tokens
    return Tokens(max(0, usage.input_tokens - cached), usage.output_tokens, cached)


class Meter:
    """Reads one thread's reports. A copied prefix goes through it too: it leaves the baseline."""

    def __init__(self) -> None:
        """Start from a total of nothing."""
        self.total = Usage()
        self.recorded: Counter[tuple[int, int, int]] = Counter()
        self.counted: tuple[int, int, int] | None = None
        self.responses: set[str] = set()

    def record(self, usage: Usage | None, response: str) -> Usage | None:
        """Usage of the call that a `token_usage_record` tells of; None if it repeats one."""
        if usage is None or response in self.responses:
            return None
        if response:
            self.responses.add(response)
        if self.counted == _parts(usage):
            self.counted = None
            return None
        self.recorded[_parts(usage)] += 1
        return usage

    def count(self, info: TokenInfo | None) -> Usage | None:
        """Usage of the call that a `token_count` tells of; None if it tells of none."""
        if info is None or info.total_token_usage is None:
            return None
        before, self.total = self.total, info.total_token_usage
        if _parts(before) == _parts(self.total):
            return None
        last = info.last_token_usage
        if last is None or not any(_parts(last)):
            last = _growth(before, self.total)
        if self.recorded[_parts(last)]:
            self.recorded[_parts(last)] -= 1
            return None
        self.counted = _parts(last)
        return last if any(_parts(last)) else None


def _parts(usage: Usage) -> tuple[int, int, int]:
    """What makes up a total. The reported sum is left out: it can be a guess of the context's size."""
    return usage.input_tokens, usage.cached_input_tokens, usage.output_tokens


def _growth(before: Usage, after: Usage) -> Usage:
    """What was added to a total; nothing where it fell."""
    added = [max(0, b - a) for a, b in zip(_parts(before), _parts(after), strict=True)]
    return Usage(added[0], added[1], added[2])
