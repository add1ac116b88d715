"""The views: which rows an event opens into, which frames a row shows, and what it measures.

A view is one entry of `VIEWS`, a frame one entry of `DIMENSIONS`. Rows hold raw values and are added
up before any label is made, so labels cost what is distinct and not what happened. A new view is one
entry and, where no row maker fits, one function from an event to rows.
"""

from collections.abc import Callable, Iterator
from itertools import chain, starmap
from operator import add, attrgetter
from typing import NamedTuple

import msgspec

from agentpprof_mcp.labels import Labels
from agentpprof_mcp.model import Effect, EffectKind, ModelCall, Session, Tokens, ToolCall
from agentpprof_mcp.profile import Label, Measure, Profile, Sample
from agentpprof_mcp.projects import Project, common_folder
from agentpprof_mcp.readers.base import Wants

__all__ = ["DIMENSIONS", "VIEWS", "Row", "Scene", "View", "project"]

NANOSECONDS = 1_000_000
"""In a millisecond, the model's unit of time."""

PRECEDENCE = {kind: rank for rank, kind in enumerate(EffectKind)}
TOKEN_KINDS = Tokens.__struct_fields__
MAX_PROCESSES = 6


class Row(NamedTuple):
    """Raw values of one sample; empty ones give no frame.

    `prompt` indexes the session's regions. `path` is relative to `cwd`, and cut at the root of the
    worktree that holds `record_cwd`. `domain` is None where nothing was contacted, empty where it is
    not known what.
    """

    prompt: int
    day: str
    subagent: str
    call: str
    kind: str = ""
    model: str | None = None
    mcp: str = ""
    processes: tuple[str, ...] = ()
    effect: str = ""
    path: str = ""
    domain: str | None = None
    status: str = ""
    cwd: str = ""
    record_cwd: str = ""


Rows = Iterator[tuple[Row, tuple[int, ...]]]


class Scene(NamedTuple):
    """What all rows of a session share while their labels are made."""

    session: Session
    project: Project
    labels: Labels


class View(NamedTuple):
    """One question: its frames root first, its measures (the first is the width), and its rows.

    `of_call` and `of_tool` turn one event, and the day it happened on, into rows; `opens` turns rows
    that were added up into those of the view.
    """

    name: str
    question: str
    frames: tuple[str, ...]
    measures: tuple[Measure, ...]
    of_call: Callable[[ModelCall, str], Rows]
    of_tool: Callable[[ToolCall, str], Rows]
    wants: Wants
    opens: Callable[[Row, tuple[int, ...]], Rows] | None = None
    aliases: tuple[str, ...] = ()


# --- rows ------------------------------------------------------------------------------------


def _no_rows(_event: object, _day: str) -> Rows:
    return iter(())


def _task_of_call(call: ModelCall, day: str) -> Rows:
    row = Row(call.prompt, day, call.subagent, f"llm/{call.tag}", kind="llm", model=call.model)
    yield row, (1, call.tokens.total, 0, 0)


def _task_of_tool(tool: ToolCall, day: str) -> Rows:
    main = min((effect.kind for effect in tool.effects), key=PRECEDENCE.__getitem__)
    row = Row(
        tool.prompt,
        day,
        tool.subagent,
        f"tool/{tool.category}",
        kind="tool",
        effect=main,
        status=tool.status,
    )
    yield row, (1, 0, int(tool.status.failed), tool.duration * NANOSECONDS)


def _tokens_of_call(call: ModelCall, day: str) -> Rows:
    row = Row(call.prompt, day, call.subagent, f"llm/{call.tag}", model=call.model)
    yield row, msgspec.structs.astuple(call.tokens)


def _by_kind(row: Row, values: tuple[int, ...]) -> Rows:
    """One row for each kind of tokens: calls are added up before they are told apart."""
    for kind, count in zip(TOKEN_KINDS, values, strict=True):
        if count:
            yield Row._make((*row[:4], kind, *row[5:])), (count,)


def _system_of_tool(tool: ToolCall, day: str) -> Rows:
    for effect in tool.effects:
        row = _effect_row(tool, day, effect)
        path = common_folder(effect.paths, effect.cwd) if effect.paths else ""
        if not path and effect.processes:
            path = "."
        known = next(filter(None, effect.domains), None)
        if known is None and effect.kind is EffectKind.NETWORK:
            known = ""
        yield (
            row._replace(processes=effect.processes, mcp=tool.mcp, path=path, domain=known),
            (1, int(tool.status.failed)),
        )


