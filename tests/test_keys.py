"""The key behind pseudonyms: one for each machine, for its user alone."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from agentpprof_mcp.keys import MachineKey


def test_a_key_is_made_once_and_read_back(tmp_path: Path) -> None:
    """So a session is called the same tomorrow."""
    key = MachineKey(tmp_path / "cache")()
    assert len(set(key)) > 8
    assert MachineKey(tmp_path / "cache")() == key
    (path,) = (tmp_path / "cache").iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_machines_have_different_keys(tmp_path: Path) -> None:
    """A pseudonym from elsewhere cannot be tried out."""
    assert MachineKey(tmp_path / "one")() != MachineKey(tmp_path / "two")()


def test_a_key_is_not_made_before_it_is_needed(tmp_path: Path) -> None:
    """Most histories need none."""
    MachineKey(tmp_path / "cache")
    assert not (tmp_path / "cache").exists()


def test_of_several_makers_one_wins(tmp_path: Path) -> None:
    """Workers that start together agree."""
    makers = [MachineKey(tmp_path) for _ in range(16)]
    with ThreadPoolExecutor(16) as pool:
        assert len(set(pool.map(MachineKey.__call__, makers))) == 1
    assert len(list(tmp_path.iterdir())) == 1


def test_what_is_no_key_is_replaced(tmp_path: Path) -> None:
    """A cut or emptied file would be a key that can be guessed."""
    (tmp_path / "pseudonym-key").write_bytes(b"short")
    key = MachineKey(tmp_path)()
    assert len(key) == 32
    assert MachineKey(tmp_path)() == key


def test_where_nothing_can_be_kept_the_key_is_of_this_run(tmp_path: Path) -> None:
    """A folder that cannot be made is no reason to end."""
    (tmp_path / "cache").write_bytes(b"")
    key = MachineKey(tmp_path / "cache")
    assert key() == key()
    assert key() != MachineKey(tmp_path / "cache")()
