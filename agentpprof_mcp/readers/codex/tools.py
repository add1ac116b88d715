"""Tool calls of one thread: asked for, told about by events, answered.

A call's name is that of the function, without its namespace, or the item's type where it has no name.
Its status is the worst that any of its witnesses says: its output, an event, a completed item.
"""

import msgspec

from agentpprof_mcp.decoding import json_decoder
from agentpprof_mcp.effects import Arguments, category_of, effects_of, mcp_of, parse_arguments
from agentpprof_mcp.effects.places import join
from agentpprof_mcp.model import Effect, ToolCall
from agentpprof_mcp.readers.base import Wants
from agentpprof_mcp.readers.codex.outputs import Outcome, outcome_of_word, worst
from agentpprof_mcp.readers.codex.records import Item

__all__ = ["Tools"]

MCP = "mcp__"
RUN_BY_PROVIDER = frozenset({"web_search_call", "image_generation_call"})
"""No output is written for these: the item of the call is all there is."""

JSON_TEXT = json_decoder(str)


def _arguments(item: Item) -> Arguments:
    """The arguments of a call, in whichever of the wire's places they are."""
    if item.input is not None:
        return Arguments(input=item.input)
    if item.action is not None:
        return Arguments(action=item.action)
    raw = bytes(item.arguments)
    if not raw.startswith(b'"'):
        return parse_arguments(raw)
    try:
        return parse_arguments(JSON_TEXT.decode(raw))
    except (msgspec.MsgspecError, UnicodeError):
        return Arguments()


class Tools:
    """The calls of one thread by id; a second call with a known id is a copy."""

    def __init__(self, wants: Wants) -> None:
        """Start with none."""
        self.wants = wants
        self.calls: dict[str, ToolCall] = {}

    def ask(self, call: ToolCall, item: Item) -> bool:
        """Take a call, and complete it from its item; False when its id is known already."""
        if call.id in self.calls:
            return False
        self.calls[call.id] = call
        name = _full_name(call.name, item.namespace or "")
        arguments = _arguments(item)
        call.mcp = mcp_of(name)
        call.category = category_of(name)
        call.effects = self._effects(name, arguments, call.cwd)
        call.cwd = join(call.cwd, arguments.workdir or "")
        if item.type in RUN_BY_PROVIDER:
            call.answered = True
            call.status = outcome_of_word(item.status).status
        return True

    def answer(self, key: str | None, outcome: Outcome, at: int) -> ToolCall | None:
        """Take the output that a call got at `at`; the call, unless its id is unknown."""
        call = self.tell(key, outcome)
        if call is not None:
            call.answered = True
            if not call.duration and outcome.duration is None and at and call.at:
                call.duration = max(0, at - call.at)
        return call

    def tell(self, key: str | None, outcome: Outcome, mcp: str = "") -> ToolCall | None:
        """Take what anything says of a call, and of its MCP `server/tool`; the call, if known."""
        call = self.calls.get(key or "")
        if call is None:
            return None
        call.status = worst(call.status, outcome.status)
        if outcome.duration is not None:
            call.duration = outcome.duration
        if mcp:
            call.mcp = mcp
            if call.category != "mcp":
                call.category = "mcp"
                call.effects = self._effects(MCP, Arguments(), call.cwd)
        return call

    def is_answered(self, key: str | None) -> bool:
        """Whether the call of this id has its output."""
        call = self.calls.get(key or "")
        return call is not None and call.answered

    def _effects(self, name: str, arguments: Arguments, cwd: str) -> list[Effect]:
        if not (self.wants.effects or self.wants.files):
            return []
        return effects_of(name, arguments, cwd, commands=self.wants.effects)


def _full_name(name: str, namespace: str) -> str:
    """The name that tells an MCP tool from a built-in one: `mcp__server__tool`."""
    if namespace.startswith(MCP):
        return f"{namespace.rstrip('_')}__{name}"
    if "__" in name and not name.startswith(MCP):  # the form of older versions: server__tool
        return MCP + name
    return name
