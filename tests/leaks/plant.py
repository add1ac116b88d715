"""Where canaries are planted: every place of a session that holds text, in the words of both agents.

A place is open (nothing of it is ever shown) or holds names (what looks like a name may be shown, so
only canaries that do not are planted there).
"""

import json
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from tests.history import Claude, Codex
from tests.leaks.canaries import KINDS, Canary, Mint

__all__ = ["CODEX_DAY", "Garden"]

CODEX_DAY = Path("sessions/2026/11/20")
ROOT = "/srv/app"

Plant = Callable[[Any, str, str], object]
"""Put a text into a session under a key that is used once."""


class Place(NamedTuple):
    """How a text is planted there."""

    plant: Plant
    names: bool = False


OPEN_COMMANDS = (
    "curl -H 'X-Api-Key: {}' https://docs.rs/a",
    'curl -H "Authorization: Bearer {}" https://docs.rs/a',
    "curl -u {} https://docs.rs/a",
    "curl 'https://docs.rs/a?key={}#{}'",
    "curl https://ann:{}@docs.rs/a",
    "curl https://{}/x",
    "curl https://{}:8443/x",
    "curl -d '{}' https://docs.rs/a",
    "TOKEN={} make test",
    "export A={}; env B={} make",
    "cat <<'EOF'\n{}\nEOF",
    "python3 - <<EOF\nx = '{}'\nEOF",
    'echo "{}" | wc -l',
    "python3 -c 'print(\"{}\")'",
    "bash -lc 'echo {}'",
    "git commit -m '{}'",
    "git checkout -b {}",
    "git push origin {}",
    "git clone https://{}@github.com/a/b",
    "git clone git@{}:a/b",
    "git remote add origin https://x:{}@github.com/a/b.git",
    "ssh ann@{} uptime",
    "scp x ann@{}:/y",
    "rsync -a x 'ann@{}:y'",
    "ping {}",
    "psql postgres://u:{}@db/x",
    "docker login -u u -p {} ghcr.io",
    "docker run -e KEY={} alpine",
    "kubectl -n {} get pods",
    "npm publish --otp {}",
    "grep -rn '{}' .",
    "sed -i 's/a/{}/' notes",
    "/opt/{}/bin/tool run",
    "echo 'open {}",
    "cat /home/{}/x",
    "cat '/Users/{}/x y'",
    "cat ~{}/x",
    "type C:\\Users\\{}\\x",
    "cat \\\\{}\\share\\x",
    "cd /home/{}/app && make",
    "cat /mnt/c/Users/{}/x",
    "cat ../../{}/x",
    "# {}\nls",
)
NAME_COMMANDS = (
    "cat 'src/{}'",
    "cat '{}'",
    "touch './{}/x'",
    "ls > 'logs/{}'",
    "cd '{}' && make",
    "git add '{}'",
    "{}",
    "./{} --version",
    "echo $({})",
)
"""Names of files of the project."""

CLAUDE_INPUTS: tuple[tuple[str, dict[str, Any], bool], ...] = (
    ("Bash", {"command": "ls", "description": "{}"}, False),
    ("Read", {"file_path": "/home/{}/x"}, False),
    ("Read", {"file_path": f"{ROOT}/src/{{}}"}, True),
    ("Write", {"file_path": "notes", "content": "{}"}, False),
    ("Edit", {"file_path": "notes", "old_string": "{}", "new_string": "{}"}, False),
    ("Grep", {"pattern": "{}", "glob": "{}"}, False),
    ("Glob", {"pattern": "**/{}"}, False),
    ("WebFetch", {"url": "https://docs.rs/{}?q={}", "prompt": "{}"}, False),
    ("WebFetch", {"url": "https://{}/", "prompt": "x"}, False),
    ("WebSearch", {"query": "{}"}, False),
    ("Task", {"description": "{}", "prompt": "{}", "subagent_type": "general-purpose"}, False),
    ("Task", {"description": "x", "prompt": "x", "subagent_type": "{}"}, True),
    ("TodoWrite", {"todos": [{"content": "{}", "status": "pending"}]}, False),
    ("Skill", {"skill": "{}", "args": "{}"}, False),
    ("AskUserQuestion", {"questions": [{"question": "{}"}]}, False),
    ("PowerShell", {"command": "Get-Content C:\\Users\\{}\\x; iwr https://{}/x"}, False),
    ("mcp__files__read", {"path": "{}"}, False),
    ("Unheard", {"{}": "{}"}, False),
    ("{}", {}, True),
    ("mcp__{}__read", {}, True),
    ("mcp__files__{}", {}, True),
)

