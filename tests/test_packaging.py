"""What is published agrees with itself: names, versions, pinned requirements."""

import json
import re
import tomllib
from pathlib import Path

import pytest

from agentpprof_mcp import __version__
from agentpprof_mcp.server.tools import TOOLS
from agentpprof_mcp.views import VIEWS

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
SERVER = json.loads((ROOT / "server.json").read_text(encoding="utf-8"))
PLUGIN = json.loads((ROOT / ".claude-plugin" / "plugin.json").read_text(encoding="utf-8"))
MARKET = json.loads((ROOT / ".claude-plugin" / "marketplace.json").read_text(encoding="utf-8"))
SKILL = ROOT / "skills" / "profile-sessions" / "SKILL.md"
README = (ROOT / "README.md").read_text(encoding="utf-8")
PINNED = re.compile(r"^([a-z0-9-]+)==\S+ .*\\$", re.MULTILINE)

GROUPS = {
    "requirements.txt": PROJECT["project"]["dependencies"] + PROJECT["build-system"]["requires"],
    "requirements-dev.txt": PROJECT["dependency-groups"]["dev"],
    "requirements-llama.txt": PROJECT["dependency-groups"]["llama"],
}
EACH = pytest.mark.parametrize("name", GROUPS)


def needed(specifications: list[str]) -> set[str]:
    """Bare names of requirements."""
    return {re.split(r"[<>=!~ ;\[]", text, maxsplit=1)[0] for text in specifications}


def test_one_version_everywhere() -> None:
    """The package's own, both in server.json, and that of the plugin."""
    (package,) = SERVER["packages"]
    assert {SERVER["version"], package["version"], PLUGIN["version"]} == {__version__}
    assert PROJECT["tool"]["hatch"]["version"]["path"] == "agentpprof_mcp/__init__.py"


def test_the_registry_finds_our_mark_in_the_readme() -> None:
    """It takes a package for ours only if its page says so."""
    assert f"<!-- mcp-name: {SERVER['name']} -->" in README
    assert SERVER["packages"][0]["identifier"] == PROJECT["project"]["name"]
    assert len(SERVER["description"]) <= 100


def test_the_wheel_is_made_of_two_packages() -> None:
    """An editable install would hide a third."""
    assert PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"] == [
        "agentpprof_mcp",
        "cli/agentpprof_cli",
    ]
    assert (ROOT / "agentpprof_mcp" / "py.typed").exists()


def test_the_plugin_is_what_its_marketplace_lists() -> None:
    """Under one name, started by the command that the README gives, without a host to reach."""
    (listed,) = MARKET["plugins"]
    assert (listed["name"], listed["description"]) == (PLUGIN["name"], PLUGIN["description"])
    (server,) = PLUGIN["mcpServers"].values()
    assert f"-- {' '.join([server['command'], *server['args']])}" in README
    assert PLUGIN["network"] == {"hosts": []}


def test_the_skill_names_tools_views_and_measures_that_exist() -> None:
    """It is read by those who will call them."""
    text = SKILL.read_text(encoding="utf-8")
    assert {spec.name for spec in TOOLS if f"`{spec.name}" not in text} <= {"profile"}
    known = {name for view in VIEWS for name in (view.name, *(m.name for m in view.measures))}
    assert set(re.findall(r'(?:view|measure)="(\w+)"', text)) <= known


@EACH
def test_requirements_are_pinned_by_hash_and_name_no_host(name: str) -> None:
    """Any index may serve them, and none can swap them."""
    text = (ROOT / name).read_text(encoding="utf-8")
    entries = re.split(r"\n(?=[a-z])", text)[1:]
    assert [
        entry for entry in entries if not PINNED.match(entry) or "--hash=sha256:" not in entry
    ] == []
    assert not re.search(r"://|index-url|find-links", text)


@EACH
def test_requirements_cover_what_the_project_asks_for(name: str) -> None:
    """A dependency that was added is pinned too: `make requirements`."""
    assert needed(GROUPS[name]) <= set(PINNED.findall((ROOT / name).read_text(encoding="utf-8")))


def test_both_requirement_files_agree() -> None:
    """The development tools do not change what is tested."""
    pins = [
        dict(re.findall(r"^(\S+)==(\S+)", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE))
        for name in ("requirements.txt", "requirements-dev.txt")
    ]
    assert pins[0].items() <= pins[1].items()
