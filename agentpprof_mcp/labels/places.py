r"""Where a path leads: inside the project, or into one of the buckets outside.

Resolution is lexical, by prefix, alike for POSIX and Windows: `D:\x`, `d:/x`, `/mnt/d/x`, `/d/x`,
`\\server\share`, `~/x` and `file:///x` are understood, whatever machine wrote them.
"""

import re
from collections.abc import Mapping
from urllib.parse import unquote

import msgspec

__all__ = ["NOWHERE", "Bucket", "Buckets", "Place", "resolve"]

DRIVE = re.compile(r"([A-Za-z]):/?|/(?:mnt/|cygdrive/)?([A-Za-z])(?:/|$)")
FILE_DRIVE = re.compile(r"/[A-Za-z]:")
SHARE_PREFIXES = (
    (re.compile(r"//[?.]/UNC/", re.IGNORECASE), "//"),
    (re.compile(r"//[?.]/"), ""),
    (re.compile(r"//wsl(?:\$|\.localhost)/[^/]*", re.IGNORECASE), ""),
)
MACOS_LINKS = {("private", name) for name in ("etc", "tmp", "var")}


class Place(msgspec.Struct, frozen=True):
    """A normalised path. `anchor` is `/`, `c:`, `//` (a network share) or empty (relative)."""

    anchor: str
    parts: tuple[str, ...]

    def below(self, folder: "Place") -> tuple[str, ...] | None:
        """The parts from `folder` down to here; None when this is not inside it."""
        size = len(folder.parts)
        if self.anchor != folder.anchor or _compared(self)[:size] != _compared(folder):
            return None
        return self.parts[size:]


def _compared(place: Place) -> tuple[str, ...]:
    """The parts without case where the file system ignores it."""
    if place.anchor in {"/", ""}:
        return place.parts
    return tuple(part.casefold() for part in place.parts)


NOWHERE = Place("", ())


def resolve(text: str, base: Place = NOWHERE, home: Place = NOWHERE) -> Place:
    """Normalise a path seen from the folder `base`; `~` is `home`."""
    anchor, rest = _anchored(text)
    if anchor == "~":
        base = home
    elif anchor:
        base = Place(anchor, ())
    parts = list(base.parts)
    for part in rest.split("/"):
        if part in {"", "."}:
            continue
        if part != "..":
            parts.append(part)
        elif parts and parts[-1] != "..":
            parts.pop()
        elif not base.anchor:
            parts.append(part)
    if base.anchor == "/" and tuple(parts[:2]) in MACOS_LINKS:
        parts = parts[1:]
    return Place(base.anchor, tuple(parts))


def _anchored(text: str) -> tuple[str, str]:
    """Split a path into its anchor (`~` for the home folder) and the rest, `/` between parts."""
    if text.startswith("file://"):
        text = unquote(text.removeprefix("file://").removeprefix("localhost"))
        if FILE_DRIVE.match(text):
            text = text[1:]
        elif not text.startswith("/"):
            text = f"\\\\{text}"
    if text.startswith("\\\\"):
        text = text.replace("\\", "/")
        for prefix, instead in SHARE_PREFIXES:
            text = prefix.sub(instead, text, count=1) if prefix.match(text) else text
        if text.startswith("//"):
            return "//", text
    text = text.replace("\\", "/")
    drive = DRIVE.match(text)
    if drive:
        return f"{(drive[1] or drive[2]).lower()}:", text[drive.end() :]
    if text.startswith("/"):
        return "/", text
    if text.startswith("~"):
        user, _, rest = text[1:].partition("/")
        return ("/", f"home/{user}/{rest}") if user else ("~", rest)
    return "", text


class Bucket(msgspec.Struct, frozen=True):
    """A class of places outside the project, and how many parts of the path decided it."""

    name: str
    depth: int


SYSTEM = Bucket("system", 0)
TEMPORARY = (
    ("tmp",),
    ("temp",),
    ("var", "tmp"),
    ("var", "folders"),
    ("dev", "shm"),
    ("windows", "temp"),
)
HOME_PARENTS = {"home", "users"}
HOME_MOUNTS = {"export", "usr", "var"}
IN_HOME = {
    (".claude",): "claude",
    (".claude.json",): "claude",
    (".codex",): "codex",
    ("appdata", "local", "temp"): "tmp",
}


class Buckets:
    """The folders of this machine, and the usual ones of the machines that history comes from."""

    def __init__(self, home: Place, roots: Mapping[str, Place]) -> None:
        """`roots` are the agents' own folders, by agent."""
        known = [("home", home), *roots.items()]
        known += [(name, Place(home.anchor, home.parts + parts)) for parts, name in IN_HOME.items()]
        self._known = [(name, place) for name, place in known if place.anchor and place.parts]
        self._known.sort(key=lambda item: -len(item[1].parts))

    def of(self, place: Place) -> Bucket:
        """The bucket of the longest prefix; `system` with depth 0 when there is none."""
        if not place.anchor:
            return SYSTEM
        known = (
            Bucket(name, len(folder.parts))
            for name, folder in self._known
            if place.below(folder) is not None
        )
        usual = _usual(tuple(part.casefold() for part in place.parts))
        return max(next(known, SYSTEM), usual, key=lambda bucket: bucket.depth)


def _usual(parts: tuple[str, ...]) -> Bucket:
    """The bucket of folded parts by the customs of Linux, macOS and Windows."""
    for folder in TEMPORARY:
        if parts[: len(folder)] == folder:
            return Bucket("tmp", len(folder))
    if parts[:1] == ("root",):
        depth = 1
    elif parts[:2] == ("var", "root") or (len(parts) > 1 and parts[0] in HOME_PARENTS):
        depth = 2
    elif len(parts) > 2 and parts[0] in HOME_MOUNTS and parts[1] == "home":
        depth = 3
    else:
        return SYSTEM
    for prefix, name in IN_HOME.items():
        if parts[depth : depth + len(prefix)] == prefix:
            return Bucket(name, depth + len(prefix))
    return Bucket("home", depth)
