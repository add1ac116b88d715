"""The MCP server: each tool turns its arguments into a query, and the service's answer into text.

Importing it loads neither protobuf nor regular expressions of users, and nothing is read before a call:
clients wait for the greeting.

* `arguments`    what tools take, with their schemas, and what to say of mistakes
* `current`      which conversation asks
* `selecting`    from arguments to a query
* `call`         one call; `memory` what is remembered between two
* `running`      a thread for each call: progress, cancellation
* `desk`         where calls come in
* `tools`        the table of tools
* `answers`      how they answer, loaded with the first call
* `exports`      profiles as files
* `resources`    profiles by address
* `prompts`      the common questions, and completions
* `building`     all of it as a server of the SDK
"""

from agentpprof_mcp.server.building import build
from agentpprof_mcp.server.selecting import Choices

__all__ = ["Choices", "build"]
