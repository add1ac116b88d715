"""What a model reads when it calls the tools, in both eras of the protocol."""

import json
import sys
from pathlib import Path

import anyio
import pytest

from agentpprof_mcp import service
from agentpprof_mcp.env import Env
from agentpprof_mcp.query import Query, Selection
from tests.history import Claude
from tests.server.conftest import FIRST, OTHER, Ask

HANDLE = FIRST[:13]


def query(view: str = "tasks") -> Query:
    """What the tools ask of the service without arguments."""
    env = Env.real()
    return Query(Selection(project_root=env.cwd, roots={"claude": env.home / ".claude"}), view=view)


async def test_a_list_begins_with_totals_and_ends_with_what_to_ask_next(
    ask: Ask, history: Path
) -> None:
    """Its numbers are the service's."""
    (digest,) = service.list_sessions(query(), Env.real()).sessions
    first, headings, row, *_, last = (await ask("list_sessions")).splitlines()
    assert first == (
        f"1 sessions, 2 prompts, 2 model calls, 1 tool calls, 1 errors, {digest.counts.tokens.total} tokens"
    )
    assert digest.counts.tokens.total == 344
    assert headings.split()[:5] == ["session", "agent", "project", "tag", "ended"]
    assert headings.split()[5:] == ["prompts", "calls", "tools", "errors", "tokens"]
    assert row.split()[:4] == [HANDLE, "claude", "demo", digest.tag]
    assert row.split()[-5:] == ["2", "2", "1", "1", "344"]
    assert f"top_frames(session='{HANDLE}'" in last


async def test_a_list_of_one_session_shows_the_tags_of_its_prompts(ask: Ask, history: Path) -> None:
    """Their indexes are what `tag_sessions` takes."""
    assert "\nprompts: 0:start 1:debug 2:docs\n" in await ask("list_sessions", session=HANDLE)


@pytest.mark.parametrize("view", ["tasks", "system", "tokens"])
async def test_top_frames_is_the_table_of_the_service(ask: Ask, history: Path, view: str) -> None:
    """No number is made on the way."""
    report = service.profile(query(view), Env.real())
    answer = await ask("top_frames", view=view.upper())
    assert answer.startswith(f"{view}: {report.question} (1 sessions)\n")
    assert service.table(service.ranking(report), 20).text in answer


async def test_top_frames_weighs_by_a_measure(ask: Ask, history: Path) -> None:
    """Errors and durations are measures too."""
    report = service.profile(query(), Env.real())
    assert service.table(service.ranking(report, "errors"), 3).text in await ask(
        "top_frames", measure="errors", limit=3
    )


async def test_a_profile_comes_as_table_folded_or_json(ask: Ask, history: Path) -> None:
    """All three are the same profile."""
    report = service.profile(query("tokens"), Env.real())
    assert service.table(service.ranking(report), 20).text in await ask("profile", view="tokens")
    folded = await ask("profile", view="tokens", format="folded")
    assert sorted(folded.splitlines()) == service.encode(report, "folded").decode().splitlines()
    document = json.loads(await ask("profile", view="tokens", format="json"))
    assert document == json.loads(service.encode(report, "json"))


async def test_folded_stacks_are_the_heaviest_and_the_rest_is_told(ask: Ask, history: Path) -> None:
    """Nothing is left out in silence."""
    lines = (await ask("profile", view="tokens", format="folded", limit=1)).splitlines()
    assert lines[0].endswith(" 300")
    assert lines[1] == "7 more stacks hold 12.8%"
    assert lines[2].startswith("more: the same call with cursor='")


@pytest.mark.parametrize("form", ["pprof", "svg"])
async def test_a_file_format_names_the_call_that_writes_it(
    ask: Ask, history: Path, form: str
) -> None:
    """Binary is no text for a model."""
    answer = await ask("profile", view="tokens", session="last", format=form)
    call = f"export_profile(view='tokens', format='{form}', session='last')"
    assert answer.endswith(f"{form} is a file: call {call}")


@pytest.mark.parametrize(
    ("name", "shown"),
    [("", [HANDLE]), ("elsewhere", [OTHER[:13]]), ("all", [HANDLE, OTHER[:13]])],
)
async def test_a_project_is_the_folder_a_name_or_all(
    ask: Ask, history: Path, name: str, shown: list[str]
) -> None:
    """The default is where the client works."""
    answer = await ask("list_sessions", project=name)
    assert [handle for handle in (HANDLE, OTHER[:13]) if f"\n{handle} " in answer] == shown


async def test_an_id_finds_its_session_in_any_project(ask: Ask, history: Path) -> None:
    """Whoever has an id from a list should not need to say where it came from."""
    assert f"\n{OTHER[:13]} " in await ask("list_sessions", session=OTHER[:8])


async def test_selectors_narrow_the_answer(ask: Ask, history: Path) -> None:
    """The same words as everywhere."""
    answer = await ask(
        "top_frames", agent="Claude", prompt_tag="docs", since="2026-11-20", until="2026-11-20"
    )
    assert "1 events" in answer
    assert "prompt:debug" not in answer


