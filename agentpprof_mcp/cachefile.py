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

PARTS = ("-journal", "")
"""Endings of a file's parts, the journal first: a new file must not meet an old one's."""
ASIDE = ".damaged"

DAMAGED, BUSY, UNAVAILABLE = "damaged", "busy", "unavailable"
WRITER, NEWEST_WRITER = 18, b"\2"
"""Place of the header's byte that says which versions may write, and the largest that there is."""
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

    def __init__(self, path: Path, *, wait: float = WAIT, durable: bool = True) -> None:
        """`wait` is how many seconds to wait for another process.

        What is not `durable` may be damaged by a power failure, and does not wait for the disk.
        """
        self.path = path
        self._wait = wait
        self._durable = durable

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
            if not self._durable:
                connection.execute("PRAGMA synchronous = OFF")
            connection.execute("BEGIN IMMEDIATE")
            yield connection
            connection.execute("COMMIT")

    def paths(self) -> list[Path]:
        """The names that the file and what belongs to it may have, also when it was moved aside."""
        return [self._beside(aside + part) for aside in ("", ASIDE) for part in PARTS]

    def _beside(self, suffix: str) -> Path:
        return self.path.with_name(self.path.name + suffix)

    def _inode(self) -> int:
        """Which file it is; 0 for none."""
        try:
            return self.path.stat().st_ino
        except OSError:
            return 0

    def _move_aside(self, inode: int) -> bool:
        """Keep the file under another name, unless somebody has done so; whether it is out of the way."""
        if self._inode() != inode:
            return True
        for part in PARTS:
            with suppress(OSError):
                self._beside(part).replace(self._beside(ASIDE + part))
        return not self.exists()

    def _forbids_writing(self) -> bool:
        """Whether the file's own header does, and not the system: no SQLite that we know has that version."""
        with suppress(OSError), self.path.open("rb") as stream:
            return stream.read(WRITER + 1)[WRITER:] > NEWEST_WRITER
        return False

    def _state(self, trouble: str) -> str:
        """What SQLite's name of an error means for the file."""
        if trouble == "SQLITE_READONLY" and self._forbids_writing():
            return DAMAGED
        return next((STATES[key] for key in STATES if trouble.startswith(key)), UNAVAILABLE)

    @contextmanager
    def _opened(self, mode: str) -> Iterator["sqlite3.Connection"]:
        """A connection; what goes wrong with it is told in one word, and a damaged file moves.

        Whoever uses it may raise a `CacheFileError` too, to say so of what it holds.
        """
        import sqlite3  # noqa: PLC0415  most runs of most commands need none

        address = f"{self.path.absolute().as_uri()}?mode={mode}"
        connect = partial(sqlite3.connect, timeout=self._wait, isolation_level=None, uri=True)
        inode = self._inode()
        try:
            with closing(connect(address)) as connection:
                connection.text_factory = _text
                yield connection
        except CacheFileError as error:
            state = error.state
        except UnicodeDecodeError:  # of a message that quotes the file
            state = DAMAGED
        except (sqlite3.Error, OSError) as error:
            state = self._state(getattr(error, "sqlite_errorname", ""))
        else:
            return
        if state == DAMAGED and not self._move_aside(inode):
            state = UNAVAILABLE
        raise CacheFileError(state)


def _text(raw: bytes) -> str:
    """Text of a file that may be damaged."""
    return raw.decode("utf-8", "replace")
