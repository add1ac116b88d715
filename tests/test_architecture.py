"""Who may import whom, how large things may get, and what is public: read from the source."""

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from agentpprof_mcp.readers import READERS
from tests.history import Claude

ROOT = Path(__file__).parent.parent
PACKAGES = (ROOT / "agentpprof_mcp", ROOT / "cli" / "agentpprof_cli")
SPLIT = {"readers", "writers"}
"""Packages whose parts are looked at one by one: an agent, a format."""

MAX_LINES, MAX_FUNCTION = 400, 50

MAY_IMPORT: dict[str, str] = {
    "errors": "",
    "halt": "",
    "env": "",
    "model": "",
    "projects": "effects",
    "keys": "",
    "pool": "decoding",
    "hashing": "",
    "decoding": "",
    "packing": "decoding",
    "profile": "model",
    "effects": "decoding model",
    "labels": "effects hashing model profile",
    "public": "errors labels model profile query writers.base",
    "query": "errors",
    "output": "errors",
    "ownership": "model",
    "readers.base": "model readers.framing",
    "readers.framing": "halt model",
    "readers.lines": "model readers.framing",
    "readers.*": "decoding effects model readers.base readers.framing readers.lines",
    "readers": "errors model readers.*",
    "taggers": "cachefile decoding effects errors hashing labels model output patterns query",
    "writers.base": "model profile",
    "writers.*": "errors model profile writers.base",
    "writers": "writers.*",
    "rows": "model profile projects",
    "views": "labels model profile projects readers.base rows",
    "digest": "labels model packing profile projects",
    "cachefile": "",
    "index": "cachefile decoding hashing readers",
    "totals": "digest model packing profile",
    "work": "digest env index keys labels model ownership profile projects query readers taggers views",
    "reading": "digest ownership pool readers totals work",
    "survey": "digest index ownership readers reading totals work",
    "tree": "index",
    "library": "cachefile digest index model packing reading survey totals tree work",
    "selecting": "digest env errors model query",
    "collect": "cachefile digest env errors index keys library model query readers reading selecting survey taggers totals views work",
    "tables": "digest",
    "upkeep": "collect digest env errors index keys profile query totals views",
    "naming": "digest tables taggers",
    "evidence": "env labels model ownership profile query readers readers.framing views work",
    "patterns": "errors",
    "listing": "collect digest tables writers.base",
    "service": "collect digest env errors labels listing model patterns profile public query tables totals views writers writers.*",
    "giving": "collect digest env errors naming query taggers",
    "looking": "env errors evidence profile query service writers.base",
    "results": "errors looking model service",
    "stdio": "",
    "memo": "readers.framing",
    "server": "decoding env errors giving halt looking memo model output query readers readers.framing results service stdio views writers",
    "__main__": "readers server",
    "cli": "upkeep collect env errors giving model output query readers service taggers views writers",
}
"""What each part may import of ours. A part may import itself; all may import the bare package."""

ONLY_IN: dict[str, set[str]] = {
    "anyio": {"server.running", "stdio", "taggers.llama"},
    "google": {"writers.pprof"},
    "httpx": {"taggers.llama"},
    "fcntl": {"taggers.cache"},
    "mcp": {f"server.{name}" for name in ("building", "desk", "prompts", "resources")} | {"stdio"},
    "pydantic": {"server.prompts", "stdio"},
    "sqlite3": {"cachefile", "index.store", "taggers.store"},
    "http": set(),
    "multiprocessing": set(),
    "pickle": set(),
    "socket": set(),
    "subprocess": set(),
    "urllib.request": set(),
}
"""Modules outside that are heavy, or that would open a door."""

CONVERTING = {
    "agentpprof_mcp.effects.arguments",
    "agentpprof_mcp.packing",
    "agentpprof_mcp.readers.lines",
}
"""Who gives msgspec a type to convert to: one that has a decoder by then."""

