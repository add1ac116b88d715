"""`agentpprof cache`: look after the index."""

import argparse
import sys
from collections.abc import Callable

from agentpprof_cli import terminal
from agentpprof_cli.options import roots_of, session_ids_of
from agentpprof_mcp import upkeep
from agentpprof_mcp.env import Env, from_home
from agentpprof_mcp.errors import InputError, NothingFoundError, UserError
from agentpprof_mcp.query import Selection

__all__ = ["ACTIONS", "run_action"]

SHOWN = 8
"""Sessions named when some are wrong."""


def _show(selection: Selection, env: Env) -> None:
    known = upkeep.known(env, selection.roots)
    path = from_home(known.path, env.home)
    if known.trouble:
        raise InputError(f"{path}: {known.trouble}")
    if not known.size:
        sys.stdout.write(f"no index yet; the next profile makes {path}\n")
        return
    sys.stdout.write(f"{path}: {known.size / 1e6:.1f} MB\n")
    for agent, (there, gone) in known.sessions.items():
        more = f", and {gone:,} whose files are gone" if gone else ""
        sys.stdout.write(f"{agent}: {there:,} sessions{more}\n")


def _verify(selection: Selection, env: Env) -> None:
    verdict = upkeep.verify(selection.roots, env, terminal.show_progress)
    if verdict.wrong:
        named = ", ".join(verdict.wrong[:SHOWN])
        raise InputError(
            f"{len(verdict.wrong):,} of {verdict.compared:,} remembered answers differ from the files: {named};"
            " `agentpprof cache clear` makes them anew, and please report it"
        )
    sys.stdout.write(f"{verdict.compared:,} remembered answers are what the files say\n")


def _forget(selection: Selection, env: Env) -> None:
    number = upkeep.forget(env, selection)
    if selection.session_ids and not number:
        raise NothingFoundError("no session of that id whose files are gone is known")
    sys.stdout.write(f"forgot {number:,} sessions whose files are gone\n")


def _clear(_selection: Selection, env: Env) -> None:
    sys.stdout.write("deleted the index\n" if upkeep.clear(env) else "there was no index\n")


ACTIONS: dict[str, Callable[[Selection, Env], None]] = {
    "show": _show,
    "verify": _verify,
    "forget": _forget,
    "clear": _clear,
}
"""What can be done with the index; the first is the default."""


def run_action(args: argparse.Namespace, env: Env) -> None:
    """Do what was asked. Raises `UserError`, and `InputError` when what is remembered is wrong."""
    if args.action != "forget" and (args.agent or args.session_id):
        raise UserError("--agent and --session-id go with `agentpprof cache forget` alone")
    selection = Selection(
        roots=roots_of(args, env),
        agents=tuple(args.agent),
        session_ids=session_ids_of(args, env),
    )
    ACTIONS[args.action](selection, env)
