"""Programs that only run another one, and the words of task names: data only."""

from agentpprof_mcp.effects.programs import Wrapper
from agentpprof_mcp.model import EffectKind

__all__ = ["FOLDERS", "PYTHONS", "SHELLS", "SILENT", "TASKS", "WRAPPERS"]

SHELLS = frozenset(("bash", "sh", "zsh", "dash", "ksh", "fish"))
"""Programs whose `-c` is followed by the text of commands."""
PYTHONS = frozenset(("python", "python3", "py", "pypy", "pypy3"))
"""Programs whose `-m` is followed by a module to run."""
FOLDERS = {
    **dict.fromkeys(("cd", "chdir", "set-location", "sl"), "cd"),
    **dict.fromkeys(("pushd", "push-location"), "pushd"),
    **dict.fromkeys(("popd", "pop-location"), "popd"),
}
"""Commands that change the folder of those behind them, by what they are in a POSIX shell."""

_SILENT = """
    set unset export local declare typeset readonly shift break continue return exit trap shopt alias umask
    where-object foreach-object select-object sort-object group-object measure-object format-table
    format-list out-string out-null out-host convertto-json convertfrom-json
"""
SILENT = frozenset(_SILENT.split())
"""They change the shell, or what it prints: no effect, unless the call does nothing else."""

PACKAGE_RUNNER = Wrapper("-p --package --python --with --from -c --call")
ENVIRONMENT = Wrapper(
    "-p --python --with --extra --group --package --directory --project --env-file"
)
WRAPPERS = {
    "sudo": Wrapper("-u -g -h -p -C -T -r -t -U -D -R --user --group"),
    "doas": Wrapper("-u -C"),
    "env": Wrapper("-u -C --unset --chdir"),
    "time": Wrapper("-f -o"),
    "timeout": Wrapper("-s -k --signal --kill-after", 1),
    "gtimeout": Wrapper("-s -k --signal --kill-after", 1),
    "nice": Wrapper("-n --adjustment"),
    "ionice": Wrapper("-c -n"),
    "stdbuf": Wrapper("-i -o -e"),
    "xargs": Wrapper("-I -i -n -P -L -d -s -a -E --max-args --max-procs --delimiter --replace"),
    "parallel": Wrapper("-j --jobs"),
    "flock": Wrapper("-w -E", 1),
    "chroot": Wrapper("", 1),
    "taskset": Wrapper("", 1),
    "watch": Wrapper("-n --interval"),
    "strace": Wrapper("-e -o -s -p"),
    "ltrace": Wrapper("-e -o"),
    "valgrind": Wrapper(),
    "nohup": Wrapper(),
    "setsid": Wrapper(),
    "caffeinate": Wrapper("-t -w"),
    "unbuffer": Wrapper(),
    "winpty": Wrapper(),
    "exec": Wrapper("-a"),
    "builtin": Wrapper(),
    "command": Wrapper(unless="-v -V"),
    "xcrun": Wrapper("--sdk"),
    "xvfb-run": Wrapper("-s -n"),
    "dotenv": Wrapper("-e -f"),
    "dotenvx run": Wrapper("-f"),
    "doppler run": Wrapper("-p -c"),
    "op run": Wrapper(),
    "direnv exec": Wrapper("", 1),
    "npx": PACKAGE_RUNNER,
    "pnpx": PACKAGE_RUNNER,
    "bunx": PACKAGE_RUNNER,
    "uvx": PACKAGE_RUNNER,
    "npm exec": PACKAGE_RUNNER,
    "npm x": PACKAGE_RUNNER,
    "pnpm exec": PACKAGE_RUNNER,
    "pnpm dlx": PACKAGE_RUNNER,
    "yarn exec": PACKAGE_RUNNER,
    "yarn dlx": PACKAGE_RUNNER,
    "bun x": PACKAGE_RUNNER,
    "pipx run": PACKAGE_RUNNER,
    "uv tool run": PACKAGE_RUNNER,
    "uv run": ENVIRONMENT,
    "poetry run": ENVIRONMENT,
    "pdm run": ENVIRONMENT,
    "pipenv run": ENVIRONMENT,
    "hatch run": ENVIRONMENT,
    "rye run": ENVIRONMENT,
    "coverage run": Wrapper("--source --rcfile --omit --include"),
    "conda run": Wrapper("-n --name -p --prefix"),
    "mamba run": Wrapper("-n --name -p --prefix"),
    "bundle exec": Wrapper(),
    "rbenv exec": Wrapper(),
    "pyenv exec": Wrapper(),
    "asdf exec": Wrapper(),
    "mise exec": Wrapper("-C -E"),
    "mise x": Wrapper("-C -E"),
    "volta run": Wrapper("--node --npm"),
    "fnm exec": Wrapper("--using"),
    "corepack": Wrapper(),
    "rustup run": Wrapper("", 1),
    "nix develop": Wrapper(unless="--help"),
    "docker exec": Wrapper("-u --user -w --workdir -e --env --env-file", 1),
    "podman exec": Wrapper("-u --user -w --workdir -e --env", 1),
    "docker compose exec": Wrapper("-u --user -w --workdir -e --env --index", 1),
    "docker-compose exec": Wrapper("-u --user -w --workdir -e --env --index", 1),
    "kubectl exec": Wrapper("-n --namespace -c --container", 1),
    "workmux run": Wrapper("", 1),
    "wsl": Wrapper("-d --distribution -u --user --cd"),
}

_TASKS = {
    EffectKind.TEST: "test tests tested testing spec specs e2e unit integration coverage cov jest vitest "
    "pytest cypress playwright bench smoke",
    EffectKind.BUILD: "build builds rebuild compile bundle dist package assemble generate gen codegen docs wasm",
    EffectKind.CHECK: "check checks lint lints linter typecheck types tsc fmt format prettier eslint clippy "
    "vet verify validate audit analyze analyse typos",
    EffectKind.PACKAGE: "install deps setup bootstrap publish",
    EffectKind.NETWORK: "deploy",
    EffectKind.WRITE: "clean",
    EffectKind.RUN: "dev start serve run watch preview",
}
TASKS = {word: kind for kind, words in _TASKS.items() for word in words.split()}
"""What a task of such a name does; the first listed word that is not one of `RUN` decides."""
