"""Over the shared real history: nearly every command is understood, and most processes are known."""

import json
import os
from collections import Counter
from pathlib import Path

import pytest

from agentpprof_mcp.effects import effects_of, parse_arguments
from agentpprof_mcp.effects.commands import known_name
from agentpprof_mcp.model import EffectKind

pytestmark = pytest.mark.real


def commands(root: Path):
    """Each (tool, arguments) of a shell command in any session below `root`."""
    for path in sorted(root.rglob("*.jsonl")):
        for line in path.read_bytes().split(b"\n"):
            if b'"command"' not in line and b"exec_command" not in line:
                continue
            try:
                record = json.loads(line)
            except ValueError:
                continue
            message, payload = record.get("message"), record.get("payload")
            if isinstance(payload, dict) and payload.get("name") == "exec_command":
                yield "exec_command", parse_arguments(payload["arguments"])
            for block in message.get("content", ()) if isinstance(message, dict) else ():
                if isinstance(block, dict) and block.get("name") in {"Bash", "PowerShell"}:
                    yield block["name"], parse_arguments(json.dumps(block["input"]))


def test_real_commands_are_understood():
    """At most one in a hundred unparsed, nineteen of twenty programs known, few bare runs."""
    calls = list(commands(Path(os.environ["AGENTPPROF_DATA"])))
    found = [effects_of(tool, arguments, "/p") for tool, arguments in calls]
    every = [effect for effects in found for effect in effects]
    unparsed = sum(effect.processes[-1] == "unparsed" for effect in every)
    kinds = Counter(effect.kind for effect in every)
    named = sum(bool(known_name(effect.processes[-1])) for effect in every)
    assert len(calls) > 5000
    assert unparsed <= len(calls) / 100
    assert named >= 0.95 * len(every)
    assert kinds[EffectKind.RUN] <= 0.2 * len(every)
