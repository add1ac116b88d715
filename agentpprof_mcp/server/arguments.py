"""What tools take: every argument once, as data, with its schema, its reading, and what to say of mistakes.

Values are read leniently, a number in a text is a number, and checked here for what they may hold, so that
no error has to repeat a text that somebody made up.
"""

import re
import typing
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, NamedTuple, get_args

from agentpprof_mcp.errors import UserError
from agentpprof_mcp.readers import READERS
from agentpprof_mcp.views import VIEWS

__all__ = ["AGENTS", "MOST_ROWS", "ROWS", "SELECTORS", "VIEW_NAMES", "Asked", "choose", "misnamed", "read", "schema"]  # fmt: skip

AGENTS = tuple(reader.name for reader in READERS)
VIEW_NAMES = tuple(name for view in VIEWS for name in (view.name, *view.aliases))
MEASURES = tuple(dict.fromkeys(measure.name for view in VIEWS for measure in view.measures))
ROWS, MOST_ROWS = 20, 50

MAX_TEXT = 1024
WORD = re.compile(r"[A-Za-z0-9]{0,20}([_-][A-Za-z0-9]{1,20})?")
"""What a name of ours may be; three of them in a row are a sentence that nobody has to read twice."""
NAME = re.compile(r"[\w.:/+@-]{0,200}")
TIME = re.compile(r"[0-9TZ:.+smhdw-]{0,64}")
FREE = re.compile(rf"(?s:.{{0,{MAX_TEXT}}})")
"""Anything, and never repeated."""
FORMS = {
    **dict.fromkeys(("view", "format", "measure", "agent"), WORD),
    **dict.fromkeys(("since", "until"), TIME),
    **dict.fromkeys(("focus", "tag"), FREE),
}
"""What a text may look like; where nothing is said, like a name."""


class Asked(NamedTuple):
    """The arguments of a call, of whatever tool, with what each means where nobody gives it."""

    view: Annotated[str, f"{', '.join(view.name for view in VIEWS)}; default {VIEWS[0].name}"] = ""
    frame: Annotated[str, "a frame as tables show it, such as effect:test"] = ""
    base: Annotated[str, "what to compare with: a session, or a period such as 14d..7d"] = ""
    normalize: Annotated[bool, "compare shares: multiply the base to an equal total"] = False
    format: Annotated[str, ""] = ""
    measure: Annotated[str, f"weight, by view: {', '.join(MEASURES)}"] = ""
    name: Annotated[str, "file name without ending"] = ""
    overwrite: Annotated[bool, "replace a file of that name"] = False
    tag: Annotated[str, "one English word of 3 to 12 letters; empty takes a given tag back"] = ""
    prompt: Annotated[int, "index of a prompt, for a tag of its own"] = -1
    dry_run: Annotated[bool, "only say what would change"] = False
    project: Annotated[str, "name, or all; default the client's folder"] = ""
    agent: Annotated[str, " or ".join(AGENTS)] = ""
    session: Annotated[str, "current, last, or start of an id"] = ""
    session_tag: Annotated[str, ""] = ""
    prompt_tag: Annotated[str, ""] = ""
    since: Annotated[str, "7d, 24h or a UTC date"] = ""
    until: Annotated[str, ""] = ""
    focus: Annotated[str, "regex: only stacks with a matching frame"] = ""
    limit: Annotated[int, f"1-{MOST_ROWS}, default {ROWS}"] = ROWS
    cursor: Annotated[str, ""] = ""


SELECTORS = ("project", "agent", "session", "session_tag", "prompt_tag", "since", "until")

HINTS: dict[str, Any] = typing.get_type_hints(Asked, include_extras=True)
DEFAULTS = Asked._field_defaults
JSON_TYPES = {str: "string", int: "integer", bool: "boolean"}
TAKES = {str: "a text", int: "a whole number", bool: "true or false"}
TRUTHS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False, "": False}


def schema(
    names: Iterable[str], required: Sequence[str], about: Mapping[str, str]
) -> dict[str, Any]:
    """The JSON schema of these arguments; `about` describes some anew for one tool."""
    properties = {}
    for name in names:
        kind, text = get_args(HINTS[name])
        text = about.get(name, text)
        properties[name] = {
            "type": JSON_TYPES[kind],
            **({"description": text} if text else {}),
        }
    return {
        "type": "object",
        "properties": properties,
        **({"required": list(required)} if required else {}),
    }


def read(given: Mapping[str, object], required: Sequence[str]) -> Asked:
    """The arguments that were given. Raises `UserError` for what one cannot be, or lacks."""
    values = {name: _value(name, value) for name, value in given.items() if value is not None}
    for name in required:
        if not values.get(name) and (name != "tag" or name not in values):
            raise UserError(f"{name} is missing: {get_args(HINTS[name])[1]}")
    asked = Asked(**values)
    if not 1 <= asked.limit <= MOST_ROWS:
        raise UserError(f"limit must be 1 to {MOST_ROWS}")
    return asked


def _value(name: str, value: object) -> Any:  # noqa: ANN401  of the type that the argument has
    kind = type(DEFAULTS[name])
    if kind is bool:
        truth = TRUTHS.get(str(value).strip().lower())
        if truth is not None:
            return truth
    elif kind is int:
        if re.fullmatch(r"[+-]?\d{1,9}(\.0*)?", str(value).strip()):
            return int(float(str(value)))
    elif isinstance(value, str | int | float) and not isinstance(value, bool):
        return _text(name, str(value).strip())
    raise UserError(f"{name} takes {TAKES[kind]}")


def _text(name: str, text: str) -> str:
    form = FORMS.get(name, NAME)
    if form is TIME:
        text = "T".join(text.split(" ", 1))
    if name == "base" and ".." in text:
        form = TIME
    if not form.fullmatch(text):
        what = get_args(HINTS[name])[1] or "one word"
        raise UserError(f"{name} cannot be that; it takes: {what}")
    return text


def choose(what: str, given: str, known: Sequence[str]) -> str:
    """The known word that was given, in any case; the first without one. Raises `UserError`."""
    word = given.lower() or known[0]
    if word not in known:
        raise UserError(_unknown(what, word, known))
    return word


def misnamed(what: str, name: str, given: Iterable[str], known: Mapping[str, Sequence[str]]) -> str:
    """What to say of a name that nobody knows, or of an argument given to it; empty when all is well.

    `known` are the arguments by name.
    """
    if name not in known:
        return _unknown(what, name, tuple(known))
    wrong = next((argument for argument in given if argument not in known[name]), None)
    return "" if wrong is None else _unknown("argument", wrong, known[name])


def _unknown(what: str, given: str, known: Sequence[str]) -> str:
    """What to say of a name that nobody knows: the nearest, and all. A long one is not repeated."""
    from difflib import get_close_matches  # noqa: PLC0415  only mistakes pay for it

    name = f" {given!r}" if WORD.fullmatch(given) else ""
    near = get_close_matches(given[:MAX_TEXT], known, 1)
    nearest = f" did you mean {near[0]}?" if near else ""
    return f"unknown {what}{name};{nearest} known: {', '.join(known)}"
