"""Given tags: kept for all processes, never in the way, and stronger than rules."""

import os
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from agentpprof_mcp.errors import InputError, UserError
from agentpprof_mcp.model import ModelCall, Opener, Prompt, Session, Tokens
from agentpprof_mcp.taggers.base import SESSION
from agentpprof_mcp.taggers.rules import RulesTagger
from agentpprof_mcp.taggers.store import Given, GivenTagger, StoreError, TagStore, store_in


@pytest.fixture
def store(tmp_path: Path) -> TagStore:
    """A store that does not exist yet."""
    return store_in(tmp_path / "cache" / "agentpprof")


def session() -> Session:
    """Two prompts; the first call goes by its prompt's tag, the second by what it says."""
    made = Session("s1", "claude")
    made.prompts += [
        Prompt(Opener.TYPED, text="fix the crash"),
        Prompt(Opener.TYPED, text="write documentation"),
    ]
    made.calls = [
        ModelCall("c1", 1, 1, "m", Tokens()),
        ModelCall("c2", 1, 1, "m", Tokens(), says="review it"),
    ]
    return made


def test_nothing_is_read_and_loaded_where_no_tag_was_given(tmp_path: Path) -> None:
    """Most users never give one."""
    code = (
        "import sys; from pathlib import Path; from agentpprof_mcp.taggers import store_in;"
        f"print(store_in(Path({str(tmp_path)!r})).items(), 'sqlite3' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "[] False\n"
    assert list(tmp_path.iterdir()) == []


def test_tags_are_kept_replaced_and_removed(store: TagStore) -> None:
    """The last one given counts."""
    store.set(Given("s1", SESSION, "parser", 1))
    store.set(Given("s1", 2, "docs", 2))
    store.set(Given("s1", SESSION, "lexer", 3))
    assert store.items() == [Given("s1", SESSION, "lexer", 3), Given("s1", 2, "docs", 2)]
    assert store.remove("s1")
    assert not store.remove("s1")
    assert store.items() == [Given("s1", 2, "docs", 2)]


def test_removing_from_nothing_makes_no_file(store: TagStore) -> None:
    """There is nothing to take back."""
    assert not store.remove("s1")
    assert not store.path.parent.exists()


@pytest.mark.parametrize("tag", ["", "ab", "Parser", "two words", "a" * 13, "fünf"])
def test_what_is_no_tag_is_refused(store: TagStore, tag: str) -> None:
    """Tags are labels: one lower-case English word."""
    with pytest.raises(UserError, match="one lower-case word"):
        store.set(Given("s1", SESSION, tag, 1))


@pytest.mark.skipif(os.name == "nt", reason="modes of POSIX")
def test_the_file_is_for_its_user_alone(store: TagStore) -> None:
    """Whatever the umask."""
    before = os.umask(0)
    try:
        store.set(Given("s1", SESSION, "parser", 1))
    finally:
        os.umask(before)
    assert store.path.stat().st_mode & 0o777 == 0o600
    assert store.path.parent.stat().st_mode & 0o777 == 0o700


def test_several_processes_lose_nothing(store: TagStore) -> None:
    """They start with no file at all."""
    code = (
        "import sys; from pathlib import Path;"
        "from agentpprof_mcp.taggers.store import Given, TagStore;"
        "store = TagStore(Path(sys.argv[1]));"
        "[store.set(Given(sys.argv[2], i, 'parser', 1)) for i in range(20)]"
    )
    runs = [
        subprocess.Popen([sys.executable, "-c", code, str(store.path), f"s{number}"])
        for number in range(4)
    ]
    assert [run.wait(60) for run in runs] == [0] * 4
    assert len(store.items()) == 80


def test_several_threads_lose_nothing(store: TagStore) -> None:
    """The server runs each call in a thread."""
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda i: store.set(Given("s1", i, "parser", 1)), range(40)))
    assert len(store.items()) == 40


def test_an_empty_file_holds_no_tag(store: TagStore) -> None:
    """Another process may be about to make the table."""
    store.path.parent.mkdir(parents=True)
    store.path.touch()
    assert store.items() == []


