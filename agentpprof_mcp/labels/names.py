"""Names of tools, of MCP servers and of record types: for the frame, and for lists beside the frames."""

import re
from functools import lru_cache

from agentpprof_mcp.labels.shape import CACHE, fits, is_suspect, name_or, slug
from agentpprof_mcp.profile import Label

__all__ = ["mcp_name", "plain_name"]

PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.:/-]{0,95}")
PARTS = "__"
"""Stands between the parts of an MCP tool's own name."""
OTHER = Label("other")
LONG_NAMES = """
    add_comment_to_pending_review add_pull_request_review_comment_to_pending_review
    create_and_submit_pull_request_review create_pending_pull_request_review
    delete_pending_pull_request_review find_empty_space_on_canvas get_pull_request_review_comments
    list_org_repository_security_advisories submit_pending_pull_request_review
    think_about_whether_you_are_done
"""
LISTED = frozenset(LONG_NAMES.split())
"""Public MCP tools with more words than a name may have."""


@lru_cache(CACHE)
def mcp_name(raw: str) -> str:
    """The value of an `mcp:` frame for a raw `server/tool`: what does not look like a name is `other`."""
    server, _, tool = raw.partition("/")
    return "/".join(_part(part.replace("/", "_")) for part in (server, tool))


def _part(raw: str) -> str:
    return raw if raw in LISTED else slug(name_or(OTHER, raw))


@lru_cache(CACHE)
def plain_name(name: str) -> Label:
    """A tool's or record type's own name, if each of its parts looks like one; else `other`."""
    parts = filter(None, name.split(PARTS))
    shown = PLAIN.fullmatch(name) and all(part in LISTED or fits(part) for part in parts)
    return Label(name) if shown and not is_suspect(name) else OTHER
