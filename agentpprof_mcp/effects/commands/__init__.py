"""What public command-line programs do: data only, one file per field. Unknown programs `run`."""

import re
from functools import lru_cache

from agentpprof_mcp.effects.commands.changing import CHANGING
from agentpprof_mcp.effects.commands.cmdlets import CMDLETS
from agentpprof_mcp.effects.commands.languages import LANGUAGES
from agentpprof_mcp.effects.commands.looking import LOOKING
from agentpprof_mcp.effects.commands.net import NET
from agentpprof_mcp.effects.commands.node import NODE
from agentpprof_mcp.effects.commands.python import MODULES, PYTHON
from agentpprof_mcp.effects.commands.system import SYSTEM
from agentpprof_mcp.effects.commands.versions import VERSIONS
from agentpprof_mcp.effects.programs import Program
from agentpprof_mcp.effects.wrappers import FOLDERS, SILENT, WRAPPERS

__all__ = ["MODULES", "PROGRAMS", "known_name"]

PROGRAMS: dict[str, Program] = {
    **CMDLETS,
    **LOOKING,
    **CHANGING,
    **VERSIONS,
    **NODE,
    **PYTHON,
    **LANGUAGES,
    **SYSTEM,
    **NET,
}
"""Programs by base name, without `.exe`."""

OTHER_NAMES = """
    true false : echo print printf sleep seq yes expr bc dc tput clear wait kill pkill killall export set unset
    exit return break continue shift trap cd pushd popd pwd alias declare local readonly let getopts
    umask ulimit hash shopt eval exec command builtin env sudo doas su time timeout gtimeout nice nohup ionice
    stdbuf setsid xargs parallel watch strace ltrace valgrind gdb lldb perf script expect flock chroot
    taskset unbuffer open xdg-open start explorer osascript pbcopy xclip
    at code vim nvim vi nano emacs ed uuidgen factor disown bg fg zmodload zpty nu yash
    adb xcrun simctl fastlane wsl cmd powershell pwsh cscript reg taskkill ip
    route iptables ufw sysctl modprobe useradd usermod groupadd passwd chsh login npx pnpx bunx uvx dotenv
    direnv caffeinate say screencapture umount swapon fdisk mkfs lua ollama llm oh-my-posh starship stow
    chezmoi act gpg pass age sops vault ssh-add ssh-agent ssh-copy-id certbot nginx apachectl
    caddy redis-server postgres mysqld mongod minikube kind k3d tilt colima gettext
"""
NAMES = frozenset(
    name
    for name in (*PROGRAMS, *WRAPPERS, *FOLDERS, *SILENT, *OTHER_NAMES.split())
    if " " not in name
)
"""All names of programs that may be shown."""
WINDOWS = re.compile(r"\.(?:exe|cmd|bat|com)$")
VERSION = re.compile(r"[-_]?\d+(?:\.\d+)*$")
MAX_WORD = 256
ALIASES = {"[": "test", ".": "source", ":": "true"}


def known_name(word: str) -> str:
    """The name of the public program that a word runs, without folder, `.exe` and version; else empty.

    `/usr/bin/python3.12` is `python`, `python3` is itself, `eslint@9` is `eslint`.
    """
    return _known(word[-MAX_WORD:])


@lru_cache(1 << 14)
def _known(word: str) -> str:
    name = WINDOWS.sub("", re.split(r"[/\\]", ALIASES.get(word, word))[-1].lower())
    unversioned = name[: name.find("@", 1)] if "@" in name[1:] else VERSION.sub("", name)
    return next((candidate for candidate in (name, unversioned) if candidate in NAMES), "")
