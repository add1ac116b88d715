"""From a query to digests: find the files, read in parallel, settle, tag, select, project.

Selection has gates at three depths: files by agent before they are opened, sessions by project, id and
tag once they are read, events by time and region. Who owns a call that several sessions repeat is
settled over everything that was read, whatever is selected.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from agentpprof_mcp.digest import Digest, digest_of, is_own, left_out, show_types
from agentpprof_mcp.env import Env
from agentpprof_mcp.errors import InputError, NothingFoundError, UserError
from agentpprof_mcp.keys import MachineKey
from agentpprof_mcp.labels import Labels
from agentpprof_mcp.model import Reconciliation, Session
from agentpprof_mcp.ownership import claims, families, settle
from agentpprof_mcp.pool import run_jobs
from agentpprof_mcp.projects import Project, Projects
from agentpprof_mcp.query import Query, Selection
from agentpprof_mcp.readers import Group, Wants, discover, named, reader_of
from agentpprof_mcp.taggers import GivenTagger, RulesTagger, parse_rules, store_in
from agentpprof_mcp.views import Scene, View, project

__all__ = ["Progress", "Sessions", "Work", "collect"]

Progress = Callable[[int, int], None]
"""Told how many of how many files are read."""

DAY_STEP = 900_000
"""Milliseconds in which a zone's day cannot change twice: every offset is a multiple of it."""

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


class Sessions(NamedTuple):
    """Selected sessions, newest first, the account of what was read for them, and what named them."""

    sessions: list[Digest]
    reconciliation: Reconciliation
    tagger: dict[str, object]


class Work:
    """Turns families of groups into digests; made before workers fork, so that they share it."""

    def __init__(self, query: Query, env: Env, view: View | None) -> None:
        self.query = query
        self.view = view
        selection = query.selection
        self.labels = Labels(
            home=str(env.home),
            roots={agent: str(root) for agent, root in selection.roots.items()},
            path_depth=query.path_depth,
            key=MachineKey(env.cache),
        )
        rules = RulesTagger(parse_rules(query.tag_rules))
        self.tagger = GivenTagger(rules, store_in(env.cache), self.labels.lasting)
        self.projects = Projects(selection.project_root, selection.project_name)
        self.wants = view.wants if view else Wants(effects=False, files=True)
        self.day_of = _day_maker(query.zone)

    def family(self, groups: Sequence[Group]) -> list[Digest]:
        """Read the groups, settle what they share, and digest each."""
        sessions: list[tuple[int, Session]] = []
        digests = [Digest(agent=group.agent, dropped="unreadable") for group in groups]
        for index, group in enumerate(groups):
            try:
                session = reader_of(group.agent).read(group, self.wants)
            except OSError:
                digests[index].reconciliation.miss()
                continue
            show_types(session.reconciliation)
            sessions.append((index, session))
        held = {index: claims(session) for index, session in sessions}
        if len(sessions) > 1:
            settle([session for _, session in sessions])
        for index, session in sessions:
            digests[index] = self._digest(session)
            digests[index].claims = held[index]
        return digests

    def scene(self, session: Session) -> tuple[Scene, str]:
        """A settled session, tagged, with its selected events; and the selector that leaves it out."""
        place, dropped = self._project(session)
        if not dropped:
            self.tagger.tag(session)
            dropped = self._select(session)
        return Scene(session, place, self.labels), dropped

    def _digest(self, session: Session) -> Digest:
        scene, dropped = self.scene(session)
        place = scene.project
        if dropped:
            made = left_out(session, place, self.labels, dropped)
            if dropped == "copied" or not session.cwds:
                # its file was read for this answer, or may be part of it
                made.reconciliation = session.reconciliation
            return made
        profile, hits = None, self.labels.redaction_hits
        if self.view is not None:
            profile = project(self.view, scene, self.day_of, self.query.frames)
        digest = digest_of(session, place, profile, self.labels, previews=self.query.previews)
        digest.reconciliation.redaction_hits = self.labels.redaction_hits - hits
        return digest

    def _project(self, session: Session) -> tuple[Project, str]:
        """The project that a session is shown in, and whether it is left out for it."""
        selection, given = self.query.selection, self.projects.given
        if given is not None and any(given.holds(cwd) for cwd in session.cwds):
            return given, ""
        if selection.session_files and selection.project_given and given is not None:
            return given, ""
        own = self.projects.own(session.cwds[0] if session.cwds else "")
        if given is None:
            names = selection.projects
            shown = self.labels.bare(self.labels.project(own.name, own.root))
            return own, "project" if names and shown not in names else ""
        return own, "" if selection.session_files else "project"

    def _select(self, session: Session) -> str:
        """Keep the selected events of a session; the name of the selector that leaves it out."""
        selection = self.query.selection
        names = (session.id, self.labels.handle(session.id))
        ids = selection.session_ids
        if ids and LAST not in ids and not any(_is_called(names, prefix) for prefix in ids):
            return "id"
        if selection.session_tags and session.tag not in selection.session_tags:
            return "tag"
        empty = not (session.calls or session.tools)
        if empty and session.reconciliation.duplicates and not any(map(is_own, session.prompts)):
            return "copied"
        if selection.since or selection.until or selection.prompt_tags:
            _narrow(session, selection)
            if not session.calls and not session.tools:
                return "events"
        return ""


