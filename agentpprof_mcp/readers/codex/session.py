"""A session's files put together: the main thread first, then its sub-agents where they belong."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from agentpprof_mcp.model import Reconciliation, Session
from agentpprof_mcp.readers.base import Group, Heads, Wants
from agentpprof_mcp.readers.codex.document import read_document
from agentpprof_mcp.readers.codex.heads import is_document, sniff
from agentpprof_mcp.readers.codex.layout import discover, group, root_of
from agentpprof_mcp.readers.codex.records import DECODER, Line
from agentpprof_mcp.readers.codex.rollout import Book, Rollout
from agentpprof_mcp.readers.framing import name_of
from agentpprof_mcp.readers.lines import read_records

__all__ = ["CODEX"]


class Codex:
    """Codex's history; see `readers.base.Agent`."""

    name = "codex"

    def default_root(self, home: Path, environ: Mapping[str, str]) -> Path:
        """`$CODEX_HOME`, else `~/.codex`."""
        return root_of(home, environ)

    def discover(self, root: Path, heads: Heads, account: Reconciliation) -> list[Group]:
        """All sessions below `root`; see `layout`."""
        return discover(root, heads, account)

    def group(self, paths: Sequence[str]) -> list[Group]:
        """Put files that were named one by one together: sub-agents with their main thread."""
        return group(paths)

    def sniff(self, head: bytes) -> bool | None:
        """Whether a file that begins so is Codex's; see `heads`."""
        return sniff(head)

    def read(self, group: Group, wants: Wants) -> Session:
        """Read one session; see `readers.base.Agent.read`."""
        book = Book(Session("", self.name), wants, {})
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


CODEX = Codex()
