"""The command line as a user meets it: answers, files, exit codes, and one clear line when it cannot."""

import gzip
import json
import os
import stat
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from agentpprof_mcp.query import parse_time, parse_zone
from tests.history import Claude, Codex, usage

ROOT = Path(__file__).parents[2]
FORMATS = {"pprof": ".pb.gz", "folded": ".folded", "svg": ".svg", "json": ".json"}


@pytest.fixture
def run(home, tmp_path):
    """Run agentpprof as a process in an empty folder of a home of its own."""

    def call(*words, cwd=tmp_path, **environ):
        return subprocess.run(
            [sys.executable, "-m", "agentpprof_cli.main", *map(str, words)],
            env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'cli'}", **environ},
            cwd=cwd,
            capture_output=True,
            timeout=60,
            check=False,
        )

    return call


@pytest.fixture
def shop(home, tmp_path):
    """Two sessions of a project, one of each agent, in this home."""
    claude = Claude(cwd=str(tmp_path))
    claude.prompt("fix the failing test")
    claude.uses(
        "Bash",
        {"command": "pytest -q && curl https://docs.rs/x"},
        "t1",
        tokens=usage(100, 20, 3000, 50),
    )
    claude.result("t1", "Exit code 1\nboom", True)
    claude.uses(
        "Edit",
        {"file_path": str(tmp_path / "src" / "a.py"), "old_string": "a", "new_string": "b"},
        "t2",
        call="m2",
    )
    claude.result("t2")
    claude.write(home / ".claude" / "projects" / "p")
    codex = Codex(cwd=str(tmp_path))
    codex.prompt("update the docs")
    codex.shell("c1", "rg -n TODO src")
    codex.counts(500, 300, 40, 10)
    codex.write(home / ".codex" / "sessions" / "2026" / "11" / "20")
    return home


def said(result):
    """What a failed run says: one line, no traceback."""
    text = result.stderr.decode()
    assert "Traceback" not in text
    lines = text.strip().splitlines()
    assert len(lines) == 1, text
    return lines[0]


def test_without_output_a_table_of_the_project_is_printed(run, shop):
    """Results on standard output, nothing on standard error."""
    result = run()
    assert result.returncode == 0
    text = result.stdout.decode()
    assert text.startswith("6 events in ")
    assert "prompt:debug" in text
    assert "agent:codex" in text


@pytest.mark.parametrize("view", ["tasks", "system", "tools", "tokens", "files", "network"])
def test_every_format_of_a_view_has_the_same_total(run, shop, tmp_path, view):
    """Folded, pprof, SVG and JSON reconcile."""
    for name, ending in FORMATS.items():
        result = run("--view", view, "-o", tmp_path / f"out{ending}")
        assert result.returncode == 0, (name, result.stderr)
    folded = (tmp_path / "out.folded").read_text(encoding="utf-8").splitlines()
    total = sum(int(line.rsplit(" ", 1)[1]) for line in folded)
    document = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert document["totals"][0] == total > 0
    assert document["view"] == ("system" if view == "tools" else view)
    assert sum(stack["values"][0] for stack in document["stacks"]) == total
    assert f"{total:,} " in (tmp_path / "out.svg").read_text(encoding="utf-8")
    top = run("top", tmp_path / "out.pb.gz")
    assert top.stdout.decode().startswith(f"{total:,} ")


@pytest.mark.parametrize(
    "words",
    [
        ("top", "a.pb.gz", "--tag-rule", "all:docs=x"),
        ("top", "a.pb.gz", "--since", "7d"),
        ("diff", "a.pb.gz", "a.pb.gz", "--frames", "prompt"),
    ],
)
def test_flags_that_choose_from_history_do_not_go_with_saved_profiles(run, shop, tmp_path, words):
    """They would change nothing, and nobody would see it."""
    saved = tmp_path / "a.pb.gz"
    assert run("-o", saved).returncode == 0
    other = run("top", saved, "--view", "files")
    assert other.returncode == 2
    assert other.stderr.endswith(b"the saved profile is of the view tasks\n")
    refused = run(*(saved if word == saved.name else word for word in words))
    assert refused.returncode == 2
    assert refused.stderr.startswith(f"agentpprof: {words[-2]}: a saved profile".encode())


