"""A small history that changes, and questions about it that are asked with and without the index."""

import json
import os
import shutil
from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import zstandard
from msgspec.structs import replace

from agentpprof_mcp import service
from agentpprof_mcp.env import Env
from agentpprof_mcp.errors import AgentPprofError
from agentpprof_mcp.keys import MachineKey
from agentpprof_mcp.labels import Labels
from agentpprof_mcp.query import Query, Selection
from agentpprof_mcp.taggers import SESSION, Given, store_in
from agentpprof_mcp.views import VIEWS
from tests.history import Claude, Codex

__all__ = ["DAYS", "HISTORY", "USUAL", "WAYS", "Asked", "World"]

DAYS = ("2026-11-18", "2026-11-19", "2026-11-20")
"""Days of sessions; a session may go on on a later one."""

HISTORY = (".jsonl", ".jsonl.zst", ".json")
SESSIONS = 5
TEXTS = ("fix the failing test", "update the docs", "yes", "why is it slow?")
COMMANDS = (
    "cd src && cargo test",
    "git push origin main",
    "curl https://docs.rs/x",
    "cat notes.md",
    "rm -rf build",
)


class Asked(NamedTuple):
    """A question, by the words that it has besides the roots."""

    view: int = 0
    project: str = ""
    name: str | None = None
    names: tuple[str, ...] = ()
    since: str = ""
    until: str = ""
    agents: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    prompts: tuple[str, ...] = ()
    newest: int | None = None
    zone: str = "UTC"
    depth: int | None = 2
    rules: tuple[str, ...] = ()
    frames: tuple[str, ...] = ()


PLAIN = ("sum", "table", "whole", "list")
"""All but the graph, which takes longest."""

USUAL = Asked()
"""What most people ask: everything, in the default view."""


def _summed(query, env):
    report = service.profile(query, env, whole=False)
    folded = service.encode(report, "folded")
    return folded, report.number, report.reconciliation, report.remarks


def _ranked(query, env):
    ranked = service.heaviest(query, env)
    return service.table(ranked.ranking, 50), ranked.reconciliation, ranked.remarks


def _drawn(query, env):
    report = service.profile(query, env, whole=False)
    return service.encode(report, "svg"), report.remarks


def _whole(query, env):
    report = service.profile(query, env)
    files = (service.encode(report, name) for name in ("folded", "json", "pprof"))
    return *files, service.table(service.ranking(report), 50), report.remarks


def _listed(query, env):
    found = service.list_sessions(query, env)
    return service.sessions_json(found, query.zone), found.remarks


WAYS = {"sum": _summed, "table": _ranked, "drawn": _drawn, "whole": _whole, "list": _listed}
"""The ways to an answer: the sum of all sessions, its frames or a graph of it, whole profiles, the list."""


