"""The table of the heaviest frames, for a terminal."""

from agentpprof_mcp.profile import Ranking, TopRow
from agentpprof_mcp.writers.base import Page, aligned, noun

__all__ = ["render"]

HEADINGS = ("flat", "flat%", "cum", "cum%", "frame")


def render(ranking: Ranking, *, limit: int, skip: int = 0) -> Page:
    """Return a table of at most `limit` frames after the first `skip`, like `pprof -top`.

    `flat` is the weight of the stacks that end in a frame, `cum` of those that hold it anywhere. Rows
    come by `cum`: our stacks end in a status or a model, so the order of pprof, by `flat`, would tell
    little else. Frames that are in every stack tell nothing apart and stand in a line of their own. The
    header's share is the weight of the stacks that end in a frame shown here, in a row or in that line;
    the last line bounds what is left out.
    """
    total, rows = ranking.total, ranking.rows
    header = f"{total:,} {noun(ranking.measure)}"
    if not rows:
        return Page(header + "\n", (), 0)
    common = len(ranking.everywhere)
    shown, left = rows[common + skip : common + skip + limit], rows[common + skip + limit :]
    covered = sum(row.flat for row in (*rows[:common], *shown)) / total
    lines = [f"{header} in {len(rows):,} frames; {covered:.1%} end in a frame shown here"]
    if common:
        lines.append("in every stack: " + " ".join(ranking.everywhere))
    lines += _table(shown, total)
    if left:
        lines.append(f"{len(left):,} more, each in at most {left[0].cum / total:.1%}")
    return Page("\n".join(lines) + "\n", tuple(row.frame for row in shown), len(left))


def _table(rows: list[TopRow], total: int) -> list[str]:
    """The rows under their headings, numbers aligned to the right."""
    if not rows:
        return []
    cells = [
        (f"{flat:,}", f"{flat / total:.1%}", f"{cum:,}", f"{cum / total:.1%}", frame)
        for frame, flat, cum in rows
    ]
    return aligned(HEADINGS, cells)
