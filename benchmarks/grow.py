"""Copies of real history under new ids and at other times: more of it, in the same shape.

    python -m benchmarks.grow HOME DEST COPIES

The first copy is the history as it is. In each other one every uuid, message, request and tool id is
another, the same everywhere, and every time is a week earlier than in the copy before; file names follow.
"""

import random
import re
import sys
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

__all__ = ["FOLDERS", "grow", "several"]

FOLDERS = (".claude/projects", ".codex/sessions")

ID = re.compile(
    rb"([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
    rb"|\b(?:msg|req|resp|rs|fc|call|toolu)_[A-Za-z0-9]{8,}"
    rb"|(?<=\bagent-)[0-9a-f]{6,}|(?<=\"agentId\":\")[0-9a-f]{6,}|\b20\d\d-\d\d-\d\d(?=T))"
)
DAY = re.compile(rb"20\d\d-\d\d-\d\d")
HEX = b"0123456789abcdef"
STEP = timedelta(days=7)


def grow(home: Path, dest: Path, copies: int, keeps: Callable[[Path], bool] = bool) -> int:
    """Write the copies of the files that are to be kept; how many bytes."""
    return sum(
        _copies(path.read_bytes(), path.relative_to(home), dest, copies)
        for folder in FOLDERS
        for path in sorted((home / folder).rglob("*"))
        if path.is_file() and keeps(path)
    )


def several(path: Path, dest: Path, copies: int) -> None:
    """Write the copies of one file behind each other into another."""
    pieces = ID.split(path.read_bytes())
    dest.parent.mkdir(parents=True, exist_ok=True)
    with dest.open("wb") as stream:
        for number in range(copies):
            stream.write(b"".join(_renamed(pieces, number)))


def _copies(content: bytes, name: Path, dest: Path, copies: int) -> int:
    """The copies of one file."""
    pieces, names = ID.split(content), ID.split(str(name).encode())
    size = 0
    for number in range(copies):
        path = dest / b"".join(_renamed(names, number)).decode()
        if number and path == dest / name:  # no id in it
            path = path.with_stem(f"{path.stem}-{number}")
        path.parent.mkdir(parents=True, exist_ok=True)
        size += path.write_bytes(b"".join(_renamed(pieces, number)))
    return size


def _renamed(pieces: list[bytes], number: int) -> Iterator[bytes]:
    """Texts and ids in turn, the ids as they are in a copy."""
    digits = list(HEX)
    if number:
        random.Random(number).shuffle(digits)  # noqa: S311  the same in every run
    table = bytes.maketrans(HEX, bytes(digits))
    days: dict[bytes, bytes] = {}
    for at, piece in enumerate(pieces):
        if at % 2 == 0 or not number:
            yield piece
        elif DAY.fullmatch(piece):
            yield days.get(piece) or days.setdefault(piece, _earlier(piece, number))
        else:
            head, mark, tail = piece.rpartition(b"_")
            yield head + mark + tail.translate(table)


def _earlier(day: bytes, number: int) -> bytes:
    """A day some weeks before; itself if there is no such day."""
    try:
        return (date.fromisoformat(day.decode()) - number * STEP).isoformat().encode()
    except ValueError:
        return day


if __name__ == "__main__":
    print(grow(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])))
