"""From a text to clauses: lower-case words, where a request may begin among them, whether they ask."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from agentpprof_mcp.taggers import languages
from agentpprof_mcp.taggers.builtin import JOINTS, LINKS

__all__ = ["Clause", "clauses_of"]

MAX_CLAUSES = 24
STRIPPED = "\"'`*_()[]{}<>#-.,:;?!…“”„«»¿¡。，、？！：；「」"
ENDS, ASKS, PAUSES = ".?!;:。？！；：", "?？", ",，、"
ADDRESS = ("http://", "https://")

UNSPACED = (("\u2e80", "\u9fff"), ("\uac00", "\ud7af"))
"""Letters of scripts that put no blanks between words, or endings to them. No regular expression: to make
one of such ranges takes longer than all other tables together."""


class Clause(NamedTuple):
    """`heads` are places in `words`: the first, and those behind a comma, a joint or an address."""

    words: list[str]
    heads: list[int]
    asks: bool


def clauses_of(text: str) -> Iterator[Clause]:
    """The first clauses of a text; a line ends one, and punctuation does."""
    left = MAX_CLAUSES
    for line in text.splitlines():
        words: list[str] = []
        heads = [0]
        for piece in line.split():
            found, pauses, ends, passes = _piece(piece)
            if words or not passes:
                words += found
            if ends and words:
                yield Clause(words, heads, piece[-1] in ASKS)
                words, heads = [], [0]
                left -= 1
            elif pauses and words and heads[-1] != len(words):
                heads.append(len(words))
        if words:
            yield Clause(words, heads, asks=False)
            left -= 1
        if left <= 0:
            return


class Piece(NamedTuple):
    """The words of a piece of text without blanks.

    A request may begin behind it if it `pauses`; a clause is over if it `ends`. At the beginning of a clause, one
    that `passes` is nothing.
    """

    words: tuple[str, ...]
    pauses: bool
    ends: bool
    passes: bool = False


@lru_cache(1 << 13)
def _piece(text: str) -> Piece:
    """What a piece holds. An address stands for a noun; it passes, and so does the number of a list's entry."""
    low = text.lower()
    pauses, ends = text[-1] in PAUSES, text[-1] in ENDS
    if low.startswith(ADDRESS):
        noun = next((word for part, word in LINKS.items() if part in low), "link")
        return Piece((noun,), pauses=True, ends=ends, passes=True)
    if not low.isascii():
        if _is_unspaced(low):
            return Piece(tuple(_unspaced_words().findall(low)), pauses, ends)
        low = low.replace("’", "'")
    word = low.rstrip(STRIPPED) if low[0] == "." else low.strip(STRIPPED)
    if not word:
        return Piece((), pauses, ends)
    passes = low[-1] in ".)" and word.isdecimal()
    return Piece((word,), pauses or word in JOINTS, ends, passes)


def _is_unspaced(word: str) -> bool:
    """Whether a word has letters of `UNSPACED`."""
    return any(first <= letter <= last for letter in word for first, last in UNSPACED)


@lru_cache(1)
def _unspaced_words() -> re.Pattern[str]:
    """Finds the words that we know, longer ones first, and whatever is Latin."""
    tables = [*languages.NOUNS.values(), *languages.ANYWHERE.values(), languages.ASKING]
    known = [word for table in tables for word in table.split() if _is_unspaced(word)]
    known.sort(key=len, reverse=True)
    return re.compile("|".join([*map(re.escape, known), r"[a-z0-9_.\-]+"]))
