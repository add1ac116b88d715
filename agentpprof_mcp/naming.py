"""Which rule gave which tag, how much that covers, and which tags were given by hand."""

from collections.abc import Iterable, Sequence
from datetime import tzinfo
from typing import NamedTuple

import msgspec

from agentpprof_mcp.digest import Digest, Named
from agentpprof_mcp.tables import aligned, moment
from agentpprof_mcp.taggers import FALLBACK, SESSION, Given

__all__ = ["GivenRow", "Naming", "naming", "naming_json", "naming_table"]

KINDS = ("session", "prompt", "llm")
UNKNOWN = "unknown"
"""Stands for the session of a given tag that is not among those looked at."""


class GivenRow(NamedTuple):
    """A tag that was given to a session, or to its prompt of that index; when, in milliseconds."""

    session: str
    prompt: int | None
    tag: str
    at: int


class Naming(NamedTuple):
    """Rules by kind and weight, given tags, and the sessions they are of."""

    rules: list[Named]
    given: list[GivenRow]
    sessions: Sequence[Digest]


def naming(sessions: Sequence[Digest], given: Iterable[Given]) -> Naming:
    """Add up what sessions say of their rules."""
    sums: dict[tuple[str, str, str], Named] = {}
    for named in (named for digest in sessions for named in digest.naming):
        key = (named.kind, named.tag, named.rule)
        before = sums.get(key, Named(*key))
        sums[key] = Named(*key, before.count + named.count, before.tokens + named.tokens)
    rules = sorted(sums.values(), key=lambda n: (KINDS.index(n.kind), -n.count, n.tag, n.rule))
    handles = {digest.facts.lasting: digest.handle for digest in sessions}
    rows = [
        GivenRow(
            handles.get(entry.session, UNKNOWN),
            None if entry.prompt == SESSION else entry.prompt,
            entry.tag,
            entry.at,
        )
        for entry in given
    ]
    return Naming(rules, sorted(rows, key=lambda row: (row.session, row.prompt or -1)), sessions)


def naming_table(found: Naming, zone: tzinfo, *, previews: bool) -> str:
    """Coverage, rules and given tags; with `previews` the prompts of each session too."""
    parts = [_coverage(found.rules), _rules(found.rules)]
    if found.given:
        parts.append(_given(found.given, zone))
    if previews:
        parts.append(_prompts(found.sessions))
    return "\n".join(parts)


def _coverage(rules: Iterable[Named]) -> str:
    rows: list[Sequence[str]] = [("kind", "named", "fallback", "share", "of tokens")]
    for kind in KINDS:
        own = [named for named in rules if named.kind == kind]
        spare = [named for named in own if named.tag == FALLBACK]
        count, rest = sum(n.count for n in own), sum(n.count for n in spare)
        tokens, width = sum(n.tokens for n in own), sum(n.tokens for n in spare)
        rows.append((kind, f"{count:,}", f"{rest:,}", _share(rest, count), _share(width, tokens)))
    return aligned(rows, left=1)


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "-"


def _rules(rules: Iterable[Named]) -> str:
    rows: list[Sequence[str]] = [("kind", "tag", "rule", "count", "tokens")]
    rows += [(n.kind, n.tag, n.rule, f"{n.count:,}", f"{n.tokens:,}") for n in rules]
    return aligned(rows, left=3)


def _given(given: Iterable[GivenRow], zone: tzinfo) -> str:
    rows: list[Sequence[str]] = [("given to", "prompt", "tag", "when")]
    for row in given:
        prompt = "" if row.prompt is None else str(row.prompt)
        rows.append((row.session, prompt, row.tag, moment(row.at, zone)[:16].replace("T", " ")))
    return aligned(rows, left=4)


def _prompts(sessions: Iterable[Digest]) -> str:
    rows: list[Sequence[str]] = [("session", "prompt", "tag", "rule", "begins")]
    rows += [
        (digest.handle, str(region.index), region.tag, region.rule, region.preview)
        for digest in sessions
        for region in digest.regions
        if region.preview
    ]
    return aligned(rows, left=5)


def naming_json(found: Naming, zone: tzinfo) -> bytes:
    """The same for programs, in the schema `agentpprof-tags/1`."""
    document = {
        "schema": "agentpprof-tags/1",
        "rules": [
            {"kind": n.kind, "tag": n.tag, "rule": n.rule, "count": n.count, "tokens": n.tokens}
            for n in found.rules
        ],
        "given": [
            {"session": g.session, "prompt": g.prompt, "tag": g.tag, "at": moment(g.at, zone)}
            for g in found.given
        ],
        "sessions": [
            {
                "id": digest.handle,
                "tag": digest.tag,
                "prompts": [
                    {"index": r.index, "tag": r.tag, "rule": r.rule, "preview": r.preview}
                    for r in digest.regions
                ],
            }
            for digest in found.sessions
        ],
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"