CLAUDE_RECORDS: tuple[tuple[str, dict[str, Any], bool], ...] = (
    ("user", {"message": {"role": "user", "content": "{}"}}, False),
    ("user", {"message": {"role": "user", "content": "see /home/{}/x, C:\\Users\\{}"}}, False),
    ("user", {"message": {"role": "user", "content": "{}"}, "isMeta": True}, False),
    ("user", {"message": {"role": "user", "content": "x"}, "gitBranch": "{}"}, False),
    ("user", {"message": {"role": "user", "content": "<command-name>/{}</command-name>"}}, False),
    ("user", {"message": {"role": "user", "content": "<bash-input>{}</bash-input>"}}, False),
    ("user", {"message": {"role": "user", "content": "x"}, "slug": "{}", "version": "{}"}, False),
    ("user", {"message": {"role": "user", "content": "x"}, "timestamp": "{}"}, False),
    ("user", {"message": {"role": "user", "content": "x"}, "toolUseResult": {"{}": "{}"}}, False),
    ("summary", {"summary": "{}", "leafUuid": "{}"}, False),
    ("custom-title", {"customTitle": "{}"}, False),
    ("ai-title", {"aiTitle": "{}"}, False),
    ("last-prompt", {"lastPrompt": "{}"}, False),
    ("queue-operation", {"operation": "enqueue", "content": "{}"}, False),
    ("attachment", {"attachment": {"type": "queued_command", "prompt": "{}"}}, False),
    ("file-history-snapshot", {"snapshot": {"trackedFileBackups": {"{}": "{}"}}}, False),
    ("pr-link", {"prUrl": "https://{}/x", "prRepository": "{}"}, False),
    ("system", {"subtype": "{}", "content": "{}"}, False),
    ("progress", {"data": {"type": "bash_progress", "output": "{}"}}, False),
    ("{}", {}, True),
)

CODEX_RECORDS: tuple[tuple[str, dict[str, Any], bool], ...] = (
    ("turn_context", {"cwd": ROOT, "model": "{}", "effort": "{}"}, False),
    ("turn_context", {"cwd": ROOT, "model": "gpt-5", "summary": "{}"}, False),
    ("response_item", {"type": "reasoning", "summary": [{"type": "x", "text": "{}"}]}, False),
    ("response_item", {"type": "web_search_call", "action": {"type": "search", "query": "{}"}}, False),
    ("response_item", {"type": "{}"}, True),
    ("event_msg", {"type": "user_message", "message": "{}"}, False),
    ("event_msg", {"type": "agent_message", "message": "{}"}, False),
    ("event_msg", {"type": "error", "message": "{}"}, False),
    ("event_msg", {"type": "{}"}, True),
    ("compacted", {"message": "{}"}, False),
    ("{}", {}, True),
)  # fmt: skip

CODEX_CALLS: tuple[tuple[str, dict[str, Any], bool], ...] = (
    ("exec_command", {"cmd": "ls", "justification": "{}"}, False),
    ("exec_command", {"cmd": "ls", "workdir": "/home/{}/x"}, False),
    ("write_stdin", {"session_id": 1, "chars": "{}"}, False),
    ("update_plan", {"plan": [{"step": "{}", "status": "pending"}]}, False),
    ("view_image", {"path": "/Users/{}/x.png"}, False),
    ("spawn_agent", {"message": "{}", "agent_type": "explorer"}, False),
    ("unheard", {"{}": "{}"}, False),
    ("{}", {}, True),
    ("mcp__{}__read", {}, True),
    ("mcp__files__{}", {}, True),
)


def fill(template: Any, text: str) -> Any:
    """Put the text where `{}` stands, keys included."""
    if isinstance(template, str):
        return template.replace("{}", text)
    if isinstance(template, dict):
        return {fill(key, text): fill(value, text) for key, value in template.items()}
    if isinstance(template, list):
        return [fill(value, text) for value in template]
    return template


