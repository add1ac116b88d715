r"""The simple commands of a shell text as tree-sitter's grammar of bash sees them: a second opinion.

Compared are the first words of all simple commands, in the order in which the commands end. The same is
left out of both readings, or said in the same way:

- commands of assignments or redirections only, and calls of functions that the text itself defines;
- what substitutions in here-documents run, since here-documents are stepped over;
- quotes, and the words `time` and `coproc`, which belong to the shell and not to a command;
- an expansion in a name is one NUL, whatever it would be.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

import tree_sitter
import tree_sitter_bash
from tree_sitter import Node

from agentpprof_mcp.effects.grammar import MAX_COMMANDS, parse
from agentpprof_mcp.effects.unwrap import ASSIGNMENT

__all__ = ["Opinions", "opinions"]

PARSER = tree_sitter.Parser(tree_sitter.Language(tree_sitter_bash.language()))
MARK = re.compile("\0\\w*\0")
ESCAPE = re.compile(r"\\(?:\r?\n|(.))", re.DOTALL)
QUOTED_ESCAPE = re.compile(r'\\(?:\r?\n|(["\\$`]))')
PREFIXES = frozenset(("time", "coproc"))
COMMANDS = frozenset(("command", "declaration_command", "unset_command", "test_command"))
EXPANSIONS = ("expansion", "simple_expansion", "command_substitution", "arithmetic_expansion")


class Opinions(NamedTuple):
    """Names of commands as two readers find them; None: ours is in doubt, or their tree has errors."""

    ours: list[str] | None
    theirs: list[str] | None


def opinions(text: str) -> Opinions:
    """Read a text twice. Theirs is cut where we keep no more commands."""
    script, tree = parse(text), PARSER.parse(text.encode())
    theirs = None if tree.root_node.has_error else list(_called(tree.root_node, set()))
    if script is None:
        return Opinions(None, theirs)
    ours = [name for name in map(_first, (command.words for command in script.commands)) if name]
    if theirs and len(script.commands) == MAX_COMMANDS:
        theirs = theirs[: len(ours)]
    return Opinions(ours, theirs)


def _first(words: list[str]) -> str:
    """The first word that is no assignment."""
    named = (word for word in words if not ASSIGNMENT.match(word))
    return MARK.sub("\0", next(named, ""))


def _called(node: Node, functions: set[str]) -> Iterator[str]:
    """Names in and below a node; `functions` gathers what the text defines."""
    if node.type == "heredoc_body":
        return
    if node.type == "function_definition":
        functions.add(_literal(node.child_by_field_name("name")))
    for child in _in_order(node):
        yield from _called(child, functions)
    if node.type in COMMANDS:
        name = _name(node)
        if name and name not in functions:
            yield name


def _in_order(node: Node) -> list[Node]:
    """Children, a command behind what its redirections run: it ends behind them."""
    body = node.child_by_field_name("body")
    if node.type != "redirected_statement" or body is None or body.type not in COMMANDS:
        return node.named_children
    late = [child for child in node.named_children if child.type == "heredoc_redirect"]
    return [child for child in node.named_children if child not in (body, *late)] + [body, *late]


def _name(node: Node) -> str:
    """The name that a node of `COMMANDS` calls; empty for none."""
    if node.type != "command":
        first = node.children[0]
        return "" if first.type == "[[" else first.type
    skipped = ("file_redirect", "herestring_redirect", "variable_assignment")
    words = [_literal(child) for child in node.named_children if child.type not in skipped]
    if words[0] in PREFIXES:
        words = [word for word in words[1:] if word != "-p" and not ASSIGNMENT.match(word)]
    return words[0] if words else ""


def _literal(node: Node | None) -> str:
    """The word without its quotes, expansions as NUL."""
    if node is None:
        return ""
    text = (node.text or b"").decode()
    if node.type in EXPANSIONS:
        return "\0"
    if node.type == "raw_string":
        return text[1:-1]
    if node.type == "string_content":
        return QUOTED_ESCAPE.sub(r"\1", text)
    if node.type in {"string", "concatenation", "command_name"}:
        return "".join(map(_literal, node.named_children))
    return ESCAPE.sub(r"\1", text)
