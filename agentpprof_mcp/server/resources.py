"""Profiles by address: `agentpprof://FORMAT/VIEW/SESSION`, where SESSION may be `all`, `last` or `current`."""

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ResourceError

from agentpprof_mcp.errors import AgentPprofError
from agentpprof_mcp.server.arguments import read
from agentpprof_mcp.server.desk import Desk
from agentpprof_mcp.views import VIEWS

__all__ = ["ALL", "add_to"]

ALL = "all"
TABLE = "table"


class Form(NamedTuple):
    """One format of profiles: its name, what it is for, and its media type."""

    name: str
    about: str
    media: str


FORMS = (
    Form(TABLE, "the heaviest frames", "text/plain"),
    Form("folded", "folded stacks, for flamegraph.pl, inferno and speedscope", "text/plain"),
    Form("json", "everything, for programs", "application/json"),
    Form("svg", "a flame graph, for a browser", "image/svg+xml"),
    Form("pprof", "gzipped pprof, for go tool pprof and speedscope", "application/gzip"),
)


def add_to(server: MCPServer[Any], desk: Desk) -> None:
    """Offer a template for each format, and what a client may list: the sessions, a table of each view."""

    async def sessions() -> object:
        return await _told(desk, "sessions", "", "", None)

    server.resource(
        "agentpprof://sessions",
        name="sessions",
        description="Sessions of the client's folder, newest first.",
        mime_type="text/plain",
    )(sessions)
    for view in VIEWS:
        server.resource(
            f"agentpprof://{TABLE}/{view.name}/{ALL}",
            name=view.name,
            description=f"{view.question} The heaviest frames of all sessions of the client's folder.",
            mime_type="text/plain",
        )(_table_of(desk, view.name))
    for form in FORMS:
        server.resource(
            f"agentpprof://{form.name}/{{view}}/{{session}}",
            name=form.name,
            description=f"A profile as {form.about}. session: {ALL}, last, current, or the start of an id.",
            mime_type=form.media,
        )(_profile_as(desk, form.name))


def _table_of(desk: Desk, view: str) -> Callable[[], Awaitable[object]]:
    async def table() -> object:
        return await _told(desk, f"as {TABLE}", view, ALL, None)

    return table


def _profile_as(desk: Desk, form: str) -> Callable[[str, str, Context], Awaitable[object]]:
    async def profile(view: str, session: str, ctx: Context) -> object:
        return await _told(desk, f"as {form}", view, session, ctx)

    return profile


async def _told(desk: Desk, what: str, view: str, session: str, ctx: Context | None) -> object:
    """An answer, or the error that says what would work."""
    try:
        asked = read({"view": view, "session": "" if session == ALL else session}, ())
        return await desk.answer(what, asked, ctx)
    except AgentPprofError as error:
        raise ResourceError(str(error)) from None
