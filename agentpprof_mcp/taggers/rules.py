"""The default tagger: the user's rules, then the built-in words, then a stable fallback."""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from typing import NamedTuple

from agentpprof_mcp.effects import category_of
from agentpprof_mcp.errors import UserError
from agentpprof_mcp.model import ModelCall, Opener, Prompt, Session
from agentpprof_mcp.taggers.base import TAG
from agentpprof_mcp.taggers.words import ASKING, CALL_TAGS, GO_AHEAD, OPENER_TAGS, WORDS

__all__ = ["KINDS", "RulesTagger", "parse_rules"]

KINDS = ("session", "prompt", "llm", "all")
MAX_RULES = 200
MAX_RULE = 1024
FALLBACK = "general"
SESSION_PROMPTS = 8
SHORT = 60
LOOKED_AT = 240

WRAPPER = re.compile(r"<(ide_[a-z_]+|system-reminder)>.{0,4000}?</\1>", re.DOTALL)
WORD = re.compile(r"[A-Za-z]+")


class Rule(NamedTuple):
    """One user rule: texts of a kind that match get the tag."""

    kind: str
    tag: str
    matches: Callable[[str], object]


def parse_rules(sources: Iterable[str]) -> list[Rule]:
    """User rules from `KIND:TAG=REGEX`, in order. Raises `UserError` with the rule's number."""
    sources = list(sources)
    if len(sources) > MAX_RULES:
        raise UserError(f"{len(sources)} tag rules; at most {MAX_RULES} are allowed")
    return [_parse_rule(number, source) for number, source in enumerate(sources, 1)]


def _parse_rule(number: int, source: str) -> Rule:
    head, equals, pattern = source.partition("=")
    kind, colon, tag = head.partition(":")
    if not (equals and colon and pattern):
        raise UserError(
            f"tag rule {number} is not KIND:TAG=REGEX, as in prompt:publish=cargo publish"
        )
    if kind not in KINDS:
        raise UserError(f"tag rule {number}: the kind must be one of {', '.join(KINDS)}")
    if not TAG.fullmatch(tag):
        raise UserError(f"tag rule {number}: a tag is one lower-case word of 3 to 12 letters")
    if len(source) > MAX_RULE:
        raise UserError(f"tag rule {number} is longer than {MAX_RULE} characters")
    import re2  # noqa: PLC0415  only users of rules pay for it

    options = re2.Options()
    options.log_errors = False
    try:
        return Rule(kind, tag, re2.compile(pattern, options).search)
    except re2.error:
        raise UserError(
            f"tag rule {number}: not a regular expression of RE2 (no look-around, no back-references)"
        ) from None


class RulesTagger:
    """Deterministic and local; every distinct text is looked at once."""

    def __init__(self, rules: Iterable[Rule] = ()) -> None:
        self.rules = tuple(rules)

    def describe(self) -> dict[str, object]:
        """Name and number of user rules."""
        return {"name": "regex", "user_rules": len(self.rules)}

    def tag(self, session: Session) -> None:
        """Prompts first, the session by its prompts, calls by what they say or do next."""
        for prompt in session.prompts:
            prompt.tag = self._of_prompt(prompt)
        session.tag = self._of_session(session)
        for call in session.calls:
            call.tag = self._of_call(call) or session.prompts[call.prompt].tag

    def _by_rule(self, kind: str, text: str) -> str:
        for rule in self.rules:
            if rule.kind in {kind, "all"} and rule.matches(text):
                return rule.tag
        return ""

    def _of_prompt(self, prompt: Prompt) -> str:
        fixed = OPENER_TAGS.get(prompt.opener)
        if fixed:
            return fixed
        return self._by_rule("prompt", prompt.text) or of_text(prompt.text) or FALLBACK

    def _of_session(self, session: Session) -> str:
        """The tag of most of the first prompts; short go-aheads and git only if nothing else."""
        typed = [p for p in session.prompts if p.opener in {Opener.TYPED, Opener.QUEUED}]
        first = typed[:SESSION_PROMPTS]
        if self.rules:
            given = self._by_rule("session", "\n".join(prompt.text for prompt in first))
            if given:
                return given
        tags = [prompt.tag for prompt in first]
        for passing in ({FALLBACK, "continue", "git"}, {FALLBACK, "continue"}):
            counted = Counter(tag for tag in tags if tag not in passing)
            if counted:
                return counted.most_common(1)[0][0]
        return FALLBACK

    def _of_call(self, call: ModelCall) -> str:
        if call.says:
            found = self._by_rule("llm", call.says) if self.rules else ""
            found = found or by_words(call.says)
            if found:
                return found
        return next((CALL_TAGS[c] for c in map(category_of, call.does) if c in CALL_TAGS), "")


def of_text(text: str) -> str:
    """The built-in tag of a prompt; empty when no rule applies."""
    text = WRAPPER.sub(" ", text[:4096]).strip()
    if len(text) <= SHORT:
        words = WORD.findall(text.lower())
        if not words or (words[0] in GO_AHEAD and not any(w in WORDS for w in words)):
            return "continue"
        if text.endswith("?") and words[0] in ASKING:
            return by_words(text) or "question"
    return by_words(text)


def by_words(text: str) -> str:
    """The tag of the first word that names an activity."""
    for word in WORD.finditer(text[:LOOKED_AT].lower()):
        tag = WORDS.get(word[0])
        if tag is not None:
            return tag
    return ""
