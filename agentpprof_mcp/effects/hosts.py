"""Host names out of URLs and git, ssh and scp remotes, without user, port, path or query."""

import re

__all__ = ["host_of_address", "host_of_image", "host_of_login", "host_of_remote", "host_of_url"]

URL = re.compile(
    r"(?:https?|wss?|ftps?|sftp|ssh|git|rsync)(?:\+\w+)?://(?:[^/?#\s@]*@)*"
    r"(\[[0-9A-Fa-f:.%]+\]|[^/?#\s@:\[\]'\"`,;|<>(){}\\]+)",
    re.IGNORECASE,
)
REMOTE = re.compile(r"(?:[\w.+-]+@)?([A-Za-z0-9_.-]{2,}):(?!//|\\)")
ADDRESS = re.compile(r"(?:[^/?#\s@]*@)*((?:[A-Za-z0-9_-]+\.)+[A-Za-z0-9]+|localhost)(?=[:/?#]|$)")
LOGIN = re.compile(r"(?:[^@\s]*@)?([A-Za-z0-9_.:-]+)$")
IMAGE = re.compile(r"((?:[A-Za-z0-9-]+\.)+[A-Za-z0-9]+)(?::\d+)?/")
MAX_HOST = 253


def host_of_url(text: str) -> str:
    """The host of a URL, lower case; empty when the text does not begin with one."""
    return _host(URL.match(text))


def host_of_remote(text: str) -> str:
    """The host of a URL, `host:path` or `user@host:path`; empty for anything else."""
    return _host(URL.match(text) or REMOTE.match(text))


def host_of_address(text: str) -> str:
    """The host of a URL, or of an address without scheme (`localhost:80/x`, `user@example.com`)."""
    return _host(URL.match(text) or ADDRESS.match(text))


def host_of_login(text: str) -> str:
    """The host of `host` or `user@host`."""
    return _host(LOGIN.match(text))


def host_of_image(text: str) -> str:
    """The registry of a container image like `ghcr.io/owner/name`; empty for the default one."""
    return _host(IMAGE.match(text))


def _host(match: re.Match[str] | None) -> str:
    """What matched; nothing when an expansion is part of it."""
    host = match[1].lower()[:MAX_HOST] if match else ""
    return "" if "\0" in host else host
