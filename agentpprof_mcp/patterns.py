"""Patterns that a user or a caller gives: linear in time, whatever they are."""

from collections.abc import Callable

from agentpprof_mcp.errors import UserError

__all__ = ["MAX_PATTERN", "matcher"]

MAX_PATTERN = 1024


def matcher(
    pattern: str, name: str = "the pattern", *, any_case: bool = True
) -> Callable[[str], bool]:
    """Whether a text holds the pattern. Raises `UserError`, which says the `name`, for what RE2 does not read."""
    import re2  # noqa: PLC0415  only who gives a pattern pays for it

    options = re2.Options()
    options.log_errors = False
    options.case_sensitive = not any_case
    if len(pattern) > MAX_PATTERN:
        raise UserError(f"{name} is longer than {MAX_PATTERN} characters")
    try:
        search = re2.compile(pattern, options).search
    except (re2.error, UnicodeError):
        raise UserError(
            f"{name} is no regular expression of RE2 (no look-around, no back-references);"
            " plain words such as cargo|pytest work"
        ) from None
    return lambda text: search(text) is not None
