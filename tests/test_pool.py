"""Work on many processors gives what one would give, whatever happens to a worker."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

SCRIPT = """
import json, os, sys
from agentpprof_mcp import pool

pool.SMALL = 0
pool._processors = lambda: {workers}
parent = os.getpid()
before = os.listdir("/proc/self/fd")

def work(index):
    {body}
    return [index, index * index]

try:
    print(json.dumps(pool.run_jobs([5] * {jobs}, work, list[int], lambda done, all: None)))
except ValueError as error:
    print(json.dumps(str(error)))
leftover = 0
try:
    os.waitpid(-1, os.WNOHANG)
    leftover = 1
except ChildProcessError:
    pass
leftover = leftover or os.listdir("/proc/self/fd") != before
sys.exit(leftover)
"""


def run(workers=3, jobs=40, body="pass", before=""):
    """Run jobs in a process of one thread; its children and open files must be gone at the end."""
    script = before + SCRIPT.format(workers=workers, jobs=jobs, body=body)
    result = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, timeout=60, check=True
    )
    return json.loads(result.stdout)


EXPECTED = [[index, index * index] for index in range(40)]


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_results_come_in_order_from_any_number_of_workers(workers):
    """Equal to doing it here."""
    assert run(workers) == EXPECTED


def test_more_jobs_than_the_queue_holds_at_once_are_all_done():
    """The queue hands out runs of jobs then."""
    assert len(run(2, 20_000)) == 20_000


@pytest.mark.parametrize(
    "death",
    [
        "os.getpid() == parent or os._exit(9)",
        "os.getpid() == parent or os.kill(os.getpid(), 9)",
        "os.getpid() == parent or index % 2 or 1 / 0",
    ],
)
def test_a_worker_that_dies_loses_nothing(death):
    """Its missing jobs are done by the parent."""
    assert run(3, 40, death) == EXPECTED


REFUSING = """
import os
fork, forks = os.fork, []

def refusing():
    forks.append(1)
    if len(forks) > {most}:
        raise BlockingIOError(11, "no more processes")
    return fork()

os.fork = refusing
"""


@pytest.mark.parametrize("most", [0, 1])
def test_where_no_more_processes_are_allowed_fewer_do_it_all(most):
    """One at least is there, and what they add up to is whole."""
    assert run(4, before=REFUSING.format(most=most)) == EXPECTED
    assert tallied(4, before=REFUSING.format(most=most)) == [sum(range(40)), False]


def test_nobody_need_wait_for_the_workers():
    """Some parents have their children's children reaped by the system."""
    ignoring = "import signal; signal.signal(signal.SIGCHLD, signal.SIG_IGN)"
    assert run(3, before=ignoring) == EXPECTED
    assert run(3, 40, "if index == 7: raise ValueError('odd')", before=ignoring) == "odd"


def test_a_fork_that_is_broken_off_leaves_nothing_open():
    """An interrupt may come at any moment."""
    interrupted = "import os\ndef fork(): raise ValueError('interrupted')\nos.fork = fork"
    assert run(3, before=interrupted) == "interrupted"


def test_an_error_reaches_the_caller_and_leaves_no_process_behind():
    """Whichever process meets it first."""
    assert run(3, 40, "if index == 7: raise ValueError('odd')") == "odd"


TALLIED = '''
import json, os, sys
from agentpprof_mcp import pool

pool.SMALL = 0
pool._processors = lambda: {workers}
parent = os.getpid()


class Longer:
    """Says that more comes than does, as if the worker were killed while it writes."""

    def pack(length):
        return pool.struct.pack("=I", length and length + 8)


class Tally:
    sum, lost = 0, False

    def packed(self):
        {packing}
        return b"%d" % self.sum

    def unpack(self, data):
        self.lost = self.lost or not data
        self.sum += int(data or b"0")


def work(index):
    tally.sum += index
    return index

tally = Tally()
assert pool.run_jobs([5] * 40, work, int, lambda done, all: None, tally) == list(range(40))
print(json.dumps([tally.sum, tally.lost]))
'''


def tallied(workers, packing="pass", before=""):
    """What jobs add up to, and whether some of it was lost."""
    script = before + TALLIED.format(workers=workers, packing=packing)
    result = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, timeout=60, check=True
    )
    return json.loads(result.stdout)


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_what_jobs_add_up_to_comes_from_all_workers(workers):
    """In the tally that the caller has."""
    assert tallied(workers) == [sum(range(40)), False]


@pytest.mark.parametrize(
    "packing",
    [
        "os.getpid() == parent or os._exit(9)",
        "os.getpid() == parent or 1 / 0",
        "if os.getpid() != parent: pool.TOKEN = Longer",
    ],
)
def test_a_tally_says_when_a_part_is_lost(packing):
    """Results are not lost; what died with a worker is."""
    _, lost = tallied(3, packing)
    assert lost