def _used(tool: str, arguments: dict[str, Any]) -> Plant:
    def plant(session: Claude, text: str, key: str) -> None:
        session.uses(fill(tool, text), fill(arguments, text), key, call=f"m{key}")
        session.result(key)

    return plant


def _recorded(record: str, fields: dict[str, Any]) -> Plant:
    return lambda session, text, _: session.add(fill(record, text), **fill(fields, text))


def _called(tool: str, arguments: dict[str, Any]) -> Plant:
    return lambda session, text, key: session.call(
        key, fill(tool, text), fill(arguments, text), text
    )


def _shelled(command: str) -> Plant:
    return lambda session, text, key: session.shell(key, fill(command, text))


def _patched(session: Codex, text: str, key: str) -> None:
    session.patch(
        key, f"*** Begin Patch\n*** Update File: notes\n@@ {text}\n+{text}\n*** End Patch"
    )


def _patched_home(session: Codex, text: str, key: str) -> None:
    session.patch(key, f"*** Begin Patch\n*** Add File: /home/{text}/x\n+x\n*** End Patch")


def _outcome(*, error: bool) -> Plant:
    def plant(session: Claude, text: str, key: str) -> None:
        session.uses("Bash", {"command": "ls"}, key, call=f"m{key}")
        session.result(key, text, error=error)

    return plant


CLAUDE_PLACES: dict[str, Place] = {
    **{f"command {c}": Place(_used("Bash", {"command": c})) for c in OPEN_COMMANDS},
    **{f"command {c}": Place(_used("Bash", {"command": c}), names=True) for c in NAME_COMMANDS},
    **{f"input {t} {a}": Place(_used(t, a), names) for t, a, names in CLAUDE_INPUTS},
    **{f"record {t} {f}": Place(_recorded(t, f), names) for t, f, names in CLAUDE_RECORDS},
    "answer": Place(lambda session, text, key: session.says(text, call=f"m{key}")),
    "model": Place(lambda session, text, key: session.says("x", call=f"m{key}", model=text)),
    "message id": Place(lambda session, text, _: session.says("x", call=text)),
    "request id": Place(lambda session, text, key: session.says("x", f"m{key}", requestId=text)),
    "stop reason": Place(lambda session, text, key: session.says("x", f"m{key}", stop=text)),
    "call id": Place(lambda session, text, _: session.uses("Bash", {"command": "ls"}, text)),
    "output": Place(_outcome(error=False)),
    "error": Place(_outcome(error=True)),
    "record id": Place(lambda session, text, _: session.prompt("x", uuid=text)),
    "later cwd": Place(lambda session, text, _: session.prompt("x", cwd=f"/home/{text}/y")),
}
CODEX_PLACES: dict[str, Place] = {
    **{f"command {c}": Place(_shelled(c)) for c in OPEN_COMMANDS},
    **{f"record {t} {f}": Place(_recorded(t, f), names) for t, f, names in CODEX_RECORDS},
    **{f"call {t} {a}": Place(_called(t, a), names) for t, a, names in CODEX_CALLS},
    "prompt": Place(lambda session, text, _: session.prompt(text)),
    "answer": Place(lambda session, text, _: session.says(text)),
    "patch": Place(_patched),
    "patch of a home": Place(_patched_home),
    "workdir": Place(lambda session, text, key: session.shell(key, "ls", workdir=f"/home/{text}")),
}

CWDS = {
    "/home/{}": False,
    "/home/{}/app": False,
    "/Users/{}": False,
    "/root/../home/{}": False,
    "C:\\Users\\{}": False,
    "C:\\Users\\{}\\app": False,
    "/mnt/c/Users/{}": False,
    "/srv/app/.claude/worktrees/{}": False,
    "/srv/app/.worktrees/{}": False,
    "/srv/{}": True,
}
"""Working directories; those that end in a name are named after it."""


