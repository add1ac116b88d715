"""The last answers, for as long as the history that they were made of stays as it is.

An agent asks on: the next page, one frame of the table that it has just seen. History is looked through
for changes each time, by names, sizes and times; none of it is opened.
"""

import os
import threading
from collections.abc import Callable, Hashable, Iterable
from pathlib import Path
from typing import Generic, TypeVar

from agentpprof_mcp.readers.framing import MAX_WALK_DEPTH

__all__ = ["Memo", "state_of"]

Answer = TypeVar("Answer")


class Memo(Generic[Answer]):
    """At most `most` answers of at most `heaviest` weight in all; the one used longest ago goes first."""

    def __init__(self, most: int, heaviest: int, weight: Callable[[Answer], int]) -> None:
        self._most = most
        self._heaviest = heaviest
        self._weight = weight
        self._answers: dict[Hashable, Answer] = {}
        self._lock = threading.Lock()

    def get(self, question: Hashable, make: Callable[[], Answer]) -> Answer:
        """The answer to an equal question, or one that is made now and kept if it is small enough."""
        with self._lock:
            if question in self._answers:
                answer = self._answers[question] = self._answers.pop(question)
                return answer
        answer = make()
        if self._weight(answer) > self._heaviest:
            return answer
        with self._lock:
            self._answers[question] = answer
            while (
                len(self._answers) > self._most
                or sum(map(self._weight, self._answers.values())) > self._heaviest
            ):
                del self._answers[next(iter(self._answers))]
        return answer


def state_of(places: Iterable[Path]) -> int:
    """A number that changes when a file at or below one of the places does, appears or goes."""
    state: list[tuple[str, int, int, int]] = []
    for place in places:
        pending = [(os.fspath(place), 0)]
        while pending:
            path, depth = pending.pop()
            try:
                with os.scandir(path) as listing:
                    for entry in listing:
                        if entry.is_dir(follow_symlinks=False):
                            if depth < MAX_WALK_DEPTH:
                                pending.append((entry.path, depth + 1))
                        else:
                            state.append(_stamp(entry.path, entry.stat(follow_symlinks=False)))
            except NotADirectoryError:
                state.append(_stamp(path, Path(path).stat()))
            except OSError:
                state.append((path, 0, 0, 0))
    return hash(tuple(sorted(state)))


def _stamp(path: str, info: os.stat_result) -> tuple[str, int, int, int]:
    return path, info.st_ino, info.st_size, info.st_mtime_ns
