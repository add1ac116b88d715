"""How the cost of an answer grows: cold and warm, after more was written, over few large and many small files.

    python -m benchmarks.scale --home HOME [--runs N] [--gigabytes 10] [--only WORD]

Histories are made of HOME's by `grow`, in a temporary folder. Every run is a whole process; ours and the
peer's take turns. README.md beside this file says what the figures mean.
"""

import argparse
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from statistics import median
from typing import NamedTuple

from benchmarks.grow import grow, several
from benchmarks.run import LIMIT, MB, OURS, PEER, cold, timed, together, versions

LARGE = 500_000_000
"""Bytes of the one large session."""
SMALL, SMALL_FILES = 64_000, 20_000
"""Bytes that a small file has at most, and how many there are."""
APPENDED = 1_000_000

CWD = re.compile(rb'"cwd":"(/[^"]+)"')
DAY = re.compile(rb'"timestamp":"(\d{4}-\d\d-\d\d)T')

TOKENS = ("--view", "tokens")
VIEWS = ("tasks", "system", "tokens", "files", "network")
CLAUDE = ("--agent", "claude")
ALL = ("--all-projects",)

HEADINGS = ("history", "asked", "ours s", "peer s", "x peer", "read s", "decode s", "together MB")


class History(NamedTuple):
    """A home folder, how it is called, and whether only Claude's part of it is measured."""

    name: str
    home: Path
    agents: tuple[str, ...]


class Case(NamedTuple):
    """A question over a history; `before` is done before each run, outside the time that counts."""

    history: History
    name: str
    words: tuple[str, ...]
    warm: bool = True
    before: Callable[[], object] = lambda: None


class Result(NamedTuple):
    """Median seconds of ours and of the peer and of the limits, and peak bytes of ours."""

    case: Case
    ours: float
    peer: float
    read: float
    decode: float
    peak: float


# --- histories -------------------------------------------------------------------------------


@contextmanager
def folder() -> Iterator[Path]:
    """A folder that is gone afterwards."""
    path = Path(tempfile.mkdtemp(prefix="agentpprof-scale-"))
    try:
        yield path
    finally:
        shutil.rmtree(path)


