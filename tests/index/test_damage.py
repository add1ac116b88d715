"""Whatever happens to the index: right answers, a word if there is one to say, and never a traceback."""

import os
import random
import resource
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentpprof_mcp.cachefile import DAMAGED as DAMAGED_STATE
from agentpprof_mcp.cachefile import CacheFile, CacheFileError
from agentpprof_mcp.collect import TROUBLES
from agentpprof_mcp.index import Row, Store
from agentpprof_mcp.index import store as layout
from tests.index.world import Asked, World

ROOT = Path(__file__).parents[2]
NOBODY = 65534
DAMAGED, BUSY, UNAVAILABLE = (TROUBLES[state] for state in ("damaged", "busy", "unavailable"))


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A few sessions, and an index of them."""
    world = World(tmp_path)
    for number in range(4):
        world.write("claude", number, 3, cwd="shop", day=number)
    world.write("claude", 4, 5, cwd="tool", origin=1, day=2)
    world.write("codex", 1, 3, cwd="tool")
    world.check()
    return world


def as_folder(world: World) -> None:
    world.index.unlink()
    world.index.mkdir()


def no_place(world: World) -> None:
    (world.folder / "file").touch()
    world.cache = world.folder / "file" / "cache"


def other_format(world: World) -> None:
    with closing(sqlite3.connect(world.index)) as connection:
        connection.execute("PRAGMA user_version = 999")


def other_table(world: World) -> None:
    with closing(sqlite3.connect(world.index)) as connection:
        connection.execute("DROP TABLE slot")
        connection.execute("CREATE TABLE slot (other TEXT)")


def cut(size: int) -> Callable[[World], None]:
    return lambda world: os.truncate(world.index, size)


DAMAGES: dict[str, tuple[Callable[[World], object], set[str]]] = {
    "cut to nothing": (cut(0), set()),
    "cut in the header": (cut(50), {DAMAGED}),
    "cut in a page": (cut(5000), {DAMAGED}),
    "no database": (lambda world: world.index.write_bytes(b"x" * 9000), {DAMAGED}),
    "a folder": (as_folder, {UNAVAILABLE}),
    "no place for it": (no_place, {UNAVAILABLE}),
    "another format": (other_format, {DAMAGED}),
    "another table": (other_table, {DAMAGED}),
    "another key": (
        lambda world: (world.cache / "pseudonym-key").write_bytes(b"k" * 32),
        {DAMAGED},
    ),
    "a broken key": (lambda world: (world.cache / "pseudonym-key").write_bytes(b"k"), {DAMAGED}),
    "a journal of nothing": (
        lambda world: world.index.with_name("index.sqlite-journal").write_bytes(b"x" * 900),
        set(),
    ),
    "deleted": (lambda world: world.index.unlink(), set()),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_damage_costs_time_only(world: World, name: str) -> None:
    """It is said once, and then all is well again, unless there is nothing to be done."""
    damage, words = DAMAGES[name]
    damage(world)
    world.check()
    assert set(world.remarks) == words
    world.append(world.files()[0])
    world.check()
    assert set(world.remarks) == words & {UNAVAILABLE}
    world.check(Asked(view=1))


def test_a_header_that_forbids_writing_is_damage(world: World) -> None:
    """Its byte 18 says which versions may write; who only reads it need not care."""
    data = bytearray(world.index.read_bytes())
    data[18] ^= 4
    world.index.write_bytes(data)
    world.append(world.files()[0])
    world.check()
    assert set(world.remarks) == {DAMAGED}
    assert world.index.with_name("index.sqlite.damaged").exists()
    world.check()
    assert not world.remarks


def test_a_file_that_took_the_place_of_a_damaged_one_stays(tmp_path: Path) -> None:
    """Of two who find damage, the first moves it aside, and the second not what the first has made since."""
    file = CacheFile(tmp_path / "cache.sqlite")
    with file.writing() as connection:
        connection.execute("CREATE TABLE old (a)")

    def find_damage_late() -> None:
        with file.reading():
            file.path.rename(tmp_path / "elsewhere")
            with file.writing() as connection:
                connection.execute("CREATE TABLE new (a)")
            raise CacheFileError(DAMAGED_STATE)

    with pytest.raises(CacheFileError):
        find_damage_late()
    with file.reading() as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("new",)]


@settings(max_examples=40)
@given(seed=st.integers(0, 2**32))
def test_any_flipped_bytes_are_noticed(tmp_path_factory: pytest.TempPathFactory, seed: int) -> None:
    """In any place: pages, keys, values, the header."""
    world = flipped_world(tmp_path_factory)
    dice = random.Random(seed)
    data = bytearray(world.index.read_bytes())
    for _ in range(dice.choice([1, 5, 50])):
        data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
    world.index.write_bytes(data)
    world.check(ways=("sum", "table", "list"))
    assert set(world.remarks) <= {DAMAGED}


WORLDS: list[World] = []


def flipped_world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """One world for all examples: each damages what the one before has mended."""
    if not WORLDS:
        world = World(tmp_path_factory.mktemp("flipped"))
        for number in range(4):
            world.write("claude", number, 3, cwd="shop", day=number)
        world.check()
        WORLDS.append(world)
    (world,) = WORLDS
    if not world.index.exists():  # moved aside by the last who wanted to write
        world.check()
    return world


@pytest.fixture
def weak_world() -> Iterator[World]:
    """An indexed world of a user whom permissions can hold back: not the superuser."""
    folder = Path(tempfile.mkdtemp())
    world = World(folder)
    world.write("claude", 1, 3, cwd="shop")
    world.check()  # loads what the weaker user may not read, too
    user = os.geteuid()
    if user == 0:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, NOBODY, NOBODY)
        os.seteuid(NOBODY)
    world.check()
    yield world
    os.seteuid(user)
    world.cache.chmod(0o700)
    shutil.rmtree(folder)


@pytest.mark.parametrize(("mode", "folder_mode"), [(0o400, 0o700), (0o600, 0o500), (0o400, 0o500)])
def test_what_may_only_be_read_is_used(weak_world: World, mode: int, folder_mode: int) -> None:
    """Without a word, as long as nothing has to be written."""
    weak_world.index.chmod(mode)
    weak_world.cache.chmod(folder_mode)
    weak_world.check()
    assert weak_world.remarks == ()
    weak_world.append(weak_world.files()[0])
    weak_world.check()
    assert set(weak_world.remarks) <= {UNAVAILABLE}
    weak_world.check(Asked(view=1))


@pytest.mark.parametrize(("mode", "folder_mode"), [(0, 0o700), (0o600, 0)])
def test_what_may_not_be_read_is_not(weak_world: World, mode: int, folder_mode: int) -> None:
    """Neither the file nor its folder."""
    weak_world.index.chmod(mode)
    weak_world.cache.chmod(folder_mode)
    weak_world.check()
    assert set(weak_world.remarks) <= {UNAVAILABLE}


def test_history_that_may_no_longer_be_read_is_not_answered_from_memory(weak_world: World) -> None:
    """It is missing with the index as it is without."""
    path = weak_world.files()[0]
    weak_world.write("claude", 2, 1, cwd="tool")
    weak_world.check()
    path.chmod(0)
    weak_world.check()
    path.chmod(0o600)
    weak_world.check()


# --- other processes -------------------------------------------------------------------------

ASK = """
import sys
from agentpprof_cli.main import main
sys.exit(main(["--all-projects", "--format", "folded"]))
"""


def environ(world: World) -> dict[str, str]:
    """The variables of a process that has this world's history and cache."""
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(map(str, (ROOT, ROOT / "cli"))),
        "XDG_CACHE_HOME": str(world.cache.parent),
        "CLAUDE_CONFIG_DIR": str(world.claude),
        "CODEX_HOME": str(world.codex),
    }


