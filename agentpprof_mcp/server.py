"""The MCP server: each tool turns its arguments into a query, and the service's answer into text.

Importing it loads neither protobuf nor regular expressions of users, and nothing is read before a call:
clients wait for the greeting.
"""

import functools
import inspect
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, NamedTuple, ParamSpec

from mcp.server.context import CallNext, HandlerResult, ServerRequestContext
from mcp.server.extension import Extension
from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.mcpserver.tools import Tool
from mcp.types import CallToolRequestParams, CallToolResult, TextContent, ToolAnnotations
from pydantic import Field

from agentpprof_mcp import __version__, results, service
from agentpprof_mcp.env import Env
from agentpprof_mcp.errors import AgentPprofError, UserError
from agentpprof_mcp.query import Query, Selection, parse_time, parse_zone
from agentpprof_mcp.readers import READERS
from agentpprof_mcp.stdio import PatientServer
from agentpprof_mcp.views import VIEWS

__all__ = ["Choices", "build"]

INSTRUCTIONS = """\
Profiles this machine's past and current coding-agent sessions (Claude Code and Codex history): where tokens, cost, \
time, tool calls, retries and errors went, what was slow or expensive, which files, commands and domains were \
touched, and which prompt caused it. Start with list_sessions; top_frames answers most questions in one table; \
profile gives folded stacks, as for a flame graph. Sessions of the working directory unless project='all'; \
session='current' is this conversation. Answers hold labels and numbers, no session text."""

READS = ToolAnnotations(
    read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
)
REPLACES = ToolAnnotations(
    read_only_hint=False, destructive_hint=True, idempotent_hint=True, open_world_hint=False
)

AGENTS = [reader.name for reader in READERS]
VIEW_NAMES = [name for view in VIEWS for name in (view.name, *view.aliases)]
MEASURES = dict.fromkeys(measure.name for view in VIEWS for measure in view.measures)
TABLE, FOLDED, JSON = "table", "folded", "json"
FILES = {"pprof": "out.pb.gz", "svg": "out.svg"}
"""Formats that are no text for a model, and a name for the file that the command line writes."""

View = Annotated[str, Field(description=" ".join(f"{v.name}: {v.question}" for v in VIEWS))]
Format = Annotated[str, Field(description=f"{TABLE} (default), {FOLDED} or {JSON}")]
Measure = Annotated[str, Field(description=f"weigh by one of the view's: {', '.join(MEASURES)}")]
Project = Annotated[
    str, Field(description="a project's name, or all; default: the working directory's")
]
Agent = Annotated[str, Field(description=" or ".join(AGENTS))]
Session = Annotated[str, Field(description="current, last, or the beginning of an id")]
SessionTag = Annotated[str, Field(description="only sessions with this tag")]
PromptTag = Annotated[str, Field(description="only events of prompts with this tag")]
Since = Annotated[str, Field(description="events from then on: 7d, 24h, or a date (UTC)")]
Until = Annotated[str, Field(description="events before then; a date includes its day")]
Limit = Annotated[int, Field(description=f"rows, 1 to {results.MOST_ROWS}, default 20")]
Tag = Annotated[str, Field(description="an English word of 3 to 12 letters; empty: take it back")]
Prompt = Annotated[int, Field(description="index of a prompt; default: the whole session")]
DryRun = Annotated[bool, Field(description="only say what would change")]

Arguments = ParamSpec("Arguments")


class Choices(NamedTuple):
    """What the user chose at the start: folders of history by agent, and the default project."""

    roots: Mapping[str, Path]
    project_root: Path | None = None
    all_projects: bool = False


def build(choices: Choices, env: Callable[[], Env] = Env.real) -> MCPServer[Any]:
    """The server, ready to run. `env` is asked anew in every call."""
    tools = _Tools(choices, env)
    offered = [
        Tool.from_function(
            tool, description=inspect.getdoc(tool), annotations=hints, structured_output=False
        )
        for tool, hints in (
            (tools.list_sessions, READS),
            (tools.top_frames, READS),
            (tools.profile, READS),
            (tools.tag_sessions, REPLACES),
        )
    ]
    return PatientServer(
        "agentpprof",
        title="agentpprof",
        version=__version__,
        instructions=INSTRUCTIONS,
        tools=offered,
        extensions=[_StrictArguments({t.name: list(t.parameters["properties"]) for t in offered})],
        log_level="WARNING",
    )


