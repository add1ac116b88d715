"""Speed and memory of agentpprof over a home folder with history, beside its limits and its peer.

    python benchmarks/run.py --home HOME [--runs N]

Every run is a whole process without an index. Programs take turns, so that a busy machine slows all of
them alike; the figures are medians. README.md beside this file says what they mean.
"""

import argparse
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import NamedTuple

LIMIT = (sys.executable, str(Path(__file__).with_name("limits.py")))
OURS = (sys.executable, "-m", "agentpprof_cli.main")
PEER = "ccusage"

MB = 1e6
KIB = 1024
MAXRSS_UNIT = 1 if sys.platform == "darwin" else KIB
STEP = 0.02
"""Seconds between two looks at the memory of a tree of processes."""
PROC = Path("/proc")

HEADINGS = ("program", "wall s", "CPU s", "MB/s", "largest MB", "together MB", "x limit", "x peer")


class Contest(NamedTuple):
    """Programs over the same files; the first limit and the peer are what the others are divided by."""

    agents: tuple[str, ...]
    limits: tuple[str, ...]
    ours: tuple[str, ...]
    peer: str


CONTESTS = (
    Contest(
        ("claude",),
        ("decode", "read"),
        ("--view tokens --agent claude", "--view tasks --agent claude"),
        "claude daily",
    ),
    Contest(("claude", "codex"), ("decode",), ("--view tasks", "sessions"), "daily"),
)


class Program(NamedTuple):
    """What is run, and what the table calls it."""

    name: str
    argv: tuple[str, ...]


class Run(NamedTuple):
    """Seconds of wall and processor time, and bytes of the largest process at its peak."""

    wall: float
    cpu: float
    largest: float


class Result(NamedTuple):
    """Medians of a program's runs; `together`: peak bytes of all its processes, 0 if unknown."""

    program: Program
    run: Run
    together: float


# --- one run ---------------------------------------------------------------------------------


@contextmanager
def cold(home: Path) -> Iterator[dict[str, str]]:
    """An environment in which `home` is the user's and no cache was left by an earlier run."""
    with tempfile.TemporaryDirectory() as cache:
        environ = {**os.environ, "HOME": str(home), "XDG_CACHE_HOME": cache}
        for name in ("CLAUDE_CONFIG_DIR", "CODEX_HOME"):
            environ.pop(name, None)
        yield environ


def start(argv: Sequence[str], environ: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Start a program whose output nobody reads."""
    quiet = subprocess.DEVNULL
    return subprocess.Popen(argv, env=environ, stdin=quiet, stdout=quiet, stderr=quiet)


def timed(argv: Sequence[str], environ: Mapping[str, str]) -> Run:
    """Run a program to its end. Raises `RuntimeError` if it fails."""
    began = time.perf_counter()
    process = start(argv, environ)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        msg = f"exit code {process.returncode} of: {' '.join(argv)}"
        raise RuntimeError(msg)
    return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * MAXRSS_UNIT)


def together(argv: Sequence[str], environ: Mapping[str, str]) -> float:
    """Peak bytes of a program and all that it starts, shared pages counted once; 0 off Linux.

    Looking takes time, so a run is timed or looked at, never both.
    """
    if not (PROC / "self" / "smaps_rollup").exists():
        return 0
    process, peak = start(argv, environ), 0
    waiting = threading.Thread(target=process.wait)
    waiting.start()
    while waiting.is_alive():
        peak = max(peak, sum(map(proportional, tree(process.pid))))
        waiting.join(STEP)
    return peak


def tree(pid: int) -> Iterator[int]:
    """A process and all below it, as far as they still live."""
    yield pid
    try:
        tasks = list((PROC / str(pid) / "task").iterdir())
        children = [(task / "children").read_text(encoding="ascii") for task in tasks]
    except OSError:
        return
    for child in " ".join(children).split():
        yield from tree(int(child))


def proportional(pid: int) -> int:
    """Bytes that a process holds; a page that several share is divided among them."""
    try:
        lines = (PROC / str(pid) / "smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * KIB for line in lines if line.startswith("Pss:"))


# --- many runs -------------------------------------------------------------------------------


def programs(contest: Contest, home: Path) -> Iterator[Program]:
    """The programs of a contest; the peer comes last, and only where it is installed."""
    for name in contest.limits:
        yield Program(f"{name} only", (*LIMIT, name, str(home), *contest.agents))
    for words in contest.ours:
        yield Program(f"agentpprof {words}", (*OURS, *words.split(), "--all-projects"))
    peer = shutil.which(PEER)
    if peer:
        argv = (peer, *contest.peer.split(), "--offline", "--json")
        yield Program(" ".join((PEER, *argv[1:])), argv)


def results(contest: Contest, home: Path, runs: int) -> list[Result]:
    """Run the programs in turns, once to warm up and to look at memory, then `runs` times."""
    peaks: dict[Program, float] = {}
    times: dict[Program, list[Run]] = {program: [] for program in programs(contest, home)}
    for program in times:
        with cold(home) as environ:
            peaks[program] = together(program.argv, environ)
    for _ in range(runs):
        for program, done in times.items():
            with cold(home) as environ:
                done.append(timed(program.argv, environ))
    return [
        Result(program, Run(*map(median, zip(*done, strict=True))), peaks[program])
        for program, done in times.items()
    ]


def table(contest: Contest, home: Path, runs: int) -> str:
    """The results of a contest in Markdown."""
    size = int(subprocess.check_output((*LIMIT, "size", str(home), *contest.agents)))
    found = results(contest, home, runs)
    limit = found[0].run.wall
    peer = next((r.run.wall for r in found if r.program.name.startswith(PEER)), 0)
    rows = [HEADINGS, ("---", *["--:"] * (len(HEADINGS) - 1))]
    for program, run, all_together in found:
        rows.append(
            (
                f"`{program.name}`",
                f"{run.wall:.2f}",
                f"{run.cpu:.2f}",
                f"{size / MB / run.wall:,.0f}",
                f"{run.largest / MB:.0f}",
                f"{all_together / MB:.0f}" if all_together else "-",
                f"{run.wall / limit:.2f}",
                f"{run.wall / peer:.2f}" if peer else "-",
            )
        )
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([f"{' and '.join(contest.agents)}, {size / MB:,.0f} MB:", "", *lines, ""])


def versions() -> str:
    """What was compared, on what."""
    ours = subprocess.check_output((*OURS, "--version"), text=True).strip()
    peer = shutil.which(PEER)
    theirs = (
        subprocess.check_output((peer, "--version"), text=True).split()[-1] if peer else "absent"
    )
    python = f"Python {platform.python_version()}"
    return f"{ours}, {PEER} {theirs}, {python}, {os.cpu_count()} processors, {platform.system()}"


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description="Measure speed and memory over real history.")
    parser.add_argument(
        "--home", type=Path, required=True, help="folder that holds .claude and .codex"
    )
    parser.add_argument("--runs", type=int, default=5, help="runs of each program (default: 5)")
    args = parser.parse_args()
    print(f"{versions()}; medians of {args.runs} runs\n")
    for contest in CONTESTS:
        print(table(contest, args.home.resolve(), args.runs), flush=True)


if __name__ == "__main__":
    main()
