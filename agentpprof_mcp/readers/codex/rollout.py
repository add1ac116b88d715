"""Records of one Codex file to prompts, model calls and tool calls.

`Rollout.HANDLERS` says what is done with which record; one that is neither there nor known to hold
nothing (`kinds.QUIET`) is counted as unknown.
"""

from collections.abc import Callable
from typing import ClassVar, NamedTuple

import msgspec

from agentpprof_mcp.decoding import json_decoder
from agentpprof_mcp.model import ModelCall, Session, Tokens, ToolCall, estimate_tokens
from agentpprof_mcp.readers.base import Wants
from agentpprof_mcp.readers.codex.kin import Kin, kin_of, thread_of
from agentpprof_mcp.readers.codex.kinds import ANSWERS, CALLS, ENDS, PROMPTS, QUIET, kind_of
from agentpprof_mcp.readers.codex.outputs import (
    outcome_of_end,
    outcome_of_output,
    outcome_of_word,
)
from agentpprof_mcp.readers.codex.prompts import Regions, stated_cwd
from agentpprof_mcp.readers.codex.records import Item, Line, Payload, Usage, call_of, text_of
from agentpprof_mcp.readers.codex.replay import Replay
from agentpprof_mcp.readers.codex.responses import Response, Responses
from agentpprof_mcp.readers.codex.tools import Tools
from agentpprof_mcp.readers.codex.usage import Meter, tokens_of
from agentpprof_mcp.readers.lines import iso_ms

__all__ = ["Book", "Rollout"]

MAX_CWDS = 256
"""Distinct working directories of a session that are kept."""


class Spawned(msgspec.Struct):
    """The answer to `spawn_agent`."""

    agent_id: str = ""


SPAWNED = json_decoder(Spawned)


class Book(NamedTuple):
    """What the files of one session share. `spawned` has the region that started a sub-agent."""

    session: Session
    wants: Wants
    spawned: dict[str, int]

    def region_of(self, kin: Kin, born: int) -> int:
        """The region of a sub-agent's events: where it was started, else the one open at its birth."""
        for thread in (kin.thread, kin.parent):
            if thread in self.spawned:
                return self.spawned[thread]
        prompts = self.session.prompts
        return max(index for index, prompt in enumerate(prompts) if prompt.at <= born or not index)


