"""The tables of `builtin` and `languages` turned into look-ups by word."""

from collections.abc import Container, Iterable, Iterator
from typing import NamedTuple

from agentpprof_mcp.taggers import builtin, languages
from agentpprof_mcp.taggers.builtin import NOUNS, ROWS, SIGNS, Row, Sign

__all__ = [
    "ANYWHERE",
    "ASKING",
    "ELSEWHERE",
    "GERUNDS",
    "KNOWN",
    "LEADING",
    "MARKERS",
    "MARKING",
    "OPENERS",
    "PARTICIPLES",
    "SIGNS_OF",
    "TELLING",
    "VERBS",
    "Verb",
    "gerund",
    "longest",
    "nouns_at",
    "participle",
    "phrase_at",
]


class Verb(NamedTuple):
    """A row, and what each noun that it knows means to it: a tag, and the name of the rule."""

    row: Row
    objects: dict[str, tuple[str, str]]
    places: frozenset[str]


TAGS = {noun.name: noun.tag for noun in NOUNS}


def _verb(row: Row) -> Verb:
    objects = {}
    for entry in row.objects.split():
        noun, own, tag = entry.partition(":")
        objects[noun] = (tag, f"to {row.name} {noun}") if own else (TAGS[noun], noun)
    places = frozenset(objects if row.places == "*" else row.places.split())
    return Verb(row, objects, places)


def gerund(verb: str) -> str:
    """`moving` of `move`, `looking-at` of `look-at`; good enough to be recognized."""
    first, hyphen, more = verb.partition("-")
    return first.removesuffix("e") + "ing" + hyphen + more


def participle(verb: str) -> str:
    """`moved` of `move`."""
    first, hyphen, more = verb.partition("-")
    return first.removesuffix("e") + "ed" + hyphen + more


BY_ROW = {row.name: _verb(row) for row in ROWS}
VERBS: dict[str, Verb] = {}
GERUNDS: dict[str, Verb] = {}
PARTICIPLES: dict[str, Verb] = {}
ANYWHERE: dict[str, Verb] = {}
for _row in ROWS:
    _made = BY_ROW[_row.name]
    for _word in _row.verbs.split():
        VERBS.setdefault(_word, _made)
        GERUNDS.setdefault(gerund(_word), _made)
        PARTICIPLES.setdefault(participle(_word), _made)
    for _word in languages.ANYWHERE.get(_row.name, "").split():
        ANYWHERE[_word] = _made
for _name, _words in languages.VERBS.items():  # English decides where a word is one of both
    for _word in _words.split():
        VERBS.setdefault(_word, BY_ROW[_name])

NOUNS_OF: dict[str, tuple[str, ...]] = {}
for _noun in NOUNS:
    for _word in f"{_noun.words} {languages.NOUNS.get(_noun.name, '')}".split():
        NOUNS_OF[_word] = (*NOUNS_OF.get(_word, ()), _noun.name)

SIGNS_OF: dict[str, tuple[tuple[int, Sign], ...]] = {}
"""Words, and nouns as `=name`, to the signs they are, each with its rank."""
for _rank, _sign in enumerate(SIGNS):
    for _word in _sign.words.split() + [f"={noun}" for noun in _sign.nouns.split()]:
        SIGNS_OF[_word] = (*SIGNS_OF.get(_word, ()), (_rank, _sign))

OPENERS = frozenset(f"{builtin.OPENERS} {languages.OPENERS}".split())
MARKERS = frozenset(builtin.MARKERS.split())
ASKING = builtin.ASKING | frozenset(languages.ASKING.split())
KNOWN = ASKING.union(NOUNS_OF, builtin.AUXILIARY, *builtin.SUBJECTS.values())
"""Words that no request has between its opener and its verb, where an unknown one may stand."""


def _phrases(*tables: Iterable[str]) -> dict[str, dict[str, int]]:
    """First words of phrases to what may follow, and to how many words the longest such phrase then has."""
    phrases: dict[str, dict[str, int]] = {}
    for phrase in _hyphenated(*tables):
        first, *more = phrase.split("-")
        seconds = phrases.setdefault(first, {})
        for at in range(1, len(more) + 1):  # who writes may hyphenate some of it
            second = "-".join(more[:at])
            seconds[second] = max(seconds.get(second, 0), len(more) - at + 2)
    return phrases


def _hyphenated(*tables: Iterable[str]) -> Iterator[str]:
    return (phrase for table in tables for phrase in table if "-" in phrase)


def _firsts(*tables: Iterable[str]) -> set[str]:
    """The first words of phrases."""
    return {phrase.partition("-")[0] for phrase in _hyphenated(*tables)}


PHRASES = _phrases(VERBS, OPENERS, MARKERS, NOUNS_OF, SIGNS_OF)


LEADING = OPENERS.union(MARKERS, _firsts(OPENERS, MARKERS))
MARKING = MARKERS.union(_firsts(MARKERS))
ELSEWHERE = frozenset(ANYWHERE).union(PARTICIPLES)
TELLING = frozenset(NOUNS_OF).union(SIGNS_OF, _firsts(NOUNS_OF, SIGNS_OF))
"""Words that may begin an opener or a marker, a marker, a request elsewhere, a noun or a sign: most begin none."""


def longest(words: list[str], at: int, table: Container[str]) -> int:
    """Words of the longest phrase of a table that stands at a place; 0 for none."""
    word = words[at]
    seconds = PHRASES.get(word)
    if seconds is not None and at + 1 < len(words):
        most = seconds.get(words[at + 1], 0)
        for length in range(min(most, len(words) - at), 1, -1):
            if "-".join(words[at : at + length]) in table:
                return length
    return 1 if word in table else 0


def phrase_at(words: list[str], at: int, length: int) -> str:
    """A phrase as the tables spell it."""
    return "-".join(words[at : at + length]) if length > 1 else words[at]


def nouns_at(words: list[str], at: int) -> tuple[str, ...]:
    """What the word at a place, or the phrase that begins there, stands for."""
    word = words[at]
    if word in TELLING:
        if word in PHRASES:
            word = phrase_at(words, at, longest(words, at, NOUNS_OF) or 1)
        found = NOUNS_OF.get(word)
        if found is not None:
            return found
    if word[0] == "/" and "/" not in word[1:]:  # a slash command
        return ("agents",)
    if "." not in word:
        return ()
    ending = word.rfind(".")
    noun = builtin.ENDINGS.get(word[ending:]) if ending > 0 else None
    return (noun,) if noun else ()
