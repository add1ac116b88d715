"""Which of the digested sessions are chosen, and what to say when none is."""

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from agentpprof_mcp.digest import Digest
from agentpprof_mcp.env import from_home
from agentpprof_mcp.errors import UserError
from agentpprof_mcp.model import Reconciliation
from agentpprof_mcp.query import Selection

__all__ = ["LAST", "choose", "nothing"]

LAST = "last"
"""The session id that stands for the newest session."""

REASONS = {
    "id": "with another id",
    "tag": "with another session tag",
    "events": "without a selected event",
    "copied": "only repeating others",
    "project": "in other projects",
    "unreadable": "unreadable",
}
"""Why a session is left out (`Digest.dropped`), in words."""

LISTED = 8
"""Candidates named in an error."""


def choose(selection: Selection, digests: Iterable[Digest]) -> list[Digest]:
    """The digests that the selection keeps, newest first; others are marked. Raises `UserError`."""
    for digest in digests:
        _mark(selection, digest)
    chosen = [digest for digest in digests if not digest.dropped]
    chosen.sort(key=lambda digest: (-digest.ended, digest.id))
    return _by_id(selection, chosen)[: selection.max_sessions]


def _mark(selection: Selection, digest: Digest) -> None:
    """Leave out a session of another id or tag; what was read for it is then no part of the answer."""
    if digest.dropped in {"project", "unreadable"}:
        return
    ids, tags = selection.session_ids, selection.session_tags
    names = (digest.id, digest.handle)
    if ids and LAST not in ids and not any(_is_called(names, prefix) for prefix in ids):
        digest.dropped = "id"
    elif tags and digest.tag not in tags and digest.dropped != "events":
        digest.dropped = "tag"
    else:
        return
    if digest.facts.cwds:
        digest.reconciliation = Reconciliation()


def _is_called(names: Sequence[str], prefix: str) -> bool:
    """Whether a prefix selects a session by its id or by the handle that is shown for it."""
    return any(name.startswith(prefix) for name in names)


def _by_id(selection: Selection, newest_first: list[Digest]) -> list[Digest]:
    """Resolve `last`, and refuse a prefix of several ids. Raises `UserError`."""
    if not selection.session_ids:
        return newest_first
    wanted: set[str] = set()
    for prefix in selection.session_ids:
        if prefix == LAST:
            wanted.update(digest.id for digest in newest_first[:1])
            continue
        ids = {d.id: d.handle for d in newest_first if _is_called((d.id, d.handle), prefix)}
        if len(ids) > 1 and prefix not in ids:
            alike = len(set(ids.values())) < len(
                ids
            )  # ids of one moment; their ends tell them apart
            candidates = sorted(ids if alike else ids.values())[:LISTED]
            raise UserError(f"the session id is ambiguous: {', '.join(candidates)}")
        wanted.update([prefix] if prefix in ids else ids)
    return [digest for digest in newest_first if digest.id in wanted]


def nothing(selection: Selection, digests: Sequence[Digest], home: Path) -> str:
    """What was searched, and what would match."""
    roots = sorted(selection.roots.items())
    places = ", ".join(f"{agent} in {from_home(root, home)}" for agent, root in roots)
    if not digests:
        return f"no sessions found; searched {places or 'no folder'}; try --claude-root or --codex-root"
    dropped = Counter(digest.dropped for digest in digests)
    if dropped["project"] == len(digests):
        names = Counter(digest.project for digest in digests).most_common(LISTED)
        listed = ", ".join(f"{name} ({number})" for name, number in names)
        root = selection.project_root
        wanted = from_home(root, home) if root else "a project of that name"
        return (
            f"none of {len(digests)} sessions is in {wanted}; their projects: {listed};"
            " try --all-projects or --project-root"
        )
    in_project = [digest for digest in digests if digest.dropped != "project"]
    newest = sorted(in_project, key=lambda d: (-d.ended, d.id))[:LISTED]
    listed = ", ".join(f"{digest.handle} {digest.tag}".rstrip() for digest in newest)
    reasons = ", ".join(f"{dropped[word]} {REASONS[word]}" for word in REASONS if dropped[word])
    hint = "; try --all-projects or --project-root" if dropped["project"] else ""
    return f"no session matches: {reasons}; the newest searched: {listed}{hint}"
