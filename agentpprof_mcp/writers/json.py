"""JSON: the whole report for programs, in the schema `agentpprof/1`.

{"schema", "view", "question", "measures": [{"name", "unit"}], "totals": [...],
 "stacks": [{"frames": [...], "values": [...]}], "sessions": [...], "reconciliation": {...}, "tagger": {...}}

and "public": {...} in a report that was made fit for others.
"""

import msgspec

from agentpprof_mcp.writers.base import Report, SessionRow, account_fields

__all__ = ["SCHEMA", "write"]

SCHEMA = "agentpprof/1"


def write(report: Report) -> bytes:
    """Return the report as indented UTF-8 JSON with a newline at the end; frames are root first."""
    profile = report.profile
    document = {
        "schema": SCHEMA,
        "view": profile.view,
        "question": report.question,
        "measures": [measure._asdict() for measure in profile.measures],
        "totals": profile.totals(),
        "stacks": [
            {"frames": stack, "values": values} for stack, values in profile.stacks().items()
        ],
        "sessions": [_session(row) for row in report.sessions],
        "reconciliation": account_fields(report.reconciliation),
        "tagger": _sorted(report.tagger),
        **({"public": report.manifest} if report.manifest else {}),
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"


def _session(row: SessionRow) -> dict[str, object]:
    """Name the kinds of tokens, which the model keeps as a bare array; most sessions are not deleted."""
    shown = {**msgspec.structs.asdict(row), "tokens": msgspec.structs.asdict(row.tokens)}
    return {name: value for name, value in shown.items() if name != "deleted" or value}


def _sorted(counts: object) -> msgspec.Raw:
    """Fix the order of mappings that were filled in the order of reading."""
    return msgspec.Raw(msgspec.json.encode(counts, order="deterministic"))
