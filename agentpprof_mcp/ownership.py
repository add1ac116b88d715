"""Each call once: which session owns what several files repeat.

A resumed or forked session begins with copies of the old records under the old ids, so a call, a tool
call or a prompt may stand in several sessions. The oldest session owns it; the others lose it. The
owner takes what the copies know better: the larger of each token count, an answer or an error.

Sessions that share an id are found by their `claims`, cheaply and across processes; only such
families need to be held in memory together to be settled. Ids of tool calls and prompts are compared
within a family only: some clients number them anew in every session.
"""

import struct
from collections.abc import Iterable, Sequence
from zlib import adler32, crc32

from agentpprof_mcp.model import UNNAMED, ModelCall, Session, ToolCall

__all__ = ["claim_of_name", "claims", "families", "packed", "settle", "unpacked"]


def claims(session: Session, root: str = "") -> list[int]:
    """What makes a session kin to others of its agent: a number of 64 bits for each id that it holds.

    `root` is what its main file begins with, if that is known.
    """
    agent = session.agent
    held = _claims(f"{agent}c", [call.message for call in session.calls if call.message])
    held += _claims(f"{agent}p", [prompt.key for prompt in session.prompts if prompt.key])
    held += [claim_of_name(agent, name) for name in (session.id, *session.origins)]
    held += _claims(f"{agent}r", [root] if root else [])
    return held


def packed(claims: Sequence[int]) -> bytes:
    """Claims as bytes: histories have very many, and most are only kept."""
    return struct.pack(f"={len(claims)}Q", *claims)


def unpacked(data: bytes) -> Sequence[int]:
    """The same claims again."""
    return memoryview(data).cast("Q") if data else ()


def claim_of_name(agent: str, name: str) -> int:
    """The claim that a session's own id is, and that those have which were forked from it."""
    return _claims(f"{agent}s", [name])[0]


def _claims(kind: str, ids: Iterable[str]) -> list[int]:
    """A number for each id of a kind; ids may hold what UTF-8 does not allow."""
    kind_crc, kind_adler = crc32(kind.encode()), adler32(kind.encode())
    texts = [id_.encode("utf-8", "surrogatepass") for id_ in ids]
    return [crc32(text, kind_crc) << 32 | adler32(text, kind_adler) for text in texts]


def families(claimed: Sequence[Iterable[int]]) -> list[list[int]]:
    """Indexes of sessions that share a claim, directly or through others; only groups of several."""
    first: dict[int, int] = {}
    parent = list(range(len(claimed)))

    def leader(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    for index, held in enumerate(claimed):
        for claim in held:
            other = first.setdefault(claim, index)
            if other != index:
                one, two = sorted((leader(other), leader(index)))
                parent[two] = one
    grouped: dict[int, list[int]] = {}
    for index in range(len(claimed)):
        grouped.setdefault(leader(index), []).append(index)
    return [members for members in grouped.values() if len(members) > 1]


def settle(sessions: Sequence[Session]) -> None:
    """Leave every call, tool call and prompt with one session, and count what the others lose.

    The oldest session (first, then last event, then id) owns; a call known only from embedded
    progress records is owned only if no session holds it outright.
    """
    ordered = sorted(sessions, key=lambda s: (s.started, s.ended, s.id))
    calls = _Calls(call for session in ordered for call in session.calls)
    outright_tools = {t.id for s in ordered for t in s.tools if not t.embedded}
    tools: dict[str, ToolCall] = {}
    prompts: set[str] = set()
    for session in ordered:
        before = len(session.calls) + len(session.tools)
        session.calls = [call for call in session.calls if calls.keep(call)]
        session.tools = [
            tool
            for tool in session.tools
            if not (tool.embedded and tool.id in outright_tools) and _keeps_tool(tool, tools)
        ]
        lost = before - len(session.calls) - len(session.tools)
        for prompt in session.prompts:
            if prompt.key and prompt.key in prompts:
                prompt.counts = False
                lost += 1
            prompts.add(prompt.key)
        session.reconciliation.duplicates += lost


class _Calls:
    """Who owns which model call."""

    def __init__(self, calls: Iterable[ModelCall]) -> None:
        self.outright = {call.message for call in calls if not call.embedded}
        self.by_id: dict[str, ModelCall] = {}
        self.by_message: dict[str, ModelCall] = {}

    def keep(self, call: ModelCall) -> bool:
        """Whether a call stays with its session; if not, its owner learns what it knows better."""
        if not call.message:
            return True
        if call.embedded and call.message in self.outright:
            return False
        owner = self.by_id.setdefault(call.id, call)
        if owner is call:
            first = self.by_message.setdefault(call.message, call)
            if first is call or not (_is_vague(call) or _is_vague(first)):
                return True
            owner = first
        owner.tokens.raise_to(call.tokens)
        owner.lower_bound = owner.lower_bound and call.lower_bound
        return False


def _is_vague(call: ModelCall) -> bool:
    """Whether only the message of a call is known, which then is enough to know it."""
    return call.embedded or call.id == call.message


def _keeps_tool(tool: ToolCall, owned: dict[str, ToolCall]) -> bool:
    if tool.id.startswith(UNNAMED):
        return True
    owner = owned.setdefault(tool.id, tool)
    if owner is tool:
        return True
    if (tool.status.failed and not owner.status.failed) or (tool.answered and not owner.answered):
        owner.status, owner.duration = tool.status, tool.duration
    owner.answered = owner.answered or tool.answered
    return False
