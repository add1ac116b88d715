"""Files appear whole or not at all: the only place that writes what a user asked for."""

import os
import stat
from pathlib import Path

from agentpprof_mcp.errors import InputError, UserError

__all__ = ["write_below", "write_whole"]


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


def write_below(folder: Path, name: str, data: bytes, *, overwrite: bool) -> Path:
    """Write a file of mode 0600 right in a folder, and return its path; a link of that name is not followed.

    `name` has no separators. Raises `UserError` when there is such a file and it is not to be replaced,
    `InputError` with the reason when it cannot be written.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        target = folder.resolve() / name
        _replace(target, data, overwrite=overwrite)
    except FileExistsError:
        raise UserError(f"{name} exists; give another name, or overwrite=true") from None
    except OSError as error:
        raise InputError(f"cannot write {name}: {error.strerror or 'no such folder'}") from None
    return target


def _replace(target: Path, data: bytes, *, overwrite: bool = True) -> None:
    import tempfile  # noqa: PLC0415  it brings much along

    descriptor, name = tempfile.mkstemp(prefix=".agentpprof-", dir=target.parent)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        if overwrite:
            Path(name).replace(target)
        else:
            os.link(name, target)  # unlike renaming, fails where something is
            Path(name).unlink()
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
