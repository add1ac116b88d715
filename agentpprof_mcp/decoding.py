"""Decoders of types, made by one thread at a time.

msgspec lets other threads see what it knows of a struct before it knows all of it, and whoever decodes one
in that moment crashes. So every decoder is made here, and no type is given to a decode elsewhere.
"""

from _thread import allocate_lock
from typing import TypeVar

import msgspec

__all__ = ["json_decoder", "packed_decoder"]

Value = TypeVar("Value")

_making = allocate_lock()


def json_decoder(kind: type[Value]) -> msgspec.json.Decoder[Value]:
    """The decoder of JSON that holds a `kind`."""
    with _making:
        return msgspec.json.Decoder(kind)


def packed_decoder(kind: type[Value]) -> msgspec.msgpack.Decoder[Value]:
    """The decoder of msgpack that holds a `kind`."""
    with _making:
        return msgspec.msgpack.Decoder(kind)
