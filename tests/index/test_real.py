"""Real history: every view in every format is the same with the index, and nothing is opened twice."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from agentpprof_mcp.views import VIEWS
from agentpprof_mcp.writers import WRITERS

pytestmark = pytest.mark.real

ROOT = Path(__file__).parents[2]
HISTORY = Path(os.environ.get("AGENTPPROF_DATA", "/nonexistent")) / "home"

ASK = """
import io, os, sys
from agentpprof_cli.main import main
opened = []
sys.addaudithook(lambda event, args: event == "open" and ".jsonl" in str(args[0]) and opened.append(args))
view, *flags = sys.argv[1:]
for words in (["top"], *(["profile", "--format", name] for name in FORMATS)):
    code = main([*words, "--all-projects", "--view", view, *flags])
    sys.stdout.buffer.write(b"\\n%d\\n" % code)
main(["sessions", "--all-projects", "--format", "json", *flags])
sys.exit(f"{len(opened)} opened")
"""
"""All answers in one view, and at the end how many files this process, of all, opened."""


def answered(cache: Path, *words: str) -> tuple[bytes, str]:
    """What is printed for a view, and the last word on standard error."""
    formats = [writer.name for writer in WRITERS]
    result = subprocess.run(
        [sys.executable, "-c", ASK.replace("FORMATS", repr(formats)), *words],
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join(map(str, (ROOT, ROOT / "cli"))),
            "XDG_CACHE_HOME": str(cache),
            "CLAUDE_CONFIG_DIR": str(HISTORY / ".claude"),
            "CODEX_HOME": str(HISTORY / ".codex"),
        },
        capture_output=True,
        check=False,
    )
    return result.stdout, result.stderr.decode().splitlines()[-1]


@pytest.mark.parametrize("view", [view.name for view in VIEWS])
def test_every_answer_is_the_same_and_the_second_opens_nothing(view: str, tmp_path: Path) -> None:
    """Without the index, when it is made, and from it; for all time and since a day."""
    for flags in ((), ("--since", "2026-03-01")):
        plain, opened = answered(tmp_path, view, "--no-index", *flags)
        assert opened != "0 opened"
        assert answered(tmp_path, view, *flags)[0] == plain
        if not flags:
            assert answered(tmp_path, view) == (plain, "0 opened")