def one_large(home: Path, dest: Path) -> None:
    """The largest session, again and again in one file."""
    largest = max(_claude(home), key=lambda path: path.stat().st_size)
    number = -(-LARGE // largest.stat().st_size)
    several(largest, dest / largest.relative_to(home), number)


def many_small(home: Path, dest: Path) -> None:
    """The small files of the history, again and again."""
    small = {path for path in _claude(home) if path.stat().st_size <= SMALL}
    grow(home, dest, -(-SMALL_FILES // len(small)), small.__contains__)


def _claude(home: Path) -> list[Path]:
    return sorted((home / ".claude").rglob("*.jsonl"))


def cases_of_home(home: Path, place: Path, _size: float) -> Iterator[Case]:
    """The history as it is."""
    claude = History("as it is, Claude's", home, ("claude",))
    both = History("as it is", home, ("claude", "codex"))
    yield Case(claude, "tokens, cold", (*TOKENS, *ALL, *CLAUDE), warm=False)
    for view in VIEWS:
        yield Case(both, f"{view}, warm", ("--view", view, *ALL))
    shutil.copytree(home, place, dirs_exist_ok=True)
    grown = History("1 MB more in one file", place, both.agents)
    files = sorted(_claude(place), key=lambda path: -path.stat().st_size)
    turn = count()

    def append() -> None:
        """Write what one file ends with once more."""
        path = files[next(turn) % len(files)]
        content = path.read_bytes()
        start = content.find(b"\n", max(0, len(content) - APPENDED)) + 1
        new = content[start:].replace(b'"uuid":"', b'"uuid":"%d' % next(turn))
        with path.open("ab") as stream:
            stream.write(new.replace(b'"id":"msg_', b'"id":"msg_%d' % next(turn)))

    yield Case(grown, "tokens, warm", (*TOKENS, *ALL), before=append)


def cases_of_doubled(home: Path, place: Path, _size: float) -> Iterator[Case]:
    """Twice the history."""
    grow(home, place, 2)
    yield Case(
        History("doubled, Claude's", place, ("claude",)),
        "tokens, cold",
        (*TOKENS, *ALL, *CLAUDE),
        warm=False,
    )


def cases_of_large(home: Path, place: Path, _size: float) -> Iterator[Case]:
    """One large session."""
    one_large(home, place)
    history = History("one file of 500 MB", place, ("claude",))
    yield Case(history, "tokens, cold", (*TOKENS, *ALL), warm=False)
    yield Case(history, "tokens, warm", (*TOKENS, *ALL))


def cases_of_small(home: Path, place: Path, _size: float) -> Iterator[Case]:
    """Many small sessions."""
    many_small(home, place)
    history = History(f"{SMALL_FILES:,} small files", place, ("claude",))
    yield Case(history, "tokens, cold", (*TOKENS, *ALL), warm=False)
    yield Case(history, "tokens, warm", (*TOKENS, *ALL))


def cases_of_much(home: Path, place: Path, size: float) -> Iterator[Case]:
    """Very much history: everything of it, and a week of one project."""
    made = grow(home, place, 1)
    made = grow(home, place, round(size / made))
    history = History(f"{made / 1e9:.0f} GB", place, ("claude", "codex"))
    root, since, until = _a_week(home)
    week = ("--project-root", root, "--since", since, "--until", until)
    yield Case(history, "tokens, cold", (*TOKENS, *ALL), warm=False)
    yield Case(history, "tokens, warm", (*TOKENS, *ALL))
    yield Case(history, "system, warm", ("--view", "system", *ALL))
    yield Case(history, "tokens of one project's week, warm", (*TOKENS, *week))


def _a_week(home: Path) -> tuple[str, str, str]:
    """The folder that most of Claude's sessions began in, and the last seven days of those."""
    days: dict[str, list[date]] = {}
    for path in _claude(home):
        content = path.read_bytes()
        if match := CWD.search(content):
            found = [date.fromisoformat(day.decode()) for day in DAY.findall(content)]
            days.setdefault(match[1].decode(), []).extend(found[-1:])
    root, dates = max(days.items(), key=lambda item: len(item[1]))
    last = max(dates)
    return root, (last - timedelta(days=6)).isoformat(), last.isoformat()


MADE: dict[str, Callable[[Path, Path, float], Iterator[Case]]] = {
    "home": cases_of_home,
    "doubled": cases_of_doubled,
    "large": cases_of_large,
    "small": cases_of_small,
    "much": cases_of_much,
}
"""The histories, and what is asked of each."""


# --- runs ------------------------------------------------------------------------------------


def measured(case: Case, runs: int) -> Result:
    """Run ours, the peer and the limits in turn; what is warm has been asked twice before."""
    home, agents = case.history.home, case.history.agents
    ours = (*OURS, *case.words)
    peer = shutil.which(PEER)
    theirs = (peer, *(agents if len(agents) == 1 else ()), "daily", "--offline", "--json")
    limits = (
        [] if case.warm else [(*LIMIT, name, str(home), *agents) for name in ("read", "decode")]
    )
    times: dict[Sequence[str], list[float]] = {}
    with cold(home) as kept:
        for _ in range(2 if case.warm else 0):
            timed(ours, kept)
        with cold(home) as fresh:
            peak = together(ours, kept if case.warm else fresh)
        for _ in range(runs):
            case.before()
            with cold(home) as fresh:
                run = timed(ours, kept if case.warm else fresh)
                times.setdefault("ours", []).append(run.wall)
                for argv in [*limits, *([theirs] if peer else [])]:
                    times.setdefault(argv, []).append(timed(argv, fresh).wall)
    read, decode = (median(times[argv]) for argv in limits) if limits else (0, 0)
    return Result(
        case, median(times["ours"]), median(times[theirs]) if peer else 0, read, decode, peak
    )


def line(result: Result) -> str:
    """A row of the table in Markdown."""
    case = result.case
    cells = [case.history.name, case.name, f"{result.ours:.3f}"]
    cells += [f"{result.peer:.3f}" if result.peer else "-"]
    cells += [f"{result.ours / result.peer:.2f}" if result.peer else "-"]
    cells += [f"{limit:.3f}" if limit else "-" for limit in (result.read, result.decode)]
    cells += [f"{result.peak / MB:.0f}" if result.peak else "-"]
    return f"| {' | '.join(cells)} |"


def main() -> None:
    """Print the table, a line as soon as it is known."""
    parser = argparse.ArgumentParser(description="Measure how cost grows with history.")
    parser.add_argument("--home", type=Path, required=True, help="holds .claude and .codex")
    parser.add_argument("--runs", type=int, default=5, help="runs of each program (default: 5)")
    parser.add_argument("--gigabytes", type=float, default=10, help="of the largest history")
    parser.add_argument("--only", choices=MADE, help="one kind of history")
    args = parser.parse_args()
    print(f"{versions()}; medians of {args.runs} runs\n")
    print(f"| {' | '.join(HEADINGS)} |\n| --- | --- |{' --: |' * (len(HEADINGS) - 2)}")
    for name, made in MADE.items():
        if args.only in {None, name}:
            with folder() as place:
                for case in made(args.home.resolve(), place, args.gigabytes * 1e9):
                    print(line(measured(case, args.runs)), flush=True)


if __name__ == "__main__":
    main()
