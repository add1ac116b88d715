"""Over the shared real history: nearly every command is understood, and most processes are known."""

import os
from collections import Counter
from pathlib import Path

import pytest

from agentpprof_mcp.effects import effects_of
from agentpprof_mcp.effects.commands import known_name
from agentpprof_mcp.model import EffectKind
from benchmarks.shell import agreement, calls, texts

pytestmark = pytest.mark.real


@pytest.fixture
def history() -> Path:
    """The folder of real history."""
    return Path(os.environ["AGENTPPROF_DATA"])


def test_real_commands_are_understood(history):
    """At most one in a hundred unparsed, nineteen of twenty programs known, few bare runs."""
    found = [effects_of(tool, arguments, "/p") for tool, arguments in calls(history)]
    every = [effect for effects in found for effect in effects]
    unparsed = sum(effect.processes[-1] == "unparsed" for effect in every)
    kinds = Counter(effect.kind for effect in every)
    named = sum(bool(known_name(effect.processes[-1])) for effect in every)
    assert len(found) > 5000
    assert unparsed <= len(found) / 100
    assert named >= 0.95 * len(every)
    assert kinds[EffectKind.RUN] <= 0.15 * len(every)


def test_a_full_grammar_of_bash_finds_the_same_commands(history):
    """In 995 of 1000 texts, and hardly any text is beyond that grammar."""
    commands = texts(history)
    found = agreement(commands)
    assert found.share >= 0.995
    assert found.errors <= len(commands) / 100
