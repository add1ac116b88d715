"""From a call's arguments to the query that they ask for."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from msgspec.structs import replace

from agentpprof_mcp.env import Env
from agentpprof_mcp.errors import UserError
from agentpprof_mcp.query import Query, Selection, aside, parse_time, parse_zone
from agentpprof_mcp.readers import READERS
from agentpprof_mcp.server.arguments import AGENTS, VIEW_NAMES, Asked, choose
from agentpprof_mcp.server.current import current_session

__all__ = ["LAST", "Choices", "query_of", "sides_of"]

CURRENT, LAST, ALL = "current", "last", "all"
MINUTE = 60_000
"""Milliseconds to which times that are relative to now are rounded, so that repeated questions are equal."""
WEEK = "7d"


class Choices(NamedTuple):
    """What the user chose at the start, and no caller can change.

    Folders of history by agent, the default project, where exports go (None: the cache), and whether
    beginnings of prompts may be shown.
    """

    roots: Mapping[str, Path]
    project_root: Path | None = None
    all_projects: bool = False
    output_dir: Path | None = None
    previews: bool = False


def query_of(asked: Asked, choices: Choices, env: Env, meta: Mapping[str, object]) -> Query:
    """The query of a call. An id means that session, whatever its project. Raises `UserError`."""
    zone = parse_zone("UTC")
    roots = {r.name: env.cwd / r.default_root(env.home, env.environ) for r in READERS}
    roots |= choices.roots
    session = _session_id(asked.session, roots, env, meta)
    everywhere = asked.project or choices.all_projects or session not in {"", LAST}
    now = env.now - env.now % MINUTE
    selection = Selection(
        project_root=None if everywhere else choices.project_root or env.cwd,
        projects=_one("" if asked.project.lower() == ALL else asked.project),
        roots=roots,
        agents=_one(asked.agent and choose("agent", asked.agent, AGENTS)),
        session_ids=_one(session),
        session_tags=_one(asked.session_tag.lower()),
        prompt_tags=_one(asked.prompt_tag.lower()),
        since=parse_time(asked.since, now, zone) if asked.since else 0,
        until=parse_time(asked.until, now, zone, end=True) if asked.until else 0,
    )
    if selection.since and selection.until and selection.since >= selection.until:
        raise UserError("since is not before until")
    return Query(selection, view=choose("view", asked.view, VIEW_NAMES), zone=zone)


def sides_of(
    asked: Asked, choices: Choices, env: Env, meta: Mapping[str, object]
) -> tuple[tuple[str, Query], tuple[str, Query]]:
    """Base and new of a comparison, each with its name.

    Without a base, a session is compared with all of the project (one that was found by its id, with all
    there are), a period (the last week, where none is given) with the one before it.
    """
    if not (asked.session or asked.since or asked.until):
        asked = asked._replace(since=WEEK)
    query = query_of(asked, choices, env, meta)
    period = f"{asked.since}..{asked.until}" if asked.since or asked.until else ""
    new = (" ".join(filter(None, (asked.session, period))), query)
    now = env.now - env.now % MINUTE
    if asked.base:
        roots = query.selection.roots
        side = asked.base if ".." in asked.base else _session_id(asked.base, roots, env, meta)
        return (asked.base, aside(query, side, now)), new
    if asked.session:
        found_anywhere = asked.session not in {CURRENT, LAST} and not asked.project
        everything = asked._replace(
            session="", since="", until="", project=ALL if found_anywhere else asked.project
        )
        return ("all sessions", query_of(everything, choices, env, meta)), new
    since, until = query.selection.since, query.selection.until or now
    if not since:
        raise UserError("say what to compare with: base='14d..7d', or a session; or give since")
    before = replace(query.selection, since=max(1, 2 * since - until), until=since)
    return ("as long before", replace(query, selection=before)), new


def _session_id(
    session: str, roots: Mapping[str, Path], env: Env, meta: Mapping[str, object]
) -> str:
    """An id, or `last`; `current` becomes the id of the session that asks."""
    return current_session(meta, roots, env) if session == CURRENT else session


def _one(value: str) -> tuple[str, ...]:
    return (value,) if value else ()
