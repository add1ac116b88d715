"""What one simple command does: its words against what is known of its program."""

import re
from collections.abc import Callable

import msgspec

from agentpprof_mcp.effects.commands import MODULES, PROGRAMS
from agentpprof_mcp.effects.hosts import (
    host_of_address,
    host_of_image,
    host_of_login,
    host_of_remote,
    host_of_url,
)
from agentpprof_mcp.effects.operands import Reading, path_of
from agentpprof_mcp.effects.places import join
from agentpprof_mcp.effects.programs import PLAIN, Contact, Option, Program
from agentpprof_mcp.effects.tasks import kind_of_script, kind_of_tasks
from agentpprof_mcp.effects.unwrap import module_of
from agentpprof_mcp.effects.wrappers import PYTHONS, SHELLS
from agentpprof_mcp.model import EffectKind

__all__ = ["Meaning", "understand"]

# Python 3.11 looks members up slowly.
BUILD, NETWORK, READ = EffectKind.BUILD, EffectKind.NETWORK, EffectKind.READ
RUN, WRITE = EffectKind.RUN, EffectKind.WRITE
COPY, NOBODY, WRITES = Contact.COPY, Contact.NOBODY, Option.WRITES
SCRIPT = re.compile(r"[/\\]|\.(?:sh|bash|py|[mc]?js|ts|rb|pl|php|lua|ps1|R)$")
ABOUT = frozenset(("--help", "--version"))
"""The last word of a command that only asks about its program."""

HOSTS: dict[Contact, tuple[Callable[[str], str], int | None]] = {
    Contact.NOBODY: (host_of_url, None),
    Contact.URL: (host_of_address, None),
    Contact.COPY: (host_of_remote, None),
    Contact.REMOTE: (host_of_remote, 1),
    Contact.HOST: (host_of_login, 1),
    Contact.IMAGE: (host_of_image, 1),
}
"""How an operand says a host, and how many operands may (None: all)."""


class Meaning(msgspec.Struct, gc=False):
    """`nested` are commands that the program itself runs, as `find -exec` does."""

    kind: EffectKind
    cwd: str
    paths: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    nested: tuple[list[str], ...] = ()


def understand(name: str, words: list[str], cwd: str) -> Meaning:
    """Say what an unwrapped command, of this known name, does when it runs in `cwd`."""
    if words[-1] in ABOUT and "--" not in words:
        return Meaning(READ, cwd)
    program = PROGRAMS.get(name)
    if program is None:
        return _unknown(words[0], cwd, known=bool(name))
    if name in PYTHONS and (module := module_of(name, words)):
        program, words = MODULES.get(module[0], PLAIN[RUN]), module
    arguments = Reading(program, iter(words[1:]), [program.options] if program.options else [])
    arguments.read()
    program = arguments.program
    paths = arguments.paths()
    options, operands = arguments.options, arguments.operands
    domains = _domains(program, operands) if program.contacts else ()
    kind: EffectKind | None = None
    if WRITES in options:
        kind = WRITE
    elif program.tasks:
        kind = kind_of_tasks(operands if program.kind is BUILD else operands[:1])
    elif paths and name in SHELLS:
        kind = kind_of_script(paths[0])
    elif domains and program.contact is COPY:
        kind = NETWORK
    folder = arguments.folder
    if folder:
        cwd = join(cwd, path_of(folder))
    return Meaning(kind or program.kind, cwd, paths, domains, arguments.nested)


def _unknown(word: str, cwd: str, *, known: bool) -> Meaning:
    """A program that is public but not described, a script, or anything else."""
    path = path_of(word) if not known and SCRIPT.search(word) else ""
    if not path:
        return Meaning(RUN, cwd)
    return Meaning(kind_of_script(path) or RUN, cwd, (path,))


def _domains(program: Program, operands: list[str]) -> tuple[str, ...]:
    """Whom the command contacts: hosts as written, a registry, or `""` for someone unnamed."""
    if program.contact is NOBODY and not program.registry:
        return ("",)
    host_of, count = HOSTS[program.contact]
    named = tuple(dict.fromkeys(filter(None, map(host_of, operands[:count]))))
    if named or program.contact is COPY:
        return named
    return (f"registry:{program.registry}" if program.registry else "",)
