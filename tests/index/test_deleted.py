"""`--include-deleted`: what is gone is remembered until it is forgotten, and counts once."""

import json
from pathlib import Path

import pytest

from agentpprof_mcp import service, survey, upkeep
from agentpprof_mcp.errors import UserError
from agentpprof_mcp.index import Index, Store
from agentpprof_mcp.keys import MachineKey
from agentpprof_mcp.query import Selection
from tests.index.world import DAYS, USUAL, Asked, World


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Four sessions that share nothing, and one of Codex."""
    world = World(tmp_path)
    for number in range(4):
        world.write("claude", number, 3, cwd="shop" if number % 2 else "tool", day=number)
    world.write("codex", 1, 3, cwd="shop")
    return world


def session(world: World, number: int) -> Path:
    return next(path for path in world.files() if path.name.startswith(f"0e35f32{number}"))


def events(world: World, asked: Asked = USUAL, *, deleted: bool = True) -> int:
    """The total of a question; both ways to it agree."""
    query = world.query(asked, deleted=deleted)
    answers = world.answers(query)
    total: int = json.loads(answers["whole"][1])["totals"][0]
    folded = answers["sum"][0].decode()
    assert total == sum(int(line.rpartition(" ")[2]) for line in folded.splitlines())
    return total


def test_what_is_deleted_still_counts_if_one_asks_for_it(world: World) -> None:
    """And is marked in the list; without asking it is no part of any answer."""
    before = events(world)
    listed = len(service.list_sessions(world.query(), world.env()).sessions)
    session(world, 1).unlink()
    assert events(world) == before
    assert world.remarks[0] == "deleted sessions included, as they were when last read: 1"
    assert events(world, deleted=False) < before
    assert world.remarks == ()
    world.check()
    found = service.list_sessions(world.query(deleted=True), world.env()).sessions
    assert len(found) == listed
    assert [digest.deleted for digest in found].count(True) == 1
    row = json.loads(world.answers(world.query(deleted=True))["whole"][1])["sessions"]
    assert sum("deleted" in session for session in row) == 1


def test_selectors_apply_to_what_is_deleted(world: World) -> None:
    """Project, agent, time, id, tag and number, as if the files were there."""
    questions = [
        Asked(project="tool"),
        Asked(agents=("claude",)),
        Asked(since=DAYS[1]),
        Asked(until=DAYS[1]),
        Asked(ids=("0e35f322",)),
        Asked(ids=("last",)),
        Asked(tags=("debug",)),
        Asked(newest=2),
        Asked(names=("shop",)),
        Asked(prompts=("docs",)),
    ]
    before = [events(world, asked) for asked in questions]
    for path in world.files():
        path.unlink()
    assert [events(world, asked) for asked in questions] == before


@pytest.mark.parametrize("how", ["move", "compress", "replace"])
def test_a_session_under_another_name_is_not_deleted(world: World, how: str) -> None:
    """Its calls would count twice."""
    before = events(world)
    for path in world.files():
        getattr(world, how)(path)
    assert events(world) == before
    assert world.remarks == ()
    assert upkeep.known(world.env(), world.roots).sessions == {"claude": (4, 0), "codex": (1, 0)}


def test_what_others_have_copied_counts_for_them_only(world: World) -> None:
    """A fork that is still there holds all calls of its origin, and is remembered with them."""
    world.write("claude", 4, 5, cwd="tool", origin=1, day=2)
    before = events(world)
    session(world, 1).unlink()
    assert events(world) == before
    assert "others have copies of their calls: 1" in world.remarks[0]
    session(world, 4).unlink()
    assert events(world) == before


def test_a_family_that_is_deleted_at_once_counts_as_it_did(world: World) -> None:
    """Each call with its owner."""
    world.write("claude", 4, 5, cwd="tool", origin=1, day=2)
    before = events(world)
    session(world, 1).unlink()
    session(world, 4).unlink()
    assert events(world) == before


def test_a_copy_that_comes_later_owns_what_it_holds(world: World) -> None:
    """As from a backup, under another name."""
    before = events(world)
    session(world, 1).unlink()
    assert events(world) == before
    world.write("claude", 4, 4, cwd="tool", origin=1, day=2)
    assert events(world) == before + 2


def test_what_comes_back_is_not_read_again(world: World) -> None:
    """As from a disk that was not there for a while."""
    before = events(world)
    aside = world.claude.rename(world.folder / "aside")
    assert events(world) == before
    aside.rename(world.claude)
    assert events(world) == before
    assert world.remarks == ()
    assert upkeep.known(world.env(), world.roots).sessions["claude"] == (4, 0)


def test_what_nobody_asked_for_is_not_known(world: World) -> None:
    """Only answers are remembered, and no text that others could be made of."""
    events(world)
    session(world, 1).unlink()
    events(world, Asked(view=1))
    assert (
        world.remarks[0] == "deleted sessions left out, as nothing is known of them in this view: 1"
    )


def test_an_update_reads_again_what_is_there_and_keeps_what_is_not(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another version may read the same files in another way."""
    before = events(world)
    session(world, 1).unlink()
    monkeypatch.setattr(survey, "MAKER", "another")
    assert events(world) == before
    index = Index(Store(world.cache, MachineKey(world.cache), 1), world.roots)
    assert sorted(unit.maker == "another" for unit in index.units()) == [False, *[True] * 4]
    world.check()


def test_forgetting_is_for_what_is_gone(world: World) -> None:
    """All of it, or by id; what is there stays."""
    before = events(world)
    session(world, 1).unlink()
    session(world, 2).unlink()
    assert events(world) == before
    env = world.env()
    assert upkeep.forget(env, Selection(roots=world.roots, session_ids=("0e35f321",))) == 1
    assert upkeep.forget(env, Selection(roots=world.roots, session_ids=("0e35f321",))) == 0
    left = events(world)
    assert left < before
    assert upkeep.forget(env, Selection(roots=world.roots)) == 1
    assert events(world) == events(world, deleted=False) < left


def test_what_only_the_index_knows_needs_the_index(world: World) -> None:
    """Rather a refusal than an answer without what was asked for."""
    with pytest.raises(UserError, match="--include-deleted"):
        service.profile(world.query(deleted=True, remember=False), world.env())