def test_files_are_private_and_appear_whole(run, shop, tmp_path):
    """Mode 0600, folders made, an old file replaced, nothing else left behind."""
    target = tmp_path / "new" / "deep" / "out.folded"
    assert run("-o", target).returncode == 0
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    target.write_text("old", encoding="utf-8")
    assert run("-o", target).returncode == 0
    assert target.read_text(encoding="utf-8").startswith("project:")
    assert [path.name for path in target.parent.iterdir()] == ["out.folded"]


def test_standard_output_takes_any_named_format(run, shop):
    """-o - with --format, or --format alone."""
    for words in (("-o", "-", "--format", "folded"), ("--format", "folded")):
        assert run(*words).stdout.startswith(b"project:")
    assert gzip.decompress(run("--format", "pprof").stdout)


def test_a_public_profile_is_refused_where_little_is_shared(run, shop):
    """Two sessions are few; forced, it says nothing of them."""
    refused = run("--public")
    assert refused.returncode == 2
    assert "--force" in said(refused)
    assert run("--public", "--force", "--format", "folded").stdout == b"other 6\n"
    assert run("top", "--public", "--force").stdout.startswith(b"6 events")


@pytest.mark.parametrize("words", [(), ("--format", "folded"), ("--format", "json")])
def test_what_is_said_beside_a_public_profile_is_public_too(run, shop, words):
    """Counts are rounded in every form of it: one may be copied along."""
    (path,) = (shop / ".claude").rglob("*.jsonl")
    with path.open("ab") as stream:
        stream.write(b'{"type":"mode"}\n' * 1234 + b"damaged\n")
    account = run("--public", "--force", *words).stderr.decode()
    assert account.startswith("agentpprof: of 1,200 lines: 1 lines skipped")
    assert "of 1,200 lines" not in run().stderr.decode()


@pytest.mark.parametrize("words", [("--exact",), ("--k", "9"), ("--public", "--include-previews")])
def test_flags_that_make_no_sense_together_are_usage_errors(run, shop, words):
    """Before anything is read."""
    result = run(*words, "--format", "json")
    assert result.returncode == 2
    assert "--public" in said(result)


def test_the_same_history_gives_the_same_bytes(run, shop, tmp_path):
    """Whatever the hash seed, the locale, the time zone, or the order of files."""
    files = sorted((shop / ".claude").rglob("*.jsonl")) + sorted((shop / ".codex").rglob("*.jsonl"))
    for name in FORMATS:
        one, two = (
            run(
                *[word for path in order for word in ("--session-file", path)],
                "--all-projects",
                "--format",
                name,
                PYTHONHASHSEED=seed,
                TZ=zone,
                LC_ALL=locale,
            ).stdout
            for order, seed, zone, locale in (
                (files, "1", "UTC", "C"),
                (files[::-1], "2", "Asia/Tokyo", "C.UTF-8"),
            )
        )
        assert one == two, name
        assert one


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["--view", "nope"], 2, "unknown view 'nope'; the views are tasks, system"),
        (["--format", "nope"], 2, "unknown format 'nope'; the formats are pprof"),
        (["-o", "x.nope"], 2, "names no format"),
        (["-o", "x.svg", "--format", "json"], 2, "differ"),
        (["-o", "-"], 2, "-o - needs --format"),
        (["--tag-rule", "prompt:x"], 2, "tag rule 1 is not KIND:TAG=REGEX"),
        (["--tag-rule", "prompt:docs=a", "--tag-rule", "file:docs=a"], 2, "tag rule 2: the kind"),
        (["--tag-rule", "prompt:Docs=a"], 2, "one lower-case word"),
        (["--tag-rule", "prompt:docs=(a"], 2, "no regular expression"),
        (["--frames", "project,nope"], 2, "unknown frame 'nope'"),
        (["--path-depth", "0"], 2, "--path-depth is '0'"),
        (["--tz", "Mars/Base"], 2, "no time zone 'Mars/Base'"),
        (["--since", "whenever"], 2, "cannot read the time 'whenever'"),
        (["--since", "2026-02-01", "--until", "2026-01-01"], 2, "--since is not before --until"),
        (["--all-projects", "--project-root", "."], 2, "exclude each other"),
        (["--session-id", ""], 2, "--session-id is empty"),
        (["--session-id", "current"], 2, "current session is not known"),
        (["--measure", "weight"], 2, "does not measure 'weight'; it has events"),
        (["--include-previews"], 2, "--format json only"),
        (["--claude-root", "missing"], 1, "--claude-root missing is no folder"),
        (["--project-root", "file"], 1, "is a file"),
        (
            ["--session-file", "missing.jsonl"],
            1,
            "cannot read session file missing.jsonl: No such file",
        ),
        (["--session-file", "."], 1, "cannot read session file .:"),
        (["--session-file", "file"], 1, "is empty"),
        (["--session-file", "other"], 1, "holds no record of claude or codex"),
        (["--session-id", "zzz"], 1, "no session matches"),
        (["--project-root", "elsewhere"], 1, "try --all-projects or --project-root"),
        (["merge", "missing.pb.gz"], 1, "cannot read profile missing.pb.gz: No such file"),
        (["merge", "other"], 1, "cannot read profile other:"),
        (["-o", "folder/x/y.svg"], 1, "cannot write folder/x/y.svg"),
    ],
)
def test_what_cannot_be_done_is_one_clear_line(run, shop, tmp_path, words, code, says):
    """With the documented exit code, and no half-written file."""
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "folder").write_bytes(b"")
    (tmp_path / "other").write_bytes(b'{"a":1}\n')
    before = sorted(tmp_path.iterdir())
    result = run(*words)
    assert result.returncode == code, result.stderr
    assert says in said(result)
    assert sorted(tmp_path.iterdir()) == before
    assert result.stdout == b""


