"""A session after selection: counts, names and samples. What workers send and lists show."""

from collections import Counter
from collections.abc import Sequence

import msgspec

from agentpprof_mcp.labels import Labels, plain_name
from agentpprof_mcp.model import (
    EffectKind,
    ModelCall,
    Opener,
    Prompt,
    Reconciliation,
    Session,
    Tokens,
    ToolCall,
)
from agentpprof_mcp.packing import pack, unpack
from agentpprof_mcp.profile import Samples
from agentpprof_mcp.projects import Project

__all__ = [
    "Counts",
    "Digest",
    "Facts",
    "Made",
    "Named",
    "Region",
    "account_of",
    "count",
    "digest_of",
    "is_own",
    "left_out",
    "naming_of",
    "show_types",
]

PREVIEW = 120


class Counts(msgspec.Struct, array_like=True):
    """What a part of a session did. Tools by name; a name of an odd shape counts as `other`."""

    calls: int = 0
    tools: dict[str, int] = msgspec.field(default_factory=dict)
    errors: int = 0
    tokens: Tokens = msgspec.field(default_factory=Tokens)

    def add(self, other: "Counts") -> None:
        """Add another part's counts."""
        self.calls += other.calls
        self.errors += other.errors
        self.tokens.add(other.tokens)
        for name, number in other.tools.items():
            self.tools[name] = self.tools.get(name, 0) + number


class Region(msgspec.Struct, array_like=True):
    """One prompt region: its place in the session, its tag and the rule that gave it, its beginning
    if previews were asked.
    """

    index: int
    tag: str
    rule: str = ""
    preview: str = "redacted"


class Named(msgspec.Struct, array_like=True, frozen=True):
    """How many regions of a kind (session, prompt, llm) a rule gave a tag, and the tokens in them."""

    kind: str
    tag: str
    rule: str
    count: int = 0
    tokens: int = 0


class Facts(msgspec.Struct, array_like=True):
    """What is true of a session whatever is asked: from all its records, before it is settled.

    `lasting` is what given tags are stored under, `claims` are those of `ownership`, packed.
    """

    cwds: tuple[str, ...] = ()
    started: int = 0
    ended: int = 0
    lasting: str = ""
    claims: bytes = b""


class Digest(msgspec.Struct, array_like=True):
    """One session. `samples` are those of the view that was asked for.

    `counts` include what only a parent's progress records tell; `embedded` gives that part again.
    `deleted`: its files are gone. `dropped` says which selector left the session out; then only `id` to `ended` and `facts` are
    filled. Times are milliseconds. `naming` is filled on request, `questions` while a tagger that has to
    ask gathers what to ask about: they are beginnings of prompts.
    """

    id: str = ""
    handle: str = ""
    agent: str = ""
    project: str = ""
    dropped: str = ""
    tag: str = ""
    started: int = 0
    ended: int = 0
    models: dict[str, int] = msgspec.field(default_factory=dict)
    regions: list[Region] = msgspec.field(default_factory=list)
    prompts: int = 0
    counts: Counts = msgspec.field(default_factory=Counts)
    embedded: Counts = msgspec.field(default_factory=Counts)
    files_read: int = 0
    files_edited: int = 0
    subagents: int = 0
    samples: Samples = msgspec.field(default_factory=Samples)
    reconciliation: Reconciliation = msgspec.field(default_factory=Reconciliation)
    naming: list[Named] = msgspec.field(default_factory=list)
    facts: Facts = msgspec.field(default_factory=Facts)
    questions: list[str] = msgspec.field(default_factory=list)
    deleted: bool = False


class Made(msgspec.Struct, array_like=True):
    """A digest that was made or kept: what is needed of all of them at once, and `body`, all the rest packed.

    There may be very many, so they are unpacked one by one. `events`: whether there are any in it.
    """

    id: str
    dropped: str
    events: bool
    facts: Facts
    body: bytes

    @classmethod
    def of(cls, digest: Digest) -> "Made":
        """The digest, packed."""
        events = bool(digest.counts.calls or digest.counts.tools)
        plain = msgspec.structs.replace(digest, id="", facts=Facts())
        return cls(digest.id, digest.dropped, events, digest.facts, pack(plain))

    def digest(self) -> Digest:
        """The digest as it was."""
        digest = unpack(self.body, Digest)
        digest.id, digest.facts = self.id, self.facts
        return digest


