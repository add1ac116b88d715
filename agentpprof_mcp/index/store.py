"""Values that are true while their key is: place -> (key, value), in one SQLite file.

A place says what a value is about (the digest of this session in that view), its key what it was made
of (these files, this version of ours). A later value takes the place of an earlier one, so the file
follows the history and not the number of questions. Places and keys are written as keyed hashes, and
every value is signed with the key of this machine: what is damaged, or was written by somebody else, is
not found.
"""

import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from agentpprof_mcp.cachefile import BUSY, DAMAGED, UNAVAILABLE, CacheFile, CacheFileError
from agentpprof_mcp.hashing import blake2b

if TYPE_CHECKING:
    import sqlite3

__all__ = ["FORMAT", "NAME", "Row", "Store", "stand_in"]

NAME = "index.sqlite"
FORMAT = 4
"""Number of this layout, and of the structs in it; a file of any other is set aside."""

WAIT = 2.0
"""Seconds to wait for another process: reading the history again takes little longer."""

HASH = 16
MOST = 512 << 20
"""Bytes that the file may have; beyond them, what was written first goes first."""

TABLE = "slot (place BLOB PRIMARY KEY, key BLOB, owner BLOB, made INTEGER, value BLOB)"
CREATE = (
    f"CREATE TABLE IF NOT EXISTS {TABLE}",
    "CREATE INDEX IF NOT EXISTS slot_owner ON slot (owner)",
)
TABLES = "SELECT count(*) FROM sqlite_master"
SELECT = "SELECT key, value FROM slot WHERE place = ?"
REPLACE = "INSERT OR REPLACE INTO slot VALUES (?, ?, ?, ?, ?)"
FORGET = "DELETE FROM slot WHERE owner = ?"
OLDEST = (
    "DELETE FROM slot WHERE owner != x'' AND rowid IN"
    " (SELECT rowid FROM slot WHERE owner != x'' ORDER BY made, rowid LIMIT max(1, (SELECT count(*) FROM slot) / 4))"
)
ROUNDS = 24
"""How often a quarter of the oldest values is taken out: then nothing is left of the largest file."""


class Row(msgspec.Struct, frozen=True):
    """One value. `owner` is the session that it is about; without one it is never the first to go.

    A row with `before` is written only while that is still the value of its place (empty: there is none).
    """

    place: bytes
    key: bytes
    value: bytes
    owner: bytes = b""
    before: bytes | None = None


def stand_in(*parts: object) -> bytes:
    """16 bytes that stand for the parts: equal parts, equal bytes, in every process."""
    return blake2b(repr(parts).encode("utf-8", "surrogatepass"), digest_size=HASH).digest()


