"""`agentpprof-mcp`: the MCP server on standard input and output."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from agentpprof_mcp import __version__
from agentpprof_mcp.readers import READERS

__all__ = ["build_parser", "main"]

AGENTS = [reader.name for reader in READERS]
INTERRUPTED = 130


def build_parser() -> argparse.ArgumentParser:
    """The flags: what the user decides, and no caller of a tool can change."""
    parser = argparse.ArgumentParser(
        prog="agentpprof-mcp",
        description="MCP server (stdio) that profiles coding-agent sessions of Claude Code and Codex.",
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("--version", action="version", version=f"agentpprof-mcp {__version__}")
    for agent in AGENTS:
        add(f"--{agent}-root", metavar="DIR", type=_folder, help=f"where {agent} keeps its history")
    projects = parser.add_mutually_exclusive_group()
    projects.add_argument(
        "--project-root",
        metavar="DIR",
        type=_folder,
        help="the default project (default: the client's working directory)",
    )
    projects.add_argument(
        "--all-projects", action="store_true", help="sessions of every project by default"
    )
    add(
        "--output-dir",
        metavar="DIR",
        type=Path,
        help="where export_profile writes (default: agentpprof/exports in the cache folder)",
    )
    add(
        "--allow-previews",
        action="store_true",
        help="let the agent read the beginning of each prompt of a session",
    )
    return parser


def _folder(text: str) -> Path:
    """A folder that exists, as argparse wants it."""
    path = Path(text)
    if not path.is_dir():
        raise argparse.ArgumentTypeError(f"{text} is no folder")
    return path.absolute()


def main(argv: Sequence[str] | None = None) -> int:
    """Serve until standard input ends."""
    args = build_parser().parse_args(argv)
    from agentpprof_mcp.server import Choices, build  # noqa: PLC0415  --help and --version need no SDK

    given = {agent: getattr(args, f"{agent}_root") for agent in AGENTS}
    roots = {agent: root for agent, root in given.items() if root}
    choices = Choices(
        roots,
        args.project_root,
        args.all_projects,
        args.output_dir and args.output_dir.absolute(),
        args.allow_previews,
    )
    try:
        build(choices).run()
    except KeyboardInterrupt:
        return INTERRUPTED
    return 0


if __name__ == "__main__":
    sys.exit(main())
