"""Files that an `apply_patch` text adds, updates, deletes or moves to."""

import re

__all__ = ["MAX_FILES", "patched_files"]

MAX_FILES = 256

FILE = re.compile(r"^\*\*\* (?:Add File|Update File|Delete File|Move to): (.+)$", re.MULTILINE)
"""Lines of new content begin with `+`, so text inside a patch cannot look like this."""


def patched_files(patch: str) -> list[str]:
    """Distinct paths as written, in order, at most `MAX_FILES`."""
    found: dict[str, None] = {}
    for match in FILE.finditer(patch):
        if name := match[1].strip():
            found[name] = None
            if len(found) == MAX_FILES:
                break
    return list(found)
