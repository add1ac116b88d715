"""The guide for agents: its answers are ours, and its questions take few calls."""

import ast
import itertools
import os
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import anyio
import pytest
from mcp import Client
from mcp.types import TextContent

from agentpprof_mcp.env import Env
from agentpprof_mcp.server import Choices, build
from agentpprof_mcp.server.tools import TOOLS
from tests.test_docs import DOCS, SHELL

GUIDE = DOCS / "agent-guide.md"
TEXT = GUIDE.read_text(encoding="utf-8")
CALL = re.compile(r"^```text\n> (\w+)\(([^\n]*)\)\n(.*?)^```", re.MULTILINE | re.DOTALL)
EVENING = int(datetime(2026, 11, 19, 20, tzinfo=UTC).timestamp() * 1000)
QUESTIONS = [f"## {part}" for part in TEXT.split("\n## ")[1:] if part[0].isdecimal()]
ROOTS = {agent: DOCS / "example" / f".{agent}" for agent in ("claude", "codex")}


def arguments(text: str) -> dict[str, object]:
    """Of a call as it is written."""
    call = ast.parse(f"f({text})", mode="eval").body
    assert isinstance(call, ast.Call)
    return {str(word.arg): ast.literal_eval(word.value) for word in call.keywords}


async def answers(home: Path) -> list[str]:
    """What the server says to the guide's calls, in their order."""
    env = Env(home, home, {}, home / ".cache", EVENING)
    found = []
    async with Client(build(Choices(ROOTS, all_projects=True), lambda: env)) as client:
        for name, given, _ in CALL.findall(TEXT):
            (content,) = (await client.call_tool(name, arguments(given))).content
            assert isinstance(content, TextContent)
            found.append(content.text.rstrip("\n") + "\n")
    return found


def test_the_answers_are_those_of_the_server(home: Path, pytestconfig: pytest.Config) -> None:
    """`--update-golden` writes what it says now."""
    said = iter(anyio.run(answers, home))
    now = CALL.sub(lambda call: f"```text\n> {call[1]}({call[2]})\n{next(said)}```", TEXT)
    if pytestconfig.getoption("--update-golden"):
        GUIDE.write_text(now, encoding="utf-8")
    else:
        assert now == TEXT


def test_there_are_ten_questions_with_at_most_three_calls() -> None:
    """More would be an answer that does not lead on."""
    assert len(QUESTIONS) == 10
    assert all(1 <= len(CALL.findall(question)) <= 3 for question in QUESTIONS)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.partition("\n")[0])
def test_every_further_call_is_one_that_the_answer_before_hints_at(question: str) -> None:
    """With the hint's own arguments, but for the number of rows."""
    calls = CALL.findall(question)
    for (_, _, answer), (name, given, _) in itertools.pairwise(calls):
        assert f"{name}(" in answer or name == "top_frames"
        hinted = re.search(rf"next: {name}\((.*?)\)", answer)
        if hinted:
            asked = {key: value for key, value in arguments(given).items() if key != "limit"}
            assert asked == arguments(hinted[1])


def test_answers_are_small_and_no_tool_is_left_out() -> None:
    """Four characters are about a token."""
    assert all(len(answer) < 8_000 for _, _, answer in CALL.findall(TEXT))
    shown = {name for name, _, _ in CALL.findall(TEXT)}
    assert {spec.name for spec in TOOLS} - shown == {"tag_sessions", "export_profile"}


def test_the_line_for_a_shell_works(home: Path) -> None:
    """One line in, one line out."""
    (block,) = SHELL.findall(TEXT)
    line = block.partition("'")[2].rpartition("'")[0]
    run = subprocess.run(
        [sys.executable, "-m", "agentpprof_mcp", "--all-projects"],
        input=line + "\n",
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join(sys.path),
            "CLAUDE_CONFIG_DIR": str(ROOTS["claude"]),
            "CODEX_HOME": str(ROOTS["codex"]),
        },
        capture_output=True,
        text=True,
        check=True,
    )
    (answer,) = run.stdout.splitlines()
    assert "560,985 tokens in 35 frames" in answer
