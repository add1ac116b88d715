"""A SQLite file in the user's cache folder: for the user alone, shared by processes, safe to lose.

What goes wrong with it is a `CacheFileError` with a state in one word. A damaged file is kept under
another name, and the next writer starts a new one.
"""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3

__all__ = ["BUSY", "DAMAGED", "UNAVAILABLE", "CacheFile", "CacheFileError"]

WAIT = 10.0
"""Seconds that one process waits for another's write."""

DAMAGED, BUSY, UNAVAILABLE = "damaged", "busy", "unavailable"
STATES = {
    "SQLITE_CORRUPT": DAMAGED,
    "SQLITE_NOTADB": DAMAGED,
    "SQLITE_TOOBIG": DAMAGED,
    "SQLITE_ERROR": DAMAGED,  # our statements are right, so the table is not ours
    "SQLITE_BUSY": BUSY,
    "SQLITE_LOCKED": BUSY,
}


class CacheFileError(Exception):
    """The file cannot be used; `state` is `DAMAGED`, `BUSY` or `UNAVAILABLE`."""

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.state = state


class CacheFile:
    """The file at `path`. Every use opens it anew and may raise `CacheFileError`."""

    def __init__(self, path: Path, *, wait: float = WAIT) -> None:
        """`wait` is how many seconds to wait for another process."""
        self.path = path
        self._wait = wait

    def exists(self) -> bool:
        """Whether there is anything under the file's name."""
        return os.path.lexists(self.path)

    @contextmanager
    def reading(self) -> Iterator["sqlite3.Connection"]:
        """A connection to the file as it is."""
        with self._opened("rw" if os.access(self.path, os.W_OK) else "ro") as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator["sqlite3.Connection"]:
        """One transaction that no other process is inside of; the file is made if there is none."""
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError:
            raise CacheFileError(UNAVAILABLE) from None
        with self._opened("rwc") as connection:
            self.path.chmod(0o600)
            connection.execute("BEGIN IMMEDIATE")
            yield connection
            connection.execute("COMMIT")

    def move_aside(self) -> None:
        """Keep the file under another name, its journal first: a new file must not meet it."""
        for suffix in ("-journal", ""):
            old = self.path.with_name(self.path.name + suffix)
            with suppress(OSError):
                old.replace(self.path.with_name(self.path.name + ".damaged" + suffix))

    @contextmanager
    def _opened(self, mode: str) -> Iterator["sqlite3.Connection"]:
        """A connection; what goes wrong with it is told in one word, and a damaged file moves."""
        import sqlite3  # noqa: PLC0415  most runs of most commands need none

        address = f"{self.path.absolute().as_uri()}?mode={mode}"
        connect = partial(sqlite3.connect, timeout=self._wait, isolation_level=None, uri=True)
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
            self.move_aside()
        raise CacheFileError(state)


def _text(raw: bytes) -> str:
    """Text of a file that may be damaged."""
    return raw.decode("utf-8", "replace")
