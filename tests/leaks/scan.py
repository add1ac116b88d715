"""A scanner for canaries: it undoes every usual encoding of an output and looks for slices of secrets."""

import base64
import binascii
import hashlib
import html
import re
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from urllib.parse import unquote

from tests.leaks.canaries import Canary

__all__ = ["Scanner", "forms"]

SLICE = 8
DIGEST_SLICE = 12
HASHES = ("md5", "sha1", "sha256", "blake2b")
GZIP = b"\x1f\x8b\x08"
BASE64 = re.compile(r"[A-Za-z0-9+/_-]{12,}={0,2}")
HEX = re.compile(r"(?:[0-9a-f]{2}){8,}", re.IGNORECASE)
ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})|\\x([0-9a-fA-F]{2})")
INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad\"'`\\"))


def forms(data: bytes) -> Iterator[str]:
    """An output as it is, and as it reads when one encoding is undone."""
    for plain in (data, data[::-1]):
        yield from _unpacked(plain)
    text = data.decode("utf-8", "replace")
    yield text[::-1]
    yield unquote(text)
    yield html.unescape(text)
    yield ESCAPE.sub(lambda match: chr(int(match[1] or match[2], 16)), text)
    yield text.translate(INVISIBLE)
    yield "\n".join(_hex(run[0]) for run in HEX.finditer(text))
    runs = [run[0] for run in BASE64.finditer(text)]
    yield "\n".join(_base64(run[start:]) for run in runs for start in range(4))


def _unpacked(data: bytes) -> Iterator[str]:
    """The bytes, and those of every gzip member in them."""
    yield data.decode("utf-8", "replace")
    start = data.find(GZIP)
    while start >= 0:
        with suppress(zlib.error):
            yield zlib.decompressobj(wbits=31).decompress(data[start:]).decode("utf-8", "replace")
        start = data.find(GZIP, start + 1)


def _base64(run: str) -> str:
    run = run.rstrip("=").translate(str.maketrans("-_", "+/"))
    run = run[:-1] if len(run) % 4 == 1 else run
    return base64.b64decode(run + "=" * (-len(run) % 4)).decode("utf-8", "replace")


def _hex(run: str) -> str:
    return binascii.unhexlify(run).decode("utf-8", "replace")


def _windows(text: str, size: int) -> Iterator[str]:
    return (text[start : start + size] for start in range(len(text) - size + 1))


class Scanner:
    """Knows canaries by their slices, by their whole, and by their unkeyed hashes."""

    def __init__(self, canaries: Iterable[tuple[str, Canary]]) -> None:
        """Each canary comes with a word for where it was planted."""
        self._slices: dict[str, str] = {}
        self._wholes: dict[str, str] = {}
        self._digests: dict[str, str] = {}
        for where, canary in canaries:
            secret = canary.secret.lower()
            if canary.sliced:
                self._slices.update((piece, where) for piece in _windows(secret, SLICE))
            else:
                self._wholes[secret] = where
            for text in {canary.secret, canary.text, secret, canary.text.lower()}:
                for name in HASHES:
                    digest = hashlib.new(name, text.encode()).hexdigest()
                    self._digests[digest[:DIGEST_SLICE]] = f"{where}, hashed"

    def found(self, data: bytes) -> set[str]:
        """Where the canaries were planted that can be seen in an output."""
        seen: set[str] = set()
        for form in set(forms(data)):
            text = form.lower()
            windows = set(_windows(text, SLICE))
            seen.update(self._slices[piece] for piece in windows & self._slices.keys())
            seen.update(where for whole, where in self._wholes.items() if whole in text)
            hashed = set(_windows(text, DIGEST_SLICE)) & self._digests.keys()
            seen.update(self._digests[piece] for piece in hashed)
        return seen
