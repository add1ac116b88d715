"""Where calls come in: what the user chose, what is remembered, and the errors in a caller's words."""

from collections.abc import Callable
from typing import Any

from mcp.server.mcpserver import Context

from agentpprof_mcp.env import Env
from agentpprof_mcp.errors import AgentPprofError
from agentpprof_mcp.server.arguments import Asked
from agentpprof_mcp.server.memory import Memory
from agentpprof_mcp.server.running import Progress, run
from agentpprof_mcp.server.selecting import Choices

__all__ = ["Desk"]


class Desk:
    """Answers calls, each in a thread of its own."""

    def __init__(self, choices: Choices, env: Callable[[], Env]) -> None:
        self._choices = choices
        self._env = env
        self._memory = Memory()

    async def answer(self, name: str, asked: Asked, ctx: Context | None) -> Any:  # noqa: ANN401  as the answer is
        """One of `answers.ANSWERS`. Raises `AgentPprofError` in the words of the tools."""
        meta = (ctx.request_context.meta or {}) if ctx is not None else {}

        def work(progress: Progress) -> object:
            from agentpprof_mcp.server.answers import ANSWERS  # noqa: PLC0415  after the greeting
            from agentpprof_mcp.server.call import Call  # noqa: PLC0415  the same

            env = self._env()
            call = Call(name, asked, env, self._choices, meta, self._memory, progress)
            return ANSWERS[name](call)

        try:
            return await run(work, ctx)
        except AgentPprofError as error:
            raise type(error)(_spoken(str(error))) from None


def _spoken(text: str) -> str:
    """An error of the service, which speaks of flags, in the words of the tools."""
    return text.replace("--all-projects or --project-root", "project='all' or one of these names")
