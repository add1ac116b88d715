"""Where Codex keeps its files, and which belong together.

`sessions/YYYY/MM/DD/rollout-<time>-<thread>.jsonl`, cold ones as `.jsonl.zst`, the oldest as `.json`;
`archived_sessions/` is flat. A sub-agent has a file of its own, whose first line names its parent.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from agentpprof_mcp.model import Reconciliation
from agentpprof_mcp.readers.base import File, Group, Heads
from agentpprof_mcp.readers.codex.heads import sniff
from agentpprof_mcp.readers.codex.kin import Kin, kin_of, stem_of, thread_of
from agentpprof_mcp.readers.codex.records import DECODER
from agentpprof_mcp.readers.framing import Stamp, folder_of, head_of_file, name_of, walk

__all__ = ["discover", "group"]

FOLDERS = ("sessions", "archived_sessions")
SUFFIXES = (".jsonl", ".jsonl.zst")
DOCUMENT, PACKED = ".json", ".zst"
ROLLOUT = "rollout-"

HEADS = (1 << 16, 1 << 20)
"""Bytes to read for the first line. It holds the system prompt: 20 KB are common, more is possible."""


class Found(msgspec.Struct, frozen=True):
    """A file of a session, and whose thread it holds; `file` where it was discovered."""

    path: str
    size: int
    kin: Kin
    file: File | None = None


def discover(root: Path, heads: Heads, account: Reconciliation) -> list[Group]:
    """Sessions below `root` (Codex's folder, or its `sessions`), sub-agents with their main thread."""
    return _grouped(list(_threads(root, heads, account)))


def group(paths: Sequence[str]) -> list[Group]:
    """The sessions of just these files."""
    return _grouped(
        [Found(path, _size(path), _kin_of_file(path) or Kin(thread_of(path))) for path in paths]
    )


def _grouped(threads: list[Found]) -> list[Group]:
    parents = {found.kin.thread: found.kin.parent for found in threads}
    below: dict[str, list[Found]] = {}
    for found in threads:
        if found.kin.subagent:
            below.setdefault(_main_thread(found.kin, parents), []).append(found)
    groups = [
        _group(found, below.pop(found.kin.thread, []))
        for found in threads
        if not found.kin.subagent
    ]
    return groups + [_group(None, orphans) for orphans in below.values()]


def _group(main: Found | None, subagents: list[Found]) -> Group:
    several = [*([main] if main else []), *subagents]
    return Group(
        "codex",
        main.path if main else None,
        tuple(found.path for found in subagents),
        sum(found.size for found in several),
        files=tuple(found.file for found in several if found.file),
    )


def _main_thread(kin: Kin, parents: Mapping[str, str]) -> str:
    """The thread at the top of a sub-agent's tree, whether or not its file is there."""
    if kin.root:
        return kin.root
    thread, seen = kin.thread, {""}
    while thread not in seen:
        seen.add(thread)
        thread = parents.get(thread) or thread
    return thread


def _threads(root: Path, heads: Heads, account: Reconciliation) -> Iterator[Found]:
    for path, stamp in _files(root, account):
        file = heads.of(path, stamp, lambda path: tuple(_kin_of_file(path) or ()))
        if file.head:
            yield Found(path, stamp.size, Kin(*file.head), file)


def _files(root: Path, account: Reconciliation) -> Iterator[tuple[str, Stamp]]:
    """Files that may be rollouts, each once: a compressed twin gives way to the plain file."""
    folders = [root / name for name in FOLDERS if (root / name).is_dir()]
    chosen: dict[str, tuple[str, Stamp]] = {}
    for folder in folders or [root]:
        for path, stamp in walk(folder, account):
            rollout = name_of(path).startswith(ROLLOUT)
            if path.endswith(SUFFIXES) or (rollout and path.endswith(DOCUMENT)):
                stem = stem_of(path)
                key = stem if rollout else folder_of(path) + os.sep + stem
                known = chosen.get(key)
                plain = stamp.size and known and known[0].endswith(PACKED)
                if known is None or not known[1].size or plain:
                    chosen[key] = (path, stamp)
    yield from chosen.values()


def _kin_of_file(path: str) -> Kin | None:
    """Whose thread a file holds; None when it is not Codex's.

    One that cannot be opened is a main thread by its name: whoever reads it will see.
    """
    head = line = b""
    for limit in HEADS:
        try:
            head = head_of_file(path, limit)
        except OSError:
            return Kin(thread_of(path))
        line, newline, _ = head.partition(b"\n")
        if newline or len(head) < limit:
            break
    try:
        first = DECODER.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        first = None
    if first is not None and first.type == "session_meta" and first.payload is not None:
        kin = kin_of(first.payload)
        return kin if kin.thread else kin._replace(thread=thread_of(path))
    return None if sniff(head) is False else Kin(thread_of(path))


def _size(path: str) -> int:
    try:
        return Path(path).stat().st_size
    except OSError:
        return 0
