"""One call: its arguments, the machine as it is now, and the service with its memory of the last answers."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from typing import NamedTuple

from msgspec.structs import replace

from agentpprof_mcp import giving, service
from agentpprof_mcp.env import Env
from agentpprof_mcp.memo import state_of
from agentpprof_mcp.query import Query
from agentpprof_mcp.server.arguments import Asked
from agentpprof_mcp.server.memory import Memory
from agentpprof_mcp.server.running import Progress
from agentpprof_mcp.server.selecting import Choices, query_of, sides_of

__all__ = ["Call"]


class Call(NamedTuple):
    """A call of a tool, or of what answers like one, by its `name`. `meta` is what the client says beside it."""

    name: str
    asked: Asked
    env: Env
    choices: Choices
    meta: Mapping[str, object]
    memory: Memory
    progress: Progress

    def query(self) -> Query:
        """The query that the arguments ask for."""
        return query_of(self.asked, self.choices, self.env, self.meta)

    def sides(self) -> Iterator[tuple[str, Query]]:
        """Base and new of a comparison, each with its name."""
        yield from sides_of(self.asked, self.choices, self.env, self.meta)

    def sessions(self, query: Query) -> service.Sessions:
        """The selected sessions."""
        return self.memory.sessions.get(
            self._question(query),
            lambda: service.list_sessions(query, self.env, self.progress),
        )

    def profiles(self, query: Query) -> tuple[service.Report, service.Report]:
        """The whole profile, and the part of it that is in focus: the same one without a focus."""
        whole = self.memory.profiles.get(
            self._question(query), lambda: service.profile(query, self.env, self.progress)
        )
        focus = self.asked.focus
        return whole, service.focus(whole, focus) if focus else whole

    def text(self, tool: str, make: Callable[["Call"], str], queries: Iterable[Query]) -> str:
        """What a tool says to this call, by the queries that it comes down to."""
        question = (tool, self.asked, *map(self._question, queries))
        return self.memory.texts.get(question, lambda: make(self))

    def _question(self, query: Query) -> Hashable:
        """A query, and the state of all that its answer is made of."""
        selection = query.selection
        state = state_of([*selection.roots.values(), giving.tags_file(self.env), self.env.config])
        roots = tuple(sorted(selection.roots.items()))
        return (repr(replace(query, selection=replace(selection, roots={}))), roots, state)
