"""The server itself: what it offers, how it starts, and how it fails."""

import json
import re
import subprocess
import sys
import threading
from pathlib import Path

import anyio
import pytest
from mcp import Client
from mcp.types import TextContent

from agentpprof_mcp import results
from agentpprof_mcp.__main__ import build_parser
from agentpprof_mcp.env import Env
from agentpprof_mcp.server import Choices, build


async def test_the_offer_is_small_and_true() -> None:
    """Clients show names and hints to their users, and all of it to a model."""
    async with Client(build(Choices({}))) as client:
        tools = (await client.list_tools()).tools
        instructions = client.instructions or ""
    assert [tool.name for tool in tools] == [
        "list_sessions",
        "top_frames",
        "profile",
        "frame_details",
        "compare_profiles",
        "tag_sessions",
        "export_profile",
    ]
    writing = [
        tool.name for tool in tools if not (tool.annotations and tool.annotations.read_only_hint)
    ]
    assert writing == ["tag_sessions", "export_profile"]
    assert all(tool.description and tool.output_schema is None for tool in tools)
    size = sum(len(json.dumps(tool.model_dump(mode="json", exclude_none=True))) for tool in tools)
    assert size < 8_000, "four characters are about a token"
    words = {"tokens", "cost", "time", "slow", "expensive", "retries", "errors", "flame", "past"}
    assert words <= set(re.findall(r"\w+", instructions))


async def test_nothing_makes_the_server_ask_a_model() -> None:
    """It opens no connection: neither its user nor a caller of a tool has a way to say so."""
    async with Client(build(Choices({}))) as client:
        tools = (await client.list_tools()).tools
    names = {name for tool in tools for name in tool.input_schema["properties"]}
    assert not {name for name in names if re.search("llm|llama|tagger|url|model", name)}
    assert not re.search("llm|llama|tagger", build_parser().format_help())


async def test_a_mistake_of_ours_tells_nothing(caplog: pytest.LogCaptureFixture) -> None:
    """Its text might hold anything."""

    def broken() -> Env:
        raise RuntimeError("a secret")

    async with Client(build(Choices({}), broken)) as client:
        result = await client.call_tool("list_sessions", {})
    assert result.is_error
    assert result.content == [TextContent(text="Error executing tool list_sessions")]


async def test_a_running_call_does_not_block_other_requests() -> None:
    """Reading takes long; the client's other questions do not wait for it."""
    listed = threading.Event()

    def waiting() -> Env:
        assert listed.wait(20)
        return Env.real()

    async with (
        Client(build(Choices({}), waiting)) as client,
        anyio.create_task_group() as calls,
    ):
        calls.start_soon(client.call_tool, "list_sessions", {})
        await anyio.lowlevel.checkpoint()
        await client.list_tools()
        listed.set()


async def test_start_up_choices_are_the_defaults_of_every_call(
    history: Path, tmp_path: Path
) -> None:
    """Folders of history and the default project."""
    everywhere = Choices({"claude": history.parent}, all_projects=True)
    elsewhere = Choices({}, project_root=tmp_path / "elsewhere")
    nowhere = Choices({"claude": tmp_path})
    for choices, told in (
        (everywhere, "2 sessions"),
        (elsewhere, "1 sessions"),
        (nowhere, "no sessions found"),
    ):
        async with Client(build(choices)) as client:
            result = await client.call_tool("list_sessions", {})
        assert told in str(result.content)


def test_a_long_answer_is_cut_at_a_line_and_says_so() -> None:
    """Clients would cut the middle out."""
    cut = results.capped("a line of text\n" * 5_000)
    assert len(cut) <= 40_000
    *lines, note = cut.splitlines()
    assert set(lines) == {"a line of text"}
    assert "narrow the question" in note
    assert len(results.capped("x" * 50_000)) < 40_000


def test_a_server_that_nobody_asked_has_loaded_nothing_heavy() -> None:
    """The client waits for the greeting."""
    code = (
        "import sys, agentpprof_mcp.server;"
        "print([m for m in ('google.protobuf', 're2', 'sqlite3', 'difflib', 'agentpprof_mcp.service') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"
