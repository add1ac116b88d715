"""`agentpprof cache`: what the index knows, whether it is right, and forgetting it."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from agentpprof_cli.main import main
from agentpprof_mcp.index import Index, Store
from agentpprof_mcp.keys import MachineKey
from agentpprof_mcp.readers.framing import Stamp
from agentpprof_mcp.views import VIEWS
from tests.index.world import World

CACHE = Path(".cache") / "agentpprof"


@pytest.fixture
def world(home: Path) -> World:
    """This user's home, with two sessions."""
    world = World(home)
    world.cache = home / CACHE
    world.write("claude", 1, 3, cwd="shop")
    world.write("codex", 1, 3, cwd="tool")
    return world


def test_it_is_shown_verified_forgotten_and_cleared(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """The whole life of an index."""

    def said(*words: str) -> str:
        assert main(["cache", *words]) == 0
        return capsys.readouterr().out

    assert said() == "no index yet; the next profile makes ~/.cache/agentpprof/index.sqlite\n"
    world.check()
    assert said("show").splitlines()[1:] == ["claude: 1 sessions", "codex: 1 sessions"]
    sums = sum(1 + len(view.measures) for view in VIEWS)
    answers = (len(VIEWS) + 1) * 2 + sums
    assert said("verify") == f"{answers} remembered answers are what the files say\n"
    for path in world.files():
        path.unlink()
    world.check()
    assert said().splitlines()[1] == "claude: 0 sessions, and 1 whose files are gone"
    assert said("forget", "--agent", "codex") == "forgot 1 sessions whose files are gone\n"
    assert said("forget") == "forgot 1 sessions whose files are gone\n"
    assert said().splitlines()[1:] == ["claude: 0 sessions", "codex: 0 sessions"]
    assert said("clear") == "deleted the index\n"
    assert said("clear") == "there was no index\n"
    assert sorted(path.name for path in world.cache.iterdir()) == ["pseudonym-key"]


@pytest.mark.parametrize("action", ["show", "verify", "clear"])
@pytest.mark.parametrize("selector", [("--agent", "codex"), ("--session-id", "0e35")])
def test_only_forgetting_is_of_some_sessions(
    world: World, capsys: pytest.CaptureFixture[str], action: str, selector: tuple[str, str]
) -> None:
    """To clear everything for one of them would lose what is known of all that are deleted."""
    world.check()
    assert main(["cache", action, *selector]) == 2
    assert "go with `agentpprof cache forget` alone" in capsys.readouterr().err
    assert world.index.exists()


def test_forgetting_what_is_not_known_says_so(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """Somebody who misspells an id is not told that all is done; what is still there is not forgotten."""
    world.check()
    for prefix in ("zzz", world.files()[0].stem[:8]):
        assert main(["cache", "forget", "--session-id", prefix]) == 1
        assert "no session of that id" in capsys.readouterr().err


def test_a_root_is_another_one_in_another_folder(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Though it is named alike: its sessions are not the other's deleted ones."""
    for number, name in enumerate(("here", "there"), 1):
        folder = home / name
        World(folder).write("claude", number, 3)
        monkeypatch.chdir(folder)
        assert main(["sessions", "--all-projects", "--claude-root", ".claude"]) == 0
        assert main(["cache", "--claude-root", ".claude"]) == 0
        assert "claude: 1 sessions\n" in capsys.readouterr().out


def test_verifying_finds_what_is_wrong(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """Here a file has grown, and the index believes that it is as it was."""
    world.check()
    path = world.files()[0]
    world.append(path)
    index = Index(Store(world.cache, MachineKey(world.cache), 1), world.roots)
    units = list(index.units())
    for unit in units:
        stamp = Stamp.of(Path(unit.name).stat())
        unit.files = tuple(replace(file, stamp=stamp) for file in unit.files)
    assert index.store.keep(index.rows(units))
    assert main(["cache", "verify"]) == 1
    said = capsys.readouterr().err
    assert "remembered answers differ from the files: 0e35f321-31f3 (list)" in said
    assert main(["cache", "clear"]) == 0
    assert main(["cache", "verify"]) == 0


def test_an_index_in_trouble_says_so(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """And forgetting what is gone cannot be promised."""
    world.check()
    world.index.write_bytes(b"x" * 9000)
    assert main(["cache"]) == 1
    assert "~/.cache/agentpprof/index.sqlite: the index was damaged" in capsys.readouterr().err
    assert main(["cache"]) == 0
