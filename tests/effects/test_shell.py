"""What shell commands do: kinds, chains of programs, paths and domains."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentpprof_mcp.effects import Arguments, effects_of


def effects(command, cwd="/p", tool="Bash"):
    return effects_of(tool, Arguments(command=command), cwd)


def kinds(command):
    """Kind and program of each effect."""
    return [f"{effect.kind} {' '.join(effect.processes[1:])}" for effect in effects(command)]


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("sudo -u bob -H env -u X A=1 nice -n 5 ls", "read ls"),
        ("timeout -s KILL 60 nohup time -p stdbuf -oL make", "build make"),
        ("find . -name '*.py' | xargs -0 -n 1 -P 4 grep -l x", "search grep"),
        ("uv run --with pytest pytest -q", "test pytest"),
        ("uv run -m pytest", "test pytest"),
        ("npx --yes eslint@9 src", "check eslint@9"),
        ("npx -p typescript tsc", "check tsc"),
        ("poetry run python -m pytest tests", "test pytest"),
        ("bundle exec rspec", "test rspec"),
        ("pipx run black .", "check black"),
        ("docker compose exec -T web npm test", "test npm"),
        ("A=1 B='2 3' python3.12 -m mypy x.py", "check mypy"),
        ("python -m unittest discover", "test python"),
        ("python -m something.odd", "run python"),
        ("python -c 'import os; os.remove(\"x\")'", "run python"),
        ("command -v git", "read command"),
        ("env", "read env"),
        ("sudo", "run sudo"),
        ("exec make", "build make"),
        ("xargs", "run xargs"),
        ("/usr/local/bin/Git.exe status", "repo /usr/local/bin/Git.exe"),
    ],
)
def test_wrappers_are_peeled(command, expected):
    """With their options, down to the program that does the work; never to nothing."""
    assert kinds(command)[-1] == expected


@pytest.mark.parametrize(
    ("command", "kind"),
    [
        ("cargo build --release", "build"),
        ("cargo +nightly clippy", "check"),
        ("cargo publish", "package"),
        ("npm run test:unit -- --watch", "test"),
        ("npm run lint", "check"),
        ("npm run build", "build"),
        ("npm run dev", "run"),
        ("npm t", "test"),
        ("pnpm --filter web typecheck", "check"),
        ("yarn jest src", "test"),
        ("bun scripts/test.ts", "run"),
        ("make", "build"),
        ("make -C sub clean test", "test"),
        ("./gradlew :app:lintDebug", "check"),
        ("mvn -q clean package", "build"),
        ("mise run test:integration", "test"),
        ("go vet ./...", "check"),
        ("go mod tidy", "package"),
        ("dotnet test", "test"),
        ("docker build -t x .", "build"),
        ("docker ps", "read"),
        ("kubectl get pods", "network"),
        ("sed -n 1,5p a", "read"),
        ("sed -i.bak s/a/b/ a", "write"),
        ("sed -Ei s/a/b/ a", "write"),
        ("gofmt -w .", "write"),
        ("find . -delete", "write"),
        ("claude -p 'do it'", "delegate"),
        ("./scripts/run-tests.sh", "test"),
        ("bash scripts/lint.sh", "check"),
        ("./build", "build"),
        ("/tmp/omp-test x", "run"),
        ("echo test", "run"),
        ("unheard-of --test", "run"),
        ("rsync -a src/ dst/", "write"),
        ("[ -d src ]", "read"),
        ("date +%s", "read"),
        ("sort -u a -o a", "write"),
        ("tmux capture-pane -p -t 1", "read"),
        ("tmux send-keys -t 1 Enter", "run"),
        ("systemctl status nginx", "read"),
        ("./tool sub --help", "read"),
        ("cargo build --version", "read"),
        ("rg -- --help", "search"),
        ("rsync -a src/ ann@example.com:dst/", "network"),
    ],
)
def test_the_subcommand_or_task_decides_the_kind(command, kind):
    """Data says so: subcommands, options that write, the words of a task's name."""
    assert effects(command)[-1].kind == kind


