"""The list of formats."""

import subprocess
import sys
from pathlib import Path

import pytest

from agentpprof_mcp import writers
from agentpprof_mcp.writers import WRITERS, by_name, by_suffix
from agentpprof_mcp.writers.base import Report, Writer


def test_the_list_names_every_format_file() -> None:
    """A file that nobody lists would be a format that nobody can ask for."""
    files = {path.stem for path in Path(writers.__file__).parent.glob("*.py")}
    assert {writer.name for writer in WRITERS} == files - {"__init__", "base", "diff", "top"}


def test_names_and_suffixes_are_unique() -> None:
    """Neither a name nor an ending means two formats."""
    suffixes = [suffix for writer in WRITERS for suffix in writer.suffixes]
    assert len(set(suffixes)) == len(suffixes)
    assert [by_name(writer.name) for writer in WRITERS] == list(WRITERS)
    assert by_name("xml") is None


@pytest.mark.parametrize(
    ("path_name", "name"),
    [
        ("out.pb.gz", "pprof"),
        ("out.pb", "pprof"),
        ("a.svg.folded", "folded"),
        ("folder.json/out.svg", "svg"),
        (".json", "json"),
    ],
)
def test_the_ending_of_a_path_chooses_the_format(path_name: str, name: str) -> None:
    """Only the end of the name counts."""
    writer = by_suffix(path_name)
    assert writer is not None
    assert writer.name == name


@pytest.mark.parametrize("path_name", ["", "out", "out.gz", "out.svg.txt", "json"])
def test_an_unknown_ending_chooses_nothing(path_name: str) -> None:
    """The caller says what is known."""
    assert by_suffix(path_name) is None


def test_importing_the_formats_loads_no_protobuf() -> None:
    """`agentpprof --help` must not pay for it."""
    code = "import sys, agentpprof_mcp.writers; print('google.protobuf' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "False\n"


@pytest.mark.parametrize("writer", WRITERS, ids=lambda writer: writer.name)
def test_equal_profiles_give_equal_bytes(writer: Writer, small_report: Report) -> None:
    """The order in which samples and skips came in leaves no trace."""
    before = writer.write(small_report)
    profile = small_report.profile
    profile.samples = dict(reversed(profile.samples.items()))
    skipped = profile.reconciliation.skipped
    profile.reconciliation.skipped = dict(reversed(skipped.items()))
    assert writer.write(small_report) == before