class World:
    """Two agents' roots, some projects, and a cache. Every change of the history is a method."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self.claude, self.codex = self.folder / ".claude", self.folder / ".codex"
        self.projects = self.folder / "work"
        for name in ("shop/web", "shop/api", "tool"):
            (self.projects / name).mkdir(parents=True)
        self.cache = self.folder / "cache"
        self.roots = {"claude": self.claude, "codex": self.codex}
        self.remarks: tuple[str, ...] = ()
        self.stamp = 0

    # --- questions ---------------------------------------------------------------------------

    def env(self) -> Env:
        """This world, a second from now: files that were just written count as being at rest."""
        environ = {"XDG_CONFIG_HOME": str(self.folder / "config")}
        now = Env.real().now + 1000
        return replace(Env.real(), home=self.folder, environ=environ, cache=self.cache, now=now)

    def query(self, asked: Asked = USUAL, **more) -> Query:
        """A question as the doors would put it."""
        moment = "{}T00:00:30+00:00"
        selection = Selection(
            project_root=self.projects / asked.project if asked.project else None,
            project_name=asked.name,
            projects=asked.names,
            roots=self.roots,
            agents=asked.agents,
            session_ids=asked.ids,
            session_tags=asked.tags,
            prompt_tags=asked.prompts,
            since=milliseconds(moment.format(asked.since)) if asked.since else 0,
            until=milliseconds(moment.format(asked.until)) if asked.until else 0,
            max_sessions=asked.newest,
        )
        zone = UTC if asked.zone == "UTC" else ZoneInfo(asked.zone)
        return Query(
            selection,
            view=VIEWS[asked.view % len(VIEWS)].name,
            frames=asked.frames,
            tag_rules=asked.rules,
            zone=zone,
            path_depth=asked.depth,
            **more,
        )

    def answers(self, query: Query, ways: Collection[str] = PLAIN) -> dict[str, Any]:
        """What can be shown for a question, in each way that it can be made; or why it is refused."""
        env = self.env()
        self.remarks = ()
        return {name: self._answer(WAYS[name], query, env) for name in ways}

    def _answer(self, ask, query: Query, env: Env) -> Any:
        """An answer, or the words of a refusal; what is said of the index goes to `remarks`."""
        try:
            *answer, remarks = ask(query, env)
        except AgentPprofError as error:
            return f"{type(error).__name__}: {error}"
        self.remarks += remarks
        return answer

    def check(self, asked: Asked = USUAL, ways: Collection[str] = PLAIN) -> dict[str, Any]:
        """Ask with the index and without: the answers are the same. Returns them.

        What was said of the index is in `remarks`.
        """
        query = self.query(asked)
        with_index, remarks = self.answers(query, ways), self.remarks
        assert with_index == self.answers(replace(query, remember=False), ways), asked
        self.remarks = remarks
        return with_index

    # --- files -------------------------------------------------------------------------------

    def files(self) -> list[Path]:
        """All history files, in order."""
        found = [path for root in self.roots.values() for path in root.rglob("*")]
        return sorted(path for path in found if path.name.endswith(HISTORY) and path.is_file())

    def write(self, agent: str, number: int, turns: int, *, day: int = 0, cwd: str = "", **more):
        """A session of so many turns. Turns have the same ids in all sessions of one `origin`."""
        folder = str(self.projects / cwd) if cwd else "/elsewhere/odd"
        make = {"claude": self._claude, "codex": self._codex}[agent]
        return make(number % SESSIONS, turns, DAYS[day % len(DAYS)], folder, **more)

    def _claude(self, number, turns, day, cwd, *, origin=None, folder="p", name=None, tail=""):
        session = Claude(f"0e35f32{number}-31f3-4a70-a067-45abf6f46315", cwd=cwd)
        origin = number if origin is None else origin
        for turn in range(turns):
            key = f"{origin}-{turn}"
            session.prompt(TEXTS[(origin + turn) % len(TEXTS)], uuid=f"u{key}")
            command = COMMANDS[(origin * 2 + turn) % len(COMMANDS)]
            session.uses("Bash", {"command": command}, f"t{key}", call=f"m{key}{tail}")
            session.result(f"t{key}", error=turn % 3 == 2)
        _dated(session.records, day)
        return session.write(self.claude / "projects" / folder, name)

    def _codex(self, number, turns, day, cwd, *, origin=None, folder="sessions/2026/11", **_):
        thread = Codex(f"019ed50c-2fb3-7002-a384-360bea6e7f0{number}", cwd=cwd)
        if origin is not None and origin != number:
            thread.records[0]["payload"]["forked_from_id"] = thread.records[0]["payload"]["id"]
        for turn in range(turns):
            thread.prompt(TEXTS[(number + turn) % len(TEXTS)])
            thread.shell(f"c{number}-{turn}", COMMANDS[(number + turn) % len(COMMANDS)])
            thread.counts(100 + turn, 50, 10)
        _dated(thread.records, day)
        thread.records[0]["payload"]["timestamp"] = thread.records[0]["timestamp"]
        return thread.write(self.codex / folder)

    def subagent(self, number: int, *, beside: bool = False, meta: bool = True) -> Path:
        """A file of a sub-agent of a Claude session, in the new layout or beside the main file."""
        main = f"0e35f32{number % SESSIONS}-31f3-4a70-a067-45abf6f46315"
        below = Claude(main, cwd=str(self.projects), isSidechain=True, agentId=f"a{number}")
        below.prompt("look around")
        below.uses("Read", {"file_path": "/etc/hosts"}, f"st{number}", call=f"sm{number}")
        below.result(f"st{number}")
        _dated(below.records, DAYS[0])
        folder = self.claude / "projects" / "p"
        folder = folder if beside else folder / main / "subagents"
        path: Path = below.write(folder, f"agent-a{number}.jsonl")
        if meta:
            about = {"agentType": "explore", "toolUseId": f"t{number % SESSIONS}-0"}
            path.with_name(f"agent-a{number}.meta.json").write_text(json.dumps(about), "utf-8")
        return path

    def append(self, path: Path, turns: int = 1) -> None:
        """What an agent does: more records at the end of its file."""
        self.stamp += 1
        day = DAYS[self.stamp % len(DAYS)]
        if self.claude in path.parents:
            more = Claude(path.name[:36], cwd=str(self.projects / "tool"))
            for turn in range(turns):
                more.uses("Read", {"file_path": "a.py"}, f"x{self.stamp}-{turn}", f"x{self.stamp}")
            records = more.records
        else:
            thread = Codex(path.name[-42:-6])
            thread.total = dict.fromkeys(thread.total, self.stamp * 1000)
            thread.counts(self.stamp, 1, 1)
            records = thread.records[2:]
        _dated(records, day)
        with path.open("ab") as stream:
            stream.writelines(json.dumps(record).encode() + b"\n" for record in records)

    def truncate(self, path: Path, share: float) -> None:
        """Cut a file, probably within a line."""
        os.truncate(path, int(path.stat().st_size * share))

    def rewrite(self, path: Path) -> None:
        """Other content of the same length, and the old time of writing put back."""
        info = path.stat()
        data = path.read_bytes()
        path.write_bytes(data.replace(b"cargo", b"gocar").replace(b"fix", b"why"))
        os.utime(path, ns=(info.st_atime_ns, info.st_mtime_ns))

    def replace(self, path: Path) -> None:
        """The same content under another inode."""
        copy = path.with_name("copy")
        shutil.copy2(path, copy)
        copy.replace(path)

    def move(self, path: Path) -> None:
        """To where old sessions are kept, or back."""
        if self.claude in path.parents:
            target = self.claude / "projects" / ("q" if "/p/" in str(path) else "p") / path.name
        elif "archived" in str(path):
            target = self.codex / "sessions" / "2026" / path.name
        else:
            target = self.codex / "archived_sessions" / path.name
        target.parent.mkdir(parents=True, exist_ok=True)
        path.replace(target)

    def compress(self, path: Path, *, keep: bool = False) -> None:
        """A file becomes a compressed one, or gets one beside it."""
        if path.suffix == ".jsonl":
            packed = zstandard.ZstdCompressor().compress(path.read_bytes())
            path.with_name(path.name + ".zst").write_bytes(packed)
            if not keep:
                path.unlink()

    def repository(self, name: str) -> None:
        """A project's folder becomes a repository, or is none any more."""
        mark = self.projects / name / ".git"
        if mark.exists():
            shutil.rmtree(mark)
        else:
            mark.mkdir()

    def give(self, number: int, tag: str, prompt: int = SESSION) -> None:
        """Give a tag to a Claude session, or take it back."""
        labels = Labels(home="", roots={}, path_depth=2, key=MachineKey(self.cache))
        session = labels.lasting(f"0e35f32{number % SESSIONS}-31f3-4a70-a067-45abf6f46315")
        store = store_in(self.cache)
        if tag:
            store.set(Given(session, prompt, tag, 1))
        else:
            store.remove(session, prompt)

    @property
    def index(self) -> Path:
        """The file of the index."""
        return self.cache / "index.sqlite"


def milliseconds(moment: str) -> int:
    """Of an ISO time."""
    return round(datetime.fromisoformat(moment).timestamp() * 1000)


def _dated(records, day):
    for number, record in enumerate(records):
        record["timestamp"] = f"{day}T00:{number // 60:02d}:{number % 60:02d}.000Z"
