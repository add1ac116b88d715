"""What the two doors offer: sessions and profiles. A `Query` in, plain data out.

Every answer is made the same way: find the files, read each session (in parallel), settle which session
owns what several repeat, tag, select, project, and add up.
"""

from collections.abc import Iterable
from datetime import tzinfo
from pathlib import Path

import msgspec

from agentpprof_mcp.collect import Progress, Sessions, collect, quiet
from agentpprof_mcp.digest import Digest, Region
from agentpprof_mcp.env import Env
from agentpprof_mcp.errors import InputError, NothingFoundError, UserError
from agentpprof_mcp.labels import foreign
from agentpprof_mcp.listing import sessions_json
from agentpprof_mcp.model import Reconciliation
from agentpprof_mcp.patterns import matcher
from agentpprof_mcp.profile import Profile, Ranking, Sample
from agentpprof_mcp.query import Policy, Query
from agentpprof_mcp.tables import moment, sessions_table
from agentpprof_mcp.totals import STACKS, Total, weights
from agentpprof_mcp.views import DIMENSIONS, VIEWS, View
from agentpprof_mcp.writers import WRITERS, Writer, by_name, top
from agentpprof_mcp.writers.base import (
    Page,
    PromptRow,
    Report,
    SessionRow,
    doubts,
)

__all__ = [
    "NAMED",
    "Page",
    "Ranked",
    "Region",
    "Report",
    "Sessions",
    "by_session",
    "compare",
    "doubts",
    "encode",
    "focus",
    "heaviest",
    "list_sessions",
    "measure_of",
    "merge",
    "profile",
    "publish",
    "ranking",
    "sessions_json",
    "sessions_table",
    "table",
    "view_named",
    "writer_named",
]

NAMED = 8
"""Frames that an error names."""
MAX_PROFILE = 256 << 20
"""Bytes of a profile file that is merged."""


def view_named(name: str) -> View:
    """A view by its name or alias. Raises `UserError`."""
    for view in VIEWS:
        if name in {view.name, *view.aliases}:
            return view
    known = ", ".join(word for view in VIEWS for word in (view.name, *view.aliases))
    raise UserError(f"unknown view {name!r}; the views are {known}")


def list_sessions(query: Query, env: Env, progress: Progress = quiet) -> Sessions:
    """All selected sessions with their counts. Raises `NothingFoundError` when there is none."""
    return collect(query, env, None, progress)


def profile(query: Query, env: Env, progress: Progress = quiet, *, whole: bool = True) -> Report:
    """The profile of a view. Raises `NothingFoundError` when nothing matches or the view is empty.

    With `whole` False it may come without sessions and without the labels of samples, and faster: enough
    for writers that are not `whole`.
    """
    view = _view_of(query)
    found = collect(query, env, view, progress, None if whole else STACKS)
    merged = _merged(view, found)
    number = found.total.sessions if found.total else len(found.sessions)
    if not merged.samples:
        raise _empty(view, number)
    rows = [_row(digest, query.zone) for digest in found.sessions]
    return Report(
        merged, view.question, rows, found.reconciliation, found.tagger, {}, number, found.remarks
    )


class Ranked(msgspec.Struct, frozen=True):
    """The heaviest frames, and what belongs beside them as in a `Report`."""

    ranking: Ranking
    reconciliation: Reconciliation
    tagger: dict[str, object]
    remarks: tuple[str, ...]


def heaviest(query: Query, env: Env, progress: Progress = quiet, measure: str = "") -> Ranked:
    """The frames of a view by weight, as those of its `profile` are, but much faster.

    Raises what `profile` does, and `UserError` for a measure that the view has not.
    """
    view = _view_of(query)
    index = measure_of(Profile(view.name, view.measures), measure)
    found = collect(query, env, view, progress, weights(index))
    total = found.total or Total()
    if not total.frames:
        raise _empty(view, total.sessions)
    ranking = total.ranking(view.measures[index], query.frames or view.frames)
    return Ranked(ranking, found.reconciliation, found.tagger, found.remarks)


def _view_of(query: Query) -> View:
    """The view that is asked for, with frames that there are. Raises `UserError`."""
    view = view_named(query.view)
    for name in query.frames:
        if name not in DIMENSIONS:
            raise UserError(f"unknown frame {name!r}; the frames are {', '.join(DIMENSIONS)}")
    return view


def _empty(view: View, sessions: int) -> NothingFoundError:
    others = ", ".join(other.name for other in VIEWS if other is not view)
    selected = "selected session" if sessions == 1 else f"{sessions:,} selected sessions"
    return NothingFoundError(
        f"the {view.name} view has no samples in the {selected}; try another view: {others}"
    )


def _merged(view: View, found: Sessions) -> Profile:
    """The profile of what was found: the samples of all sessions, or their sum."""
    merged = Profile(view.name, view.measures)
    merged.reconciliation = found.reconciliation
    if found.total:
        merged.samples = {Sample(stack): values for stack, values in found.total}
        merged.cover(found.total.started, found.total.ended)
        return merged
    for digest in found.sessions:
        for sample, values in digest.samples:
            merged.add(sample, values)
        merged.cover(digest.started, digest.ended)
    return merged


