"""Nothing private comes out: canaries in every place of a history, every output searched for them."""

import contextlib
import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from mcp import Client, MCPError
from mcp.types import PromptReference, TextContent

from agentpprof_cli.main import main
from agentpprof_mcp import service
from agentpprof_mcp.env import Env
from agentpprof_mcp.index import Index, Store
from agentpprof_mcp.keys import MachineKey
from agentpprof_mcp.query import Policy, Query, Selection
from agentpprof_mcp.server import Choices, build
from agentpprof_mcp.views import VIEWS
from agentpprof_mcp.writers import WRITERS
from tests.conftest import HOMES
from tests.history import Claude
from tests.leaks.canaries import KINDS, Canary, Mint
from tests.leaks.plant import Garden
from tests.leaks.scan import Scanner
from tests.taggers.stub import Answer, echo, saying, serving

SEEDS = range(int(os.environ.get("AGENTPPROF_LEAK_SEEDS", "1")))
EVERY = 1 if len(SEEDS) > 1 else 8
"""One seed is a sample; more of them plant every kind in every place: for a run before a release."""

FRAMES = (
    "effect:test",
    "effect:write",
    "kind:output",
    "status:error",
    "domain:private",
    "path:repo",
)
PROMPT = PromptReference(name="profile-this-session")

VIEW_NAMES = [view.name for view in VIEWS]


@pytest.fixture
def user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Canary]:
    """A user whose name is a canary, and who works in a folder of their home."""
    name = KINDS["customer"].make(Mint(-1))
    home = tmp_path / "home" / name.text
    for variable, below in HOMES.items():
        monkeypatch.setenv(variable, str(home / below))
    (home / "work").mkdir(parents=True)
    monkeypatch.chdir(home / "work")
    return home, name


def grown(user: tuple[Path, Canary], seed: int, *, names: bool) -> Garden:
    """A history with thousands of canaries in the user's home."""
    home, name = user
    garden = Garden(home, seed, EVERY, names=names)
    garden.planted.append(("the user's name", name))
    garden.grow()
    return garden


@pytest.fixture(params=SEEDS)
def garden(request: pytest.FixtureRequest, user: tuple[Path, Canary]) -> Garden:
    """Canaries where nothing of them may be shown."""
    return grown(user, request.param, names=False)


@pytest.fixture(params=SEEDS)
def public_garden(request: pytest.FixtureRequest, user: tuple[Path, Canary]) -> Garden:
    """Canaries where names may be shown, too, but not to others."""
    return grown(user, request.param, names=True)


def outputs(captured: pytest.CaptureFixture[bytes], *words: str) -> tuple[bytes, bytes]:
    """What a command writes to its two streams."""
    main(words)
    out, err = captured.readouterr()
    return out, err


def commands(folder: Path) -> Iterator[tuple[str, ...]]:
    """Every answer of the command line, files included, and its errors."""
    everything = ("--all-projects",)
    for view in VIEW_NAMES:
        yield "top", *everything, "--view", view, "--limit", "5000"
        for writer in WRITERS:
            target = str(folder / f"{view}{writer.suffixes[0]}")
            yield *everything, "--view", view, "--path-depth", "full", "-o", target
    yield "merge", str(folder / "system.pb.gz"), "-o", str(folder / "merged.svg")
    yield "sessions", *everything
    yield "sessions", *everything, "--format", "json"
    yield "tags", *everything
    yield "tags", *everything, "--format", "json"
    yield ("--project-root", str(folder))
    yield ()
    yield *everything, "--session-tag", "nothing"
    yield *everything, "--session-id", "nothing"
    yield *everything, "--session-id", ""
    yield *everything, "--since", "2199-01-01"
    yield *everything, "--view", "nothing"
    yield *everything, "--include-deleted"
    yield "cache", "show"
    yield "cache", "verify"
    yield "cache", "forget"


def files(*folders: Path) -> Iterator[bytes]:
    """Names and contents of all files below some folders."""
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            yield str(path.relative_to(folder)).encode()
            yield path.read_bytes() if path.is_file() else b""


def test_the_command_line_shows_no_canary(
    garden: Garden, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    """Every view in every format, tables, lists, errors; names and contents of files and caches."""
    scanner = Scanner(garden.planted)
    folder = tmp_path / "out"
    shown = [stream for words in commands(folder) for stream in outputs(capfdbinary, *words)]
    shown += files(folder, garden.home / ".cache")
    assert scanner.found(b"\n".join(shown)) == set()
    assert b":redacted" not in b"".join(shown)
    assert b"hidden by the second net" not in b"".join(shown)


def test_the_index_holds_no_canary(garden: Garden, capsys: pytest.CaptureFixture[str]) -> None:
    """It names folders and files, but sealed; nor does the journal of its last change."""
    scanner = Scanner(garden.planted)
    cache = garden.home / ".cache" / "agentpprof"
    for view in VIEW_NAMES:
        main(["--all-projects", "--path-depth", "full", "--view", view])
    capsys.readouterr()
    index = cache / "index.sqlite"
    with closing(sqlite3.connect(index, isolation_level=None)) as connection:
        connection.execute("BEGIN")
        connection.execute("DELETE FROM slot")
        pages = index.with_name("index.sqlite-journal").read_bytes() + index.read_bytes()
        connection.execute("ROLLBACK")
    assert len(pages) > 2 * 4096
    assert scanner.found(pages) == set()
    store = Store(cache, MachineKey(cache), 0)
    units = list(Index(store, {"claude": garden.claude, "codex": garden.codex}).units())
    assert len(units) > 10
    assert scanner.found(msgspec.msgpack.encode(units)) != set()


@pytest.mark.parametrize("answer", [saying("debug"), echo], ids=["good", "echo"])
def test_a_language_model_brings_no_canary_back(
    garden: Garden, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes], answer: Answer
) -> None:
    """Neither in what is printed nor in the cache of its answers; it is sent texts, but few secrets."""
    scanner = Scanner(garden.planted)
    cache = tmp_path / "cache" / "tags.json"
    flags = ("--tagger", "llm", "--cache", str(cache))
    with serving(answer) as stub:
        for words in (("--format", "json"), ("--format", "json"), ("--open-vocabulary",)):
            everything = (*words, "--all-projects", "--llama-url", stub.url)
            shown = list(outputs(capfdbinary, *everything, *flags))
            shown += files(cache.parent, garden.home / ".cache")
            assert scanner.found(b"\n".join(shown)) == set()
    assert scanner.found(json.dumps(stub.asked).encode()) != set()
    assert cache.exists() == (answer is not echo)


