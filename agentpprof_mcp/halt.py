"""Asking work in a thread to stop. Whoever waits for it no longer does; threads cannot be ended from outside.

Work that may take long calls `checkpoint` often enough: with every piece of a file. Where nobody may ask,
as on the command line, that does nothing.
"""

import contextlib
from collections.abc import Callable, Iterator
from contextvars import ContextVar

__all__ = ["Stopped", "checkpoint", "stopping"]

_asked: ContextVar[Callable[[], bool] | None] = ContextVar("asked", default=None)


class Stopped(Exception):  # noqa: N818  nothing went wrong, and nobody reads it
    """The work was asked to stop."""


@contextlib.contextmanager
def stopping(asked: Callable[[], bool]) -> Iterator[None]:
    """Let checkpoints of this thread stop as soon as `asked()` is true."""
    token = _asked.set(asked)
    try:
        yield
    finally:
        _asked.reset(token)


def checkpoint() -> None:
    """Raise `Stopped` when this thread was asked to stop."""
    asked = _asked.get()
    if asked is not None and asked():
        raise Stopped
