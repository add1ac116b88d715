"""Effects of the tools that name their file, URL or purpose outright: no command is read here."""

from agentpprof_mcp.effects.arguments import Action, Arguments
from agentpprof_mcp.effects.hosts import host_of_address
from agentpprof_mcp.effects.patch import patched_files
from agentpprof_mcp.effects.tools import Tool
from agentpprof_mcp.model import Effect, EffectKind

__all__ = ["WEB_SEARCH", "native_effects"]

MAX_PATH = 4096
WEB_SEARCH = "registry:web-search"


def native_effects(tool: Tool, arguments: Arguments, cwd: str) -> list[Effect]:
    """At least one effect; a patch has one per file, a search without path is of where it ran."""
    kind = tool.kind
    if kind is EffectKind.WRITE:
        paths = patched_files(arguments.input) if arguments.input else []
        paths = paths or _named(arguments)
        return [Effect(kind, paths=(path,), cwd=cwd) for path in paths] or [Effect(kind, cwd=cwd)]
    if kind is EffectKind.READ:
        return [Effect(kind, paths=tuple(_named(arguments)), cwd=cwd)]
    if kind is EffectKind.SEARCH:
        paths = _named(arguments) or ([cwd] if cwd else [])
        return [Effect(kind, paths=tuple(paths), cwd=cwd)]
    if kind is EffectKind.NETWORK:
        return [Effect(kind, domains=(_host(arguments),), cwd=cwd)]
    return [Effect(kind, cwd=cwd)]


def _named(arguments: Arguments) -> list[str]:
    """The file or folder that the call names, as a list of none or one."""
    path = arguments.file_path or arguments.notebook_path or arguments.filePath or arguments.path
    return [path[:MAX_PATH]] if path else []


def _host(arguments: Arguments) -> str:
    """The host that the call contacted; a search without URL goes to an unnamed search service."""
    url = arguments.url
    if not url and isinstance(arguments.action, Action):
        url = arguments.action.url
    if not url:
        return WEB_SEARCH
    return host_of_address(url.strip())
