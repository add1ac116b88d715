"""What the two doors offer: sessions and profiles. A `Query` in, plain data out.

Every answer is made the same way: find the files, read each session (in parallel), settle which session
owns what several repeat, tag, select, project, and add up.
"""

from collections.abc import Iterable
from datetime import tzinfo
from pathlib import Path
from typing import NamedTuple

import msgspec

from agentpprof_mcp.collect import Progress, Sessions, collect
from agentpprof_mcp.digest import Digest, Region
from agentpprof_mcp.env import Env
from agentpprof_mcp.errors import InputError, NothingFoundError, UserError
from agentpprof_mcp.evidence import MAIN, Spot, Trace, trace
from agentpprof_mcp.labels import foreign
from agentpprof_mcp.listing import sessions_json
from agentpprof_mcp.naming import Naming, naming, naming_json, naming_table
from agentpprof_mcp.patterns import matcher
from agentpprof_mcp.profile import Label, Peek, Profile, Sample
from agentpprof_mcp.query import Policy, Query
from agentpprof_mcp.tables import moment, sessions_table
from agentpprof_mcp.taggers import GIVEN, SESSION, Given, checked, store_in
from agentpprof_mcp.views import DIMENSIONS, VIEWS, View
from agentpprof_mcp.writers import WRITERS, Writer, by_name, top
from agentpprof_mcp.writers.base import (
    Page,
    PromptRow,
    Report,
    SessionRow,
    doubts,
    noun,
)

__all__ = [
    "MAIN",
    "SESSION",
    "Details",
    "Page",
    "Region",
    "Report",
    "Sessions",
    "Spot",
    "Trace",
    "compare",
    "details",
    "doubts",
    "encode",
    "evidence",
    "focus",
    "give_tag",
    "given_tags",
    "list_sessions",
    "measure_of",
    "merge",
    "naming_json",
    "naming_table",
    "profile",
    "publish",
    "sessions_json",
    "sessions_table",
    "table",
    "tags",
    "tags_file",
    "take_tag",
    "view_named",
    "writer_named",
]

HEAVIEST = 8
"""Frames that an error names."""
MAX_NAME = 200
"""Characters of a name that others are compared with."""
MAX_PROFILE = 256 << 20
"""Bytes of a profile file that is merged."""


def view_named(name: str) -> View:
    """A view by its name or alias. Raises `UserError`."""
    for view in VIEWS:
        if name in {view.name, *view.aliases}:
            return view
    known = ", ".join(word for view in VIEWS for word in (view.name, *view.aliases))
    raise UserError(f"unknown view {name!r}; the views are {known}")


def _quiet(_what: str, _done: int, _all: int) -> None:
    """Tell nobody."""


def list_sessions(query: Query, env: Env, progress: Progress = _quiet) -> Sessions:
    """All selected sessions with their counts. Raises `NothingFoundError` when there is none."""
    return collect(query, env, None, progress)


def profile(query: Query, env: Env, progress: Progress = _quiet, *, whole: bool = True) -> Report:
    """The profile of a view. Raises `NothingFoundError` when nothing matches or the view is empty.

    With `whole` False it may come without sessions and without the labels of samples, and faster: enough
    for writers that are not `whole`, and for tables.
    """
    view = view_named(query.view)
    for name in query.frames:
        if name not in DIMENSIONS:
            raise UserError(f"unknown frame {name!r}; the frames are {', '.join(DIMENSIONS)}")
    found = collect(query, env, view, progress, whole=whole)
    merged = _merged(view, found)
    number = found.total.sessions if found.total else len(found.sessions)
    if not merged.samples:
        others = ", ".join(other.name for other in VIEWS if other is not view)
        raise NothingFoundError(
            f"the {view.name} view has no samples in the {number} selected sessions;"
            f" try another view: {others}"
        )
    rows = [_row(digest, query.zone) for digest in found.sessions]
    return Report(
        merged, view.question, rows, found.reconciliation, found.tagger, {}, number, found.remarks
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


def give_tag(
    query: Query, env: Env, tag: str, prompt: int = SESSION, *, dry_run: bool = False
) -> Digest:
    """Name the one selected session, or one prompt of it; an empty tag takes a given one back.

    Returns the session as it was before. Raises `UserError`, `NothingFoundError`, or `InputError` when the
    store of given tags cannot be used.
    """
    if tag:
        checked(tag)
    sessions = collect(query, env, None, _quiet).sessions
    if len(sessions) > 1:
        raise UserError(f"{len(sessions)} sessions match; a tag is given to one session")
    digest = sessions[0]
    if not SESSION <= prompt < len(digest.regions):
        raise UserError(f"session {digest.handle} has the prompts 0 to {len(digest.regions) - 1}")
    store = store_in(env.cache)
    if tag and not dry_run:
        store.set(Given(digest.facts.lasting, prompt, tag, env.now))
    elif not dry_run:
        store.remove(digest.facts.lasting, prompt)
    return digest


def take_tag(query: Query, env: Env, prompt: int = SESSION) -> Digest:
    """Take a given tag back, as `give_tag` gives one. Raises `NothingFoundError` if there is none."""
    digest = give_tag(query._replace(naming=True), env, "", prompt)
    if prompt == SESSION:
        rule = next(named.rule for named in digest.naming if named.kind == "session")
    else:
        rule = digest.regions[prompt].rule
    if rule != GIVEN:
        raise NothingFoundError("no tag was given there; agentpprof tags lists those that were")
    return digest


def tags(query: Query, env: Env, progress: Progress = _quiet) -> tuple[Sessions, Naming]:
    """The selected sessions, which rules named what in them, and all given tags.

    Raises `InputError` when the store of given tags cannot be used.
    """
    found = collect(query._replace(naming=True), env, None, progress)
    return found, naming(found.sessions, store_in(env.cache).items())


def given_tags(env: Env) -> dict[tuple[str, int], str]:
    """All given tags by the session that they are stored under (`Facts.lasting`) and the prompt."""
    return {(given.session, given.prompt): given.tag for given in store_in(env.cache).items()}


def tags_file(env: Env) -> Path:
    """The file of given tags, which need not exist."""
    return store_in(env.cache).path


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


def table(report: Report, limit: int, measure: str = "", skip: int = 0) -> Page:
    """The heaviest frames as text after the first `skip`, by a measure of the view (default: its width)."""
    return top.render(report, limit=limit, measure=measure_of(report.profile, measure), skip=skip)


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
        frames = " ".join(row.frame for row in report.profile.top()[:HEAVIEST])
        raise NothingFoundError(f"no frame matches the focus; the heaviest frames are {frames}")
    kept = _by_session(part, 0)
    rows = [row for row in report.sessions if row.handle in kept]
    return msgspec.structs.replace(report, profile=part, sessions=rows)


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
    weights = _by_session(shown.focus(lambda other: other == frame), index)
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

        near = get_close_matches(name[:MAX_NAME], frames, HEAVIEST, 0.5)
        alike = [Label(text) for text in near]
    told = "frames like it are" if alike else "the heaviest are"
    listed = " ".join((alike or frames)[:HEAVIEST])
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


def _by_session(shown: Profile, measure: int) -> dict[str, int]:
    weights: dict[str, int] = {}
    for (_, labels), values in shown.samples.items():
        handle = dict(labels).get("session", "")
        weights[handle] = weights.get(handle, 0) + values[measure]
    return weights