@pytest.fixture
def shared(world: World) -> World:
    """A world whose cache the command line uses, too."""
    world.cache.rename(world.folder / "agentpprof")
    world.cache = world.folder / "agentpprof"
    return world


def started(world: World, *, before: Callable[[], object] | None = None) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", ASK],
        env=environ(world),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=before,  # noqa: PLW1509  tests have one thread
    )


def without_room() -> None:
    """Make every write of this process fail that makes a file larger than a page."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))


def truth(world: World) -> bytes:
    """What is answered without the index."""
    answer: bytes = world.answers(world.query(remember=False), ("whole",))["whole"][0]
    return answer


def test_a_lock_is_waited_for_once(shared: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """And the answer is right, without the index; nothing half-known is written afterwards."""
    monkeypatch.setattr(layout, "WAIT", 0.05)
    shared.append(shared.files()[0])
    before = shared.index.read_bytes()
    with closing(sqlite3.connect(shared.index, isolation_level=None)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        shared.check()
        assert set(shared.remarks) == {BUSY}
    assert shared.index.read_bytes() == before
    shared.check()
    assert shared.remarks == ()


def test_many_processes_share_it_while_history_grows(shared: World) -> None:
    """Every answer is one that was right at some moment, nothing is damaged, and the last is right."""
    path = shared.files()[0]
    for _ in range(10):
        right = {truth(shared)}
        running = [started(shared), started(shared)]
        shared.append(path)
        right.add(truth(shared))
        for process in running:
            out, err = process.communicate(timeout=60)
            assert process.returncode == 0
            assert out in right
            assert b"index" not in err
            assert b"Traceback" not in err
    shared.check()
    assert not shared.index.with_name("index.sqlite.damaged").exists()


def test_being_killed_leaves_an_index_that_works(shared: World) -> None:
    """At any moment, in the middle of writing, too."""
    for number in range(8):
        shared.append(shared.files()[number % 3])
        process = started(shared)
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.05 * number + 0.01)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        shared.check(ways=("sum",))
        assert shared.remarks == ()


def test_a_full_disk_costs_time_only(shared: World) -> None:
    """No room for the index is none for an answer's file either, but the answer needs none."""
    shared.index.unlink()
    process = started(
        shared,
        before=without_room,
    )
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0
    assert out == truth(shared)
    assert UNAVAILABLE in err.decode()
    shared.check()
    assert shared.remarks == ()


