"""What no profiler can undercut: reading every byte, or decoding every line into typed records.

usage: limits.py size|read|decode HOME AGENT...
Prints bytes, line ends, or decoded lines. Work is shared among processes as agentpprof shares it.
"""

import sys
from collections.abc import Callable
from pathlib import Path

import msgspec

from agentpprof_mcp.pool import run_jobs
from agentpprof_mcp.readers.claude.wire import DECODER as CLAUDE
from agentpprof_mcp.readers.codex.records import DECODER as CODEX

HISTORY = {"claude": ".claude/projects", "codex": ".codex/sessions"}
DECODE = {"claude": CLAUDE.decode, "codex": CODEX.decode}
BUFFER = 1 << 20


def size(_agent: str, path: Path) -> int:
    """Bytes of a file."""
    return path.stat().st_size


def read(_agent: str, path: Path) -> int:
    """Read a file in pieces; the number of its line ends."""
    with path.open("rb", buffering=0) as stream:
        return sum(piece.count(b"\n") for piece in iter(lambda: stream.read(BUFFER), b""))


def decode(agent: str, path: Path) -> int:
    """Decode every line; the number of those that could be."""
    decode_line, good = DECODE[agent], 0
    with path.open("rb", buffering=BUFFER) as stream:
        for line in stream:
            try:
                decode_line(line)
            except (msgspec.MsgspecError, UnicodeDecodeError):
                continue
            good += 1
    return good


WORK: dict[str, Callable[[str, Path], int]] = {"size": size, "read": read, "decode": decode}


def main(name: str, home: str, *agents: str) -> None:
    """Do one kind of work over the history of some agents below `home`."""
    files = [
        (agent, path)
        for agent in agents
        for path in sorted((Path(home) / HISTORY[agent]).rglob("*.jsonl"))
    ]
    sizes = [path.stat().st_size for _, path in files]
    print(sum(run_jobs(sizes, lambda job: WORK[name](*files[job]), int, lambda *_: None)))


if __name__ == "__main__":
    main(*sys.argv[1:])
