"""Values that are true while their key is: place -> (key, value), in one SQLite file.

A place says what a value is about (the digest of this session in that view), its key what it was made
of (these files, this version of ours). A later value takes the place of an earlier one, so the file
follows the history and not the number of questions. Every value is signed with the key of this
machine: what is damaged, or was written by somebody else, is not found.
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from agentpprof_mcp.cachefile import DAMAGED, CacheFile, CacheFileError

if TYPE_CHECKING:
    import sqlite3

__all__ = ["FORMAT", "NAME", "Row", "Store", "stand_in"]

NAME = "index.sqlite"
FORMAT = 1
"""Number of this layout; a file of any other is set aside."""

WAIT = 2.0
"""Seconds to wait for another process: reading the history again takes little longer."""

SIGNATURE = 16
MOST = 512 << 20
"""Bytes that the file may have; beyond them, what was written first goes first."""

TABLE = "slot (place BLOB PRIMARY KEY, key BLOB, owner BLOB, made INTEGER, value BLOB)"
CREATE = (
    f"CREATE TABLE IF NOT EXISTS {TABLE}",
    "CREATE INDEX IF NOT EXISTS slot_owner ON slot (owner)",
)
SELECT = "SELECT key, value FROM slot WHERE place = ?"
REPLACE = "INSERT OR REPLACE INTO slot VALUES (?, ?, ?, ?, ?)"
FORGET = "DELETE FROM slot WHERE owner = ?"
OLDEST = (
    "DELETE FROM slot WHERE owner != x'' AND rowid IN"
    " (SELECT rowid FROM slot WHERE owner != x'' ORDER BY made, rowid LIMIT max(1, (SELECT count(*) FROM slot) / 4))"
)


class Row(NamedTuple):
    """One value. `owner` is the session that it is about; without one it is not the first to go."""

    place: bytes
    key: bytes
    value: bytes
    owner: bytes = b""


def stand_in(*parts: object) -> bytes:
    """16 bytes that stand for the parts: equal parts, equal bytes, in every process."""
    return blake2b(repr(parts).encode("utf-8", "surrogatepass"), digest_size=16).digest()


class Store:
    """The file of the index. It never raises: in trouble it finds nothing and keeps nothing.

    `trouble` is why, in one word; empty while all is well. `now` (milliseconds) is when values are made.
    """

    def __init__(self, folder: Path, secret: Callable[[], bytes], now: int) -> None:
        self.file = CacheFile(folder / NAME, wait=WAIT)
        self.trouble = ""
        self.secret = secret
        self.now = now

    def find(self, wanted: Mapping[bytes, bytes]) -> dict[bytes, bytes]:
        """The values of places (key by place), without those whose key is another one."""
        found: dict[bytes, bytes] = {}
        if not wanted or not self.file.exists():
            return found
        try:
            with self.file.reading() as connection:
                self._expect_format(connection)
                for place, key in wanted.items():
                    row = connection.execute(SELECT, (place,)).fetchone()
                    value = self._checked(place, key, row)
                    if value is not None:
                        found[place] = value
        except CacheFileError as error:
            self.trouble = error.state
            found.clear()
        return found

    def keep(self, rows: Iterable[Row], forget: Iterable[bytes] = ()) -> None:
        """Write values, after everything about the owners in `forget` is taken out."""
        try:
            with self.file.writing() as connection:
                self._prepare(connection)
                connection.executemany(FORGET, [(owner,) for owner in forget])
                connection.executemany(
                    REPLACE,
                    ((row.place, row.key, row.owner, self.now, self._signed(row)) for row in rows),
                )
                self._shrink(connection)
        except CacheFileError as error:
            self.trouble = error.state

    def remove(self) -> bool:
        """Delete the file; whether there was one."""
        found = self.file.exists()
        with suppress(OSError):
            self.file.path.unlink(missing_ok=True)
        return found

    def size(self) -> int:
        """Bytes of the file; 0 when there is none."""
        try:
            return self.file.path.stat().st_size
        except OSError:
            return 0

    def _expect_format(self, connection: "sqlite3.Connection") -> None:
        if connection.execute("PRAGMA user_version").fetchone() != (FORMAT,):
            self.file.move_aside()
            raise CacheFileError(DAMAGED)

    def _prepare(self, connection: "sqlite3.Connection") -> None:
        for statement in CREATE:
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {FORMAT}")

    def _shrink(self, connection: "sqlite3.Connection") -> None:
        """Take out the oldest values until the file can be small enough."""
        for _ in range(8):
            (pages,) = connection.execute("PRAGMA page_count").fetchone()
            (free,) = connection.execute("PRAGMA freelist_count").fetchone()
            (page,) = connection.execute("PRAGMA page_size").fetchone()
            if (pages - free) * page <= MOST:
                return
            connection.execute(OLDEST)

    def _signature(self, place: bytes, key: bytes, value: bytes) -> bytes:
        secret = blake2b(value, key=self.secret(), digest_size=SIGNATURE)
        secret.update(place)
        secret.update(key)
        return secret.digest()

    def _signed(self, row: Row) -> bytes:
        return self._signature(row.place, row.key, row.value) + row.value

    def _checked(self, place: bytes, key: bytes, row: tuple[object, object] | None) -> bytes | None:
        """The value of a row that has the key and that we wrote; else None."""
        if row is None or row[0] != key or not isinstance(row[1], bytes):
            return None
        signature, value = row[1][:SIGNATURE], row[1][SIGNATURE:]
        return value if signature == self._signature(place, key, value) else None
