"""A session's files put together: the main thread first, then its sub-agents where they belong."""

from collections.abc import Iterator

from agentpprof_mcp.model import Reconciliation, Session
from agentpprof_mcp.readers.base import Group, Wants
from agentpprof_mcp.readers.codex.document import read_document
from agentpprof_mcp.readers.codex.heads import is_document
from agentpprof_mcp.readers.codex.records import DECODER, Line
from agentpprof_mcp.readers.codex.rollout import Book, Rollout
from agentpprof_mcp.readers.framing import name_of
from agentpprof_mcp.readers.lines import read_records

__all__ = ["read_session"]


def read_session(group: Group, wants: Wants) -> Session:
    """Read the files of a session; see `readers.base.Agent.read`."""
    book = Book(Session("", group.agent), wants, {})
    if group.main is not None:
        book.session.id = _read(group.main, book).thread
    for path in sorted(group.subagents, key=name_of):  # by time: parents first
        try:
            rollout = _read(path, book)
        except OSError:
            book.session.reconciliation.miss()
            continue
        book.session.id = book.session.id or rollout.tree
    return book.session


def _read(path: str, book: Book) -> Rollout:
    rollout = Rollout(book, path)
    for line in _lines(path, book.session.reconciliation):
        rollout.feed(line)
    rollout.close()
    return rollout


def _lines(path: str, account: Reconciliation) -> Iterator[Line]:
    if is_document(path):
        return read_document(path, account)
    return read_records(path, DECODER, account)
