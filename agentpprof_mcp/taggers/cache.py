"""The cache of a model's answers: keyed hashes of texts and the words for them, in one JSON file.

Several processes share it. A file is replaced as a whole, so reading needs no lock; adding reads it
again under one, so that nobody's answers are lost. It never keeps a run from its end: when it cannot
be used, `trouble` says so.
"""

import os
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec

from agentpprof_mcp.decoding import json_decoder
from agentpprof_mcp.errors import InputError
from agentpprof_mcp.output import write_whole
from agentpprof_mcp.taggers.base import TAG

__all__ = ["TagCache"]

SCHEMA = "agentpprof-tag-cache/1"
MOST = 50_000
"""Tags kept; the oldest go first."""
LARGEST = 8 << 20
"""Bytes that a file of so many tags cannot have."""

TRIES, PAUSE = 200, 0.05
"""How often, and after how many seconds, a lock is asked for that another process has."""

DAMAGED = "was damaged and is moved aside"
UNAVAILABLE = "cannot be used, so every text is asked about again (--cache names another file)"


class _File(msgspec.Struct):
    """The file: `tags` by hash, the oldest first."""

    schema: str
    tags: dict[str, str]


_FILE = json_decoder(_File)


class _DamagedError(Exception):
    """What stands in the file is no cache of ours."""


class TagCache:
    """A file that may not exist yet. `trouble` is empty while it can be used."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.trouble = ""

    def load(self) -> dict[str, str]:
        """All tags by hash. A damaged file is moved aside."""
        try:
            return self._read()
        except _DamagedError:
            return self._mend()
        except OSError:
            self.trouble = UNAVAILABLE
            return {}

    def add(self, tags: Mapping[str, str]) -> None:
        """Keep tags beside those that other processes may have added meanwhile."""
        if not tags or self.trouble == UNAVAILABLE:
            return
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with self._locked():
                with suppress(_DamagedError):
                    tags = {**self._read(), **tags}
                kept = dict(list(tags.items())[-MOST:])
                write_whole(self.path, msgspec.json.encode(_File(SCHEMA, kept)))
        except (OSError, InputError):
            self.trouble = UNAVAILABLE

    def _read(self) -> dict[str, str]:
        """Tags by hash, empty where there is no file. Raises `_DamagedError` or `OSError`."""
        if not os.path.lexists(self.path):
            return {}
        if not self.path.is_file():
            raise OSError
        with self.path.open("rb") as stream:
            data = stream.read(LARGEST + 1)
        try:
            file = _FILE.decode(data)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            raise _DamagedError from None
        if file.schema != SCHEMA or len(data) > LARGEST:
            raise _DamagedError
        return {key: tag for key, tag in file.tags.items() if TAG.fullmatch(tag)}

    def _mend(self) -> dict[str, str]:
        """Move a damaged file aside, unless another process was faster."""
        try:
            with self._locked():
                try:
                    return self._read()
                except _DamagedError:
                    self.path.replace(self.path.with_name(f"{self.path.name}.damaged"))
                    self.trouble = DAMAGED
        except OSError:
            self.trouble = UNAVAILABLE
        return {}

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Alone with the file, of all processes. Raises `OSError` when another does not let go."""
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0)
        descriptor = os.open(self.path.with_name(f"{self.path.name}.lock"), flags, 0o600)
        try:
            _lock(descriptor)
            yield
        finally:
            os.close(descriptor)


def _lock(descriptor: int) -> None:
    """Wait for a lock. Raises `OSError` when another process does not let go of it.

    Windows has none of this kind: of two runs that end at the same moment, one may forget its answers.
    """
    if sys.platform == "win32":
        return None
    import fcntl  # noqa: PLC0415  absent on Windows

    for _ in range(TRIES):
        try:
            return fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(PAUSE)
    raise BlockingIOError
