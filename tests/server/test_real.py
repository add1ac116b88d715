"""Answers over real history fit into a model's context."""

import os
from pathlib import Path
from typing import Any

import pytest
from mcp import Client
from mcp.types import TextContent

from agentpprof_mcp.server import Choices, build
from agentpprof_mcp.views import VIEWS

pytestmark = pytest.mark.real

USUAL, MOST = 8_000, 40_000
"""Characters; four are about a token."""


@pytest.fixture
def roots() -> dict[str, Path]:
    folder = Path(os.environ["AGENTPPROF_DATA"]) / "home"
    return {"claude": folder / ".claude", "codex": folder / ".codex"}


async def asked(client: Client, tool: str, **arguments: Any) -> str:
    """The text of an answer that is no mistake."""
    result = await client.call_tool(tool, arguments)
    (content,) = result.content
    assert isinstance(content, TextContent)
    assert not result.is_error, content.text
    return content.text


async def test_answers_fit(roots: dict[str, Path]) -> None:
    """In less than 2,000 tokens by default, in 40,000 characters whatever is asked for."""
    async with Client(build(Choices(roots, all_projects=True))) as client:
        usual = [
            await asked(client, "list_sessions"),
            await asked(client, "list_sessions", session="last"),
            await asked(client, "compare_profiles", session="last"),
            await asked(client, "frame_details", frame="effect:test"),
            await asked(client, "tag_sessions", session="last", tag="speed", dry_run=True),
        ]
        for view in VIEWS:
            usual.append(await asked(client, "top_frames", view=view.name))
            for form in ("table", "folded", "json"):
                usual.append(await asked(client, "profile", view=view.name, format=form))
                most = await asked(client, "profile", view=view.name, format=form, limit=50)
                assert len(most) <= MOST
    assert max(map(len, usual)) < USUAL
