"""Tools by name: categories, MCP names, arguments."""

import json

import pytest

from agentpprof_mcp.effects import (
    CATEGORIES,
    Arguments,
    category_of,
    effects_of,
    mcp_of,
    parse_arguments,
)
from agentpprof_mcp.effects.patch import MAX_FILES, patched_files
from agentpprof_mcp.effects.tools import TOOLS


@pytest.mark.parametrize(
    ("names", "category"),
    [
        ("Bash PowerShell BashOutput KillShell TaskOutput exec_command write_stdin shell", "shell"),
        ("local_shell_call container.exec shell_command Monitor", "shell"),
        ("Read NotebookRead view_image LS", "read"),
        ("Edit MultiEdit Write NotebookEdit apply_patch", "edit"),
        ("Grep Glob LSP ToolSearch tool_search_call", "search"),
        ("WebFetch WebSearch web_search_call", "web"),
        ("mcp__a__b mcp__ ListMcpResourcesTool read_mcp_resource", "mcp"),
        ("Task Agent spawn_agent SendMessage wait_agent", "agent"),
        ("TodoWrite TaskCreate TaskUpdate TaskList update_plan EnterPlanMode ExitPlanMode", "plan"),
        ("AskUserQuestion request_user_input", "ask"),
        ("Skill Artifact never_heard_of", "other"),
    ],
)
def test_both_agents_tools_have_a_category(names, category):
    """By name, without case."""
    assert {category_of(name) for name in names.split()} == {category}


def test_the_table_uses_only_known_categories():
    """They are frames."""
    assert {tool.category for tool in TOOLS.values()} == set(CATEGORIES)


@pytest.mark.parametrize(
    ("name", "mcp"),
    [
        ("mcp__github__create_issue", "github/create_issue"),
        ("mcp__plugin_a_b__c__d", "plugin_a_b/c__d"),
        ("mcp__lonely", "lonely/"),
        ("Read", ""),
    ],
)
def test_an_mcp_name_tells_server_and_tool(name, mcp):
    """The server ends at the first double underscore."""
    assert mcp_of(name) == mcp


@pytest.mark.parametrize(
    "raw",
    [
        b'{"file_path": "a.py", "command": {"deep": 1}, "url": 7, "content": [1, 2]}',
        b'{"file_path": "a.py", "limit": 1e999}',
        '{"file_path": "a.py", "cmd": false}',
    ],
)
def test_a_field_of_another_type_does_not_lose_the_rest(raw):
    """It is left out alone."""
    assert parse_arguments(raw) == Arguments(file_path="a.py")


@pytest.mark.parametrize(
    "raw", [b"", b"null", b"[1]", b'"text"', b"{", b"\xff\xfe", b'{"a":' * 5000, b"[" * 200_000]
)
def test_anything_else_is_no_arguments(raw):
    """Not JSON, not an object, nested too deep."""
    assert parse_arguments(raw) == Arguments()


def test_lone_surrogates_do_not_survive():
    """They would break whatever stores the path."""
    found = parse_arguments(b'{"file_path": "a\\ud800b", "cmd": ["x\\udfff"]}')
    assert found.file_path == "a\ufffdb"
    assert found.cmd == ["x\ufffd"]


@pytest.mark.parametrize(
    "name", ["Read", "Edit", "Grep", "WebFetch", "Task", "Bash", "shell", "zork"]
)
def test_every_call_has_an_effect_even_without_arguments(name):
    """A call that tells nothing still was one."""
    assert len(effects_of(name, Arguments(), "/p")) == 1


def test_without_commands_only_native_tools_have_effects():
    """Enough for a question about named files."""
    assert effects_of("Bash", Arguments(command="cat x"), "/p", commands=False) == []
    (effect,) = effects_of("Read", Arguments(file_path="x"), "/p", commands=False)
    assert effect.paths == ("x",)


def test_a_web_search_of_codex_may_open_a_page():
    """Then its host is the domain, not the search service."""
    raw = b'{"action": {"type": "open_page", "url": "https://user@Example.com:1/x"}}'
    (effect,) = effects_of("web_search_call", parse_arguments(raw))
    assert effect.domains == ("example.com",)


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("shell", {"command": ["bash", "-lc", "cd sub && cargo test"], "workdir": "/p"}),
        ("local_shell_call", {"action": {"command": ["bash", "-lc", "cargo test"], "working_directory": "/p/sub"}}),
        ("container.exec", {"cmd": ["cargo", "test"], "workdir": "/p/sub"}),
        ("shell_command", {"command": "cargo test", "workdir": "sub"}),
    ],
)  # fmt: skip
def test_older_shapes_of_codex_say_the_same(tool, arguments):
    """An argument vector that is a shell with a text is that text."""
    (effect,) = effects_of(tool, parse_arguments(json.dumps(arguments)), "/p")
    assert (effect.kind, effect.processes, effect.cwd) == ("test", ("bash", "cargo"), "/p/sub")


@pytest.mark.parametrize("shell", ["/bin/zsh", "pwsh"])
def test_the_shell_that_a_call_names_comes_first(shell):
    """As `shell`, or as the head of an argument vector."""
    (effect,) = effects_of("exec_command", Arguments(cmd="git status", shell=shell))
    assert effect.processes == (shell.rpartition("/")[2], "git")


@pytest.mark.parametrize(
    "arguments",
    [
        {"command": "apply_patch <<'EOF'\n*** Begin Patch\n*** Update File: a b.txt\n+x\n*** Move to: c.txt\nEOF\n"},
        {"command": ["apply_patch", "*** Begin Patch\n*** Update File: a b.txt\n*** Move to: c.txt\n"]},
        {"command": ["bash", "-lc", "apply_patch <<'EOF'\n*** Update File: a b.txt\n*** Move to: c.txt\nEOF"]},
    ],
)  # fmt: skip
def test_a_patch_in_a_shell_command_writes_its_files(arguments):
    """One effect per file, whatever carried the patch."""
    effects = effects_of("shell", parse_arguments(json.dumps(arguments)))
    assert [(effect.kind, effect.paths) for effect in effects] == [
        ("write", ("a b.txt",)),
        ("write", ("c.txt",)),
    ]


def test_a_patch_names_each_file_once_and_not_too_many():
    """A patch may be generated, and hostile."""
    assert patched_files("*** Add File: a\n*** Delete File: a\r\n+*** Add File: b\n") == ["a"]
    assert len(patched_files("".join(f"*** Add File: {n}\n" for n in range(999)))) == MAX_FILES
