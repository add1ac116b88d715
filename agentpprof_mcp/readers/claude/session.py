"""A session's files put together: the main thread first, then its sub-agents where they belong."""

from agentpprof_mcp.model import Session
from agentpprof_mcp.readers.base import Group, Wants
from agentpprof_mcp.readers.claude.layout import Meta, agent_id, head_of, meta_of
from agentpprof_mcp.readers.claude.thread import Book, Place, Thread
from agentpprof_mcp.readers.claude.wire import DECODER
from agentpprof_mcp.readers.framing import name_of
from agentpprof_mcp.readers.lines import read_records

__all__ = ["read_session"]


def read_session(group: Group, wants: Wants) -> Session:
    """Read the files of a session; see `readers.base.Agent.read`."""
    return _Reading(wants).of(group)


class _Reading:
    """The reading of one session."""

    def __init__(self, wants: Wants) -> None:
        self.book = Book(wants)

    def of(self, group: Group) -> Session:
        session = self.book.session
        if group.main is not None:
            self._read_main(group.main, alone=not group.subagents)
        self._read_subagents(list(group.subagents), alone=group.main is None)
        if not session.id:
            session.id = name_of(group.main or group.subagents[0]).split(".")[0]
        session.subagents = len(self.book.subagents)
        self._settle()
        return session

    def _read_main(self, path: str, *, alone: bool) -> None:
        """Read the main thread; without it, its sub-agents' files are still history."""
        try:
            self._read(path, Place(0), main=True)
        except OSError:
            if alone:
                raise
            self.book.session.reconciliation.miss()

    def _read(self, path: str, place: Place, *, main: bool) -> None:
        thread = Thread(self.book, place, main=main)
        thread.feed(read_records(path, DECODER, self.book.session.reconciliation))

    def _read_subagents(self, waiting: list[str], *, alone: bool) -> None:
        """Read sub-agents' files, those first whose starting call has been seen."""
        metas = {path: meta_of(path) for path in waiting}
        tasks = self.book.tasks
        while waiting:
            started = [path for path in waiting if self._starter(path, metas[path])]
            known, done = len(tasks), set()
            for path in started or waiting:
                self._read_subagent(path, metas[path], alone=alone)
                done.add(path)
                if not started and len(tasks) > known:  # an orphan may have started another
                    break
            waiting = [path for path in waiting if path not in done]

    def _read_subagent(self, path: str, meta: Meta, *, alone: bool) -> None:
        started = self._starter(path, meta)
        try:
            if started is not None:
                place = Place(started.prompt, meta.agentType or started.subagent)
            else:
                place = Place(0 if alone else self._region_at(head_of(path).at), meta.agentType)
            self._read(path, place, main=False)
        except OSError:
            self.book.session.reconciliation.miss()
            return
        self.book.subagents.add(agent_id(path) or name_of(path))

    def _starter(self, path: str, meta: Meta) -> Place | None:
        """Where the call that started this file's sub-agent puts it, if that has been read."""
        key = meta.toolUseId or self.book.agents.get(agent_id(path), "")
        return self.book.tasks.get(key)

    def _region_at(self, began: int) -> int:
        """The region that was open when an orphaned sub-agent began."""
        prompts = self.book.session.prompts
        return max((i for i, prompt in enumerate(prompts) if prompt.at <= began), default=0)

    def _settle(self) -> None:
        """Add what only embedded records tell."""
        session, ledger, embedded = self.book.session, self.book.ledger, self.book.embedded
        times = ledger.close() + embedded.close()
        known = {call.message for call in ledger.calls.values()}
        session.calls = list(ledger.calls.values())
        session.tools = list(ledger.tools.values())
        for call in embedded.calls.values():
            if not call.message or call.message not in known:
                call.embedded = True
                session.calls.append(call)
        for key, tool in embedded.tools.items():
            if key not in ledger.tools:
                tool.embedded = True
                session.tools.append(tool)
        times += [prompt.at for prompt in session.prompts]
        times += [call.at for call in session.calls]
        times += [tool.at for tool in session.tools]
        times = [at for at in times if at]
        session.started, session.ended = min(times, default=0), max(times, default=0)
