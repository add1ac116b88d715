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
sys.exit(leftover)
"""


def run(workers=3, jobs=40, body="pass"):
    """Run jobs in a process of one thread; its children must be gone at the end."""
    script = SCRIPT.format(workers=workers, jobs=jobs, body=body)
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


def test_an_error_reaches_the_caller_and_leaves_no_process_behind():
    """Whichever process meets it first."""
    assert run(3, 40, "if index == 7: raise ValueError('odd')") == "odd"
