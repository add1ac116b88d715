"""The static SVG."""

import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import NamedTuple
from xml.etree import ElementTree as ET

import pytest

from agentpprof_mcp import __version__
from agentpprof_mcp.profile import Label, Measure, Profile, Sample
from agentpprof_mcp.writers import svg
from agentpprof_mcp.writers.base import Report

SVG = "{http://www.w3.org/2000/svg}"


class Frame(NamedTuple):
    """A drawn box, read back."""

    key: str
    name: str
    weight: int
    x: float
    y: float
    width: float
    text: str


def document(report: Report) -> ET.Element:
    return ET.fromstring(svg.write(report))


def frames(root: ET.Element) -> Iterator[Frame]:
    group = root.find(f"{SVG}g[@id='frames']")
    assert group is not None
    for box in group:
        name, _, facts = (box.findtext(f"{SVG}title") or "").partition("\n")
        rect = box.find(f"{SVG}rect")
        assert rect is not None
        x, y, width = (float(rect.get(key, "nan")) for key in ("x", "y", "width"))
        weight = int(facts.split()[0].replace(",", ""))
        yield Frame(
            box.get("class", ""), name, weight, x, y, width, box.findtext(f"{SVG}text") or ""
        )


def with_stacks(report: Report, stacks: dict[str, int]) -> Report:
    report.profile = Profile("tasks", [Measure("events", "count"), Measure("errors", "count")])
    for stack, value in stacks.items():
        report.profile.add(Sample(tuple(map(Label, stack.split(";")))), (value, 1))
    return report


def test_the_golden_picture(small_report: Report, golden: Callable[[str, bytes], None]) -> None:
    """The whole output, for review."""
    text = svg.write(small_report).decode()
    golden("writers/tasks.svg", text.replace(__version__, "VERSION").encode())


@pytest.mark.parametrize("kind", ["small", "hostile", "crowded"])
def test_nothing_runs_and_nothing_is_loaded(kind: str, request: pytest.FixtureRequest) -> None:
    """No script, no handler, no link; the only reference is to our own hatching."""
    root = document(request.getfixturevalue(f"{kind}_report"))
    allowed = {"svg", "title", "desc", "style", "pattern", "rect", "text", "g"}
    assert {element.tag.removeprefix(SVG) for element in root.iter()} == allowed
    attributes = {name for element in root.iter() for name in element.attrib}
    assert not {name for name in attributes if name.startswith("on") or "href" in name}
    style = root.findtext(f"{SVG}style") or ""
    assert set(re.findall(r"url\([^)]*\)|@import", style)) == {"url(#hatch)"}


def test_hostile_names_are_text(hostile_report: Report) -> None:
    """Markup arrives in the tooltip as it was written."""
    names = {frame.name for frame in frames(document(hostile_report))}
    assert names >= {frame for stack in hostile_report.profile.stacks() for frame in stack}


def test_characters_that_break_or_mislead_are_dropped(small_report: Report) -> None:
    """Controls, surrogates, bidi and zero-width characters, non-characters; also in the question."""
    bad = "\x00\x08\x1b\x7f\x85\u061c\u200b\u200f\u202e\u2066\ufeff\ud800\ufdd0\uffff\U0001fffe"
    report = with_stacks(small_report, {f"path:a{bad}b": 1})
    report.question = f"<b>{bad}?"
    root = document(report)
    assert root.findtext(f"{SVG}desc", "").startswith("<b>?")
    assert [frame.name for frame in frames(root)] == ["all", "path:ab"]


def test_the_picture_has_a_name_and_a_description(small_report: Report) -> None:
    """What a screen reader says."""
    root = document(small_report)
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == "title desc"
    title = "tasks: 40 events in 1 session, 2026-01-05 to 2026-01-16 UTC"
    assert root.findtext(f"{SVG}title[@id='title']") == title
    assert "the more events" in root.findtext(f"{SVG}desc[@id='desc']", "")


@pytest.mark.parametrize("kind", ["small", "hostile", "crowded"])
def test_width_is_weight_and_children_lie_within_parents(
    kind: str, request: pytest.FixtureRequest
) -> None:
    """Boxes of a row do not overlap, and every box has one above it that spans it."""
    report = request.getfixturevalue(f"{kind}_report")
    boxes = list(frames(document(report)))
    total = report.profile.totals()[0]
    assert boxes[0][:3] == ("root", "all", total)
    rows: dict[float, list[Frame]] = {}
    for box in boxes:
        assert box.width == pytest.approx(svg.PLOT * box.weight / total, abs=0.01)
        rows.setdefault(box.y, []).append(box)
    for y, row in rows.items():
        for left, right in pairwise(row):
            assert left.x + left.width <= right.x + 0.02
        for box in row if y else []:
            assert any(
                above.x <= box.x + 0.02 and box.x + box.width <= above.x + above.width + 0.02
                for above in rows[y - svg.ROW]
            )


def test_siblings_are_sorted_by_name(small_report: Report) -> None:
    """Two profiles can be compared by eye."""
    report = with_stacks(small_report, {"b": 9, "a": 1, "c": 5})
    assert [frame.name for frame in frames(document(report))] == ["all", "a", "b", "c"]


def test_stacks_without_width_are_not_drawn(small_report: Report) -> None:
    """They have no place in the picture."""
    report = with_stacks(small_report, {"a": 1, "b": 0})
    assert [frame.name for frame in frames(document(report))] == ["all", "a"]


