"""Lines of one Claude Code file to calls, with every repetition taken out.

What repeats: an API response is written once per content block, each time with the usage of the whole
response so far, so a call takes the largest of each count. A record uuid seen before is a copy. What
lies: output tokens of a call whose lines all lack a stop reason are the placeholder of the stream's
start, kept as recorded and marked a lower bound.

Events belong to the region of the record that they answer (`parentUuid`), because file order is not
time order; a parent that is not in the file leaves the latest region.
"""

from collections.abc import Callable, Iterable
from typing import ClassVar

import msgspec

from agentpprof_mcp.decoding import json_decoder
from agentpprof_mcp.effects import category_of, effects_of, mcp_of, parse_arguments
from agentpprof_mcp.model import Opener, Prompt, Session, ToolCall
from agentpprof_mcp.readers.base import Wants
from agentpprof_mcp.readers.claude.ledger import Ledger, Result
from agentpprof_mcp.readers.claude.openers import opener_of, queued_opener, text_of
from agentpprof_mcp.readers.claude.outcome import outcome
from agentpprof_mcp.readers.claude.wire import Block, Record
from agentpprof_mcp.readers.lines import iso_ms

__all__ = ["Book", "Place", "Thread"]

SAYS = 600
PROMPT_TEXT = 4096
SYNTHETIC = "<synthetic>"
DEFAULT_SUBAGENT = "general-purpose"
LATEST = "\x00"
"""Stands for the prompt of the sub-agent that was started last."""
MAX_CWDS = 256
"""Distinct working directories of a session that are kept."""

QUIET_TYPES = frozenset(
    {
        "agent-name", "ai-title", "api-request", "api-request-blob", "api-request-shape",
        "atis-latch", "bridge-session", "cost-state", "custom-title",
        "file-history-delta", "file-history-snapshot", "frame-link", "last-prompt", "mode",
        "permission-mode", "pr-link", "queue-operation", "relocated", "summary",
        "system", "tools-used", "worktree-state",
    }
)  # fmt: skip
"""Known record types that hold no call. Any other type is counted as unknown."""


class Place(msgspec.Struct, frozen=True):
    """Where an event belongs: a prompt region, and the type of the sub-agent that made it."""

    prompt: int
    subagent: str = ""


class CommandInput(msgspec.Struct):
    """What the arguments of a shell command say that it is for."""

    description: str = ""


class AgentInput(msgspec.Struct):
    """Arguments of a tool call that starts a sub-agent."""

    subagent_type: str = DEFAULT_SUBAGENT
    prompt: str = ""


class AgentLink(msgspec.Struct):
    """The part of a tool result that names the sub-agent."""

    agentId: str = ""  # noqa: N815  the name on the wire


COMMAND_INPUT = json_decoder(CommandInput)
AGENT_INPUT = json_decoder(AgentInput)
AGENT_LINK = json_decoder(AgentLink)


class Book:
    """All that the files of one session share.

    `tasks` tells where the sub-agent belongs that a tool call starts, `starters` the same by the prompt
    it was given, `agents` the call of a sub-agent's id. `embedded` holds calls known from progress lines.
    """

    def __init__(self, wants: Wants) -> None:
        self.wants = wants
        self.session = Session("", "claude")
        self.ledger = Ledger()
        self.embedded = Ledger("e")
        self.tasks: dict[str, Place] = {}
        self.agents: dict[str, str] = {}
        self.subagents: set[str] = set()
        self.starters: dict[str, Place] = {}
        self.cwds: dict[str, str] = {}


