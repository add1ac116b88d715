"""Files appear whole or not at all: the only place that writes what a user asked for."""

import os
import stat
from pathlib import Path

from agentpprof_mcp.errors import InputError

__all__ = ["write_whole"]


def write_whole(path: Path, data: bytes) -> None:
    """Write a file of mode 0600, its folders made as needed; an old one stays until the new is whole.

    A link is followed; a pipe or device is written to as it is. Raises `InputError` with the reason.
    """
    try:
        target = path.resolve()
        if target.exists() and not stat.S_ISREG(target.stat().st_mode):
            if target.is_dir():
                raise InputError(f"cannot write {path}: it is a folder")
            target.write_bytes(data)
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        _replace(target, data)
    except OSError as error:
        raise InputError(f"cannot write {path}: {error.strerror or error}") from None


def _replace(target: Path, data: bytes) -> None:
    import tempfile  # noqa: PLC0415  it brings much along

    descriptor, name = tempfile.mkstemp(prefix=".agentpprof-", dir=target.parent)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    _sync_folder(target.parent)


def _sync_folder(folder: Path) -> None:
    """Make the new name durable, where folders can be synced."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
