"""Where in the history the events behind a frame stand: session, prompt, file and line, no text.

Profiles keep no events, so the few sessions that are asked about are read again. An event's line is
found afterwards, by its id or, without one, by its time: reading for a profile need not count lines.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from agentpprof_mcp.env import Env
from agentpprof_mcp.labels import Labels
from agentpprof_mcp.model import UNNAMED, ModelCall, Reconciliation, Session, ToolCall
from agentpprof_mcp.ownership import settle
from agentpprof_mcp.profile import Label
from agentpprof_mcp.query import Query
from agentpprof_mcp.readers import Group, discover, reader_of
from agentpprof_mcp.readers.framing import Framing, folder_of, name_of
from agentpprof_mcp.views import Scene, View, project
from agentpprof_mcp.work import Work, working

__all__ = ["MAIN", "Spot", "Trace", "trace"]

MAIN = "main"
"""The name of a session's own file, beside those of its sub-agents."""

MOST_BYTES = 64 << 20
"""History that is read again for one answer."""
MOST_SPOTS = 8
"""Events of a session whose lines are looked for: the heaviest."""
LEAST_ID = 8
"""Bytes of an id that is looked for; a shorter one might stand anywhere."""

UUID = 36
"""Characters of a thread's id."""

SHOWN = 13
HEX = re.compile(r"[0-9a-f-]{8,36}")

Event = ModelCall | ToolCall
Keeps = Callable[[tuple[Label, ...]], bool]


class Spot(NamedTuple):
    """One event: whose file it is in (`MAIN` or a sub-agent's id), its line from 1 (0: not found), weight."""

    file: str
    line: int
    weight: int


class Trace(NamedTuple):
    """What stands behind a frame in one session: its prompts by index, heaviest first, and lines."""

    handle: str
    prompts: list[tuple[int, str, int]]
    spots: list[Spot]


def trace(
    query: Query, env: Env, view: View, keeps: Keeps, *, measure: int, handles: Sequence[str]
) -> list[Trace]:
    """The events whose stacks are to be kept, in those sessions that can be read again within bounds."""
    work = working(query, env, view)
    groups = discover(query.selection.roots, {}, Reconciliation())
    traces, left = [], MOST_BYTES
    for handle in handles:
        asked = [group for group in groups if _is_of(group, handle)]
        family = [group for group in groups if group in asked or _are_kin(group, asked)]
        left -= sum(group.size for group in family)
        if left < 0:
            break
        for scene, group in _scenes(work, family):
            if group in asked and work.labels.handle(scene.session.id) == handle:
                found = list(_weighed(work, scene, view, keeps, measure))
                spots = sorted(_spots(group, _heaviest(found), work.labels))
                traces.append(Trace(handle, _by_prompt(scene.session, found), spots))
    return traces


def _is_of(group: Group, handle: str) -> bool:
    """Whether the file names of a group say that it is the session of this handle."""
    paths = (group.main,) if group.main else group.subagents
    return any(
        handle in name_of(path) or handle in name_of(folder_of(folder_of(path))) for path in paths
    )


def _are_kin(group: Group, others: Iterable[Group]) -> bool:
    return bool(group.root) and any(group.root == other.root for other in others)


def _scenes(work: Work, family: Sequence[Group]) -> Iterator[tuple[Scene, Group]]:
    """The selected sessions of a family after each event went to its owner."""
    read: list[tuple[Session, Group]] = []
    for group in family:
        try:
            read.append((reader_of(group.agent).read(group, work.wants), group))
        except OSError:
            continue
    if len(read) > 1:
        settle([session for session, _ in read])
    for session, group in read:
        scene, dropped = work.scene(session)
        if not dropped:
            yield scene, group


def _weighed(
    work: Work, scene: Scene, view: View, keeps: Keeps, measure: int
) -> Iterator[tuple[Event, int]]:
    """Every event that opens into a stack to be kept, and its weight there."""
    session = scene.session
    events: list[Event] = [*session.calls, *session.tools]
    for event in events:
        called = isinstance(event, ModelCall)
        mine = {"calls": [event], "tools": []} if called else {"calls": [], "tools": [event]}
        alone = msgspec.structs.replace(session, **mine)
        samples = project(view, replace(scene, session=alone), work.day_of, work.query.frames)
        weight = sum(values[measure] for (stack, _), values in samples if keeps(stack))
        if weight:
            yield event, weight


def _by_prompt(session: Session, found: list[tuple[Event, int]]) -> list[tuple[int, str, int]]:
    weights: dict[int, int] = {}
    for event, weight in found:
        weights[event.prompt] = weights.get(event.prompt, 0) + weight
    heaviest = sorted(weights.items(), key=lambda pair: (-pair[1], pair[0]))
    return [(index, session.prompts[index].tag, weight) for index, weight in heaviest]


def _heaviest(found: list[tuple[Event, int]]) -> list[tuple[Event, int]]:
    return sorted(found, key=lambda pair: (-pair[1], pair[0].at))[:MOST_SPOTS]


# --- lines -----------------------------------------------------------------------------------


def _spots(group: Group, events: list[tuple[Event, int]], labels: Labels) -> Iterator[Spot]:
    """The line of each event: the first that names it, in any file of the session."""
    wanted = {_needle(event): weight for event, weight in events}
    for path in (*((group.main,) if group.main else ()), *group.subagents):
        name = MAIN if path == group.main else _called(path, labels)
        for needle, line in _lines(path, wanted):
            yield Spot(name, line, wanted.pop(needle))
    for weight in wanted.values():
        yield Spot(MAIN, 0, weight)


def _called(path: str, labels: Labels) -> str:
    """A sub-agent by the id in the name of its file, `agent-ID` or `rollout-TIME-ID`."""
    stem = name_of(path).partition(".")[0]
    name = stem[-UUID:] if stem.startswith("rollout-") else stem.removeprefix("agent-")
    return name[:SHOWN] if HEX.fullmatch(name) else labels.handle(name)


def _needle(event: Event) -> bytes:
    """The bytes by which the line of an event is known: its id as the agent wrote it, else its time."""
    name = event.message if isinstance(event, ModelCall) else event.id
    own = len(name) >= LEAST_ID and not name.startswith(UNNAMED) and ":" not in name
    if own:
        return f'"{name}"'.encode("utf-8", "replace")
    moment = datetime.fromtimestamp(event.at / 1000, UTC)
    return f'"{moment:%Y-%m-%dT%H:%M:%S}.{event.at % 1000:03d}'.encode()


def _lines(path: str, needles: Iterable[bytes]) -> Iterator[tuple[bytes, int]]:
    """Each needle that a file holds, with the number of the first line that does."""
    wanted = list(needles)
    try:
        for number, line in enumerate(Framing(path, Reconciliation()), 1):
            found = [needle for needle in wanted if needle in line]
            for needle in found:
                wanted.remove(needle)
                yield needle, number
            if not wanted:
                return
    except OSError:
        return