HEAVY = {
    "agentpprof_mcp.effects.commands",
    "agentpprof_mcp.effects.shell",
    "agentpprof_mcp.evidence",
    "agentpprof_mcp.readers.claude.thread",
    "agentpprof_mcp.readers.codex.rollout",
    "agentpprof_mcp.taggers.grammar",
    "anyio",
    "asyncio",
    "ctypes",
    "dataclasses",
    "email",
    "google.protobuf",
    "gzip",
    "http",
    "httpx",
    "importlib.metadata",
    "inspect",
    "logging",
    "mcp",
    "publicsuffixlist",
    "pydantic",
    "random",
    "re2",
    "shutil",
    "socket",
    "sqlite3",
    "ssl",
    "subprocess",
    "tempfile",
    "typing_extensions",
    "zoneinfo",
    "zstandard",
}
"""What takes a millisecond or more to load, of others and of ours."""

TOKENS = ("--view", "tokens", "--all-projects")
READING = {"agentpprof_mcp.readers.claude.thread", "agentpprof_mcp.taggers.grammar", "sqlite3"}
COMMANDS = {"agentpprof_mcp.effects.commands", "agentpprof_mcp.effects.shell"}

BUDGET: tuple[tuple[tuple[str, ...], set[str], set[str]], ...] = (
    (("--help",), set(), set()),
    (("top", "--help"), set(), set()),
    (TOKENS, READING, {"sqlite3"}),
    (("--view", "system", "--all-projects"), READING | COMMANDS, {"sqlite3"}),
    (("sessions", "--all-projects"), READING, {"sqlite3"}),
)
"""Words of a command, and what of it they may load: when asked for the first time, and from then on."""

LOADED = """
import sys
from agentpprof_cli.main import main
try:
    code = main(sys.argv[1:])
except SystemExit as end:
    code = end.code
sys.stderr.write("\\n" + " ".join(sys.modules))
sys.exit(code)
"""
"""Runs a command, and says on standard error what it took."""


def dotted(path: Path) -> str:
    """`agentpprof_mcp.readers.lines` for its file; a package goes by its folder."""
    package = next(package for package in PACKAGES if path.is_relative_to(package))
    parts = path.relative_to(package.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


SOURCES = {dotted(path): path for package in PACKAGES for path in sorted(package.rglob("*.py"))}
TREES = {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in SOURCES.items()}

every_module = pytest.mark.parametrize("name", SOURCES)


def imports(name: str) -> Iterator[tuple[str, str]]:
    """Every (module, name taken from it) that a module imports anywhere; the name may be empty."""
    for node in ast.walk(TREES[name]):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name} imports relatively"
            module = node.module or ""
            for alias in node.names:
                inner = f"{module}.{alias.name}"
                yield (inner, "") if inner in SOURCES else (module, alias.name)


def part(module: str) -> str:
    """The part of the table that a module of ours belongs to; empty for the bare package."""
    package, *rest = module.split(".")
    if package == "agentpprof_cli":
        return "cli"
    return ".".join(rest[: 2 if rest and rest[0] in SPLIT else 1])


def covers(pattern: str, name: str) -> bool:
    """Whether an entry of the table means this part."""
    return pattern == name or (pattern.endswith(".*") and name.startswith(pattern[:-1]))


def public(name: str) -> list[str]:
    """`__all__` of a module, empty where it has none."""
    for node in TREES[name].body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return list(ast.literal_eval(node.value))
    return []


def bound(name: str) -> set[str]:
    """Names that the top level of a module binds."""
    names: set[str] = set()
    body = TREES[name].body
    tried = [inner for node in body if isinstance(node, ast.Try) for inner in node.body]
    for node in (*body, *tried):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names |= {alias.asname or alias.name for alias in node.names}
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            names |= {
                n.id
                for n in ast.walk(node)
                if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
            }
    return names


