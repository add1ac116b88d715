"""JavaScript and TypeScript: package managers, runtimes, and tools written for them."""

from msgspec.structs import replace

from agentpprof_mcp.effects.programs import FILES, PLAIN, Paths, Program, each
from agentpprof_mcp.model import EffectKind

__all__ = ["NODE"]

READ, WRITE, TEST, BUILD, CHECK, PACKAGE, RUN = (
    EffectKind.READ,
    EffectKind.WRITE,
    EffectKind.TEST,
    EffectKind.BUILD,
    EffectKind.CHECK,
    EffectKind.PACKAGE,
    EffectKind.RUN,
)
ALL, FIRST = Paths.ALL, Paths.FIRST

NPM = "npm"
SCRIPT = Program(RUN, FIRST)
TASKS = Program(RUN, tasks=True)
NPM_INSTALL = Program(PACKAGE, registry=NPM, values="--registry --tag -w --workspace -F --filter")
NODE_SUBCOMMANDS = each(
    {
        "install i ci add update up upgrade publish view info show search outdated audit login logout whoami "
        "owner access dist-tag deprecate unpublish ping fetch import install-test": NPM_INSTALL,
        "uninstall remove rm un unlink link ln dedupe prune rebuild version pkg": PLAIN[PACKAGE],
        "test t tst": FILES[TEST],
        "run run-script": TASKS,
        "start restart stop": PLAIN[RUN],
        "list ls ll why root prefix bin": PLAIN[READ],
        "pack": PLAIN[BUILD],
        "init create": PLAIN[WRITE],
        "config get set cache store help": PLAIN[RUN],
    }
)
NODE_RUNNER = Program(
    RUN,
    values="-w --workspace -F --filter --registry --workspace-concurrency --loglevel",
    folder="--prefix -C --dir --cwd",
    tasks=True,
    subcommands=NODE_SUBCOMMANDS,
)
NODE = each(
    {
        "npm pnpm cnpm": NODE_RUNNER,
        "yarn": NODE_RUNNER,
        "bun": replace(
            NODE_RUNNER,
            paths=FIRST,
            values="-e --eval -p --print -F --filter -r --preload",
            subcommands={
                **NODE_SUBCOMMANDS,
                "build": Program(BUILD, ALL, files="--outfile --outdir", values="--target"),
                "test": Program(TEST, ALL, values="-t --test-name-pattern --timeout"),
                "pm": PLAIN[PACKAGE],
            },
        ),
        "deno": Program(
            RUN,
            FIRST,
            subcommands=each(
                {
                    "test bench": FILES[TEST],
                    "check lint fmt": FILES[CHECK],
                    "task": TASKS,
                    "run": SCRIPT,
                    "compile bundle": FILES[BUILD],
                    "add install cache remove publish": Program(PACKAGE, registry="jsr"),
                }
            ),
        ),
        "node nodejs": Program(
            RUN, FIRST, values="-e --eval -p --print -r --require --import --loader --input-type"
        ),
        "tsx ts-node ts-node-dev esno nodemon": SCRIPT,
        "jest vitest mocha ava tap tape c8 nyc cypress karma uvu": Program(
            TEST,
            ALL,
            values="-t --testNamePattern --project --config -c -g --grep --reporter -w",
            subcommands=each({"run watch related": FILES[TEST]}),
        ),
        "playwright": Program(
            RUN,
            subcommands={
                "test": Program(TEST, ALL, values="--project --grep -g --reporter --config -c --workers"),
                "install": PLAIN[PACKAGE],
            },
        ),
        "commitlint eslint prettier stylelint oxlint dprint tslint xo standard knip depcheck markdownlint htmlhint "
        "markdownlint-cli2 cspell publint attw": Program(
            CHECK, ALL, values="--ext --config -c --rule --format", writes="--write"
        ),
        "biome": Program(CHECK, subcommands=each({"check lint format ci": FILES[CHECK]})),
        "tsc vue-tsc tsgo svelte-check": Program(CHECK, ALL, files="-p --project", values="--target --module"),
        "esbuild rollup webpack tsup parcel swc babel microbundle ncc tsdown": PLAIN[BUILD],
        "vite next astro nuxt docusaurus remix gatsby svelte-kit turbo nx lerna expo electron-builder "
        "storybook ng vue-cli-service react-scripts wireit rush moon": TASKS,
        "prisma drizzle-kit": Program(RUN, subcommands={"generate": PLAIN[BUILD], "validate": PLAIN[CHECK]}),
        "changeset semantic-release release-it": PLAIN[PACKAGE],
        "create-next-app create-vite degit": Program(WRITE, registry=NPM),
        "nvm fnm volta corepack n": Program(PACKAGE, registry="nodejs"),
    }
)  # fmt: skip
