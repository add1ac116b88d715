"""Real history against its independently counted truth: every file alone, and the totals.

`AGENTPPROF_DATA` is the folder with the unpacked history, `AGENTPPROF_TRUTH` its truth.json.
"""

import json
import os
from collections import Counter
from datetime import UTC
from pathlib import Path

import pytest

from agentpprof_mcp.env import Env
from agentpprof_mcp.query import Query, Selection
from agentpprof_mcp.readers import READERS
from agentpprof_mcp.service import list_sessions, sessions_json

pytestmark = pytest.mark.real

DATA = Path(os.environ.get("AGENTPPROF_DATA", "/nonexistent"))
TRUTH = Path(os.environ.get("AGENTPPROF_TRUTH", "/nonexistent"))

if not DATA.is_dir() or not TRUTH.is_file():
    pytest.skip("the real history is not here", allow_module_level=True)

FILES = json.loads(TRUTH.read_text(encoding="utf-8"))["files"]
TOTALS = json.loads(TRUTH.read_text(encoding="utf-8"))["totals"]
HOMES = {"home": ["home"], "fresh": sorted(p.name for p in DATA.glob("fresh-*"))}


def listed(selection, tmp_path):
    """The sessions of a selection, as a program reads them."""
    env = Env(tmp_path, tmp_path, {}, tmp_path / "cache", 0)
    return json.loads(sessions_json(list_sessions(Query(selection), env), UTC))


def summed(sessions, *keys):
    """A number, or a table of numbers, added over sessions."""
    values = sessions
    for key in keys:
        values = [value[key] for value in values]
    if all(isinstance(value, int) for value in values):
        return sum(values)
    return dict(sum(map(Counter, values), Counter()))


def minus(counts, part):
    """Tools without the part that only progress records tell."""
    return dict(Counter(counts) - Counter(part))


def named(tools):
    """Truth's tool names as we show them: one of an odd shape is `other`."""
    out: Counter[str] = Counter()
    for name, number in tools.items():
        odd = any(char in name for char in ' "<>\n')
        out["other" if odd else name] += number
    return dict(out)


@pytest.mark.parametrize("name", [n for n, t in FILES.items() if t["agent"] == "claude"])
def test_a_claude_file_read_alone_meets_its_truth(name, tmp_path):
    """Own records equal the truth; embedded calls come on top and are given apart."""
    truth = FILES[name]
    answer = listed(Selection(session_files=(DATA / name,)), tmp_path)
    (row,) = answer["sessions"]
    account, apart, extra = (
        answer["reconciliation"],
        row["embedded"],
        truth["embedded_agent_progress"],
    )
    tokens = truth["tokens"]
    assert row["prompts"] == truth["prompts"]
    assert account["lines"] == truth["lines"]
    assert sum(account["skipped"].values()) == truth["bad_lines"]
    assert account["records"] + truth["bad_lines"] == truth["lines"]
    assert row["calls"] == truth["api_calls"] + extra["calls"]
    assert apart["calls"] == extra["calls"]
    assert minus(row["tools"], apart["tools"]) == named(truth["tool_calls"])
    assert sum(apart["tools"].values()) == extra["tool_uses"]
    assert row["errors"] - apart["errors"] == truth["tool_errors"]
    assert row["tokens"] == {
        "input": tokens["input"] + extra["input"],
        "output": tokens["output"] + extra["output"],
        "cache_read": tokens["cache_read"] + extra["cache_read"],
        "cache_write": tokens["cache_create"] + extra["cache_create"],
        "estimate": 0,
    }
    if not extra["tool_uses"]:
        assert row["files_read"] == truth["files_read"]
        assert row["files_edited"] == truth["files_edited"]
        assert account["lower_bound"] == truth["api_calls_without_stop_reason"]
        assert account["unanswered"] == truth["tool_calls_unanswered"]


@pytest.mark.parametrize("name", [n for n, t in FILES.items() if t["agent"] == "codex"])
def test_a_codex_file_read_alone_meets_its_truth(name, tmp_path):
    """Cached input is taken out of input, reasoning stays in output."""
    truth = FILES[name]
    answer = listed(Selection(session_files=(DATA / name,)), tmp_path)
    (row,) = answer["sessions"]
    tokens = truth["tokens"]
    assert answer["reconciliation"]["lines"] == truth["lines"]
    assert row["prompts"] == truth["prompts"]
    assert row["calls"] == truth["api_calls"]
    assert row["tools"] == truth["tool_calls"]
    assert row["errors"] == truth["tool_errors"]
    assert row["files_edited"] == truth["files_in_patches"]
    assert row["files_read"] == truth["files_viewed"]
    assert answer["reconciliation"]["unanswered"] == truth["tool_calls_unanswered"]
    assert row["tokens"] == {
        "input": tokens["input_tokens"] - tokens["cached_input_tokens"],
        "output": tokens["output_tokens"],
        "cache_read": tokens["cached_input_tokens"],
        "cache_write": 0,
        "estimate": 0,
    }


@pytest.mark.parametrize("corpus", sorted(HOMES))
@pytest.mark.parametrize("agent", [reader.name for reader in READERS])
def test_all_sessions_together_count_each_call_once(corpus, agent, tmp_path):
    """What several files repeat is counted once, and nothing else is lost."""
    truth = TOTALS[corpus][agent]
    rows = []
    for home in HOMES[corpus]:
        roots = {r.name: r.default_root(DATA / home, {}) for r in READERS if r.name == agent}
        if roots[agent].is_dir():
            rows += listed(Selection(roots=roots), tmp_path)["sessions"]
    if agent == "codex":
        tokens = truth["tokens"]["unique"]
        assert summed(rows, "calls") == truth["api_calls"]
        assert summed(rows, "prompts") == truth["prompts"]
        assert summed(rows, "tools") == truth["tool_calls"]["by_name"]
        assert summed(rows, "errors") == truth["tool_errors"]
        assert summed(rows, "tokens", "output") == tokens["output_tokens"]
        assert summed(rows, "tokens", "cache_read") == tokens["cached_input_tokens"]
        assert summed(rows, "tokens", "input") == (
            tokens["input_tokens"] - tokens["cached_input_tokens"]
        )
        return
    tokens = truth["tokens"]["unique_with_agent_progress"]
    assert summed(rows, "calls") == truth["api_calls"]["unique_with_agent_progress"]
    assert summed(rows, "prompts") == truth["prompts"]["unique"]
    own = minus(summed(rows, "tools"), summed(rows, "embedded", "tools"))
    assert own == named(truth["tool_calls"]["unique_by_name"])
    assert sum(summed(rows, "tools").values()) == truth["tool_calls"]["unique_with_agent_progress"]
    assert (
        summed(rows, "errors") - summed(rows, "embedded", "errors")
        == truth["tool_errors"]["unique"]
    )
    for kind, key in (
        ("input", "input"),
        ("output", "output"),
        ("cache_read", "cache_read"),
        ("cache_write", "cache_create"),
    ):
        assert summed(rows, "tokens", kind) == tokens[key], kind
