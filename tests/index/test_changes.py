"""Each thing that can happen to a history, one by one: what is answered, and which files are opened."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from agentpprof_cli.main import main
from agentpprof_mcp import service
from agentpprof_mcp.index import Index, Store
from agentpprof_mcp.keys import MachineKey
from agentpprof_mcp.views import VIEWS
from tests.index.world import DAYS, WAYS, Asked, World

ROOT = Path(__file__).parents[2]

WATCHED = """
import os, sys
log = os.open(sys.argv.pop(1), os.O_WRONLY | os.O_CREAT | os.O_APPEND)
def note(event, args):
    if event == "open" and ".json" in str(args[0]):
        os.write(log, f"{args[0]}\\n".encode())
sys.addaudithook(note)
from agentpprof_cli.main import main
sys.exit(main())
"""
"""The command line, which tells what files of history it and its workers open."""


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Sessions of both agents in three projects: forks, sub-agents old and new, days that span others."""
    world = World(tmp_path)
    world.write("claude", 1, 4, cwd="shop/web")
    world.write("claude", 2, 6, cwd="shop/api", origin=1, day=1)
    world.write("claude", 3, 2, cwd="tool", day=2)
    world.write("codex", 1, 3, cwd="shop/api")
    world.write("codex", 2, 2, cwd="shop/web", origin=1, day=1)
    world.subagent(1)
    world.subagent(3, beside=True)
    world.append(world.write("claude", 4, 3, cwd="tool"))
    return world


def file_of(world: World, part: str) -> Path:
    return next(path for path in world.files() if part in path.name)


def restored(world: World) -> None:
    """Away, asked about, and back."""
    path = file_of(world, "0e35f321")
    aside = world.folder / "aside"
    path.rename(aside)
    world.check()
    aside.rename(path)


def settled(world: World) -> None:
    """The user has rules of their own now."""
    folder = world.folder / "config" / "agentpprof"
    folder.mkdir(parents=True)
    folder.joinpath("tags.toml").write_text('rules = ["prompt:paint=slow"]', encoding="utf-8")


def emptied(world: World) -> None:
    """Both agents' roots are gone."""
    for root in world.roots.values():
        shutil.rmtree(root)


CHANGES: dict[str, Callable[[World], object]] = {
    "nothing": lambda world: world.files(),
    "appended": lambda world: world.append(file_of(world, "0e35f323")),
    "appended to an origin": lambda world: world.append(file_of(world, "0e35f321")),
    "appended to a thread": lambda world: world.append(file_of(world, "7f01")),
    "rewritten with its old time": lambda world: world.rewrite(file_of(world, "0e35f321")),
    "truncated": lambda world: world.truncate(file_of(world, "0e35f322"), 0.7),
    "emptied": lambda world: world.truncate(file_of(world, "0e35f321"), 0),
    "replaced": lambda world: world.replace(file_of(world, "0e35f321")),
    "touched": lambda world: file_of(world, "0e35f321").touch(),
    "renamed": lambda world: file_of(world, "0e35f323").rename(
        world.claude / "projects" / "p" / "other.jsonl"
    ),
    "moved": lambda world: world.move(file_of(world, "0e35f321")),
    "archived": lambda world: world.move(file_of(world, "7f01")),
    "compressed": lambda world: world.compress(file_of(world, "0e35f321")),
    "compressed thread": lambda world: world.compress(file_of(world, "7f01")),
    "compressed beside": lambda world: world.compress(file_of(world, "0e35f321"), keep=True),
    "origin deleted": lambda world: file_of(world, "0e35f321").unlink(),
    "fork deleted": lambda world: file_of(world, "0e35f322").unlink(),
    "sub-agent deleted": lambda world: file_of(world, "agent-a1").unlink(),
    "parent of a sub-agent deleted": lambda world: file_of(world, "0e35f323").unlink(),
    "one agent deleted": lambda world: shutil.rmtree(world.codex),
    "all deleted": emptied,
    "away and back": restored,
    "sub-agent's description changed": lambda world: (
        file_of(world, "agent-a1").with_suffix(".meta.json").write_text('{"agentType":"plan"}')
    ),
    "sub-agent's description deleted": lambda world: (
        file_of(world, "agent-a1").with_suffix(".meta.json").unlink()
    ),
    "new session": lambda world: world.write("claude", 0, 2, cwd="shop/web"),
    "new older session with the same calls": lambda world: world.write(
        "claude", 0, 2, cwd="tool", origin=2, tail=""
    ),
    "new sub-agent": lambda world: world.subagent(2),
    "no file but a link": lambda world: (world.claude / "projects" / "p" / "l.jsonl").symlink_to(
        file_of(world, "0e35f321")
    ),
    "repository": lambda world: world.repository("shop"),
    "tag of a session": lambda world: world.give(1, "odd"),
    "tag of a prompt": lambda world: world.give(1, "odd", 2),
    "settings": settled,
    "key lost": lambda world: (world.cache / "pseudonym-key").unlink(),
    "index deleted": lambda world: world.index.unlink(),
}

