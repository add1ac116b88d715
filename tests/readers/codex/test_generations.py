"""Every generation of Codex files, by the numbers that its fixture holds."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from agentpprof_mcp.model import Opener, Session, Status, Tokens
from agentpprof_mcp.readers.base import Wants
from agentpprof_mcp.readers.codex import CODEX
from tests.history import group_of

OK, ERROR, UNKNOWN = Status.OK, Status.ERROR, Status.UNKNOWN


class Expected(NamedTuple):
    """What a file holds: typed prompts, model calls and their sum, tool calls and how they ended."""

    prompts: list[str]
    calls: int
    tokens: Tokens
    tools: dict[str, tuple[str, Status]]
    cwds: list[str]


EXPECTED = {
    1: Expected(
        ["Count the lines of main.py", "And of missing.py?"],
        4,
        Tokens(estimate=12),
        {"call_1a": ("shell", OK), "call_1b": ("shell", ERROR)},
        ["/home/ann/demo"],
    ),
    2: Expected(
        ["Rename the helper and run the tests"],
        3,
        Tokens(estimate=8),
        {"call_2a": ("shell", OK), "call_2b": ("local_shell_call", ERROR)},
        ["/home/ann/demo"],
    ),
    3: Expected(
        ["Add a changelog"],
        5,
        Tokens(input=1500, output=170, cache_read=4500),
        {
            "call_3a": ("update_plan", UNKNOWN),
            "call_3b": ("apply_patch", OK),
            "call_3c": ("shell", ERROR),
            "call_3d": ("tiny__search", OK),
        },
        ["/home/ann/demo"],
    ),
    4: Expected(
        ["Why does the build fail?\n", "Fix it in web", "go on"],
        6,
        Tokens(input=18000, output=330, cache_read=42000),
        {
            "call_4a": ("exec_command", UNKNOWN),
            "call_4b": ("write_stdin", ERROR),
            "call_4c": ("apply_patch", ERROR),
            "019ed000-0000-7000-8000-000000000004:tool:3": ("web_search_call", OK),
            "call_4d": ("view_image", UNKNOWN),
            "call_4e": ("_fetch_pr", ERROR),
            "call_4f": ("exec_command", Status.ABORTED),
            "call_4g": ("exec_command", Status.DENIED),
            "call_4h": ("exec_command", UNKNOWN),
        },
        ["/home/ann/demo", "/home/ann/demo/web"],
    ),
    6: Expected(
        ["List the notes"],
        2,
        Tokens(estimate=8),
        {"call_6a": ("shell_command", OK)},
        ["/home/ann/notes"],
    ),
    7: Expected(
        ["Check the statistics module", "Survey the rest"],
        4,
        Tokens(input=13000, output=380, cache_read=33000),
        {
            "call_7a": ("exec_command", ERROR),
            "call_7b": ("top_frames", ERROR),
            "call_7c": ("apply_patch", OK),
            "call_7d": ("tool_search_call", OK),
            "call_7e": ("spawn_agent", OK),
            "call_7f": ("exec_command", UNKNOWN),
        },
        ["/home/ann/demo"],
    ),
}


@pytest.fixture
def session(request: pytest.FixtureRequest, file_of: Callable[[int], Path]) -> Session:
    """One of the hand-made files, read alone."""
    return CODEX.read(group_of("codex", file_of(request.param)), Wants())


@pytest.mark.parametrize(("session", "expected"), EXPECTED.items(), indirect=["session"])
def test_every_generation_gives_its_prompts_calls_and_tools(
    session: Session, expected: Expected
) -> None:
    """The same model comes out, whatever shape the records have."""
    tokens = Tokens()
    for call in session.calls:
        tokens.add(call.tokens)
    typed = [prompt.text for prompt in session.prompts if prompt.opener is Opener.TYPED]
    assert typed == expected.prompts
    assert (len(session.calls), tokens) == (expected.calls, expected.tokens)
    assert {tool.id: (tool.name, tool.status) for tool in session.tools} == expected.tools
    assert session.cwds == expected.cwds


@pytest.mark.parametrize("session", EXPECTED, indirect=True)
def test_every_session_says_who_and_when_it_is(session: Session) -> None:
    """The id is the thread's; events lie in its span and in one of its regions."""
    places = [(call.at, call.prompt) for call in session.calls]
    places += [(tool.at, tool.prompt) for tool in session.tools]
    assert session.id.endswith(("1", "2", "3", "4", "6", "7"))
    assert len(session.id) == 36
    assert all(session.started <= at <= session.ended for at, _ in places)
    assert all(0 < prompt < len(session.prompts) for _, prompt in places)


