"""Why a rule named a text that a language model was to name: a word for programs, a sentence for people."""

from collections.abc import Mapping
from enum import StrEnum

__all__ = ["Reason", "Trouble", "remarks"]


class Reason(StrEnum):
    """What kept a text from being named by the model."""

    UNREACHABLE = "unreachable"
    SILENT = "silent"
    MOVED = "moved"
    LOCKED = "locked"
    REFUSED = "refused"
    FAILING = "failing"
    BROKEN = "broken"
    ODD = "odd"
    WORD = "word"
    STOPPED = "stopped"
    DEADLINE = "deadline"


TEXTS = {
    Reason.UNREACHABLE: "the server cannot be reached (is it running, at the address of --llama-url?)",
    Reason.SILENT: "the server took too long (a longer --llm-timeout may help)",
    Reason.MOVED: "the server redirects (give --llama-url the address where it answers itself)",
    Reason.LOCKED: "the server wants a key (start it without one)",
    Reason.REFUSED: "the server refused the request (does it offer /v1/chat/completions and --model?)",
    Reason.FAILING: "the server failed or is busy (it may still load the model: run again)",
    Reason.BROKEN: "the connection broke or did not speak HTTP",
    Reason.ODD: "the answer was no chat completion",
    Reason.WORD: "the answer was not one word of the list",
    Reason.STOPPED: "not asked after three failures in a row",
    Reason.DEADLINE: "the time was over (run again: answers are kept; or give a longer --llm-deadline)",
}


class Trouble(Exception):  # noqa: N818  not an error of the program: an answer that does not count
    """A text has no answer, for this reason."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason


def remarks(described: Mapping[str, object]) -> list[str]:
    """What a person should know of a tagger's description, a sentence each; empty when all went well."""
    found = []
    reasons = described.get("reasons")
    if isinstance(reasons, dict) and reasons:
        causes = "; ".join(f"{TEXTS[why]}: {reasons[why]:,}" for why in Reason if why in reasons)
        found.append(
            f"rules named {described['stand_ins']:,} of {described['texts']:,} texts in place of the"
            f" model: {causes}"
        )
    trouble = described.get("cache")
    return [*found, f"the cache of tags {trouble}"] if trouble else found
