"""Hash functions as `hashlib` has them, without OpenSSL: to load that takes longer than to hash an index."""

try:
    from _blake2 import blake2b
    from _sha3 import shake_256  # type: ignore[import-not-found]  # has no stub
except ImportError:  # a Python that is built without them
    from hashlib import blake2b, shake_256

__all__ = ["blake2b", "shake_256"]
