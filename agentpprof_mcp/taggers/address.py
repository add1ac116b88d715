"""Where a language model may be asked: an address that the user named, on this machine unless they say otherwise."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from agentpprof_mcp.errors import UserError

__all__ = ["completions_url"]

PATH = "/v1/chat/completions"
MOST = 2048


def completions_url(address: str, *, remote: bool) -> str:
    """The URL of chat completions on a server, given as `http://HOST:PORT`, with or without `/v1`.

    Raises `UserError` for what is no such address, or not on this machine unless `remote`. The text
    never repeats the address: it may hold a password.
    """
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise UserError("--llama-url is no URL; give one such as http://127.0.0.1:8080") from None
    if parts.username is not None or parts.password is not None:
        raise UserError("--llama-url holds a user name or password; give it without")
    plain = len(address) <= MOST and address.isascii() and address.isprintable()
    if parts.scheme not in {"http", "https"} or not host or not plain or " " in address:
        raise UserError("--llama-url is no URL of http; give one such as http://127.0.0.1:8080")
    if parts.query or parts.fragment:
        raise UserError("--llama-url ends in a query; give only the server's address")
    if not remote and not _is_here(host):
        raise UserError(
            "--llama-url is not on this machine, and the beginning of your prompts would be sent there;"
            " --allow-remote-llm permits it"
        )
    base = parts.path.rstrip("/").removesuffix(PATH).removesuffix("/v1")
    return f"{parts.scheme}://{parts.netloc}{base}{PATH}"


def _is_here(host: str) -> bool:
    """Whether a host is this machine, by the plain spellings; an odd one is not."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
