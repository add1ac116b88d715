"""One method per dimension: raw values in, whole frames `key:value` out."""

import os
import re
from collections.abc import Callable, Mapping
from functools import cache, lru_cache

from agentpprof_mcp.effects.tools import CATEGORIES
from agentpprof_mcp.hashing import blake2b
from agentpprof_mcp.labels.models import model_name
from agentpprof_mcp.labels.names import mcp_name
from agentpprof_mcp.labels.places import NOWHERE, Buckets, Place, resolve
from agentpprof_mcp.labels.shape import (
    CACHE,
    MAX_RAW,
    clean,
    cut,
    fits,
    is_secret,
    is_suspect,
    name_or,
    slug,
)
from agentpprof_mcp.model import EffectKind, Status
from agentpprof_mcp.profile import Label

__all__ = ["Labels", "foreign"]

MAX_FRAME = 64
MAX_FULL_PATH = 200
"""Bytes of a frame, its key included."""

UNKNOWN, OTHER, NONE, REDACTED = "unknown", "other", "none", "redacted"
REPO, SEGMENT, EXTERNAL = "repo", "seg", "external"

KINDS = frozenset(("llm", "tool", "input", "output", "cache_read", "cache_write", "estimate"))
EFFECTS = frozenset(EffectKind)
STATUSES = frozenset(Status)
TAG = re.compile(r"[a-z]{3,12}")
UNTAGGED = "general"
WORD = re.compile(r"[a-z]{1,16}")
DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
SESSION_ID = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE
)
HANDLE = 13
ANY_SCRIPT = ("path:", "project:")
REMOTE = ":"
"""In a path: a host, or an address, stands before it."""
UNPARSED, SCRIPT = "unparsed", "script"


@cache
def _key_of_process() -> bytes:
    """A key for makers that were given none: their pseudonyms mean nothing elsewhere."""
    return os.urandom(32)