class Store:
    """The file of the index. It never raises: in trouble it finds nothing and keeps nothing.

    `trouble` is why, in one word; empty while all is well. `now` (milliseconds) is when values are made,
    `most` the bytes that the file may have.
    """

    def __init__(
        self, folder: Path, secret: Callable[[], bytes], now: int, *, most: int = MOST
    ) -> None:
        self.file = CacheFile(folder / NAME, wait=WAIT, durable=False)
        self.trouble = ""
        self.secret = secret
        self.now = now
        self._most = most

    def find(self, wanted: Mapping[bytes, bytes]) -> dict[bytes, bytes]:
        """The values of places (key by place), without those whose key is another one."""
        found: dict[bytes, bytes] = {}
        if not wanted or self._is_useless() or not self.file.exists():
            return found
        try:
            with self.file.reading() as connection:
                if self._is_ours(connection):
                    for place, key in wanted.items():
                        value = self._value(connection, place, key)
                        if value is not None:
                            found[place] = value
        except CacheFileError as error:
            self.trouble = error.state
            found.clear()
        return found

    def keep(self, rows: Iterable[Row], forget: Iterable[bytes] = ()) -> bool:
        """Write values, after everything about the owners in `forget` is taken out; whether it was done.

        All or nothing: if another process has replaced what a row stands in for, its work is as good.
        """
        if self._is_useless():
            return False
        try:
            with self.file.writing() as connection:
                self._prepare(connection)
                rows = list(rows)
                if not all(self._is_as_before(connection, row) for row in rows):
                    return False
                connection.executemany(FORGET, [(self._hidden(owner),) for owner in forget])
                connection.executemany(REPLACE, map(self._written, rows))
                self._shrink(connection)
        except CacheFileError as error:
            self.trouble = error.state
            return False
        return True

    def remove(self) -> bool:
        """Delete the file, and a damaged one that was moved aside; whether there was one. Raises `OSError`."""
        found = [path for path in self.file.paths() if os.path.lexists(path)]
        for path in found:
            path.unlink()
        return bool(found)

    def size(self) -> int:
        """Bytes of the file; 0 when there is none."""
        try:
            return self.file.path.stat().st_size
        except OSError:
            return 0

    def _is_useless(self) -> bool:
        """Whether trying again would only cost time; a damaged file is out of the way by now."""
        return self.trouble in {BUSY, UNAVAILABLE}

    def _is_ours(self, connection: "sqlite3.Connection") -> bool:
        """Whether the file is of this layout and key; False for an empty one, which any may become.

        Raises `CacheFileError` for another's, which is then moved aside.
        """
        if connection.execute(TABLES).fetchone() == (0,):
            return False
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        (mark,) = connection.execute("PRAGMA application_id").fetchone()
        if (version, mark) != (FORMAT, self._mark()):
            raise CacheFileError(DAMAGED)
        return True

    def _prepare(self, connection: "sqlite3.Connection") -> None:
        if not self._is_ours(connection):
            for statement in CREATE:
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {FORMAT}")
            connection.execute(f"PRAGMA application_id = {self._mark()}")

    def _mark(self) -> int:
        """A number that stands for the key."""
        return int.from_bytes(self._hidden(b"mark")[:3], "big") + 1

    def _shrink(self, connection: "sqlite3.Connection") -> None:
        """Take out the oldest values until the rest fits."""
        for _ in range(ROUNDS):
            (pages,) = connection.execute("PRAGMA page_count").fetchone()
            (free,) = connection.execute("PRAGMA freelist_count").fetchone()
            (page,) = connection.execute("PRAGMA page_size").fetchone()
            if (pages - free) * page <= self._most:
                return
            connection.execute(OLDEST)

    # --- rows --------------------------------------------------------------------------------

    def _hidden(self, name: bytes) -> bytes:
        """What a place, key or owner is called in the file: of no use to who has not the key."""
        return blake2b(name, key=self.secret(), digest_size=HASH).digest() if name else b""

    def _written(self, row: Row) -> tuple[bytes, bytes, bytes, int, bytes]:
        place, key, owner = map(self._hidden, (row.place, row.key, row.owner))
        return place, key, owner, self.now, self._signature(place, key, row.value) + row.value

    def _signature(self, place: bytes, key: bytes, value: bytes) -> bytes:
        signature = blake2b(value, key=self.secret(), digest_size=HASH)
        signature.update(place + key)
        return signature.digest()

    def _value(self, connection: "sqlite3.Connection", place: bytes, key: bytes) -> bytes | None:
        """The value of a place, if it has the key and we wrote it; else None."""
        place, key = self._hidden(place), self._hidden(key)
        row = connection.execute(SELECT, (place,)).fetchone()
        if row is None or row[0] != key or not isinstance(row[1], bytes):
            return None
        signature, value = row[1][:HASH], row[1][HASH:]
        return value if signature == self._signature(place, key, value) else None

    def _is_as_before(self, connection: "sqlite3.Connection", row: Row) -> bool:
        """Whether a row still takes the place of what its writer knew."""
        if row.before is None:
            return True
        return (self._value(connection, row.place, row.key) or b"") == row.before