# --- the file --------------------------------------------------------------------------------


def test_only_the_user_can_read_it(tmp_path: Path) -> None:
    """Whatever the umask."""
    before = os.umask(0)
    try:
        world = World(tmp_path)
        world.write("claude", 1, 1)
        world.check()
    finally:
        os.umask(before)
    assert stat.S_IMODE(world.cache.stat().st_mode) == 0o700
    for path in world.cache.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def stores(folder: Path, *, most: int) -> Iterator[Store]:
    """The same file at later and later times."""
    for now in range(1, 100):
        yield Store(folder, lambda: b"k" * 32, now, most=most)


def test_its_size_is_bounded(tmp_path: Path) -> None:
    """The oldest values go; the newest and what has no owner stay."""
    most = 200_000
    for number, store in enumerate(stores(tmp_path, most=most)):
        name = b"%d" % number
        rows = [Row(name, b"key", os.urandom(20_000), owner=b"o" + name)]
        rows += [Row(b"catalog", b"", b"all")] if not number else []
        assert store.keep(rows)
        assert store.find({name: b"key"})
        assert store.size() < most + 60_000
    assert store.find({b"catalog": b"", b"0": b"key"}) == {b"catalog": b"all"}


def test_what_is_written_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    """Of two who replace the same value, the later one gives way, with all that it wanted to write."""
    one, two, three = (Store(tmp_path, lambda: b"k" * 32, 1) for _ in range(3))
    assert one.keep([Row(b"p", b"", b"first", before=b"")])
    assert not two.keep([Row(b"p", b"", b"second", before=b""), Row(b"q", b"", b"more")])
    assert three.find({b"p": b"", b"q": b""}) == {b"p": b"first"}
    assert three.keep([Row(b"p", b"", b"third", before=b"first")])


def test_a_value_is_found_under_its_key_only(tmp_path: Path) -> None:
    """And with the key of the machine only."""
    store = Store(tmp_path, lambda: b"k" * 32, 1)
    assert store.keep([Row(b"p", b"old", b"v"), Row(b"p", b"new", b"w")])
    assert store.find({b"p": b"old"}) == {}
    assert store.find({b"p": b"new"}) == {b"p": b"w"}
    other = Store(tmp_path, lambda: b"x" * 32, 1)
    assert other.find({b"p": b"new"}) == {}
    assert other.trouble == "damaged"
