"""Rows: what a view counts, as raw values, before any label is made.

Rows are added up where many are equal, so labels cost what is distinct and not what happened. What a
view's function yields here becomes frames in `views`.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from itertools import chain
from typing import NamedTuple

import msgspec

from agentpprof_mcp.model import Effect, EffectKind, ModelCall, Session, Tokens, ToolCall
from agentpprof_mcp.profile import Values, add_up
from agentpprof_mcp.projects import common_folder

__all__ = ["TOKEN_KINDS", "DayOf", "Row", "Rows", "files", "network", "system", "tasks", "tokens"]

NANOSECONDS = 1_000_000
"""In a millisecond, the model's unit of time."""

PRECEDENCE = {kind: rank for rank, kind in enumerate(EffectKind)}
TOKEN_KINDS = Tokens.__struct_fields__


class Row(NamedTuple):
    """Raw values of one sample; empty ones give no frame.

    `prompt` is the tag of the region. `path` is relative to `cwd`, and cut at the root of the
    worktree that holds `record_cwd`. `domain` is None where nothing was contacted, empty where it is
    not known what.
    """

    prompt: str
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


Rows = Iterable[tuple[Row, tuple[int, ...]]]
DayOf = Callable[[int], str]
"""From milliseconds to the day, empty where the time is unknown."""


def _added(rows: Rows) -> Rows:
    """Each row once, with the sums of its values."""
    sums: dict[Row, Values] = {}
    add_up(sums, rows)
    return sums.items()


def _of_each_tool(
    rows_of: Callable[[ToolCall, str, str], Rows],
) -> Callable[[Session, DayOf], Rows]:
    """The rows of every tool call, from those of one, its prompt and its day."""

    def rows(session: Session, day_of: DayOf) -> Rows:
        tags = _tags(session)
        return _added(
            row
            for tool in session.tools
            for row in rows_of(tool, tags[tool.prompt], day_of(tool.at))
        )

    return rows


def _tags(session: Session) -> list[str]:
    """The tags of the regions by index."""
    return [prompt.tag for prompt in session.prompts]


def tasks(session: Session, day_of: DayOf) -> Rows:
    """One row for each event."""
    tags = _tags(session)
    calls = (_task_of_call(call, tags[call.prompt], day_of(call.at)) for call in session.calls)
    tools = (_task_of_tool(tool, tags[tool.prompt], day_of(tool.at)) for tool in session.tools)
    return _added(chain(calls, tools))


def _task_of_call(call: ModelCall, prompt: str, day: str) -> tuple[Row, tuple[int, ...]]:
    row = Row(prompt, day, call.subagent, f"llm/{call.tag}", kind="llm", model=call.model)
    return row, (1, call.tokens.total, 0, 0)


def _task_of_tool(tool: ToolCall, prompt: str, day: str) -> tuple[Row, tuple[int, ...]]:
    main = min((effect.kind for effect in tool.effects), key=PRECEDENCE.__getitem__)
    row = Row(
        prompt,
        day,
        tool.subagent,
        f"tool/{tool.category}",
        kind="tool",
        effect=main,
        status=tool.status,
    )
    return row, (1, 0, int(tool.status.failed), tool.duration * NANOSECONDS)


def tokens(session: Session, day_of: DayOf) -> Rows:
    """The tokens of all calls that one row stands for, by `TOKEN_KINDS`."""
    tags = _tags(session)
    sums: defaultdict[tuple[str, str, str, str, str], Tokens] = defaultdict(Tokens)
    for call in session.calls:
        key = (tags[call.prompt], day_of(call.at), call.subagent, call.tag, call.model)
        sums[key].add(call.tokens)
    for (prompt, day, subagent, tag, model), sum_ in sums.items():
        row = Row(prompt, day, subagent, f"llm/{tag}", model=model)
        yield row, msgspec.structs.astuple(sum_)


def _system_of_tool(tool: ToolCall, prompt: str, day: str) -> Rows:
    for effect in tool.effects:
        row = _effect_row(tool, prompt, day, effect)
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


def _files_of_tool(tool: ToolCall, prompt: str, day: str) -> Rows:
    for effect in tool.effects:
        row = _effect_row(tool, prompt, day, effect)
        for path in effect.paths:
            yield row._replace(path=path), (1, int(tool.status.failed))


def _network_of_tool(tool: ToolCall, prompt: str, day: str) -> Rows:
    seen = set()
    for effect in tool.effects:
        contacted = effect.domains or (("",) if effect.kind is EffectKind.NETWORK else ())
        for domain in contacted:
            if domain in seen:
                continue
            seen.add(domain)
            chain = effect.processes[1:] if tool.category == "shell" else effect.processes
            row = _effect_row(tool, prompt, day, effect)
            yield row._replace(domain=domain, processes=chain), (1, int(tool.status.failed))


def _effect_row(tool: ToolCall, prompt: str, day: str, effect: Effect) -> Row:
    return Row(
        prompt,
        day,
        tool.subagent,
        f"tool/{tool.category}",
        effect=effect.kind,
        status=tool.status,
        cwd=effect.cwd or tool.cwd,
        record_cwd=tool.cwd,
    )


system = _of_each_tool(_system_of_tool)
files = _of_each_tool(_files_of_tool)
network = _of_each_tool(_network_of_tool)
