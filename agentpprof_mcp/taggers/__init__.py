"""Taggers: what names the regions of a profile."""

from agentpprof_mcp.taggers.base import TAG, Tagger
from agentpprof_mcp.taggers.rules import RulesTagger
from agentpprof_mcp.taggers.store import SESSION, Given, GivenTagger, checked, store_in
from agentpprof_mcp.taggers.userrules import default_file, parse_rules, read_rules

__all__ = [
    "SESSION",
    "TAG",
    "TAGGERS",
    "Given",
    "GivenTagger",
    "RulesTagger",
    "Tagger",
    "checked",
    "default_file",
    "parse_rules",
    "read_rules",
    "store_in",
]

TAGGERS = ("regex",)
"""Names that `--tagger` takes; the first is the default."""