@pytest.mark.parametrize(
    ("command", "paths"),
    [
        ("head -n 5 a.txt b.txt", ["a.txt", "b.txt"]),
        ("grep -rn -e 'x y' --include '*.py' src tests", ["src", "tests"]),
        ("grep -A 3 pattern file", ["file"]),
        ("rg --files src", ["src"]),
        ("sed -n '/a\\/b/p' x", ["x"]),
        ("jq --arg a b '.x' data.json", ["data.json"]),
        ("awk -F: '{print $1}' /etc/passwd", ["/etc/passwd"]),
        ("find src lib -name '*.py' -newer x", ["src", "lib"]),
        ("cp -r a b/c", ["b/c"]),
        ("head -n5 a; tail -n+5 b", ["b"]),
        ("gcc -Iinc -o out a.c", ["a.c", "out"]),
        ("mv a b", ["a", "b"]),
        ("chmod +x run.sh", ["run.sh"]),
        ("tar -xzf a.tgz", ["a.tgz"]),
        ("test -f a.txt -a b = c", ["a.txt"]),
        ("go run example.com/x/cmd@latest ./...", []),
        ("R=/usr/bin/git; cat $R/x", ["/usr/bin/git/x"]),
        ("cat src/*.py 'my file' {a,b}.txt", ["src", "my file", "."]),
        ('cat $HOME/x ~/y $UNKNOWN/z src/$f/x "$1"', ["~/x", "~/y", "src"]),
        ("D=/srv/data; cat $D/x ${D}/y", ["/srv/data/x", "/srv/data/y"]),
        ("export OUT=build && rm -rf $OUT/*", ["build"]),
        ('cat "$PWD/x"', ["/p/x"]),
        ("git add a.py b/", ["a.py", "b/"]),
        ("git diff main -- src", ["src"]),
        ("git commit -m 'fix src/a.py and https://x.org'", []),
        ("git log origin/main..HEAD", []),
        ("pytest tests/a.py::test_b[1-2] -k 'x and y'", ["tests/a.py"]),
        ("go test ./cmd/... ./...", ["./cmd", "."]),
        ("python tool.py --in data.csv", ["tool.py"]),
        ("node -e 'x()'", []),
        ("echo src/a.py > /dev/null", []),
        ("echo 'see docs/a.md'", []),
        ("echo x >> notes/log.txt", ["notes/log.txt"]),
        ("cargo test > out.txt", []),
        ("curl -so page.html https://x.org", ["page.html"]),
        ("curl https://x.org > page.html", ["page.html"]),
        ("psql < dump.sql", ["dump.sql"]),
        ("./tools/gen.py --all", ["./tools/gen.py"]),
        ("ls 10 - {} 'a|b' /dev/sda", []),
        ("> empty.txt", ["empty.txt"]),
        ("while read l; do x; done < in.txt", ["in.txt"]),
        ("bash -euo pipefail -c 'cat x'", ["x"]),
        ("bash -o pipefail tool.sh", ["tool.sh"]),
    ],
)
def test_paths_are_the_operands_that_a_program_takes_for_paths(command, paths):
    """As written, up to what the shell would put in; never programs, patterns, branches or prose."""
    assert list(effects(command)[-1].paths) == paths


@pytest.mark.parametrize(
    ("command", "domains"),
    [
        ("curl -d '{\"u\": \"https://evil.org\"}' -H 'X: https://evil.org' https://a:b@API.example.com:1/x", ["api.example.com"]),
        ("curl localhost:3000/health", ["localhost"]),
        ('curl "https://$HOST/x"', [""]),
        ("wget -qO- http://[::1]:80/", ["[::1]"]),
        ("git clone git@github.com:o/r.git", ["github.com"]),
        ("git clone https://token@gitlab.com/o/r", ["gitlab.com"]),
        ("git fetch origin main:main", [""]),
        ("git status", []),
        ("git remote add o https://github.com/o/r", []),
        ("ssh -i key -p 22 ann@build.example.com 'curl https://x.org'", ["build.example.com"]),
        ("scp a.txt ann@h.example.com:/tmp", ["h.example.com"]),
        ("scp a.txt b.txt", []),
        ("cargo publish", ["registry:crates.io"]),
        ("npm install left-pad", ["registry:npm"]),
        ("pip install x", ["registry:pypi"]),
        ("pip install git+https://github.com/o/r", ["github.com"]),
        ("apt-get install -y jq", ["registry:debian"]),
        ("docker pull ghcr.io/o/i:1", ["ghcr.io"]),
        ("docker pull postgres:16", ["registry:docker"]),
        ("gh pr view 1", ["registry:github"]),
        ("aws s3 ls", [""]),
        ("echo https://x.org", []),
        ("open https://x.org", []),
        ("cat <<EOF\ncurl https://x.org\nEOF", []),
    ],
)  # fmt: skip
def test_domains_are_those_that_a_program_contacts(command, domains):
    """From URLs, remotes and implied registries; empty for someone unnamed, none for nobody."""
    assert list(effects(command)[-1].domains) == domains