def test_flags_that_do_not_exist_are_usage_errors(run):
    """Also abbreviations, which would change meaning with every new flag."""
    for words in (
        ["--nope"],
        ["--proj", "x"],
        ["--agent", "gpt"],
        ["--max-sessions", "0"],
        ["sessions", "x"],
    ):
        result = run(*words)
        assert result.returncode == 2
        assert b"usage: agentpprof" in result.stderr


def test_an_empty_machine_is_told_where_was_searched(run):
    """Nothing to find is no crash."""
    result = run()
    assert result.returncode == 1
    assert "no sessions found; searched claude in" in said(result)


def test_damage_is_said_in_one_line_and_only_strict_minds(run, shop):
    """Exit 0, or 3 with --strict; the answer is there in both cases."""
    (path,) = (shop / ".claude").rglob("*.jsonl")
    path.write_bytes(b"{torn\n" + path.read_bytes())
    loose, strict = run(), run("--strict")
    assert (loose.returncode, strict.returncode) == (0, 3)
    assert loose.stdout == strict.stdout != b""
    assert "1 lines skipped (not JSON: 1)" in said(loose)


def test_sessions_are_listed_newest_first(run, shop):
    """As a table, and for programs."""
    table = run("sessions").stdout.decode().splitlines()
    assert table[0].split()[:3] == ["session", "agent", "project"]
    assert len(table) == 3
    document = json.loads(run("sessions", "--format", "json").stdout)
    assert document["schema"] == "agentpprof-sessions/1"
    assert [row["agent"] for row in document["sessions"]] == ["codex", "claude"]
    claude = document["sessions"][1]
    assert claude["id"] == "0e35f321-31f3"
    assert claude["tools"] == {"Bash": 1, "Edit": 1}
    assert (claude["prompts"], claude["calls"], claude["errors"]) == (1, 2, 1)
    assert (claude["files_read"], claude["files_edited"]) == (0, 1)
    assert claude["tokens"] == {
        "input": 101,
        "output": 21,
        "cache_read": 3000,
        "cache_write": 50,
        "estimate": 0,
    }
    assert document["reconciliation"]["complete"] is True


def test_previews_are_shown_only_when_asked_for(run, shop):
    """The user's own choice, in JSON alone."""
    assert b"failing test" not in run("--format", "json").stdout
    assert b"failing test" in run("--format", "json", "--include-previews").stdout