class Labels:
    """Makes the frames of one run. Pure apart from its memos, which are bounded.

    `redaction_hits` counts frames that were hidden at the last moment: each is a mistake of ours.
    """

    def __init__(
        self,
        home: str,
        roots: Mapping[str, str],
        path_depth: int | None = 2,
        key: Callable[[], bytes] = _key_of_process,
    ) -> None:
        """`roots` are the agents' own folders, by agent; `path_depth` None shows whole paths.

        `key` makes the pseudonyms of odd session ids; it is asked for when there is one.
        """
        self._home = resolve(home)
        self._buckets = Buckets(
            self._home, {agent: resolve(str(root)) for agent, root in roots.items()}
        )
        self._depth = path_depth
        self._key = key
        self.redaction_hits = 0
        self._is_secret = lru_cache(CACHE)(is_secret)
        self._project = lru_cache(CACHE)(self._project_value)
        self._path = lru_cache(CACHE)(self._path_value)
        self._process = lru_cache(CACHE)(self._process_value)

    def project(self, name: str, root: str = "", *, given: bool = False) -> Label:
        """`project:NAME`. A name that the user gave is only put into the alphabet.

        A home folder is `home`: its own name is the user's. The same goes for the other buckets.
        """
        return self._frame("project", self._project(name[:MAX_RAW], root[:MAX_RAW], given))

    def agent(self, name: str) -> Label:
        """`agent:claude` or `agent:codex`."""
        return self._frame("agent", self.word(name))

    def session(self, tag: str) -> Label:
        """`session:TAG`."""
        return self._frame("session", _tag(tag))

    def prompt(self, tag: str) -> Label:
        """`prompt:TAG`."""
        return self._frame("prompt", _tag(tag))

    def llm(self, tag: str) -> Label:
        """`call:llm/TAG`."""
        return self._frame("call", f"llm/{_tag(tag)}")

    def tool(self, category: str) -> Label:
        """`call:tool/CATEGORY`."""
        return self._frame("call", f"tool/{category if category in CATEGORIES else OTHER}")

    def kind(self, word: str) -> Label:
        """`kind:llm`, `kind:tool`, or the kind of tokens."""
        return self._frame("kind", word if word in KINDS else UNKNOWN)

    def effect(self, kind: str) -> Label:
        """`effect:KIND`."""
        return self._frame("effect", kind if kind in EFFECTS else EffectKind.RUN)

    def status(self, status: str) -> Label:
        """`status:STATUS`."""
        return self._frame("status", status if status in STATUSES else Status.UNKNOWN)

    def model(self, raw: str) -> Label:
        """`model:NAME`, the public part of it; `unknown` for none, `custom` for any other."""
        return self._frame("model", model_name(raw[:MAX_RAW]))

    def subagent(self, kind: str) -> Label:
        """`subagent:TYPE`, lower case."""
        return self._frame("subagent", slug(name_or("custom", kind[:MAX_RAW])))

    def mcp(self, name: str) -> Label:
        """`mcp:SERVER/TOOL` of a raw `server/tool`."""
        return self._frame("mcp", mcp_name(name[:MAX_RAW]))

    def process(self, word: str, cwd: str, root: str) -> Label:
        """`process:PROGRAM` for a public one, `script` for a file of the project, else `other`."""
        return self._process(word[-MAX_RAW:], cwd[:MAX_RAW], root[:MAX_RAW])

    def domain(self, raw: str) -> Label:
        """`domain:NAME` of a host, or of `registry:NAME`."""
        from agentpprof_mcp.labels.domains import domain_name  # noqa: PLC0415  not in every view

        return self._frame("domain", domain_name(raw[:MAX_RAW]))

    def path(self, path: str, cwd: str, root: str) -> Label:
        """`path:` of a path as written, seen from `cwd`, in the worktree at `root` (empty: `cwd`)."""
        return self._path(path[:MAX_RAW], cwd[:MAX_RAW], root[:MAX_RAW])

    def handle(self, session_id: str) -> Label:
        """How a session is called: the start of its id, or a keyed pseudonym of an odd one."""
        if SESSION_ID.fullmatch(session_id):
            return Label(session_id[:HANDLE])
        raw = session_id.encode("utf-8", "surrogatepass")
        return Label(blake2b(raw, key=self._key(), digest_size=16).hexdigest()[:HANDLE])

    def lasting(self, session_id: str) -> str:
        """What a session is stored under: its id, or the pseudonym of an odd one."""
        return session_id if SESSION_ID.fullmatch(session_id) else self.handle(session_id)

    def date(self, day: str) -> Label:
        """A day like `2026-11-23`, as it is."""
        return Label(day if DATE.fullmatch(day) else UNKNOWN)

    def word(self, text: str) -> Label:
        """A word of our own vocabulary as a bare value: an agent, a status."""
        value = slug(text[:MAX_RAW])
        return Label(value if WORD.fullmatch(value) else OTHER)

    def bare(self, label: Label) -> Label:
        """The value of a frame without its key."""
        return Label(label.partition(":")[2] or label)

    def nothing(self, dimension: str) -> Label:
        """`DIMENSION:none`, in a stack that would have no frame."""
        return self._frame(dimension, NONE)

    def _frame(self, key: str, value: str, limit: int = MAX_FRAME) -> Label:
        """The whole frame, cut to its bytes. A value with a secret is a mistake made earlier: hidden."""
        if self._is_secret(value):
            self.redaction_hits += 1
            value = REDACTED
        return Label(cut(f"{key}:{value}", limit))

    def _project_value(self, name: str, root: str, given: bool) -> str:  # noqa: FBT001  for its memo
        place = resolve(root)
        bucket = self._buckets.of(place)
        if not given and 0 < bucket.depth == len(place.parts):
            return bucket.name
        raw = name.replace("/", "_")
        return (given and clean(raw)) or name_or("project", raw)

    def _resolved(self, path: str, cwd: str, root: str) -> tuple[Place, Place]:
        """Where a path leads, and the root of its project."""
        top = resolve(root, home=self._home)
        folder = resolve(cwd, top, self._home)
        return resolve(path, folder, self._home), top if root else folder

    def _path_value(self, path: str, cwd: str, root: str) -> Label:
        place, top = self._resolved(path, cwd, root)
        inside = place.below(top)
        bucket = self._buckets.of(place)
        if inside is None or bucket.depth > len(top.parts) or inside[:1] == ("..",):
            return self._frame("path", f"{EXTERNAL}/{bucket.name}")
        shown = (
            name_or(SEGMENT, part) if REMOTE not in part else SEGMENT
            for part in inside[: self._depth]
        )
        limit = MAX_FULL_PATH if self._depth is None else MAX_FRAME
        return self._frame("path", "/".join(shown) or REPO, limit)

    def _process_value(self, word: str, cwd: str, root: str) -> Label:
        if word == UNPARSED:
            return self._frame("process", UNPARSED)
        from agentpprof_mcp.effects.commands import known_name  # noqa: PLC0415  its tables are large

        name = known_name(word)
        if name:
            return self._frame("process", name)
        if "/" in word or "\\" in word:
            place, top = self._resolved(word, cwd, root)
            if top != NOWHERE and place.below(top):
                return self._frame("process", SCRIPT)
        return self._frame("process", OTHER)


def foreign(text: str) -> Label:
    """Put a frame or label of a pprof file that we did not write through the gate.

    Labels of ours come through unchanged. Of others, alphabet, length and case are made ours, and a
    text that holds a secret or an instruction keeps only its key.
    """
    text = text[:MAX_RAW]
    value = clean(text) if text.startswith(ANY_SCRIPT) else slug(text)
    value = cut(value, MAX_FULL_PATH if value.startswith("path:") else MAX_FRAME)
    if is_secret(text) or any(map(is_suspect, value.split("/"))):
        key, colon, _ = value.partition(":")
        value = f"{key}:{REDACTED}" if colon and fits(key) else REDACTED
    return Label(value or UNKNOWN)


def _tag(tag: str) -> str:
    return tag if TAG.fullmatch(tag) else UNTAGGED
