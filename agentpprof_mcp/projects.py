"""Which project a working directory belongs to, and which folder its paths are relative to.

Working directories come from history: they may be of another machine or another system, so apart from
the search for a git root everything is text. `normal` gives one spelling to POSIX and Windows paths.
"""

import posixpath
import re
from collections.abc import Iterable
from itertools import takewhile
from pathlib import Path

from agentpprof_mcp.effects.places import join

__all__ = ["Project", "Projects", "common_folder", "inside", "normal"]

WORKTREE = re.compile(r"(?P<base>.*?)/(?:\.claude/worktrees|\.worktrees)/[^/]+")
DRIVE = re.compile(r"[A-Za-z]:")
POINTER_LIMIT = 4096


def normal(path: str) -> str:
    """One spelling: forward slashes, lower-case drive, no `.`, `..` or trailing slash."""
    path = path.replace("\\", "/")
    if DRIVE.match(path):
        path = path[0].lower() + path[1:]
    return posixpath.normpath(path) if path else ""


def inside(path: str, root: str) -> bool:
    """Whether a normal path is `root` or below it."""
    return path == root or path.startswith(root if root.endswith("/") else root + "/")


def common_folder(paths: Iterable[str], cwd: str) -> str:
    """The one path, or the deepest folder that holds all of several."""
    several = list(paths)
    if len(several) == 1:
        return several[0]
    parts = [normal(join(cwd, path)).split("/") for path in several]
    shared = takewhile(lambda level: len(set(level)) == 1, zip(*parts, strict=False))
    return "/".join(level[0] for level in shared) or "/"


class Project:
    """A project: its name (and whether the user gave it), its root, and the roots of its worktrees."""

    def __init__(
        self, name: str, root: str, worktrees: Iterable[str] = (), *, given: bool = False
    ) -> None:
        self.name = name
        self.given = given
        self.root = root
        self._roots = sorted({root, *worktrees}, key=len, reverse=True)

    def identity(self) -> tuple[object, ...]:
        """All that its labels and paths depend on."""
        return self.name, self.given, self.root, self._roots

    def holds(self, cwd: str) -> bool:
        """Whether a working directory is in the project or in one of its worktrees."""
        return self._holding(cwd) != ""

    def root_of(self, cwd: str) -> str:
        """The folder that paths of a record are cut at: its worktree's root, else the project's."""
        return self._holding(cwd) or self.root

    def _holding(self, cwd: str) -> str:
        """The root of the worktree that holds `cwd`; empty when none does."""
        cwd = normal(cwd)
        for root in self._roots:
            if inside(cwd, root):
                tail = WORKTREE.match(cwd)
                return tail[0] if tail is not None and inside(tail["base"], root) else root
        return ""


class Projects:
    """Finds projects: one given root, or each session's own."""

    def __init__(self, root: Path | None, name: str | None) -> None:
        """`root` None: every session is in the project of its own working directory."""
        self.name = name
        self.given = None if root is None else self._given(root)
        self._own: dict[str, Project] = {}

    def _given(self, root: Path) -> Project:
        resolved = root.resolve()
        others = {normal(str(root.absolute())), *map(normal, _linked_worktrees(resolved))}
        name = self.name or resolved.name or "root"
        return Project(name, normal(str(resolved)), others, given=self.name is not None)

    def own(self, cwd: str) -> Project:
        """The project of a session that started in `cwd`."""
        project = self._own.get(cwd)
        if project is None:
            root = _git_root(cwd) or _without_tail(normal(cwd))
            name = self.name or posixpath.basename(root) or "unknown"
            project = self._own[cwd] = Project(name, root, given=self.name is not None)
        return project


def _without_tail(cwd: str) -> str:
    tail = WORKTREE.match(cwd)
    return tail["base"] if tail else cwd


def _git_root(cwd: str) -> str:
    """The main repository's folder of a directory on this machine; empty when there is none."""
    folder = Path(cwd)
    if normal(cwd).startswith("//"):  # a network share: history must not make us contact a host
        return ""
    try:
        if not folder.is_absolute() or not folder.is_dir():
            return ""
        for candidate in (folder, *folder.parents):
            mark = candidate / ".git"
            if mark.is_dir():
                return normal(str(candidate))
            if mark.is_file():
                return _main_of(mark) or normal(str(candidate))
    except OSError:
        return ""
    return ""


def _main_of(mark: Path) -> str:
    """The main repository of a linked worktree, from `gitdir: MAIN/.git/worktrees/NAME`."""
    pointer = _pointer(mark).removeprefix("gitdir:").strip()
    main, found, _ = normal(pointer).partition("/.git/worktrees/")
    return main if found else ""


def _linked_worktrees(root: Path) -> list[str]:
    """Folders of the worktrees that the repository at `root` has linked."""
    try:
        marks = sorted((root / ".git" / "worktrees").glob("*/gitdir"))
    except OSError:
        return []
    found = (_pointer(mark).strip() for mark in marks if mark.is_file())
    return [pointer.removesuffix("/.git") for pointer in found if pointer]


def _pointer(path: Path) -> str:
    try:
        with path.open(encoding="utf-8", errors="replace") as stream:
            return stream.read(POINTER_LIMIT)
    except OSError:
        return ""
