"""Containers, packages of the system, shells, databases, other agents."""

from agentpprof_mcp.effects.programs import PLAIN, Contact, Paths, Program, each
from agentpprof_mcp.model import EffectKind

__all__ = ["SYSTEM"]

READ, WRITE, BUILD, CHECK, PACKAGE, NETWORK, RUN, DELEGATE = (
    EffectKind.READ,
    EffectKind.WRITE,
    EffectKind.BUILD,
    EffectKind.CHECK,
    EffectKind.PACKAGE,
    EffectKind.NETWORK,
    EffectKind.RUN,
    EffectKind.DELEGATE,
)
LAST = Paths.LAST

IMAGE = Program(NETWORK, contact=Contact.IMAGE, registry="docker")
CONTAINER = Program(
    RUN,
    values="-H --host --context -f --file -t --tag -p --profile --platform --project-name",
    subcommands=each(
        {
            "build buildx bake": Program(BUILD, LAST, files="-f --file", values="-t --tag --target --build-arg --platform"),
            "pull push login search manifest": IMAGE,
            "ps images inspect logs stats top port diff history version info ls": PLAIN[READ],
            "compose": Program(
                RUN,
                files="-f --file",
                subcommands=each(
                    {"build": PLAIN[BUILD], "pull push": IMAGE, "ps logs config ls images": PLAIN[READ]}
                ),
            ),
            "cp": PLAIN[WRITE],
        }
    ),
)  # fmt: skip
DEBIAN = Program(PACKAGE, registry="debian")
SYSTEM = each(
    {
        "docker podman nerdctl": CONTAINER,
        "docker-compose": CONTAINER.subcommands["compose"],
        "kubectl oc k9s helm skaffold argocd flux": PLAIN[NETWORK],
        "terraform tofu terragrunt pulumi": Program(
            RUN,
            folder="-chdir",
            subcommands=each({"fmt validate": PLAIN[CHECK], "init": Program(PACKAGE, registry="terraform")}),
        ),
        "ansible ansible-playbook packer vagrant": PLAIN[RUN],
        "apt apt-get aptitude": DEBIAN,
        "dpkg rpm snap flatpak nix nix-env nix-build nix-store pkgutil sdk asdf pyenv rbenv": PLAIN[PACKAGE],
        "yum dnf": Program(PACKAGE, registry="fedora"),
        "apk": Program(PACKAGE, registry="alpine"),
        "pacman yay": Program(PACKAGE, registry="arch"),
        "brew": Program(PACKAGE, registry="homebrew"),
        "choco scoop winget": PLAIN[PACKAGE],
        "claude codex gemini aider opencode cursor-agent copilot amp goose crush qwen": PLAIN[DELEGATE],
        "bd beads taskwarrior todo": PLAIN[EffectKind.PLAN],
        "workmux": Program(
            RUN,
            subcommands=each(
                {
                    "add merge remove rm open": PLAIN[EffectKind.REPO],
                    "send": PLAIN[DELEGATE],
                    "status capture list wait": PLAIN[READ],
                }
            ),
        ),
        "entire": PLAIN[RUN],
        "psql mysql mariadb sqlite3 duckdb redis-cli mongosh mongo pg_dump pg_restore createdb dropdb": Program(
            RUN, files="-f", values="-c -U -d -h -p -e"
        ),
        "bash sh zsh dash ksh fish source": Program(RUN, Paths.FIRST, values="-o -O +o"),
        "tmux screen zellij": Program(
            RUN,
            values="-t -L -S -f",
            subcommands=each(
                {
                    "capture-pane capturep list-sessions ls list-windows lsw list-panes lsp list-clients "
                    "list-keys has-session has display-message show-options show-buffer": PLAIN[READ]
                }
            ),
        ),
        "systemctl launchctl service": Program(
            RUN,
            subcommands=each(
                {"status show cat list list-units list-unit-files is-active is-enabled print": PLAIN[READ]}
            ),
        ),
        "ssh-keygen": Program(WRITE, files="-f", values="-t -b -C -N -P"),
    }
)  # fmt: skip