def test_profiles_of_parts_merge_to_the_profile_of_the_whole(run, shop, tmp_path):
    """agentpprof merge a b -o whole."""
    for agent in ("claude", "codex"):
        assert run("--agent", agent, "-o", tmp_path / f"{agent}.pb.gz").returncode == 0
    merged = run("merge", tmp_path / "claude.pb.gz", tmp_path / "codex.pb.gz", "--format", "folded")
    assert merged.stdout == run("--format", "folded").stdout
    assert run("-o", tmp_path / "f.pb.gz", "--view", "files").returncode == 0
    mixed = run("merge", tmp_path / "claude.pb.gz", tmp_path / "f.pb.gz")
    assert (mixed.returncode, "cannot be merged" in said(mixed)) == (2, True)


def test_own_frames_make_a_pivot(run, shop):
    """--frames prompt,path."""
    lines = (
        run("--view", "files", "--frames", "path,effect", "--format", "folded")
        .stdout.decode()
        .splitlines()
    )
    assert lines == ["path:src/a.py;effect:write 1", "path:src;effect:search 1"] or len(lines) == 2
    assert all(line.startswith("path:") for line in lines)


def test_events_that_have_none_of_the_frames_count_nevertheless(run, shop):
    """--frames domain."""
    whole = run("--view", "system", "--format", "json")
    lines = run("--view", "system", "--frames", "domain,mcp", "--format", "folded").stdout.decode()
    assert "domain:none " in lines
    weights = [int(line.rpartition(" ")[2]) for line in lines.splitlines()]
    assert sum(weights) == json.loads(whole.stdout)["totals"][0]


@pytest.mark.parametrize("words", [(), ("--no-index",), ("--format", "folded"), ("--focus", "x")])
def test_a_view_without_samples_says_so(run, shop, words):
    """In every way to it; a measure without weight is no such view."""
    for _ in ("cold", "warm"):
        empty = run("--view", "network", "--agent", "codex", *words)
        assert (empty.returncode, empty.stdout) == (1, b"")
        assert "the network view has no samples in the selected session;" in said(empty)
    weightless = run("--view", "system", "--agent", "codex", "--measure", "errors")
    assert (weightless.returncode, weightless.stdout) == (0, b"0 errors\n")


def test_a_closed_pipe_ends_quietly(run, shop, tmp_path):
    """agentpprof | head."""
    command = f"{sys.executable} -m agentpprof_cli.main --format json | head -c 1"
    result = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command],
        env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'cli'}"},
        cwd=tmp_path,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert result.stdout == b"{"
    assert b"Traceback" not in result.stderr
    assert b"BrokenPipe" not in result.stderr


def shell(run, command, cwd):
    """Run a shell line with `agentpprof` in it, in this home."""
    line = command.replace("agentpprof", f"{sys.executable} -m agentpprof_cli.main")
    return subprocess.run(
        ["bash", "-c", line],
        env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'cli'}"},
        cwd=cwd,
        capture_output=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("mkdir gone && cd gone && rmdir ../gone && agentpprof", 1),
        ("agentpprof --format folded > /dev/full", 1),
        ("agentpprof >&-", 0),
        ("agentpprof --format folded 2>&-", 0),
        ("agentpprof < /dev/null", 0),
        ("PYTHONIOENCODING=ascii agentpprof --view files --format json -o x.json", 0),
        ("PYTHONIOENCODING=ascii agentpprof --view files", 0),
        ("agentpprof -o $(printf 'n%.0s' {1..240}).folded", 0),
    ],
)
def test_odd_surroundings_end_in_no_traceback(run, shop, tmp_path, command, code):
    """A folder that is gone, a full disk, closed streams, a terminal of few letters, a long name."""
    (path,) = (shop / ".claude").rglob("*.jsonl")
    path.write_text(path.read_text(encoding="utf-8").replace("a.py", "é.py"), encoding="utf-8")
    result = shell(run, command, tmp_path)
    assert (result.returncode, b"Traceback" in result.stderr) == (code, False), result.stderr


def test_help_and_version_answer(run):
    """Also for each command."""
    assert run("--version").stdout.startswith(b"agentpprof 0.")
    for words in ([], ["sessions"], ["top"], ["merge"]):
        result = run(*words, "--help")
        assert (result.returncode, result.stdout.startswith(b"usage: agentpprof")) == (0, True)


