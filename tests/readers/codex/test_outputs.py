"""How outputs, events and items of Codex tool calls tell their status."""

import msgspec
import pytest

from agentpprof_mcp.model import Status
from agentpprof_mcp.readers.codex.outputs import outcome_of_end, outcome_of_output
from agentpprof_mcp.readers.codex.records import Finished, Item, Payload

OUTPUTS = {
    "Exit code: 0\nWall time: 0.1 seconds\nOutput:\nfailed": (Status.OK, 100),
    "Exit code: 124\nWall time: 10 seconds\nOutput:\n": (Status.ERROR, 10000),
    "Chunk ID: a1\nWall time: 0.25 seconds\nProcess exited with code 0\nOutput:\nexit code: 1": (
        Status.OK,
        250,
    ),
    "Chunk ID: a1\nWall time: 0.25 seconds\nProcess exited with code -1\nOutput:\n": (
        Status.ERROR,
        250,
    ),
    "Chunk ID: a1\nWall time: 5 seconds\nProcess running with session ID 3\nOutput:\n": (
        Status.UNKNOWN,
        5000,
    ),
    '{"output":"x","metadata":{"exit_code":0,"duration_seconds":1.5}}': (Status.OK, 1500),
    '{"output":"x","metadata":{"exit_code":2}}': (Status.ERROR, None),
    '{"output":"error: no"}': (Status.UNKNOWN, None),
    '{"metadata": {"exit_code": ': (Status.UNKNOWN, None),
    "Wall time: 1 seconds\nOutput:\naborted by user": (Status.UNKNOWN, 1000),
    "Wall time: 1 seconds\naborted by user": (Status.ABORTED, 1000),
    "aborted by user after 29.7s": (Status.ABORTED, None),
    "exec command rejected by user": (Status.DENIED, None),
    "patch rejected by user": (Status.DENIED, None),
    "failed in sandbox: exit code: 2": (Status.ERROR, None),
    "execution error: command timed out": (Status.ERROR, None),
    "apply_patch verification failed: no such file": (Status.ERROR, None),
    "write_stdin failed: Unknown process id 9": (Status.ERROR, None),
    "unsupported call: spawn_agent": (Status.ERROR, None),
    "The word error alone says nothing": (Status.UNKNOWN, None),
    "Plan updated": (Status.UNKNOWN, None),
    "": (Status.UNKNOWN, None),
}

ENDS = {
    '{"success": true, "status": "completed"}': (Status.OK, None),
    '{"success": false, "status": "completed"}': (Status.ERROR, None),
    '{"result": {"Ok": {"isError": false}}, "duration": {"secs": 2, "nanos": 5000000}}': (
        Status.OK,
        2005,
    ),
    '{"result": {"Ok": {"content": []}}}': (Status.OK, None),
    '{"result": {"Ok": {"isError": true}}}': (Status.ERROR, None),
    '{"result": {"Err": "tool call error"}}': (Status.ERROR, None),
    '{"result": {"Err": "user rejected MCP tool call"}}': (Status.DENIED, None),
    '{"result": {"Err": {"code": 1}}}': (Status.ERROR, None),
    '{"result": "aGk="}': (Status.UNKNOWN, None),
    '{"status": "declined"}': (Status.DENIED, None),
    '{"status": "completed", "exit_code": 3}': (Status.ERROR, None),
    '{"duration": {"secs": 9000000000000000, "nanos": 0}}': (Status.UNKNOWN, 86_400_000_000),
    '{"duration": "1.2s"}': (Status.UNKNOWN, None),
    "{}": (Status.UNKNOWN, None),
}


@pytest.mark.parametrize(("text", "outcome"), OUTPUTS.items())
def test_an_output_tells_by_code_or_known_failure(
    text: str, outcome: tuple[Status, int | None]
) -> None:
    """What a program printed is never searched."""
    assert outcome_of_output(text) == outcome


@pytest.mark.parametrize(
    ("wire", "status"),
    [
        ('[{"type":"input_text","text":"Exit code: 1\\nOutput:\\n"}]', Status.ERROR),
        ('[{"type":"input_image"},{"type":"input_text","text":"aborted by user"}]', Status.ABORTED),
        ('[{"type":"input_image"}]', Status.UNKNOWN),
        ('{"content":"x","success":true}', Status.OK),
        ('{"content":"x","success":false}', Status.ERROR),
        ('{"content":"unsupported call: x"}', Status.ERROR),
        ("null", Status.UNKNOWN),
    ],
)
def test_outputs_of_other_shapes_tell_the_same(wire: str, status: Status) -> None:
    """Lists of parts, and the objects of very old files."""
    item = msgspec.json.decode(f'{{"output":{wire}}}', type=Item)
    assert outcome_of_output(item.output).status is status


@pytest.mark.parametrize(("wire", "outcome"), ENDS.items())
@pytest.mark.parametrize("kind", [Finished, Payload])
def test_events_and_items_tell_the_same(
    kind: type[Finished | Payload], wire: str, outcome: tuple[Status, int | None]
) -> None:
    """An event at the end of a call and a completed item are two forms of one witness."""
    assert outcome_of_end(msgspec.json.decode(wire, type=kind)) == outcome