async def test_current_is_what_the_client_tells(
    ask: Ask, history: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Codex tells it in each call, Claude Code in the environment."""
    assert "try session='last'" in await ask("list_sessions", session="current")
    monkeypatch.setenv("CLAUDE_CODE_SESSION_ID", FIRST)
    assert HANDLE in await ask("list_sessions", session="current")
    answer = await ask("list_sessions", session="current", meta={"threadId": OTHER})
    assert OTHER[:13] in answer


async def test_a_server_that_outlives_its_session_finds_the_one_that_calls(
    ask: Ask, history: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Claude Code names the call, and has written it down before."""
    monkeypatch.setenv("CLAUDE_CODE_SESSION_ID", FIRST)
    later = Claude(OTHER, cwd="/x/later")
    later.prompt("what did I do?")
    later.uses("mcp__agentpprof__list_sessions", {}, "toolu_calling", call="m9")
    later.write(history, "later.jsonl")
    for call, handle in (("toolu_calling", OTHER[:13]), ("toolu_other", HANDLE), ("", HANDLE)):
        meta = {"claudecode/toolUseId": call}
        assert f"\n{handle} " in await ask("list_sessions", session="current", meta=meta)


async def test_a_given_tag_is_shown_by_lists_and_profiles(ask: Ask, history: Path) -> None:
    """The tag of a prompt, and that of the session."""
    answer = await ask("tag_sessions", session="last", tag="Parser")
    assert answer.startswith(f"session {HANDLE} is now tagged parser (was debug)\n")
    answer = await ask("tag_sessions", session=HANDLE[:4], tag="grammar", prompt=1)
    assert answer.startswith(f"prompt 1 of session {HANDLE} is now tagged grammar (was debug)\n")
    listed = await ask("list_sessions")
    assert " parser " in listed
    assert "1:grammar 2:docs" in listed
    assert "session:parser" in await ask("top_frames")


async def test_a_given_tag_is_seen_by_another_process(ask: Ask, history: Path) -> None:
    """The command line reads the same store."""
    await ask("tag_sessions", session="last", tag="parser")
    code = "import sys; from agentpprof_cli.main import main; sys.exit(main(['sessions']))"
    run = await anyio.run_process([sys.executable, "-c", code])
    assert b" parser " in run.stdout


async def test_a_given_tag_is_taken_back_by_an_empty_one(ask: Ask, history: Path) -> None:
    """Then rules name the session again. Every answer says how to go back."""
    answer = await ask("tag_sessions", session="last", tag="parser")
    assert answer.endswith(f"\nundo: tag_sessions(session='{HANDLE}', tag='')\n")
    answer = await ask("tag_sessions", session="last", tag="")
    assert answer == (
        f"session {HANDLE} is now without a given tag (was parser)\n"
        f"undo: tag_sessions(session='{HANDLE}', tag='parser')\n"
    )
    assert " debug " in await ask("list_sessions")


async def test_a_damaged_store_is_told_in_one_word(ask: Ask, history: Path, home: Path) -> None:
    """The answer is worth more than the tags."""
    store = home / ".cache" / "agentpprof" / "given-tags.sqlite"
    for tool in ("list_sessions", "top_frames"):
        store.parent.mkdir(parents=True, exist_ok=True)
        store.write_bytes(b"no database " * 99)
        assert "\ngiven tags: damaged\n" in await ask(tool)
        assert "given tags" not in await ask(tool)


async def test_a_dry_run_changes_nothing(ask: Ask, history: Path, home: Path) -> None:
    """Not even a file appears."""
    answer = await ask("tag_sessions", session="last", tag="parser", dry_run=True)
    assert answer == f"session {HANDLE} would be tagged parser (was debug)\n"
    assert not list((home / ".cache").rglob("given-tags*"))


@pytest.mark.parametrize(
    ("tool", "arguments", "told"),
    [
        (
            "top_frames",
            {"limits": 5},
            "unknown argument 'limits'; did you mean limit? known: view, ",
        ),
        (
            "top_frames",
            {"view": "token"},
            "unknown view 'token'; did you mean tokens? known: tasks",
        ),
        ("top_frames", {"measure": "cost"}, "does not measure 'cost'; it has events, tokens"),
        ("top_frames", {"limit": 5000}, "limit must be 1 to 50"),
        ("profile", {"format": "html"}, "unknown format 'html'; known: table, folded, json"),
        ("list_sessions", {"agent": "cursor"}, "unknown agent 'cursor'; known: claude, codex"),
        (
            "list_sessions",
            {"since": "recently"},
            "since cannot be that; it takes: 7d, 24h or a UTC date",
        ),
        ("list_sessions", {"session": "ffff"}, "the newest searched: "),
        ("list_sessions", {"project": "demos"}, "their projects: "),
        ("top_frames", {"view": "network"}, "try another view: tasks"),
        ("tag_sessions", {"session": "last", "tag": "two words"}, "one lower-case word"),
        ("tag_sessions", {"session": " ", "tag": "fine"}, "missing: current, last, or"),
        ("tag_sessions", {"session": "last", "tag": "fine", "prompt": 9}, "the prompts 0 to 2"),
    ],
)
async def test_an_error_says_what_would_work(
    ask: Ask, history: Path, tool: str, arguments: dict[str, object], told: str
) -> None:
    """The next call can be right."""
    answer = await ask(tool, **arguments)
    assert answer.startswith("ERROR ")
    assert told in answer
    assert "--" not in answer


async def test_an_empty_history_says_where_was_looked(ask: Ask, project: Path, home: Path) -> None:
    """The user may have to start the server with another folder."""
    answer = await ask("list_sessions")
    assert "no sessions found; searched claude in ~/.claude, " in answer
    assert "try --claude-root" in answer