def _narrow(session: Session, selection: Selection) -> None:
    """Leave the events and prompts that are in the range of time and in a selected region."""

    def in_range(at: int) -> bool:
        at = at or session.started
        return at >= selection.since and (not selection.until or at < selection.until)

    tags = selection.prompt_tags
    selected = [not tags or prompt.tag in tags for prompt in session.prompts]
    for prompt, kept in zip(session.prompts, selected, strict=True):
        prompt.counts = prompt.counts and kept and in_range(prompt.at)
    session.calls = [call for call in session.calls if selected[call.prompt] and in_range(call.at)]
    session.tools = [tool for tool in session.tools if selected[tool.prompt] and in_range(tool.at)]


def _day_maker(zone: tzinfo) -> Callable[[int], str]:
    """A function from milliseconds to the zone's day, looked up once per quarter of an hour."""

    @lru_cache(1 << 14)
    def day_of_quarter(quarter: int) -> str:
        seconds = quarter * DAY_STEP / 1000
        return datetime.fromtimestamp(seconds, UTC).astimezone(zone).date().isoformat()

    return lambda at: day_of_quarter(at // DAY_STEP) if at else ""


def collect(query: Query, env: Env, view: View | None, progress: Progress) -> Sessions:
    """Read what the selection may hold, and keep what it does."""
    account = Reconciliation()
    selection = query.selection
    if selection.session_files:
        groups = named(selection.session_files)
    else:
        groups = discover(selection.roots, account)
    groups = [g for g in groups if not selection.agents or g.agent in selection.agents]
    work = Work(query, env, view)
    digests = _digest_all(groups, work, progress)
    if selection.session_files and any(digest.dropped == "unreadable" for digest in digests):
        raise InputError("a session file could no longer be read; run again")
    chosen = [digest for digest in digests if not digest.dropped]
    chosen.sort(key=lambda digest: (-digest.ended, digest.id))
    chosen = _by_id(selection, chosen)
    if selection.max_sessions is not None:
        chosen = chosen[: selection.max_sessions]
    if not chosen:
        raise NothingFoundError(_nothing(selection, digests, env.home))
    for digest in (*chosen, *(digest for digest in digests if digest.dropped)):
        account.add(digest.reconciliation)
    return Sessions(chosen, account, work.tagger.describe())


def _guess(groups: Sequence[Group]) -> list[list[int]]:
    """Indexes of groups that begin alike, together; others alone."""
    by_root: dict[str, list[int]] = {}
    for index, group in enumerate(groups):
        by_root.setdefault(group.root or str(index), []).append(index)
    return list(by_root.values())


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


def _from_home(path: Path, home: Path) -> str:
    """A folder for a message; the user's home, which is named after the user, is `~`."""
    return str(Path("~") / path.relative_to(home)) if path.is_relative_to(home) else str(path)


def _nothing(selection: Selection, digests: Sequence[Digest], home: Path) -> str:
    """What was searched, and what would match."""
    roots = sorted(selection.roots.items())
    places = ", ".join(f"{agent} in {_from_home(root, home)}" for agent, root in roots)
    if not digests:
        return f"no sessions found; searched {places or 'no folder'}; try --claude-root or --codex-root"
    dropped = Counter(digest.dropped for digest in digests)
    if dropped["project"] == len(digests):
        names = Counter(digest.project for digest in digests).most_common(LISTED)
        listed = ", ".join(f"{name} ({number})" for name, number in names)
        root = selection.project_root
        wanted = _from_home(root, home) if root else "a project of that name"
        return (
            f"none of {len(digests)} sessions is in {wanted}; their projects: {listed};"
            " try --all-projects or --project-root"
        )
    in_project = [digest for digest in digests if digest.dropped != "project"]
    newest = sorted(in_project, key=lambda d: (-d.ended, d.id))[:LISTED]
    listed = ", ".join(f"{digest.handle} {digest.tag}" for digest in newest)
    reasons = ", ".join(f"{dropped[word]} {REASONS[word]}" for word in REASONS if dropped[word])
    hint = "; try --all-projects or --project-root" if dropped["project"] else ""
    return f"no session matches: {reasons}; the newest searched: {listed}{hint}"


def _digest_all(groups: Sequence[Group], work: Work, progress: Progress) -> list[Digest]:
    """Digest every group: forks with their origin, then those that turned out to share calls too."""

    def digest(sets: list[list[int]]) -> list[tuple[list[int], list[Digest]]]:
        results = run_jobs(
            [sum(groups[i].size for i in members) for members in sets],
            lambda job: work.family([groups[i] for i in sets[job]]),
            list[Digest],
            progress,
        )
        return list(zip(sets, results, strict=True))

    digests: dict[int, Digest] = {}
    guessed = _guess(groups)
    for members, made in digest(guessed):
        digests.update(zip(members, made, strict=True))
    shared = families([digests[index].claims for index in range(len(groups))])
    for members, made in digest([members for members in shared if members not in guessed]):
        digests.update(zip(members, made, strict=True))
    return [digests[index] for index in range(len(groups))]
