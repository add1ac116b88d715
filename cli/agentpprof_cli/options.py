"""Every flag, as data: what is shared by which commands, and how flags become a `Query`."""

import argparse
from pathlib import Path
from typing import Any, NamedTuple

from agentpprof_mcp.env import Env
from agentpprof_mcp.errors import InputError, UserError
from agentpprof_mcp.query import (
    ALL_ANSWERS,
    LEAST_SESSIONS,
    ONE_ANSWER,
    Llama,
    Policy,
    Query,
    Selection,
    aside,
    parse_time,
    parse_zone,
)
from agentpprof_mcp.readers import READERS
from agentpprof_mcp.taggers import TAGGERS
from agentpprof_mcp.views import DIMENSIONS, VIEWS
from agentpprof_mcp.writers import WRITERS

__all__ = [
    "LLM",
    "OUTPUT",
    "PUBLIC",
    "ROOTS",
    "SELECTION",
    "SINGLE",
    "STRICT",
    "TABLE",
    "TAGGING",
    "VIEW",
    "Flag",
    "add_flags",
    "policy_of",
    "positive",
    "query_of",
    "refuse",
    "roots_of",
    "selection_of",
    "session_ids_of",
    "side_of",
]

CURRENT = "current"
CURRENT_VARIABLE = "CLAUDE_CODE_SESSION_ID"
LONGEST_NAME = 256


class Flag(NamedTuple):
    """One flag: its spellings, its help, and what argparse needs to know besides."""

    names: tuple[str, ...]
    help: str
    settings: dict[str, Any]


def _flag(*names: str, help: str, **settings: Any) -> Flag:  # noqa: A002, ANN401  argparse's own
    return Flag(names, help, settings)


def positive(text: str) -> int:
    """A count, as argparse wants it."""
    if text.isdecimal() and int(text) > 0:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is no positive number")


REPEATED: dict[str, Any] = {"action": "append", "default": []}
VIEW_NAMES = ", ".join(name for view in VIEWS for name in (view.name, *view.aliases))
ENDINGS = ", ".join(ending for writer in WRITERS for ending in writer.suffixes)
FORMATS = ", ".join(writer.name for writer in WRITERS)

ROOTS = tuple(
    _flag(f"--{reader.name}-root", metavar="DIR", help=f"where {reader.name} keeps its history") for reader in READERS
)  # fmt: skip
"""Where history is."""

SINGLE = (
    _flag("--agent", choices=[reader.name for reader in READERS], **REPEATED, help="sessions of this agent"),
    _flag("--session-id", metavar="PREFIX", **REPEATED, help="the session whose id begins so; also 'last', and 'current' inside Claude Code"),
)  # fmt: skip
"""One agent, one session."""

SELECTION = (
    _flag("--project-root", metavar="DIR", help="sessions that worked in DIR, below it, or in a git worktree of it (default: the current folder)"),
    _flag("--project-name", metavar="NAME", help="name to show for the project (default: the folder's)"),
    _flag("--all-projects", action="store_true", help="sessions of every project"),
    *ROOTS,
    _flag("--session-file", metavar="PATH", **REPEATED, help="exactly this file, wherever it is; repeatable"),
    *SINGLE,
    _flag("--session-tag", metavar="TAG", **REPEATED, help="sessions with this tag"),
    _flag("--prompt-tag", metavar="TAG", **REPEATED, help="events of prompts with this tag"),
    _flag("--since", metavar="WHEN", help="events from then on: a date, a date with time, 7d, 24h"),
    _flag("--until", metavar="WHEN", help="events before then; a date includes its day"),
    _flag("--max-sessions", metavar="N", type=positive, help="only the N newest of the selected sessions"),
    _flag("--include-deleted", action="store_true", help="with what the index knows of sessions whose files are gone"),
    _flag("--no-index", action="store_true", help="read everything anew, and keep nothing of it"),
    _flag("--tz", metavar="ZONE", default="UTC", help="days and times in this zone, or 'local' (default: UTC)"),
)  # fmt: skip
"""Which history, and which part of it."""

