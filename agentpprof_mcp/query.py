"""What is asked: which history, which part of it, in which view."""

import os
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from pathlib import Path
from types import MappingProxyType

import msgspec
from msgspec.structs import replace

from agentpprof_mcp.errors import UserError

__all__ = [
    "ALL_ANSWERS",
    "LEAST_SESSIONS",
    "ONE_ANSWER",
    "Llama",
    "Policy",
    "Query",
    "Selection",
    "aside",
    "parse_time",
    "parse_zone",
]

AGO = re.compile(r"(\d{1,6})([smhdw])")
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 7 * 86400}


LEAST_SESSIONS, LEAST_DAYS = 5, 2
"""What must share a stack for it to be published."""


class Policy(msgspec.Struct, frozen=True):
    """How far to go to make a profile fit for others: `k` sessions on `days` days share what it shows.

    `named`: the user named the project for the readers of this profile.
    """

    k: int = LEAST_SESSIONS
    days: int = LEAST_DAYS
    exact: bool = False
    force: bool = False
    named: bool = False


class Selection(msgspec.Struct, frozen=True):
    """Which sessions and events. Empty means all; several values of one selector mean any of them.

    `project_root` None stands for all projects, or for those of the names in `projects`. `since`
    (inclusive) and `until` (exclusive) are milliseconds since the epoch, 0 = open.
    """

    project_root: Path | None = None
    project_given: bool = False
    project_name: str | None = None
    projects: tuple[str, ...] = ()
    roots: Mapping[str, Path] = MappingProxyType({})
    session_files: tuple[Path, ...] = ()
    agents: tuple[str, ...] = ()
    session_ids: tuple[str, ...] = ()
    session_tags: tuple[str, ...] = ()
    prompt_tags: tuple[str, ...] = ()
    since: int = 0
    until: int = 0
    max_sessions: int | None = None

    @property
    def ranged(self) -> bool:
        """Whether a range of time is selected."""
        return bool(self.since or self.until)

    def spans(self, started: int, ended: int) -> bool | None:
        """Whether a span of time (milliseconds) lies within the selected range; None if in part."""
        if started >= self.since and (not self.until or ended < self.until):
            return True
        outside = ended < self.since or (self.until and started >= self.until)
        return False if outside else None


ONE_ANSWER, ALL_ANSWERS = 60, 600
"""Seconds that a language model has by default."""


class Llama(msgspec.Struct, frozen=True):
    """A language model on a llama.cpp server: where it is, and how long it may take.

    `url` is that of chat completions. `cache` is the file of its answers, None to keep none.
    `timeout` is in seconds for one answer, `deadline` for all together.
    """

    url: str
    model: str = ""
    open_vocabulary: bool = False
    cache: Path | None = None
    timeout: float = ONE_ANSWER
    deadline: float = ALL_ANSWERS


class Query(msgspec.Struct, frozen=True):
    """A selection, and how to look at it. `path_depth` None shows whole paths.

    `tagger` is a name of `taggers.TAGGERS`; one that asks a model needs `llama`. `rules_file` None stands
    for the user's own, if there is one; `naming` asks for the rules that gave the tags. `remember` False:
    read everything, and keep nothing of it. `deleted`: with what is known of sessions that are gone.
    """

    selection: Selection
    view: str = "tasks"
    frames: tuple[str, ...] = ()
    tagger: str = "regex"
    tag_rules: tuple[str, ...] = ()
    rules_file: Path | None = None
    llama: Llama | None = None
    remember: bool = True
    deleted: bool = False
    zone: tzinfo = UTC
    path_depth: int | None = 2
    previews: bool = False
    naming: bool = False


def parse_zone(name: str, environ: Mapping[str, str] = MappingProxyType({})) -> tzinfo:
    """A time zone by name, or `local`, which `environ` may name. Raises `UserError`."""
    if name == "local":
        return _local_zone(environ.get("TZ", ""))
    if name.upper() == "UTC":
        return UTC
    from zoneinfo import ZoneInfo  # noqa: PLC0415  only other zones pay for it

    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise UserError(
            f"no time zone {name!r}; use a name such as Europe/Berlin, UTC or local"
        ) from None


def _local_zone(name: str) -> tzinfo:
    """The machine's zone with its summer time, by its name; where none is found, what it is off UTC now."""
    from zoneinfo import ZoneInfo  # noqa: PLC0415  only other zones pay for it

    name = name or os.path.realpath("/etc/localtime").rpartition("zoneinfo/")[2]
    try:
        return ZoneInfo(name.removeprefix(":"))
    except (KeyError, ValueError, OSError):
        return datetime.now(UTC).astimezone().tzinfo or UTC


def parse_time(text: str, now: int, zone: tzinfo, *, end: bool = False) -> int:
    """Milliseconds of `7d`, `24h`, a date, or a date and time; a date's `end` is its midnight after.

    Raises `UserError` for anything else.
    """
    ago = AGO.fullmatch(text)
    if ago:
        return max(1, now - int(ago[1]) * SECONDS[ago[2]] * 1000)
    try:
        day = date.fromisoformat(text)
        moment = datetime.combine(day + timedelta(days=end), time(), zone)
    except (ValueError, OverflowError):
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise UserError(
                f"cannot read the time {text!r}; use a date (2026-11-23), a date with time, 7d or 24h"
            ) from None
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=zone)
    return max(1, round(moment.timestamp() * 1000))


def aside(query: Query, side: str, now: int) -> Query:
    """The query for one side of a comparison: a session, or a period as in `14d..7d`, instead of its own.

    Raises `UserError` for a period that cannot be read or is empty.
    """
    selection = query.selection
    start, dots, end = side.partition("..")
    if dots:
        since = parse_time(start, now, query.zone) if start else 0
        until = parse_time(end, now, query.zone, end=True) if end else 0
        if since and until and since >= until:
            raise UserError(
                f"the period {side!r} is empty; write it as in 14d..7d, the older end first"
            )
        changed = replace(selection, since=since, until=until)
    else:
        changed = replace(selection, session_ids=(side,))
    return replace(query, selection=changed)
