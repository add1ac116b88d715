"""The tools as data: what each is for and what it takes. How it answers stands in `answers`."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from agentpprof_mcp.server.arguments import SELECTORS
from agentpprof_mcp.views import VIEWS
from agentpprof_mcp.writers import WRITERS

__all__ = ["FILES", "FOLDED", "JSON", "TABLE", "TEXTS", "TOOLS", "ToolSpec"]

TABLE, FOLDED, JSON = TEXTS = ("table", "folded", "json")
"""Formats that a model reads; the first is the default."""
FILES = tuple(writer.name for writer in WRITERS)
"""Formats that are written to files; the first is the default."""


class ToolSpec(NamedTuple):
    """One tool. `about` is what a model finds it by; `argued` describes arguments anew for this tool.

    `reads`: it only reads, so that clients may run it unasked, and its answers are remembered.
    """

    name: str
    about: str
    takes: tuple[str, ...]
    reads: bool = True
    required: tuple[str, ...] = ()
    argued: Mapping[str, str] = {}
    meta: dict[str, Any] | None = None


QUESTIONS = " ".join(f"{view.name}: {view.question}" for view in VIEWS)
ENTRY = {"anthropic/alwaysLoad": True}
"""Shown to the model at once by a client that hides tools behind a search."""

TOOLS = (
    ToolSpec(
        "list_sessions",
        "List past coding-agent sessions, newest first: tags, prompts, calls, errors, tokens, and totals. "
        "Start here. One session alone also shows its prompts by index.",
        (*SELECTORS, "limit", "cursor"),
        meta=ENTRY,
    ),
    ToolSpec(
        "top_frames",
        "The heaviest frames of a profile: what used most tokens, cost or time, what was slow, failed or "
        f"was repeated. {QUESTIONS} flat: stacks ending in a frame; cum: stacks holding it.",
        ("view", "measure", *SELECTORS, "focus", "limit", "cursor"),
        meta=ENTRY,
    ),
    ToolSpec(
        "profile",
        "A profile as table, folded stacks (a flame graph's input) or JSON, the heaviest stacks first.",
        ("view", "format", *SELECTORS, "focus", "limit", "cursor"),
        argued={"format": f"{TABLE} (default), {FOLDED} or {JSON}"},
    ),
    ToolSpec(
        "frame_details",
        "One frame: callers, callees, the sessions and prompts behind it, and the transcript lines as "
        "evidence.",
        ("frame", "view", "measure", *SELECTORS, "focus", "limit"),
        required=("frame",),
    ),
    ToolSpec(
        "compare_profiles",
        "What changed: a period against the one before (default: this week against last week), or a "
        "session against all, another session or a period.",
        ("base", "view", "measure", "normalize", *SELECTORS, "focus", "limit", "cursor"),
    ),
    ToolSpec(
        "tag_sessions",
        "Name a session, or one of its prompts, by what it was about; lists and profiles then show it. "
        "Given tags win over rules.",
        ("session", "tag", "prompt", "project", "dry_run"),
        reads=False,
        required=("session", "tag"),
    ),
    ToolSpec(
        "export_profile",
        "Write a profile to a file for pprof, speedscope or a browser (SVG flame graph), and say where.",
        ("view", "format", "name", "overwrite", *SELECTORS, "focus"),
        reads=False,
        argued={"format": f"{', '.join(FILES)}; default {FILES[0]}"},
    ),
)
