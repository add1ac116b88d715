"""What an agent's history says, as data: Session, Prompt, ModelCall, ToolCall, Effect, Tokens.

A reader fills these from one agent's files; everything after it only reads them. Text of the session
(`Prompt.text`, `ModelCall.says`, names, commands' words, paths) is raw here: it becomes a frame only
through `labels`, so none of it can reach a profile by accident.

A tagger fills the `tag` fields, and `rule` with the name of the rule that gave the tag. Times are milliseconds since the epoch (UTC), 0 when the history gives none. Durations are milliseconds.
"""

from enum import StrEnum

import msgspec

__all__ = [
    "UNNAMED",
    "Effect",
    "EffectKind",
    "ModelCall",
    "Opener",
    "Prompt",
    "Reconciliation",
    "Session",
    "Status",
    "Tokens",
    "ToolCall",
    "estimate_tokens",
]

MAX_ESTIMATE = 2_000_000

UNNAMED = "#"
"""How the ids begin that a reader gives to what has none; they mean nothing in another session."""


class Word(StrEnum):
    """A word that hashes as the text that it is; `Enum` has it done by a function of Python."""

    __hash__ = str.__hash__


class Status(Word):
    """How a tool call ended. `UNKNOWN`: no result, or one that does not tell."""

    OK = "ok"
    ERROR = "error"
    DENIED = "denied"
    ABORTED = "aborted"
    UNKNOWN = "unknown"

    @property
    def failed(self) -> bool:
        """Whether the call counts as an error."""
        return self is not Status.OK and self is not Status.UNKNOWN


class EffectKind(Word):
    """What a simple command or a native tool did; in order of precedence for a call's main effect."""

    TEST = "test"
    BUILD = "build"
    CHECK = "check"
    PACKAGE = "package"
    REPO = "repo"
    NETWORK = "network"
    WRITE = "write"
    SEARCH = "search"
    READ = "read"
    DELEGATE = "delegate"
    PLAN = "plan"
    ASK = "ask"
    CALL = "call"
    RUN = "run"


class Opener(Word):
    """What opened a prompt region. Only `TYPED` counts as a prompt and is tagged by its text;
    `QUEUED` (typed while the agent was busy) is tagged too, but history does not count it.
    """

    START = "start"
    TYPED = "typed"
    QUEUED = "queued"
    COMMAND = "command"
    NOTICE = "notice"
    SHELL = "shell"


class Tokens(msgspec.Struct, array_like=True):
    """Tokens of one model call, each kind disjoint from the others.

    `input` is uncached input; reasoning is inside `output`; `estimate` stands alone where an agent
    reported nothing.
    """

    input: int = 0
    output: int = 0
    cache_read: int = 0
    cache_write: int = 0
    estimate: int = 0

    @property
    def total(self) -> int:
        """All kinds together."""
        return self.input + self.output + self.cache_read + self.cache_write + self.estimate

    def add(self, other: "Tokens") -> None:
        """Add another call's tokens to these."""
        self.input += other.input
        self.output += other.output
        self.cache_read += other.cache_read
        self.cache_write += other.cache_write
        self.estimate += other.estimate

    def raise_to(self, other: "Tokens") -> None:
        """Take the larger of each field: two records of the same call."""
        if self != other:  # mostly they are the same
            self.input = max(self.input, other.input)
            self.output = max(self.output, other.output)
            self.cache_read = max(self.cache_read, other.cache_read)
            self.cache_write = max(self.cache_write, other.cache_write)
            self.estimate = max(self.estimate, other.estimate)


