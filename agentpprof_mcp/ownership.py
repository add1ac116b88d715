"""Each call once: which session owns what several files repeat.

A resumed or forked session begins with copies of the old records under the old ids, so a call, a tool
call or a prompt may stand in several sessions. The oldest session owns it; the others lose it. The
owner takes what the copies know better: the larger of each token count, an answer or an error.

Sessions that share an id are found by their `claims`, cheaply and across processes; only such
families need to be held in memory together to be settled.
"""

from collections.abc import Iterable, Sequence

from agentpprof_mcp.model import ModelCall, Session, ToolCall, message_id

__all__ = ["claims", "families", "settle"]


def claims(session: Session) -> list[int]:
    """What a session says it holds: a number for each id, equal for two copies within one run.

    Two ids of one number only make a family that has nothing to settle.
    """
    held = [hash(f"c{message_id(call.id)}") for call in session.calls]
    held += [hash(f"t{tool.id}") for tool in session.tools]
    held += [hash(f"p{prompt.key}") for prompt in session.prompts if prompt.key]
    return held


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
    calls: dict[str, ModelCall] = {}
    tools: dict[str, ToolCall] = {}
    prompts: set[str] = set()
    outright = {message_id(c.id) for s in ordered for c in s.calls if not c.embedded}
    outright_tools = {t.id for s in ordered for t in s.tools if not t.embedded}
    for session in ordered:
        before = len(session.calls) + len(session.tools)
        session.calls = [
            call
            for call in session.calls
            if not (call.embedded and message_id(call.id) in outright) and _keeps_call(call, calls)
        ]
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


def _keeps_call(call: ModelCall, owned: dict[str, ModelCall]) -> bool:
    key = message_id(call.id) if call.embedded else call.id
    owner = owned.setdefault(key, call)
    if owner is call:
        return True
    owner.tokens.raise_to(call.tokens)
    owner.lower_bound = owner.lower_bound and call.lower_bound
    return False


def _keeps_tool(tool: ToolCall, owned: dict[str, ToolCall]) -> bool:
    owner = owned.setdefault(tool.id, tool)
    if owner is tool:
        return True
    if (tool.status.failed and not owner.status.failed) or (tool.answered and not owner.answered):
        owner.status, owner.duration = tool.status, tool.duration
    owner.answered = owner.answered or tool.answered
    return False
