"""Every flag, as data: what is shared by which commands, and how flags become a `Query`."""

import argparse
from pathlib import Path

from agentpprof_mcp.env import Env
from agentpprof_mcp.errors import InputError, UserError
from agentpprof_mcp.query import Query, Selection, parse_time, parse_zone
from agentpprof_mcp.readers import READERS
from agentpprof_mcp.taggers import TAGGERS
from agentpprof_mcp.views import DIMENSIONS, VIEWS
from agentpprof_mcp.writers import WRITERS

__all__ = ["add_output", "add_selection", "add_top", "add_view", "positive", "query_of"]

CURRENT = "current"
CURRENT_VARIABLE = "CLAUDE_CODE_SESSION_ID"


def add_selection(parser: argparse.ArgumentParser) -> None:
    """Flags that say which history, and which part of it."""
    group = parser.add_argument_group("which sessions (a repeated selector means any of its values)")
    add = group.add_argument
    add("--project-root", metavar="DIR", help="sessions that worked in DIR, below it, or in a git worktree of it (default: the current folder)")
    add("--project-name", metavar="NAME", help="name to show for the project (default: the folder's)")
    add("--all-projects", action="store_true", help="sessions of every project")
    for reader in READERS:
        add(f"--{reader.name}-root", metavar="DIR", help=f"where {reader.name} keeps its history")
    add("--session-file", metavar="PATH", action="append", default=[], help="exactly this file, wherever it is; repeatable")
    add("--agent", action="append", default=[], choices=[r.name for r in READERS], help="sessions of this agent")
    add("--session-id", metavar="PREFIX", action="append", default=[], help="the session whose id begins so; also 'last', and 'current' inside Claude Code")
    add("--session-tag", metavar="TAG", action="append", default=[], help="sessions with this tag")
    add("--prompt-tag", metavar="TAG", action="append", default=[], help="events of prompts with this tag")
    add("--since", metavar="WHEN", help="events from then on: a date, a date with time, 7d, 24h")
    add("--until", metavar="WHEN", help="events before then; a date includes its day")
    add("--max-sessions", metavar="N", type=positive, help="only the N newest of the selected sessions")
    add("--tz", metavar="ZONE", default="UTC", help="days and times in this zone, or 'local' (default: UTC)")


def add_view(parser: argparse.ArgumentParser) -> None:
    """Flags that say how to look at the selected sessions."""
    group = parser.add_argument_group("which view")
    add = group.add_argument
    names = [name for view in VIEWS for name in (view.name, *view.aliases)]
    add("--view", metavar="VIEW", default=VIEWS[0].name, help=f"{', '.join(names)} (default: {VIEWS[0].name})")
    add("--frames", metavar="NAME,...", default="", help=f"other frames, root first, of: {' '.join(DIMENSIONS)}")
    add("--path-depth", metavar="N", default="2", help="folders shown of a path, or 'full' (default: 2)")
    add("--tagger", choices=TAGGERS, default=TAGGERS[0], help="what names sessions, prompts and model calls")
    add("--tag-rule", metavar="KIND:TAG=REGEX", action="append", default=[], help="name what matches; KIND is session, prompt, llm or all; repeatable, first match wins")


def add_output(parser: argparse.ArgumentParser) -> None:
    """Flags that say where the answer goes."""
    group = parser.add_argument_group("output")
    endings = ", ".join(suffix for writer in WRITERS for suffix in writer.suffixes)
    group.add_argument("-o", "--output", metavar="FILE", help=f"write FILE in the format of its ending ({endings}), or '-' for standard output")
    group.add_argument("--format", metavar="FORMAT", help=f"{', '.join(writer.name for writer in WRITERS)}")


def add_top(parser: argparse.ArgumentParser) -> None:
    """Flags of the table, and of how to end."""
    group = parser.add_argument_group("table")
    group.add_argument("--limit", metavar="N", type=positive, default=20, help="frames shown (default: 20)")
    group.add_argument("--measure", metavar="NAME", default="", help="weigh frames by this measure of the view")
    group.add_argument("--strict", action="store_true", help="exit 3 when something was skipped")


def query_of(args: argparse.Namespace, env: Env) -> Query:
    """The query that the flags ask for. Raises `UserError` or `InputError`."""
    zone = parse_zone(args.tz)
    selection = Selection(
        project_root=None if args.all_projects else _project_root(args.project_root, env),
        project_given=args.project_root is not None,
        project_name=args.project_name,
        roots=_roots(args, env),
        session_files=tuple(Path(path) for path in args.session_file),
        agents=tuple(args.agent),
        session_ids=tuple(_session_id(prefix, env) for prefix in args.session_id),
        session_tags=tuple(args.session_tag),
        prompt_tags=tuple(args.prompt_tag),
        since=parse_time(args.since, env.now, zone) if args.since else 0,
        until=parse_time(args.until, env.now, zone, end=True) if args.until else 0,
        max_sessions=args.max_sessions,
    )
    if args.all_projects and args.project_root is not None:
        raise UserError("--all-projects and --project-root exclude each other")
    if selection.since and selection.until and selection.since >= selection.until:
        raise UserError("--since is not before --until")
    return Query(
        selection,
        view=getattr(args, "view", VIEWS[0].name),
        frames=tuple(filter(None, getattr(args, "frames", "").split(","))),
        tag_rules=tuple(getattr(args, "tag_rule", ())),
        zone=zone,
        path_depth=_depth(getattr(args, "path_depth", "2")),
        previews=getattr(args, "include_previews", False),
    )


def _project_root(given: str | None, env: Env) -> Path:
    root = env.cwd / (given or ".")
    if given is not None and root.exists() and not root.is_dir():
        raise InputError(f"--project-root {given} is a file; give a folder")
    return root


def _roots(args: argparse.Namespace, env: Env) -> dict[str, Path]:
    roots = {}
    for reader in READERS:
        given = getattr(args, f"{reader.name}_root")
        if given is not None and not Path(given).is_dir():
            raise InputError(f"--{reader.name}-root {given} is no folder")
        roots[reader.name] = Path(given) if given else reader.default_root(env.home, env.environ)
    return roots


def _session_id(prefix: str, env: Env) -> str:
    if not prefix:
        raise UserError("--session-id is empty; give the beginning of an id, 'last' or 'current'")
    if prefix != CURRENT:
        return prefix
    known = env.environ.get(CURRENT_VARIABLE, "")
    if not known:
        raise UserError("the current session is not known here; try --session-id last")
    return known


def _depth(text: str) -> int | None:
    if text == "full":
        return None
    if text.isdecimal() and 1 <= int(text) <= 64:
        return int(text)
    raise UserError(f"--path-depth is {text!r}; give a number from 1 to 64, or 'full'")


def positive(text: str) -> int:
    """A count, as argparse wants it."""
    if text.isdecimal() and int(text) > 0:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is no positive number")
