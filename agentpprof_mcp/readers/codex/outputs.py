"""How a tool call ended, by what its output says: exit codes and known failure texts, nothing else.

Encodings by age: JSON text {"output", "metadata": {"exit_code", "duration_seconds"}}; header lines
(`Exit code: 1`, `Wall time: 0.2 seconds`, `Process exited with code 1`) before `Output:`; a list of
parts; {content, success}. What follows `Output:` is the program's own text and is never searched.
"""

import re
from typing import NamedTuple

import msgspec

from agentpprof_mcp.decoding import json_decoder
from agentpprof_mcp.model import Status
from agentpprof_mcp.readers.codex.records import Answer, Finished, McpResult, Part, Payload, Span

__all__ = ["Outcome", "outcome_of_end", "outcome_of_output", "outcome_of_word", "worst"]

HEADER = re.compile(
    r"(?:Chunk ID: [^\n]{0,64}\n)?"
    r"(?:Exit code: (?P<exit>-?\d{1,10})\n)?"
    r"(?:Wall time: (?P<wall>\d{1,9}(?:\.\d{1,9})?) seconds\n?)?"
    r"(?:Process exited with code (?P<code>-?\d{1,10})\n)?"
)

FAILURES: tuple[tuple[str, Status], ...] = (
    ("aborted by user", Status.ABORTED),
    ("exec command rejected by user", Status.DENIED),
    ("patch rejected by user", Status.DENIED),
    ("rejected by user", Status.DENIED),
    ("user rejected MCP tool call", Status.DENIED),
    ("user cancelled MCP tool call", Status.DENIED),
    ("failed in sandbox", Status.ERROR),
    ("execution error:", Status.ERROR),
    ("error: Failed to find expected lines", Status.ERROR),
    ("error: invalid hunk", Status.ERROR),
    ("apply_patch verification failed", Status.ERROR),
    ("exec_command failed", Status.ERROR),
    ("write_stdin failed", Status.ERROR),
    ("failed to parse function arguments", Status.ERROR),
    ("unsupported call:", Status.ERROR),
    ("unsupported custom tool call:", Status.ERROR),
)
"""How outputs begin (after the header lines) that tell of a failure without an exit code."""

WORDS = {"completed": Status.OK, "failed": Status.ERROR, "declined": Status.DENIED}
"""The status of a finished item or event, by its own word."""

MAX_SECONDS = 1e9

SEVERITY = (Status.UNKNOWN, Status.OK, Status.ERROR, Status.DENIED, Status.ABORTED)


class Outcome(NamedTuple):
    """A status, and the duration in milliseconds where one was told."""

    status: Status = Status.UNKNOWN
    duration: int | None = None


class Metadata(msgspec.Struct):
    """Numbers beside an output that is JSON text."""

    exit_code: int | None = None
    duration_seconds: float | None = None


class Wrapped(msgspec.Struct):
    """An output that is JSON text."""

    metadata: Metadata | None = None


WRAPPED = json_decoder(Wrapped)


def worst(*statuses: Status) -> Status:
    """What several witnesses of one call say together: any failure stands."""
    return max(statuses, key=SEVERITY.index)


def outcome_of_output(output: str | list[Part] | Answer | None) -> Outcome:
    """What the output of a tool call tells by itself."""
    if isinstance(output, list):
        output = next((part.text for part in output if part.text), "")
    elif isinstance(output, Answer):
        if output.success is not None:
            return Outcome(_of_success(output.success))
        output = output.content
    if not output:
        return Outcome()
    if output[0] == "{":
        return _of_wrapped(output)
    return _of_text(output)


def outcome_of_word(word: str | None) -> Outcome:
    """What an item's own word for its status tells."""
    return Outcome(WORDS.get(word or "", Status.UNKNOWN))


def outcome_of_end(end: Finished | Payload) -> Outcome:
    """What a completed item, or the event at the end of a tool call, tells."""
    status = worst(
        outcome_of_word(end.status).status,
        Status.UNKNOWN if end.exit_code is None else _of_code(end.exit_code),
        Status.UNKNOWN if end.success is None else _of_success(end.success),
        _of_result(end.result),
    )
    return Outcome(status, end.duration.ms if isinstance(end.duration, Span) else None)


def _of_result(result: McpResult | str | None) -> Status:
    if not isinstance(result, McpResult):
        return Status.UNKNOWN
    if result.err is not None:
        said = _of_text(result.err).status if isinstance(result.err, str) else Status.UNKNOWN
        return worst(Status.ERROR, said)
    answer = result.ok or result
    if answer.is_error is None:
        return Status.UNKNOWN if result.ok is None else Status.OK
    return _of_success(not answer.is_error)


def _of_text(text: str) -> Outcome:
    header = HEADER.match(text)
    assert header is not None  # noqa: S101  every part of it is optional
    wall = round(float(header["wall"]) * 1000) if header["wall"] else None
    code = header["exit"] or header["code"]
    if code:
        return Outcome(_of_code(int(code)), wall)
    for beginning, status in FAILURES:
        if text.startswith(beginning, header.end()):
            return Outcome(status, wall)
    return Outcome(Status.UNKNOWN, wall)


def _of_wrapped(text: str) -> Outcome:
    try:
        metadata = WRAPPED.decode(text).metadata
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        metadata = None
    if metadata is None or metadata.exit_code is None:
        return Outcome()
    seconds = metadata.duration_seconds
    told = seconds is not None and 0 <= seconds < MAX_SECONDS
    return Outcome(_of_code(metadata.exit_code), round((seconds or 0) * 1000) if told else None)


def _of_code(code: int) -> Status:
    return _of_success(code == 0)


def _of_success(success: bool) -> Status:  # noqa: FBT001  the wire has a bool
    return Status.OK if success else Status.ERROR