@pytest.mark.parametrize("session", [1], indirect=True)
def test_items_of_a_single_object_count_as_lines(session: Session) -> None:
    """The account of a file of the oldest generation reconciles too."""
    account = session.reconciliation
    assert (account.files, account.lines, account.records) == (1, 10, 10)


@pytest.mark.parametrize("session", [4], indirect=True)
def test_calls_are_described_by_what_was_said_and_asked_for(session: Session) -> None:
    """Text, tools, model and region are those of the response, not of its later token report."""
    first, *_, last = session.calls
    assert (first.says, first.does, first.model) == (
        "Let me run it.",
        ["exec_command"],
        "gpt-5.5",
    )
    assert (last.does, last.model, last.prompt) == (["exec_command"], "gpt-5.5-mini", 4)
    assert [prompt.opener for prompt in session.prompts] == [
        Opener.START,
        Opener.TYPED,
        Opener.TYPED,
        Opener.SHELL,
        Opener.TYPED,
    ]


@pytest.mark.parametrize("session", [4], indirect=True)
def test_tool_calls_carry_category_folder_server_and_time(session: Session) -> None:
    """Wall times of outputs, durations of events; `workdir` is the call's folder."""
    tools = {tool.name: tool for tool in session.tools}
    assert (tools["_fetch_pr"].category, tools["_fetch_pr"].mcp) == (
        "mcp",
        "codex_apps/github.fetch_pr",
    )
    assert tools["_fetch_pr"].duration == 1500
    assert tools["apply_patch"].duration == 100
    assert tools["write_stdin"].duration == 2000
    assert tools["exec_command"].cwd == "/home/ann/demo/web"
    assert [tool.id for tool in session.tools if not tool.answered] == ["call_4h"]


@pytest.mark.parametrize("session", [4], indirect=True)
def test_native_tools_name_their_files(session: Session) -> None:
    """Also those of a patch that failed: it was tried."""
    paths = {path for tool in session.tools for effect in tool.effects for path in effect.paths}
    assert paths >= {"/home/ann/demo/Makefile", "src/new.py", "/home/ann/demo/shot.png"}


@pytest.mark.parametrize("session", [4], indirect=True)
def test_only_records_that_nobody_knows_are_reported(session: Session) -> None:
    """Known records without events are passed over in silence."""
    assert session.reconciliation.unknown_records == {"event_msg/quota_forecast": 1}


def test_without_effects_no_command_is_read(file_of: Callable[[int], Path]) -> None:
    """`files` keeps what native tools name; neither keeps nothing."""
    group = group_of("codex", file_of(4))
    files = CODEX.read(group, Wants(effects=False, files=True))
    nothing = CODEX.read(group, Wants(effects=False, files=False))
    by_name = {tool.name: tool.effects for tool in files.tools}
    assert by_name["exec_command"] == []
    assert len(by_name["apply_patch"]) == 2
    assert not any(tool.effects for tool in nothing.tools)


@pytest.mark.parametrize(
    ("fields", "mcp"),
    [
        ({"name": "fetch", "namespace": "mcp__tiny"}, "tiny/fetch"),
        ({"name": "fetch", "namespace": "mcp__tiny__"}, "tiny/fetch"),
        ({"name": "mcp__tiny__fetch"}, "tiny/fetch"),
        ({"name": "tiny__fetch"}, "tiny/fetch"),
        ({"name": "spawn_agent", "namespace": "multi_agent_v1"}, ""),
    ],
)
def test_mcp_tools_are_told_by_namespace_or_name(
    read: Callable[..., Session], fields: dict[str, str], mcp: str
) -> None:
    """Every version names them in another way; other namespaces are the client's own."""
    (tool,) = read({"type": "function_call", "call_id": "a", **fields}).tools
    assert (tool.mcp, tool.category == "mcp") == (mcp, bool(mcp))


def test_an_event_knows_an_mcp_tool_better_than_its_name(read: Callable[..., Session]) -> None:
    """A tool named like a built-in one did not read a file."""
    end = {"type": "mcp_tool_call_end", "call_id": "a", "result": {"Ok": {}}}
    (tool,) = read(
        {"type": "function_call", "call_id": "a", "name": "read", "arguments": '{"path":"x"}'},
        {"type": "event_msg", "payload": {**end, "invocation": {"server": "s", "tool": "read"}}},
    ).tools
    assert (tool.mcp, tool.category, tool.status) == ("s/read", "mcp", OK)
    assert [effect.paths for effect in tool.effects] == [()]
