"""Profile where coding-agent sessions spend their work: Claude Code and Codex history to pprof."""

import sys

__all__ = ["__version__"]

__version__ = "0.1.0"

# msgspec looks for typing_extensions, and does without where there is none. Reading that module, and
# `inspect` for it, takes as long as all of msgspec; what needs it, as pydantic does, can load it later.
if "typing_extensions" not in sys.modules:
    sys.modules["typing_extensions"] = None  # type: ignore[assignment]
    try:
        import msgspec  # noqa: F401  loaded here, while the other cannot be found
    finally:
        del sys.modules["typing_extensions"]
