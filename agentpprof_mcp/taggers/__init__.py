"""Taggers: what names the regions of a profile."""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from agentpprof_mcp.errors import UserError
from agentpprof_mcp.query import Query
from agentpprof_mcp.taggers.base import SESSION, TAG, Asking, Tagger
from agentpprof_mcp.taggers.reasons import remarks
from agentpprof_mcp.taggers.rules import RulesTagger
from agentpprof_mcp.taggers.store import GIVEN, Given, GivenTagger, checked, store_in
from agentpprof_mcp.taggers.userrules import parse_rules, rules_of
from agentpprof_mcp.taggers.vocabulary import FALLBACK

__all__ = [
    "FALLBACK",
    "GIVEN",
    "SESSION",
    "TAG",
    "TAGGERS",
    "Asking",
    "Given",
    "GivenTagger",
    "RulesTagger",
    "Tagger",
    "checked",
    "parse_rules",
    "remarks",
    "rules_of",
    "store_in",
]

Maker = Callable[[Query, Path, Callable[[], bytes]], Tagger]
"""Makes a tagger of what is asked, the folder of settings, and the key of this machine.

Raises `UserError` or `InputError`.
"""


def _regex(query: Query, config: Path, _key: Callable[[], bytes]) -> RulesTagger:
    return RulesTagger(parse_rules(query.tag_rules) + rules_of(query.rules_file, config))


def _llm(query: Query, config: Path, key: Callable[[], bytes]) -> Tagger:
    from agentpprof_mcp.taggers.llm import LlmTagger  # noqa: PLC0415  most runs ask no model

    if query.llama is None:
        raise UserError("--tagger llm needs --llama-url, as in http://127.0.0.1:8080")
    return LlmTagger(_regex(query, config, key), query.llama, key)


TAGGERS: Mapping[str, Maker] = MappingProxyType({"regex": _regex, "llm": _llm})
"""What `--tagger` takes, and what makes each; the first is the default."""
