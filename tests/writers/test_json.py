"""JSON."""

import json
from collections.abc import Callable

from agentpprof_mcp.writers.base import Report
from agentpprof_mcp.writers.json import write


def test_the_golden_report(small_report: Report, golden: Callable[[str, bytes], None]) -> None:
    """The whole output, for review."""
    golden("writers/tasks.json", write(small_report))


def test_the_keys_come_in_the_order_of_the_schema(small_report: Report) -> None:
    """People read it from the top."""
    document = json.loads(write(small_report))
    assert list(document) == [
        "schema", "view", "question", "measures", "totals", "stacks", "sessions", "reconciliation", "tagger",
    ]  # fmt: skip
    assert document["schema"] == "agentpprof/1"
    assert document["measures"][0] == {"name": "events", "unit": "count"}


def test_totals_are_the_sums_of_the_stacks(small_report: Report) -> None:
    """Every measure is there, in order."""
    document = json.loads(write(small_report))
    sums = [sum(column) for column in zip(*(s["values"] for s in document["stacks"]), strict=True)]
    assert document["totals"] == sums == list(small_report.profile.totals())


def test_tokens_are_named_and_previews_redacted(small_report: Report) -> None:
    """The row of a session says what its numbers are, and nothing that was typed."""
    (session,) = json.loads(write(small_report))["sessions"]
    assert session["tokens"] == {
        "input": 1, "output": 2, "cache_read": 3, "cache_write": 4, "estimate": 5,
    }  # fmt: skip
    assert session["prompts"][1] == {"index": 2, "tag": "test", "preview": "redacted"}


def test_any_text_survives(hostile_report: Report) -> None:
    """Frames come back as they were, root first."""
    stacks = {tuple(stack["frames"]) for stack in json.loads(write(hostile_report))["stacks"]}
    assert stacks == set(hostile_report.profile.stacks())
