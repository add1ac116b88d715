"""Real Codex history, file by file, against what was counted independently.

`AGENTPPROF_DATA` is the folder with the unpacked history, `AGENTPPROF_TRUTH` its truth.json.
"""

import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from agentpprof_mcp.model import Opener, Session
from agentpprof_mcp.readers.base import Wants
from agentpprof_mcp.readers.codex import CODEX
from tests.history import group_of

pytestmark = pytest.mark.real

DATA = Path(os.environ.get("AGENTPPROF_DATA", ""))
TRUTH = Path(os.environ.get("AGENTPPROF_TRUTH", ""))


def truths() -> dict[str, dict[str, Any]]:
    """The truth of every Codex file by its path; none where there is no truth."""
    if not TRUTH.is_file():
        return {}
    files = json.loads(TRUTH.read_text(encoding="utf-8"))["files"]
    return {name: truth for name, truth in files.items() if truth["agent"] == "codex"}


FILES = truths()


def counted(session: Session) -> dict[str, object]:
    """A session in the words of the truth."""
    mcp = [tool for tool in session.tools if tool.mcp]
    return {
        "lines": session.reconciliation.lines,
        "prompts": sum(prompt.opener is Opener.TYPED for prompt in session.prompts),
        "api_calls": len(session.calls),
        "input_tokens": sum(c.tokens.input + c.tokens.cache_read for c in session.calls),
        "cached_input_tokens": sum(call.tokens.cache_read for call in session.calls),
        "output_tokens": sum(call.tokens.output for call in session.calls),
        "models": Counter(call.model for call in session.calls),
        "tool_calls": Counter(tool.name for tool in session.tools),
        "tool_errors_by_name": Counter(t.name for t in session.tools if t.status.failed),
        "tool_calls_unanswered": sum(not tool.answered for tool in session.tools),
        "mcp_calls": Counter(tool.mcp for tool in mcp),
        "mcp_errors": Counter(tool.mcp for tool in mcp if tool.status.failed),
    }


@pytest.mark.parametrize("name", FILES)
def test_a_file_read_alone_meets_its_truth(name: str) -> None:
    """Every number, by name where there are names."""
    truth = FILES[name] | FILES[name]["tokens"]
    session = CODEX.read(group_of("codex", DATA / name), Wants(effects=False))
    numbers = counted(session)
    assert numbers == {key: truth[key] for key in numbers}


@pytest.mark.parametrize("name", FILES)
def test_no_record_of_a_real_client_is_unknown(name: str) -> None:
    """A new type is noticed here first."""
    session = CODEX.read(group_of("codex", DATA / name), Wants(effects=False))
    assert session.reconciliation.unknown_records == {}