def estimate_tokens(visible_bytes: int) -> int:
    """Tokens of a call that reported none: UTF-8 bytes of its visible text / 4, in 1..2,000,000."""
    return max(1, min(MAX_ESTIMATE, visible_bytes // 4))


class Effect(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One simple command, or one thing that a native tool did.

    `processes` are the program words as written, outermost first, the shell that ran the command
    included; empty for a native tool. `paths` are as written, distinct, relative to `cwd`.
    `domains` are host names as written, or `registry:NAME` for a registry that a publish or install
    command implies.
    """

    kind: EffectKind
    processes: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    cwd: str = ""


class Prompt(msgspec.Struct):
    """One prompt region: what opened it, when, and its text while a tagger may still need it.

    `key` identifies the prompt across files, where the agent gives it an id. `counts` is false when
    another session owns it, and this one only goes on from there, or when it is not selected.
    """

    opener: Opener
    at: int = 0
    key: str = ""
    text: str = ""
    tag: str = ""
    rule: str = ""
    counts: bool = True


class ModelCall(msgspec.Struct):
    """One API response.

    `id` identifies the call across files; `message` is the part of it that all records of the call
    share, whatever else they lack (empty: nothing in another session can be the same call). `says` is the start of its visible text; `does` names the
    tools that it asked for, in order, and `purpose` is what it says its first command is for. `embedded`: known only from a parent's progress records.
    """

    id: str
    at: int
    prompt: int
    model: str
    tokens: Tokens
    subagent: str = ""
    message: str = ""
    lower_bound: bool = False
    embedded: bool = False
    says: str = ""
    purpose: str = ""
    tag: str = ""
    rule: str = ""
    does: list[str] = msgspec.field(default_factory=list)


class ToolCall(msgspec.Struct):
    """One tool call. `id` identifies it across files; `prompt` indexes `Session.prompts`.

    `cwd` is the folder that the record gives; `mcp` is `server/tool` or empty.
    """

    id: str
    name: str
    at: int
    prompt: int
    category: str
    cwd: str = ""
    subagent: str = ""
    mcp: str = ""
    status: Status = Status.UNKNOWN
    answered: bool = False
    embedded: bool = False
    duration: int = 0
    effects: list[Effect] = msgspec.field(default_factory=list)


MAX_TYPES = 64
"""Distinct unknown record types that are told apart; a hostile file may invent any number."""

OTHER = "other"
"""All other types together."""


class Reconciliation(msgspec.Struct):
    """What was read and what was not: the record that every profile carries.

    `records` + sum(`skipped`) + `pending_tail` = `lines` (non-blank lines). `duplicates` counts calls
    and prompts dropped because another file owns them; `vanished` files and folders that were gone,
    unreadable, or links and devices, which are not followed; `redaction_hits` frames that were hidden
    at the last moment.
    """

    files: int = 0
    lines: int = 0
    records: int = 0
    skipped: dict[str, int] = msgspec.field(default_factory=dict)
    recovered: int = 0
    duplicates: int = 0
    unanswered: int = 0
    lower_bound: int = 0
    estimated: int = 0
    unknown_records: dict[str, int] = msgspec.field(default_factory=dict)
    vanished: int = 0
    pending_tail: int = 0
    bytes_unread: int = 0
    redaction_hits: int = 0
    complete: bool = True

    def skip(self, reason: str, count: int = 1) -> None:
        """Count lines that could not be used."""
        self.skipped[reason] = self.skipped.get(reason, 0) + count

    def miss(self) -> None:
        """Count a file or folder that should have been read and could not be opened."""
        self.vanished += 1
        self.complete = False

    def unknown(self, record_type: str, count: int = 1) -> None:
        """Count records of a type that no reader knows.

        Of very many types, those that come first by name are told apart, in whatever order they come.
        """
        types = self.unknown_records
        types[record_type] = types.get(record_type, 0) + count
        if len(types) - (OTHER in types) > MAX_TYPES:
            last = max(name for name in types if name != OTHER)
            types[OTHER] = types.get(OTHER, 0) + types.pop(last)

    def add(self, other: "Reconciliation") -> None:
        """Add what was seen elsewhere; `complete` only if both are."""
        for name in COUNTS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for reason, count in other.skipped.items():
            self.skip(reason, count)
        for record_type, count in other.unknown_records.items():
            self.unknown(record_type, count)
        self.complete = self.complete and other.complete


COUNTS = (
    "files",
    "lines",
    "records",
    "recovered",
    "duplicates",
    "unanswered",
    "lower_bound",
    "estimated",
    "vanished",
    "pending_tail",
    "bytes_unread",
    "redaction_hits",
)


class Session(msgspec.Struct):
    """One session: a main thread and the sub-agents that it started, as one agent's files tell it.

    `prompts[0]` is always the `START` region. `cwds` are the distinct working directories in order;
    the first is the session's own. `origins` are ids of sessions that this one was forked from.
    """

    id: str
    agent: str
    tag: str = ""
    rule: str = ""
    origins: list[str] = msgspec.field(default_factory=list)
    cwds: list[str] = msgspec.field(default_factory=list)
    started: int = 0
    ended: int = 0
    prompts: list[Prompt] = msgspec.field(default_factory=lambda: [Prompt(Opener.START)])
    calls: list[ModelCall] = msgspec.field(default_factory=list)
    tools: list[ToolCall] = msgspec.field(default_factory=list)
    subagents: int = 0
    reconciliation: Reconciliation = msgspec.field(default_factory=Reconciliation)
