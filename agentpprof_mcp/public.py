"""The pass for profiles that leave the machine: public words, nothing that few sessions share, round numbers.

Before: project:paintshop;...;path:src/secret.py;status:ok 4242 (in 3 sessions)
After:  project:project;...;other;status:ok 4200 (with what else is rare there)

A stack stays only when enough sessions have it (five) on enough days (two). This is no formal
guarantee: what many sessions share may still tell something about them.
"""

import re
from collections.abc import Iterable

import msgspec

from agentpprof_mcp.errors import UserError
from agentpprof_mcp.labels.published import LISTS, OTHER, publisher
from agentpprof_mcp.model import Reconciliation, Tokens
from agentpprof_mcp.profile import Label, Profile, Sample
from agentpprof_mcp.query import Policy
from agentpprof_mcp.writers.base import Report, SessionRow

__all__ = ["anonymous", "publish", "rounded"]

MOST_SUPPRESSED = 0.5
DIGITS = 2
DAY = len("2026-11-23")
DATE = re.compile(r"20\d{2}-[01]\d-[0-3]\d")

Stack = tuple[Label, ...]
Support = set[tuple[str, Label]]
"""The days and sessions, as labels, that have a stack."""


def publish(report: Report, policy: Policy) -> Report:
    """The report as others may see it. Raises `UserError` when most of it had to be hidden."""
    profile = anonymous(report.profile, policy)
    share = 1 - _named(profile) / max(1, _named(report.profile))
    if share > MOST_SUPPRESSED and not policy.force:
        raise UserError(
            f"--public would hide {share:.0%}: fewer than {policy.k} sessions on {policy.days} days"
            " share it; select more sessions, lower --k, or add --force"
        )
    manifest: dict[str, object] = {
        "policy": "public/1",
        "k": policy.k,
        "days": policy.days,
        "exact": policy.exact,
        "suppressed": round(share, 2),
        "lists": LISTS,
    }
    account = _account(report.reconciliation, exact=policy.exact)
    if not policy.exact:
        profile = rounded(profile)
    profile.reconciliation = account
    tagger = {"name": report.tagger.get("name", "none")}
    rows = _rows(report.sessions, policy)
    return Report(profile, report.question, rows, account, tagger, manifest, report.number)


def _named(profile: Profile) -> int:
    """The weight in frames that say something, each frame of a stack counted."""
    return sum(
        values[0] * sum(frame != OTHER for frame in sample.stack)
        for sample, values in profile.samples.items()
    )


def anonymous(profile: Profile, policy: Policy) -> Profile:
    """The profile with public frames, rare stacks merged into `other`, and without times.

    No weight is lost, and what is anonymous does not change again.
    """
    public = publisher(
        {frame for sample in profile.samples for frame in sample.stack}, named=policy.named
    )
    names = _session_names(profile)
    whole = Profile(profile.view, profile.measures)
    for (stack, labels), values in sorted(profile.samples.items()):
        whole.add(Sample(tuple(map(public, stack)), _pivots(labels, names)), values)
    places = _places(whole.samples, policy)
    merged = Profile(profile.view, profile.measures)
    for (stack, labels), values in whole.samples.items():
        merged.add(Sample(places[stack], labels), values)
    return merged


def _pivots(
    labels: tuple[tuple[str, Label], ...], names: dict[Label, Label]
) -> tuple[tuple[str, Label], ...]:
    """The day and the session; other labels would tell samples apart that the stacks no longer do."""
    pairs = dict(labels)
    day, session = pairs.get("date", ""), pairs.get("session")
    kept = [("date", Label(day))] if DATE.fullmatch(day) else []
    return (*kept, ("session", names[session])) if session else tuple(kept)


def rounded(profile: Profile) -> Profile:
    """The profile by stack alone, each weight to two significant digits."""
    out = Profile(profile.view, profile.measures)
    for stack, values in profile.stacks().items():
        out.add(Sample(stack), tuple(map(_round, values)))
    return out


