"""Taggers: what names the regions of a profile."""

from agentpprof_mcp.taggers.base import TAG, Tagger
from agentpprof_mcp.taggers.rules import RulesTagger, parse_rules

__all__ = ["TAG", "TAGGERS", "RulesTagger", "Tagger", "parse_rules"]

TAGGERS = ("regex",)
"""Names that `--tagger` takes; the first is the default."""
