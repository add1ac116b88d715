"""What a frame may say once the profile leaves the machine: public words only.

Names of projects, folders, hosts and servers that this user has are not among them. A frame that may be
shown outside is not changed by another pass.
"""

import re
from collections.abc import Callable, Iterable

from agentpprof_mcp.labels.domains import PUBLIC_SITES
from agentpprof_mcp.labels.models import model_name
from agentpprof_mcp.profile import Label

__all__ = ["LISTS", "OTHER", "publisher"]

LISTS = "2026-11"
"""When the lists below and those that they build on were last looked through."""

OTHER = Label("other")
"""The frame that stands for what may not be shown."""

WORD = re.compile(r"(?:(?:tool|llm)/)?[a-z]{1,12}(?:_[a-z]{1,8})?")
"""Constants, and tags with their call."""

_FOLDERS = """
    android api app apps assets backend benches benchmarks bin build ci client cmd components config configs
    core crates data db deploy dist docker docs e2e examples fixtures frontend hooks include infra integration
    internal ios lib libs locales middleware migrations mobile models modules node_modules packages pages pkg
    plugins prisma proto public resources routes schema schemas scripts server services shared site spec specs
    src static styles target templates test testdata tests tools types ui utils vendor views web website
    workflows .claude .codex .github .vscode
"""
FOLDERS = frozenset(_FOLDERS.split())
"""First folders that many projects have."""

_EXTENSIONS = """
    bash bat c cc cfg cjs conf cpp cs css csv cts dart env ex exs gif go gradle graphql h hpp html ico ini ipynb
    java jpg js json jsonl jsx kt kts less lock log lua m md mdx mjs mm mts pdf php plist png prisma proto ps1
    py pyi r rb rs rst sass scala scss sh sql svelte svg swift tf toml ts tsx txt vue wasm xml yaml yml zig zsh
"""
EXTENSIONS = frozenset(_EXTENSIONS.split())
EXTENSION = re.compile(r"\.([a-z0-9]{1,8})$")
UNPARSED, SCRIPT = "unparsed", "script"
REPO, EXTERNAL, FOLDER = "repo", "external", "dir"

_REGISTRIES = """
    alpine arch cocoapods conda crates.io debian docker fedora github gitlab go hackage hex homebrew
    huggingface jsr maven nodejs npm nuget opam packagist psgallery pub.dev pypi rubygems rust terraform
    web-search
"""
SITES = PUBLIC_SITES | frozenset(_REGISTRIES.split()) | {"ip", "private", "unknown"}

_SERVERS = """
    atlassian brave-search chrome-devtools claude_browser claude-in-chrome cloudflare codex context7 deepwiki
    everything exa fetch figma filesystem firecrawl git github gitlab google-drive huggingface ide jira linear
    linear-server memory mongodb notion playwright postgres puppeteer redis semgrep sentry sequential-thinking
    serena slack sqlite stripe supabase tavily time vercel zapier
"""
SERVERS = frozenset(_SERVERS.split())
"""MCP servers that anybody may have."""
NUMBERED = re.compile(r"mcp-\d{1,6}")

_ROLES = "agent custom explore explorer general-purpose plan planner review reviewer worker"
ROLES = frozenset(_ROLES.split())
"""Types of sub-agents that come with the agents."""

DATE = re.compile(r"[-_]?(?:20\d{6}|20\d{2}-\d{2}-\d{2})(?=$|-)")


def _model(name: str) -> str:
    return name if name in {"custom", "unknown"} else DATE.sub("", model_name(name))


def _process(name: str) -> str:
    from agentpprof_mcp.effects.commands import known_name  # noqa: PLC0415  its tables are large

    known = name == UNPARSED or (name != SCRIPT and known_name(name) == name)
    return name if known else OTHER


def _path(path: str) -> str:
    """The first folder if it is a usual one, and the kind of file: `src/canvas/a.py` is `src/.py`."""
    first, *rest = path.split("/")
    if not rest and first in {REPO, EXTERNAL, FOLDER}:
        return path
    if first == EXTERNAL:
        return EXTERNAL
    extension = EXTENSION.search(path.lower())
    kind = [f".{extension[1]}"] if extension and extension[1] in EXTENSIONS else []
    folder = [first] if first in FOLDERS else [FOLDER] if rest or not kind else []
    return "/".join(folder + (kind if first not in FOLDERS or rest else []))


def _one_of(words: frozenset[str], instead: str = OTHER) -> Callable[[str], str]:
    return lambda value: value if value in words else instead


def _word(value: str) -> str:
    return value if WORD.fullmatch(value) else OTHER


def _itself(value: str) -> str:
    return value


RULES: dict[str, Callable[[str], str]] = {
    **dict.fromkeys(("agent", "kind", "call", "effect", "status", "session", "prompt"), _word),
    "project": lambda _: "project",
    "model": _model,
    "process": _process,
    "path": _path,
    "domain": _one_of(SITES),
    "subagent": _one_of(ROLES, "custom"),
}
"""What becomes of a frame's value, by its key."""


def publisher(frames: Iterable[Label], *, named: bool) -> Callable[[Label], Label]:
    """A function that gives each of these frames its public form.

    `named`: the user named the project for this. MCP servers that are not listed get numbers.
    """
    rules = {**RULES, "project": _itself} if named else RULES
    servers = {_server(frame) for frame in frames if frame.startswith("mcp:")}
    unlisted = sorted(name for name in servers - SERVERS if not NUMBERED.fullmatch(name))
    numbers = {name: f"mcp-{number}" for number, name in enumerate(unlisted, 1)}

    def public(frame: Label) -> Label:
        key, colon, value = frame.partition(":")
        if key == "mcp":
            server = _server(frame)
            return Label(f"mcp:{numbers.get(server, server)}")
        rule = rules.get(key)
        return Label(f"{key}:{rule(value)}") if colon and rule else OTHER

    return public


def _server(frame: Label) -> str:
    """The server in `mcp:SERVER/TOOL`."""
    return frame.removeprefix("mcp:").partition("/")[0]
