"""Every output format: one format is one file here, and one entry in `WRITERS`.

`top` and `diff` are no file formats but tables for a terminal.
"""

from agentpprof_mcp.writers.base import Writer

__all__ = ["WRITERS", "Writer", "by_name", "by_suffix"]

WRITERS: tuple[Writer, ...] = (
    Writer("pprof", (".pb.gz", ".pb"), binary=True, whole=True),
    Writer("folded", (".folded",)),
    Writer("svg", (".svg",)),
    Writer("json", (".json",), whole=True),
)


def by_name(name: str) -> Writer | None:
    """The format called `name`, None if there is none."""
    return next((writer for writer in WRITERS if writer.name == name), None)


def by_suffix(path_name: str) -> Writer | None:
    """The format whose file ending `path_name` has; the longest wins, None if no ending matches."""
    endings = ((suffix, writer) for writer in WRITERS for suffix in writer.suffixes)
    matching = [(len(suffix), writer) for suffix, writer in endings if path_name.endswith(suffix)]
    return max(matching, key=lambda match: match[0])[1] if matching else None
