"""Answers as text: what a model reads of the service's results. Labels and numbers, nothing else."""

from collections.abc import Mapping
from datetime import tzinfo

from agentpprof_mcp import service
from agentpprof_mcp.errors import UserError
from agentpprof_mcp.model import Reconciliation

__all__ = ["MOST_ROWS", "capped", "heaviest", "listing", "table", "whole"]

MOST_ROWS = 50
MOST_CHARACTERS = 40_000
"""What clients take without cutting the middle out or putting the answer into a file."""

NARROW = "narrow the question with session, session_tag, prompt_tag, since or until"


def listing(found: service.Sessions, zone: tzinfo, limit: int) -> str:
    """Totals, the newest sessions, what is uncertain, and what to ask next.

    One session alone also shows the tags of its last prompts, by index.
    """
    sessions = found.sessions
    totals = {
        "sessions": len(sessions),
        "prompts": sum(s.prompts for s in sessions),
        "model calls": sum(s.counts.calls for s in sessions),
        "tool calls": sum(sum(s.counts.tools.values()) for s in sessions),
        "errors": sum(s.counts.errors for s in sessions),
        "tokens": sum(s.counts.tokens.total for s in sessions),
    }
    lines = [", ".join(f"{number:,} {what}" for what, number in totals.items())]
    lines.append(service.sessions_table(sessions[:limit], zone).rstrip())
    if len(sessions) > limit:
        lines.append(f"{len(sessions) - limit:,} older sessions are not shown; {NARROW}")
    if len(sessions) == 1:
        last = sessions[0].regions[-MOST_ROWS:]
        lines.append("prompts: " + " ".join(f"{region.index}:{region.tag}" for region in last))
    handle = sessions[0].handle
    lines += _doubts(found.reconciliation, found.tagger)
    lines.append(f"next: top_frames(session='{handle}', view='tokens'), or without session for all")
    return "\n".join(lines) + "\n"


def table(report: service.Report, limit: int, measure: str = "") -> str:
    """The view's question, the table of its heaviest frames, and what is uncertain."""
    head = f"{report.profile.view}: {report.question} ({len(report.sessions):,} sessions)\n"
    tail = "".join(f"{line}\n" for line in _doubts(report.reconciliation, report.tagger))
    return head + service.table(report, limit, measure).text + tail


def heaviest(folded: str, limit: int) -> str:
    """The heaviest of folded stacks, and how much the rest holds."""
    weights = {line: int(line.rpartition(" ")[2]) for line in folded.splitlines()}
    lines = sorted(weights, key=lambda line: (-weights[line], line))
    shown, left = lines[:limit], lines[limit:]
    if left:
        share = sum(weights[line] for line in left) / sum(weights.values())
        shown.append(f"{len(left):,} more stacks hold {share:.1%}; {NARROW}")
    return "\n".join(shown) + "\n"


def whole(json: str, view: str) -> str:
    """JSON that fits into an answer. Raises `UserError` for a longer one: a part of it would be none."""
    if len(json) > MOST_CHARACTERS:
        raise UserError(
            f"the JSON has {len(json):,} characters, {MOST_CHARACTERS:,} fit; {NARROW},"
            f" or run: agentpprof --view {view} -o out.json"
        )
    return json


def capped(text: str) -> str:
    """At most as much as clients take, cut at the end of a line."""
    if len(text) <= MOST_CHARACTERS:
        return text
    note = f"cut at {MOST_CHARACTERS:,} characters; {NARROW}, or ask for a smaller limit\n"
    end = text.rfind("\n", 0, MOST_CHARACTERS - len(note)) + 1
    return text[:end] + note


def _doubts(account: Reconciliation, tagger: Mapping[str, object]) -> list[str]:
    """What was not read for an answer or is not certain in it."""
    facts, trouble = service.doubts(account), tagger.get("given_tags")
    lines = [f"of {account.lines:,} lines: {', '.join(facts)}"] if facts else []
    return [*lines, f"given tags: {trouble}"] if trouble else lines
