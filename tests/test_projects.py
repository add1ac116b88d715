"""Which project a directory belongs to, and what its paths are relative to."""

import os
import subprocess
from pathlib import Path

import pytest

from agentpprof_mcp.projects import Project, Projects, common_folder, inside, normal


@pytest.mark.parametrize(
    ("path", "spelled"),
    [
        ("/x/y/", "/x/y"),
        ("/x/./y/../z", "/x/z"),
        ("D:\\oh-my-posh\\src", "d:/oh-my-posh/src"),
        ("d:/a", "d:/a"),
        ("", ""),
    ],
)
def test_paths_of_all_systems_have_one_spelling(path, spelled):
    """Lexically: they may be another machine's."""
    assert normal(path) == spelled


def test_inside_means_whole_segments():
    """A common prefix of letters is none of folders."""
    assert inside("/x/y", "/x/y")
    assert inside("/x/y/z", "/x/y")
    assert not inside("/x/yz", "/x/y")
    assert inside("/x", "/")


@pytest.mark.parametrize(
    ("cwd", "root"),
    [
        ("/x/cli", "/x/cli"),
        ("/x/cli/cmd", "/x/cli"),
        ("/x/cli/.worktrees/3/cmd", "/x/cli/.worktrees/3"),
        ("/x/cli/.claude/worktrees/a-b/cmd", "/x/cli/.claude/worktrees/a-b"),
        ("/y/linked/sub", "/y/linked"),
        ("/elsewhere", "/x/cli"),
    ],
)
def test_paths_are_relative_to_the_records_own_worktree(cwd, root):
    """Worktrees below the root by their usual places, others as linked."""
    project = Project("cli", "/x/cli", ["/y/linked"])
    assert project.root_of(cwd) == root
    assert project.holds(cwd) == (cwd != "/elsewhere")


@pytest.mark.parametrize(
    ("cwd", "name"),
    [
        ("/nowhere/workspace/cli", "cli"),
        ("/nowhere/workspace/cli/.worktrees/3", "cli"),
        ("/nowhere/cli/.claude/worktrees/a/cmd", "cli"),
        ("D:\\oh-my-posh\\.claude\\worktrees\\heuristic-robinson-e44709", "oh-my-posh"),
        ("", "unknown"),
    ],
)
def test_a_session_of_another_machine_is_in_the_project_of_its_directory(cwd, name):
    """With worktree tails cut."""
    assert Projects(None, None).own(cwd).name == name


def git(folder, *words):
    """Run git without a user's settings."""
    subprocess.run(
        ["git", "-c", "user.name=a", "-c", "user.email=a@b", *words],
        cwd=folder,
        check=True,
        capture_output=True,
    )


@pytest.fixture
def repository(tmp_path):
    """A repository with a linked worktree outside of it."""
    root = tmp_path / "repo"
    (root / "sub").mkdir(parents=True)
    git(root, "init", "-q")
    git(root, "commit", "-q", "--allow-empty", "-m", "x")
    git(root, "worktree", "add", "-q", str(tmp_path / "linked"))
    return root


def test_the_git_root_names_the_project_also_from_a_linked_worktree(repository):
    """Where the directory exists."""
    projects = Projects(None, None)
    assert projects.own(str(repository / "sub")).root == normal(str(repository.resolve()))
    assert projects.own(str(repository.parent / "linked")).name == "repo"


def test_a_given_root_holds_its_linked_worktrees(repository):
    """Their sessions are the project's."""
    project = Projects(repository, None).given
    assert project is not None
    linked = str((repository.parent / "linked").resolve())
    assert project.holds(linked + "/sub")
    assert project.root_of(linked + "/sub") == normal(linked)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_what_is_no_file_links_no_worktree(repository):
    """A pipe in its place would never end."""
    odd = repository / ".git" / "worktrees" / "odd"
    odd.mkdir()
    os.mkfifo(odd / "gitdir")
    project = Projects(repository, None).given
    assert project is not None
    assert project.holds(str((repository.parent / "linked").resolve()))


def test_a_given_name_wins(tmp_path):
    """--project-name."""
    given = Projects(tmp_path, "shop").given
    assert given is not None
    assert given.name == "shop"
    assert Projects(None, "shop").own("/x/y").name == "shop"


@pytest.mark.parametrize(
    ("paths", "folder"),
    [
        (("a/b.py",), "a/b.py"),
        (("a/b.py", "a/c.py"), "/w/a"),
        (("build", "dist"), "/w"),
        (("/q/a", "/r/b"), "/"),
        (("D:\\p\\a", "d:/p/b"), "d:/p"),
    ],
)
def test_several_paths_share_their_deepest_folder(paths, folder):
    """One path is itself."""
    assert common_folder(paths, "/w") == folder


def test_projects_need_no_disk(tmp_path):
    """A root that is not there is still a root."""
    given = Projects(Path("/nowhere/at/all"), None).given
    assert given is not None
    assert given.holds("/nowhere/at/all/x")
