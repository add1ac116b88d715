"""Version control and the sites that host it."""

from msgspec.structs import replace

from agentpprof_mcp.effects.programs import FILES, PLAIN, Contact, Paths, Program, each
from agentpprof_mcp.model import EffectKind

__all__ = ["VERSIONS"]

WRITE, SEARCH, REPO, NETWORK, RUN = (
    EffectKind.WRITE,
    EffectKind.SEARCH,
    EffectKind.REPO,
    EffectKind.NETWORK,
    EffectKind.RUN,
)
ALL, FIRST, LAST, MARKED = Paths.ALL, Paths.FIRST, Paths.LAST, Paths.MARKED

GIT_REMOTE = Program(REPO, contact=Contact.REMOTE, values="-b --branch --depth -o -u --jobs -j")
GIT_MARKED = Program(REPO, MARKED)
GIT = each(
    {
        "fetch pull push ls-remote": GIT_REMOTE,
        "clone": replace(GIT_REMOTE, paths=LAST),
        "add stage rm mv restore clean check-ignore": Program(REPO, ALL, values="-s --source"),
        "apply am": FILES[WRITE],
        "grep": Program(SEARCH, MARKED, values="-e -A -B -C"),
        "diff log show reset checkout blame ls-files stash status shortlog": GIT_MARKED,
        "worktree": Program(REPO, subcommands=each({"add remove move": Program(REPO, FIRST, values="-b -B")})),
        "submodule": Program(REPO, subcommands={"update": GIT_REMOTE, "add": GIT_REMOTE}),
        "remote": Program(REPO, subcommands={"update": GIT_REMOTE, "show": GIT_REMOTE, "prune": GIT_REMOTE}),
        "lfs": Program(REPO, subcommands=each({"pull fetch push": GIT_REMOTE})),
    }
)  # fmt: skip

HOSTED = Program(REPO, registry="github")
GH_FILES = "-F --body-file --input"
VERSIONS = {
    "git": Program(
        REPO, values="-c --git-dir --work-tree --namespace --exec-path", folder="-C", subcommands=GIT
    ),
    **each({"svn hg jj bzr fossil git-lfs gitk tig lazygit": PLAIN[REPO]}),
    "gh": Program(
        REPO,
        values="-R --repo -H --hostname",
        files=GH_FILES,
        registry="github",
        subcommands=each(
            {
                "api run workflow auth search cache secret variable extension": Program(NETWORK, registry="github"),
                "config alias completion help": PLAIN[RUN],
            }
        ),
    ),
    "glab": replace(HOSTED, registry="gitlab"),
    "hub": HOSTED,
}  # fmt: skip
