"""Codex CLI: `~/.codex/sessions/**/rollout-*.jsonl`, one file per thread, sub-agents included.

Generations, by content: 1 one JSON object with items (2025, TypeScript); 2 bare items, a line each; 3
items and events in envelopes {timestamp, type, payload}; 4 the same with completed items for events.
What counts, what repeats, and what is copied is told where it is handled:

* `records`   the fields of a line that are read at all
* `rollout`   lines of one file to prompts, model calls and tool calls
* `prompts`   which texts open a region
* `responses` what a model call says and asks for
* `usage`     which token reports are model calls
* `tools`     tool calls and what becomes of them; `outputs` how they tell ok from error
* `replay`    the parent's history at the head of a fork
* `kin`       sub-agents and their parents
* `session`   a session's files put together; `document` the oldest generation's
* `layout`    where the files are, and which belong together; `heads` whose a file is
* `agent`     the door to all of it
"""

from agentpprof_mcp.readers.codex.agent import CODEX

__all__ = ["CODEX"]
