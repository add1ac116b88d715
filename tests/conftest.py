"""What every test gets: a home of its own, no network, and golden files."""

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

GOLDEN = Path(__file__).parent / "golden"
HOMES = {
    "HOME": "",
    "USERPROFILE": "",
    "XDG_CACHE_HOME": ".cache",
    "XDG_CONFIG_HOME": ".config",
    "XDG_DATA_HOME": ".local/share",
    "XDG_STATE_HOME": ".local/state",
    "CLAUDE_CONFIG_DIR": ".claude",
    "CODEX_HOME": ".codex",
}

settings.register_profile("ours", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("ours")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="rewrite the golden files")


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("real") and "AGENTPPROF_DATA" not in os.environ:
        pytest.skip("AGENTPPROF_DATA names no folder of real history")


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home folder, where every agent and cache is looked for."""
    folder = tmp_path_factory.mktemp("home")
    for name, below in HOMES.items():
        monkeypatch.setenv(name, str(folder / below))
    return folder


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Connecting to another machine fails."""

    def guard(connect: Callable[..., object]) -> Callable[..., object]:
        def guarded(self: socket.socket, address: object) -> object:
            host = address[0] if isinstance(address, tuple) else "localhost"
            if host not in {"localhost", "::1"} and not str(host).startswith("127."):
                msg = f"a test tried to reach {host}"
                raise OSError(msg)
            return connect(self, address)

        return guarded

    for name in ("connect", "connect_ex"):
        monkeypatch.setattr(socket.socket, name, guard(getattr(socket.socket, name)))


@pytest.fixture
def golden(pytestconfig: pytest.Config) -> Callable[[str, bytes], None]:
    """Compare bytes with a file below `golden`; `--update-golden` writes it instead."""

    def compare(name: str, data: bytes) -> None:
        path = GOLDEN / name
        if pytestconfig.getoption("--update-golden"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        assert path.is_file(), f"{name} is missing: run pytest --update-golden"
        assert data.decode() == path.read_bytes().decode()

    return compare
