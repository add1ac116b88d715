"""Taggers: what names the regions of a profile."""

from agentpprof_mcp.taggers.base import TAG, Tagger
from agentpprof_mcp.taggers.rules import RulesTagger, parse_rules
from agentpprof_mcp.taggers.store import SESSION, Given, GivenTagger, checked, store_in

__all__ = [
    "SESSION",
    "TAG",
    "TAGGERS",
    "Given",
    "GivenTagger",
    "RulesTagger",
    "Tagger",
    "checked",
    "parse_rules",
    "store_in",
]

TAGGERS = ("regex",)
"""Names that `--tagger` takes; the first is the default."""
