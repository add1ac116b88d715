"""The table for a terminal."""

from collections.abc import Callable

from agentpprof_mcp.profile import Label, Measure, Profile, Sample
from agentpprof_mcp.writers import top
from agentpprof_mcp.writers.base import Page, Report


def render(report: Report, limit: int, measure: int = 0) -> Page:
    """The table of a report's ranking."""
    return top.render(report.profile.ranking(measure), limit=limit)


def with_stacks(report: Report, stacks: dict[str, int]) -> Report:
    profile = Profile("tokens", [Measure("tokens", "tokens"), Measure("errors", "count")])
    for stack, value in stacks.items():
        profile.add(Sample(tuple(map(Label, stack.split(";")))), (value, 0))
    report.profile = profile
    return report


def test_the_golden_table(small_report: Report, golden: Callable[[str, bytes], None]) -> None:
    """The whole output, for review."""
    golden("writers/tasks.top", render(small_report, limit=10).text.encode())


def test_what_is_in_every_stack_is_told_apart_from_the_rows(small_report: Report) -> None:
    """`project:demo` at 100 % would only take a row from something that differs."""
    report = with_stacks(small_report, {"project:demo;call:a": 1500, "project:demo;call:b": 500})
    assert render(report, limit=1).text == (
        "2,000 tokens in 3 frames; 75.0% end in a frame shown here\n"
        "in every stack: project:demo\n"
        " flat  flat%    cum   cum%  frame\n"
        "1,500  75.0%  1,500  75.0%  call:a\n"
        "1 more, each in at most 25.0%\n"
    )


def test_a_frame_counts_once_per_stack(small_report: Report) -> None:
    """Recursion does not make it wider than the whole."""
    report = with_stacks(small_report, {"process:sh;process:sh": 3, "process:ls": 1})
    assert "   3  75.0%    3  75.0%  process:sh\n" in render(report, limit=5).text


def test_a_table_with_room_leaves_nothing_out(small_report: Report) -> None:
    """Then the share is the whole, and no line speaks of more."""
    table = render(small_report, limit=1000).text
    assert "; 100.0% end in" in table
    assert " more, " not in table


def test_a_single_stack_needs_no_rows(small_report: Report) -> None:
    """All there is to say is in the header."""
    table = render(with_stacks(small_report, {"project:demo;call:a": 1}), limit=5).text
    assert table.splitlines()[1:] == ["in every stack: project:demo call:a"]


def test_a_measure_without_weight_has_no_rows(small_report: Report) -> None:
    """No frame has any of it."""
    report = with_stacks(small_report, {"call:a": 1})
    assert render(report, limit=5, measure=1).text == "0 errors\n"


def test_another_measure_weighs_anew(small_report: Report) -> None:
    """Counts go by their name, everything else by its unit."""
    totals = small_report.profile.totals()
    assert render(small_report, limit=3).text.startswith(f"{totals[0]:,} events in ")
    table = render(small_report, limit=3, measure=3).text
    assert table.startswith(f"{totals[3]:,} milliseconds in ")
