"""What a person at a terminal sees: tables, progress, and the line about what was not read."""

import sys
from collections.abc import Sequence
from datetime import tzinfo

from agentpprof_mcp.collect import Sessions
from agentpprof_mcp.model import Reconciliation
from agentpprof_mcp.service import moment

__all__ = ["damage", "say", "sessions_table", "show_progress"]

HEADINGS = ("session", "agent", "project", "tag", "ended", "prompts", "calls", "tools", "errors", "tokens")


def say(text: str) -> None:
    """One line on standard error."""
    sys.stderr.write(f"agentpprof: {text}\n")


def show_progress(done: int, total: int) -> None:
    """Redraw one line on a terminal; nothing elsewhere."""
    if sys.stderr.isatty():
        end = "\r\x1b[K" if done + 1 >= total else ""
        sys.stderr.write(f"\rreading session {done + 1:,} of {total:,}{end}")
        sys.stderr.flush()


def damage(account: Reconciliation) -> str:
    """What was not read or is not certain, in one line; empty when there is nothing to say."""
    skipped = sum(account.skipped.values())
    reasons = ", ".join(f"{number:,} {reason}" for reason, number in sorted(account.skipped.items()))
    facts = (
        (skipped, f"{skipped:,} of {account.lines:,} lines skipped ({reasons})"),
        (account.recovered, f"{account.recovered:,} records recovered from them"),
        (account.vanished, f"{account.vanished:,} files could not be opened"),
        (account.bytes_unread, f"{account.bytes_unread:,} bytes not read"),
        (account.pending_tail, f"{account.pending_tail:,} unfinished last lines"),
        (account.lower_bound, f"output of {account.lower_bound:,} calls is a lower bound"),
        (account.estimated, f"tokens of {account.estimated:,} calls are estimated"),
    )
    return "; ".join(text for number, text in facts if number)


def sessions_table(found: Sessions, zone: tzinfo) -> str:
    """The sessions, newest first, a line each."""
    rows = [
        (
            digest.handle,
            digest.agent,
            digest.project,
            digest.tag,
            moment(digest.ended, zone)[:16].replace("T", " "),
            f"{digest.prompts:,}",
            f"{digest.counts.calls:,}",
            f"{sum(digest.counts.tools.values()):,}",
            f"{digest.counts.errors:,}",
            f"{digest.counts.tokens.total:,}",
        )
        for digest in found.sessions
    ]
    return _aligned([HEADINGS, *rows], numbers_from=5)


def _aligned(rows: Sequence[Sequence[str]], numbers_from: int) -> str:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = (
        "  ".join(
            cell.rjust(width) if place >= numbers_from else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )
    return "\n".join(lines) + "\n"
