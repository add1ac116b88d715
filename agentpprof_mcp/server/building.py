"""All that the server offers, put together as a server of the SDK."""

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from mcp.server.context import CallNext, HandlerResult, ServerRequestContext
from mcp.server.extension import Extension
from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.mcpserver.tools import Tool
from mcp.types import (
    CallToolRequestParams,
    CallToolResult,
    GetPromptResult,
    InputRequiredResult,
    TextContent,
    ToolAnnotations,
)

from agentpprof_mcp import __version__
from agentpprof_mcp.env import Env
from agentpprof_mcp.errors import AgentPprofError
from agentpprof_mcp.server import prompts, resources
from agentpprof_mcp.server.arguments import misnamed, read, schema
from agentpprof_mcp.server.desk import Desk
from agentpprof_mcp.server.selecting import Choices
from agentpprof_mcp.server.tools import TOOLS, ToolSpec
from agentpprof_mcp.stdio import PatientServer

__all__ = ["build"]

INSTRUCTIONS = """\
Profiles this machine's past and current coding-agent sessions (Claude Code and Codex history): where tokens, cost, \
time, tool calls, retries and errors went, what was slow or expensive, which files, commands and domains were \
touched, and which prompt caused it. Start with list_sessions; top_frames answers most questions in one table, \
frame_details says which prompts and lines stand behind a row, compare_profiles what changed; export_profile \
writes a flame graph. Sessions of the working directory unless project='all'; session='current' is this \
conversation. Answers hold labels and numbers, no session text."""


HINTS = {
    True: ToolAnnotations(read_only_hint=True, open_world_hint=False),
    False: ToolAnnotations(
        read_only_hint=False, destructive_hint=True, idempotent_hint=True, open_world_hint=False
    ),
}
"""By whether a tool only reads."""


def build(choices: Choices, env: Callable[[], Env] = Env.real) -> MCPServer[Any]:
    """The server, ready to run. `env` is asked anew in every call."""
    desk = Desk(choices, env)
    server = _Server(
        "agentpprof",
        title="agentpprof",
        version=__version__,
        instructions=INSTRUCTIONS,
        tools=[_tool(spec, desk) for spec in TOOLS],
        extensions=[_StrictArguments({spec.name: spec.takes for spec in TOOLS})],
        log_level="WARNING",
    )
    resources.add_to(server, desk)
    prompts.add_to(server, desk)
    return server


def _tool(spec: ToolSpec, desk: Desk) -> Tool:
    """A tool of the SDK. Arguments are read here and not by it: its errors would repeat them."""

    async def run(ctx: Context, **given: object) -> str:
        try:
            text: str = await desk.answer(spec.name, read(given, spec.required), ctx)
        except AgentPprofError as error:
            raise ToolError(str(error)) from None
        return text

    parameters = [
        inspect.Parameter("ctx", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=Context)
    ]
    parameters += [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=Any)
        for name in spec.takes
    ]
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    tool = Tool.from_function(
        run,
        spec.name,
        description=spec.about,
        context_kwarg="ctx",
        annotations=HINTS[spec.reads],
        meta=spec.meta,
        structured_output=False,
    )
    tool.parameters = schema(spec.takes, spec.required, spec.argued)
    return tool


class _Server(PatientServer):
    """Refuses prompts as it refuses tools; the SDK would log a traceback, and repeat what it was given."""

    async def get_prompt(
        self,
        name: str,
        arguments: dict[str, Any] | None = None,
        context: Context[Any, Any] | None = None,
    ) -> GetPromptResult | InputRequiredResult:
        """A prompt by name. Raises `MCPError` for names that there are not."""
        prompts.check(name, arguments or {})
        return await super().get_prompt(name, arguments, context)


class _StrictArguments(Extension):
    """Refuses tools and arguments that there are not; the SDK would ignore such an argument in silence."""

    identifier = "agentpprof-mcp/strict-arguments"

    def __init__(self, known: Mapping[str, tuple[str, ...]]) -> None:
        self._known = known

    async def intercept_tool_call(
        self,
        params: CallToolRequestParams,
        ctx: ServerRequestContext[Any, Any],
        call_next: CallNext,
    ) -> HandlerResult:
        """Look at the names before the tool runs."""
        mistake = misnamed("tool", params.name, params.arguments or {}, self._known)
        if mistake:
            return CallToolResult(content=[TextContent(text=mistake)], is_error=True)
        return await call_next(ctx)
