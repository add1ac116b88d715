"""Folded stacks."""

from collections.abc import Callable

import pytest

from agentpprof_mcp.profile import Label, Measure, Profile, Sample
from agentpprof_mcp.writers.base import Report
from agentpprof_mcp.writers.folded import write


def folded(report: Report, stacks: dict[tuple[str, ...], int]) -> bytes:
    profile = Profile("tasks", [Measure("events", "count"), Measure("errors", "count")])
    for stack, value in stacks.items():
        profile.add(Sample(tuple(map(Label, stack))), (value, 1))
    report.profile = profile
    return write(report)


def test_the_golden_profile(small_report: Report, golden: Callable[[str, bytes], None]) -> None:
    """The whole output, for review."""
    golden("writers/tasks.folded", write(small_report))


def test_lines_are_sorted_by_their_bytes(small_report: Report) -> None:
    """The order of `LC_ALL=C sort`, where `;` comes after `-`."""
    stacks = {("a", "z"): 1, ("a-b",): 2, ("é",): 3, ("b",): 4}
    assert folded(small_report, stacks) == "a-b 2\na;z 1\nb 4\né 3\n".encode()


def test_labels_are_left_out_and_their_stacks_join(small_report: Report) -> None:
    """The sum of the lines is the total."""
    lines = write(small_report).decode().splitlines()
    stacks = [line.rpartition(" ")[0] for line in lines]
    assert len(set(stacks)) == len(stacks)
    total = sum(int(line.rpartition(" ")[2]) for line in lines)
    assert total == small_report.profile.totals()[0]


def test_stacks_without_width_are_left_out(small_report: Report) -> None:
    """A line with 0 draws nothing."""
    assert folded(small_report, {("a",): 0, ("b",): 1}) == b"b 1\n"


@pytest.mark.parametrize(
    "frame",
    ["a;b", "a b", "a 12", "a\n", "a\x0b", "a\u2028", "", "#a", "a_[k]", "a_[w]", "a_[i]", "a_[j]"],
)
@pytest.mark.parametrize("place", [0, 1])
def test_a_frame_that_breaks_the_format_is_refused(
    small_report: Report, frame: str, place: int
) -> None:
    """No labeller makes one, so it is our bug, and no file is written."""
    stack = [frame, "b"] if place == 0 else ["b", frame]
    with pytest.raises(ValueError, match="folded"):
        folded(small_report, {tuple(stack): 1})


def test_brackets_and_markup_are_text(hostile_report: Report) -> None:
    """What only looks dangerous is written as it is."""
    text = write(hostile_report).decode()
    assert ";path:src/(auth)/[id]/page.tsx;" in text
    assert ";call:<script>alert(1)</script> 1\n" in text
