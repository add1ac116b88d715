"""Other languages: compilers, build tools, and the tools that a language brings along."""

from agentpprof_mcp.effects.programs import FILES, PLAIN, Paths, Program, each
from agentpprof_mcp.model import EffectKind

__all__ = ["LANGUAGES"]

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

CRATES = "crates.io"
SCRIPT = Program(RUN, FIRST)
TASKS = Program(RUN, tasks=True)
TASKS_BUILD = Program(BUILD, tasks=True)
CARGO = Program(
    RUN,
    values="-p --package --features -j --jobs --target --test --bin --example --profile --bench -Z --config",
    files="--manifest-path",
    folder="-C",
    tasks=True,
    subcommands=each(
        {
            "test t nextest bench insta llvm-cov tarpaulin miri mutants": PLAIN[TEST],
            "build b rustc doc d zigbuild": PLAIN[BUILD],
            "check c clippy fmt audit deny fix udeps machete semver-checks hack": PLAIN[CHECK],
            "install add update fetch publish search login logout owner yank vendor generate-lockfile": Program(
                PACKAGE, registry=CRATES, values="--version --features -p --package", files="--path"
            ),
            "uninstall remove rm": PLAIN[PACKAGE],
            "new init": FILES[WRITE],
            "clean": PLAIN[WRITE],
            "metadata tree version locate-project pkgid": PLAIN[READ],
            "run r": PLAIN[RUN],
        }
    ),
)

GO = Program(
    RUN,
    folder="-C",
    values="-run -bench -count -timeout -tags -ldflags -o -p -parallel -coverprofile -mod",
    subcommands=each(
        {
            "test": FILES[TEST],
            "build install generate": FILES[BUILD],
            "vet fmt fix": FILES[CHECK],
            "mod work get": Program(PACKAGE, registry="go"),
            "run": SCRIPT,
            "list env version doc tool help": PLAIN[READ],
            "clean": PLAIN[WRITE],
        }
    ),
)
BUILD_TEST = each(
    {
        "test runtest": FILES[TEST],
        "build compile b": FILES[BUILD],
        "run r": PLAIN[RUN],
        "format fmt lint analyze check": FILES[CHECK],
        "clean": PLAIN[WRITE],
    }
)


def _with(subcommands: dict[str, Program], registry: str = "", packages: str = "") -> Program:
    """Make a language's own tool: build, test and the like, and its package commands."""
    return Program(
        RUN,
        tasks=True,
        subcommands={**subcommands, **each({packages: Program(PACKAGE, registry=registry)})},
    )


LANGUAGES = each(
    {
        "cargo cross": CARGO,
        "rustc": FILES[BUILD],
        "rustfmt": FILES[CHECK],
        "rustup": Program(PACKAGE, registry="rust"),
        "wasm-pack trunk": TASKS_BUILD,
        "go": GO,
        "gofmt gofumpt goimports golangci-lint staticcheck govulncheck fieldalignment modernize gosec revive": Program(
            CHECK, ALL, values="--timeout -c --config --out-format", writes="-w", subcommands={"run": FILES[CHECK]}
        ),
        "gotestsum ginkgo": FILES[TEST],
        "make gmake just task rake mage invoke doit earthly ninja scons bazel bazelisk buck2 xcodebuild "
        "mvn mvnw mvnd ant sbt gradle gradlew lein meson waf": Program(
            BUILD, folder="-C --directory", files="-f --file", values="-p -s -P", tasks=True
        ),
        "mise": Program(
            RUN,
            folder="-C --cd",
            subcommands=each(
                {
                    "run r watch": TASKS,
                    "install use upgrade up i": PLAIN[PACKAGE],
                    "tasks ls list current which where doctor settings": PLAIN[READ],
                }
            ),
        ),
        "cmake": Program(BUILD, ALL, files="--build -S -B", values="-G -D --target --config"),
        "gcc g++ cc c++ clang clang++ ld ar as javac kotlinc ghc nvcc protoc buf swiftc dmd luac emcc "
        "autoconf automake autoreconf configure": Program(BUILD, ALL, values="-std -l -I -L", files="-o"),
        "ctest": Program(TEST, values="-R -E -L"),
        "clang-format clang-tidy cppcheck cpplint rubocop standardrb phpstan psalm php-cs-fixer phpcs ktlint "
        "detekt checkstyle swiftlint swiftformat credo hlint ormolu fourmolu luacheck stylua perltidy": FILES[CHECK],
        "java jar kotlin groovy scala jshell ruby php lua luajit rscript julia elixir iex erl ghci ocaml "
        "racket guile": Program(RUN, FIRST, values="-e -r -cp -classpath -jar --eval"),
        "perl": Program(READ, ALL, values="-e -ne -pe -E -M -I", writes="-i -pi"),
        "rspec minitest phpunit pest bats shunit2 busted hspec": FILES[TEST],
        "bundle bundler gem": Program(PACKAGE, registry="rubygems"),
        "rails": Program(RUN, tasks=True),
        "composer": _with(BUILD_TEST, "packagist", "install require update remove create-project"),
        "dotnet": _with(
            {**BUILD_TEST, **each({"publish pack msbuild": FILES[BUILD], "new sln": PLAIN[WRITE]})},
            "nuget",
            "restore add nuget remove tool workload package",
        ),
        "nuget": Program(PACKAGE, registry="nuget"),
        "msbuild": FILES[BUILD],
        "swift": _with(BUILD_TEST, "", "package"),
        "pod": Program(PACKAGE, registry="cocoapods"),
        "mix": _with(BUILD_TEST, "hex", "deps.get deps.update hex.publish archive.install"),
        "cabal stack": _with(BUILD_TEST, "hackage", "update install upload"),
        "dune": _with(BUILD_TEST),
        "opam": Program(PACKAGE, registry="opam"),
        "zig gleam nim crystal v odin": _with(BUILD_TEST),
        "flutter dart": _with(BUILD_TEST, "pub.dev", "pub"),
        "forge hardhat anchor": _with(BUILD_TEST, "", "install"),
    }
)  # fmt: skip
