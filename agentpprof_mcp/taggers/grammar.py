"""The built-in rules at work: what a prompt asks for, and which rule says so.

A prompt is read clause by clause. A request decides at once; what is only told, asked or hinted at is kept
while nothing stronger follows. See docs/tags.md for the order, `builtin` for the words.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import chain, islice

import msgspec

from agentpprof_mcp.taggers.builtin import (
    ASKED_OF,
    AUXILIARY,
    CHOICES,
    LEVEL,
    PLANS,
    PREPOSITIONS,
    PRONOUNS,
    SUBJECTS,
    TAKING,
    YIELDING,
    Sign,
)
from agentpprof_mcp.taggers.clauses import Clause, clauses_of
from agentpprof_mcp.taggers.lexicon import (
    ANYWHERE,
    ASKING,
    ELSEWHERE,
    GERUNDS,
    KNOWN,
    LEADING,
    MARKERS,
    MARKING,
    OPENERS,
    PARTICIPLES,
    SIGNS_OF,
    TELLING,
    VERBS,
    Verb,
    longest,
    nouns_at,
    phrase_at,
)

__all__ = ["NOTHING", "Verdict", "judge", "unwrapped"]

LOOKED_AT = 1200
"""Characters of a prompt that are read; what is pasted comes later, if not first."""

SOUGHT = 4096
"""Characters in which what an editor put before a prompt is taken out."""

REACH = 12
"""Words behind a verb among which its object is looked for."""

SHORT, OFFER = 7, 20
"""Words of a reply that says nothing else than to go on, and of one that makes a choice."""

WRAPPER = re.compile(r"<(ide_[a-z_]+|system-reminder)>.{0,4000}?</\1>", re.DOTALL)
FENCE = re.compile(r"```.{0,4000}?(?:```|\Z)", re.DOTALL)
PLAN = re.compile(
    r"\s*(?:please )?implement (?:the following|this) plan:?\s+#*([^\n]{1,200})", re.IGNORECASE
)
PLAN_WORDS = re.compile(r"\b(?:(?:implementation|integration) )?plan\b:?", re.IGNORECASE)
TRACE = re.compile(
    r"^(?:Traceback \(most recent|panic: |thread '[^'\n]*' panicked|\s+at [\w.$<>]{1,80} ?\(|--- FAIL"
    r"|FAILED |E  {2,}|[\w.]{0,60}(?:Error|Exception): |error(?:\[\w+\])?: |fatal: |npm ERR!)",
    re.MULTILINE,
)


class Verdict(msgspec.Struct, frozen=True):
    """What a text is about, the name of the rule that says so, and how much that says."""

    level: int
    tag: str
    rule: str
    row: str = ""


NOTHING = Verdict(0, "", "")
REPLY = Verdict(LEVEL.hint, "continue", "a short reply")
CHOICE = Verdict(LEVEL.work, "continue", "a choice")
QUESTION = Verdict(LEVEL.answer, "question", "a question")
PASTED = Verdict(LEVEL.told, "debug", "a pasted error")
CARRY_OUT = Verdict(LEVEL.work, "feature", "a plan to carry out")


def unwrapped(text: str) -> str:
    """The beginning of what was typed, without what editors and agents put around it."""
    return WRAPPER.sub(" ", text[:SOUGHT])


@lru_cache(1024)
def judge(text: str, without: frozenset[str] = frozenset()) -> Verdict:
    """What a prompt asks for; `NOTHING` where no rule fits. `without` names rules to leave out."""
    text = unwrapped(text)[:LOOKED_AT]
    plan = PLAN.match(text)
    if plan and CARRY_OUT.rule not in without:
        title = _Judge(without).decide(PLAN_WORDS.sub(" ", plan[1]))
        return title if title.tag and title.tag not in PLANS else CARRY_OUT
    return _Judge(without).decide(text)


class _Judge:
    """The rules without some of them."""

    def __init__(self, without: frozenset[str]) -> None:
        self.without = without

    def decide(self, text: str) -> Verdict:
        """The verdict on a text as it stands."""
        text = FENCE.sub(" ", text)
        length = len(text.split(maxsplit=OFFER))
        clauses = clauses_of(text)
        if length < OFFER and self._has(CHOICE):
            first = [*islice(clauses, 1)]
            if first and _chooses(first[0].words):
                return CHOICE
            clauses = chain(first, clauses)
        best = self._strongest(_parted(clauses))
        if best.level < LEVEL.work and self._has(PASTED) and TRACE.search(text):
            return PASTED
        if not best.level and length <= SHORT and self._has(REPLY):
            return REPLY
        return best

    def _has(self, verdict: Verdict) -> bool:
        return verdict.rule not in self.without

    def _strongest(self, clauses: Iterable[Clause]) -> Verdict:
        """The first request, unless it is about what was told before; else the strongest of the rest."""
        best = NOTHING
        for clause in clauses:
            words = clause.words
            inquires = _inquires(words)
            at, request = self._request(words, [0] if inquires else clause.heads)
            works = request.level == LEVEL.work
            asked = clause.asks or inquires
            told = self._sign(words[:at] if works else words, asked=asked)
            best = max(best, told, key=_level)
            if works:
                return best if best.level == LEVEL.told and request.row in YIELDING else request
            best = max(best, request, key=_level)
            if asked and best.level < QUESTION.level and self._has(QUESTION):
                best = QUESTION
        return best

    def _request(self, words: list[str], heads: Iterable[int]) -> tuple[int, Verdict]:
        """The first request for work among those that may begin at some places, or else the strongest."""
        place, best = len(words), NOTHING
        for at in heads:
            found = self._at_head(words, at)
            if found.level > best.level:
                place, best = at, found
            if best.level == LEVEL.work:
                break
        return (place, best) if best.level else (0, self._elsewhere(words))

    def _at_head(self, words: list[str], at: int) -> Verdict:
        """A request whose verb stands behind openers, or behind one unknown word, as an adverb is."""
        start, at = at, _past_openers(words, at)
        if at == len(words):
            return NOTHING
        length = longest(words, at, VERBS)
        may_skip = at > start or len(words) - at < SHORT
        if not length and may_skip and at + 1 < len(words) and _is_unknown(words[at]):
            at += 1
            length = longest(words, at, VERBS)
        if not length:
            return NOTHING
        behind = at + length
        if any(word in AUXILIARY for word in words[behind : behind + _subject(words, at)]):
            return NOTHING  # "the checkout is slow", "release jobs are red"
        if words[at] in TAKING and behind < len(words) and words[behind] in GERUNDS:
            return self._of_verb(GERUNDS[words[behind]], words, behind + 1)
        verb = VERBS[phrase_at(words, at, length)]
        if behind < len(words) and words[behind] in PRONOUNS:  # "the guide is outdated, update it"
            told = self._of_verb(verb, words[:at], 0)
            if told.rule != f"to {verb.row.name}":
                return told
        return self._of_verb(verb, words, behind)

    def _elsewhere(self, words: list[str]) -> Verdict:
        """A request by a verb that comes last, or by a participle: "the docs should be updated"."""
        if ELSEWHERE.isdisjoint(words):  # as for most clauses
            return NOTHING
        for at, word in enumerate(words):
            if word in ANYWHERE:
                return self._of_verb(ANYWHERE[word], words, 0)
            if (
                word in PARTICIPLES
                and at > 1
                and words[at - 1] == "be"
                and words[at - 2] in ASKED_OF
            ):
                return self._of_verb(PARTICIPLES[word], words, 0)
        return NOTHING

    def _of_verb(self, verb: Verb, words: list[str], start: int) -> Verdict:
        """What a verb asks for, by the first noun from a place on that its row knows."""
        row, objects, places = verb
        behind = False
        for at in range(start, min(len(words), start + REACH)):
            for noun in nouns_at(words, at):
                if noun in objects and (noun in places or not behind):
                    tag, rule = objects[noun]
                    if rule not in self.without:
                        return Verdict(
                            LEVEL.asked if row.vague else LEVEL.work, tag, rule, row.name
                        )
            behind = behind or words[at] in PREPOSITIONS
        rule = f"to {row.name}"
        if not row.tag or rule in self.without:
            return NOTHING
        level = LEVEL.hint if row.tag == "continue" else LEVEL.answer if row.vague else LEVEL.work
        return Verdict(level, row.tag, rule, row.name)

    def _sign(self, words: list[str], *, asked: bool) -> Verdict:
        """The strongest sign among words."""
        best: tuple[int, Sign] | None = None
        telling = [
            at for at, word in enumerate(words) if word in TELLING or "." in word or word[0] == "/"
        ]
        for at in telling:
            found = SIGNS_OF.get(phrase_at(words, at, longest(words, at, SIGNS_OF)), ())
            for noun in nouns_at(words, at):
                found += SIGNS_OF.get(f"={noun}", ())
            for ranked in found:
                sign = ranked[1]
                fits = sign.asked is None or sign.asked is asked
                if fits and (best is None or ranked[0] < best[0]) and sign.name not in self.without:
                    best = ranked
        return Verdict(best[1].level, best[1].tag, best[1].name) if best else NOTHING


def _level(verdict: Verdict) -> int:
    return verdict.level


def _subject(words: list[str], at: int) -> int:
    """How far behind a verb an auxiliary would show that it is a noun, and begins a statement."""
    return 3 if nouns_at(words, at) else 1


def _is_unknown(word: str) -> bool:
    return word not in KNOWN and not word[0].isdecimal()


def _past_openers(words: list[str], at: int) -> int:
    """The first place that no opener or marker holds."""
    while at < len(words) and words[at] in LEADING:
        length = longest(words, at, OPENERS) or longest(words, at, MARKERS)
        if not length:
            break
        at += length
    return at


def _parted(clauses: Iterable[Clause]) -> Iterator[Clause]:
    """Clauses, parted before words that mark a request: what stands before is told, not asked."""
    for words, heads, asks in clauses:
        start = 0
        marking = [] if MARKING.isdisjoint(words) else range(1, len(words))
        for at in marking:
            if words[at] not in MARKING or at <= start:
                continue
            if longest(words, at, MARKERS) and _past_openers(words, start) < at:
                yield Clause(words[start:at], _from(heads, start, at), asks=False)
                start = at
        yield Clause(words[start:], _from(heads, start, len(words)), asks)


def _from(heads: Iterable[int], start: int, end: int) -> list[int]:
    """The heads of a part of a clause; its beginning is one."""
    return [0, *(head - start for head in heads if start < head < end)]


def _inquires(words: list[str]) -> bool:
    """Whether a clause begins as a question and is none that asks for work."""
    at = 0
    while at < len(words) and words[at] in LEADING:
        if longest(words, at, MARKERS):
            return False
        length = longest(words, at, OPENERS)
        if not length:
            break
        at += length
    if any(word in ASKING for word in words[at : at + 3]):
        return True
    if at + 1 >= len(words):
        return False
    followers = AUXILIARY.get(words[at])
    return followers is not None and (not followers or words[at + 1] in SUBJECTS[followers])


def _chooses(words: list[str]) -> bool:
    """Whether a reply begins with a choice: a number, "option 2", "do both", "all of them"."""
    at = _past_openers(words, 0)
    if at < len(words) and words[at] in VERBS and VERBS[words[at]].row.name in YIELDING:
        at += 1
    while at < len(words) and words[at] in {"with", "for", "the"}:
        at += 1
    if at < len(words) and words[at] == "all":
        at += 1
        if at == len(words) or words[at] == "of":
            return True
    return at < len(words) and (words[at].isdecimal() or words[at] in CHOICES)