@pytest.mark.parametrize(
    ("command", "folders"),
    [
        ("cd a && ls; cd b; ls; cd ../c && ls", ["/p/a", "/p/a/b", "/p/a/b/../c"]),
        ("(cd a; ls); ls", ["/p/a", "/p"]),
        ("pushd a; ls; popd; ls", ["/p/a", "/p"]),
        ("cd; ls; cd /x; ls; cd D:/y; ls", ["~", "/x", "D:/y"]),
        ("cd $(mktemp -d) && ls; cd - && ls; cd '$x' && ls", ["/p", "/p", "/p", "/p/$x"]),
        ("git -C sub status; make -C lib; npm --prefix web test", ["/p/sub", "/p/lib", "/p/web"]),
        ("cd a; bash -c 'cd b; ls'; ls", ["/p/a/b", "/p/a"]),
    ],
)
def test_cd_moves_what_comes_behind_it(command, folders):
    """In its own shell; a folder that cannot be known is taken for the current one."""
    assert [effect.cwd for effect in effects(command)] == folders


@pytest.mark.parametrize(
    ("command", "processes"),
    [
        ("cd web", ("bash", "cd")),
        ("export A=1; set -e", ("bash", "export")),
        ("A=1", ("bash",)),
        ("", ("bash",)),
        ("# nothing", ("bash",)),
    ],
)
def test_a_call_that_only_changes_its_shell_is_one_effect(command, processes):
    """Every call has at least one."""
    (effect,) = effects(command)
    assert (effect.kind, effect.processes) == ("run", processes)


@pytest.mark.parametrize("command", ["echo 'x", "a )", "x ${y", 'echo "$(', 'bash -c "echo \'x"'])
def test_doubtful_text_is_one_unparsed_process(command):
    """Nothing is guessed from it."""
    (effect,) = effects(command)
    assert (effect.kind, effect.processes[-1], effect.paths) == ("run", "unparsed", ())


def test_a_program_that_runs_commands_comes_before_them():
    """`find -exec` searches, and what it runs is an effect of its own."""
    assert kinds("find src -name x -exec grep -l y {} \\; -exec sh -c 'rm z' \\;") == [
        "search find",
        "search find grep",
        "write find sh rm",
    ]


@pytest.mark.parametrize(
    ("command", "kind"),
    [("cat a > $UNKNOWN", "write"), ("cat a > /dev/null", "read"), ("ls > NUL", "read"), ("make > log", "build")],
)  # fmt: skip
def test_output_to_a_file_is_a_write_unless_more_was_done(command, kind):
    """Even to a file that is not known, but not to nowhere."""
    assert effects(command)[0].kind == kind


def test_quoting_a_here_document_is_no_effect():
    """`git commit -m "$(cat <<EOF` reads nothing."""
    assert kinds("git commit -m \"$(cat <<'EOF'\nit's\nEOF\n)\"") == ["repo git"]
    assert kinds("cat x | cat") == ["read cat", "read cat"]


def test_nesting_ends():
    """Shells in shells, `eval` in `eval`, and many effects."""
    command = "ls"
    for _ in range(8):
        command = f"eval {command!r}" if "'" not in command else f'eval "{command}"'
    assert len(effects(command)[0].processes) <= 6
    assert len(effects("bash -c '" + "ls;" * 40 + "'; " + "ls;" * 40)) == 32
    (effect,) = effects("".join(f"V{n}=$V{n - 1}$V{n - 1}x;" for n in range(1, 60)) + "cat $V59")
    assert effect.paths == ()