@pytest.mark.parametrize("view", VIEW_NAMES)
def test_a_public_profile_shows_no_canary(public_garden: Garden, view: str) -> None:
    """Not even a project's or a folder's name, were a stack of one session enough to be shown."""
    roots = {"claude": public_garden.claude, "codex": public_garden.codex}
    report = service.profile(Query(Selection(roots=roots), view=view), Env.real())
    policy = Policy(k=1, days=1, exact=True, force=True)
    public = service.publish(report, policy)
    assert len(public.profile.stacks()) > 10
    scanner = Scanner(public_garden.planted)
    assert scanner.found(service.encode(report, "json")) != set()
    for writer in WRITERS:
        assert scanner.found(service.encode(public, writer.name)) == set()


async def test_the_server_shows_no_canary(garden: Garden) -> None:
    """Every tool, its errors, the store of given tags, exports, and what has an address."""
    scanner = Scanner(garden.planted)
    calls: list[tuple[str, dict[str, object]]] = [
        ("list_sessions", {"project": "all", "limit": 50}),
        ("list_sessions", {}),
        ("list_sessions", {"project": "nothing"}),
        ("list_sessions", {"project": "all", "session": "nothing"}),
        ("top_frames", {"project": "all", "view": "nothing"}),
    ]
    for view in VIEW_NAMES:
        shared: dict[str, object] = {"project": "all", "view": view, "limit": 50}
        calls.append(("top_frames", shared))
        calls += [("profile", {**shared, "format": form}) for form in ("table", "folded", "json")]
        calls.append(("compare_profiles", {**shared, "base": "..2026-11-20"}))
        calls += [("frame_details", {**shared, "frame": kind}) for kind in FRAMES]
        calls += [("frame_details", {**shared, "frame": f"{kind}:"}) for kind in FRAMES]
        calls += [
            ("export_profile", {"project": "all", "view": view, "format": writer.name})
            for writer in WRITERS
        ]
    for where, canary in garden.planted:
        if where.endswith(" in session id"):
            asked = {"session": canary.text, "tag": "odd", "project": "all"}
            calls.append(("tag_sessions", {**asked}))
    calls.append(("list_sessions", {"project": "all", "session_tag": "odd"}))
    shown = []
    async with Client(build(Choices({}))) as client:
        for tool, arguments in calls:
            result = await client.call_tool(tool, arguments)
            (content,) = result.content
            assert isinstance(content, TextContent)
            shown.append(content.text.encode())
        for resource in (await client.list_resources()).resources:
            with contextlib.suppress(MCPError):
                shown.append(str(await client.read_resource(resource.uri)).encode())
        shown.append(str(await client.complete(PROMPT, {"name": "session", "value": ""})).encode())
    assert any(b"is now tagged odd" in text for text in shown)
    assert any(b"  odd  " in text for text in shown)
    assert any(b"evidence in " in text for text in shown)
    shown += files(garden.home / ".cache")
    assert scanner.found(b"\n".join(shown)) == set()


def test_what_may_be_shown_is_shown(home: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """Names of the project, of its folders, of public sites, models and tools."""
    session = Claude(cwd="/srv/paintshop")
    session.says("x", model="claude-opus-5")
    for number, (tool, arguments) in enumerate(
        (
            ("Bash", {"command": "curl https://docs.rs/x && cat src/canvas/a.py"}),
            ("Bash", {"command": "curl https://www.paint-colours.com/x"}),
            ("mcp__linear-server__create_issue", {}),
            ("Task", {"prompt": "x", "subagent_type": "code-reviewer"}),
            ("ask_question", {}),
        )
    ):
        session.uses(tool, arguments, f"t{number}", call=f"m{number}")
    session.write(home / ".claude" / "projects" / "p")
    everything = ("--all-projects", "--format")
    system, _ = outputs(capfdbinary, *everything, "folded", "--view", "system")
    tasks, _ = outputs(capfdbinary, *everything, "folded")
    listed, _ = outputs(capfdbinary, "sessions", *everything, "json")
    for frame in (
        b"project:paintshop",
        b"path:src/canvas",
        b"domain:docs.rs",
        b"domain:paint-colours.com",
        b"process:curl",
        b"mcp:linear-server/create_issue",
    ):
        assert frame in system
    assert b"model:claude-opus-5" in tasks
    tools = json.loads(listed)["sessions"][0]["tools"]
    assert tools.keys() == {"Bash", "mcp__linear-server__create_issue", "Task", "ask_question"}
