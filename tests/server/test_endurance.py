"""A server that lives as long as its client: what ten thousand calls leave behind.

Opt-in, for it takes minutes: `make endurance`, or AGENTPPROF_CALLS=10000 and `pytest -m endurance`.
"""

import itertools
import os
import sys
from pathlib import Path

import anyio
import pytest
from mcp import Client, StdioServerParameters

from tests.test_docs import DOCS

CALLS = int(os.environ.get("AGENTPPROF_CALLS", "0"))
WARM = 1000
MOST_GROWTH = 5 << 20

pytestmark = [
    pytest.mark.endurance,
    pytest.mark.skipif(not CALLS, reason="AGENTPPROF_CALLS is not set"),
    pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc"),
]

QUESTIONS: list[tuple[str, dict[str, object]]] = [
    ("list_sessions", {}),
    ("top_frames", {"view": "tokens"}),
    ("top_frames", {"view": "nothing"}),
    ("profile", {"format": "folded", "view": "files"}),
    ("profile", {"format": "json", "limit": 5}),
    ("frame_details", {"frame": "effect:test"}),
    ("compare_profiles", {"session": "last", "normalize": True}),
    ("tag_sessions", {"session": "last", "tag": "speed", "dry_run": True}),
    ("export_profile", {"format": "svg", "overwrite": True}),
    ("top_frames", {"wrong": 1}),
]


def process() -> int:
    """The server that this process has started."""
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text(encoding="ascii").split()
    (child,) = map(int, children)
    return child


def held(pid: int) -> tuple[int, int, int]:
    """Resident bytes, descriptors and threads of a process."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    fields = dict(line.split(":", 1) for line in status.splitlines())
    size = int(fields["VmRSS"].split()[0]) << 10
    return size, len(list(Path(f"/proc/{pid}/fd").iterdir())), int(fields["Threads"])


async def cancelled(client: Client, number: int) -> None:
    """Ask, and go away."""
    with anyio.move_on_after(0.001 * (number % 7)):
        await client.call_tool("top_frames", {"since": f"{number}d", "view": "system"})


async def test_calls_leave_nothing_behind(home: Path) -> None:
    """Not memory, not descriptors, not threads: right answers, mistakes and calls that nobody waits for."""
    roots = [f"--{agent}-root={DOCS / 'example' / f'.{agent}'}" for agent in ("claude", "codex")]
    parameters = StdioServerParameters(
        command=sys.executable,
        args=["-m", "agentpprof_mcp", "--all-projects", *roots],
        env={"HOME": str(home), "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    async with Client(parameters) as client:
        pid = process()
        before = (0, 0, 0)
        for number, (tool, arguments) in zip(
            range(CALLS), itertools.cycle(QUESTIONS), strict=False
        ):
            if number == WARM:
                before = held(pid)
            varied = (
                {**arguments, "until": f"{number % 50}h"} if tool == "top_frames" else arguments
            )
            await client.call_tool(tool, varied)
            if number % 10 == 0:
                await cancelled(client, number)
        after = held(pid)
    print(f"after {WARM} calls {before}, after {CALLS} calls {after}")  # noqa: T201  the figures
    assert after[0] - before[0] < MOST_GROWTH
    assert after[1] <= before[1]
    assert after[2] <= before[2] + 1, "a thread may be on its way out"
