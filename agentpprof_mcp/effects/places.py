"""Folders and paths as commands write them: joined as text, resolved only by `labels`."""

import re

__all__ = ["join", "literal_part"]

ROOTED = re.compile(r"[/\\~]|[A-Za-z]:|file://")
UNFIXED = re.compile(r"[*?\[{\x00]")
"""A wildcard, or what the shell would put in (`shell.UNKNOWN`)."""


def join(folder: str, path: str) -> str:
    """`path` seen from `folder`: itself when it is rooted, or when no folder is known."""
    if not folder or ROOTED.match(path):
        return path
    if path in {"", "."}:
        return folder
    return f"{folder}/{path}"


def literal_part(path: str) -> str:
    """The folder above the first segment that is not fixed; empty when the first one is not."""
    unfixed = UNFIXED.search(path)
    if unfixed is None:
        return path
    head = path[: unfixed.start()]
    cut = max(head.rfind("/"), head.rfind("\\"))
    return head[:cut] or "/" if cut >= 0 else ""