class _StrictArguments(Extension):
    """Refuses arguments that a tool does not have; the SDK would ignore them in silence."""

    identifier = "agentpprof-mcp/strict-arguments"

    def __init__(self, known: Mapping[str, list[str]]) -> None:
        self._known = known

    async def intercept_tool_call(
        self,
        params: CallToolRequestParams,
        ctx: ServerRequestContext[Any, Any],
        call_next: CallNext,
    ) -> HandlerResult:
        """Look at the names before the tool runs."""
        known = self._known.get(params.name)
        for name in params.arguments or {}:
            if known and name not in known:
                text = _unknown("argument", name, known)
                return CallToolResult(content=[TextContent(text=text)], is_error=True)
        return await call_next(ctx)


def _answering(tool: Callable[Arguments, str]) -> Callable[Arguments, str]:
    """A tool whose errors for a reader reach the model, and whose answer clients take whole."""

    @functools.wraps(tool)
    def answer(*args: Arguments.args, **kwargs: Arguments.kwargs) -> str:
        try:
            return results.capped(tool(*args, **kwargs))
        except AgentPprofError as error:
            raise ToolError(_spoken(str(error))) from None

    return answer


class _Selectors(NamedTuple):
    """The arguments that all reading tools share, as they were given."""

    project: str = ""
    agent: str = ""
    session: str = ""
    session_tag: str = ""
    prompt_tag: str = ""
    since: str = ""
    until: str = ""


class _Tools:
    """The tools, which the SDK runs in threads. A model finds them by their docstrings."""

    def __init__(self, choices: Choices, env: Callable[[], Env]) -> None:
        self._choices = choices
        self._env = env

    @_answering
    def list_sessions(
        self,
        ctx: Context,
        *,
        project: Project = "",
        agent: Agent = "",
        session: Session = "",
        session_tag: SessionTag = "",
        prompt_tag: PromptTag = "",
        since: Since = "",
        until: Until = "",
        limit: Limit = 20,
    ) -> str:
        """List past coding-agent sessions, newest first: prompts, calls, errors, tokens, and totals.

        Start here. One session alone also shows the tags of its prompts.
        """
        asked = _Selectors(project, agent, session, session_tag, prompt_tag, since, until)
        env = self._env()
        query = self._query(env, ctx, asked)
        return results.listing(service.list_sessions(query, env), query.zone, _rows(limit))

    @_answering
    def top_frames(
        self,
        ctx: Context,
        *,
        view: View = VIEWS[0].name,
        measure: Measure = "",
        project: Project = "",
        agent: Agent = "",
        session: Session = "",
        session_tag: SessionTag = "",
        prompt_tag: PromptTag = "",
        since: Since = "",
        until: Until = "",
        limit: Limit = 20,
    ) -> str:
        """The heaviest frames: what used most tokens or time, what failed or was repeated most.

        flat is the weight of the stacks that end in a frame, cum of those that hold it anywhere.
        """
        asked = _Selectors(project, agent, session, session_tag, prompt_tag, since, until)
        env = self._env()
        report = service.profile(self._query(env, ctx, asked, view), env)
        return results.table(report, _rows(limit), measure.strip().lower())

    @_answering
    def profile(
        self,
        ctx: Context,
        *,
        view: View = VIEWS[0].name,
        format: Format = TABLE,  # noqa: A002  the argument's public name
        project: Project = "",
        agent: Agent = "",
        session: Session = "",
        session_tag: SessionTag = "",
        prompt_tag: PromptTag = "",
        since: Since = "",
        until: Until = "",
        limit: Limit = 20,
    ) -> str:
        """A profile as a table, as folded stacks (a flame graph's input) or as JSON.

        Folded stacks are whole, from the project to the leaf, the heaviest first; JSON holds everything.
        """
        asked = _Selectors(project, agent, session, session_tag, prompt_tag, since, until)
        env = self._env()
        query = self._query(env, ctx, asked, view)
        form = _chosen("format", format, (TABLE, FOLDED, JSON, *FILES))
        if form in FILES:
            raise UserError(
                f"{form} is a file; run: agentpprof --view {query.view} -o {FILES[form]}"
            )
        rows = _rows(limit)
        report = service.profile(query, env)
        if form == TABLE:
            return results.table(report, rows)
        text = service.encode(report, form).decode()
        return results.whole(text, query.view) if form == JSON else results.heaviest(text, rows)

    @_answering
    def tag_sessions(
        self,
        ctx: Context,
        *,
        session: Session,
        tag: Tag,
        prompt: Prompt = -1,
        project: Project = "",
        dry_run: DryRun = False,
    ) -> str:
        """Name a session, or one of its prompts, by what it was about; lists and profiles then show it.

        Given tags stay and win over rules. The session's own files are not touched.
        """
        if not session.strip():
            raise UserError("session is empty; give current, last, or the beginning of an id")
        env = self._env()
        query = self._query(env, ctx, _Selectors(project, session=session))
        word = tag.strip().lower()
        before = service.give_tag(query, env, word, prompt, dry_run=dry_run)
        what, had = f"session {before.handle}", before.tag
        if prompt >= 0:
            what, had = f"prompt {prompt} of {what}", before.regions[prompt].tag
        verb = "would be" if dry_run else "is now"
        return f"{what} {verb} {f'tagged {word}' if word else 'without a given tag'} (was {had})\n"

    def _query(self, env: Env, ctx: Context, asked: _Selectors, view: str = VIEWS[0].name) -> Query:
        """The query that arguments ask for. An id means that session, whatever its project."""
        choices, zone = self._choices, parse_zone("UTC")
        session = _session_id(asked.session.strip(), env, ctx)
        project = asked.project.strip()
        everywhere = project or choices.all_projects or session not in {"", LAST}
        roots = {reader.name: reader.default_root(env.home, env.environ) for reader in READERS}
        selection = Selection(
            project_root=None if everywhere else choices.project_root or env.cwd,
            projects=_one("" if project == "all" else project),
            roots={**roots, **choices.roots},
            agents=_one(asked.agent and _chosen("agent", asked.agent, AGENTS)),
            session_ids=_one(session),
            session_tags=_one(asked.session_tag.strip().lower()),
            prompt_tags=_one(asked.prompt_tag.strip().lower()),
            since=parse_time(asked.since, env.now, zone) if asked.since else 0,
            until=parse_time(asked.until, env.now, zone, end=True) if asked.until else 0,
        )
        return Query(selection, view=_chosen("view", view, VIEW_NAMES), zone=zone)


