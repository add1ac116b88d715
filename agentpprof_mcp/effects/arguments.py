"""The arguments of a tool call that tell what it did; everything else is skipped undecoded."""

from functools import cache

import msgspec

from agentpprof_mcp.decoding import json_decoder

__all__ = ["Action", "Arguments", "parse_arguments"]

MAX_STDLIB = 1 << 20
"""Bytes of JSON that the standard library may look at, where msgspec refuses."""


class Action(msgspec.Struct, gc=False):
    """The nested part of Codex's own calls: a local shell command, or one step of a web search."""

    command: list[str] = []
    working_directory: str | None = None
    url: str | None = None


class Arguments(msgspec.Struct, gc=False):
    """Fields of both agents' tool inputs. Big texts (`content`, `old_string`, ...) are not among them.

    `command` and `cmd` are shell text or an argument vector; `input` is a patch.
    """

    file_path: str | None = None
    notebook_path: str | None = None
    filePath: str | None = None  # noqa: N815  spelled so by the tool
    path: str | None = None
    command: str | list[str] | None = None
    cmd: str | list[str] | None = None
    shell: str | None = None
    workdir: str | None = None
    url: str | None = None
    input: str | None = None
    action: Action | str | None = None
    subagent_type: str | None = None
    agent_type: str | None = None


DECODER = json_decoder(Arguments)


def parse_arguments(raw: bytes | str | msgspec.Raw) -> Arguments:
    """Decode a call's JSON input. Never raises: a field of another type is left out, alone."""
    try:
        return DECODER.decode(raw)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return _second_look(raw)


@cache
def _fields() -> tuple[msgspec.structs.FieldInfo, ...]:
    return msgspec.structs.fields(Arguments)


def _second_look(raw: bytes | str | msgspec.Raw) -> Arguments:
    import json  # noqa: PLC0415  only damaged arguments need it

    text = raw if isinstance(raw, str) else bytes(raw[:MAX_STDLIB]).decode("utf-8", "replace")
    try:
        value = json.loads(text[:MAX_STDLIB])
    except (ValueError, RecursionError, MemoryError):
        return Arguments()
    arguments = Arguments()
    if isinstance(value, dict):
        for field in _fields():
            if field.name in value:
                _keep_if_fitting(arguments, field, value[field.name])
    return arguments


def _keep_if_fitting(arguments: Arguments, field: msgspec.structs.FieldInfo, value: object) -> None:
    try:
        setattr(arguments, field.name, msgspec.convert(_sound(value), field.type))
    except (msgspec.MsgspecError, RecursionError):
        return


def _sound(value: object) -> object:
    """Replace lone surrogates, which JSON allows and no file or database takes."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_sound(item) if isinstance(item, str) else item for item in value]
    return value
