"""The table of what changed between two profiles of a view, for a terminal."""

from agentpprof_mcp.profile import Delta, Profile
from agentpprof_mcp.writers.base import Page, aligned, noun

__all__ = ["render"]

HEADINGS = ("base", "base%", "new", "new%", "change", "change%", "flat", "frame")


def render(
    base: Profile,
    new: Profile,
    *,
    limit: int,
    measure: int = 0,
    normalize: bool = False,
    skip: int = 0,
) -> Page:
    """Return a table of at most `limit` frames after the first `skip`, the largest change first.

    `base` and `new` are weights of stacks that hold a frame anywhere, with their shares of the totals;
    `change` is what lies between them, `flat` the same for stacks that end in the frame. Two sessions
    are seldom of one size: `normalize` multiplies the base so that both totals are equal.
    """
    before, after = base.totals()[measure], new.totals()[measure]
    what = noun(new.measures[measure])
    lines = [
        f"base {before:,} {what}, new {after:,} {what}: {after - before:+,}{_share(before, after)}"
    ]
    scale = (after, before) if normalize and before and after else (1, 1)
    if normalize:
        lines.append(f"base multiplied by {scale[0] / scale[1]:.4g}, so that both totals are equal")
        before = after
    deltas = new.diff(base, measure, scale)
    shown = deltas[skip : skip + limit]
    cells = [_cells(delta, before, after) for delta in shown]
    lines += aligned(HEADINGS, cells) if cells else ["no frame differs"]
    left = max(0, len(deltas) - skip - len(shown))
    if left:
        rest = deltas[skip + len(shown)]
        lines.append(
            f"{left:,} more, each changed by at most {abs(rest.new.cum - rest.base.cum):,}"
        )
    return Page("\n".join(lines) + "\n", tuple(delta.frame for delta in shown), left)


def _cells(delta: Delta, before: int, after: int) -> tuple[str, ...]:
    frame, (_, base_flat, base), (_, new_flat, new) = delta
    change = "new" if not base else "gone" if not new else f"{(new - base) / base:+.1%}"
    return (
        f"{base:,}",
        f"{base / before:.1%}" if before else "-",
        f"{new:,}",
        f"{new / after:.1%}" if after else "-",
        f"{new - base:+,}",
        change,
        f"{new_flat - base_flat:+,}",
        frame,
    )


def _share(before: int, after: int) -> str:
    return f" ({(after - before) / before:+.1%})" if before else ""
