"""Looking after the index: what it knows, whether that is right, and forgetting it."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from agentpprof_mcp.collect import TROUBLES, Progress, collect
from agentpprof_mcp.digest import Digest, Facts
from agentpprof_mcp.env import Env
from agentpprof_mcp.errors import InputError, NothingFoundError
from agentpprof_mcp.index import Index, Store
from agentpprof_mcp.keys import MachineKey
from agentpprof_mcp.profile import Samples
from agentpprof_mcp.query import Query, Selection
from agentpprof_mcp.totals import STACKS, Summing, Total, total_of_digests, weights
from agentpprof_mcp.views import VIEWS, View

__all__ = ["Known", "Verdict", "clear", "forget", "known", "verify"]

ENCODER = msgspec.msgpack.Encoder(order="deterministic")


class Known(NamedTuple):
    """What the index file holds: its size in bytes, and by agent the sessions there and gone.

    `trouble` is a sentence, empty while all is well.
    """

    path: Path
    size: int
    sessions: dict[str, tuple[int, int]]
    trouble: str


class Verdict(NamedTuple):
    """How many remembered answers were compared with what the files say, and those that differ."""

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
    return Known(store.file.path, store.size(), sessions, TROUBLES.get(store.trouble, ""))


def verify(roots: Mapping[str, Path], env: Env, progress: Progress) -> Verdict:
    """Read all history again, in every view, and compare it with what is remembered of it.

    Sessions that change meanwhile are not compared.
    """
    compared, wrong = 0, []
    query = Query(Selection(roots=roots))
    for view in (None, *VIEWS):
        name = view.name if view else "list"
        ask = partial(_sessions, query, env, view, progress)
        before, files, after = ask(), ask(remember=False), ask()
        remembered, read, later = map(_by_handle, (before, files, after))
        handles = remembered.keys() | read.keys()
        steady = [key for key in sorted(handles) if remembered.get(key) == later.get(key)]
        compared += len(steady)
        wrong += [f"{key} ({name})" for key in steady if remembered.get(key) != read.get(key)]
        if view and files and remembered == read == later:
            for summing in (STACKS, *map(weights, range(len(view.measures)))):
                compared += 1
                total = collect(query, env, view, progress, summing).total
                wrong += (
                    [] if _adds_up(total, files, summing) else [f"sum of {summing.name} ({name})"]
                )
    return Verdict(compared, wrong)


def _sessions(
    query: Query, env: Env, view: View | None, progress: Progress, *, remember: bool = True
) -> list[Digest]:
    """All sessions, from the index or from their files."""
    try:
        return collect(replace(query, remember=remember), env, view, progress).sessions
    except NothingFoundError:
        return []


def _adds_up(total: Total | None, digests: list[Digest], summing: Summing) -> bool:
    """Whether a remembered sum is that of the digests."""
    sums = total_of_digests(digests, summing)
    if total is None or total.sessions != sums.sessions:
        return False
    return dict(total) == dict(sums) and (total.started, total.ended) == (sums.started, sums.ended)


def _by_handle(digests: list[Digest]) -> dict[str, list[bytes]]:
    """Digests as bytes that are equal for equal digests; several sessions may have one handle."""
    found: dict[str, list[bytes]] = {}
    for digest in digests:
        found.setdefault(digest.handle, []).append(_bytes(digest))
    return found


def _bytes(digest: Digest) -> bytes:
    plain = msgspec.structs.replace(digest, samples=Samples(), facts=Facts())
    return ENCODER.encode((plain, sorted(digest.samples)))


def forget(env: Env, selection: Selection) -> int:
    """Forget sessions whose files are gone, all or those of some ids; how many. Raises `InputError`."""
    index = _index(env, selection.roots)
    units = list(index.units())
    chosen = {
        unit.number
        for unit in units
        if unit.gone
        and (not selection.agents or unit.agent in selection.agents)
        and (not selection.session_ids or unit.lasting.startswith(selection.session_ids))
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