QUESTIONS = (
    Asked(),
    Asked(project="shop", view=1),
    Asked(since=DAYS[1], view=2),
    Asked(ids=("last",), tags=()),
)


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_shows_as_it_does_without_the_index(world: World, name: str) -> None:
    """In all ways that a question can be asked; and then once more, from what was kept."""
    for asked in QUESTIONS:
        world.check(asked)
    CHANGES[name](world)
    for asked in (*QUESTIONS, *QUESTIONS[:2]):
        world.check(asked)


def test_every_view_is_the_same(world: World) -> None:
    """Cold, warm, for other projects and zones, and by tags."""
    for view in range(len(VIEWS)):
        for asked in (Asked(view), Asked(view, "shop"), Asked(view, depth=1), Asked(view)):
            world.check(asked, WAYS)
    world.check(Asked(zone="America/New_York"))
    world.check(Asked(names=("web",)))
    world.check(Asked(prompts=("debug",), since=DAYS[1]))
    world.check(Asked(rules=("all:paint=slow",)))


def test_a_session_without_events_is_in_no_range_of_time(world: World) -> None:
    """It is in the list otherwise, whichever was asked first."""
    path = world.write("claude", 0, 2, cwd="tool")
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0])
    for asked in (Asked(since="2026-11-01"), Asked(), Asked(since="2026-11-01")):
        world.check(asked)