TAGGING = (
    _flag("--tagger", choices=[*TAGGERS], default=next(iter(TAGGERS)), help="what names sessions, prompts and model calls"),
    _flag("--tag-rule", metavar="KIND:TAG=REGEX", **REPEATED, help="name what matches; KIND is session, prompt, llm or all; repeatable, the first match wins"),
    _flag("--tag-rules", metavar="FILE", help="rules of a TOML file, after those of --tag-rule (default: tags.toml in the folder of settings, if it exists)"),
)  # fmt: skip
"""What names the regions."""

LLM = (
    _flag("--llama-url", metavar="URL", help="the llama.cpp server to ask, as in http://127.0.0.1:8080"),
    _flag("--model", metavar="NAME", default="", help="the model, where the server has several"),
    _flag("--allow-remote-llm", action="store_true", help="the server may be another machine: beginnings of prompts are sent there"),
    _flag("--open-vocabulary", action="store_true", help="take words that are not in the list, too"),
    _flag("--cache", metavar="FILE", help="keep answers in FILE (default: tags.json in the cache folder)"),
    _flag("--no-cache", action="store_true", help="neither use nor keep answers"),
    _flag("--llm-timeout", metavar="SECONDS", type=positive, help=f"for one answer (default: {ONE_ANSWER})"),
    _flag("--llm-deadline", metavar="SECONDS", type=positive, help=f"for all answers together (default: {ALL_ANSWERS})"),
)  # fmt: skip
"""The language model of `--tagger llm`."""

VIEW = (
    _flag("--view", metavar="VIEW", default=VIEWS[0].name, help=f"{VIEW_NAMES} (default: {VIEWS[0].name})"),
    _flag("--frames", metavar="NAME,...", default="", help=f"other frames, root first, of: {' '.join(DIMENSIONS)}"),
    _flag("--focus", metavar="REGEX", default="", help="only stacks with a frame that holds REGEX, in any case"),
    _flag("--path-depth", metavar="N", default="2", help="folders shown of a path, or 'full' (default: 2)"),
)  # fmt: skip
"""How to look at the selected sessions."""

OUTPUT = (
    _flag("-o", "--output", metavar="FILE", help=f"write FILE in the format of its ending ({ENDINGS}), or '-' for standard output"),
    _flag("--format", metavar="FORMAT", help=FORMATS),
)  # fmt: skip
"""Where the answer goes."""

PUBLIC = (
    _flag("--public", action="store_true", help="make it fit for others: public words, nothing that few sessions share, round numbers; no formal guarantee"),
    _flag("--k", metavar="N", type=positive, help=f"sessions that must share a stack (default: {LEAST_SESSIONS})"),
    _flag("--exact", action="store_true", help="keep exact weights, and which numbered session they are from"),
    _flag("--force", action="store_true", help="write it even when most of it had to be hidden"),
)  # fmt: skip
"""What others may see."""

TABLE = (
    _flag("--limit", metavar="N", type=positive, default=20, help="frames shown (default: 20)"),
    _flag("--measure", metavar="NAME", default="", help="weigh frames by this measure of the view"),
)
"""The table of the heaviest frames."""

STRICT = (_flag("--strict", action="store_true", help="exit 3 when something was skipped"),)
"""How to end."""


def policy_of(args: argparse.Namespace) -> Policy | None:
    """How the answer is made fit for others; None when it is not. Raises `UserError`."""
    if args.public:
        named = args.project_name is not None
        return Policy(args.k or LEAST_SESSIONS, exact=args.exact, force=args.force, named=named)
    if args.k or args.exact or args.force:
        raise UserError("--k, --exact and --force need --public")
    return None


def add_flags(parser: argparse.ArgumentParser, title: str, *tables: tuple[Flag, ...]) -> None:
    """Add the flags of some tables under a heading."""
    group = parser.add_argument_group(title)
    for flag in (flag for table in tables for flag in table):
        group.add_argument(*flag.names, help=flag.help, **flag.settings)


def refuse(args: argparse.Namespace, why: str, *tables: tuple[Flag, ...]) -> None:
    """Raise `UserError` if a flag of these tables was given, which can do nothing here."""
    given = []
    for flag in (flag for table in tables for flag in table):
        value = getattr(args, flag.names[0].strip("-").replace("-", "_"))
        if value and value != flag.settings.get("default"):
            given.append(flag.names[0])
    if given:
        raise UserError(f"{', '.join(given)}: {why}")


