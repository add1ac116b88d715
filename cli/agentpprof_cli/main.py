"""`agentpprof`: which command runs, and which exit code it ends with.

0 done, also with damage in the history · 1 nothing matched, an empty view, or a failure · 2 usage ·
3 `--strict` and something was skipped · 130 interrupted.
"""

import argparse
import io
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from functools import cache

from agentpprof_cli import run
from agentpprof_cli.commands import COMMANDS, DONE, Command
from agentpprof_cli.terminal import say
from agentpprof_mcp import __version__
from agentpprof_mcp.env import Env
from agentpprof_mcp.errors import AgentPprofError, UserError
from agentpprof_mcp.views import VIEWS

__all__ = ["build_parser", "main"]

FAILED, USAGE, INTERRUPTED = 1, 2, 130


def build_parser(command: Command) -> argparse.ArgumentParser:
    """The parser of one sub-command; that of the first also describes the whole."""
    first = command is COMMANDS[0]
    parser = argparse.ArgumentParser(
        prog="agentpprof" if first else f"agentpprof {command.name}",
        description=_overview() if first else command.help,
        epilog=_epilog() if first else None,
        formatter_class=_formatter,
        allow_abbrev=False,
    )
    if first:
        parser.add_argument("--version", action="version", version=f"agentpprof {__version__}")
    command.flags(parser)
    return parser


def _formatter(prog: str) -> argparse.HelpFormatter:
    """What lays help out. argparse makes one for every flag, and would look up the width for each."""
    return argparse.RawDescriptionHelpFormatter(prog, width=_width())


@cache
def _width() -> int:
    """Columns for help, as argparse would have them: those of the terminal, less two."""
    given = os.environ.get("COLUMNS", "")
    columns = int(given) if given.isdecimal() else 0
    if not columns:
        with suppress(OSError, ValueError, AttributeError):
            columns = os.get_terminal_size(sys.__stdout__.fileno()).columns  # type: ignore[union-attr]
    return (columns or 80) - 2


def _overview() -> str:
    lines = [
        "Profile where coding-agent sessions (Claude Code, Codex) spend their work.",
        "",
        "commands:",
    ]
    lines += [f"  {command.name:<10}{command.help}" for command in COMMANDS]
    return "\n".join([*lines, "", "`agentpprof COMMAND --help` shows a command's flags."])


def _epilog() -> str:
    lines = ["views:", *(f"  {view.name:<10}{view.question}" for view in VIEWS)]
    lines += [
        "",
        "exit codes: 0 done, 1 nothing found or failed, 2 usage, 3 --strict and something was",
    ]
    return "\n".join([*lines, "skipped, 130 interrupted"])


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. Results go to standard output or the file, everything else to standard error."""
    words = list(sys.argv[1:] if argv is None else argv)
    named = {command.name: command for command in COMMANDS}
    command = named[words.pop(0)] if words and words[0] in named else COMMANDS[0]
    args = build_parser(command).parse_args(words)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a name that the terminal cannot show
            stream.reconfigure(errors="replace")
    try:
        code = command.run(args, Env.real())
        sys.stdout.flush()
    except UserError as error:
        say(str(error))
        return USAGE
    except AgentPprofError as error:
        say(str(error))
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what is still buffered has nowhere to go
        if isinstance(error, BrokenPipeError):
            return DONE
        say(f"failed: {error.strerror or error}")
        return FAILED
    return code


if __name__ == "__main__":
    run()
