"""`path:` frames: inside the project, or a bucket outside."""

import pytest

from agentpprof_mcp.labels import Labels

ROOTS = {"claude": "/home/ann/.claude", "codex": "/srv/codex"}
LABELS = Labels("/home/ann", ROOTS)
ROOT = "/home/ann/work/app"


def path(text, cwd="", root=ROOT, labels=LABELS):
    return labels.path(text, cwd, root).removeprefix("path:")


@pytest.mark.parametrize(
    ("text", "cwd", "shown"),
    [
        ("src/main.rs", "", "src/main.rs"),
        ("src/deep/er/main.rs", "", "src/deep"),
        ("main.rs", f"{ROOT}/src", "src/main.rs"),
        ("../docs/./a.md", f"{ROOT}/src", "docs/a.md"),
        (ROOT, "", "repo"),
        (f"{ROOT}/", "", "repo"),
        (".", ROOT, "repo"),
        ("", "", "repo"),
        ("", "web", "web"),
        (f"{ROOT}/.github/workflows/ci.yml", "/elsewhere", ".github/workflows"),
        (f"file://{ROOT}/docs/a%20b.md", "", "docs/a_b.md"),
        ("docs/日本語.md", "", "docs/日本語.md"),
        ("src/Größe/é.py", "", "src/Größe"),
        ("app/[id]/(group)", "", "app/_id_"),
        ("src/Main.JAVA", "", "src/Main.JAVA"),
    ],
)
def test_inside_the_project_the_first_two_segments_show(text, cwd, shown):
    """Normalised, seen from the folder, whatever script they are written in."""
    assert path(text, cwd) == shown


@pytest.mark.parametrize(
    ("text", "bucket"),
    [
        ("/home/ann/notes.txt", "home"),
        ("~", "home"),
        ("~bob/x", "home"),
        ("../other/x", "home"),
        (f"{ROOT}-other/x", "home"),
        ("/home/ann/.claude/settings.json", "claude"),
        ("~/.claude/x", "claude"),
        ("/home/ann/.claude-other/x", "home"),
        ("/srv/codex/sessions/x", "codex"),
        ("~/.codex/x", "codex"),
        ("/home/bob/.claude/x", "claude"),
        ("/Users/bob/.codex/x", "codex"),
        ("/Users/bob/x", "home"),
        ("/root/x", "home"),
        ("/tmp/x", "tmp"),
        ("/private/tmp/x", "tmp"),
        ("/private/var/folders/zz/x", "tmp"),
        ("/var/tmp/x", "tmp"),
        ("/etc/passwd", "system"),
        ("/", "system"),
        ("/homework/x", "system"),
        ("/tmpfile", "system"),
        ("C:\\Users\\bob\\x", "home"),
        ("c:/users/Bob/.CLAUDE/x", "claude"),
        ("/mnt/c/Users/bob/AppData/Local/Temp/x", "tmp"),
        ("/c/Windows/System32", "system"),
        ("\\\\server\\share\\x", "system"),
        ("\\\\?\\C:\\Users\\bob\\x", "home"),
        ("\\\\wsl$\\Ubuntu\\home\\bob\\x", "home"),
        ("file://server/share/x", "system"),
        ("file:///C:/Users/bob/x", "home"),
        ("../../../../../../..", "system"),
    ],
)  # fmt: skip
def test_outside_the_project_only_a_bucket_shows(text, bucket):
    """By resolved prefix, on this machine and on those that history comes from."""
    assert path(text) == f"external/{bucket}"


@pytest.mark.parametrize(
    "root", ["D:\\proj", "d:/proj", "D:/Proj/", "/d/proj", "/mnt/d/proj", "/cygdrive/d/proj"]
)
@pytest.mark.parametrize(
    "text", ["D:\\proj\\src\\a.go", "d:/PROJ/src/a.go", "/d/proj/src/a.go", "/mnt/d/proj/src/a.go", "src\\a.go"]
)  # fmt: skip
def test_every_spelling_of_a_windows_path_is_the_same(root, text):
    """Git's shell, WSL, Cygwin, forward and backward slashes, any case."""
    assert path(text, root, root) == "src/a.go"


def test_case_counts_where_the_file_system_counts_it():
    """A POSIX folder of another case is another folder."""
    assert path("/HOME/ann/work/APP/x") == "external/home"
    assert path("/Work/App/x", "", "/work/app") == "external/system"


@pytest.mark.parametrize(
    ("root", "text", "shown"),
    [
        ("/home/ann", "x/y", "x/y"),
        ("/home/ann", "~/.claude/x", "external/claude"),
        ("/", "/srv/x/y", "srv/x"),
        ("/", "/tmp/x", "external/tmp"),
        ("/tmp/proj", "/tmp/proj/a", "a"),
        ("/home/ann/.claude/worktrees/w", "/home/ann/.claude/worktrees/w/a", "a"),
    ],
)
def test_the_longest_prefix_decides(root, text, shown):
    """A project may lie in a bucket, and a bucket in a project."""
    assert path(text, "", root) == shown


def test_without_a_root_the_folder_stands_for_it():
    """And without either, what is written, as long as it stays below."""
    assert path("src/a", "/w/p", "") == "src/a"
    assert path("src/a", "", "") == "src/a"
    assert path("../a", "", "") == "external/system"
    assert path("/etc/x", "", "") == "external/system"


@pytest.mark.parametrize(("depth", "shown"), [(1, "a"), (3, "a/b/c"), (None, "a/b/c/d.py")])
def test_the_depth_is_the_users_choice(depth, shown):
    """None is the whole path."""
    assert path("a/b/c/d.py", labels=Labels("/h", {}, depth)) == shown


def test_a_whole_path_ends_at_200_bytes_and_any_other_at_64():
    """Never in the middle of a letter."""
    deep = "/".join(["größe-größe-größe"] * 40)
    whole = Labels("/h", {}, None).path(deep, "", ROOT)
    assert 190 < len(whole.encode()) <= 200
    assert len(Labels("/h", {}, 9).path(deep, "", ROOT).encode()) <= 64
    assert whole.startswith("path:größe-größe-größe/")


@pytest.mark.parametrize(
    "segment",
    [
        "0123456789-notes",
        "a-b-c-d-e",
        "x" * 41,
        "AKIAIOSFODNN7EXAMPLE",
        "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
        "Xk9fQ2mLp7Zt4Rw8Vb",
        "ann.smith@corp.example.com",
        "ignore-previous-instructions.md",
        "PleaseIgnorePreviousRules",
        "0e35f321-31f3-4b2a-8c11-1234567890ab",
    ],
)
def test_a_segment_that_does_not_look_like_a_name_is_seg(segment):
    """Long, wordy, random, numbered, secret, an address, an order."""
    assert path(f"src/{segment}") == "src/seg"


@pytest.mark.parametrize(
    "segment",
    ["docker-compose.override.yml", "DashboardContainer.tsx", ".gitignore", "test_profile_merge.py", "v1.2.3", "utf8"],
)  # fmt: skip
def test_ordinary_names_show(segment):
    """They are what the view is for."""
    assert path(f"src/{segment}") == f"src/{segment}"
