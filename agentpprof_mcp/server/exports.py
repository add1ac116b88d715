"""Profiles as files: the one place below which the server writes them, and what opens them."""

import re

from agentpprof_mcp import service
from agentpprof_mcp.errors import UserError
from agentpprof_mcp.output import write_below
from agentpprof_mcp.server.call import Call

__all__ = ["export"]

NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
OPENERS = {
    "pprof": "go tool pprof -http=: {}   (or speedscope {})",
    "folded": "speedscope {}   (or flamegraph.pl {} > graph.svg)",
    "svg": "a browser",
    "json": "jq .totals {}",
}


def export(call: Call, report: service.Report, form: str) -> str:
    """Write a report to the folder for exports; what was written, where, and how to open it."""
    asked, env = call.asked, call.env
    folder = call.choices.output_dir or env.cache / "exports"
    query = call.query()
    for root in query.selection.roots.values():
        if folder.resolve().is_relative_to(root.resolve()):
            raise UserError("exports would land in the history itself; start the server with another --output-dir")  # fmt: skip
    writer = service.writer_named(form)
    name = (asked.name or f"{query.view}-{asked.session or 'profile'}").lower()
    name = name.removesuffix(writer.suffixes[0])
    if not NAME.fullmatch(name):
        raise UserError("name is a file name without folders: letters, digits and ._-, at most 64")
    data = service.encode(report, form)
    path = write_below(folder, name + writer.suffixes[0], data, overwrite=asked.overwrite)
    shown = f"~/{path.relative_to(env.home)}" if path.is_relative_to(env.home) else str(path)
    profile = report.profile
    return (
        f"wrote {shown}: {profile.totals()[0]:,} {profile.measures[0].name} in"
        f" {len(profile.stacks()):,} stacks of {len(report.sessions):,} sessions, {len(data):,} bytes\n"
        f"open with: {OPENERS[form].format(shown, shown)}\n"
    )
