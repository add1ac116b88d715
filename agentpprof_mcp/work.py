"""From the files of a session to its digest: read, settle, tag, select, project.

Selection has gates at two depths here: sessions by project, events by time and region. Which of the
sessions are then chosen, `selecting` says.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, tzinfo
from functools import cached_property, lru_cache

from agentpprof_mcp.digest import Digest, Facts, digest_of, is_own, left_out, naming_of, show_types
from agentpprof_mcp.env import Env
from agentpprof_mcp.index import stand_in
from agentpprof_mcp.keys import MachineKey
from agentpprof_mcp.labels import Labels
from agentpprof_mcp.model import Session
from agentpprof_mcp.ownership import claims, packed, settle
from agentpprof_mcp.profile import Samples
from agentpprof_mcp.projects import Project, Projects
from agentpprof_mcp.query import Query, Selection
from agentpprof_mcp.readers import Group, Wants, reader_of
from agentpprof_mcp.taggers import TAGGERS, Asking, GivenTagger, Tagger, store_in
from agentpprof_mcp.views import Scene, View, project

__all__ = ["Gathering", "Work", "working"]

PROJECTS = 1 << 12
"""Sets of working directories whose project is remembered."""

DAY_STEP = 900_000
"""Milliseconds in which a zone's day cannot change twice: every offset is a multiple of it."""


class Work:
    """Turns families of groups into digests; made before workers fork, so that they share it."""

    def __init__(
        self, query: Query, env: Env, view: View | None, tagger: Tagger, key: MachineKey
    ) -> None:
        self.query = query
        self.env = env
        self.view = view
        self.key = key
        selection = query.selection
        roots = {agent: str(root) for agent, root in selection.roots.items()}
        self._places = (str(env.home), *sorted(roots.items()))
        self.labels = Labels(home=str(env.home), roots=roots, path_depth=query.path_depth, key=key)
        self.asking = tagger if isinstance(tagger, Asking) else None
        self.tagger = GivenTagger(tagger, store_in(env.cache), self.labels.lasting)
        self.projects = Projects(selection.project_root, selection.project_name)
        self.wants = view.wants if view else Wants(effects=False, files=True)
        self.day_of = _day_maker(query.zone)
        self._project_of = lru_cache(PROJECTS)(self._its_project)
        self._shown = lru_cache(PROJECTS)(self._stand_in_of)

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
        facts = {index: self._facts(session, groups[index].root) for index, session in sessions}
        if len(sessions) > 1:
            settle([session for _, session in sessions])
        for index, session in sessions:
            digests[index] = self.digest(session)
            digests[index].facts = facts[index]
        return digests

    def _facts(self, session: Session, root: str) -> Facts:
        """What is true of a session whatever is asked."""
        lasting, held = self.labels.lasting(session.id), packed(claims(session, root))
        return Facts(tuple(session.cwds), session.started, session.ended, lasting, held)

    def scene(self, session: Session) -> tuple[Scene, str]:
        """A settled session, tagged, with its selected events; and why it is left out, if it is."""
        place, dropped = self.gate(session.cwds, session.started, session.ended)
        if not dropped:
            self.tagger.tag(session)
            dropped = self._select(session)
        return Scene(session, place, self.labels), dropped

    def digest(self, session: Session) -> Digest:
        """Tag, select and project a session whose calls are its own."""
        scene, dropped = self.scene(session)
        place = scene.project
        if dropped:
            made = left_out(session, place, self.labels, dropped)
            if dropped == "copied" or not session.cwds:
                # its file was read for this answer, or may be part of it
                made.reconciliation = session.reconciliation
            return made
        hits = self.labels.redaction_hits
        samples = Samples()
        if self.view is not None:
            samples = project(self.view, scene, self.day_of, self.query.frames)
        digest = digest_of(session, place, samples, self.labels, previews=self.query.previews)
        if self.query.naming:
            digest.naming = naming_of(session)
        digest.reconciliation.redaction_hits = self.labels.redaction_hits - hits
        return digest

    def gate(self, cwds: Sequence[str], started: int, ended: int) -> tuple[Project, str]:
        """The project that a session is shown in, and why it is left out for it or for its time."""
        place, dropped = self._project_of(tuple(cwds))
        if not dropped and self.query.selection.spans(started, ended) is False:
            dropped = "events"
        return place, dropped

    def unread(self, session: Session) -> Digest:
        """The digest of a session that is left out, of which only folders and times are known."""
        place, dropped = self.gate(session.cwds, session.started, session.ended)
        return left_out(session, place, self.labels, dropped)

    def _its_project(self, cwds: tuple[str, ...]) -> tuple[Project, str]:
        """The project that a session is shown in, and whether it is left out for it."""
        selection, given = self.query.selection, self.projects.given
        if given is not None and any(given.holds(cwd) for cwd in cwds):
            return given, ""
        if selection.session_files and selection.project_given and given is not None:
            return given, ""
        own = self.projects.own(cwds[0] if cwds else "")
        if given is None:
            names = selection.projects
            return own, "project" if names and self._label(own) not in names else ""
        return own, "" if selection.session_files else "project"

    def _label(self, place: Project) -> str:
        return self.labels.bare(self.labels.project(place.name, place.root, given=place.given))

    # --- what a digest depends on ------------------------------------------------------------

    @cached_property
    def look(self) -> bytes:
        """Stands for how sessions are looked at: in which view, with which rules and flags."""
        query = self.query
        return stand_in(
            self.view.name if self.view else "",
            query.frames,
            self.tagger.identity(),
            query.naming,
            repr(query.zone),
            query.path_depth,
            query.selection.prompt_tags,
            self._places,
        )

    def scope(self) -> bytes:
        """Stands for the question: how sessions are looked at, and which."""
        selection = self.query.selection
        root = str(selection.project_root)
        return stand_in(self.look, root, selection.projects, selection.agents, selection.ranged)

    def shown(self, cwds: tuple[str, ...], lasting: str) -> bytes:
        """Stands for what else a session's digest depends on: its project, and its given tags."""
        return self._shown(cwds, tuple(self.tagger.stored(lasting).items()))

    def _stand_in_of(self, cwds: tuple[str, ...], given: tuple[tuple[int, str], ...]) -> bytes:
        place, dropped = self._project_of(cwds)
        return stand_in(place.identity(), dropped, given)

    def _select(self, session: Session) -> str:
        """Keep the selected events of a session; why it is left out, if it is."""
        selection = self.query.selection
        empty = not (session.calls or session.tools)
        if empty and session.reconciliation.duplicates and not any(map(is_own, session.prompts)):
            return "copied"
        if selection.ranged or selection.prompt_tags:
            _narrow(session, selection)
            if not session.calls and not session.tools:
                return "events"
        return ""


def working(query: Query, env: Env, view: View | None) -> Work:
    """What carries a query out. Raises `UserError` or `InputError` for rules that are wrong."""
    key = MachineKey(env.cache)
    return Work(query, env, view, TAGGERS[query.tagger](query, env.config, key), key)


class Gathering(Work):
    """The first pass of a tagger that asks: digests with the texts that it needs an answer for."""

    def __init__(self, query: Query, env: Env, tagger: Asking, key: MachineKey) -> None:
        super().__init__(query, env, None, tagger, key)
        self._questions = tagger.questions

    def digest(self, session: Session) -> Digest:
        """The digest of a session; what was given a tag needs no answer."""
        self.tagger.give(session)
        questions = self._questions(session)
        digest = super().digest(session)
        if not digest.dropped:
            digest.questions = list(questions.values())
        return digest


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