def test_a_profile_without_width_is_still_a_picture(small_report: Report) -> None:
    """Zero is a total too."""
    (root,) = frames(document(with_stacks(small_report, {"a": 0})))
    assert root.weight == 0


def test_every_key_has_a_class_and_a_place_in_the_legend(small_report: Report) -> None:
    """Colours do not depend on what else is in the file."""
    report = with_stacks(small_report, {f"{key}:x": 1 for key in svg.COLOURS} | {"main.main": 1})
    root = document(report)
    expected = {f"{key}:x": key for key in svg.COLOURS} | {
        "main.main": "other",
        "failed:x": "failed",
    }
    assert {f.name: f.key for f in frames(root) if f.key != "root"} == expected
    legend = [group.get("class") for group in root.findall(f"{SVG}g") if group.get("class")]
    assert sorted(map(str, legend)) == sorted(svg.COLOURS)


def test_failures_are_hatched(small_report: Report) -> None:
    """They can be told apart without colour."""
    statuses = ("ok", "unknown", "error", "denied", "aborted")
    root = document(with_stacks(small_report, {f"status:{status}": 1 for status in statuses}))
    keys = {frame.name.partition(":")[2]: frame.key for frame in frames(root)}
    assert {status for status, key in keys.items() if key == "failed"} == set(statuses[2:])
    assert ".failed>rect{fill:url(#hatch)}" in root.findtext(f"{SVG}style", "")


@pytest.mark.parametrize("mode", [0, 1], ids=["light", "dark"])
def test_text_stands_out_from_its_ground(mode: int) -> None:
    """At least 4.5 to 1, in light and in dark mode."""
    grounds = [fill[mode] for fill in (*svg.COLOURS.values(), svg.HATCH, svg.PLAIN, svg.PAPER)]
    assert min(contrast(svg.INK[mode], ground) for ground in grounds) >= 4.5
    assert contrast(svg.QUIET[mode], svg.PAPER[mode]) >= 4.5


def contrast(one: str, other: str) -> float:
    """Ratio of the luminances of two colours, as WCAG 2 defines it."""

    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        red, green, blue = (
            p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts
        )
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_text_is_cut_to_its_box(small_report: Report) -> None:
    """First the share goes, then the key, then the end; what cannot be read is not written."""
    widths = {"a": 1000, "b": 160, "c": 110, "d": 60, "e": 20, "f": 60}
    stacks = {f"session:{letter}release": width for letter, width in widths.items() if letter < "f"}
    root = document(with_stacks(small_report, stacks | {"path:検索検索検索": 60}))
    total = sum(widths.values())
    texts = {frame.name: frame.text for frame in frames(root)}
    assert texts["session:arelease"] == f"session:arelease\u00a0\u00a0{100_000 / total:.1f} %"
    assert texts["session:brelease"] == "session:brelease"
    assert texts["session:crelease"] == "crelease"
    assert texts["session:drelease"] == "drel…"
    assert texts["session:erelease"] == ""
    assert texts["path:検索検索検索"] == "検索…"


def test_the_footer_accounts_for_what_is_not_drawn(crowded_report: Report) -> None:
    """Hidden frames are counted, the grey boxes stand for them, no weight is lost."""
    prefixes: dict[tuple[Label, ...], int] = {}
    for stack, values in crowded_report.profile.stacks().items():
        for depth in range(1, len(stack) + 1):
            prefixes[stack[:depth]] = prefixes.get(stack[:depth], 0) + values[0]
    total = crowded_report.profile.totals()[0]
    small = {stack: weight for stack, weight in prefixes.items() if weight < total / 1000}
    lost = sum(weight for stack, weight in small.items() if stack[:-1] not in small)
    text = svg.write(crowded_report).decode()
    assert (
        f"Not drawn: {len(small):,} frames of at most {100 * max(small.values()) / total:.2g} %, "
        f"{100 * lost / total:.1f} % of the width"
    ) in text
    hidden = [frame for frame in frames(document(crowded_report)) if frame.key == "hidden"]
    assert sum(frame.weight for frame in hidden) == lost


def test_a_small_profile_hides_nothing(small_report: Report) -> None:
    """Then the footer does not speak of it."""
    assert "Not drawn" not in svg.write(with_stacks(small_report, {"a": 1, "b": 2})).decode()


def test_no_more_than_the_budget_is_drawn(small_report: Report) -> None:
    """The narrowest and deepest go first, so that rows stay whole."""
    deep = ";".join(f"process:{depth}" for depth in range(12))
    stacks = {f"path:{number};{deep}": 1 for number in range(900)}
    boxes = list(frames(document(with_stacks(small_report, stacks))))
    drawn = [box for box in boxes if box.key not in {"root", "hidden"}]
    assert len(drawn) == 5 * 900 <= svg.BUDGET
    assert (
        "Not drawn: 7,200 frames of at most 0.11 %, 100.0 % of the width"
        in svg.write(small_report).decode()
    )


def test_the_last_day_of_the_calendar_can_be_shown(small_report: Report) -> None:
    """A damaged time is no reason to fail."""
    small_report.profile.cover(1, 10**18)
    assert "1970-01-01 to 9999-12-31 UTC" in svg.write(small_report).decode()


def test_a_merged_profile_needs_no_sessions_and_no_time(small_report: Report) -> None:
    """Then the headline has the total alone."""
    small_report.sessions, small_report.number = [], 0
    root = document(with_stacks(small_report, {"a": 1234}))
    assert root.findtext(f"{SVG}title") == "tasks: 1,234 events"
