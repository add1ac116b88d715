"""Claude Code: `~/.claude/projects/<slug>/<session>.jsonl` and the files of its sub-agents.

What counts, what repeats, and what lies in these files is told where it is handled:

* `wire`      the fields of a line that are read at all
* `openers`   which user records are prompts
* `outcome`   how a tool result tells ok from error, denied and aborted
* `thread`    lines of one file to calls, with every repetition taken out
* `ledger`    a session's calls by id
* `session`   a session's files put together: sub-agents of all three layouts
* `layout`    where the files are, and which belong together; `agent` is the door to all of it
"""

from agentpprof_mcp.readers.claude.agent import CLAUDE

__all__ = ["CLAUDE"]
