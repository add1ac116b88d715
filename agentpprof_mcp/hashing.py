"""Hash functions as `hashlib` has them, without OpenSSL: to load that takes longer than to hash an index.

Only for a stream of megabytes it is worth it.
"""

try:
    from _blake2 import blake2b
    from _sha3 import shake_256 as _shake_256  # type: ignore[import-not-found]  # has no stub
except ImportError:  # a Python that is built without them
    from hashlib import blake2b
    from hashlib import shake_256 as _shake_256

__all__ = ["blake2b", "stream"]

LONG = 1 << 20
"""Bytes of a stream from which on OpenSSL, three times as fast, has made up for its loading."""


def stream(seed: bytes, length: int) -> bytes:
    """As many bytes as wanted that nobody can tell without the seed: those of SHAKE256."""
    shake_256 = _shake_256
    if length >= LONG:
        from hashlib import shake_256  # noqa: PLC0415  see above
    found: bytes = shake_256(seed).digest(length)
    return found
