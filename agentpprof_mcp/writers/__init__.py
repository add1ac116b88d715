"""Every output format: one format is one file here, and one entry in `WRITERS`.

`top` is no file format but the table for a terminal. Importing this package loads no heavy library.
"""

from agentpprof_mcp.writers import folded, json, pprof, svg
from agentpprof_mcp.writers.base import Writer

__all__ = ["WRITERS", "Writer", "by_name", "by_suffix"]

WRITERS: tuple[Writer, ...] = (pprof.WRITER, folded.WRITER, svg.WRITER, json.WRITER)


def by_name(name: str) -> Writer | None:
    """The format called `name`, None if there is none."""
    return next((writer for writer in WRITERS if writer.name == name), None)


def by_suffix(path_name: str) -> Writer | None:
    """The format whose file ending `path_name` has; the longest wins, None if no ending matches."""
    endings = ((suffix, writer) for writer in WRITERS for suffix in writer.suffixes)
    matching = [(len(suffix), writer) for suffix, writer in endings if path_name.endswith(suffix)]
    return max(matching, key=lambda match: match[0])[1] if matching else None
