"""What a tool call did: its category, and at least one `Effect`.

Effects keep what the history says, raw: program words, paths as written, hosts. Frames are made from
them by `labels` only.

Two things to know about `Effect.domains`: `registry:NAME` is a service that a command implies
(`npm install`), and an empty string is a contact without a name (`git push origin main`), shown as
`domain:unknown` by the view of domains and not at all by others.
"""

from agentpprof_mcp.effects.arguments import Action, Arguments, parse_arguments
from agentpprof_mcp.effects.places import join
from agentpprof_mcp.effects.tools import CATEGORIES, category_of, mcp_of, tool_of
from agentpprof_mcp.model import Effect

__all__ = [
    "CATEGORIES",
    "Action",
    "Arguments",
    "category_of",
    "effects_of",
    "mcp_of",
    "parse_arguments",
]


def effects_of(
    name: str, arguments: Arguments, cwd: str = "", *, commands: bool = True
) -> list[Effect]:
    """What the call of this tool did; at least one effect. Never raises.

    `cwd` is the folder the agent was in; the call's own working directory is joined to it. Without
    `commands`, shell text is not read and its calls give nothing: enough for the files that native
    tools name.
    """
    tool = tool_of(name)
    if not tool.language:
        from agentpprof_mcp.effects.native import native_effects  # noqa: PLC0415  not in every view

        return native_effects(tool, arguments, cwd)
    if not commands:
        return []
    from agentpprof_mcp.effects.shell import shell_effects  # noqa: PLC0415  its tables are large

    command = arguments.command or arguments.cmd or ""
    workdir = arguments.workdir or ""
    if isinstance(arguments.action, Action):
        command = command or arguments.action.command
        workdir = workdir or arguments.action.working_directory or ""
    return shell_effects(command, arguments.shell or tool.language, join(cwd, workdir))
