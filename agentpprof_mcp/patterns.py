"""Patterns that a caller gives, over frames: linear in time, whatever they are."""

from collections.abc import Callable

from agentpprof_mcp.errors import UserError

__all__ = ["matcher"]

MAX_PATTERN = 1024


def matcher(pattern: str) -> Callable[[str], bool]:
    """Whether a text holds the pattern, in any case. Raises `UserError` for what RE2 does not read."""
    import re2  # noqa: PLC0415  only who gives a pattern pays for it

    options = re2.Options()
    options.log_errors = False
    options.case_sensitive = False
    if len(pattern) > MAX_PATTERN:
        raise UserError(f"the pattern is longer than {MAX_PATTERN} characters")
    try:
        search = re2.compile(pattern, options).search
    except (re2.error, UnicodeError):
        raise UserError(
            "the pattern is no regular expression of RE2 (no look-around, no back-references);"
            " plain words such as cargo|pytest work"
        ) from None
    return lambda text: search(text) is not None