def test_very_many_unknown_record_types_add_up_alike(world: World) -> None:
    """Only so many are told apart, and the order in which sessions are added must not matter."""
    for number in range(4):
        path = world.write("claude", number, 1, cwd="tool", folder="many")
        with path.open("a", encoding="utf-8") as stream:
            for kind in range(40):
                name = "abcdefghij"[kind % 10] * (kind // 10 + 1) + "wxyz"[number]
                stream.write(f'{{"type": "{name}", "uuid": "{number}-{kind}"}}\n')
    world.check()
    world.append(file_of(world, "0e35f320"))
    world.check()


def test_a_file_that_may_still_change_unseen_is_not_relied_on(world: World) -> None:
    """The system's clock has steps: what was written in this one may be written again in it."""
    path = file_of(world, "0e35f323")
    env = world.env()
    for now, known in ((path.stat().st_ctime_ns // 1_000_000, False), (env.now, True)):
        service.profile(world.query(), replace(env, now=now))
        index = Index(Store(world.cache, MachineKey(world.cache), env.now), world.roots)
        (unit,) = (unit for unit in index.units() if unit.name == str(path))
        assert bool(unit.files) == known


def test_the_command_line_says_the_same(
    world: World, home: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    """On both streams, in files, and by its exit code; also when there is nothing to show."""
    roots = ("--claude-root", str(world.claude), "--codex-root", str(world.codex))
    target = world.folder / "out.svg"
    commands = (
        ("top", "--all-projects", "--limit", "5"),
        ("--project-root", str(world.projects / "shop"), "-o", str(target)),
        ("sessions", "--all-projects", "--session-tag", "docs"),
        ("tags", "--all-projects", "--format", "json"),
        ("--all-projects", "--session-id", "0e35"),
        ("--project-root", str(world.folder / "none")),
        ("--all-projects", "--since", "2199-01-01", "--session-tag", "debug"),
        ("--all-projects", "--public", "--force", "--format", "json"),
        ("--all-projects", "--strict", "--view", "network"),
    )

    def said(*words: str) -> tuple[object, ...]:
        target.unlink(missing_ok=True)
        code = main([*words, *roots])
        return code, capfdbinary.readouterr(), target.exists() and target.read_bytes()

    for words in commands:
        plain = said(*words, "--no-index")
        assert [said(*words), said(*words)] == [plain, plain]


# --- what is opened --------------------------------------------------------------------------


def opened(world: World, *words: str) -> tuple[bytes, list[str]]:
    """What the command line prints, and the names of the history files that it opens for it."""
    log = world.folder / "opened"
    log.unlink(missing_ok=True)
    folders = [ROOT, ROOT / "cli"]
    result = subprocess.run(
        [sys.executable, "-c", WATCHED, str(log), *words],
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join(map(str, folders)),
            "XDG_CACHE_HOME": str(world.folder),
            "CLAUDE_CONFIG_DIR": str(world.claude),
            "CODEX_HOME": str(world.codex),
        },
        cwd=world.folder,
        capture_output=True,
        check=True,
    )
    names = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
    return result.stdout, sorted(
        {Path(name).name for name in names if name.startswith(str(world.folder))}
    )


EVERYTHING = ("--all-projects", "--format", "json")


def test_what_is_unchanged_is_not_opened(world: World) -> None:
    """Whatever the view, once it was asked in it; what changed is opened with those that share its calls."""
    first, names = opened(world, *EVERYTHING)
    assert len(names) >= 9
    assert opened(world, *EVERYTHING) == (first, [])
    world.append(file_of(world, "0e35f323"))
    assert {name[:10] for name in opened(world, *EVERYTHING)[1]} == {
        "0e35f323-3",
        "agent-a3.j",
        "agent-a3.m",
    }
    world.append(file_of(world, "0e35f321"))
    names = opened(world, *EVERYTHING)[1]
    assert {name[:8] for name in names} == {"0e35f321", "0e35f322", "agent-a1"}
    assert opened(world, *EVERYTHING)[1] == []


def test_only_what_is_selected_is_opened(world: World) -> None:
    """In a view that nobody has asked for yet: by project, by agent, and by time."""
    opened(world, *EVERYTHING)
    tool = ("--project-root", str(world.projects / "tool"), "--view", "files")
    files = {path.name for path in world.files()}
    expected = {name for name in files if name.startswith(("0e35f323", "0e35f324", "agent-a3"))}
    assert set(opened(world, *tool)[1]) == expected
    codex = {name for name in files if name.startswith("rollout")}
    assert set(opened(world, *EVERYTHING, "--view", "system", "--agent", "codex")[1]) == codex
    late = ("--view", "network", "--since", f"{DAYS[2]}T00:00:00", "--format", "json")
    names = opened(world, "--all-projects", *late)[1]
    assert {name[:8] for name in names} == {"0e35f323", "agent-a3"}


def test_a_question_that_selects_nothing_leaves_the_index_as_it_is(world: World) -> None:
    """A range or a folder without sessions has no sum, whatever else is kept."""
    for asked in (Asked(), Asked(since="2026-01-01"), Asked(since="2030-01-01")):
        world.check(asked, WAYS)
        world.check(asked, WAYS)
    file = world.cache / "index.sqlite"
    before = file.read_bytes()
    world.check(Asked(since="2031-01-01"), WAYS)
    world.check(Asked(project="nowhere"), WAYS)
    assert file.read_bytes() == before
