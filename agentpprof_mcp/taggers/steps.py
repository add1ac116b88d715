"""What a model call is about: what it says that it does next, else what its command or its tool is for."""

import re

import msgspec

from agentpprof_mcp.effects import category_of
from agentpprof_mcp.model import ModelCall
from agentpprof_mcp.taggers.builtin import NOUNS, ROWS, STEP_OBJECTS, STEPS, TOOLS
from agentpprof_mcp.taggers.lexicon import gerund, nouns_at, participle

__all__ = ["step_of"]

LOOKED_AT = 160
"""Characters of a text that are read: the last where tools follow, since they do what was said last."""

OBJECT = 48
"""Characters behind a verb in which its object is looked for."""

NEXT = re.compile(
    r"(?:let me|let's|i'll|i'm|i need to|i should|going to|now|next|then|first|\.|:|!|\n)"
    r"[,:]? (?:(?:also|now|next|first|then|to|just|start by|let me|let's|i'll|i'm|i need to),? )*([a-z-]+)(?: (at|into|for|up)\b)?"
)
"""A verb behind the words that announce a step. Each alternative begins with a letter of its own, so that
the search can skip to those."""


class Step(msgspec.Struct, frozen=True):
    """What a verb means in a model's text: a tag, which may be empty, and nouns that say more."""

    tag: str
    objects: frozenset[str]


def _steps() -> dict[str, Step]:
    """Verbs in all their forms to steps."""
    tags = {word: tag for tag, words in STEPS.items() for word in words.split()}
    rows = {row.name: row.verbs.split() for row in ROWS}
    verbs = {word: [word] for word in tags if word not in rows}
    verbs |= {name: rows[name] for name in rows if name in tags or name in STEP_OBJECTS}
    steps: dict[str, Step] = {}
    for name, words in verbs.items():
        step = Step(tags.get(name, ""), STEP_OBJECTS.get(name, frozenset()))
        for word in words:
            for form in (word, gerund(word), participle(word)):
                steps.setdefault(form, step)
    return steps


STEP_OF = _steps()
TAG_OF = {noun.name: noun.tag for noun in NOUNS} | {"agents": "delegate"}


def step_of(call: ModelCall) -> tuple[str, str]:
    """The tag of a model call and the name of the rule; both empty when nothing tells."""
    if call.says:
        text = call.says[-LOOKED_AT:] if call.does else call.says[:LOOKED_AT]
        tag = _next("\n " + text.lower().replace("\u2019", "'").rstrip())
        if tag:
            return tag, "what it says"
    if call.purpose:
        first = NEXT.match(f"\n {call.purpose.lower()}")
        tag = _announced(first) if first else ""
        if tag:
            return tag, "what its command is for"
    for name in call.does:
        tag = TOOLS.get(category_of(name), "")
        if tag:
            return tag, "what it asks for"
    return "", ""


def _next(text: str) -> str:
    """The tag of the first step that the last sentence announces, or else of the last one before it."""
    end = max(text.rfind(". "), text.rfind("\n"))
    for match in NEXT.finditer(text, end):
        tag = _announced(match)
        if tag:
            return tag
    before = list(NEXT.finditer(text, 0, end))
    return next(filter(None, map(_announced, reversed(before))), "")


def _announced(match: re.Match[str]) -> str:
    """The tag of the step that is announced; empty when its verb is none of ours."""
    verb, particle = match.groups()
    step = STEP_OF.get(f"{verb}-{particle}") if particle else None
    step = step or STEP_OF.get(verb)
    if step is None or not step.objects:
        return step.tag if step else ""
    return _by_object(step, match.string[match.end() : match.end() + OBJECT])


def _by_object(step: Step, text: str) -> str:
    """The tag of the first noun that says more than the verb, or else that of the verb."""
    words = [word.strip(".,:;`*()") or "-" for word in text.split()]
    nouns = (noun for at in range(len(words)) for noun in nouns_at(words, at))
    return next((TAG_OF[noun] for noun in nouns if noun in step.objects), step.tag)
