"""Canaries: texts of the shapes that secrets and private names have, random and each made once.

A canary's `secret` is the part that must not be shown: of an e-mail address what stands before the
`@`, of a host below a public name the label in front of it.
"""

import random
import string
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address
from typing import NamedTuple

__all__ = ["KINDS", "Canary", "Kind", "Mint"]

LETTERS = string.ascii_lowercase
ALNUM = string.ascii_letters + string.digits
HEX = "0123456789abcdef"


class Mint:
    """Random parts of canaries; one seed gives the same parts."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)

    def text(self, size: int, alphabet: str = ALNUM) -> str:
        """Random characters, with a letter first and a digit for company where there are digits."""
        middle = "".join(self.dice.choices(alphabet, k=size - 2))
        digits = [char for char in alphabet if char.isdigit()] or LETTERS
        letters = [char for char in alphabet if char.isalpha()]
        return self.dice.choice(letters) + middle + self.dice.choice(digits)

    def word(self) -> str:
        """A word that nobody else uses."""
        return "".join(self.dice.choices(LETTERS, k=10))

    def ip4(self) -> IPv4Address:
        """A private address."""
        return IPv4Address((10 << 24) + self.dice.randrange(1 << 20, 1 << 24))

    def ip6(self) -> IPv6Address:
        """An address of the documentation range, without a run of zeros."""
        groups = [0x2001, 0x0DB8, *(self.dice.randrange(0x1000, 0xFFFF) for _ in range(6))]
        return IPv6Address(sum(group << 16 * (7 - place) for place, group in enumerate(groups)))


class Canary(NamedTuple):
    """What is planted, the part of it that must not be seen, and whether slices of that count too."""

    text: str
    secret: str
    sliced: bool = True


class Kind(NamedTuple):
    """A way to make canaries. `shaped`: not even a place for names may show it."""

    make: Callable[[Mint], Canary]
    shaped: bool


def _secret(before: str, size: int, after: str = "", alphabet: str = ALNUM) -> Kind:
    """A random secret between fixed texts."""

    def make(mint: Mint) -> Canary:
        secret = mint.text(size, alphabet)
        return Canary(f"{before}{secret}{after}", secret)

    return Kind(make, shaped=True)


def _name(before: str = "", after: str = "") -> Kind:
    """A private name between fixed texts: one that looks like any name."""

    def make(mint: Mint) -> Canary:
        secret = mint.word()
        return Canary(f"{before}{secret}{after}", secret)

    return Kind(make, shaped=False)


def _address(spell: Callable[[Mint], str], *, shaped: bool) -> Kind:
    def make(mint: Mint) -> Canary:
        text = spell(mint)
        return Canary(text, text, sliced=False)

    return Kind(make, shaped)


def _octal(address: IPv4Address) -> str:
    return ".".join(f"0{part:o}" for part in address.packed)


KINDS: dict[str, Kind] = {
    "anthropic key": _secret("sk-ant-api03-", 32),
    "openai key": _secret("sk-proj-", 32),
    "github token": _secret("ghp_", 36),
    "github fine token": _secret("github_pat_", 40),
    "gitlab token": _secret("glpat-", 20),
    "slack token": _secret("xoxb-", 24),
    "aws key": _secret("AKIA", 16, alphabet=string.ascii_uppercase + string.digits),
    "google key": _secret("AIza", 35),
    "npm token": _secret("npm_", 36),
    "pypi token": _secret("pypi-", 40),
    "stripe key": _secret("sk_live_", 24),
    "json web token": _secret("eyJhbGciOiJIUzI1NiJ9.", 40),
    "random token": _secret("", 28),
    "random hex": _secret("", 20, alphabet=HEX),
    "long hex": _secret("", 40, alphabet=HEX),
    "bearer header": _secret("Bearer ", 32),
    "basic header": _secret("Authorization: Basic ", 32),
    "assignment": _secret("DB_PASSWORD=", 12),
    "other assignment": _secret("STRIPE=", 24),
    "URL password": _secret("redis://app:", 12, "@cache.internal:6379/0"),
    "e-mail": _secret("", 12, "@corp.example.com", LETTERS),
    "short e-mail": _secret("", 12, "@corp", LETTERS),
    "home as a folder name": _secret("-home-", 10, "-app", LETTERS),
    "Windows home as a folder name": _secret("C--Users-", 10, "-app", LETTERS),
    "private key": _secret(
        "-----BEGIN RSA PRIVATE KEY-----\n", 120, "\n-----END RSA PRIVATE KEY-----"
    ),
    "IPv4": _address(lambda mint: str(mint.ip4()), shaped=True),
    "IPv4 as a number": _address(lambda mint: str(int(mint.ip4())), shaped=True),
    "IPv4 in hex": _address(lambda mint: hex(int(mint.ip4())), shaped=False),
    "IPv4 in octal": _address(lambda mint: _octal(mint.ip4()), shaped=True),
    "IPv6": _address(lambda mint: str(mint.ip6()), shaped=True),
    "IPv6 in brackets": _address(lambda mint: f"[{mint.ip6()}]", shaped=True),
    "IPv4 in IPv6": _address(lambda mint: f"::ffff:{mint.ip4()}", shaped=True),
    "host": _name(),
    "internal host": _name("db.", ".internal"),
    "network host": _name("", ".corp.lan"),
    "host below a public name": _name("", ".example.com"),
    "bucket": _name("", ".s3.amazonaws.com"),
    "branch": _name("feature-"),
    "customer": _name(),
}
"""All kinds by name."""
