"""Codex history for tests: the hand-made home, and files made of a few records."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from agentpprof_mcp.model import Session
from agentpprof_mcp.readers.base import Wants
from agentpprof_mcp.readers.codex import CODEX
from tests.history import group_of

HISTORY = Path(__file__).parents[2] / "fixtures" / "codex" / "home"


@pytest.fixture
def history() -> Path:
    """A `CODEX_HOME` with a file of every generation."""
    return HISTORY


@pytest.fixture
def file_of(history: Path) -> Callable[[int], Path]:
    """The hand-made file by its number."""
    return lambda number: next(history.rglob(f"*0{number}.json*"))


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write records as the lines of a file."""

    def written(*records: object, name: str = "rollout-x.jsonl") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = [json.dumps(record) + "\n" for record in records]
        path.write_text("".join(lines), encoding="utf-8")
        return path

    return written


@pytest.fixture
def read(write: Callable[..., Path]) -> Callable[..., Session]:
    """Read the session that records make."""

    def made(*records: object, name: str = "rollout-x.jsonl") -> Session:
        return CODEX.read(group_of("codex", write(*records, name=name)), Wants())

    return made
