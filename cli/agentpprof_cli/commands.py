"""The sub-commands: what each is for, its flags, and what it does. One entry of `COMMANDS` each."""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from agentpprof_cli import terminal
from agentpprof_cli.options import (
    LLM,
    OUTPUT,
    PUBLIC,
    ROOTS,
    SELECTION,
    SINGLE,
    STRICT,
    TABLE,
    TAGGING,
    VIEW,
    add_flags,
    policy_of,
    query_of,
    refuse,
    side_of,
)
from agentpprof_mcp import service
from agentpprof_mcp.env import Env
from agentpprof_mcp.errors import UserError
from agentpprof_mcp.model import Reconciliation
from agentpprof_mcp.output import write_whole
from agentpprof_mcp.query import Policy
from agentpprof_mcp.taggers import remarks
from agentpprof_mcp.views import VIEWS
from agentpprof_mcp.writers import WRITERS, Writer, by_suffix

__all__ = ["COMMANDS", "DONE", "SKIPPED", "Command"]

DONE, SKIPPED = 0, 3
STDOUT = "-"
MERGED_LIMIT = 20


class Command(NamedTuple):
    """A sub-command. `run` returns the exit code."""

    name: str
    help: str
    flags: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace, Env], int]


# --- profile ---------------------------------------------------------------------------------


SAVED = "a saved profile is shown as it is; leave it out, or name no file"
"""Why flags that choose from history do nothing."""

SESSIONS = "which sessions (a repeated selector means any of its values)"
MODEL = "language model (--tagger llm)"


def _profile_flags(parser: argparse.ArgumentParser) -> None:
    add_flags(parser, SESSIONS, SELECTION)
    add_flags(parser, "which view", VIEW, TAGGING)
    add_flags(parser, MODEL, LLM)
    add_flags(parser, "output", OUTPUT, TABLE, STRICT)
    add_flags(parser, "for others", PUBLIC)
    parser.add_argument(
        "--include-previews",
        action="store_true",
        help="show the beginning of each prompt in JSON: your own text, do not publish it",
    )


def _profile(args: argparse.Namespace, env: Env) -> int:
    writer = _writer(args.output, args.format)
    if args.include_previews and (writer is None or writer.name != "json"):
        raise UserError("--include-previews works with --format json only")
    policy = policy_of(args)
    if policy and args.include_previews:
        raise UserError("--public and --include-previews exclude each other")
    if writer is None:
        return _ranked(args, env, policy)
    report = _profiled(args, env, whole=policy is not None or writer.whole)
    report = _published(_focused(report, args), policy)
    _put(args.output, writer, report)
    return _verdict(report.reconciliation, strict=args.strict)


def _ranked(args: argparse.Namespace, env: Env, policy: Policy | None) -> int:
    """Show the heaviest frames of the profile that the flags ask for."""
    if policy or args.focus:
        report = _profiled(args, env, whole=policy is not None)
        return _tabulated(report, args, policy)
    found = service.heaviest(query_of(args, env), env, terminal.show_progress, args.measure)
    _remark(found)
    sys.stdout.write(service.table(found.ranking, args.limit).text)
    return _verdict(found.reconciliation, strict=args.strict)


def _tabulated(report: service.Report, args: argparse.Namespace, policy: Policy | None) -> int:
    """Show the heaviest frames of a profile, as far as it is in focus."""
    report = _published(_focused(report, args), policy)
    sys.stdout.write(service.table(service.ranking(report, args.measure), args.limit).text)
    return _verdict(report.reconciliation, strict=args.strict)


def _focused(report: service.Report, args: argparse.Namespace) -> service.Report:
    return service.focus(report, args.focus) if args.focus else report


def _published(report: service.Report, policy: Policy | None) -> service.Report:
    return service.publish(report, policy) if policy else report


# --- sessions --------------------------------------------------------------------------------


def _sessions_flags(parser: argparse.ArgumentParser) -> None:
    add_flags(parser, SESSIONS, SELECTION, TAGGING)
    add_flags(parser, MODEL, LLM)
    _list_format(parser)
    add_flags(parser, "output", STRICT)


def _list_format(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--format", choices=("table", "json"), default="table", help="default: table"
    )