class Rollout:
    """One file on its way into a session. Feed its lines in order, then close."""

    def __init__(self, book: Book, path: str) -> None:
        """Expect the lines of `path`."""
        self.book = book
        self.session = book.session
        self.thread = thread_of(path)
        self.kin: Kin | None = None
        self.subagent = ""
        self.born = 0
        self.cwd = ""
        self.model = ""
        self.booked = 0
        self.replay = Replay()
        self.meter = Meter()
        self.regions = Regions(book.session)
        self.responses = Responses()
        self.tools = Tools(book.wants)

    @property
    def tree(self) -> str:
        """The main thread's id as far as this file knows it."""
        kin = self.kin or Kin(self.thread)
        return kin.root or kin.parent or self.thread

    def feed(self, line: Line) -> None:
        """Take one line."""
        payload = line if line.payload is None else line.payload
        kind = kind_of(line)
        at = iso_ms(line.timestamp or "") or self.born
        if self.kin is not None and self.replay.is_copy(line, payload, at):
            self._copy(kind, payload)
            return
        handler = self.HANDLERS.get(kind)
        if handler is not None:
            handler(self, payload, at)
            self._seen(at)
        elif kind not in QUIET:
            self.session.reconciliation.unknown(kind)

    def close(self) -> None:
        """Add what only the end of the file decides."""
        self.regions.settle()
        if not self.booked:
            for response in self.responses.waiting:
                self._book(response, Tokens(estimate=estimate_tokens(response.size)))
        if not self.session.cwds:
            self.session.cwds = [call.cwd for call in self.session.tools if call.cwd][:1]

    def _seen(self, at: int) -> None:
        if at:
            self.session.started = min(self.session.started or at, at)
            self.session.ended = max(self.session.ended, at)

    def _copy(self, kind: str, payload: Payload) -> None:
        """Count what is the parent's, and learn from which total this thread goes on."""
        if kind == "event_msg/token_count":
            self.session.reconciliation.duplicates += self.meter.count(payload.info) is not None
        elif kind in CALLS or kind in PROMPTS:
            self.session.reconciliation.duplicates += 1

    # --- the thread's state ------------------------------------------------------------------

    def _meta(self, meta: Payload, at: int) -> None:
        if self.kin is not None:  # written again on resuming: the first is the identity
            return
        self.kin = kin = kin_of(meta)
        self.thread = kin.thread or self.thread
        self.born = iso_ms(meta.timestamp or "") or at
        self.replay.begin(meta, self.born, at)
        self._seen(self.born)
        self._go(meta.cwd)
        if meta.forked_from_id:
            self.session.origins.append(meta.forked_from_id)
        if kin.subagent:
            self.subagent = kin.subagent
            self.session.subagents += 1
            region = self.book.region_of(kin, self.born)
            self.book.spawned.setdefault(self.thread, region)
            self.regions.stay(region)

    def _turn(self, turn: Payload, _at: int) -> None:
        self.model = turn.model or self.model
        self._go(turn.cwd)

    def _go(self, cwd: str | None) -> None:
        """Follow the working directory."""
        if cwd and cwd != self.cwd:
            self.cwd = cwd
            cwds = self.session.cwds
            if len(cwds) < MAX_CWDS and cwd not in cwds:
                cwds.append(cwd)

    # --- what the user and the model say -----------------------------------------------------

    def _message(self, item: Item, at: int) -> None:
        if item.role == "assistant":
            self._say(item, at)
        elif item.role == "user":
            text = text_of(item.content)
            self.responses.end()
            self.regions.message(text, at)
            if not self.cwd:
                self._go(stated_cwd(text))
        elif item.role == "tool":
            self.responses.end()
            self.tools.answer(item.tool_call_id, outcome_of_output(item.content), at)

    def _say(self, item: Item, at: int) -> None:
        self.regions.settle()
        self.responses.say(text_of(item.content), at, self.regions.current)
        for call in item.tool_calls or ():
            if call.function is not None:
                name, arguments = call.function.name, call.function.arguments
                self._ask(
                    Item("function_call", call_id=call.id, name=name, arguments=arguments), at
                )

    def _prompt(self, event: Payload, at: int) -> None:
        if event.kind in {None, "plain"}:
            text = text_of(event.item.content) if event.item else event.message or ""
            self.responses.end()
            self.regions.event(text, at)

    # --- model calls -------------------------------------------------------------------------

    def _count(self, event: Payload, at: int) -> None:
        usage = self.meter.count(event.info)
        if usage is not None:
            self._report(usage, "", at)

    def _record(self, record: Payload, at: int) -> None:
        response = record.response_id or ""
        usage = self.meter.record(record.usage, response)
        if usage is not None:
            self._report(usage, response, at)

    def _report(self, usage: Usage, key: str, at: int) -> None:
        response = self.responses.claim(at, self.regions.current)
        self._book(response, tokens_of(usage), key, lower_bound=usage.damaged)

    def _book(
        self, response: Response, tokens: Tokens, key: str = "", *, lower_bound: bool = False
    ) -> None:
        self.booked += 1
        key = key or f"{self.thread}:{self.booked}"
        self.session.calls.append(
            ModelCall(
                key,
                response.at,
                response.prompt,
                self.model,
                tokens,
                self.subagent,
                message=key,
                lower_bound=lower_bound,
                says=response.says,
                does=response.does,
            )
        )

    # --- tool calls --------------------------------------------------------------------------

    def _ask(self, item: Item, at: int) -> None:
        self.regions.settle()
        key = item.call_id or item.id or f"{self.thread}:tool:{len(self.tools.calls)}"
        name = item.name or item.type
        prompt = self.regions.current
        call = ToolCall(key, name, at, prompt, "", cwd=self.cwd, subagent=self.subagent)
        if self.tools.ask(call, item):
            self.session.tools.append(call)
            self.responses.ask(name, at, prompt)

    def _answer(self, item: Item, at: int) -> None:
        self.responses.end()
        call = self.tools.answer(item.call_id, outcome_of_output(item.output), at)
        if call is not None and call.category == "agent" and isinstance(item.output, str):
            self._spawn(item.output, call.prompt)

    def _found(self, item: Item, at: int) -> None:
        """The answer to a tool search has tools for an output: its status is a word."""
        self.responses.end()
        self.tools.answer(item.call_id, outcome_of_word(item.status), at)

    def _spawn(self, output: str, prompt: int) -> None:
        try:
            spawned = SPAWNED.decode(output)
        except (msgspec.MsgspecError, UnicodeError):
            return
        if spawned.agent_id:
            self.book.spawned.setdefault(spawned.agent_id, prompt)

    # --- what events and completed items say of tool calls -----------------------------------

    def _end(self, event: Payload, _at: int) -> None:
        item = event.item
        about = item or event.invocation
        mcp = f"{about.server}/{about.tool}" if about is not None and about.server else ""
        call = self.tools.tell(call_of(event), outcome_of_end(item or event), mcp)
        if item is not None and item.receiver_thread_ids:
            region = call.prompt if call is not None else self.regions.current
            for thread in item.receiver_thread_ids:
                self.book.spawned.setdefault(thread, region)

    def _command(self, event: Payload, _at: int) -> None:
        """A command may end after its call has answered "running"; then the call did not fail."""
        if not self.tools.is_answered(call_of(event)):
            self.tools.tell(call_of(event), outcome_of_end(event.item or event))

    HANDLERS: ClassVar[dict[str, Callable[["Rollout", Payload, int], None]]] = {
        "header": _meta,
        "session_meta": _meta,
        "turn_context": _turn,
        "token_usage_record": _record,
        "event_msg/token_count": _count,
        "response_item/message": _message,
        "response_item/tool_search_output": _found,
        "event_msg/exec_command_end": _command,
        "item/CommandExecution": _command,
        **dict.fromkeys(PROMPTS, _prompt),
        **dict.fromkeys(CALLS, _ask),
        **dict.fromkeys(ANSWERS, _answer),
        **dict.fromkeys(ENDS, _end),
    }
