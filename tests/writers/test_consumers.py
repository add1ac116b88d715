"""What other people's programs make of our files."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from agentpprof_mcp.profile import Label, Profile
from agentpprof_mcp.writers import pprof
from agentpprof_mcp.writers.base import Report

pytestmark = pytest.mark.consumers

EVERYTHING = ["-nodefraction=0", "-edgefraction=0", "-nodecount=1000000"]
ROW = re.compile(r"(?:\s*\S+){5}\s+(\S+)")

Run = Callable[..., str]


def saved(report: Report, path: Path) -> Path:
    path.write_bytes(pprof.write(report))
    return path


@pytest.mark.parametrize("kind", ["small", "hostile", "crowded"])
def test_pprof_shows_our_total_and_our_names(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path, go_pprof: Run
) -> None:
    """Nothing is lost, demangled or shortened."""
    report = request.getfixturevalue(f"{kind}_report")
    table = go_pprof("-top", *EVERYTHING, saved(report, tmp_path / "a.pb.gz"))
    frames = {frame for stack in report.profile.stacks() for frame in stack}
    rows = table.partition("cum%\n")[2].splitlines()
    assert f" of {report.profile.totals()[0]} total" in table
    assert {match[1] for match in map(ROW.fullmatch, rows) if match} == frames


def test_hiding_a_frame_does_not_hide_the_mapping(
    small_report: Report, tmp_path: Path, go_pprof: Run
) -> None:
    """pprof matches `-hide` with the name of the mapping too."""
    table = go_pprof("-top", "-hide=project|agent", saved(small_report, tmp_path / "a.pb.gz"))
    assert "status:ok" in table


@pytest.mark.parametrize("kind", ["small", "hostile"])
def test_our_merge_is_that_of_pprof(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path, go_pprof: Run
) -> None:
    """Sample for sample, labels included."""
    report = request.getfixturevalue(f"{kind}_report")
    whole = report.profile
    parts = [Profile(whole.view, whole.measures) for _ in "abc"]
    for number, (sample, values) in enumerate(whole.samples.items()):
        parts[number % 3].add(sample, values)
        parts[number % 2].add(sample, values)
    paths = []
    merged = Profile(whole.view, whole.measures)
    for number, part in enumerate(parts):
        report.profile = part
        paths.append(saved(report, tmp_path / f"{number}.pb.gz"))
        merged.merge(pprof.decode(paths[-1].read_bytes(), Label))
    go_pprof("-proto", f"-output={tmp_path / 'theirs.pb.gz'}", *paths)
    theirs = pprof.decode((tmp_path / "theirs.pb.gz").read_bytes(), Label)
    report.profile = merged
    ours = pprof.decode(pprof.write(report), Label)
    assert ours.samples == theirs.samples
    assert (ours.view, ours.measures) == (theirs.view, theirs.measures)
    assert ours.totals() == tuple(2 * total for total in whole.totals())
