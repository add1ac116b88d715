"""The built-in rules against labelled prompts and sessions of real history.

The gold files stand beside `AGENTPPROF_TRUTH`; `AGENTPPROF_DATA` has the history that they are from.
"""

import os
from pathlib import Path

import pytest

from agentpprof_mcp.taggers import FALLBACK
from benchmarks import tags

pytestmark = pytest.mark.real

DATA = Path(os.environ.get("AGENTPPROF_DATA", "/nonexistent"))
GOLD = Path(os.environ.get("AGENTPPROF_TRUTH", "/nonexistent")).parent
PROMPTS, SESSIONS = (GOLD / f"gold-{name}.jsonl" for name in ("tags", "sessions"))

if not (DATA.is_dir() and PROMPTS.is_file() and SESSIONS.is_file()):
    pytest.skip("the labelled history is not here", allow_module_level=True)


@pytest.fixture(scope="module")
def where():
    return tags.repositories(DATA / "home")


@pytest.fixture(scope="module")
def given(where):
    return tags.answers(tags.rows_of(PROMPTS), where, {})


def share(answers):
    return sum(answer.accepted for answer in answers) / len(answers)


def test_most_prompts_are_named_as_a_careful_reader_would(given):
    """Few fall back."""
    assert share(given) >= 0.8
    assert sum(answer.tag == FALLBACK for answer in given) / len(given) <= 0.12


def test_the_rules_of_other_repositories_name_most_prompts_of_one(where, given):
    """What only one repository needs would not help a stranger."""
    others = tags.answers(tags.rows_of(PROMPTS), where, tags.own_rules(given))
    assert share(others) >= 0.75


def test_most_sessions_are_named_as_a_careful_reader_would(where):
    """By their first prompts."""
    assert share(tags.session_answers(tags.rows_of(SESSIONS), where, {})) >= 0.72


def test_few_tokens_are_in_regions_without_a_name_and_none_in_calls(where):
    """Weighed over the whole history."""
    width = tags.widths(tags.tagged_sessions(DATA / "home"))
    assert width["prompt"][FALLBACK] / width["prompt"].total() <= 0.05
    assert width["session"][FALLBACK] / width["session"].total() <= 0.05
    assert not any(width["llm"][tag] for tag in tags.CONTENTLESS)
