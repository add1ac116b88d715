"""The alphabet of frames, and the shape that a name must have to be shown.

A frame holds letters and digits (of any script in path and project frames, ASCII elsewhere) and
`._/+:-`; everything else is `_`. A name is shown only when it looks like one: short, few words, not
random, no secret, no order to a reader who may be a language model.
"""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

__all__ = [
    "CACHE",
    "MAX_RAW",
    "clean",
    "cut",
    "fits",
    "is_secret",
    "is_suspect",
    "name_or",
    "scrub",
    "slug",
]

CACHE = 1 << 14
"""Entries of every memo of labels."""
MAX_RAW = 1024
"""Characters of a raw text that are looked at, or kept by a memo."""

MAX_NAME = 40
MAX_WORDS = 4
MAX_ENTROPY = 3.5
ENTROPY_FROM = 16
MIN_HUMP, MIN_LETTERS = 4, 3
"""Letters that a word in CamelCase has on average, and that it has for each capital, acronyms included."""

PUNCTUATION = "._/+:-"
ASCII = {
    code: chr(code) if chr(code).isalnum() or chr(code) in PUNCTUATION else "_"
    for code in range(128)
}
FILLERS = "\u115f\u1160"
"""Letters by category, but without ink."""

WORD = re.compile(r"[^\W_]+")
HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
EXTENSION = re.compile(r"(?<=.)\.[^\W_]{1,5}$")
DIGITS = re.compile(r"\d{7}")
MIXED = re.compile(r"[^\W\d_]\d+[^\W\d_]|\d[^\W\d_]+\d")

SECRET = (
    re.compile(  # keys and tokens; then e-mail, IPv4 and IPv6 addresses, a home folder as a name
        r"""(?<![A-Za-z0-9])(?:
      sk-(?=[\w-]*\d)[\w-]{8} | [spr]k_(?:live|test)_\w{8} | gh[pousr]_\w{12} | github_pat_\w{8}
    | glpat-[\w-]{8} | xox[a-z]-[\w-]{8} | xapp-[\w-]{8} | (?:AKIA|ASIA|AROA)[A-Z0-9]{12}
    | AIza[\w-]{16} | ya29\.[\w-]{8} | eyJ[\w-]{12} | npm_\w{16} | pypi-\w{16} | hf_\w{16}
    | SG\.[\w-]{12} | dop_v1_\w{12} | shp(?:at|ss|ca|pa)_\w{12} | key-[0-9a-f]{16} | AGE-SECRET-KEY
    | [0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}
    | (?=[a-f]{0,15}\d)[0-9a-f]{16}
    ) | [\w.+-]@[a-z] | ://[^/\s]*@ | -----BEGIN
    | (?<![\w.])(?:0?\d{1,3}\.){3}0?\d{1,3}(?![\w.])
    | (?<![0-9a-z])(?:(?:[0-9a-f]{1,4}:){3,7}|(?:[0-9a-f]{1,4}:){1,6}:)[0-9a-f]{1,4}(?![0-9a-z])
    | (?<![\w.])(?:[a-z]-)?-(?:home|users)-\w
    | (?:password|passwd|secret|token|api_?key)\s{0,9}[:=]\s{0,9}(?!redacted)\S""",
        re.VERBOSE | re.IGNORECASE,
    )
)
KEY_FILE = "-----BEGIN"
UNBROKEN = re.compile(r"\S+")

_ORDERS = """
    assistant bypass comply curl delete disregard execute exfiltrate forget ignore immediately
    important instruction instructions jailbreak must now obey override please pretend previous
    prior reveal rf rm run send sudo urgent wget you your
"""
ORDERS = frozenset(_ORDERS.split())
"""Words of planted instructions: two of them in one name are no name."""


@lru_cache(CACHE)
def clean(text: str) -> str:
    """Put a short text into the alphabet, letters and digits of any script included; case is kept."""
    if text.isascii():
        return text.translate(ASCII)
    return "".join(
        char if char in PUNCTUATION or (char.isalnum() and char not in FILLERS) else "_"
        for char in unicodedata.normalize("NFKC", text)
    )


@lru_cache(CACHE)
def slug(text: str) -> str:
    """Put a short text into the ASCII alphabet, lower case."""
    text = clean(text).lower()
    return text if text.isascii() else "".join(c if c.isascii() else "_" for c in text)


def cut(text: str, limit: int) -> str:
    """The longest start of `text` that has at most `limit` bytes of UTF-8."""
    if len(text) * 4 <= limit:
        return text
    return text.encode("utf-8", "ignore")[:limit].decode("utf-8", "ignore")


def is_secret(text: str) -> bool:
    """Whether text holds a known form of credential, an account id, an address, or a user's home."""
    return SECRET.search(text) is not None


def scrub(text: str) -> str:
    """The words of a text without those that hold such a secret or are random, and without key files."""
    text = text.partition(KEY_FILE)[0]
    hidden = bytearray(len(text))
    for match in SECRET.finditer(text):
        hidden[match.start() : match.end()] = b"x" * len(match[0])
    words = (w[0] for w in UNBROKEN.finditer(text) if not any(hidden[w.start() : w.end()]))
    return " ".join(word for word in words if not any(map(_is_random, WORD.findall(word))))


def is_suspect(name: str) -> bool:
    """Whether a name holds a secret or reads as an instruction."""
    words = {word.lower() for part in WORD.findall(name) for word in HUMP.split(part)}
    return len(words & ORDERS) > 1 or is_secret(name)


@lru_cache(CACHE)
def fits(name: str) -> bool:
    """Whether a cleaned name may be shown as it is (the shape check).

    At most 40 bytes and 4 words beside a file extension, no 7 digits in a row, not random.
    """
    if not name or len(name.encode()) > MAX_NAME or DIGITS.search(name):
        return False
    words = WORD.findall(EXTENSION.sub("", name))
    if not words or len(words) > MAX_WORDS or is_suspect(name):
        return False
    return not any(_is_random(text) for text in _units(name, words))


def name_or(instead: str, raw: str) -> str:
    """The cleaned name, or `instead` when it may not be shown, or was a secret before it was cleaned."""
    name = clean(raw)
    return name if fits(name) and not is_secret(raw) else instead


def _units(name: str, words: list[str]) -> Iterator[str]:
    """What is to be judged for randomness: words, since several of them are as varied as random text.

    Digits inside a word, and capitals that begin no words, are signs of a random name: it is one unit.
    """
    if MIXED.search(name):
        yield name
    for word in words:
        humps = HUMP.split(word)
        least = max(MIN_HUMP * len(humps), MIN_LETTERS * sum(map(str.isupper, word)))
        yield from humps if len(word) >= least else [word]


def _is_random(text: str) -> bool:
    return len(text) >= ENTROPY_FROM and _entropy(text) >= MAX_ENTROPY


def _entropy(text: str) -> float:
    """Bits per character."""
    return -sum(
        count / len(text) * math.log2(count / len(text)) for count in Counter(text).values()
    )