def count(calls: Sequence[ModelCall], tools: Sequence[ToolCall]) -> Counts:
    """Count events."""
    if not (calls or tools):
        return Counts()
    tokens = [msgspec.structs.astuple(call.tokens) for call in calls]
    counts = Counts(len(tokens), tokens=Tokens(*map(sum, zip(*tokens, strict=True))))
    for status, number in Counter([tool.status for tool in tools]).items():
        counts.errors += number * status.failed
    for name, number in Counter([tool.name for tool in tools]).items():
        shown = plain_name(name)
        counts.tools[shown] = counts.tools.get(shown, 0) + number
    return counts


def show_types(account: Reconciliation) -> None:
    """Put the unknown record types, which are the history's own words, into words that may be shown."""
    types, account.unknown_records = account.unknown_records, {}
    for name, number in types.items():
        account.unknown(plain_name(name), number)


def account_of(session: Session) -> Reconciliation:
    """The reader's account, with what is known of calls only after selection."""
    account = session.reconciliation
    account.lower_bound = sum([call.lower_bound for call in session.calls])
    account.estimated = sum([call.tokens.estimate > 0 for call in session.calls])
    account.unanswered = sum([not tool.answered for tool in session.tools])
    return account


def is_own(prompt: Prompt) -> bool:
    """Whether a prompt was typed, in this session, and is selected."""
    return prompt.opener is Opener.TYPED and prompt.counts


def left_out(session: Session, project: Project, labels: Labels, dropped: str) -> Digest:
    """The digest of a session that a selector left out: enough to say what would match."""
    return Digest(
        session.id,
        labels.handle(session.id),
        session.agent,
        labels.bare(labels.project(project.name, project.root, given=project.given)),
        dropped,
        session.tag,
        session.started,
        session.ended,
    )


def digest_of(
    session: Session, project: Project, samples: Samples, labels: Labels, *, previews: bool
) -> Digest:
    """The digest of a tagged session whose events are those selected."""
    named = [
        (effect.kind, path)
        for tool in session.tools
        if tool.category != "shell"
        for effect in tool.effects
        for path in effect.paths
    ]
    times = [call.at for call in session.calls if call.at]
    times += [tool.at for tool in session.tools if tool.at]
    models: Counter[str] = Counter()
    for model, number in Counter([call.model for call in session.calls]).items():
        models[labels.bare(labels.model(model))] += number
    digest = left_out(session, project, labels, "")
    digest.started = min(times, default=session.started)
    digest.ended = max(times, default=session.ended)
    digest.models = dict(sorted(models.items()))
    digest.regions = [
        Region(index, prompt.tag, prompt.rule, _preview(prompt.text) if previews else "redacted")
        for index, prompt in enumerate(session.prompts)
    ]
    digest.prompts = sum(map(is_own, session.prompts))
    digest.counts = count(session.calls, session.tools)
    digest.embedded = count(
        [call for call in session.calls if call.embedded],
        [tool for tool in session.tools if tool.embedded],
    )
    digest.files_read = len({path for kind, path in named if kind is EffectKind.READ})
    digest.files_edited = len({path for kind, path in named if kind is EffectKind.WRITE})
    digest.subagents = session.subagents
    digest.samples = samples
    digest.reconciliation = account_of(session)
    return digest


def naming_of(session: Session) -> list[Named]:
    """Which rules named the session, its selected prompts that have calls or were typed, and its calls."""
    tokens: Counter[tuple[str, str, str]] = Counter()
    regions: Counter[int] = Counter()
    numbers: Counter[tuple[str, str, str]] = Counter()
    for call in session.calls:
        name = ("llm", call.tag, call.rule)
        numbers[name] += 1
        tokens[name] += call.tokens.total
        regions[call.prompt] += call.tokens.total
    for index, prompt in enumerate(session.prompts):
        if prompt.counts and (index in regions or prompt.text):
            name = ("prompt", prompt.tag, prompt.rule)
            numbers[name] += 1
            tokens[name] += regions[index]
    name = ("session", session.tag, session.rule)
    numbers[name] += 1
    tokens[name] += regions.total()
    return [Named(*name, number, tokens[name]) for name, number in numbers.items()]


def _preview(text: str) -> str:
    """The beginning of a prompt on one line, without control characters."""
    line = " ".join(text.split())
    return "".join(char for char in line if char.isprintable())[:PREVIEW]
