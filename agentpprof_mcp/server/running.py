"""Work in a thread, with progress for the client, and an end as soon as nobody waits for it."""

import threading
import time
from collections.abc import Callable
from typing import Protocol, TypeVar

from anyio import from_thread
from anyio.to_thread import run_sync

from agentpprof_mcp.halt import checkpoint, stopping

__all__ = ["Listener", "Progress", "run"]

Progress = Callable[[str, int, int], None]
"""Told what is done, and to how many of how many."""
Result = TypeVar("Result")

INTERVAL = 0.25
"""Seconds between two reports, which clients show to a person. Quick answers make none."""


class Listener(Protocol):
    """Who is told about progress: a call's context."""

    async def report_progress(
        self, progress: float, total: float | None = None, message: str | None = None
    ) -> None:
        """Tell the client, if it asked for it."""
        ...


async def run(work: Callable[[Progress], Result], listener: Listener | None) -> Result:
    """The result of `work` in a thread. Cancelled, it goes on without waiting, and the work stops soon."""
    given_up = threading.Event()
    due = time.monotonic() + INTERVAL

    def progress(what: str, done: int, total: int) -> None:
        nonlocal due
        checkpoint()
        if listener is not None and time.monotonic() >= due:
            text = f"{what} {done:,} of {total:,}"
            from_thread.run(listener.report_progress, done, total, text)
            due = time.monotonic() + INTERVAL

    def stoppable() -> Result:
        with stopping(given_up.is_set):
            return work(progress)

    try:
        return await run_sync(stoppable, abandon_on_cancel=True)
    finally:
        given_up.set()