def selection_of(args: argparse.Namespace, env: Env) -> Selection:
    """The selection that the flags ask for. Raises `UserError` or `InputError`."""
    zone = parse_zone(args.tz, env.environ)
    selection = Selection(
        project_root=None if args.all_projects else _project_root(args.project_root, env),
        project_given=args.project_root is not None,
        project_name=args.project_name,
        roots=roots_of(args, env),
        session_files=tuple(Path(path) for path in args.session_file),
        agents=tuple(args.agent),
        session_ids=session_ids_of(args, env),
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
    return selection


def query_of(args: argparse.Namespace, env: Env) -> Query:
    """The query that the flags ask for. Raises `UserError` or `InputError`."""
    return Query(
        selection_of(args, env),
        view=getattr(args, "view", VIEWS[0].name),
        frames=tuple(filter(None, getattr(args, "frames", "").split(","))),
        tagger=args.tagger,
        tag_rules=tuple(args.tag_rule),
        rules_file=Path(args.tag_rules) if args.tag_rules is not None else None,
        llama=_llama(args, env),
        remember=not args.no_index,
        deleted=args.include_deleted,
        zone=parse_zone(args.tz, env.environ),
        path_depth=_depth(getattr(args, "path_depth", "2")),
        previews=getattr(args, "include_previews", False),
    )


def side_of(side: str, args: argparse.Namespace, env: Env) -> Query:
    """The query for one side of a comparison, a session or a period. Raises `UserError`."""
    return aside(query_of(args, env), side if ".." in side else _session_id(side, env), env.now)


def _project_root(given: str | None, env: Env) -> Path:
    root = env.cwd / (given or ".")
    if given is not None and root.exists() and not root.is_dir():
        raise InputError(f"--project-root {given} is a file; give a folder")
    return root


def roots_of(args: argparse.Namespace, env: Env) -> dict[str, Path]:
    """The folder of each agent's history. Raises `InputError`."""
    roots = {}
    for reader in READERS:
        given = getattr(args, f"{reader.name}_root")
        if given is not None and not Path(given).is_dir():
            raise InputError(f"--{reader.name}-root {given} is no folder")
        root = Path(given) if given else reader.default_root(env.home, env.environ)
        roots[reader.name] = (
            env.cwd / root
        )  # the index knows a root by its name, wherever it is asked from
    return roots


def session_ids_of(args: argparse.Namespace, env: Env) -> tuple[str, ...]:
    """The beginnings of session ids that the flags name. Raises `UserError`."""
    return tuple(_session_id(prefix, env) for prefix in args.session_id)


def _session_id(prefix: str, env: Env) -> str:
    if not prefix:
        raise UserError("--session-id is empty; give the beginning of an id, 'last' or 'current'")
    if prefix != CURRENT:
        return prefix
    known = env.environ.get(CURRENT_VARIABLE, "")
    if not known:
        raise UserError("the current session is not known here; try --session-id last")
    return known


def _llama(args: argparse.Namespace, env: Env) -> Llama | None:
    """The language model that the flags name; None when they name none. Raises `UserError`."""
    given = (args.llama_url is not None, args.model, args.allow_remote_llm, args.open_vocabulary)
    if args.tagger != "llm":
        times = (args.llm_timeout, args.llm_deadline)
        if any((*given, args.cache, args.no_cache, *times)):
            raise UserError("flags of the language model need --tagger llm")
        return None
    if args.llama_url is None:
        return None
    from agentpprof_mcp.taggers.address import completions_url  # noqa: PLC0415  most runs ask no model

    if args.cache and args.no_cache:
        raise UserError("--cache and --no-cache exclude each other")
    if not args.model.isprintable() or len(args.model) > LONGEST_NAME:
        raise UserError("--model is no name of a model")
    return Llama(
        completions_url(args.llama_url, remote=args.allow_remote_llm),
        args.model,
        args.open_vocabulary,
        None if args.no_cache else Path(args.cache or env.cache / "tags.json"),
        args.llm_timeout or ONE_ANSWER,
        args.llm_deadline or ALL_ANSWERS,
    )


def _depth(text: str) -> int | None:
    if text == "full":
        return None
    if text.isdecimal() and 1 <= int(text) <= 64:
        return int(text)
    raise UserError(f"--path-depth is {text!r}; give a number from 1 to 64, or 'full'")