def _round(number: int) -> int:
    """Two significant digits, halves up."""
    step: int = 10 ** max(0, len(str(number)) - DIGITS)
    return (number + step // 2) // step * step


def _session_names(profile: Profile) -> dict[Label, Label]:
    """`s1`..`sn` for the sessions; those that are called so already keep their names."""
    found = {text for sample in profile.samples for key, text in sample.labels if key == "session"}
    named = {text for text in found if text[0] == "s" and text[1:].isdecimal()}
    numbers = (f"s{number}" for number in range(1, len(found) + 1))
    free = (name for name in numbers if name not in named)
    return {text: text if text in named else Label(next(free)) for text in sorted(found)}


def _places(samples: Iterable[Sample], policy: Policy) -> dict[Stack, Stack]:
    """Where each stack goes: itself, or where `other` stands for what too few sessions share."""
    support: dict[Stack, Support] = {}
    for stack, labels in samples:
        support.setdefault(stack, set()).update(labels)
    places, spilled = _Merge(support, policy).place({stack: stack for stack in support})
    return places | dict.fromkeys(spilled, (OTHER,))


class _Merge:
    """Merges rare siblings, together with what is below them, into `other`.

    What even all rare siblings together do not share often enough goes into the `other` a level above.
    """

    def __init__(self, support: dict[Stack, Support], policy: Policy) -> None:
        self._support = support
        self._policy = policy

    def place(self, stacks: dict[Stack, Stack]) -> tuple[dict[Stack, Stack], list[Stack]]:
        """Place stacks by what is left of them from this node down; also those that must go up."""
        below: dict[Label, dict[Stack, Stack]] = {}
        ending: dict[Stack, Stack] = {}
        for stack, rest in stacks.items():
            if rest:
                below.setdefault(rest[0], {})[stack] = rest[1:]
            else:
                ending[stack] = ()
        rare = below.pop(OTHER, {})
        places: dict[Stack, Stack] = {}
        if self._common(ending):
            places = ending
        else:
            rare |= ending
        for frame, members in sorted(below.items()):
            if not self._common(members):
                rare |= members
                continue
            inside, spilled = self.place(members)
            places |= {stack: (frame, *rest) for stack, rest in inside.items()}
            rare |= dict.fromkeys(spilled, ())
        if not self._common(rare):
            return places, list(rare)
        inside, spilled = self.place(rare)
        places |= {
            stack: rest if rest[:1] == (OTHER,) else (OTHER, *rest)
            for stack, rest in inside.items()
        }
        return places, spilled

    def _common(self, stacks: Iterable[Stack]) -> bool:
        """Whether enough sessions on enough days have one of the stacks."""
        keys = [key for key, _ in set().union(*(self._support[stack] for stack in stacks))]
        sessions, days = keys.count("session"), keys.count("date")
        return sessions >= self._policy.k and days >= self._policy.days


def _account(account: Reconciliation, *, exact: bool) -> Reconciliation:
    """The counts, without names that files chose."""
    unknown = sum(account.unknown_records.values())
    shown = msgspec.structs.replace(
        account, unknown_records={str(OTHER): unknown} if unknown else {}
    )
    if exact:
        return shown
    counts = {
        name: _round(value)
        for name, value in msgspec.structs.asdict(shown).items()
        if type(value) is int
    }
    tables = {
        name: {key: _round(number) for key, number in getattr(shown, name).items()}
        for name in ("skipped", "unknown_records")
    }
    return msgspec.structs.replace(shown, **counts, **tables)


def _rows(rows: list[SessionRow], policy: Policy) -> list[SessionRow]:
    """Sessions by number and day, with a tag that enough of them share, and without their prompts."""
    frames = {Label(f"model:{row.model}") for row in rows}
    public = publisher(frames, named=policy.named)
    tags = [row.tag for row in rows]

    def value(key: str, text: str) -> str:
        return public(Label(f"{key}:{text}")).partition(":")[2]

    def count(number: int) -> int:
        return number if policy.exact else _round(number)

    return [
        SessionRow(
            handle=f"s{number}",
            agent=row.agent,
            project=value("project", row.project),
            model=value("model", row.model),
            tag=row.tag if tags.count(row.tag) >= policy.k else str(OTHER),
            started=row.started[:DAY],
            ended=row.ended[:DAY],
            prompts=[],
            calls=count(row.calls),
            tools=count(row.tools),
            tokens=Tokens(*map(count, msgspec.structs.astuple(row.tokens))),
        )
        for number, row in enumerate(sorted(rows, key=lambda row: row.handle), 1)
    ]
