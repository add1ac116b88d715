"""Profiles to write: a readable one, a hostile one, and one too large to draw."""

import random
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from agentpprof_mcp.model import Reconciliation, Tokens
from agentpprof_mcp.profile import Label, Measure, Profile, Sample
from agentpprof_mcp.writers.base import PromptRow, Report, SessionRow

TASKS = (
    Measure("events", "count"),
    Measure("tokens", "tokens"),
    Measure("errors", "count"),
    Measure("duration", "milliseconds"),
)
HOSTILE = (
    "<script>alert(1)</script>",
    "\"quotes\"&'entities'",
    "a::b(c)<d>",
    "src/(auth)/[id]/page.tsx",
    "_ZN3foo3barEv",
    "обзор/検索/بحث",
    "🦊🔥/naïve",
    "]]><!--",
    "x" * 200,
)
TAGS = ("debug", "release", "docs", "review", "test", "design", "general", "continue")
EFFECTS = ("read", "search", "write", "test", "build", "repo", "network", "run")
STATUSES = ("ok",) * 12 + ("error", "error", "denied", "aborted", "unknown")


def report_of(profile: Profile) -> Report:
    """A report of one session around a profile."""
    session = SessionRow(
        handle="0e35f321-31f3",
        agent="claude",
        project="demo",
        model="claude-sonnet-4",
        tag="debug",
        started="2026-01-05T09:00:00Z",
        ended="2026-01-05T10:30:00Z",
        prompts=[PromptRow(1, "debug"), PromptRow(2, "test")],
        calls=7,
        tools=5,
        tokens=Tokens(1, 2, 3, 4, 5),
    )
    return Report(
        profile=profile,
        question="What semantic work dominated?",
        sessions=[session],
        reconciliation=profile.reconciliation,
        tagger={"unused": 0, "name": "regex"},
        number=1,
    )


def tasks(seed: int, events: int) -> Profile:
    """A tasks profile of some sessions, in the proportions of real ones."""
    dice = random.Random(seed)
    profile = Profile("tasks", TASKS)
    for _ in range(events):
        number = int(12 * dice.random() ** 2)
        agent = ("claude", "codex")[number % 3 == 0]
        region = [f"session:{TAGS[number % 8]}", f"prompt:{TAGS[int(8 * dice.random() ** 2)]}"]
        frames = ["project:demo", f"agent:{agent}", *region]
        errors = 0
        if dice.random() < 0.1:
            frames.append("subagent:explore")
        if dice.random() < 0.4:
            model = "claude-sonnet-4" if agent == "claude" else "gpt-5"
            frames += ["kind:llm", f"call:llm/{dice.choice(TAGS[:5])}", f"model:{model}"]
        else:
            effect = EFFECTS[int(8 * dice.random() ** 2)]
            call = {"read": "read", "search": "search", "write": "edit"}.get(effect, "shell")
            status = dice.choice(STATUSES)
            errors = int(status in {"error", "denied", "aborted"})
            frames += ["kind:tool", f"call:tool/{call}", f"effect:{effect}", f"status:{status}"]
        labels = {"date": f"2026-01-{5 + number:02}", "session": f"{number:08x}-31f3"}
        sample = Sample(
            tuple(map(Label, frames)), tuple((key, Label(text)) for key, text in labels.items())
        )
        profile.add(sample, (1, dice.randrange(5000), errors, dice.randrange(90_000)))
    profile.cover(1_767_603_600_000, 1_767_603_600_000 + 86_400_000 * 11 + 1)
    profile.reconciliation = Reconciliation(
        files=12,
        lines=3450,
        records=3446,
        skipped={"not JSON": 3, "line too long": 1},
        unanswered=2,
    )
    return profile


def hostile() -> Profile:
    """Frames that no labeller makes, but that would hurt if one did."""
    profile = Profile("system", (Measure("effects", "count"), Measure("errors", "count")))
    for number, text in enumerate(HOSTILE, 1):
        stack = (Label("project:demo"), Label(f"path:{text}"), Label(f"call:{text}"))
        profile.add(Sample(stack, (("session", Label(text)),)), (number, number % 2))
    return profile


def crowded(stacks: int) -> Profile:
    """As many distinct stacks of ten frames."""
    profile = Profile("files", (Measure("effects", "count"), Measure("errors", "count")))
    for number in range(stacks):
        frames = [f"path:{number % modulus}/{modulus}" for modulus in (1, 2, 5, 9, 17, 31, 67, 131)]
        frames += [f"effect:{number}", "status:ok"]
        labels = (("date", Label("2026-01-05")), ("session", Label(f"s{number % 5}")))
        profile.add(Sample(tuple(map(Label, frames)), labels), (1 + number % 7, number % 2))
    return profile


@pytest.fixture
def small_report() -> Report:
    """Forty events: small enough for a golden file."""
    return report_of(tasks(seed=1, events=40))


@pytest.fixture
def hostile_report() -> Report:
    """Every hostile frame."""
    return report_of(hostile())


@pytest.fixture
def crowded_report() -> Report:
    """More boxes than can be drawn."""
    return report_of(crowded(10_000))


@pytest.fixture
def go_pprof(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Run `go tool pprof` and return what it prints; fails as it fails."""
    if shutil.which("go") is None:
        pytest.skip("go is not installed")
    monkeypatch.setenv("PPROF_TMPDIR", str(tmp_path))

    def run(*arguments: object) -> str:
        command = ["go", "tool", "pprof", *map(str, arguments)]
        return subprocess.run(
            command, capture_output=True, encoding="utf-8", timeout=60, check=True
        ).stdout

    return run