def test_the_same_text_gives_the_same_effects_wherever_it_is_remembered():
    """The memo is per folder and its answers are not shared."""
    first = effects("ls a")
    first.clear()
    assert effects("ls a")[0].paths == ("a",)
    assert effects("ls a", "/q")[0].cwd == "/q"


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("Get-Content -Path a.txt -TotalCount 5 | Select-Object -First 1", [("read", ("a.txt",))]),
        ("$x = Get-Content a.txt; Set-Content -Path b.txt -Value $x", [("read", ("a.txt",)), ("write", ("b.txt",))]),
        ("Set-Location web; npm run build 2>&1 | Out-Null", [("build", ())]),
        ("Select-String -Pattern 'a|b' -Path src\\x.cs", [("search", ("src\\x.cs",))]),
        ("Invoke-WebRequest https://x.org -OutFile p.zip", [("network", ("p.zip",))]),
        ("& 'C:\\Program Files\\Git\\git.exe' status", [("repo", ())]),
        ("if ($x -eq 1) { Remove-Item -Recurse b } # it's", [("write", ("b",))]),
        ("'text' | Out-File o.txt", [("write", ("o.txt",))]),
        ("@'\nit's; (not) read\n'@ | Set-Content x", [("write", ("x",))]),
        ("Get-ChildItem $env:USERPROFILE\\y, $other", [("read", ("~\\y,",))]),
        ("git diff > d.txt", [("repo", ())]),
        ("Get-Item x > $null; ls $PSHOME/y", [("read", ("x",)), ("read", ())]),
        ('powershell -NoProfile -Command "ls x"', [("read", ("x",))]),
        ("$x + 1", [("run", ())]),
    ],
)  # fmt: skip
def test_powershell_is_read_at_a_basic_level(command, expected):
    """Statements, pipelines and blocks; expressions are no commands."""
    found = effects(command, tool="PowerShell")
    assert [(effect.kind, effect.paths) for effect in found] == expected
    assert {effect.processes[0] for effect in found} == {"powershell"}


@pytest.mark.parametrize("tool", ["Bash", "PowerShell"])
@pytest.mark.parametrize(
    "piece",
    [
        "<#",
        "@'\n",
        '@"\n',
        "'",
        '"',
        "`",
        "$(",
        "{",
        "sudo ",
        "eval '",
        "a=$a$a;",
        "a.",
        "a@",
        "x://",
        "-a ",
        "a/../",
    ],
)
def test_no_text_takes_long(tool, piece):
    """Two million characters, of which the limit's worth is read."""
    start = time.thread_time()
    assert effects(piece * (2_000_000 // len(piece)), tool=tool)
    assert effects(f"curl {piece * 20_000}", tool=tool)
    assert time.thread_time() - start < 1


PIECES = st.sampled_from(
    [
        "sudo",
        "env",
        "bash",
        "-c",
        "-lc",
        "git",
        "push",
        "clone",
        "curl",
        "cat",
        "find",
        "-exec",
        ";",
        "{",
        "}",
        "(",
        ")",
        "$(",
        "`",
        "'",
        '"',
        "&&",
        "||",
        "|",
        ">",
        "<",
        "<<",
        "EOF",
        "\n",
        "cd",
        "..",
        "/tmp",
        "~",
        "$HOME",
        "$x",
        "x=1",
        "a.py",
        "*.py",
        "python",
        "-m",
        "pytest",
        "npm",
        "run",
        "test",
        "xargs",
        "eval",
        "[[",
        "]]",
        "for",
        "in",
        "do",
        "done",
        "case",
        "esac",
        "if",
        "then",
        "fi",
        "--prefix",
        "-C",
        "-",
        "--",
        "@",
        ":",
        "https://a@b.org/c",
        "git@h.org:x",
        "\x00",
        "\\",
        "#",
        "apply_patch",
    ]
)


@given(
    st.lists(PIECES, max_size=14).map(" ".join), st.sampled_from(["Bash", "PowerShell", "shell"])
)
def test_whatever_a_call_says_it_has_effects(command, tool):
    """Bounded ones, and no error."""
    for found in (effects(command, tool=tool), effects(command.split(" "), tool=tool)):
        assert 1 <= len(found) <= 32
        for effect in found:
            assert 1 <= len(effect.processes) <= 6
            assert not any("\0" in path or not path for path in effect.paths)
            assert not any("\0" in domain for domain in effect.domains)