class Garden:
    """Histories of both agents below a folder, full of canaries."""

    def __init__(self, home: Path, seed: int, every: int = 1, *, names: bool = False) -> None:
        """Of the pairs of place and kind, plant one in `every`, other ones for another seed.

        `names`: plant what looks like a name also where names may be shown on one's own screen.
        """
        self.names = names
        self.home = home
        self.claude = home / ".claude"
        self.codex = home / ".codex"
        self.mint = Mint(seed)
        self.planted: list[tuple[str, Canary]] = []
        self._keys = count(1)
        self._turns = (turn % every == seed % every for turn in count())

    def grow(self) -> None:
        """Plant every kind in every place that takes it."""
        self._fill(Claude(self._id(), cwd=ROOT), CLAUDE_PLACES).write(
            self.claude / "projects" / "x"
        )
        self._fill(Codex(self._id(), cwd=ROOT), CODEX_PLACES).write(self.codex / CODEX_DAY)
        for number, (template, names) in enumerate(CWDS.items()):
            for kind, text in self._canaries(f"cwd {template}", names=names):
                self._worked(fill(template, text), claude=bool((number + len(kind)) % 2))
        for _, text in self._canaries("session id", names=False):
            self._odd_claude(text)
        for _, text in self._canaries("thread id", names=False):
            self._odd_codex(text)
        for _, text in self._canaries("agent meta", names=False):
            self._subagent(text)

    def _id(self) -> str:
        return str(UUID(int=self.mint.dice.getrandbits(128)))

    def _key(self) -> str:
        """An id for one call; what two sessions share would count for one of them only."""
        return f"k{next(self._keys)}"

    def _canaries(self, where: str, *, names: bool) -> Iterator[tuple[str, str]]:
        """A fresh canary of each kind that may stand there."""
        for name, kind in KINDS.items():
            if (kind.shaped or self.names or not names) and next(self._turns):
                canary = kind.make(self.mint)
                self.planted.append((f"{name} in {where}", canary))
                yield name, canary.text

    def _fill(self, session: Any, places: dict[str, Place]) -> Any:
        for where, place in places.items():
            for _, text in self._canaries(where, names=place.names):
                place.plant(session, text, self._key())
        return session

    def _worked(self, cwd: str, *, claude: bool) -> None:
        """A short session of one agent in a folder."""
        key = self._key()
        if claude:
            session = Claude(self._id(), cwd=cwd)
            session.prompt("x")
            session.uses("Bash", {"command": "cat src/a.py x"}, key, call=f"m{key}")
            session.write(self.claude / "projects" / "y")
        else:
            thread = Codex(self._id(), cwd=cwd)
            thread.prompt("x")
            thread.shell(key, "cat src/a.py x")
            thread.counts(5, 2, 1)
            thread.write(self.codex / CODEX_DAY)

    def _odd_claude(self, text: str) -> None:
        """A session whose id, branch and folder are the text."""
        session = Claude(text, cwd=ROOT, gitBranch=text)
        session.prompt("x")
        session.says("x", call=f"m{self._key()}")
        session.write(
            self.claude / "projects" / text.replace("/", "-")[:60], f"{self._key()}.jsonl"
        )

    def _odd_codex(self, text: str) -> None:
        """A thread whose id, repository, branch and originator are the text."""
        thread = Codex(self._id(), cwd=ROOT)
        thread.records[0]["payload"] |= {
            "id": text,
            "originator": text,
            "instructions": text,
            "git": {"branch": text, "repository_url": f"https://{text}/x", "commit_hash": text},
        }
        thread.prompt("x")
        thread.says("x")
        thread.counts(5, 2, 1)
        thread.write(self.codex / CODEX_DAY)

    def _subagent(self, text: str) -> None:
        """A sub-agent whose description, file name and agent id are the text."""
        folder = self.claude / "projects" / "z"
        main, key = self._id(), self._key()
        session = Claude(main, cwd=ROOT)
        session.uses("Task", {"description": text, "prompt": text}, key, call=f"m{key}")
        session.write(folder)
        name = text.replace("/", "-")[:80]
        below = Claude(main, cwd=ROOT, isSidechain=True, agentId=text)
        below.prompt(text)
        below.says(text, call=f"m{key}b")
        path = below.write(folder / main / "subagents", f"agent-{name}.jsonl")
        meta = {"agentType": "general-purpose", "description": text, "toolUseId": key}
        path.with_name(f"agent-{name}.meta.json").write_text(json.dumps(meta), encoding="utf-8")
