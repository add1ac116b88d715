"""A closer look at one frame of a profile: what is around it, in which sessions, and what stands behind it."""

from typing import NamedTuple

from agentpprof_mcp.env import Env
from agentpprof_mcp.errors import NothingFoundError
from agentpprof_mcp.evidence import MAIN, Trace, trace
from agentpprof_mcp.profile import Label, Peek
from agentpprof_mcp.query import Query
from agentpprof_mcp.service import NAMED, Report, by_session, measure_of, view_named
from agentpprof_mcp.writers.base import SessionRow, noun

__all__ = ["MAIN", "Details", "Trace", "details", "evidence"]

MAX_NAME = 200
"""Characters of a name that others are compared with."""


class Details(NamedTuple):
    """One frame of a profile: its neighbours, and the sessions that it is in by weight, heaviest first.

    `total` is that of the profile, and `unit` what is counted.
    """

    peek: Peek
    total: int
    unit: str
    sessions: list[tuple[SessionRow, int]]


def details(report: Report, name: str, measure: str = "") -> Details:
    """Look at one frame, by its name or the only one that holds it.

    Raises `NothingFoundError` with similar frames when there is none, or several.
    """
    shown, index = report.profile, measure_of(report.profile, measure)
    frame = _frame_named(name, [row.frame for row in shown.top(index)], shown.view)
    weights = by_session(shown.focus(lambda other: other == frame), index)
    rows = [(row, weights[row.handle]) for row in report.sessions if weights.get(row.handle)]
    total, unit = shown.totals()[index], noun(shown.measures[index])
    heaviest = sorted(rows, key=lambda pair: -pair[1])
    return Details(shown.peek(frame, index), total, unit, heaviest)


def _frame_named(name: str, frames: list[Label], view: str) -> Label:
    """The frame that a name means; `frames` come by weight."""
    alike = [frame for frame in frames if name == frame] or [
        frame for frame in frames if name.lower() in frame.lower()
    ]
    if len(alike) == 1:
        return alike[0]
    if not alike:
        from difflib import get_close_matches  # noqa: PLC0415  only mistakes pay for it

        near = get_close_matches(name[:MAX_NAME], frames, NAMED, 0.5)
        alike = [Label(text) for text in near]
    told = "frames like it are" if alike else "the heaviest are"
    listed = " ".join((alike or frames)[:NAMED])
    raise NothingFoundError(f"no single frame of the {view} view is called so; {told} {listed}")


def evidence(
    query: Query, env: Env, report: Report, frame: str, *, measure: str, handles: list[str]
) -> list[Trace]:
    """Prompts and lines behind a frame in those sessions, as far as they can be read again."""
    held = {stack for stack in report.profile.stacks() if frame in stack}
    index = measure_of(report.profile, measure)
    return trace(
        query, env, view_named(query.view), held.__contains__, measure=index, handles=handles
    )
