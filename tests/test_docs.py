"""The documentation says what the program does: flags, views, examples, links."""

import re
import shlex
from argparse import ArgumentParser
from pathlib import Path

import pytest

from agentpprof_cli.commands import COMMANDS
from agentpprof_cli.main import build_parser, main
from agentpprof_mcp import __main__ as server
from agentpprof_mcp.server.prompts import QUESTIONS
from agentpprof_mcp.server.tools import TOOLS
from agentpprof_mcp.taggers.reasons import Reason
from agentpprof_mcp.taggers.vocabulary import MEANINGS
from agentpprof_mcp.views import VIEWS

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", *sorted(DOCS.rglob("*.md")), ROOT / "benchmarks" / "README.md"]
PARSERS: dict[str, ArgumentParser] = {f"agentpprof {c.name}": build_parser(c) for c in COMMANDS}
PARSERS["agentpprof-mcp"] = server.build_parser()

FLAG = re.compile(r"`(-[-\w]+)")
LINK = re.compile(r"\]\((?!\w+:)([^)#]+)")
SHELL = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
CONSOLE = re.compile(r"^```console\n\$ (agentpprof .*?)\n(.*?)^```", re.MULTILINE | re.DOTALL)
FOLDED = re.compile(r"^project:.* \d+$", re.MULTILINE)

every_page = pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))


@pytest.fixture
def example(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bundled sessions are the history of this machine."""
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", str(DOCS / "example" / ".claude"))
    monkeypatch.setenv("CODEX_HOME", str(DOCS / "example" / ".codex"))


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def flags_of(parser: ArgumentParser) -> set[str]:
    return {flag for action in parser._actions for flag in action.option_strings}


def parse(line: str) -> None:
    """Read the flags of a shell line as the program would."""
    words = [*shlex.split(line, comments=True), "|"]
    words = words[1 : words.index("|")]
    named = {command.name: command for command in COMMANDS}
    command = named[words.pop(0)] if words and words[0] in named else COMMANDS[0]
    build_parser(command).parse_args(words)


@pytest.mark.parametrize("name", PARSERS)
def test_every_command_and_flag_is_documented(name: str) -> None:
    """A command has a section, a flag stands somewhere in the page."""
    page = text_of(DOCS / "cli.md")
    assert f"\n## {name}\n" in page
    assert flags_of(PARSERS[name]) - set(FLAG.findall(page)) <= {"-h", "--help", "--version"}


def test_no_flag_is_documented_that_does_not_exist() -> None:
    """A flag that went away leaves the page too."""
    known = set().union(*map(flags_of, PARSERS.values()))
    assert set(FLAG.findall(text_of(DOCS / "cli.md"))) <= known


def test_views_are_documented_as_they_are() -> None:
    """One section per view, with its question and its frames, and no other."""
    page = text_of(DOCS / "views.md")
    assert re.findall(r"^## `(\w+)`", page, re.MULTILINE) == [view.name for view in VIEWS]
    for view in VIEWS:
        section = page.partition(f"\n## `{view.name}`")[2].partition("\n## ")[0]
        assert view.question in section
        assert f"`{' '.join(view.frames)}`" in section
        assert all(f"`{measure.name}`" in section for measure in view.measures)


def test_every_reason_for_a_stand_in_is_documented() -> None:
    """It stands in JSON as one word."""
    page = text_of(DOCS / "llm-tagger.md")
    assert re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE) == [reason.value for reason in Reason]


def test_tags_are_documented_as_they_are() -> None:
    """One line for each tag of the vocabulary, with its meaning, in its order."""
    rows = re.findall(r"^\| `(\w+)` \| (.+) \|$", text_of(DOCS / "tags.md"), re.MULTILINE)
    assert rows == list(MEANINGS.items())


def test_help_and_readme_name_every_view() -> None:
    """With the question that it answers."""
    shown = [PARSERS["agentpprof profile"].format_help(), text_of(ROOT / "README.md")]
    for view in VIEWS:
        assert all(view.name in text and view.question in text for text in shown)


def test_the_page_on_clients_names_every_tool_and_prompt() -> None:
    """And says which tools write."""
    page = text_of(DOCS / "clients.md")
    rows = re.findall(r"^\| `(\w+)` \|[^|]*\| (.*)\|$", page, re.MULTILINE)
    assert [name for name, _ in rows] == [spec.name for spec in TOOLS]
    assert [bool(written.strip()) for _, written in rows] == [not spec.reads for spec in TOOLS]
    assert all(f"`{name}`" in page for name in QUESTIONS)


def test_the_map_names_every_part() -> None:
    """A newcomer finds each module and package of the core."""
    core = ROOT / "agentpprof_mcp"
    parts = {path.stem for path in core.glob("*.py")} | {
        path.parent.name for path in core.glob("*/__init__.py")
    }
    page = text_of(DOCS / "architecture.md")
    assert {part for part in parts - {"__init__"} if f"`{part}`" not in page} == set()


@every_page
def test_links_lead_somewhere(page: Path) -> None:
    """Within the repository."""
    assert [link for link in LINK.findall(text_of(page)) if not (page.parent / link).exists()] == []


@every_page
def test_shell_lines_have_flags_that_work(page: Path) -> None:
    """Every line with our program in a block of shell."""
    for block in SHELL.findall(text_of(page)):
        for line in block.splitlines():
            if line.startswith("agentpprof "):
                parse(line)


@pytest.mark.usefixtures("example")
def test_the_folded_lines_in_the_readme_are_real(capsys: pytest.CaptureFixture[str]) -> None:
    """One line of each view, in the order of the views."""
    lines = FOLDED.findall(text_of(ROOT / "README.md"))
    for view, line in zip(VIEWS, lines, strict=True):
        main(["--all-projects", "--view", view.name, "--format", "folded"])
        assert line in capsys.readouterr().out.splitlines()


@pytest.mark.usefixtures("example")
@every_page
def test_examples_print_what_is_shown(
    page: Path, capsys: pytest.CaptureFixture[str], pytestconfig: pytest.Config
) -> None:
    """Over the bundled sessions; `--update-golden` writes what is printed now."""

    def printed(block: re.Match[str]) -> str:
        assert main(shlex.split(block[1])[1:]) == 0
        return f"```console\n$ {block[1]}\n{capsys.readouterr().out}```"

    shown = text_of(page)
    now = CONSOLE.sub(printed, shown)
    if pytestconfig.getoption("--update-golden"):
        page.write_text(now, encoding="utf-8")
    else:
        assert now == shown
