"""What a person at a terminal sees beside the answer: messages and progress."""

import sys

__all__ = ["say", "show_progress"]


def say(text: str) -> None:
    """One line on standard error."""
    sys.stderr.write(f"agentpprof: {text}\n")


def show_progress(done: int, total: int) -> None:
    """Redraw one line on a terminal; nothing elsewhere."""
    if sys.stderr.isatty():
        end = "\r\x1b[K" if done + 1 >= total else ""
        sys.stderr.write(f"\rreading session {done + 1:,} of {total:,}{end}")
        sys.stderr.flush()
