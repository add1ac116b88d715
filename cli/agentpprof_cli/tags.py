"""`agentpprof tags`: which rule gave which tag, and tags given by hand."""

import argparse
import re
import sys

from msgspec.structs import replace

from agentpprof_cli import terminal
from agentpprof_cli.options import query_of
from agentpprof_mcp import giving, service
from agentpprof_mcp.env import Env
from agentpprof_mcp.errors import UserError
from agentpprof_mcp.query import Query

__all__ = ["add_tag_flags", "change_tags", "show_tags"]

TARGET = re.compile(r"([^:=]+)(?::(\d{1,9}))?")


def add_tag_flags(parser: argparse.ArgumentParser) -> None:
    """Flags that no other command has."""
    group = parser.add_argument_group("tags given by hand")
    group.add_argument(
        "--set",
        metavar="SESSION[:PROMPT]=TAG",
        action="append",
        default=[],
        help="give a tag to a session, or to its prompt of that index; it wins over every rule",
    )
    group.add_argument(
        "--remove",
        metavar="SESSION[:PROMPT]",
        action="append",
        default=[],
        help="take a given tag back",
    )
    parser.add_argument(
        "--include-previews",
        action="store_true",
        help="show the beginning of each prompt beside its tag: your own text, do not publish it",
    )


def change_tags(args: argparse.Namespace, env: Env) -> None:
    """Give and take back the tags that the flags name, in that order. Raises `UserError`."""
    query = query_of(args, env)
    for entry in args.set:
        target, _, tag = entry.rpartition("=")
        session, prompt = _target(target, "--set is not SESSION[:PROMPT]=TAG")
        if not tag:
            raise UserError("--set gives no tag; --remove takes one back")
        digest = giving.give_tag(_of_session(query, session), env, tag, prompt)
        terminal.say(f"{digest.handle}{_index(prompt)} is {tag}")
    for entry in args.remove:
        session, prompt = _target(entry, "--remove is not SESSION[:PROMPT]")
        digest = giving.take_tag(_of_session(query, session), env, prompt)
        terminal.say(f"{digest.handle}{_index(prompt)} goes by the rules again")


def show_tags(args: argparse.Namespace, env: Env) -> service.Sessions:
    """Print the rules and given tags of the selected sessions."""
    query = query_of(args, env)
    sessions, found = giving.tags(query, env, terminal.show_progress)
    if args.format == "json":
        sys.stdout.buffer.write(giving.naming_json(found, query.zone))
    else:
        sys.stdout.write(giving.naming_table(found, query.zone, previews=query.previews))
    return sessions


def _target(text: str, wrong: str) -> tuple[str, int]:
    match = TARGET.fullmatch(text)
    if match is None:
        raise UserError(f"{wrong}, as in 0e35f321:2")
    return match[1], giving.SESSION if match[2] is None else int(match[2])


def _of_session(query: Query, session: str) -> Query:
    """The query for one session of any project, by the beginning of its id."""
    selection = replace(query.selection, session_ids=(session,), project_root=None)
    return replace(query, selection=selection)


def _index(prompt: int) -> str:
    return "" if prompt == giving.SESSION else f":{prompt}"
