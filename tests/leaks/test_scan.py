"""The scanner finds what is there, however it is written, and nothing else."""

import base64
import gzip
import hashlib
from collections.abc import Callable
from urllib.parse import quote

import pytest

from tests.leaks.canaries import KINDS, Mint
from tests.leaks.scan import Scanner

ENCODINGS: dict[str, Callable[[str], bytes]] = {
    "raw": str.encode,
    "upper case": lambda text: text.upper().encode(),
    "percent": lambda text: "".join(f"%{byte:02X}" for byte in text.encode()).encode(),
    "quoted URL": lambda text: quote(text, safe="").encode(),
    "base64": lambda text: base64.b64encode(b"user:" + text.encode()),
    "base64 for URLs": lambda text: base64.urlsafe_b64encode(text.encode()),
    "hex": lambda text: text.encode().hex().encode(),
    "JSON": lambda text: "".join(f"\\u{ord(char):04x}" for char in text).encode(),
    "HTML": lambda text: "".join(f"&#{ord(char)};" for char in text).encode(),
    "HTML in hex": lambda text: "".join(f"&#x{ord(char):x};" for char in text).encode(),
    "gzip": lambda text: b"....." + gzip.compress(text.encode()),
    "reversed": lambda text: text[::-1].encode(),
    "reversed gzip": lambda text: gzip.compress(text.encode())[::-1],
    "zero-width": lambda text: "\u200b".join(text).encode(),
    "split by quotes": lambda text: '""'.join(text).encode(),
    "md5": lambda text: hashlib.md5(text.encode()).hexdigest().encode(),
    "sha1": lambda text: hashlib.sha1(text.encode()).hexdigest().encode(),
    "sha256, cut": lambda text: hashlib.sha256(text.encode()).hexdigest()[:13].encode(),
}

SEED = 5


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_every_canary_is_found_in_every_encoding(encoding: str) -> None:
    """Before the scanner's silence means anything."""
    mint = Mint(SEED)
    canaries = [(name, kind.make(mint)) for name, kind in KINDS.items()]
    scanner = Scanner(canaries)
    for name, canary in canaries:
        output = b"<x>" + ENCODINGS[encoding](canary.text) + b"</x>"
        assert any(where.startswith(name) for where in scanner.found(output)), name


def test_eight_characters_of_a_secret_are_enough() -> None:
    """A part of a key is a leak too."""
    canary = KINDS["random token"].make(Mint(SEED))
    assert Scanner([("here", canary)]).found(canary.secret[9:17].encode()) == {"here"}
    assert Scanner([("here", canary)]).found(canary.secret[9:16].encode()) == set()


def test_the_canaries_of_one_seed_are_not_found_in_those_of_another() -> None:
    """No false alarms: random texts do not meet by chance."""
    one, other = Mint(1), Mint(2)
    scanner = Scanner([(name, kind.make(one)) for name, kind in KINDS.items() for _ in range(50)])
    text = "\n".join(kind.make(other).secret for kind in KINDS.values() for _ in range(50))
    assert scanner.found(text.encode()) == set()
