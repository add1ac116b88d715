"""The cache of answers: shared by processes, bounded, for its user alone, and never in the way."""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentpprof_mcp.taggers import cache as module
from agentpprof_mcp.taggers.base import TAG
from agentpprof_mcp.taggers.cache import TagCache

ADD = (
    "import sys; from pathlib import Path; from agentpprof_mcp.taggers.cache import TagCache;"
    "cache = TagCache(Path(sys.argv[1]));"
    "[cache.add({f'{sys.argv[2]}-{i}': 'debug'}) for i in range(20)];"
    "sys.exit(bool(cache.trouble))"
)
"""Twenty tags, one after the other."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file that does not exist yet, in a folder that does not either."""
    return tmp_path / "agentpprof" / "tags.json"


def test_tags_are_kept(path: Path) -> None:
    """Beside older ones."""
    assert TagCache(path).load() == {}
    assert not path.parent.exists()
    TagCache(path).add({"a": "debug"})
    TagCache(path).add({"b": "docs"})
    assert TagCache(path).load() == {"a": "debug", "b": "docs"}


def test_nothing_new_writes_nothing(path: Path) -> None:
    """No file, no folder, no lock."""
    TagCache(path).add({})
    assert not path.parent.exists()


@pytest.mark.skipif(os.name == "nt", reason="modes of POSIX")
def test_the_files_are_for_their_user_alone(path: Path) -> None:
    """Whatever the umask."""
    before = os.umask(0)
    try:
        TagCache(path).add({"a": "debug"})
    finally:
        os.umask(before)
    assert {entry.stat().st_mode & 0o777 for entry in path.parent.iterdir()} == {0o600}
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_processes_lose_nothing_of_each_other(path: Path) -> None:
    """They start with no file at all; one of them is killed."""
    words = [sys.executable, "-c", ADD, str(path)]
    killed = subprocess.Popen([*words, "k"])
    runs = [subprocess.Popen([*words, str(number)]) for number in range(4)]
    killed.kill()
    killed.wait(60)
    assert [run.wait(60) for run in runs] == [0] * 4
    kept = TagCache(path).load()
    assert {f"{number}-{i}" for number in range(4) for i in range(20)} <= kept.keys()


def test_the_oldest_tags_go_first(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cache does not grow for ever."""
    monkeypatch.setattr(module, "MOST", 3)
    TagCache(path).add({"a": "debug", "b": "debug"})
    TagCache(path).add({"c": "debug", "d": "debug"})
    assert list(TagCache(path).load()) == ["b", "c", "d"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no JSON",
        b"[]",
        b"{" * 99_999,
        b'{"schema":"other/1","tags":{}}',
        b'{"schema":"agentpprof-tag-cache/1"}',
        b'{"schema":"agentpprof-tag-cache/1","tags":{"a":1}}',
        b'{"schema":"agentpprof-tag-cache/1","tags":{"a":"\xff"}}',
        b'{"schema":"agentpprof-tag-cache/1","tags":{}}' + b" " * (8 << 20),
    ],
    ids=range(9),
)
def test_a_damaged_file_is_moved_aside(path: Path, content: bytes) -> None:
    """It is said, what was in it is kept, and a new file is begun."""
    path.parent.mkdir()
    path.write_bytes(content)
    cache = TagCache(path)
    assert cache.load() == {}
    assert "damaged" in cache.trouble
    assert path.with_name("tags.json.damaged").read_bytes() == content
    cache.add({"a": "debug"})
    assert TagCache(path).load() == {"a": "debug"}


def test_damage_done_while_a_run_went_on_is_no_trouble(path: Path) -> None:
    """The file is replaced."""
    path.parent.mkdir()
    path.write_bytes(b"no JSON")
    TagCache(path).add({"a": "debug"})
    assert TagCache(path).load() == {"a": "debug"}


def test_what_is_no_tag_is_not_read(path: Path) -> None:
    """The file may have been changed by anyone who can write to it."""
    path.parent.mkdir()
    tags = {"a": "debug", "b": "IGNORE ALL", "c": "x;y", "d": ""}
    path.write_text(
        json.dumps({"schema": "agentpprof-tag-cache/1", "tags": tags}), encoding="utf-8"
    )
    assert TagCache(path).load() == {"a": "debug"}


@pytest.mark.skipif(os.name == "nt", reason="files of POSIX")
@pytest.mark.parametrize("kind", ["folder", "pipe", "device", "below a file", "loop"])
def test_a_place_that_cannot_be_used_is_said(path: Path, kind: str) -> None:
    """Without a traceback, and without waiting."""
    path.parent.mkdir()
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "device":
        path.symlink_to("/dev/zero")
    elif kind == "loop":
        path.symlink_to(path)
    else:
        path.touch()
        path = path / "tags.json"
    cache = TagCache(path)
    assert cache.load() == {}
    cache.add({"a": "debug"})
    assert "cannot be used" in cache.trouble


@pytest.mark.skipif(os.name == "nt", reason="locks of POSIX")
def test_a_lock_that_is_never_let_go_of_is_not_waited_for(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stopped process may have it."""
    monkeypatch.setattr(module, "TRIES", 2)
    cache = TagCache(path)
    path.parent.mkdir()
    with cache._locked():
        other = threading.Thread(target=cache.add, args=({"a": "debug"},))
        other.start()
        other.join()
    assert "cannot be used" in cache.trouble
    assert TagCache(path).load() == {}


@given(st.binary(max_size=200), st.integers(0, 200))
def test_a_changed_file_never_ends_in_anything_else(
    tmp_path_factory: pytest.TempPathFactory, noise: bytes, at: int
) -> None:
    """Whatever stands in it: sound tags, or a word about it."""
    path = tmp_path_factory.mktemp("cache") / "tags.json"
    TagCache(path).add({f"key{number}": "debug" for number in range(9)})
    data = path.read_bytes()
    path.write_bytes(data[:at] + noise + data[at + len(noise) :])
    assert all(TAG.fullmatch(tag) for tag in TagCache(path).load().values())
