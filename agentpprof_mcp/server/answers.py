"""How every tool, resource and completion answers a call. One function each, and one entry of `ANSWERS`.

Nothing imports this before the first call: clients wait for the greeting, and the service takes its time.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from msgspec.structs import replace

from agentpprof_mcp import giving, looking, results, service
from agentpprof_mcp.errors import UserError
from agentpprof_mcp.server.arguments import MOST_ROWS, ROWS, Asked, choose
from agentpprof_mcp.server.call import Call
from agentpprof_mcp.server.cursors import after, place
from agentpprof_mcp.server.exports import export
from agentpprof_mcp.server.selecting import LAST
from agentpprof_mcp.server.tools import FILES, JSON, TABLE, TEXTS, TOOLS, ToolSpec

__all__ = ["ANSWERS"]

FORMATS = tuple(dict.fromkeys((*TEXTS, *FILES)))
"""Of both kinds, each once."""
TRACED = 3
"""Sessions that are read again for evidence."""
SECTION = 4
"""Parts of an answer that share its rows."""
TELLING = {"prompt", "call", "mcp", "process", "effect", "path", "domain"}
"""Frames that say more of the work than whose it was."""


def _list_sessions(call: Call) -> str:
    asked = call.asked
    query = call.query()
    if asked.session and call.choices.previews:
        query = replace(query, previews=True)
    found = call.sessions(query)
    page = results.listing(found, query.zone, asked.limit, place(call))
    handle = page.rows[0] if page.rows else LAST
    return (
        page.text
        + _more(call, page)
        + results.tail(found.reconciliation, found.tagger)
        + f"next: top_frames(session='{handle}', view='tokens'), or without session for all\n"
    )


def _top_frames(call: Call) -> str:
    asked = call.asked
    whole, report = call.profiles(call.query())
    ranking = service.ranking(report, asked.measure.lower())
    page = service.table(ranking, asked.limit, place(call))
    return _told(call, whole, report, page)


def _profile(call: Call) -> str:
    asked, query = call.asked, call.query()
    form = choose("format", asked.format, FORMATS) if asked.format else TABLE
    if form not in TEXTS:
        raise UserError(f"{form} is a file: call {_hint(call, 'export_profile', format=form)}")
    whole, report = call.profiles(query)
    if form == JSON:
        return results.document(report, asked.limit, place(call), lambda rows: after(call, rows))
    if form == TABLE:
        page = service.table(service.ranking(report), asked.limit, place(call))
        return _told(call, whole, report, page)
    page = results.folded(report, asked.limit, place(call))
    return page.text + _more(call, page) + results.tail(report.reconciliation, report.tagger)


def _frame_details(call: Call) -> str:
    asked, query = call.asked, call.query()
    _, report = call.profiles(query)
    found = looking.details(report, asked.frame, asked.measure.lower())
    handles = [row.handle for row, _ in found.sessions[:TRACED]]
    frame, measure = found.peek.row.frame, asked.measure.lower()
    traces = looking.evidence(query, call.env, report, frame, measure=measure, handles=handles)
    text = results.details(report, found, traces, max(1, asked.limit // SECTION))
    exactly = f"^{frame}$".replace("+", "[+]")
    return (
        text
        + results.tail(report.reconciliation, report.tagger)
        + f"next: {_hint(call, 'top_frames', focus=exactly)} for what is in the same stacks\n"
    )


def _compare_profiles(call: Call) -> str:
    asked = call.asked
    sides, names = [], []
    for name, query in call.sides():
        whole, report = call.profiles(query)
        sides.append(report)
        handles = {row.handle for row in whole.sessions}
        shown = handles.pop() if len(handles) == 1 else name
        names.append(f"{shown} ({len(whole.sessions):,} sessions)")
    base, new = sides
    page = service.compare(
        base,
        new,
        asked.limit,
        asked.measure.lower(),
        place(call),
        normalize=asked.normalize,
    )
    return (
        f"{new.profile.view}: {new.question} base: {names[0]}, new: {names[1]}\n"
        + page.text
        + _more(call, page)
        + results.tail(new.reconciliation, new.tagger)
        + _next(call, page)
    )


def _tag_sessions(call: Call) -> str:
    asked = call.asked
    word, query = asked.tag.lower(), call.query()
    given = giving.given_tags(call.env)
    before = giving.give_tag(query, call.env, word, asked.prompt, dry_run=asked.dry_run)
    what, had = f"session {before.handle}", before.tag
    if asked.prompt >= 0:
        what, had = f"prompt {asked.prompt} of {what}", before.regions[asked.prompt].tag
    verb = "would be" if asked.dry_run else "is now"
    back = given.get((before.facts.lasting, asked.prompt), "")
    undo = _hint(call, "tag_sessions", session=before.handle, tag=back, dry_run=False)
    return f"{what} {verb} {f'tagged {word}' if word else 'without a given tag'} (was {had})\n" + (
        f"undo: {undo}\n" if not asked.dry_run else ""
    )


def _export_profile(call: Call) -> str:
    form = choose("format", call.asked.format, FILES)
    _, report = call.profiles(call.query())
    return export(call, report, form)


# --- parts of answers ------------------------------------------------------------------------


def _told(call: Call, whole: service.Report, report: service.Report, page: service.Page) -> str:
    """A table with what stands around it."""
    return (
        results.head(report, whole)
        + page.text
        + _more(call, page)
        + results.tail(report.reconciliation, report.tagger)
        + _next(call, page)
    )


def _next(call: Call, page: service.Page) -> str:
    """The call that says more of a table's most telling frame, or where there is none, another table."""
    frame = _telling(page)
    if not frame:
        return f"next: {_hint(call, 'list_sessions')}\n"
    return f"next: {_hint(call, 'frame_details', frame=frame)} for callers, prompts and lines\n"


