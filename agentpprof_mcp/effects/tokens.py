r"""Tokens of shell text, one regular expression for each surrounding: commands, quotes, braces, sums.

Every expression matches at a position and consumes at least one character or nothing at all; none can
backtrack over more than the token itself. The name of the group that matched is the kind of token; a
match without a group is a joined line.
"""

import re

__all__ = ["BRACES", "COMMANDS", "QUOTES", "SUMS"]

EXPANSION = r"""
    (?P<arithmetic>\$\(\()
  | (?P<substitution>\$\()
  | \$\{(?P<braced>\w+)\}
  | (?P<brace>\$\{)
  | \$(?P<variable>[A-Za-z_]\w*)
  | (?P<special>\$[0-9@*\#?$!-])
  | (?P<backtick>`)
  | (?P<literal>\$)
"""


def _tokens(*alternatives: str) -> re.Pattern[str]:
    return re.compile("|".join(alternatives), re.VERBOSE)


COMMANDS = _tokens(
    r"(?P<process>[<>]\()",
    r"(?P<redirect>[0-9]*(?:<<<|<<-|<<|<>|<&|>>|>&|>\||[<>])|&>>?)[\ \t]*+",
    r"""(?P<whole>(?:[^\s\\'"`$;&|<>()]++[\ \t\r]++)++)""",
    r"""(?P<part>[^\ \t\r\n\f\v\\'"`$;&|<>()]++)""",
    r"(?P<blank>[\ \t\r\f\v]+)",
    r"'(?P<quoted>[^']*)'",
    r'"(?P<plain>[^"\\$`]*)"',
    r'\$?(?P<quote>")',
    r"\$'(?P<ansi>(?:[^'\\]|\\(?s:.))*+)'",
    r"(?P<newline>\n)",
    r"(?P<operator>&&|\|\||;;&|;;|;&|\|&|[;&|])[\ \t]*+",
    r"(?P<unit>\([\ \t]*\))",
    r"(?P<double>\(\()",
    r"(?P<open>\()",
    r"(?P<close>\))",
    r"\\(?:\r?\n|(?P<escaped>(?s:.))|$)",
    EXPANSION,
)
QUOTES = _tokens(
    r"""(?P<piece>[^"\\$`]+)""",
    r'(?P<end>")',
    r"""\\(?:\r?\n|(?P<escaped>["\\$`]))""",
    r"(?P<backslash>\\)",
    EXPANSION,
)
BRACES = _tokens(
    r"""(?P<piece>[^}"'\\$`]+)""",
    r"(?P<end>\})",
    r"'(?P<quoted>[^']*)'",
    r'(?P<quote>")',
    r"(?P<apostrophe>')",
    r"(?P<escaped>\\(?s:.)?)",
    EXPANSION,
)
SUMS = _tokens(
    r"""(?P<piece>[^()"\\$`]+)""",
    r'(?P<quote>")',
    r"(?P<deeper>\()",
    r"(?P<shallower>\))",
    r"(?P<escaped>\\(?s:.)?)",
    EXPANSION,
)
