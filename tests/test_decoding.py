"""Decoders are made safely: types that several threads meet at once."""

import subprocess
import sys

AT_ONCE = """
import sys, threading
import msgspec
from agentpprof_mcp.packing import pack, unpack

sys.setswitchinterval(1e-6)
equal = []
for number in range(100):
    fields = [(f"f{k}", dict[str, list[int | str]], msgspec.field(default_factory=dict)) for k in range(20)]
    part = msgspec.defstruct(f"Part{number}", fields)
    whole = msgspec.defstruct(f"Whole{number}", [(f"f{k}", dict[str, part]) for k in range(5)])
    value = whole(*({"x": part({"y": [1, "z"]})} for _ in range(5)))
    data, ready = pack(value), threading.Barrier(4)

    def work():
        ready.wait()
        equal.append(unpack(data, whole) == value)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
print(equal.count(True))
"""
"""A hundred new types, each unpacked by four threads that have not seen it before."""


def test_threads_may_meet_a_type_at_once() -> None:
    """The process lives, and each thread gets the whole value."""
    run = subprocess.run(
        [sys.executable, "-c", AT_ONCE], capture_output=True, text=True, check=False
    )
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout == "400\n"
