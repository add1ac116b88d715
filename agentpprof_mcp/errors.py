"""Every error that is meant for a person.

AgentPprofError
├── UserError          a flag, name or selector that cannot work; the text says what to try (exit 2)
├── NothingFoundError  the question was fine, the answer is empty; the text says what was searched (exit 1)
└── InputError         a named file or foreign profile that cannot be read (exit 1)

Texts never quote session content: a prompt, a command or a tool's output.
"""

__all__ = ["AgentPprofError", "InputError", "NothingFoundError", "UserError"]


class AgentPprofError(Exception):
    """Base of the errors that end in one clear line instead of a traceback."""


class UserError(AgentPprofError):
    """The request cannot be carried out as it is written."""


class NothingFoundError(AgentPprofError):
    """Nothing matched, or the view has no samples."""


class InputError(AgentPprofError):
    """A file that the user named cannot be read, or is not what it should be."""
