"""Tables of text, and the list of sessions as one: the same for people and for models."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, tzinfo

from agentpprof_mcp.digest import Digest

__all__ = ["aligned", "moment", "sessions_table"]

WORDS = ("session", "agent", "project", "tag", "ended")
NUMBERS = ("prompts", "calls", "tools", "errors", "tokens")


def moment(at: int, zone: tzinfo) -> str:
    """ISO 8601 of milliseconds since the epoch, to the second; empty when unknown."""
    if not at:
        return ""
    return datetime.fromtimestamp(at / 1000, UTC).astimezone(zone).isoformat(timespec="seconds")


def sessions_table(sessions: Iterable[Digest], zone: tzinfo) -> str:
    """A line for each session below the headings, numbers aligned to the right."""
    rows: list[Sequence[str]] = [WORDS + NUMBERS]
    rows += [
        (
            digest.handle,
            digest.agent,
            digest.project,
            digest.tag,
            moment(digest.ended, zone)[:16].replace("T", " ") + " deleted" * digest.deleted,
            f"{digest.prompts:,}",
            f"{digest.counts.calls:,}",
            f"{sum(digest.counts.tools.values()):,}",
            f"{digest.counts.errors:,}",
            f"{digest.counts.tokens.total:,}",
        )
        for digest in sessions
    ]
    return aligned(rows, left=len(WORDS))


def aligned(rows: Sequence[Sequence[str]], *, left: int) -> str:
    """Lines of cells, the first `left` of each aligned to the left and the others to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = (
        "  ".join(
            cell.rjust(width) if place >= left else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )
    return "\n".join(lines) + "\n"
