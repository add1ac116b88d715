"""What every writer takes and is."""

from collections.abc import Sequence
from importlib import import_module

import msgspec

from agentpprof_mcp.model import Reconciliation, Tokens
from agentpprof_mcp.profile import Measure, Profile

__all__ = [
    "Page",
    "PromptRow",
    "Report",
    "SessionRow",
    "Writer",
    "account_fields",
    "aligned",
    "doubts",
    "noun",
    "what_was_read",
]


class PromptRow(msgspec.Struct):
    """One prompt region of a session. `preview` is `redacted` unless previews were asked for."""

    index: int
    tag: str
    preview: str = "redacted"


class SessionRow(msgspec.Struct):
    """One session of a profile, without text: what the JSON output lists. `deleted`: its files are gone."""

    handle: str
    agent: str
    project: str
    model: str
    tag: str
    started: str
    ended: str
    prompts: list[PromptRow]
    calls: int
    tools: int
    tokens: Tokens
    deleted: bool = False


class Report(msgspec.Struct):
    """A profile and what belongs beside it: the only thing that writers see.

    `number` is how many sessions are in it; not all of them need be listed. `remarks` are for the user.
    `manifest` says by which rules the report was made fit for others; empty for one that was not.
    """

    profile: Profile
    question: str
    sessions: list[SessionRow]
    reconciliation: Reconciliation
    tagger: dict[str, object]
    manifest: dict[str, object] = {}
    number: int = 0
    remarks: tuple[str, ...] = ()


class Writer(msgspec.Struct, frozen=True):
    """One output format: its name, which is also its module's here, and the file endings that choose it.

    A `whole` format shows more than stacks: sessions, or the labels of samples.
    """

    name: str
    suffixes: tuple[str, ...]
    binary: bool = False
    whole: bool = False

    def write(self, report: Report) -> bytes:
        """The file for a report. Only a format that is asked for is loaded."""
        module = import_module(f"agentpprof_mcp.writers.{self.name}")
        written: bytes = module.write(report)
        return written


class Page(msgspec.Struct, frozen=True):
    """A part of a table as text, what its rows are about, and how many rows come after them."""

    text: str
    rows: tuple[str, ...]
    left: int


def aligned(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Lines of a table: numbers aligned to the right, the last column as it is."""
    cells = [headings, *rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)][:-1]
    return ["  ".join([*map(str.rjust, numbers, widths), last]) for *numbers, last in cells]


def noun(measure: Measure) -> str:
    """What a number of this measure counts, as in "1,204 tokens"."""
    return measure.name if measure.unit == "count" else measure.unit


def account_fields(account: Reconciliation) -> dict[str, object]:
    """The reconciliation record as JSON shows it: always the same keys, and a fault of ours if any."""
    fields = msgspec.structs.asdict(account)
    if not account.redaction_hits:
        del fields["redaction_hits"]
    return {
        name: dict(sorted(value.items())) if isinstance(value, dict) else value
        for name, value in fields.items()
    }


def doubts(account: Reconciliation) -> list[str]:
    """What was not read or is not certain, a phrase each; what did not happen is not mentioned."""
    skipped = sum(account.skipped.values())
    reasons = ", ".join(f"{reason}: {count:,}" for reason, count in sorted(account.skipped.items()))
    counted = (
        (skipped, f"lines skipped ({reasons})"),
        (account.recovered, "records recovered"),
        (account.duplicates, "duplicates dropped"),
        (account.unanswered, "calls without result"),
        (account.lower_bound, "calls whose output is a lower bound"),
        (account.estimated, "calls estimated"),
        (sum(account.unknown_records.values()), "records of unknown type"),
        (account.vanished, "files or folders not opened"),
        (account.pending_tail, "unfinished last lines"),
        (account.bytes_unread, "bytes unread"),
        (account.redaction_hits, "frames hidden by the second net (a bug: please report)"),
    )
    return [f"{count:,} {what}" for count, what in counted if count]


def what_was_read(account: Reconciliation) -> str:
    """What was read, and what was not, in a line."""
    facts = [f"read {account.lines:,} lines of {account.files:,} files", *doubts(account)]
    return ", ".join(facts) + ("" if account.complete else "; incomplete")
