"""The server as its clients start it: a process, and lines on its standard input and output."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from mcp import Client, StdioServerParameters
from mcp.types import TextContent

from agentpprof_mcp import __version__

COMMAND = [sys.executable, "-m", "agentpprof_mcp"]
MODERN = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientCapabilities": {},
}


def line(number: int, method: str, **params: object) -> str:
    """A whole request of the stateless protocol."""
    request = {
        "jsonrpc": "2.0",
        "id": number,
        "method": method,
        "params": {**params, "_meta": MODERN},
    }
    return json.dumps(request) + "\n"


def piped(text: str) -> list[dict[str, object]]:
    """What the server says to a standard input that ends after `text`."""
    run = subprocess.run(
        COMMAND,
        input=text,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=True,
    )
    assert run.stderr == ""
    return [json.loads(answer) for answer in run.stdout.splitlines()]


def test_one_line_in_gives_one_line_out(history: Path) -> None:
    """A shell can ask, although its pipe ends before the answer is found."""
    (answer,) = piped(line(1, "tools/call", name="top_frames", arguments={"limit": 1}))
    assert answer["id"] == 1
    assert "tasks: What semantic work dominated?" in str(answer["result"])


def test_every_piped_call_is_answered(history: Path) -> None:
    """Also when several run at the end, and one was wrong."""
    answers = piped(
        line(1, "tools/call", name="list_sessions", arguments={})
        + line(2, "tools/call", name="top_frames", arguments={"limits": 1})
        + line(3, "tools/call", name="profile", arguments={"format": "folded"})
    )
    assert {answer["id"] for answer in answers if "result" in answer} == {1, 2, 3}


@pytest.mark.parametrize(
    ("text", "code"),
    [("{", -32700), ("[" * 9000, -32700), ("[]", -32600), ('{"jsonrpc":"2.0"}', -32600)],
)
def test_a_line_that_is_no_message_is_refused_and_the_next_one_answered(
    history: Path, text: str, code: int
) -> None:
    """Nothing of it comes back. A blank line is none."""
    call = line(7, "tools/call", name="list_sessions", arguments={})
    refused, answered = piped(f"{text}\n\n \n{call}")
    assert refused["id"] is None
    assert isinstance(refused["error"], dict)
    assert refused["error"]["code"] == code
    assert answered["id"] == 7


def test_a_cancelled_call_does_not_hold_the_server(history: Path) -> None:
    """Nobody waits for its answer."""
    notice = {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 1}}
    call = line(1, "tools/call", name="list_sessions", arguments={})
    assert len(piped(call + json.dumps(notice) + "\n")) <= 1


def test_no_input_ends_the_server(project: Path) -> None:
    """A client that leaves at once leaves nothing behind."""
    assert piped("") == []


@pytest.mark.parametrize("calls", [0, 1, 20])
def test_a_client_that_was_killed_leaves_no_server(history: Path, calls: int) -> None:
    """Both ends of its pipes are closed; running calls stop, without a traceback."""
    server = subprocess.Popen(
        COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert server.stdin is not None
    assert server.stdout is not None
    for number in range(calls):
        call = line(number, "tools/call", name="top_frames", arguments={"limit": number + 1})
        server.stdin.write(call.encode())
    server.stdin.close()
    server.stdout.close()
    assert server.stderr is not None
    assert b"Traceback" not in server.stderr.read()
    server.stderr.close()
    assert server.wait(60) == 0


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_a_client_can_start_it(history: Path, home: Path, mode: str) -> None:
    """As Claude Code and Codex do, with flags, and with little in the environment."""
    parameters = StdioServerParameters(
        command=COMMAND[0],
        args=[*COMMAND[1:], "--claude-root", str(home / ".claude"), "--all-projects"],
        env={"HOME": str(home), "PYTHONPATH": os.environ["PYTHONPATH"]},
    )
    async with Client(parameters, mode=mode) as client:
        assert client.server_info is not None
        assert client.server_info.name == "agentpprof"
        assert client.server_info.version == __version__
        result = await client.call_tool("list_sessions", {})
    (content,) = result.content
    assert isinstance(content, TextContent)
    assert content.text.startswith("2 sessions, 3 prompts, ")


@pytest.mark.parametrize(
    ("flag", "told"), [("--help", "--claude-root"), ("--version", __version__)]
)
def test_help_and_version_answer_without_the_sdk(flag: str, told: str) -> None:
    """They take a tenth of a second."""
    code = (
        "import sys, atexit; atexit.register(lambda: sys.stdout.write(str('mcp' in sys.modules)));"
        f"from agentpprof_mcp.__main__ import main; main(['{flag}'])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told in run.stdout
    assert run.stdout.endswith("False")


@pytest.mark.parametrize(
    "flags",
    [["--claude-root", "nowhere"], ["--all-projects", "--project-root", "."], ["--port", "1"]],
)
def test_flags_that_cannot_work_are_refused(flags: list[str]) -> None:
    """Before a client waits for a greeting."""
    run = subprocess.run([*COMMAND, *flags], capture_output=True, text=True, check=False)
    assert run.returncode == 2
    assert run.stderr.splitlines()[-1].startswith("agentpprof-mcp: error: ")
