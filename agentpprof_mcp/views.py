"""The views: which rows a session has in one, which frames a row shows, and what it measures.

A view is one entry of `VIEWS`, a frame one entry of `DIMENSIONS`. A new view is one entry and, where
none fits, one function in `rows`.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, partial
from operator import itemgetter
from typing import Any

import msgspec

from agentpprof_mcp import rows
from agentpprof_mcp.labels import Labels
from agentpprof_mcp.model import Session
from agentpprof_mcp.profile import Label, Measure, Numbers, Part, Samples, Stack, Values, add_up
from agentpprof_mcp.projects import Project
from agentpprof_mcp.readers.base import Wants
from agentpprof_mcp.rows import DayOf, Row, Rows

__all__ = ["DIMENSIONS", "VIEWS", "Scene", "View", "project"]

MAX_PROCESSES = 6
"""Frames that a chain of processes gives at most."""


class Scene(msgspec.Struct, frozen=True):
    """What all rows of a session share while their labels are made."""

    session: Session
    project: Project
    labels: Labels


class View(msgspec.Struct, frozen=True):
    """One question: its frames root first, its measures (the first is the width), and its rows.

    `rows` turns the events of a session into rows with the values of the measures. In a view with
    `kinds`, they are values of its one measure, which the frame `apart` tells apart.
    """

    name: str
    question: str
    frames: tuple[str, ...]
    measures: tuple[Measure, ...]
    rows: Callable[[Session, DayOf], Rows]
    wants: Wants
    aliases: tuple[str, ...] = ()
    apart: str = ""
    kinds: tuple[str, ...] = ()


# --- frames ----------------------------------------------------------------------------------

Frames = Label | tuple[Label, ...] | None
Make = Callable[[Scene, Any], Frames]


def _call(scene: Scene, call: str) -> Label:
    place, _, name = call.partition("/")
    return scene.labels.llm(name) if place == "llm" else scene.labels.tool(name)


def _processes(scene: Scene, fields: tuple[tuple[str, ...], str, str]) -> tuple[Label, ...]:
    processes, cwd, record_cwd = fields
    root = scene.project.root_of(record_cwd)
    return tuple(scene.labels.process(word, cwd, root) for word in processes[:MAX_PROCESSES])


def _path(scene: Scene, fields: tuple[str, str, str]) -> Label | None:
    path, cwd, record_cwd = fields
    return scene.labels.path(path, cwd, scene.project.root_of(record_cwd)) if path else None


class Dimension(msgspec.Struct, frozen=True):
    """One kind of frame: the fields of a row that it shows, and how they become frames.

    `make` takes the field, or a tuple of several; None gives no frame, a tuple several. Equal fields in
    one session give equal frames, made once; without fields, all rows of a session share them.
    """

    fields: tuple[str, ...]
    make: Make


DIMENSIONS: dict[str, Dimension] = {
    "project": Dimension((), lambda s, _: s.labels.project(s.project.name, s.project.root, given=s.project.given)),
    "agent": Dimension((), lambda s, _: s.labels.agent(s.session.agent)),
    "session": Dimension((), lambda s, _: s.labels.session(s.session.tag)),
    "prompt": Dimension(("prompt",), lambda s, tag: s.labels.prompt(tag)),
    "subagent": Dimension(("subagent",), lambda s, subagent: s.labels.subagent(subagent) if subagent else None),
    "kind": Dimension(("kind",), lambda s, kind: s.labels.kind(kind) if kind else None),
    "call": Dimension(("call",), _call),
    "model": Dimension(("model",), lambda s, model: None if model is None else s.labels.model(model)),
    "mcp": Dimension(("mcp",), lambda s, mcp: s.labels.mcp(mcp) if mcp else None),
    "process": Dimension(("processes", "cwd", "record_cwd"), _processes),
    "effect": Dimension(("effect",), lambda s, effect: s.labels.effect(effect) if effect else None),
    "path": Dimension(("path", "cwd", "record_cwd"), _path),
    "domain": Dimension(("domain",), lambda s, domain: None if domain is None else s.labels.domain(domain)),
    "status": Dimension(("status",), lambda s, status: s.labels.status(status) if status else None),
}  # fmt: skip
"""Frames by name."""

PIVOTS = ("day", "model", "status")
"""The fields of a row that are labels of its sample."""


def _pivots(scene: Scene, fields: tuple[str, str | None, str]) -> tuple[tuple[str, Label], ...]:
    """The pprof labels of a row, sorted by key; each value explains itself."""
    day, model, status = fields
    labels = scene.labels
    pairs = [("agent", labels.word(scene.session.agent))]
    if day:
        pairs.append(("date", labels.date(day)))
    if model is not None:
        pairs.append(("model", labels.bare(labels.model(model))))
    pairs.append(("session", labels.handle(scene.session.id)))
    if status:
        pairs.append(("status", labels.word(status)))
    return tuple(pairs)


@cache
def _taking(fields: tuple[str, ...]) -> Callable[[Row], Any]:
    """Takes some fields out of a row."""
    return itemgetter(*map(Row._fields.index, fields))


class _Memo(dict[Any, Any]):
    """What is made of some fields of a row, which `take` takes out of it; made once for equal ones."""

    def __init__(self, fields: tuple[str, ...], make: Callable[[Any], object]) -> None:
        super().__init__()
        self.take = _taking(fields)
        self._make = make

    def __missing__(self, fields: object) -> object:
        made = self[fields] = self._make(fields)
        return made


class _Frames:
    """A session's frames, and how stacks are put together of them."""

    def __init__(self, scene: Scene) -> None:
        self.numbers: Numbers[Label] = Numbers()
        self._scene = scene

    def piece(self, make: Make, behind: Stack, fields: object) -> Stack:
        """What a dimension puts into a stack, whatever its number of frames, and what follows it."""
        made = make(self._scene, fields)
        if made is None:
            return behind
        labels = made if isinstance(made, tuple) else (made,)
        return (*map(self.numbers.__getitem__, labels), *behind)

    def pieces(self, names: Iterable[str]) -> tuple[Stack, list[_Memo]]:
        """What all stacks begin with, and the pieces that follow; what all share is part of that before it."""
        root: Stack = ()
        varying: list[Dimension] = []
        behind: list[Stack] = []
        for dimension in map(DIMENSIONS.__getitem__, names):
            if dimension.fields:
                varying.append(dimension)
                behind.append(())
                continue
            shared = self.piece(dimension.make, (), None)
            if behind:
                behind[-1] += shared
            else:
                root += shared
        pieces = [
            _Memo(dimension.fields, partial(self.piece, dimension.make, after))
            for dimension, after in zip(varying, behind, strict=True)
        ]
        return root, pieces

    def nothing(self, names: Iterable[str]) -> Stack:
        """What an event is shown as that has nothing of all that was asked for: it counts nevertheless."""
        return (self.numbers[self._scene.labels.nothing(next(iter(names)))],)