def test_a_difference_is_between_profiles_sessions_or_periods(run, shop, tmp_path):
    """In any combination; of a thing and itself it is empty."""
    assert run("--view", "tokens", "-o", "all.pb.gz").returncode == 0
    total = b"base 3,712 tokens, new 3,712 tokens: +0 (+0.0%)\nno frame differs\n"
    for base, new in (("all.pb.gz", "all.pb.gz"), ("all.pb.gz", "..2999-01-01"), ("..", "..")):
        done = run("diff", base, new, "--view", "tokens")
        assert (done.returncode, done.stdout) == (0, total)
    done = run("diff", "019ed50c", "0e35f321", "--view", "tokens", "--focus", "kind:input")
    assert done.stdout.startswith(b"base 200 tokens, new 101 tokens: -99 (-49.5%)\n")
    assert b" gone    +0  agent:codex\n" in done.stdout


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("diff", "a.pb.gz", "last"), 1, b"cannot read profile a.pb.gz"),
        (("diff", "ffff", "last"), 1, b"no session matches"),
        (("diff", "1d..7d", "last"), 2, b"the older end first"),
        (("diff", "soon..", "last"), 2, b"cannot read the time"),
        (("diff", "last"), 2, b"required: NEW"),
        (("diff", "last", "last", "--measure", "cost"), 2, b"it has events"),
        (("--focus", "(?=a)"), 2, b"no regular expression"),
        (("--focus", "nowhere"), 1, b"the heaviest frames are"),
    ],
)
def test_what_cannot_be_compared_is_told_in_one_line(run, shop, words, code, told):
    """With what would work."""
    done = run(*words)
    assert done.returncode == code
    assert told in done.stderr.splitlines()[-1]
    assert done.stdout == b""


def test_profiles_of_two_views_are_not_compared(run, shop):
    """Their numbers count different things."""
    run("--view", "files", "-o", "files.pb.gz")
    done = run("diff", "files.pb.gz", "last")
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"two views cannot be compared" in done.stderr


def test_the_local_zone_has_its_summer_time():
    """A day of July begins at its own midnight, also when it is asked for in winter."""
    local, named = parse_zone("local", {"TZ": ":Europe/Berlin"}), parse_zone("Europe/Berlin")
    for day in ("2026-01-15", "2026-07-15"):
        assert parse_time(day, 0, local) == parse_time(day, 0, named)
    assert parse_zone("local", {"TZ": "no zone"}).utcoffset(datetime.now(UTC)) is not None


def test_numbers_that_add_up_to_more_than_a_machine_word_are_shown(run, home):
    """No machine made such a history, but a file may say so; the index keeps even these."""
    claude = Claude(cwd="/x/shop")
    claude.prompt("fix the failing test")
    for number in range(2100):
        claude.says("done", call=f"m{number}", tokens=usage(2**53, 0))
    claude.write(home / ".claude" / "projects" / "p")
    words = ("--view", "tokens", "--all-projects")
    shown = [run(*words, "--no-index"), *(run(*words) for _ in range(3))]
    assert [answer.returncode for answer in shown] == [0, 0, 0, 0]
    assert f"{2100 * 2**53:,}".encode() in shown[0].stdout
    assert len({answer.stdout for answer in shown}) == 1
    listed = [
        run("sessions", "--all-projects", "--format", "json", *more)
        for more in ((), ("--no-index",))
    ]
    assert listed[0].stdout == listed[1].stdout != b""
    assert run(*words, "-o", "out.pb.gz").returncode == 1


def test_what_is_said_of_the_index_is_said_once_for_both_sides(run, shop, home):
    """`diff` asks twice."""
    (home / "nothing").write_bytes(b"")
    words = ("diff", "--all-projects", "30d..", "30d..")
    answer = run(*words, XDG_CACHE_HOME=str(home / "nothing"))
    assert answer.stderr.count(b"the index cannot be used") == 1


@pytest.mark.parametrize("flag", ["--llm-timeout", "--llm-deadline"])
def test_time_for_a_model_is_given_to_one_that_is_asked(run, shop, flag):
    """Otherwise the flag would do nothing, and nobody would know."""
    answer = run("--all-projects", flag, "5")
    assert (answer.returncode, b"need --tagger llm" in answer.stderr) == (2, True)