@pytest.mark.parametrize("content", [b"no database " * 99, b"SQLite format 3\0" + b"\xff" * 4096])
def test_a_damaged_file_is_moved_aside_and_a_new_one_begun(store: TagStore, content: bytes) -> None:
    """Reported once, in one word; what it held is kept."""
    store.path.parent.mkdir(parents=True)
    store.path.write_bytes(content)
    with pytest.raises(StoreError) as caught:
        store.items()
    assert caught.value.state == "damaged"
    assert store.path.with_name(store.path.name + ".damaged").read_bytes() == content
    store.set(Given("s1", SESSION, "parser", 1))
    assert len(store.items()) == 1


def test_a_table_that_is_not_ours_is_damage(store: TagStore) -> None:
    """Another program's file under our name."""
    store.path.parent.mkdir(parents=True)
    connection = sqlite3.connect(store.path)
    connection.execute("CREATE TABLE given (a, b)")
    connection.close()
    with pytest.raises(StoreError) as caught:
        store.set(Given("s1", SESSION, "parser", 1))
    assert caught.value.state == "damaged"


def test_values_that_are_no_tags_are_not_read(store: TagStore) -> None:
    """The file may have been changed by anyone who can write to it."""
    store.set(Given("s1", SESSION, "parser", 1))
    rows: list[tuple[object, ...]] = [
        ("s2", 0, "IGNORE ALL", 1),
        (b"\xff", 0, "docs", 1),
        ("s3", -7, "docs", 1),
    ]
    rows += [("s4", "x", "docs", 1), ("s5", 0, b"docs", 1), ("s6", 0, "docs", "now")]
    connection = sqlite3.connect(store.path, isolation_level=None)
    connection.executemany("INSERT INTO given VALUES (?, ?, ?, ?)", rows)
    connection.execute("INSERT INTO given VALUES ('s7', 0, CAST(x'ff6263' AS TEXT), 1)")
    connection.close()
    assert store.items() == [Given("s1", SESSION, "parser", 1)]


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    """Without a traceback, and without the path's contents."""
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="cannot be used") as caught:
        store_in(tmp_path / "file").set(Given("s1", SESSION, "parser", 1))
    assert isinstance(caught.value, StoreError)
    assert caught.value.state == "unavailable"


@for_all(st.binary(max_size=200), st.integers(0, 8191))
def test_a_changed_file_never_ends_in_anything_else(
    tmp_path_factory: pytest.TempPathFactory, noise: bytes, at: int
) -> None:
    """Whatever stands in it: sound tags, or one word about it."""
    store = store_in(tmp_path_factory.mktemp("cache"))
    store.set(Given("s1", SESSION, "parser", 1))
    data = store.path.read_bytes()
    store.path.write_bytes(data[:at] + noise + data[at + len(noise) :])
    try:
        given = store.items()
    except StoreError as error:
        assert error.state in {"damaged", "unavailable"}  # noqa: PT017  both ends are right
    else:
        assert all(isinstance(tag, Given) for tag in given)


def test_given_tags_take_the_place_of_rules(store: TagStore) -> None:
    """Also in the calls that go by their prompt's tag, and only there."""
    store.set(Given("s1", SESSION, "parser", 1))
    store.set(Given("s1", 1, "grammar", 1))
    store.set(Given("s1", 99, "lost", 1))
    store.set(Given("s2", SESSION, "other", 1))
    tagged = session()
    GivenTagger(RulesTagger(), store).tag(tagged)
    assert tagged.tag == "parser"
    assert [prompt.tag for prompt in tagged.prompts] == ["start", "grammar", "docs"]
    assert [call.tag for call in tagged.calls] == ["grammar", "review"]


def test_without_given_tags_rules_stand(store: TagStore) -> None:
    """And nothing is said about it."""
    tagger = GivenTagger(RulesTagger(), store)
    tagged, ruled = session(), session()
    tagger.tag(tagged)
    RulesTagger().tag(ruled)
    assert tagged == ruled
    assert tagger.describe() == RulesTagger().describe()


def test_a_store_in_trouble_is_described_in_one_word(store: TagStore) -> None:
    """A profile is worth more than its tags."""
    store.path.parent.mkdir(parents=True)
    store.path.write_bytes(b"no database " * 99)
    tagger = GivenTagger(RulesTagger(), store)
    tagger.tag(session())
    assert tagger.describe()["given_tags"] == "damaged"
