"""Profile where coding-agent sessions spend their work: Claude Code and Codex history to pprof."""

__all__ = ["__version__"]

__version__ = "0.1.0"
