"""From a query to its sessions: find the files, digest what is in them, choose.

Selection has gates at three depths: files by agent before they are opened, sessions by project, events by
time and region while they are digested (`work`), digests by id and tag (`selecting`). Who owns a call that
several sessions repeat is settled over everything that was found, whatever is selected.

A tagger that has to ask first makes it two passes. The first brings the texts of the selected sessions
together, so that each is asked about once, by this process, and workers never open a connection.
"""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import msgspec
from msgspec.structs import replace

from agentpprof_mcp.cachefile import BUSY, DAMAGED, UNAVAILABLE
from agentpprof_mcp.digest import Digest
from agentpprof_mcp.env import Env
from agentpprof_mcp.errors import InputError, NothingFoundError, UserError
from agentpprof_mcp.index import Index, Store
from agentpprof_mcp.library import Library
from agentpprof_mcp.model import Reconciliation
from agentpprof_mcp.query import Query, Selection
from agentpprof_mcp.readers import Group, discover, named
from agentpprof_mcp.reading import Told, read_all
from agentpprof_mcp.selecting import LAST, choose, nothing
from agentpprof_mcp.survey import survey
from agentpprof_mcp.taggers import Asking
from agentpprof_mcp.totals import Summing, Tally, Total, total_of, total_of_digests
from agentpprof_mcp.views import View
from agentpprof_mcp.work import Gathering, Work, working

__all__ = ["TROUBLES", "Progress", "Sessions", "collect", "quiet"]

Progress = Callable[[str, int, int], None]
"""Told what is done, and to how many of how many."""

READING, ASKING = "reading session", "asking about text"

UNKNOWN = (
    "deleted sessions are known to the index alone: --include-deleted goes with no --no-index,"
    " --session-file, --include-previews or --tagger llm"
)
TROUBLES = {
    DAMAGED: "the index was damaged, or of another version; it is moved aside and made anew",
    BUSY: "another process is writing the index; this run did without it",
    UNAVAILABLE: "the index cannot be used, so history is read again every time",
}
"""What to say of trouble with the index."""


def quiet(_what: str, _done: int, _all: int) -> None:
    """Tell nobody."""


class Sessions(msgspec.Struct, frozen=True):
    """Selected sessions, newest first, the account of what was read for them, and what named them.

    Where a sum was asked for, it stands in `total`, and there may be no list. `remarks` are for the user.
    """

    sessions: list[Digest]
    reconciliation: Reconciliation
    tagger: dict[str, object]
    total: Total | None = None
    remarks: tuple[str, ...] = ()


def collect(
    query: Query, env: Env, view: View | None, progress: Progress, summing: Summing | None = None
) -> Sessions:
    """Find what is selected. With `summing` nobody will look at single sessions, only at their sum."""
    work = working(query, env, view)
    told = partial(progress, READING)
    if work.asking or query.previews or query.selection.session_files or not query.remember:
        if query.deleted:
            raise UserError(UNKNOWN)
        found = _read(work, told, progress)
    else:
        found = _remember(work, told, summing)
    if summing and found.total is None:
        return replace(found, total=total_of_digests(found.sessions, summing))
    return found


def _read(work: Work, told: Told, progress: Progress) -> Sessions:
    """Read everything; keep nothing."""
    account = Reconciliation()
    selection = work.query.selection
    groups = named(selection.session_files) or discover(_roots(selection), {}, account)
    if work.asking:
        _ask(work, work.asking, groups, progress)
    digests = read_all(groups, work, told)
    if selection.session_files and any(digest.dropped == "unreadable" for digest in digests):
        raise InputError("a session file could no longer be read; run again")
    return _chosen(work, digests, account)


def _remember(work: Work, told: Told, summing: Summing | None) -> Sessions:
    """Read what changed since the last time; the index knows the rest."""
    account = Reconciliation()
    selection = work.query.selection
    store = Store(work.env.cache, work.key, work.env.now)
    index = Index(store, _roots(selection))
    groups = discover(_roots(selection), index.heads(), account)
    single = selection.session_ids or selection.session_tags or selection.max_sessions
    tally = None if single or not summing else Tally(summing)
    library = Library(survey(groups, index, work, told, tally), store, work, told)
    deleted, remarks = library.deleted() if work.query.deleted else ([], [])
    found = _summed(work, library, tally.summing, deleted, account) if tally else None
    if found is None:
        found = _chosen(work, [*library.digests(), *deleted], account)
    included = sum(not digest.dropped for digest in found.sessions or deleted if digest.deleted)
    if included:
        remarks.insert(0, f"deleted sessions included, as they were when last read: {included:,}")
    if store.trouble:
        remarks.append(TROUBLES[store.trouble])
    return replace(found, remarks=tuple(remarks))


def _summed(
    work: Work, library: Library, summing: Summing, deleted: list[Digest], account: Reconciliation
) -> Sessions | None:
    """The sum of all selected sessions; None if there is none, and somebody has to say why."""
    total = total_of([library.total(summing), total_of_digests(deleted, summing)])
    if not total.sessions:
        return None
    account.add(total.reconciliation)
    return Sessions([], account, work.tagger.describe(), total)


def _chosen(work: Work, digests: list[Digest], account: Reconciliation) -> Sessions:
    """The sessions that the selection keeps. Raises `NothingFoundError` when there is none."""
    selection = work.query.selection
    chosen = choose(selection, digests)
    if not chosen:
        raise NothingFoundError(nothing(selection, digests, work.env.home))
    for digest in (*chosen, *(digest for digest in digests if digest.dropped)):
        account.add(digest.reconciliation)
    return Sessions(chosen, account, work.tagger.describe())


def _roots(selection: Selection) -> Mapping[str, Path]:
    """The folders of the selected agents."""
    agents = selection.agents
    return {name: root for name, root in selection.roots.items() if not agents or name in agents}


def _without_tags(query: Query) -> Query:
    """The query as far as it can be carried out before anything is tagged."""
    selection = query.selection
    if selection.session_tags or selection.prompt_tags:
        ids = () if LAST in selection.session_ids else selection.session_ids
        selection = replace(
            selection, session_tags=(), prompt_tags=(), session_ids=ids, max_sessions=None
        )
    return replace(query, selection=selection)


def _ask(work: Work, tagger: Asking, groups: list[Group], progress: Progress) -> None:
    """Let a tagger ask about the texts of the selected sessions, those of the newest first."""
    query = _without_tags(work.query)
    gathering = Gathering(query, work.env, tagger, work.key)
    digests = read_all(groups, gathering, partial(progress, READING))
    chosen = choose(query.selection, digests)
    texts = [text for digest in chosen for text in digest.questions]
    tagger.ask(texts, partial(progress, ASKING))