def _sessions(args: argparse.Namespace, env: Env) -> int:
    query = query_of(args, env)
    found = service.list_sessions(query, env, terminal.show_progress)
    _remark(found)
    if args.format == "json":
        sys.stdout.buffer.write(service.sessions_json(found, query.zone))
    else:
        sys.stdout.write(service.sessions_table(found.sessions, query.zone))
    return _verdict(found.reconciliation, strict=args.strict)


# --- tags ------------------------------------------------------------------------------------


def _tags_flags(parser: argparse.ArgumentParser) -> None:
    from agentpprof_cli.tags import add_tag_flags  # noqa: PLC0415  other commands need none of it

    add_flags(parser, SESSIONS, SELECTION, TAGGING)
    add_flags(parser, MODEL, LLM)
    add_tag_flags(parser)
    _list_format(parser)
    add_flags(parser, "output", STRICT)


def _tags(args: argparse.Namespace, env: Env) -> int:
    from agentpprof_cli.tags import change_tags, show_tags  # noqa: PLC0415  as above

    if args.set or args.remove:
        change_tags(args, env)
        return DONE
    found = show_tags(args, env)
    _remark(found)
    return _verdict(found.reconciliation, strict=args.strict)


# --- cache -----------------------------------------------------------------------------------


def _cache_flags(parser: argparse.ArgumentParser) -> None:
    from agentpprof_cli.cache import ACTIONS  # noqa: PLC0415  other commands need none of it

    parser.add_argument(
        "action",
        nargs="?",
        choices=[*ACTIONS],
        default=next(iter(ACTIONS)),
        help="show what it knows (default), verify it against the files, forget deleted sessions, clear it",
    )
    add_flags(
        parser, "which sessions to forget (a repeated selector means any of its values)", SINGLE
    )
    add_flags(parser, "where history is", ROOTS)


def _cache(args: argparse.Namespace, env: Env) -> int:
    from agentpprof_cli.cache import run_action  # noqa: PLC0415  as above

    run_action(args, env)
    return DONE


# --- top, merge ------------------------------------------------------------------------------


def _top_flags(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "profiles",
        metavar="FILE",
        nargs="*",
        type=Path,
        help="pprof files to show instead of reading history",
    )
    add_flags(parser, SESSIONS, SELECTION)
    add_flags(parser, "which view", VIEW, TAGGING)
    add_flags(parser, MODEL, LLM)
    add_flags(parser, "output", TABLE, STRICT)
    add_flags(parser, "for others", PUBLIC)


def _top(args: argparse.Namespace, env: Env) -> int:
    policy = policy_of(args)
    if not args.profiles:
        return _ranked(args, env, policy)
    refuse(args, SAVED, SELECTION, VIEW[1:], TAGGING)
    return _tabulated(_saved(args.profiles, args), args, policy)


def _merge_flags(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "profiles", metavar="FILE", nargs="+", type=Path, help="pprof files of one view"
    )
    add_flags(parser, "output", OUTPUT)


def _merge(args: argparse.Namespace, _env: Env) -> int:
    writer = _writer(args.output, args.format)
    report = service.merge(args.profiles)
    if writer is None:
        sys.stdout.write(service.table(service.ranking(report), MERGED_LIMIT).text)
    else:
        _put(args.output, writer, report)
    return DONE


# --- answers ---------------------------------------------------------------------------------


def _profiled(args: argparse.Namespace, env: Env, *, whole: bool) -> service.Report:
    """The profile that the flags ask for, when what named it has been said."""
    report = service.profile(query_of(args, env), env, terminal.show_progress, whole=whole)
    _remark(report)
    return report


def _remark(*made: service.Report | service.Ranked | service.Sessions) -> None:
    """Say what there is to say of what named answers, and of the index, each thing once."""
    said = [remark for answer in made for remark in (*remarks(answer.tagger), *answer.remarks)]
    for remark in dict.fromkeys(said):
        terminal.say(remark)


# --- diff ------------------------------------------------------------------------------------


SIDE = "a pprof file, a session ('last', 'current', the beginning of its id), or a period as in 14d..7d"


