"""The key of this machine, which makes pseudonyms: nobody who reads one can try out what it stands for."""

import os
from pathlib import Path

__all__ = ["MachineKey"]

SIZE = 32
NAME = "pseudonym-key"


class MachineKey:
    """Reads the key when it is first asked for, and makes it where there is none yet.

    It is a file for the user alone. Where none can be kept, the key is one of this run.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME
        self._key = b""
        self._spare = os.urandom(SIZE)

    def __call__(self) -> bytes:
        """The key, the same for every process of the user."""
        if not self._key:
            try:
                self._key = self._kept() or self._made()
            except OSError:
                self._key = self._spare
        return self._key

    def _kept(self) -> bytes:
        """The key in the file; empty when there is none, or what is there is none."""
        try:
            key = self._path.read_bytes()
        except FileNotFoundError:
            return b""
        if len(key) == SIZE:
            return key
        self._path.unlink()
        return b""

    def _made(self) -> bytes:
        """A new key under its name, whole from the start; that of a process that was faster wins."""
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        whole = self._path.with_name(f".{NAME}.{os.urandom(8).hex()}")
        try:
            with os.fdopen(
                os.open(whole, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb"
            ) as file:
                file.write(self._spare)
            os.link(whole, self._path)
        except FileExistsError:
            return self._path.read_bytes()
        finally:
            whole.unlink(missing_ok=True)
        return self._spare