def _files_of_tool(tool: ToolCall, day: str) -> Rows:
    for effect in tool.effects:
        row = _effect_row(tool, day, effect)
        for path in effect.paths:
            yield row._replace(path=path), (1, int(tool.status.failed))


def _network_of_tool(tool: ToolCall, day: str) -> Rows:
    seen = set()
    for effect in tool.effects:
        contacted = effect.domains or (("",) if effect.kind is EffectKind.NETWORK else ())
        for domain in contacted:
            if domain in seen:
                continue
            seen.add(domain)
            chain = effect.processes[1:] if tool.category == "shell" else effect.processes
            row = _effect_row(tool, day, effect)
            yield row._replace(domain=domain, processes=chain), (1, int(tool.status.failed))


def _effect_row(tool: ToolCall, day: str, effect: Effect) -> Row:
    return Row(
        tool.prompt,
        day,
        tool.subagent,
        f"tool/{tool.category}",
        effect=effect.kind,
        status=tool.status,
        cwd=effect.cwd or tool.cwd,
        record_cwd=tool.cwd,
    )


# --- frames ----------------------------------------------------------------------------------


def _call(scene: Scene, row: Row) -> Label:
    place, _, name = row.call.partition("/")
    return scene.labels.llm(name) if place == "llm" else scene.labels.tool(name)


def _processes(scene: Scene, row: Row) -> tuple[Label, ...]:
    root = scene.project.root_of(row.record_cwd)
    return tuple(
        scene.labels.process(word, row.cwd, root) for word in row.processes[:MAX_PROCESSES]
    )


def _path(scene: Scene, row: Row) -> Label | None:
    if not row.path:
        return None
    return scene.labels.path(row.path, row.cwd, scene.project.root_of(row.record_cwd))


Frames = Label | tuple[Label, ...] | None


Fields = Callable[[Row], object] | None
Make = Callable[[Scene, Row], Frames]


class Dimension(NamedTuple):
    """One kind of frame: the fields of a row that it shows, and how they become frames.

    None gives no frame, a tuple several. Equal fields in one session give equal frames, made once;
    without fields, all rows of a session share them.
    """

    fields: Fields
    make: Make


DIMENSIONS: dict[str, Dimension] = {
    "project": Dimension(None, lambda s, _: s.labels.project(s.project.name, s.project.root, given=s.project.given)),
    "agent": Dimension(None, lambda s, _: s.labels.agent(s.session.agent)),
    "session": Dimension(None, lambda s, _: s.labels.session(s.session.tag)),
    "prompt": Dimension(attrgetter("prompt"), lambda s, r: s.labels.prompt(s.session.prompts[r.prompt].tag)),
    "subagent": Dimension(attrgetter("subagent"), lambda s, r: s.labels.subagent(r.subagent) if r.subagent else None),
    "kind": Dimension(attrgetter("kind"), lambda s, r: s.labels.kind(r.kind) if r.kind else None),
    "call": Dimension(attrgetter("call"), _call),
    "model": Dimension(attrgetter("model"), lambda s, r: None if r.model is None else s.labels.model(r.model)),
    "mcp": Dimension(attrgetter("mcp"), lambda s, r: s.labels.mcp(r.mcp) if r.mcp else None),
    "process": Dimension(attrgetter("processes", "cwd", "record_cwd"), _processes),
    "effect": Dimension(attrgetter("effect"), lambda s, r: s.labels.effect(r.effect) if r.effect else None),
    "path": Dimension(attrgetter("path", "cwd", "record_cwd"), _path),
    "domain": Dimension(attrgetter("domain"), lambda s, r: None if r.domain is None else s.labels.domain(r.domain)),
    "status": Dimension(attrgetter("status"), lambda s, r: s.labels.status(r.status) if r.status else None),
}  # fmt: skip
"""Frames by name."""


def _pivots(scene: Scene, row: Row) -> tuple[tuple[str, Label], ...]:
    """The pprof labels of a row, sorted by key; each value explains itself."""
    labels = scene.labels
    pairs = [("agent", labels.word(scene.session.agent))]
    if row.day:
        pairs.append(("date", labels.date(row.day)))
    if row.model is not None:
        pairs.append(("model", labels.bare(labels.model(row.model))))
    pairs.append(("session", labels.handle(scene.session.id)))
    if row.status:
        pairs.append(("status", labels.word(row.status)))
    return tuple(pairs)