def _diff_flags(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("base", metavar="BASE", help=SIDE)
    parser.add_argument("new", metavar="NEW", help="the same, to compare with it")
    parser.add_argument(
        "--normalize", action="store_true", help="multiply the base so that both totals are equal"
    )
    add_flags(parser, SESSIONS, SELECTION)
    add_flags(parser, "which view", VIEW, TAGGING)
    add_flags(parser, MODEL, LLM)
    add_flags(parser, "output", TABLE, STRICT)


def _diff(args: argparse.Namespace, env: Env) -> int:
    if _is_saved(args.base) and _is_saved(args.new):
        refuse(args, SAVED, SELECTION, VIEW[1:], TAGGING)
    sides = [_side(side, args, env) for side in (args.base, args.new)]
    _remark(*sides)
    base, new = (_focused(side, args) for side in sides)
    page = service.compare(base, new, args.limit, args.measure, normalize=args.normalize)
    sys.stdout.write(page.text)
    account = Reconciliation()
    account.add(base.reconciliation)
    account.add(new.reconciliation)
    return _verdict(account, strict=args.strict)


def _side(side: str, args: argparse.Namespace, env: Env) -> service.Report:
    """A profile that was saved, or one of history."""
    if _is_saved(side):
        return _saved([Path(side)], args)
    return service.profile(side_of(side, args, env), env, terminal.show_progress)


def _saved(paths: Sequence[Path], args: argparse.Namespace) -> service.Report:
    """What was saved, if it is of the view that was asked for, if one was."""
    report = service.merge(paths)
    view, wanted = report.profile.view, service.view_named(args.view)
    if args.view != VIEWS[0].name and view != wanted.name:
        raise UserError(f"--view {wanted.name}: the saved profile is of the view {view}")
    return report


def _is_saved(side: str) -> bool:
    """Whether a side names a file; one with a profile's ending does even if there is none."""
    ending = by_suffix(side)
    return Path(side).is_file() or (ending is not None and ending.name == "pprof")


# --- output ----------------------------------------------------------------------------------


def _writer(output: str | None, name: str | None) -> Writer | None:
    """The format that the flags agree on; None for the table. Raises `UserError`."""
    named = service.writer_named(name) if name else None
    if output is None or output == STDOUT:
        if output == STDOUT and named is None:
            raise UserError(f"-o - needs --format: {', '.join(writer.name for writer in WRITERS)}")
        return named
    ending = by_suffix(output)
    if named is None and ending is None:
        endings = ", ".join(suffix for writer in WRITERS for suffix in writer.suffixes)
        raise UserError(
            f"the ending of {output} names no format; use one of {endings}, or --format"
        )
    if named and ending and named is not ending:
        raise UserError(f"--format {named.name} and the ending of {output} ({ending.name}) differ")
    return named or ending


def _put(output: str | None, writer: Writer, report: service.Report) -> None:
    """Write a report to its file or to standard output."""
    if output is None or output == STDOUT:
        if writer.binary and sys.stdout.isatty():
            raise UserError(f"{writer.name} is binary; name a file with -o, or pipe it on")
        sys.stdout.buffer.write(service.encode(report, writer.name))
        return
    write_whole(Path(output), service.encode(report, writer.name))
    profile = report.profile
    width, total = profile.measures[0], profile.totals()[0]
    terminal.say(
        f"wrote {output}: {total:,} {width.name} in {len(profile.stacks()):,} stacks"
        + (f" of {report.number:,} sessions" if report.number else "")
    )


def _verdict(account: Reconciliation, *, strict: bool) -> int:
    """Say what was not read; the exit code."""
    facts = service.doubts(account)
    if facts:
        terminal.say(f"of {account.lines:,} lines: {', '.join(facts)}")
    lost = account.skipped or account.vanished or not account.complete
    return SKIPPED if strict and lost else DONE


COMMANDS: tuple[Command, ...] = (
    Command(
        "profile", "make a profile of sessions (the default command)", _profile_flags, _profile
    ),
    Command("sessions", "list sessions with their counts", _sessions_flags, _sessions),
    Command("tags", "show which rule gave which tag; give and remove tags", _tags_flags, _tags),
    Command("cache", "look after the index that makes answers fast", _cache_flags, _cache),
    Command("top", "print the heaviest frames", _top_flags, _top),
    Command("diff", "print what changed between two profiles", _diff_flags, _diff),
    Command("merge", "add pprof files up", _merge_flags, _merge),
)
"""All sub-commands; the first runs when none is named."""
