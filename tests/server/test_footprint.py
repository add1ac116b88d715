"""What the server does to the machine: it reads history, writes its cache and exports, and reaches nobody."""

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.server.test_stdio import line

HOOKED = """
import os, sys
DOORS = ("socket.connect", "socket.bind", "socket.sendto", "subprocess.Popen", "os.exec", "os.posix_spawn",
         "os.system", "os.fork", "ctypes.dlopen")
CHANGES = ("os.remove", "os.rename", "os.link", "os.symlink", "os.mkdir", "os.rmdir", "os.chmod",
           "os.truncate", "os.utime", "shutil.rmtree", "tempfile.mkstemp", "sqlite3.connect")

def hook(event, args):
    if event in DOORS or event in CHANGES:
        os.write(2, f"{event} {args[0]!r}\\n".encode())
    elif event == "open" and isinstance(args[0], str) and isinstance(args[2], int) and args[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
        os.write(2, f"open {args[0]!r}\\n".encode())

from agentpprof_mcp.__main__ import main
import agentpprof_mcp.server
sys.addaudithook(hook)
main(sys.argv[1:])
"""
"""The server, telling on standard error what Python is asked to open, change and start."""

OWN = re.compile(r"(?:file:///|/)\S*/(?:\.cache/agentpprof|exports)(?:/|\b)|/dev/null")


def state(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Every file of history, and when it was changed."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path): (path.read_bytes(), path.stat().st_mtime_ns) for path in files}


def test_only_the_cache_and_exports_are_written_and_nobody_is_reached(
    history: Path, home: Path, tmp_path: Path
) -> None:
    """By any tool, right or wrong."""
    calls: list[tuple[str, dict[str, object]]] = [
        ("list_sessions", {"project": "all"}),
        ("top_frames", {"view": "tokens"}),
        ("profile", {"format": "json"}),
        ("frame_details", {"frame": "effect:test"}),
        ("compare_profiles", {"session": "last"}),
        ("tag_sessions", {"session": "last", "tag": "parser"}),
        ("export_profile", {"format": "pprof"}),
        ("export_profile", {"format": "svg", "name": "../../up"}),
        ("top_frames", {"session": "/etc/passwd"}),
    ]
    text = "".join(
        line(number, "tools/call", name=name, arguments=arguments)
        for number, (name, arguments) in enumerate(calls)
    )
    (home / ".cache").mkdir()
    before = state(history)
    run = subprocess.run(
        [sys.executable, "-c", HOOKED, "--output-dir", str(tmp_path / "exports")],
        input=text,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=True,
    )
    assert len(run.stdout.splitlines()) == len(calls)
    told = run.stderr.splitlines()
    assert any("given-tags.sqlite" in event for event in told)
    assert any("exports" in event for event in told)
    assert "\n".join(event for event in told if not OWN.search(event)) == ""
    assert state(history) == before
    assert {path.name for path in home.iterdir()} == {".claude", ".cache"}
