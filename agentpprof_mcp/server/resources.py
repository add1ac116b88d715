"""Profiles by address: `agentpprof://FORMAT/VIEW/SESSION`, where SESSION may be `all`, `last` or `current`."""

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple, TypeVar

from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ResourceError

from agentpprof_mcp import results, service
from agentpprof_mcp.errors import AgentPprofError
from agentpprof_mcp.server.arguments import MOST_ROWS, read
from agentpprof_mcp.server.call import Call
from agentpprof_mcp.server.desk import Desk
from agentpprof_mcp.views import VIEWS

__all__ = ["ALL", "add_to"]

Content = TypeVar("Content", str, str | bytes)

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

    async def sessions() -> str:
        return await _told(desk, _listed, "", "", None)

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


def _table_of(desk: Desk, view: str) -> Callable[[], Awaitable[str | bytes]]:
    async def table() -> str | bytes:
        return await _told(desk, _encoded(TABLE), view, ALL, None)

    return table


def _profile_as(desk: Desk, form: str) -> Callable[[str, str, Context], Awaitable[str | bytes]]:
    async def profile(view: str, session: str, ctx: Context) -> str | bytes:
        return await _told(desk, _encoded(form), view, session, ctx)

    return profile


async def _told(
    desk: Desk, make: Callable[[Call], Content], view: str, session: str, ctx: Context | None
) -> Content:
    """An answer, or the error that says what would work."""
    try:
        asked = read({"view": view, "session": "" if session == ALL else session}, ())
        return await desk.answer(make, asked, ctx)
    except AgentPprofError as error:
        raise ResourceError(str(error)) from None


def _listed(call: Call) -> str:
    query = call.query()
    return results.listing(call.sessions(query), query.zone, MOST_ROWS, 0).text


def _encoded(form: str) -> Callable[[Call], str | bytes]:
    def make(call: Call) -> str | bytes:
        _, report = call.profiles(call.query())
        if form == TABLE:
            return results.head(report, report) + service.table(report, MOST_ROWS).text
        data = service.encode(report, form)
        return data if service.writer_named(form).binary else data.decode()

    return make
