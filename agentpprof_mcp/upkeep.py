"""Looking after the index: what it knows, whether that is right, and forgetting it."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import msgspec

from agentpprof_mcp.collect import Progress, collect
from agentpprof_mcp.digest import Digest, Facts
from agentpprof_mcp.env import Env
from agentpprof_mcp.errors import InputError, NothingFoundError
from agentpprof_mcp.index import Index, Store
from agentpprof_mcp.keys import MachineKey
from agentpprof_mcp.query import Query, Selection
from agentpprof_mcp.views import VIEWS, View

__all__ = ["Known", "Verdict", "clear", "forget", "known", "verify"]

ENCODER = msgspec.msgpack.Encoder(order="deterministic")


class Known(NamedTuple):
    """What the index file holds: its size in bytes, and by agent the sessions there and gone."""

    path: Path
    size: int
    sessions: dict[str, tuple[int, int]]
    trouble: str


class Verdict(NamedTuple):
    """How many remembered digests were compared with what the files say, and those that differ."""

    compared: int
    wrong: list[str]


def _index(env: Env, roots: Mapping[str, Path]) -> Index:
    return Index(Store(env.cache, MachineKey(env.cache), env.now), roots)


def known(env: Env, roots: Mapping[str, Path]) -> Known:
    """What there is."""
    index = _index(env, roots)
    sessions = {}
    for agent, catalog in index.catalogs.items():
        gone = sum(unit.gone > 0 for unit in catalog.units.values())
        sessions[agent] = (len(catalog.units) - gone, gone)
    store = index.store
    return Known(store.file.path, store.size(), sessions, store.trouble)


def verify(roots: Mapping[str, Path], env: Env, progress: Progress) -> Verdict:
    """Read all history again, in every view, and compare it with what is remembered of it."""
    compared, wrong = 0, []
    for view in (None, *VIEWS):
        remembered = _digests(Query(Selection(roots=roots)), env, view, progress)
        read = _digests(Query(Selection(roots=roots), remember=False), env, view, progress)
        compared += len(read)
        name = view.name if view else "list"
        wrong += [f"{handle} ({name})" for handle in read if remembered.get(handle) != read[handle]]
        wrong += [f"{handle} ({name})" for handle in remembered if handle not in read]
    return Verdict(compared, wrong)


def _digests(query: Query, env: Env, view: View | None, progress: Progress) -> dict[str, bytes]:
    """Digests by handle, as bytes that are equal for equal digests."""
    try:
        sessions = collect(query, env, view, progress).sessions
    except NothingFoundError:
        return {}
    return {digest.handle: _bytes(digest) for digest in sessions}


def _bytes(digest: Digest) -> bytes:
    ordered = sorted(zip(digest.samples, digest.values, strict=True))
    samples = [sample for sample, _ in ordered]
    values = [value for _, value in ordered]
    plain = msgspec.structs.replace(digest, samples=samples, values=values, facts=Facts())
    return ENCODER.encode(plain)


def forget(env: Env, selection: Selection) -> int:
    """Forget sessions whose files are gone, all or those of some ids; how many. Raises `InputError`."""
    index = _index(env, selection.roots)
    units = list(index.units())
    chosen = {
        unit.number
        for unit in units
        if unit.gone
        and (not selection.session_ids or unit.session.startswith(selection.session_ids))
    }
    rows = index.rows([unit for unit in units if unit.number not in chosen])
    if chosen and not index.store.keep(rows, chosen):
        raise InputError("the index cannot be written now; try again")
    return len(chosen)


def clear(env: Env) -> bool:
    """Delete the index; whether there was one. Raises `InputError`."""
    try:
        return Store(env.cache, MachineKey(env.cache), env.now).remove()
    except OSError as error:
        raise InputError(f"cannot delete the index: {error.strerror or error}") from None
