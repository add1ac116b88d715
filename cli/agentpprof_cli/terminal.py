"""What a person at a terminal sees beside the answer: messages and progress."""

import sys

__all__ = ["say", "show_progress"]


def say(text: str) -> None:
    """One line on standard error."""
    sys.stderr.write(f"agentpprof: {text}\n")


def show_progress(what: str, done: int, total: int) -> None:
    """Redraw one line on a terminal; nothing elsewhere."""
    if sys.stderr.isatty():
        line = f"{what} {done + 1:,} of {total:,}" if done < total else ""
        sys.stderr.write(f"\r\x1b[K{line}")
        sys.stderr.flush()