# --- arguments -------------------------------------------------------------------------------

CURRENT, LAST = "current", "last"


def _session_id(session: str, env: Env, ctx: Context) -> str:
    """An id or `last`; `current` is what the client tells, in this call or in our environment."""
    if session != CURRENT:
        return session
    meta: Mapping[str, object] = ctx.request_context.meta or {}
    known = meta.get("threadId") or env.environ.get("CLAUDE_CODE_SESSION_ID")
    if not known or not isinstance(known, str):
        raise UserError("this client does not tell which session is current; try session='last'")
    return known


def _one(value: str) -> tuple[str, ...]:
    return (value,) if value else ()


def _rows(limit: int) -> int:
    if not 1 <= limit <= results.MOST_ROWS:
        raise UserError(f"limit must be 1 to {results.MOST_ROWS}")
    return limit


def _chosen(what: str, given: str, known: Sequence[str]) -> str:
    """The known word that was given, in any case. Raises `UserError` with the nearest."""
    word = given.strip().lower()
    if word not in known:
        raise UserError(_unknown(what, word, known))
    return word


def _unknown(what: str, given: str, known: Sequence[str]) -> str:
    """What to say of a name that nobody knows."""
    from difflib import get_close_matches  # noqa: PLC0415  only mistakes pay for it

    name = given[:64]
    nearest = "".join(f" did you mean {near}?" for near in get_close_matches(name, known, 1))
    return f"unknown {what} {name!r};{nearest} known: {', '.join(known)}"


def _spoken(text: str) -> str:
    """An error of the service, which speaks of flags, in the words of the tools."""
    return text.replace("--all-projects or --project-root", "project='all' or one of these names")
