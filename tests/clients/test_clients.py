"""The real Claude Code and Codex with scripted models: what reaches the model are our numbers.

Opt-in (`make test-clients`): needs the programs that run them, in the folder AGENTPPROF_CLIENT_TOOLS, and the
clients that those find.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from agentpprof_cli.main import main
from tests.server.conftest import FIRST
from tests.test_docs import DOCS, ROOT

TOOLS = Path(os.environ.get("AGENTPPROF_CLIENT_TOOLS", "nowhere"))
USER_CACHE = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
CLIENTS = os.environ.get("AGENTPPROF_TOOLS_CACHE") or str(Path(USER_CACHE, "agentpprof-tools"))
"""Where the clients were installed, for a user who is not the one of the tests."""

ROOTS = [f"--{agent}-root={DOCS / 'example' / f'.{agent}'}" for agent in ("claude", "codex")]
SERVER = [sys.executable, "-m", "agentpprof_mcp"]
SESSION = "5f0c2a71"

pytestmark = [
    pytest.mark.clients,
    pytest.mark.skipif(
        not (TOOLS / "run-claude").exists(), reason="AGENTPPROF_CLIENT_TOOLS has no run-claude"
    ),
]
both = pytest.mark.parametrize("client", ["claude", "codex"])


@pytest.fixture
def environ(home: Path) -> dict[str, str]:
    """Of the user who starts a client: nothing of the one who runs the tests but the paths of programs."""
    kept = ("PATH", "AGENTPPROF_CLIENTS")
    path = os.pathsep.join([str(ROOT), str(ROOT / "cli")])
    environ = {name: os.environ[name] for name in kept if name in os.environ}
    own = {"HOME": str(home), "PYTHONPATH": path, "AGENTPPROF_TOOLS_CACHE": CLIENTS}
    return {**environ, **own, "DISABLE_AUTOUPDATER": "1"}


@pytest.fixture
def seen(environ: dict[str, str], tmp_path: Path) -> Any:
    """Let a client's model call tools, and return what it saw of each."""

    def run(
        client: str, *calls: str, flags: tuple[str, ...] = (), server: list[str] = ROOTS
    ) -> Any:
        places = [f"--{name}={tmp_path / name}" for name in ("home", "cwd", "log")]
        asked = [part for call in calls for part in ("--call", call)]
        path = f"--server-env=PYTHONPATH={environ['PYTHONPATH']}"
        done = subprocess.run(
            [
                *(sys.executable, str(TOOLS / f"run-{client}"), "--json", path),
                *(*places, *flags, *asked, "--", *SERVER, *server),
            ],
            env=environ,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return [result["content"] for result in json.loads(done.stdout)["results"]]

    return run


def printed(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """What the command line says to a person."""
    assert main([*words, *ROOTS, "--all-projects"]) == 0
    return capsys.readouterr().out


@both
def test_the_model_sees_what_the_command_line_prints(
    client: str, seen: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """Tables to the last byte; the list by its rows."""
    tokens, errors, folded, listed = seen(
        client,
        'top_frames={"view": "tokens", "project": "all"}',
        'top_frames={"measure": "errors", "project": "all"}',
        'profile={"format": "folded", "view": "files", "project": "all", "limit": 50}',
        'list_sessions={"project": "all"}',
    )
    body = printed(capsys, "top", "--view", "tokens").rpartition("\n")[0]
    assert body.rsplit("\n", 1)[0] in tokens
    assert printed(capsys, "top", "--measure", "errors").rsplit("\n", 2)[0] in errors
    stacks = printed(capsys, "--view", "files", "--format", "folded").splitlines()
    assert len([line for line in stacks if line in folded.splitlines()]) == len(stacks)
    for row in printed(capsys, "sessions").splitlines():
        assert row in listed


@both
def test_every_tool_answers(client: str, seen: Any, tmp_path: Path) -> None:
    """Those that write need the user's consent."""
    asked = f'"session": "{SESSION}"'
    calls = (
        f"list_sessions={{{asked}}}",
        f"top_frames={{{asked}}}",
        f"profile={{{asked}}}",
        f'frame_details={{{asked}, "frame": "effect:test"}}',
        f"compare_profiles={{{asked}}}",
        f'tag_sessions={{{asked}, "tag": "cart"}}',
        f'export_profile={{{asked}, "format": "svg"}}',
    )
    flags = ("--approve",) if client == "codex" else ()
    answers = seen(client, *calls, flags=flags, server=[*ROOTS, f"--output-dir={tmp_path / 'out'}"])
    for answer, told in zip(
        answers,
        (
            "1 sessions, 4 prompts",
            "33 events in",
            "33 events in",
            "evidence in 5f0c2a71-8d3e, lines: main",
            "base: all sessions",
            "is now tagged cart (was debug)",
            "tasks-5f0c2a71.svg: 33 events",
        ),
        strict=True,
    ):
        assert told in answer
    assert (tmp_path / "out" / "tasks-5f0c2a71.svg").read_bytes().startswith(b"<svg ")


def test_a_read_only_codex_may_read(seen: Any) -> None:
    """Without asking, and no more than that."""
    listed, exported = seen(
        "codex",
        'list_sessions={"project": "all"}',
        'export_profile={"project": "all"}',
        flags=("--sandbox=read-only",),
    )
    assert "3 sessions, 8 prompts" in listed
    assert "requires approval" in exported


@both
def test_the_current_session_is_known(client: str, seen: Any) -> None:
    """It is the one that asks, and its calls are in it."""
    _, answer = seen(client, "list_sessions", 'list_sessions={"session": "current"}', server=[])
    assert "1 sessions, 1 prompts, " in answer
    assert f"  {client}  " in answer


@both
def test_an_error_tells_the_model_what_would_work(client: str, seen: Any) -> None:
    """In our words."""
    unknown, missing = seen(
        client, 'top_frames={"limits": 3}', f'top_frames={{"session": "{FIRST}"}}'
    )
    assert "unknown argument 'limits'; did you mean limit? known: view, measure" in unknown
    assert "no session matches" in missing


@pytest.fixture
def claude(environ: dict[str, str], tmp_path: Path) -> Any:
    """Run Claude Code's own commands, offline; `uvx` starts this checkout."""
    listed = subprocess.run(
        [str(TOOLS / "install-clients"), "--print"],
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    program = next(line.split()[-1] for line in listed.stdout.splitlines() if "claude" in line)
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "uvx").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m agentpprof_mcp\n', "utf-8")
    (folder / "uvx").chmod(0o755)
    env = {**environ, "PATH": f"{folder}{os.pathsep}{environ['PATH']}"}

    def run(*words: str) -> str:
        done = subprocess.run(
            [program, *words],
            env=env,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        return done.stdout + done.stderr

    return run


def test_claude_code_connects_as_the_readme_says(claude: Any) -> None:
    """One line adds the server."""
    claude("mcp", "add", "agentpprof", "--", "uvx", "agentpprof-mcp")
    assert "agentpprof: uvx agentpprof-mcp - ✔ Connected" in " ".join(claude("mcp", "list").split())


def test_the_plugin_validates_installs_and_connects(claude: Any) -> None:
    """With its server and its skill."""
    told = claude("plugin", "validate", str(ROOT))
    assert "✔ Validation passed" in told
    assert "skills: agentpprof:profile-sessions" in told
    assert "warning" not in told.lower()
    claude("plugin", "marketplace", "add", str(ROOT))
    claude("plugin", "install", "agentpprof@agentpprof")
    assert "✔ Connected" in claude("mcp", "list")
