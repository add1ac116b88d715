"""Values as bytes, for other processes and for later: msgpack, which knows numbers of 64 bits.

A history may hold calls whose absurd numbers add up to more. What holds such a sum is packed as JSON.
"""

from typing import Any, TypeVar

import msgspec

from agentpprof_mcp.decoding import packed_decoder

__all__ = ["pack", "unpack"]

Value = TypeVar("Value")

JSON = (b"[", b"{")
"""How an array or an object begins in JSON; in msgpack these bytes are numbers, which no struct is."""

_decoders: dict[object, msgspec.msgpack.Decoder[Any]] = {}


def pack(value: msgspec.Struct) -> bytes:
    """The value as bytes."""
    try:
        return msgspec.msgpack.encode(value)
    except OverflowError:
        import json  # noqa: PLC0415  no true history needs it

        return json.dumps(msgspec.to_builtins(value)).encode()


def unpack(data: bytes, kind: type[Value]) -> Value:
    """The value again. Raises `msgspec.MsgspecError` for what was not packed so."""
    if kind not in _decoders:
        _decoders[kind] = packed_decoder(kind)
    if data.startswith(JSON):
        import json  # noqa: PLC0415  as above

        return msgspec.convert(json.loads(data), kind)
    value: Value = _decoders[kind].decode(data)
    return value
