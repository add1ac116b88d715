"""Given tags: what a person or an agent named a session or a prompt. They stay, and win over every tagger.

One small SQLite file that several processes share; it holds ids, tags and times, no text. Where nobody
gave a tag there is no file, and not even SQLite is loaded.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from agentpprof_mcp.cachefile import BUSY, DAMAGED, UNAVAILABLE, CacheFile, CacheFileError
from agentpprof_mcp.errors import InputError, UserError
from agentpprof_mcp.model import Session
from agentpprof_mcp.taggers.base import SESSION, TAG, Tagger, fill

if TYPE_CHECKING:
    import sqlite3

__all__ = ["GIVEN", "Given", "GivenTagger", "StoreError", "TagStore", "checked", "store_in"]

GIVEN = "given"
"""The name of the rule that a given tag comes from."""

LARGEST = 2**31
"""Prompt indexes end below it."""

CREATE = (
    "CREATE TABLE IF NOT EXISTS given (session TEXT, prompt INTEGER, tag TEXT, at INTEGER,"
    " PRIMARY KEY (session, prompt)) WITHOUT ROWID"
)
CREATED = "SELECT 1 FROM sqlite_master WHERE name = 'given'"
SELECT = "SELECT session, prompt, tag, at FROM given ORDER BY session, prompt"
REPLACE = "INSERT OR REPLACE INTO given VALUES (?, ?, ?, ?)"
DELETE = "DELETE FROM given WHERE session = ? AND prompt = ?"

TEXTS = {
    DAMAGED: "the file of given tags was damaged and is moved aside; the next tag starts a new one",
    BUSY: "another process is writing given tags; try again",
    UNAVAILABLE: "the file of given tags cannot be used",
}


class StoreError(InputError):
    """Given tags cannot be read or written; `state` is why, in one word."""

    def __init__(self, state: str) -> None:
        super().__init__(TEXTS[state])
        self.state = state


class Given(NamedTuple):
    """A tag of a prompt, or with `SESSION` of the session; when it was given, in milliseconds."""

    session: str
    prompt: int
    tag: str
    at: int


def checked(tag: str) -> str:
    """The tag itself. Raises `UserError` for what is none."""
    if not TAG.fullmatch(tag):
        raise UserError("a tag is one lower-case word of 3 to 12 letters")
    return tag


def store_in(cache: Path) -> "TagStore":
    """The store in the user's cache folder."""
    return TagStore(cache / "given-tags.sqlite")


class TagStore:
    """The file of given tags. Every method opens it anew and may raise `StoreError`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = CacheFile(path)

    def items(self) -> list[Given]:
        """All given tags by session and prompt, without what does not look like one."""
        if not self._file.exists():
            return []
        with _told(), self._file.reading() as connection:
            created = connection.execute(CREATED).fetchone()
            rows = connection.execute(SELECT).fetchall() if created else []
        return [given for given in map(Given._make, rows) if _is_sound(given)]

    def set(self, given: Given) -> None:
        """Keep a tag; it takes the place of an earlier one. Raises `UserError` for what is no tag."""
        checked(given.tag)
        with self._written() as connection:
            connection.execute(REPLACE, given)

    def remove(self, session: str, prompt: int = SESSION) -> bool:
        """Take a given tag back; whether there was one."""
        if not self._file.exists():
            return False
        with self._written() as connection:
            return connection.execute(DELETE, (session, prompt)).rowcount > 0

    @contextmanager
    def _written(self) -> Iterator["sqlite3.Connection"]:
        with _told(), self._file.writing() as connection:
            connection.execute(CREATE)
            yield connection


@contextmanager
def _told() -> Iterator[None]:
    """Make trouble with the file an error that says what it means for tags."""
    try:
        yield
    except CacheFileError as error:
        raise StoreError(error.state) from None


def _is_sound(given: Given) -> bool:
    """Whether values, which SQLite does not type, are a given tag."""
    return (
        isinstance(given.session, str)
        and isinstance(given.prompt, int)
        and SESSION <= given.prompt < LARGEST
        and isinstance(given.tag, str)
        and TAG.fullmatch(given.tag) is not None
        and isinstance(given.at, int)
    )


class GivenTagger:
    """Given tags, and another tagger's for the rest. A store in trouble gives none."""

    def __init__(self, tagger: Tagger, store: TagStore, stored: Callable[[str], str] = str) -> None:
        """`stored` says under what the store has a session's id."""
        self._tagger = tagger
        self._stored = stored
        self._given: dict[str, dict[int, str]] = {}
        self._trouble = ""
        try:
            for given in store.items():
                self._given.setdefault(given.session, {})[given.prompt] = given.tag
        except StoreError as error:
            self._trouble = error.state

    def describe(self) -> dict[str, object]:
        """The other tagger's description; `given_tags` is the store's trouble, if it has one."""
        described = self._tagger.describe()
        return {**described, "given_tags": self._trouble} if self._trouble else described

    def identity(self) -> object:
        """What the other tagger depends on; the given tags of a session are `stored`."""
        return self._tagger.identity()

    def tag(self, session: Session) -> None:
        """Fill in given tags, then let the other tagger fill in the rest, which may build on them."""
        self.give(session)
        self._tagger.tag(session)

    def give(self, session: Session) -> None:
        """Fill in given tags only."""
        if self._given:
            fill(session, self.stored(self._stored(session.id)), GIVEN)

    def stored(self, name: str) -> dict[int, str]:
        """The given tags under a name in the store, by index."""
        return self._given.get(name, {})