class Thread:
    """Reads the records of one file into a session's book; `place` is where its events begin."""

    def __init__(self, book: Book, place: Place, *, main: bool) -> None:
        self.book = book
        self.session = book.session
        self.current = place
        self.main = main
        self.places: dict[str | None, Place] = {}
        self.cwd = ""

    def feed(self, records: Iterable[Record]) -> None:
        """Take the records of the file in order."""
        places, session, handlers = self.places, self.session, self.HANDLERS
        for record in records:
            uuid, cwd = record.uuid, record.cwd
            if uuid in places:
                continue
            place = places.get(record.parentUuid) or self.current
            if cwd and cwd != self.cwd:
                self._move(cwd)
            if not session.id:
                session.id = record.sessionId
            handler = handlers.get(record.type)
            if handler is not None:
                place = handler(self, record, place)
            elif record.type not in QUIET_TYPES:
                session.reconciliation.unknown(record.type)
            if uuid:
                places[uuid] = place

    def _move(self, cwd: str) -> None:
        """Follow the working directory; equal strings are kept once, and so many for the session."""
        known = self.book.cwds
        if cwd not in known:
            known[cwd] = cwd
            if len(known) <= MAX_CWDS:
                self.session.cwds.append(cwd)
        self.cwd = known[cwd]

    # --- what the user side says -------------------------------------------------------------

    def _user(self, record: Record, place: Place) -> Place:
        message = record.message
        if message is None:
            return place
        at = iso_ms(record.timestamp)
        if not isinstance(message.content, str):
            results = [block for block in message.content if block.type == "tool_result"]
            for block in results:
                self._result(block, record, at, self.book.ledger)
            if results:
                return place
        text = text_of(message.content)
        if record.isSidechain and self.main:
            return self._inline_subagent(text, place) if not record.parentUuid else place
        opener = opener_of(record, text)
        return place if opener is None else self._open(opener, record, at, text)

    def _open(self, opener: Opener, record: Record, at: int, text: str) -> Place:
        """Open a region, on the main thread only: a sub-agent works inside one."""
        if not self.main:
            return self.current
        prompts = self.session.prompts
        prompts.append(Prompt(opener, at, record.uuid, text[:PROMPT_TEXT]))
        self.current = Place(len(prompts) - 1)
        return self.current

    def _inline_subagent(self, text: str, place: Place) -> Place:
        """Where a sub-agent inside the parent's file belongs: to the call with its prompt."""
        starters = self.book.starters
        started = starters.get(text.strip()) or starters.get(LATEST)
        return started or Place(place.prompt, DEFAULT_SUBAGENT)

    def _attachment(self, record: Record, place: Place) -> Place:
        attachment = record.attachment
        opener = queued_opener(attachment) if attachment is not None else None
        if attachment is None or opener is None:
            return place
        return self._open(opener, record, iso_ms(record.timestamp), text_of(attachment.prompt))

    def _result(self, block: Block, record: Record, at: int, ledger: Ledger) -> None:
        key = block.tool_use_id
        status = outcome(block, record.toolDenialKind)
        ledger.answer(key, Result(status, at))
        if key in self.book.tasks and bytes(memoryview(record.toolUseResult)[:1]) == b"{":
            try:
                link = AGENT_LINK.decode(record.toolUseResult)
            except (msgspec.MsgspecError, UnicodeDecodeError):
                return
            if link.agentId:
                self.book.agents.setdefault(link.agentId, key)

    # --- what the model says -----------------------------------------------------------------

    def _assistant(self, record: Record, place: Place, embedded: Ledger | None = None) -> Place:
        """Book one line of an API response."""
        message = record.message
        if message is None or message.model == SYNTHETIC:
            return place
        ledger = embedded or self.book.ledger
        at = iso_ms(record.timestamp)
        call = ledger.call_of(record, message, at, place.prompt, place.subagent)
        if isinstance(message.content, str):
            call.says = (call.says + message.content)[:SAYS]
            return place
        for block in message.content:
            if block.type == "tool_use":
                category = category_of(block.name)
                call.does.append(block.name)
                if category == "shell" and not call.purpose:
                    call.purpose = _purpose(block)
                key = block.id or ledger.unnamed()
                if key not in ledger.tools:
                    tool = ToolCall(
                        key, block.name, at, place.prompt, category, self.cwd, place.subagent
                    )
                    ledger.tools[key] = tool
                    self._describe(tool, block, record, place)
            elif block.type == "text" and len(call.says) < SAYS:
                call.says = (call.says + block.text)[:SAYS]
        return place

    def _describe(self, tool: ToolCall, block: Block, record: Record, place: Place) -> None:
        """Note what a tool call does, as far as that is wanted."""
        if tool.category == "agent":
            self._task(tool.id, block, place)
        elif tool.category == "mcp":
            tool.mcp = mcp_of(tool.name)
        wants = self.book.wants
        if wants.effects or (wants.files and tool.category != "shell"):
            arguments = parse_arguments(bytes(block.input))
            tool.effects = effects_of(tool.name, arguments, record.cwd or self.cwd)

    def _task(self, key: str, block: Block, place: Place) -> None:
        try:
            given = AGENT_INPUT.decode(block.input)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            given = AgentInput()
        started = Place(place.prompt, given.subagent_type)
        self.book.tasks[key] = started
        self.book.starters[given.prompt.strip()] = self.book.starters[LATEST] = started

    # --- sub-agents of versions that left no other trace -------------------------------------

    def _progress(self, record: Record, place: Place) -> Place:
        progress = record.data
        if progress is not None and progress.type == "agent_progress" and progress.message:
            self._embedded(progress.message, progress.agentId, record.parentToolUseID or "")
        return place

    def _embedded(self, inner: Record, agent: str, starter: str) -> None:
        """Book a sub-agent's record that stands in a progress line, apart from the rest."""
        embedded = self.book.embedded
        if inner.message is None or (inner.uuid and inner.uuid in embedded.uuids):
            return
        embedded.uuids.add(inner.uuid)
        self.book.subagents.add(agent)
        place = self.book.tasks.get(starter) or Place(self.current.prompt, DEFAULT_SUBAGENT)
        if inner.type == "assistant":
            self._assistant(inner, place, embedded)
        elif inner.type == "user" and not isinstance(inner.message.content, str):
            at = iso_ms(inner.timestamp)
            for block in inner.message.content:
                if block.type == "tool_result":
                    self._result(block, inner, at, embedded)

    HANDLERS: ClassVar[dict[str, Callable[["Thread", Record, Place], Place]]] = {
        "assistant": _assistant,
        "user": _user,
        "progress": _progress,
        "attachment": _attachment,
    }
    """What is done with a record of a type; it says where the records that answer it belong."""


def _purpose(block: Block) -> str:
    """What a shell command is said to be for."""
    try:
        return COMMAND_INPUT.decode(block.input).description[:SAYS]
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return ""
