"""A small history, and a client in memory that asks the server about it, in both protocol eras."""

import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from mcp import Client
from mcp.types import RequestParamsMeta, TextContent

from agentpprof_mcp.server import Choices, build
from tests.history import Claude, usage

FIRST = "0e35f321-31f3-4a70-a067-45abf6f46315"
OTHER = "77777777-aaaa-4a70-a067-45abf6f46315"

Ask = Callable[..., Awaitable[str]]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory of client and server; servers that are started find our modules from it."""
    folder = tmp_path / "demo"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    return folder


@pytest.fixture
def history(home: Path, project: Path, tmp_path: Path) -> Path:
    """One session of the project with two prompts and one command, and one of another project."""
    folder = home / ".claude" / "projects" / "demo"
    session = Claude(FIRST, cwd=str(project))
    session.prompt("fix the failing parser test")
    session.uses("Bash", {"command": "pytest -q"}, "t1", tokens=usage(10, 20, 300, 4))
    session.result("t1", "1 failed", error=True)
    session.prompt("write the documentation of it")
    session.says("Here it is.", call="m2", tokens=usage(1, 2, 3, 4))
    session.write(folder)
    other = Claude(OTHER, cwd=str(tmp_path / "elsewhere"))
    other.prompt("deploy it")
    other.says("Done.", call="m3", tokens=usage(5, 5))
    other.write(folder)
    return folder


@pytest.fixture(params=["2026-07-28", "legacy"])
def ask(request: pytest.FixtureRequest) -> Ask:
    """Call a tool of a server made as at the start, and read its text; errors begin with `ERROR `."""

    async def call(tool: str, *, meta: RequestParamsMeta | None = None, **arguments: object) -> str:
        async with Client(build(Choices({})), mode=request.param) as client:
            result = await client.call_tool(tool, arguments, meta=meta)
        assert result.structured_content is None
        (content,) = result.content
        assert isinstance(content, TextContent)
        return ("ERROR " if result.is_error else "") + content.text

    return call
