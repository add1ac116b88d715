r"""Tokens of shell text, one regular expression for each surrounding: commands, quotes, braces, sums.

Every expression matches at a position and consumes at least one character or nothing at all; none can
backtrack over more than the token itself. The name of the group that matched is the kind of token; a
match without a group is a joined line.
"""

import re

__all__ = ["BRACES", "COMMANDS", "QUOTES", "SUMS", "split"]

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


_NAMELESS = "[0-9]?>&[0-9]|[0-9&]?>>?/dev/null|</dev/null"
NAMELESS = re.compile(_NAMELESS)
_BARE = r"""[^\s\\'"`$;&|<>()\#]++"""
_VARIABLE = r"\$(?:[A-Za-z_]\w*+ | \{\w++\})"
WORDS = rf"""
    (?:
        {_BARE} [\ \t]++
      | (?:
            (?: {_BARE} | '[^']*+' | "(?:[^"\\$`]++ | {_VARIABLE})*+" | {_VARIABLE} )++
          | (?<=[\ \t]) (?:{_NAMELESS})
        )
        (?:[\ \t\r]++ | (?=[\n;&|)]|\Z))
    )++
    (?: (?: && | \|\| | ;(?![;&]) | \|(?!&) ) [\ \t]*+ )?
"""
"""Most of any text: words of which quotes and variables are the only other parts, each with its end,
redirections that name no file, and the operator behind them. The first line, which the others include,
is most of any words."""
BETWEEN = re.compile(r"""(?:[^\s'"]++|'[^']*+'|"[^"]*+")++""")
PIECES = re.compile(r"""'([^']*+)'|"([^"]*+)"|([^'"]++)""")
VARIABLE = re.compile(r"\$\{?(\w++)\}?")


def split(text: str) -> list[str]:
    r"""The words of a token `words`, without quotes; a variable is a mark `\0NAME\0`."""
    quoted = "'" in text or '"' in text
    words = BETWEEN.findall(text) if quoted else text.split()
    if ">" in text or "<" in text:
        words = [
            word for word in words if not ((">" in word or "<" in word) and NAMELESS.match(word))
        ]
    if quoted or "$" in text:
        return [
            _plain(word) if "'" in word or '"' in word or "$" in word else word for word in words
        ]
    return words


def _plain(word: str) -> str:
    if "'" not in word:
        word = word.replace('"', "")
        return VARIABLE.sub("\0\\1\0", word) if "$" in word else word
    if '"' not in word and "$" not in word:
        return word.replace("'", "")
    return "".join(
        single or VARIABLE.sub("\0\\1\0", double or bare)
        for single, double, bare in PIECES.findall(word)
    )


def _tokens(*alternatives: str) -> re.Pattern[str]:
    return re.compile("|".join(alternatives), re.VERBOSE)


COMMANDS = _tokens(
    f"(?P<words>{WORDS})",
    r"(?P<operator>&&|\|\||;;&|;;|;&|\|&|[;|]|&(?!>))[\ \t]*+",
    r"(?P<newline>\n)",
    r"(?P<process>[<>]\()",
    r"(?P<redirect>[0-9]*(?:<<<|<<-|<<|<>|<&|>>|>&|>\||[<>])|&>>?)[\ \t]*+",
    r"""(?P<part>[^\ \t\r\n\f\v\\'"`$;&|<>()]++)""",
    r"(?P<blank>[\ \t\r\f\v]+)",
    r"'(?P<quoted>[^']*)'",
    r'"(?P<plain>[^"\\$`]*)"',
    r'\$?(?P<quote>")',
    r"\$'(?P<ansi>(?:[^'\\]|\\(?s:.))*+)'",
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
