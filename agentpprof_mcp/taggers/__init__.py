"""Taggers: what names the regions of a profile."""

from agentpprof_mcp.taggers.base import TAG, Tagger
from agentpprof_mcp.taggers.rules import RulesTagger
from agentpprof_mcp.taggers.store import GIVEN, SESSION, Given, GivenTagger, checked, store_in
from agentpprof_mcp.taggers.userrules import parse_rules, rules_of
from agentpprof_mcp.taggers.vocabulary import FALLBACK

__all__ = [
    "FALLBACK",
    "GIVEN",
    "SESSION",
    "TAG",
    "TAGGERS",
    "Given",
    "GivenTagger",
    "RulesTagger",
    "Tagger",
    "checked",
    "parse_rules",
    "rules_of",
    "store_in",
]

TAGGERS = ("regex",)
"""Names that `--tagger` takes; the first is the default."""