def _hint(call: Call, name: str, **changes: object) -> str:
    """A call of a tool with the arguments of this one, as far as it takes them, and some changed."""
    asked = {**call.asked._asdict(), "limit": ROWS, "cursor": "", **changes}
    spec = next(spec for spec in TOOLS if spec.name == name)
    needed, usual = spec.required, Asked._field_defaults
    given = {key: asked[key] for key in spec.takes if key in needed or asked[key] != usual[key]}
    return f"{name}({', '.join(f'{key}={value!r}' for key, value in given.items())})"


def _more(call: Call, page: service.Page) -> str:
    """How to see the rows that come after a page."""
    if not page.left:
        return ""
    return f"more: the same call with cursor='{after(call, len(page.rows))}'\n"


def _telling(page: service.Page) -> str:
    """The first frame of a table that is worth a closer look, else the first; empty where it has none."""
    telling = (frame for frame in page.rows if frame.partition(":")[0] in TELLING)
    return next(telling, page.rows[0] if page.rows else "")


# --- resources and completions ---------------------------------------------------------------


def _listed(call: Call) -> str:
    query = call.query()
    return results.listing(call.sessions(query), query.zone, MOST_ROWS, 0).text


def _encoded(form: str) -> Callable[[Call], str | bytes]:
    def make(call: Call) -> str | bytes:
        _, report = call.profiles(call.query())
        if form == TABLE:
            return (
                results.head(report, report)
                + service.table(service.ranking(report), MOST_ROWS).text
            )
        data = service.encode(report, form)
        return data if service.writer_named(form).binary else data.decode()

    return make


def _handles(call: Call) -> list[str]:
    return [session.handle for session in call.sessions(call.query()).sessions]


# --- the table -------------------------------------------------------------------------------


def _remembered(spec: ToolSpec, answer: Callable[[Call], str], call: Call) -> str:
    """What a tool that only reads says: what it said before, if nothing has changed since."""
    queries = call.sides() if "base" in spec.takes else [("", call.query())]
    return results.capped(call.text(spec.name, answer, [query for _, query in queries]))


OF_TOOLS: dict[str, Callable[[Call], str]] = {
    "list_sessions": _list_sessions,
    "top_frames": _top_frames,
    "profile": _profile,
    "frame_details": _frame_details,
    "compare_profiles": _compare_profiles,
    "tag_sessions": _tag_sessions,
    "export_profile": _export_profile,
}

ANSWERS: dict[str, Callable[[Call], Any]] = {
    **OF_TOOLS,
    **{spec.name: partial(_remembered, spec, OF_TOOLS[spec.name]) for spec in TOOLS if spec.reads},
    "sessions": _listed,
    "handles": _handles,
    **{f"as {form}": _encoded(form) for form in (TABLE, *FILES)},
}
"""By name of a tool, or of what else is asked for."""
