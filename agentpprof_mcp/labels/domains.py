"""Which name of a host may be shown: listed public sites in full, else the registrable name.

Tenants of shared hosts, names without a public suffix and special-use zones are `private`; an address
in any spelling is `ip`.
"""

import re
import unicodedata
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from agentpprof_mcp.labels.shape import CACHE, fits, slug

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList

__all__ = ["PUBLIC_SITES", "domain_name"]

UNKNOWN, PRIVATE, ADDRESS = "unknown", "private", "ip"
MAX_HOST = 253

_PUBLIC_SITES = """
    api.anthropic.com api.github.com api.openai.com api.osv.dev code.claude.com
    codeload.github.com crates.io developer.android.com developer.apple.com developer.chrome.com
    developer.mozilla.org developers.google.com developers.openai.com dl.google.com
    docs.anthropic.com docs.aws.amazon.com docs.claude.com docs.docker.com docs.github.com
    docs.gitlab.com docs.oracle.com docs.python.org docs.rs docs.rust-lang.org en.wikipedia.org
    fonts.googleapis.com gist.github.com gist.githubusercontent.com github.com gitlab.com go.dev
    huggingface.co kubernetes.io learn.microsoft.com lib.rs man7.org marketplace.visualstudio.com
    nodejs.org objects.githubusercontent.com openrouter.ai pkg.go.dev platform.openai.com
    raw.githubusercontent.com react.dev readthedocs.org release-assets.githubusercontent.com
    stackoverflow.com static.rust-lang.org superuser.com uploads.github.com www.rust-lang.org
    www.w3.org
"""
PUBLIC_SITES = frozenset(_PUBLIC_SITES.split())
SPECIAL_USE = frozenset(
    ["alt", "arpa", "example", "internal", "invalid", "local", "localhost", "onion", "test"]
)
"""Last labels that no public name has (RFC 6761 and later)."""

HOST = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")
ADDRESS_PART = re.compile(r"0x[0-9a-f]*|[0-9]+")
PORT = re.compile(r":[0-9]*$")
REGISTRY = "registry:"


@lru_cache(CACHE)
def domain_name(raw: str) -> str:
    """The value of a `domain:` frame for a host, or for `registry:NAME`; `unknown` for none."""
    if raw.startswith(REGISTRY):
        name = slug(raw.removeprefix(REGISTRY))
        return name if fits(name) else PRIVATE
    host = _bare(raw)
    if not host:
        return UNKNOWN
    if _is_address(host):
        return ADDRESS
    if host in PUBLIC_SITES:
        return host
    labels = host.split(".")
    if len(labels) < 2 or labels[-1] in SPECIAL_USE or not HOST.fullmatch(host):
        return PRIVATE
    return _registrable(host)


def _bare(raw: str) -> str:
    """The host alone, ASCII and lower case: userinfo, port, path, query and a last dot are cut."""
    host = unicodedata.normalize("NFKC", raw).strip().lower()
    host = host.rpartition("://")[2]
    host = re.split(r"[/?#\\]", host, maxsplit=1)[0].rpartition("@")[2]
    if host.startswith("[") or host.count(":") == 1:
        host = PORT.sub("", host)
    host = host.rstrip(".")
    if not host.isascii():
        try:
            host = host.encode("idna").decode()
        except UnicodeError:
            return "-"
    return host if len(host) <= MAX_HOST else "-"


def _is_address(host: str) -> bool:
    """IPv6, or anything that ends in a number: `127.1`, `2130706433`, `0x7f.1`, `0177.0.0.1`."""
    return ":" in host or ADDRESS_PART.fullmatch(host.rpartition(".")[2]) is not None


def _registrable(host: str) -> str:
    """The name below the public suffix, unless that names a tenant or looks like none."""
    everyone, icann = _suffixes()
    shared = everyone.publicsuffix(host)
    tenant = shared not in {host, icann.publicsuffix(host)}
    name = icann.privatesuffix(host)
    return name if name is not None and not tenant and fits(name) else PRIVATE


@cache
def _suffixes() -> "tuple[PublicSuffixList, PublicSuffixList]":
    """The bundled list with and without private suffixes; read once, when a host asks for it."""
    from publicsuffixlist import PublicSuffixList  # noqa: PLC0415  35 ms that most runs do not need

    return (
        PublicSuffixList(accept_unknown=False),
        PublicSuffixList(accept_unknown=False, only_icann=True),
    )
