"""What stands behind a frame: prompts and lines, found again in the files."""

import json
from pathlib import Path

import pytest
from msgspec.structs import replace

from agentpprof_mcp import evidence, looking, service
from agentpprof_mcp.env import Env
from agentpprof_mcp.evidence import MAIN, Spot
from agentpprof_mcp.query import Query, Selection
from tests.history import Claude, Codex, usage

AGENT = "a4c19e07d52b8f631"
CLAUDE, CODEX = "0e35f321-31f3", "019ed50c-2fb3"


@pytest.fixture
def query(home: Path) -> Query:
    """A question about a session of each agent, of which one has a sub-agent."""
    claude = Claude()
    claude.prompt("fix the failing test")
    claude.uses("Bash", {"command": "pytest -q"}, "toolu_000001", call="msg_000001")
    claude.result("toolu_000001", "boom", error=True)
    claude.prompt("look again")
    claude.uses("Agent", {"prompt": "look", "subagent_type": "Explore"}, "toolu_000002", call="m2")
    claude.uses("Bash", {"command": "pytest -q tests"}, "t3", call="m2", tokens=usage(5, 50))
    folder = home / ".claude" / "projects" / "p"
    main = claude.write(folder)
    inner = Claude(isSidechain=True, agentId=AGENT)
    inner.prompt("look")
    inner.uses("Bash", {"command": "pytest -x"}, "toolu_000004", call="msg_000004")
    inner.write(folder, f"{main.stem}/subagents/agent-{AGENT}.jsonl")
    (folder / main.stem / "subagents" / f"agent-{AGENT}.meta.json").write_text(
        json.dumps({"agentType": "Explore", "toolUseId": "toolu_000002"}), encoding="utf-8"
    )
    codex = Codex()
    codex.prompt("run the tests")
    codex.shell("call_000001", "pytest -q")
    codex.says("They pass.")
    codex.counts(10, 0, 4)
    codex.write(home / ".codex" / "sessions" / "2026")
    roots = {"claude": home / ".claude", "codex": home / ".codex"}
    return Query(Selection(roots=roots))


def traced(query: Query, frame: str, *handles: str) -> list[looking.Trace]:
    env = Env.real()
    report = service.profile(query, env)
    return looking.evidence(query, env, report, frame, measure="", handles=list(handles))


def test_calls_are_found_by_their_ids_in_the_files_of_main_thread_and_sub_agent(
    query: Query,
) -> None:
    """A short id is none; then the line with the event's time counts."""
    (found,) = traced(query, "effect:test", CLAUDE)
    assert found.handle == CLAUDE
    assert found.prompts == [(2, "review", 2), (1, "debug", 1)]
    assert found.spots == [
        Spot("a4c19e07d52b8", 2, 1),
        Spot(MAIN, 2, 1),
        Spot(MAIN, 6, 1),
    ]


def test_events_without_ids_are_found_by_their_time(query: Query) -> None:
    """Codex numbers neither its responses nor their reports."""
    found = traced(replace(query, view="tokens"), "kind:output", CODEX, CLAUDE)
    assert [trace.handle for trace in found] == [CODEX, CLAUDE]
    assert [(spot.file, spot.line) for spot in found[0].spots] == [(MAIN, 5)]
    assert found[1].spots[0].weight == 1


def test_only_selected_events_are_evidence(query: Query) -> None:
    """The line of another prompt would prove nothing."""
    narrow = replace(query, selection=replace(query.selection, prompt_tags=("debug",)))
    (found,) = traced(narrow, "effect:test", CLAUDE)
    assert found.prompts == [(1, "debug", 1)]
    assert found.spots == [Spot(MAIN, 2, 1)]


def test_what_is_too_large_or_gone_gives_no_evidence(
    query: Query, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer stays fast."""
    assert traced(query, "effect:test", "ffffffff-ffff") == []
    monkeypatch.setattr(evidence, "MOST_BYTES", 100)
    assert traced(query, "effect:test", CLAUDE) == []