@every_module
def test_a_module_imports_only_what_its_part_may(name: str) -> None:
    """Arrows point one way: data, then readers and writers, then what joins them, then the doors."""
    own = part(name)
    rule = next((rule for rule in MAY_IMPORT if covers(rule, own)), "")
    allowed = [own, "", *MAY_IMPORT.get(rule, "").split()]
    ours = {
        part(module)
        for module, _ in imports(name)
        if module.split(".")[0].startswith("agentpprof_")
    }
    assert {other for other in ours if not any(covers(entry, other) for entry in allowed)} == set()


@every_module
def test_heavy_and_dangerous_modules_stay_where_they_belong(name: str) -> None:
    """One place per library keeps start-up fast and the doors few."""
    taken = [module for module, _ in imports(name)]
    for outside, places in ONLY_IN.items():
        if name.removeprefix("agentpprof_mcp.") not in places:
            assert not [m for m in taken if m == outside or m.startswith(f"{outside}.")]


@every_module
def test_types_are_made_ready_in_one_place(name: str) -> None:
    """Threads that make the same one ready at once crash: see `decoding`."""
    for node in ast.walk(TREES[name]):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            made = node.func.attr == "Decoder" and name != "agentpprof_mcp.decoding"
            given = node.func.attr == "decode" and "type" in {word.arg for word in node.keywords}
            converts = node.func.attr == "convert" and name not in CONVERTING
            assert not made
            assert not given
            assert not converts


@every_module
def test_what_is_taken_from_another_module_is_public_there(name: str) -> None:
    """`__all__` is the whole surface of a module."""
    for module, taken in imports(name):
        if module in SOURCES and taken and part(module):
            assert taken in public(module), f"{module} does not offer {taken}"


@every_module
def test_a_module_names_what_it_offers(name: str) -> None:
    """Everything but a mere docstring has an `__all__`, and its names exist."""
    statements = [node for node in TREES[name].body if not isinstance(node, ast.Expr)]
    assert not statements or public(name)
    assert set(public(name)) <= bound(name)


@every_module
def test_files_and_functions_can_be_read_in_a_sitting(name: str) -> None:
    """Where one does not fit, there is a seam."""
    assert len(SOURCES[name].read_text(encoding="utf-8").splitlines()) <= MAX_LINES
    for node in ast.walk(TREES[name]):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            assert lines <= MAX_FUNCTION, f"{node.name} has {lines} lines"


def test_every_part_has_its_line_in_the_table() -> None:
    """A new part says what it may import before it does."""
    parts = {part(name) for name in SOURCES} - {""}
    assert {own for own in parts if not any(covers(rule, own) for rule in MAY_IMPORT)} == set()


def test_every_agent_folder_is_a_reader() -> None:
    """A folder that nobody lists would be an agent that nobody can read."""
    folders = {path.parent.name for path in (PACKAGES[0] / "readers").glob("*/__init__.py")}
    assert {reader.name for reader in READERS} == folders


@pytest.mark.parametrize(
    ("words", "first", "then"), BUDGET, ids=[" ".join(words) for words, *_ in BUDGET]
)
def test_a_command_loads_what_it_needs(
    home: Path, words: tuple[str, ...], first: set[str], then: set[str]
) -> None:
    """Loading is most of the time of a short answer; see docs/adr/010-start-up.md."""
    history = Claude()
    history.prompt("fix the test")
    history.uses("Bash", {"command": "pytest -q"}, "t1")
    history.write(home / ".claude" / "projects" / "p")
    path = os.pathsep.join(str(package.parent) for package in PACKAGES)
    for allowed in (first, then):
        run = subprocess.run(
            [sys.executable, "-c", LOADED, *words],
            env={**os.environ, "PYTHONPATH": path},
            capture_output=True,
            text=True,
            check=False,
        )
        assert run.returncode == 0
        assert HEAVY & set(run.stderr.rpartition("\n")[2].split()) == allowed
