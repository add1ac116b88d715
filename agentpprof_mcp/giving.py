"""Tags that somebody gives to sessions and prompts by hand, and which rule gave which of the others."""

from pathlib import Path

from msgspec.structs import replace

from agentpprof_mcp.collect import Progress, Sessions, collect, quiet
from agentpprof_mcp.digest import Digest
from agentpprof_mcp.env import Env
from agentpprof_mcp.errors import NothingFoundError, UserError
from agentpprof_mcp.naming import Naming, naming, naming_json, naming_table
from agentpprof_mcp.query import Query
from agentpprof_mcp.taggers import GIVEN, SESSION, Given, checked, store_in

__all__ = [
    "SESSION",
    "give_tag",
    "given_tags",
    "naming_json",
    "naming_table",
    "tags",
    "tags_file",
    "take_tag",
]


def give_tag(
    query: Query, env: Env, tag: str, prompt: int = SESSION, *, dry_run: bool = False
) -> Digest:
    """Name the one selected session, or one prompt of it; an empty tag takes a given one back.

    Returns the session as it was before. Raises `UserError`, `NothingFoundError`, or `InputError` when the
    store of given tags cannot be used.
    """
    if tag:
        checked(tag)
    sessions = collect(query, env, None, quiet).sessions
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
    digest = give_tag(replace(query, naming=True), env, "", prompt)
    if prompt == SESSION:
        rule = next(named.rule for named in digest.naming if named.kind == "session")
    else:
        rule = digest.regions[prompt].rule
    if rule != GIVEN:
        raise NothingFoundError("no tag was given there; agentpprof tags lists those that were")
    return digest


def tags(query: Query, env: Env, progress: Progress = quiet) -> tuple[Sessions, Naming]:
    """The selected sessions, which rules named what in them, and all given tags.

    Raises `InputError` when the store of given tags cannot be used.
    """
    found = collect(replace(query, naming=True), env, None, progress)
    return found, naming(found.sessions, store_in(env.cache).items())


def given_tags(env: Env) -> dict[tuple[str, int], str]:
    """All given tags by the session that they are stored under (`Facts.lasting`) and the prompt."""
    return {(given.session, given.prompt): given.tag for given in store_in(env.cache).items()}


def tags_file(env: Env) -> Path:
    """The file of given tags, which need not exist."""
    return store_in(env.cache).path
