"""The only maker of frame text. Labels are built from allow-lists and buckets, never cut from user text.

`shape` is the alphabet and what a name must look like; `places`, `domains` and `models` decide what may
be shown of a path, a host and a model; `frames` has one method per dimension. `published` is what of it may leave the machine.
"""

from agentpprof_mcp.labels.frames import Labels, foreign
from agentpprof_mcp.labels.names import plain_name
from agentpprof_mcp.labels.shape import is_secret, scrub

__all__ = ["Labels", "foreign", "is_secret", "plain_name", "scrub"]
