"""What a program does, as a type: the shape of the entries in `commands` and `wrappers`."""

from collections.abc import Mapping
from enum import StrEnum, auto
from typing import NamedTuple

import msgspec

from agentpprof_mcp.model import EffectKind

__all__ = ["FILES", "PLAIN", "Contact", "Option", "Paths", "Program", "Wrapper", "each"]


class Paths(StrEnum):
    """Which operands (arguments that are no options) of a program are paths."""

    NONE = auto()
    ALL = auto()
    FIRST = auto()
    LAST = auto()
    REST = auto()  # all but the first, which is a pattern, a mode or a small program
    LEADING = auto()  # those before the first option
    MARKED = auto()  # those behind `--`


class Contact(StrEnum):
    """How a program says whom it contacts, apart from a registry that it implies."""

    NOBODY = auto()
    URL = auto()  # operands are URLs, or hosts with a path
    HOST = auto()  # the first operand is a host
    REMOTE = auto()  # the first operand may be a URL or `host:path`; else the place is configured
    COPY = auto()  # only if an operand is a URL or `host:path`
    IMAGE = auto()  # the first operand is a container image


class Option(StrEnum):
    """What an option of a program does to the words behind it, or to the rest."""

    VALUE = auto()  # the next word is no path
    PAIR = auto()  # the next two words are none
    FILE = auto()  # the next word is a path
    FOLDER = auto()  # the next word is the folder to work in
    GIVEN = auto()  # the next word is what the first operand would be: all operands are paths
    ALONE = auto()  # the same, without a word
    WRITES = auto()  # it makes the program a writer
    RUNS = auto()  # a command follows, up to `;` or `+`


class Program(msgspec.Struct, frozen=True):
    """A program or one of its subcommands. Options are given by `Option`, separated by blanks.

    `registry` is the service it contacts unless a URL says otherwise. `tasks`: the first operand (of a
    builder: any) is the name of a task, whose words tell what it does. `options` and `contacts`, whether
    anybody may be contacted at all, are made of the others.
    """

    kind: EffectKind
    paths: Paths = Paths.NONE
    values: str = ""
    pairs: str = ""
    files: str = ""
    folder: str = ""
    given: str = ""
    alone: str = ""
    writes: str = ""
    runs: str = ""
    contact: Contact = Contact.NOBODY
    registry: str = ""
    tasks: bool = False
    subcommands: Mapping[str, "Program"] = {}
    options: dict[str, Option] = {}
    contacts: bool = False

    def __post_init__(self) -> None:
        given = {
            Option.VALUE: self.values,
            Option.PAIR: self.pairs,
            Option.FILE: self.files,
            Option.FOLDER: self.folder,
            Option.GIVEN: self.given,
            Option.ALONE: self.alone,
            Option.WRITES: self.writes,
            Option.RUNS: self.runs,
        }
        options = {name: option for option, names in given.items() for name in names.split()}
        msgspec.structs.force_setattr(self, "options", options)
        if self.kind is EffectKind.NETWORK or self.contact is not Contact.NOBODY or self.registry:
            msgspec.structs.force_setattr(self, "contacts", True)


class Wrapper(NamedTuple):
    """A program that runs another: options with a value, and operands, before the command begins.

    With one of `unless` it runs nothing.
    """

    values: str = ""
    operands: int = 0
    unless: str = ""


def each(table: Mapping[str, Program]) -> dict[str, Program]:
    """Give every name of a key its program; names are separated by blanks."""
    return {name: program for names, program in table.items() for name in names.split()}


PLAIN = {kind: Program(kind) for kind in EffectKind}
"""Programs of which only the effect is known."""
FILES = {kind: Program(kind, Paths.ALL) for kind in EffectKind}
"""Programs whose operands are paths."""
