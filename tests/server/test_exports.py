"""Profiles as files: where they may be written, and what is said of them."""

import gzip
import stat
from collections.abc import Awaitable, Callable
from pathlib import Path

import anyio
import pytest
from mcp import Client
from mcp.types import TextContent

from agentpprof_mcp import service
from agentpprof_mcp.env import Env
from agentpprof_mcp.query import Query, Selection
from agentpprof_mcp.server import Choices, build

Export = Callable[..., Awaitable[str]]


def contents(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where exports go; it is made when it is needed."""
    return tmp_path / "exports" / "here"


@pytest.fixture
def export(folder: Path, history: Path) -> Export:
    """Call `export_profile` of a server with that folder."""

    async def call(where: Path = folder, **arguments: object) -> str:
        async with Client(build(Choices({}, output_dir=where))) as client:
            result = await client.call_tool("export_profile", arguments)
        (content,) = result.content
        assert isinstance(content, TextContent)
        return ("ERROR " if result.is_error else "") + content.text

    return call


@pytest.mark.parametrize(
    ("form", "ending"),
    [("pprof", ".pb.gz"), ("folded", ".folded"), ("svg", ".svg"), ("json", ".json")],
)
async def test_the_file_is_that_of_the_command_line(
    export: Export, folder: Path, form: str, ending: str
) -> None:
    """Byte for byte, for the user alone, and the answer says how to open it."""
    answer = await export(format=form, view="tokens")
    path = folder / f"tokens-profile{ending}"
    env = Env.real()
    query = Query(
        Selection(project_root=env.cwd, roots={"claude": env.home / ".claude"}), view="tokens"
    )
    assert path.read_bytes() == service.encode(service.profile(query, env), form)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    size = path.stat().st_size
    assert answer.startswith(
        f"wrote {path}: 344 tokens in 8 stacks of 1 sessions, {size:,} bytes\n"
    )
    assert "\nopen with: " in answer
    assert contents(folder) == [path.name]


async def test_a_file_is_replaced_only_when_asked(export: Export, folder: Path) -> None:
    """Somebody may still want it."""
    assert (await export(name="Week.pb.gz")).startswith("wrote ")
    before = (folder / "week.pb.gz").read_bytes()
    assert "week.pb.gz exists; give another name, or overwrite=true" in await export(name="week")
    assert (folder / "week.pb.gz").read_bytes() == before
    assert (await export(name="week", view="tokens", overwrite=True)).startswith("wrote ")
    assert (folder / "week.pb.gz").read_bytes() != before
    assert contents(folder) == ["week.pb.gz"]


@pytest.mark.parametrize(
    "name",
    [
        "../up",
        "/etc/passwd",
        "a/b",
        "..",
        ".hidden",
        "~root",
        "a\x00b",
        "x" * 65,
        "a b",
        "con\\x",
        "-o",
    ],
)
async def test_names_that_lead_elsewhere_are_refused(
    export: Export, folder: Path, name: str
) -> None:
    """And nothing is written."""
    assert (await export(name=name)).startswith("ERROR ")
    assert "exports" not in contents(folder.parents[1])


@pytest.fixture
def linked(folder: Path, tmp_path: Path) -> Path:
    """A file outside, and a link to it inside."""
    target = tmp_path / "precious"
    target.write_bytes(b"mine")
    folder.mkdir(parents=True)
    (folder / "x.folded").symlink_to(target)
    return target


async def test_a_link_is_neither_followed_nor_trusted(
    export: Export, folder: Path, linked: Path
) -> None:
    """It is a file of that name like any other."""
    assert "exists" in await export(name="x", format="folded")
    assert (await export(name="x", format="folded", overwrite=True)).startswith("wrote ")
    assert contents(folder) == ["x.folded"]
    assert await anyio.Path(linked).read_bytes() == b"mine"


async def test_history_is_no_place_for_exports(export: Export, history: Path) -> None:
    """It is only read."""
    answer = await export(where=history / "exports")
    assert "would land in the history itself" in answer
    assert "exports" not in contents(history)


async def test_a_folder_that_cannot_be_made_is_told(export: Export) -> None:
    """Without the name of anything but the file."""
    answer = await export(where=Path(__file__) / "x")
    assert answer.endswith("cannot write tasks-profile.pb.gz: Not a directory")


async def test_without_a_folder_exports_go_to_the_cache(history: Path, home: Path) -> None:
    """Shown as a path that a shell understands, without the user's name."""
    async with Client(build(Choices({}))) as client:
        result = await client.call_tool("export_profile", {"session": "last"})
    path = home / ".cache" / "agentpprof" / "exports" / "tasks-last.pb.gz"
    assert gzip.decompress(path.read_bytes())
    assert "wrote ~/.cache/agentpprof/exports/tasks-last.pb.gz: " in str(result.content)
