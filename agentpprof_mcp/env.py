"""Everything outside the program, in one value that tests replace."""

import os
import time
from collections.abc import Mapping
from pathlib import Path

import msgspec

__all__ = ["Env", "from_home"]


class Env(msgspec.Struct, frozen=True):
    """The user's home, the working directory, the environment, the folders for what is kept and for
    settings, and the time (ms).
    """

    home: Path
    cwd: Path
    environ: Mapping[str, str]
    cache: Path
    now: int

    @property
    def config(self) -> Path:
        """The folder of the user's settings for this program; nothing need be there."""
        return Path(self.environ.get("XDG_CONFIG_HOME") or self.home / ".config") / "agentpprof"

    @classmethod
    def real(cls) -> "Env":
        """The machine as it is."""
        environ = os.environ
        home = Path(environ.get("HOME") or Path("~").expanduser())
        base = Path(environ.get("XDG_CACHE_HOME") or home / ".cache")
        try:
            cwd = Path.cwd()
        except OSError:  # deleted under us
            cwd = Path(environ.get("PWD") or "/")
        return cls(home, cwd, environ, base / "agentpprof", time.time_ns() // 1_000_000)


def from_home(path: Path, home: Path) -> str:
    """A path for a message; the user's home, which is named after the user, is `~`."""
    return str(Path("~") / path.relative_to(home)) if path.is_relative_to(home) else str(path)
