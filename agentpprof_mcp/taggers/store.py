"""Given tags: what a person or an agent named a session or a prompt. They stay, and win over every tagger.

One small SQLite file that several processes share; it holds ids, tags and times, no text. Where nobody
gave a tag there is no file, and not even SQLite is loaded.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from agentpprof_mcp.errors import InputError, UserError
from agentpprof_mcp.model import Session
from agentpprof_mcp.taggers.base import SESSION, TAG, Tagger, fill

if TYPE_CHECKING:
    import sqlite3

__all__ = ["GIVEN", "Given", "GivenTagger", "StoreError", "TagStore", "checked", "store_in"]

GIVEN = "given"
"""The name of the rule that a given tag comes from."""

WAIT = 10.0
"""Seconds that one process waits for another's write."""

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

DAMAGED, BUSY, UNAVAILABLE = "damaged", "busy", "unavailable"
TEXTS = {
    DAMAGED: "the file of given tags was damaged and is moved aside; the next tag starts a new one",
    BUSY: "another process is writing given tags; try again",
    UNAVAILABLE: "the file of given tags cannot be used",
}
STATES = {
    "SQLITE_CORRUPT": DAMAGED,
    "SQLITE_NOTADB": DAMAGED,
    "SQLITE_TOOBIG": DAMAGED,
    "SQLITE_ERROR": DAMAGED,  # our statements are right, so the table is not ours
    "SQLITE_BUSY": BUSY,
    "SQLITE_LOCKED": BUSY,
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

    def items(self) -> list[Given]:
        """All given tags by session and prompt, without what does not look like one."""
        if not os.path.lexists(self.path):
            return []
        with self._opened("rw") as connection:
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
        if not os.path.lexists(self.path):
            return False
        with self._written() as connection:
            return connection.execute(DELETE, (session, prompt)).rowcount > 0

    @contextmanager
    def _written(self) -> Iterator["sqlite3.Connection"]:
        """One transaction that no other process is inside of, in a file for the user alone."""
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError:
            raise StoreError(UNAVAILABLE) from None
        with self._opened("rwc") as connection:
            self.path.chmod(0o600)
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(CREATE)
            yield connection
            connection.execute("COMMIT")

    @contextmanager
    def _opened(self, mode: str) -> Iterator["sqlite3.Connection"]:
        """A connection; what goes wrong with it becomes a `StoreError`, and a damaged file moves."""
        import sqlite3  # noqa: PLC0415  most users never gave a tag

        address = f"{self.path.absolute().as_uri()}?mode={mode}"
        connect = partial(sqlite3.connect, timeout=WAIT, isolation_level=None, uri=True)
        try:
            with closing(connect(address)) as connection:
                connection.text_factory = _text
                yield connection
        except UnicodeDecodeError:  # of a message that quotes the file
            state = DAMAGED
        except (sqlite3.Error, OSError) as error:
            name = getattr(error, "sqlite_errorname", "")
            state = next((STATES[key] for key in STATES if name.startswith(key)), UNAVAILABLE)
        else:
            return
        if state == DAMAGED:
            self._move_aside()
        raise StoreError(state)

    def _move_aside(self) -> None:
        """Keep the damaged file under another name, its journal first: a new file must not meet it."""
        for suffix in ("-journal", ""):
            old = self.path.with_name(self.path.name + suffix)
            with suppress(OSError):
                old.replace(self.path.with_name(self.path.name + ".damaged" + suffix))


def _text(raw: bytes) -> str:
    """Text of a file that may be damaged."""
    return raw.decode("utf-8", "replace")


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