def _row(digest: Digest, zone: tzinfo) -> SessionRow:
    return SessionRow(
        digest.handle,
        digest.agent,
        digest.project,
        max(digest.models, key=lambda name: (digest.models[name], name), default="unknown"),
        digest.tag,
        moment(digest.started, zone),
        moment(digest.ended, zone),
        [PromptRow(region.index, region.tag, region.preview) for region in digest.regions],
        digest.counts.calls,
        sum(digest.counts.tools.values()),
        digest.counts.tokens,
        digest.deleted,
    )


def merge(paths: Iterable[Path]) -> Report:
    """Add pprof files of one view, our own or another tool's. Raises `InputError` or `UserError`.

    Their frames and labels pass the same gate as ours. What is added up is in the profile; sessions
    are not, a profile does not list them.
    """
    merged: Profile | None = None
    for path in paths:
        part = _decoded(path)
        if merged is None:
            merged = part
            continue
        try:
            merged.merge(part)
        except ValueError:
            raise UserError(
                f"{path} cannot be merged: its view is {part.view} with the measures"
                f" {_measures(part)}, before it {merged.view} with {_measures(merged)}"
            ) from None
    if merged is None or not merged.samples:
        raise NothingFoundError("the profiles to merge hold no samples")
    question = next((view.question for view in VIEWS if view.name == merged.view), "")
    return Report(merged, question, [], merged.reconciliation, {"name": "none"})


def _measures(part: Profile) -> str:
    return ", ".join(f"{measure.name}/{measure.unit}" for measure in part.measures)


def _decoded(path: Path) -> Profile:
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_PROFILE + 1)
    except OSError as error:
        raise InputError(f"cannot read profile {path}: {error.strerror or error}") from None
    if len(data) > MAX_PROFILE:
        raise InputError(f"profile {path} is larger than {MAX_PROFILE >> 20} MiB")
    from agentpprof_mcp.writers import pprof  # noqa: PLC0415  only saved profiles are read

    try:
        return pprof.decode(data, foreign)
    except InputError as error:
        raise InputError(f"cannot read profile {path}: {error}") from None


def publish(report: Report, policy: Policy) -> Report:
    """The report as others may see it. Raises `UserError` when most of it had to be hidden."""
    from agentpprof_mcp.public import publish as made_public  # noqa: PLC0415  few are published

    return made_public(report, policy)


def writer_named(name: str) -> Writer:
    """An output format by name. Raises `UserError`."""
    writer = by_name(name)
    if writer is None:
        known = ", ".join(writer.name for writer in WRITERS)
        raise UserError(f"unknown format {name!r}; the formats are {known}")
    return writer


def encode(report: Report, format_name: str) -> bytes:
    """A report in one of the formats."""
    report.profile.check()
    return writer_named(format_name).write(report)


def ranking(report: Report, measure: str = "") -> Ranking:
    """The frames of a report by a measure of its view (default: its width). Raises `UserError`."""
    return report.profile.ranking(measure_of(report.profile, measure))


def table(ranked: Ranking, limit: int, skip: int = 0) -> Page:
    """The heaviest frames as text after the first `skip`."""
    return top.render(ranked, limit=limit, skip=skip)


def measure_of(shown: Profile, name: str) -> int:
    """The index of a measure of a profile; of its width without a name. Raises `UserError`."""
    names = [known.name for known in shown.measures]
    if name and name not in names:
        raise UserError(
            f"the {shown.view} view does not measure {name!r}; it has {', '.join(names)}"
        )
    return names.index(name) if name else 0


def compare(
    base: Report,
    new: Report,
    limit: int,
    measure: str = "",
    skip: int = 0,
    *,
    normalize: bool = False,
) -> Page:
    """What changed between two profiles of one view, as text. Raises `UserError` for two views."""
    before, after = base.profile, new.profile
    if (before.view, before.measures) != (after.view, after.measures):
        raise UserError(
            f"two views cannot be compared: {before.view} with the measures {_measures(before)},"
            f" and {after.view} with {_measures(after)}"
        )
    from agentpprof_mcp.writers import diff  # noqa: PLC0415  most answers are of one profile

    index = measure_of(after, measure)
    return diff.render(before, after, limit=limit, measure=index, normalize=normalize, skip=skip)


def focus(report: Report, pattern: str) -> Report:
    """Only the stacks with a frame that holds the pattern. Raises `UserError` or `NothingFoundError`."""
    part = report.profile.focus(matcher(pattern))
    if not part.samples:
        frames = " ".join(row.frame for row in report.profile.top()[:NAMED])
        raise NothingFoundError(f"no frame matches the focus; the heaviest frames are {frames}")
    kept = by_session(part, 0)
    rows = [row for row in report.sessions if row.handle in kept]
    return msgspec.structs.replace(report, profile=part, sessions=rows)


def by_session(shown: Profile, measure: int) -> dict[str, int]:
    """The weight of every session of a profile, by handle."""
    weights: dict[str, int] = {}
    for (_, labels), values in shown.samples.items():
        handle = dict(labels).get("session", "")
        weights[handle] = weights.get(handle, 0) + values[measure]
    return weights
