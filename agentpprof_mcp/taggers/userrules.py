"""The user's rules: from the command line, then from a file. They come before the built-in ones."""

import os
from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec

from agentpprof_mcp.errors import InputError, UserError
from agentpprof_mcp.patterns import matcher
from agentpprof_mcp.taggers.base import TAG

__all__ = ["KINDS", "UserRule", "parse_rules", "rules_of"]

KINDS = ("session", "prompt", "llm", "all")
DEFAULT_FILE = "tags.toml"
MAX_RULES = 200
MAX_FILE = 1 << 20
KEYS = {"kind", "tag", "pattern"}


class UserRule(msgspec.Struct, frozen=True):
    """Texts of a kind that match get the tag. `name` tells it from others without its pattern."""

    name: str
    kind: str
    tag: str
    pattern: str
    matches: Callable[[str], bool]


def parse_rules(sources: Iterable[str]) -> list[UserRule]:
    """Rules from `KIND:TAG=REGEX`, in order. Raises `UserError` with the rule's number."""
    rules = []
    for number, source in enumerate(sources, 1):
        name = f"tag rule {number}"
        head, equals, pattern = source.partition("=")
        kind, colon, tag = head.partition(":")
        if not (equals and colon and pattern):
            raise UserError(f"{name} is not KIND:TAG=REGEX, as in prompt:publish=cargo publish")
        rules.append(_rule(name, kind, tag, pattern))
    return _few(rules)


def rules_of(path: Path | None, config: Path) -> list[UserRule]:
    """Rules from the tables `[[rule]]` of a TOML file, in order.

    Without a path they are those of `tags.toml` in the folder of settings, if it exists. Raises `InputError` if it cannot be read, `UserError` with the rule's number if it is wrong.
    """
    if path is None:
        path = config / DEFAULT_FILE
        if not os.path.lexists(path):
            return []
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_FILE + 1)
    except OSError as error:
        raise InputError(
            f"cannot read the tag rules in {path}: {error.strerror or error}"
        ) from None
    if len(data) > MAX_FILE:
        raise InputError(f"the tag rules in {path} are larger than {MAX_FILE >> 20} MiB")
    import tomllib  # noqa: PLC0415  only users of rules pay for it

    try:
        document = tomllib.loads(data.decode())
    except UnicodeDecodeError:
        raise UserError(f"{path} is not UTF-8") from None
    except (tomllib.TOMLDecodeError, RecursionError):
        raise UserError(f"{path} is not TOML; a rule is a table [[rule]]") from None
    tables = document.get("rule", [])
    if set(document) - {"rule"} or not isinstance(tables, list):
        raise UserError(f"{path} may hold tables [[rule]] only, with kind, tag and pattern")
    return _few([_from_table(number, table, path) for number, table in enumerate(tables, 1)])


def _from_table(number: int, table: object, path: Path) -> UserRule:
    name = f"rule {number} of {path.name}"
    if not isinstance(table, dict) or set(table) != KEYS:
        raise UserError(f"{name}: a rule has kind, tag and pattern")
    if not all(isinstance(value, str) for value in table.values()):
        raise UserError(f"{name}: kind, tag and pattern are strings")
    return _rule(name, table["kind"], table["tag"], table["pattern"])


def _few(rules: list[UserRule]) -> list[UserRule]:
    if len(rules) > MAX_RULES:
        raise UserError(f"{len(rules)} tag rules; at most {MAX_RULES} are allowed")
    return rules


def _rule(name: str, kind: str, tag: str, pattern: str) -> UserRule:
    """A checked rule. What is wrong is told without the pattern, which may hold anything."""
    if kind not in KINDS:
        raise UserError(f"{name}: the kind must be one of {', '.join(KINDS)}")
    if not TAG.fullmatch(tag):
        raise UserError(f"{name}: a tag is one lower-case word of 3 to 12 letters")
    return UserRule(name, kind, tag, pattern, matcher(pattern, name, any_case=False))
