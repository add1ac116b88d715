"""The tagger that asks a language model: for prompts and sessions that no rule of the user names.

Model calls are named by rules, as they are without a model: what a call does next is plain, and there are
many of them. Rules stand in for every answer that did not come.
"""

from collections import Counter
from collections.abc import Callable, Iterable

from agentpprof_mcp.hashing import blake2b
from agentpprof_mcp.model import Session
from agentpprof_mcp.query import Llama
from agentpprof_mcp.taggers.base import SESSION, fill
from agentpprof_mcp.taggers.cache import TagCache
from agentpprof_mcp.taggers.grammar import judge, unwrapped
from agentpprof_mcp.taggers.request import SENT, Wording, head
from agentpprof_mcp.taggers.rules import TYPED, RulesTagger, first_prompts

__all__ = ["LlmTagger"]

GO_AHEAD, SHORT = "continue", 3
"""What rules call a prompt that needs no model, and how many words it has; of a longer one they only guess."""

MODEL = "a language model"
"""Stands for a rule where it was the model that gave a tag."""


class LlmTagger:
    """Rules, with the answers of a model in their place."""

    def __init__(self, rules: RulesTagger, llama: Llama, key: Callable[[], bytes]) -> None:
        """`key` makes the hashes of the cache; it is only asked for when there is one."""
        self._rules = rules
        self._llama = llama
        self._key = key
        self._wording = Wording.of(open_vocabulary=llama.open_vocabulary)
        self._answers: dict[str, str] = {}
        self._texts = 0
        self._troubles: Counter[str] = Counter()
        self._cache_trouble = ""

    def describe(self) -> dict[str, object]:
        """How many distinct texts there were to name, how many rules named instead, and why."""
        described = {
            **self._rules.describe(),
            "name": "llm",
            "open_vocabulary": self._llama.open_vocabulary,
            "texts": self._texts,
            "stand_ins": self._troubles.total(),
            "reasons": dict(sorted(self._troubles.items())),
        }
        return described | ({"cache": self._cache_trouble} if self._cache_trouble else {})

    def identity(self) -> object:
        """The user's rules, and all answers."""
        return self._rules.identity(), self._answers

    def tag(self, session: Session) -> None:
        """Fill in the answers, then let rules fill in the rest, which may build on them."""
        texts, answers = self.questions(session), self._answers
        found = {index: answers[text] for index, text in texts.items() if text in answers}
        fill(session, found, MODEL)
        self._rules.tag(session)

    def questions(self, session: Session) -> dict[int, str]:
        """The texts to ask about, by index: typed, without a tag, no go-ahead, and of no user's rule."""
        texts = {
            index: head(unwrapped(prompt.text))
            for index, prompt in enumerate(session.prompts)
            if prompt.opener in TYPED
            and not prompt.tag
            and not _only_goes_on(prompt.text)
            and self._is_open("prompt", prompt.text)
        }
        first = [prompt.text for prompt in first_prompts(session)]
        if not session.tag and self._is_open("session", "\n".join(first)):
            texts[SESSION] = _together([unwrapped(t) for t in first if not _only_goes_on(t)])
        return {index: text for index, text in texts.items() if text}

    def _is_open(self, kind: str, text: str) -> bool:
        """Whether no rule of the user decides."""
        return self._rules.by_user(kind, text) == ("", "")

    def ask(self, texts: Iterable[str], progress: Callable[[int, int], None]) -> None:
        """Look the texts up in the cache, ask about the others, and keep what was answered."""
        distinct = list(dict.fromkeys(texts))
        self._texts = len(distinct)
        cache = TagCache(self._llama.cache) if self._llama.cache else None
        keys = self._keys(distinct) if cache else {}
        stored = cache.load() if cache else {}
        for text in distinct:
            word = stored.get(keys.get(text, ""), "")
            if self._wording.allows(word, text):
                self._answers[text] = word
        missing = [text for text in distinct if text not in self._answers]
        if not missing:
            return
        from agentpprof_mcp.taggers.llama import Inquiry  # noqa: PLC0415  known texts need no network

        inquiry = Inquiry(self._llama, self._wording)
        try:
            inquiry.run(missing, progress)
        finally:
            self._answers.update(inquiry.answers)
            self._troubles.update(reason.value for reason in inquiry.troubles.values())
            if cache:
                cache.add({keys[text]: word for text, word in inquiry.answers.items()})
                self._cache_trouble = cache.trouble

    def _keys(self, texts: Iterable[str]) -> dict[str, str]:
        """The hash of each text that only this machine can make, different for each model and wording."""
        model = self._llama.model or self._llama.url
        asked = f"{model}\0{self._wording.instructions}\0{self._wording.grammar}\0".encode()
        start = blake2b(asked, key=self._key(), digest_size=16, person=b"tag")
        keys = {}
        for text in texts:
            made = start.copy()
            made.update(text.encode())
            keys[text] = made.hexdigest()
        return keys


def _only_goes_on(text: str) -> bool:
    """Whether a text is a short go-ahead, as "yes" is."""
    return len(text.split(maxsplit=SHORT)) <= SHORT and judge(text).tag == GO_AHEAD


def _together(texts: list[str]) -> str:
    """The beginnings of several texts, as long as one; a single text is as it is when asked about alone."""
    return "\n".join(head(text)[: SENT // len(texts)] for text in texts)
