"""Both agents' built-in tools: to which category a call belongs, and what it does.

A damaged or unknown name is `other` and does a `call`. Names are compared without case.
"""

import msgspec

from agentpprof_mcp.model import EffectKind

__all__ = ["CATEGORIES", "TOOLS", "Tool", "category_of", "mcp_of", "tool_of"]

CATEGORIES = ("shell", "read", "edit", "search", "web", "mcp", "agent", "plan", "ask", "other")

MCP = "mcp__"

LONGEST = 64
"""Characters of a name that are looked at: more than any of ours has."""
MOST = 1 << 10
"""Names that are remembered as they were written."""


class Tool(msgspec.Struct, frozen=True):
    """`language` names the shell whose commands the call runs, if it runs any."""

    category: str
    kind: EffectKind
    language: str = ""


BASH = Tool("shell", EffectKind.RUN, "bash")
POWERSHELL = Tool("shell", EffectKind.RUN, "powershell")
SHELL_OUTPUT = Tool("shell", EffectKind.READ)
SHELL_CONTROL = Tool("shell", EffectKind.RUN)
READ = Tool("read", EffectKind.READ)
EDIT = Tool("edit", EffectKind.WRITE)
SEARCH = Tool("search", EffectKind.SEARCH)
WEB = Tool("web", EffectKind.NETWORK)
AGENT = Tool("agent", EffectKind.DELEGATE)
PLAN = Tool("plan", EffectKind.PLAN)
ASK = Tool("ask", EffectKind.ASK)
MCP_CALL = Tool("mcp", EffectKind.CALL)
OTHER = Tool("other", EffectKind.CALL)

NAMES = {
    BASH: "bash exec_command shell shell_command local_shell local_shell_call container.exec monitor",
    POWERSHELL: "powershell",
    SHELL_OUTPUT: "bashoutput taskoutput",
    SHELL_CONTROL: "killshell killbash taskstop write_stdin",
    READ: "read notebookread view_image ls",
    EDIT: "edit multiedit write notebookedit apply_patch",
    SEARCH: "grep glob lsp toolsearch tool_search_call",
    WEB: "webfetch websearch web_search web_search_call",
    AGENT: "task agent sendmessage teamcreate teamdelete spawn_agent send_input send_message "
    "followup_task resume_agent wait_agent close_agent interrupt_agent list_agents",
    PLAN: "todowrite todoread taskcreate taskupdate tasklist taskget update_plan enterplanmode "
    "exitplanmode schedulewakeup croncreate crondelete cronlist create_goal update_goal get_goal",
    ASK: "askuserquestion request_user_input request_permissions",
    MCP_CALL: "listmcpresourcestool readmcpresourcetool list_mcp_resources read_mcp_resource "
    "list_mcp_resource_templates",
    OTHER: "skill artifact reportfindings image_generation_call",
}

TOOLS = {name: tool for tool, names in NAMES.items() for name in names.split()}


class _ToolsAsWritten(dict[str, Tool]):
    """Tools by name: a history has few names, and very many calls."""

    def __missing__(self, name: str) -> Tool:
        known = name[:LONGEST].lower()
        tool = MCP_CALL if name.startswith(MCP) else TOOLS.get(known, OTHER)
        if len(name) <= LONGEST and len(self) < MOST:
            self[name] = tool
        return tool


AS_WRITTEN = _ToolsAsWritten()


def tool_of(name: str) -> Tool:
    """What is known about the tool of this name."""
    return AS_WRITTEN[name]


def category_of(name: str) -> str:
    """One of `CATEGORIES`: the `call:tool/` frame of a call."""
    return AS_WRITTEN[name].category


def mcp_of(name: str) -> str:
    """`server/tool` of a name like `mcp__server__tool`, as written; empty for any other."""
    if not name.startswith(MCP):
        return ""
    server, _, tool = name.removeprefix(MCP).partition("__")
    return f"{server}/{tool}"
