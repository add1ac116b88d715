"""What is offered beside tools: resources, prompts, completions; and the tools' schemas, as clients see them."""

import base64
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from mcp import Client, MCPError
from mcp.types import (
    BlobResourceContents,
    PromptReference,
    ResourceTemplateReference,
    TextContent,
    TextResourceContents,
)

from agentpprof_mcp import service
from agentpprof_mcp.env import Env
from agentpprof_mcp.query import Query, Selection
from agentpprof_mcp.server import Choices, build
from tests.server.conftest import FIRST

ERAS = pytest.mark.parametrize("mode", ["2026-07-28", "legacy"])


async def read(uri: str, mode: str = "auto") -> str | bytes:
    """A resource as its bytes or text."""
    async with Client(build(Choices({})), mode=mode) as client:
        (content,) = (await client.read_resource(uri)).contents
    if isinstance(content, BlobResourceContents):
        return base64.b64decode(content.blob)
    assert isinstance(content, TextResourceContents)
    return content.text


async def test_definitions_are_those_that_were_reviewed(
    golden: Callable[[str, bytes], None],
) -> None:
    """Clients keep them, and a model reads them: a change is seen in review."""
    async with Client(build(Choices({}))) as client:
        tools = (await client.list_tools()).tools
    shown = [tool.model_dump(mode="json", by_alias=True, exclude_none=True) for tool in tools]
    golden("server/tools.json", json.dumps(shown, indent=2).encode() + b"\n")
    assert len(json.dumps(shown)) / 4 < 2_000, "tokens, about"


@ERAS
@pytest.mark.parametrize("form", ["folded", "json", "svg", "pprof"])
async def test_a_profile_has_an_address_in_every_format(
    history: Path, form: str, mode: str
) -> None:
    """It is what the command line writes."""
    env = Env.real()
    query = Query(
        Selection(project_root=env.cwd, roots={"claude": env.home / ".claude"}), view="tokens"
    )
    data = service.encode(service.profile(query, env), form)
    for session in ("all", "last", FIRST[:8]):
        shown = await read(f"agentpprof://{form}/tokens/{session}", mode)
        assert (shown if isinstance(shown, bytes) else shown.encode()) == data


@ERAS
async def test_what_is_listed_can_be_read(history: Path, mode: str) -> None:
    """Sessions, and a table of each view that has something to show."""
    async with Client(build(Choices({})), mode=mode) as client:
        listed = [str(resource.uri) for resource in (await client.list_resources()).resources]
        templates = (await client.list_resource_templates()).resource_templates
    assert listed[0] == "agentpprof://sessions"
    assert (await read(listed[0], mode)).startswith("1 sessions, 2 prompts")  # type: ignore[arg-type]
    assert "agentpprof://table/tokens/all" in listed
    assert "tokens: Which" in str(await read("agentpprof://table/tokens/all", mode))
    assert {t.uri_template for t in templates} == {
        f"agentpprof://{form}/{{view}}/{{session}}"
        for form in ("table", "folded", "json", "svg", "pprof")
    }


@pytest.mark.parametrize(
    ("uri", "told"),
    [
        ("agentpprof://svg/token/all", "did you mean tokens?"),
        ("agentpprof://svg/tokens/ffff", "no session matches"),
        ("agentpprof://table/network/all", "has no samples"),
        ("agentpprof://nothing", "nothing"),
    ],
)
async def test_an_address_without_a_profile_says_what_would_work(
    history: Path, uri: str, told: str
) -> None:
    """As a tool would."""
    async with Client(build(Choices({}))) as client:
        with pytest.raises(MCPError, match=told.replace("?", r"\?")):
            await client.read_resource(uri)


@ERAS
@pytest.mark.parametrize(
    ("name", "arguments", "told"),
    [
        ("what-did-i-wast", {}, "did you mean what-did-i-waste?"),
        ("x" * 9000, {}, "unknown prompt; known: profile-this-session"),
        ("what-did-i-waste", {"sesion": "last"}, "did you mean session?"),
        ("compare-with-last-week", {"y" * 9000: "7d"}, "unknown argument; known: period"),
    ],
)
async def test_a_prompt_that_there_is_not_is_refused(
    history: Path,
    caplog: pytest.LogCaptureFixture,
    mode: str,
    name: str,
    arguments: dict[str, str],
    told: str,
) -> None:
    """With what there is instead; nothing long comes back, and nothing is logged."""
    async with Client(build(Choices({})), mode=mode) as client:
        with pytest.raises(MCPError) as error:
            await client.get_prompt(name, arguments)
    assert told in str(error.value)
    assert len(str(error.value)) < 200
    assert not caplog.records


@ERAS
async def test_prompts_name_calls_that_exist(history: Path, mode: str) -> None:
    """The common questions, each a way through the tools."""
    async with Client(build(Choices({})), mode=mode) as client:
        tools = {tool.name for tool in (await client.list_tools()).tools}
        prompts = (await client.list_prompts()).prompts
        assert [prompt.name for prompt in prompts] == [
            "profile-this-session",
            "what-did-i-waste",
            "compare-with-last-week",
        ]
        for prompt in prompts:
            (message,) = (await client.get_prompt(prompt.name)).messages
            assert isinstance(message.content, TextContent)
            assert tools & set(message.content.text.replace("(", " ").split())
            assert prompt.description


@ERAS
async def test_arguments_are_completed(history: Path, mode: str) -> None:
    """Views, and sessions by the ids that lists show."""
    template = ResourceTemplateReference(uri="agentpprof://svg/{view}/{session}")
    prompt = PromptReference(name="profile-this-session")
    async with Client(build(Choices({})), mode=mode) as client:

        async def completed(
            ref: PromptReference | ResourceTemplateReference, name: str, value: str
        ) -> list[str]:
            asked = {"name": name, "value": value}
            return (await client.complete(ref, asked)).completion.values

        assert await completed(template, "view", "T") == ["tasks", "tools", "tokens"]
        assert await completed(template, "session", "0e") == [FIRST[:13]]
        assert await completed(prompt, "session", "") == ["current", "last", "all", FIRST[:13]]
        assert await completed(prompt, "nothing", "") == []


async def test_completions_work_without_history(project: Path) -> None:
    """What is always known is still offered."""
    prompt = PromptReference(name="what-did-i-waste")
    async with Client(build(Choices({}))) as client:
        result = await client.complete(prompt, {"name": "session", "value": "l"})
    assert result.completion.values == ["last"]


@ERAS
async def test_previews_are_the_users_choice(history: Path, mode: str) -> None:
    """Without it, no beginning of a prompt is shown; with it, one line each, of one session."""
    for previews in (False, True):
        async with Client(build(Choices({}, previews=previews)), mode=mode) as client:
            one = str((await client.call_tool("list_sessions", {"session": "last"})).content)
            every = str((await client.call_tool("list_sessions", {})).content)
        assert ("1:debug | fix the failing parser test" in one) is previews
        assert "failing parser" not in every
