"""Bytes that only this machine's key can read: what names folders and files is kept like that."""

from hashlib import blake2b, shake_256

__all__ = ["sealed"]

NAME = 16


def sealed(value: bytes, secret: bytes, place: bytes) -> bytes:
    """The value made unreadable; the same again makes it readable.

    The stream that hides it follows from the key and the place, so two values of one place show where
    they differ; it is no more than that nobody reads names in a stray copy of the file.
    """
    seed = blake2b(place, key=secret, digest_size=NAME).digest()
    stream = shake_256(secret + seed).digest(len(value))
    hidden = int.from_bytes(value, "big") ^ int.from_bytes(stream, "big")
    return hidden.to_bytes(len(value), "big")
