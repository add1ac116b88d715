"""Folded stacks: one line `frame;frame;frame INTEGER` per stack, for flamegraph.pl, inferno and speedscope.

Its readers have traps, and all of them change numbers in silence: a last frame that ends in a number
makes the line a differential, the endings `_[k]` `_[w]` `_[i]` `_[j]` are cut off, and a line that
begins with `#` is a comment for some. Labels cannot hold any of that; a frame that does is our bug.
"""

import re

from agentpprof_mcp.writers.base import Report

__all__ = ["write"]

FRAME = re.compile(r"(?!#)[^;\s]+(?<!_\[[kwij]\])")


def write(report: Report) -> bytes:
    """Return the stacks with their first measure, sorted by bytes; stacks without width are left out.

    Raises `ValueError` for a frame that a reader would take for something else.
    """
    widths = {stack: values[0] for stack, values in report.profile.stacks().items() if values[0]}
    if not all(map(FRAME.fullmatch, {frame for stack in widths for frame in stack})):
        msg = "a frame would break the folded format"
        raise ValueError(msg)
    lines = sorted(f"{';'.join(stack)} {width}\n".encode() for stack, width in widths.items())
    return b"".join(lines)
