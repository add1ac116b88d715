"""The default tagger: the user's rules, then the built-in ones, then a stable fallback."""

from collections import Counter
from collections.abc import Iterable

from agentpprof_mcp.model import Opener, Prompt, Session
from agentpprof_mcp.taggers.userrules import UserRule
from agentpprof_mcp.taggers.vocabulary import FALLBACK

__all__ = ["NO_RULE", "TYPED", "RulesTagger", "first_prompts", "session_tag"]

SESSION_PROMPTS = 8
TYPED = frozenset({Opener.TYPED, Opener.QUEUED})
"""Openers of prompts that are tagged by their text."""

NO_RULE = "no rule"
"""Stands for a rule where the fallback was given."""

STAND_INS = {FALLBACK: "answer", "agent": "delegate"}
"""Tags of prompts that would say nothing of a model call, to what is said instead."""

PASSING: tuple[frozenset[str], ...] = (
    frozenset({FALLBACK, "continue", "git", "question"}),
    frozenset({FALLBACK, "continue", "git"}),
    frozenset({FALLBACK, "continue"}),
    frozenset({FALLBACK}),
)
"""Tags that do not count for a session's while there are others: those that are not the work itself."""


class RulesTagger:
    """Deterministic and local."""

    def __init__(self, rules: Iterable[UserRule] = ()) -> None:
        self.rules = tuple(rules)

    def describe(self) -> dict[str, object]:
        """Name and number of user rules."""
        return {"name": "regex", "user_rules": len(self.rules)}

    def identity(self) -> object:
        """The user's rules."""
        return [(rule.name, rule.kind, rule.tag, rule.pattern) for rule in self.rules]

    def tag(self, session: Session) -> None:
        """Prompts first, the session by its prompts, calls by their step or else by their prompt."""
        from agentpprof_mcp.taggers.grammar import judge  # noqa: PLC0415  its tables are large
        from agentpprof_mcp.taggers.steps import step_of  # noqa: PLC0415  as above

        for prompt in session.prompts:
            if not prompt.tag:
                prompt.tag, prompt.rule = self._by_rank(prompt)
            if not prompt.tag:
                verdict = judge(prompt.text)
                prompt.tag, prompt.rule = verdict.tag or FALLBACK, verdict.rule or NO_RULE
        if not session.tag:
            session.tag, session.rule = self._of_session(session)
        for call in session.calls:
            if call.tag:
                continue
            tag, rule = self.by_user("llm", call.says)
            if not tag:
                tag, rule = step_of(call)
            if not tag:
                tag = session.prompts[call.prompt].tag
                tag, rule = STAND_INS.get(tag, tag), "its prompt"
            call.tag, call.rule = tag, rule

    def by_user(self, kind: str, text: str) -> tuple[str, str]:
        """Tag and name of the first user rule of a kind that matches; empty when none does."""
        for rule in self.rules:
            if rule.kind in {kind, "all"} and rule.matches(text):
                return rule.tag, rule.name
        return "", ""

    def _by_rank(self, prompt: Prompt) -> tuple[str, str]:
        """Tag and rule of a prompt that what opened it or a user's rule decides; else empty."""
        if prompt.opener not in TYPED:
            return prompt.opener.value, "what opened it"
        return self.by_user("prompt", prompt.text)

    def _of_session(self, session: Session) -> tuple[str, str]:
        first = first_prompts(session)
        if self.rules:
            tag, name = self.by_user("session", "\n".join(prompt.text for prompt in first))
            if tag:
                return tag, name
        tag = session_tag([prompt.tag for prompt in first])
        return tag, NO_RULE if tag == FALLBACK else "its first prompts"


def first_prompts(session: Session) -> list[Prompt]:
    """The prompts that name a session."""
    return [prompt for prompt in session.prompts if prompt.opener in TYPED][:SESSION_PROMPTS]


def session_tag(tags: list[str]) -> str:
    """The tag of a session from those of its first prompts: the commonest, the first counts twice."""
    for passing in PASSING:
        counting = [tag for tag in tags if tag not in passing]
        if counting:
            counts = Counter([counting[0], *counting])
            return max(counts, key=counts.__getitem__)
    return FALLBACK
