"""Bytes that only this machine's key can read: what names folders and files is kept like that."""

import os

from agentpprof_mcp.hashing import stream

__all__ = ["sealed", "unsealed"]

SALT = 16


def sealed(plain: bytes, secret: bytes) -> bytes:
    """The value made unreadable, differently every time, so that copies of the file tell nothing.

    It hides only; whether a value was tampered with, its signature says.
    """
    salt = os.urandom(SALT)
    return salt + _veiled(plain, secret, salt)


def unsealed(value: bytes, secret: bytes) -> bytes:
    """What was sealed."""
    return _veiled(value[SALT:], secret, value[:SALT])


def _veiled(value: bytes, secret: bytes, salt: bytes) -> bytes:
    """The value with a stream of bytes laid over it; the same again lifts it."""
    veil = stream(secret + salt, len(value))
    veiled = int.from_bytes(value, "big") ^ int.from_bytes(veil, "big")
    return veiled.to_bytes(len(value), "big")