PIVOT_FIELDS = attrgetter("day", "model", "status")


def _piece(made: Frames) -> tuple[Label, ...]:
    """What a dimension gives as a piece of a stack, whatever its number of frames."""
    if made is None:
        return ()
    return made if isinstance(made, tuple) else (made,)


# --- projection ------------------------------------------------------------------------------


def project(
    view: View, scene: Scene, day_of: Callable[[int], str], frames: tuple[str, ...] = ()
) -> Profile:
    """Project the events of one tagged session into a profile; `frames` replaces the view's.

    Before: ToolCall(category=shell, effects=[test by bash>cargo in collector/], status=ok)
    After (`system`): ...;call:tool/shell;process:bash;process:cargo;effect:test;path:collector;status:ok 1
    """
    session = scene.session
    profile = Profile(view.name, view.measures)
    rows: dict[Row, tuple[int, ...]] = {}
    for row, values in _rows(view, session, day_of):
        before = rows.get(row)
        rows[row] = values if before is None else tuple(map(add, before, values))
    added = rows.items()
    opened = chain.from_iterable(starmap(view.opens, added)) if view.opens else added
    dimensions: list[tuple[Fields, Make, dict[object, tuple[Label, ...]]]] = [
        (*DIMENSIONS[name], {}) for name in frames or view.frames
    ]
    known_labels: dict[object, tuple[tuple[str, Label], ...]] = {}
    for row, values in opened:
        stack: tuple[Label, ...] = ()
        for fields, make, known in dimensions:
            key = fields(row) if fields else None
            piece = known.get(key)
            if piece is None:
                piece = known[key] = _piece(make(scene, row))
            stack += piece
        key = PIVOT_FIELDS(row)
        labels = known_labels.get(key)
        if labels is None:
            labels = known_labels[key] = _pivots(scene, row)
        profile.add(Sample(stack, labels), values)
    return profile


def _rows(view: View, session: Session, day_of: Callable[[int], str]) -> Rows:
    """The rows of all events."""
    for call in session.calls if view.of_call is not _no_rows else ():
        yield from view.of_call(call, day_of(call.at))
    for tool in session.tools if view.of_tool is not _no_rows else ():
        yield from view.of_tool(tool, day_of(tool.at))


# --- the table -------------------------------------------------------------------------------

EFFECTS = Measure("effects", "count")
ERRORS = Measure("errors", "count")

VIEWS: tuple[View, ...] = (
    View(
        "tasks",
        "What semantic work dominated?",
        ("project", "agent", "session", "prompt", "subagent", "kind", "call", "effect", "status", "model"),
        (
            Measure("events", "count"),
            Measure("tokens", "count"),
            ERRORS,
            Measure("duration", "nanoseconds"),
        ),
        _task_of_call,
        _task_of_tool,
        Wants(effects=True),
    ),
    View(
        "system",
        "Which tool, process, effect, path or domain chains were heavy?",
        ("project", "agent", "session", "prompt", "subagent", "call", "mcp", "process", "effect", "path", "domain", "status"),
        (EFFECTS, ERRORS),
        _no_rows,
        _system_of_tool,
        Wants(effects=True),
        aliases=("tools",),
    ),
    View(
        "tokens",
        "Which regions consumed model budget?",
        ("project", "agent", "model", "kind", "session", "prompt", "subagent", "call"),
        (Measure("tokens", "count"),),
        _tokens_of_call,
        _no_rows,
        Wants(effects=False, files=False),
        opens=_by_kind,
    ),
    View(
        "files",
        "Which prompts touched which parts of the repository?",
        ("project", "agent", "session", "prompt", "path", "effect", "status"),
        (EFFECTS, ERRORS),
        _no_rows,
        _files_of_tool,
        Wants(effects=True),
    ),
    View(
        "network",
        "Which prompts contacted which domains, through which process chain?",
        ("project", "agent", "session", "prompt", "domain", "process", "status"),
        (EFFECTS, ERRORS),
        _no_rows,
        _network_of_tool,
        Wants(effects=True),
    ),
)  # fmt: skip
"""All views; the first is the default."""