def _stack(stack: Stack, pieces: Iterable[_Memo], row: Row) -> Stack:
    """The pieces for a row, one behind the other."""
    for piece in pieces:
        stack += piece[piece.take(row)]
    return stack


# --- projection ------------------------------------------------------------------------------


def project(view: View, scene: Scene, day_of: DayOf, frames: tuple[str, ...] = ()) -> Samples:
    """Project the events of one tagged session into samples; `frames` replaces the view's.

    Before: ToolCall(category=shell, effects=[test by bash>cargo in collector/], status=ok)
    After (`system`): ...;call:tool/shell;process:bash;process:cargo;effect:test;path:collector;status:ok 1
    """
    shown = frames or view.frames
    parts: dict[tuple[tuple[str, Label], ...], dict[Stack, Values]] = {}
    part_of = _Memo(PIVOTS, lambda fields: parts.setdefault(_pivots(scene, fields), {}))
    session = _Frames(scene)
    stacks = _apart if view.apart in shown else _whole
    for row, row_stacks in stacks(view, view.rows(scene.session, day_of), shown, session):
        add_up(part_of[part_of.take(row)], row_stacks)
    told = [
        Part(labels, list(samples), list(samples.values()))
        for labels, samples in parts.items()
        if samples
    ]
    return Samples(list(session.numbers), told) if told else Samples()


Stacks = Iterator[tuple[Row, list[tuple[Stack, Values]]]]


def _whole(view: View, counted: Rows, frames: Iterable[str], session: _Frames) -> Stacks:
    """One stack for each row; what the view could tell apart is added up."""
    root, pieces = session.pieces(frames)
    for row, values in counted:
        if any(values):
            stack = _stack(root, pieces, row) or session.nothing(frames)
            yield row, [(stack, (sum(values),) if view.apart else values)]


def _apart(view: View, counted: Rows, frames: Sequence[str], session: _Frames) -> Stacks:
    """For each row a stack for each of its values; they differ in one frame alone."""
    at = frames.index(view.apart)
    root, above = session.pieces(frames[:at])
    middles = [session.piece(DIMENSIONS[view.apart].make, (), kind) for kind in view.kinds]
    after, below = session.pieces(frames[at + 1 :])
    for row, values in counted:
        top, bottom = _stack(root, above, row), _stack(after, below, row)
        several = zip(middles, values, strict=True)
        yield row, [(top + middle + bottom, (value,)) for middle, value in several if value]


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
        rows.tasks,
        Wants(effects=True),
    ),
    View(
        "system",
        "Which tool, process, effect, path or domain chains were heavy?",
        ("project", "agent", "session", "prompt", "subagent", "call", "mcp", "process", "effect", "path", "domain", "status"),
        (EFFECTS, ERRORS),
        rows.system,
        Wants(effects=True),
        aliases=("tools",),
    ),
    View(
        "tokens",
        "Which regions consumed model budget?",
        ("project", "agent", "model", "kind", "session", "prompt", "subagent", "call"),
        (Measure("tokens", "count"),),
        rows.tokens,
        Wants(effects=False, files=False),
        apart="kind",
        kinds=rows.TOKEN_KINDS,
    ),
    View(
        "files",
        "Which prompts touched which parts of the repository?",
        ("project", "agent", "session", "prompt", "path", "effect", "status"),
        (EFFECTS, ERRORS),
        rows.files,
        Wants(effects=True),
    ),
    View(
        "network",
        "Which prompts contacted which domains, through which process chain?",
        ("project", "agent", "session", "prompt", "domain", "process", "status"),
        (EFFECTS, ERRORS),
        rows.network,
        Wants(effects=True),
    ),
)  # fmt: skip
"""All views; the first is the default."""
