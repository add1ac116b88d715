"""The common questions, ready to be asked, and completions of what stands in them and in addresses."""

import inspect
from collections.abc import Iterable
from typing import Annotated, Any

from mcp.server.mcpserver import MCPServer
from mcp.shared.exceptions import MCPError
from mcp.types import (
    INVALID_PARAMS,
    Completion,
    CompletionArgument,
    CompletionContext,
    PromptReference,
    ResourceTemplateReference,
)
from pydantic import Field

from agentpprof_mcp.errors import AgentPprofError
from agentpprof_mcp.server.arguments import VIEW_NAMES, Asked, misnamed
from agentpprof_mcp.server.desk import Desk
from agentpprof_mcp.server.resources import ALL

__all__ = ["QUESTIONS", "add_to", "check"]

MOST_VALUES = 100
"""Of a completion, by the protocol."""

Session = Annotated[str, Field(description="current, last, or the start of an id")]
Period = Annotated[str, Field(description="a period to compare with the one before it: 7d, 24h")]


def profile_this_session(session: Session = "current") -> str:
    """Where this conversation spent its tokens, time and errors, and what to do better."""
    return (
        f"Call list_sessions(session={session!r}), then top_frames(session={session!r}, view='tokens') and "
        f"top_frames(session={session!r}, measure='errors') of the agentpprof server. Tell me in a few lines "
        "what dominated, which prompt caused it (ask frame_details for the heaviest rows), and one thing to "
        "do differently. Give the numbers that you rely on. If the session is not known, use 'last'."
    )


def what_did_i_waste(session: Session = "last") -> str:
    """What failed, was repeated or was read again, with the prompts behind it."""
    return (
        f"With the agentpprof server, call top_frames(session={session!r}, view='system', measure='errors'), "
        f"top_frames(session={session!r}, view='system') and top_frames(session={session!r}, view='files'). "
        "Look for commands that failed again and again, files that were read many times, and work that one "
        "prompt repeated. Ask frame_details for the two largest and name their prompts and lines. Say what "
        "could have been avoided, with counts, and what you are not sure of."
    )


def compare_with_last_week(period: Period = "7d") -> str:
    """What changed in my work with agents from one period to the next."""
    return (
        f"With the agentpprof server, call compare_profiles(since={period!r}, view='tokens'), and again with "
        "normalize=true; then compare_profiles with view='tasks' and measure='errors' for the same period. "
        "Tell me what grew, what shrank and what is new, first in size and then in kind, and ask "
        "frame_details about the largest change."
    )


QUESTIONS = {
    question.__name__.replace("_", "-"): question
    for question in (profile_this_session, what_did_i_waste, compare_with_last_week)
}
"""Prompts by name."""


def check(name: str, given: Iterable[str]) -> None:
    """Refuse a prompt or an argument that there is not. Raises `MCPError` with the nearest and all."""
    known = {name: tuple(inspect.signature(made).parameters) for name, made in QUESTIONS.items()}
    mistake = misnamed("prompt", name, given, known)
    if mistake:
        raise MCPError(INVALID_PARAMS, mistake)


def add_to(server: MCPServer[Any], desk: Desk) -> None:
    """Offer the questions, and complete their arguments."""
    for name, question in QUESTIONS.items():
        server.prompt(name, description=question.__doc__)(question)

    async def complete(
        _ref: PromptReference | ResourceTemplateReference,
        argument: CompletionArgument,
        _context: CompletionContext | None,
    ) -> Completion:
        values = await _values(desk, argument.name)
        fitting = [value for value in values if value.startswith(argument.value.lower())]
        return Completion(values=fitting[:MOST_VALUES], total=len(fitting))

    server.completion()(complete)  # type: ignore[no-untyped-call]  # the SDK's own has no types


async def _values(desk: Desk, name: str) -> tuple[str, ...]:
    """What may stand for an argument of that name."""
    known = {"view": VIEW_NAMES, "period": ("24h", "7d", "30d")}
    if name != "session":
        return known.get(name, ())
    try:
        return ("current", "last", ALL, *await desk.answer("handles", Asked(), None))
    except AgentPprofError:
        return ("current", "last", ALL)
