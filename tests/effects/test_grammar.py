"""Reading shell text: what a simple command is, in which order, and when to doubt."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentpprof_mcp.effects.grammar import MAX_COMMANDS, MAX_TEXT, MAX_WORDS, UNKNOWN, parse


def parsed(text):
    """The script of a text that is in no doubt."""
    script = parse(text)
    assert script is not None
    return script


def words(text):
    """The words of each command, or None when the text is not understood."""
    script = parse(text)
    return script and [" ".join(command.words) for command in script.commands]


@pytest.mark.parametrize(
    ("text", "commands"),
    [
        ("a | b |& c && d || e; f & g\nh", ["a", "b", "c", "d", "e", "f", "g", "h"]),
        ("", []),
        ("# nothing 'here\n", []),
        ("a # it's\nb#c", ["a", "b#c"]),
        ("(a; b) && { c; }", ["a", "b", "c"]),
        ("a 'b c' \"d e\" f\\ g h'i'\"j\"", ["a b c d e f g hij"]),
        ("a \\\n  b", ["a b"]),
        ("a $'b\\'c' $\"d\"", ["a b\\'c d"]),
        ('a "C:\\x\\$y\\""', ['a C:\\x$y"']),
        ('a "b $(c "d") e"', ["c d", f"a b {UNKNOWN} e"]),
        ("a `b \\` c` d", ["b ` c", f"a {UNKNOWN} d"]),
        ('a $HOME ${x} ${y:-$(b)} "$1"', ["b", f"a \0HOME\0 \0x\0 {UNKNOWN} {UNKNOWN}"]),
        ("a $((1 + (2 * $(b)))) $", ["b", f"a {UNKNOWN} $"]),
        ("((i++)); a", ["a"]),
        ("for ((i = 0; i < 3; i++)); do a; done", ["a"]),
        ("for x in *.py b; do a $x; done", ["a \0x\0"]),
        ("while read l; do a; done < f | b", ["read l", "a", "", "b"]),
        ("if ! a; then b; elif c; then d; else e; fi; f", ["a", "b", "c", "d", "e", "f"]),
        ("case $x in a|b) c ;; (d) e ;& *) f ;; esac; g", ["c", "e", "f", "g"]),
        ("[[ $a =~ ^(b|c)$ && -n d ]] && e", ["e"]),
        ("f() { a; }; function g { b; }; f; g; h", ["a", "b", "h"]),
        ("a=(b 'c d' $(e)) f", ["e", f"a={UNKNOWN} f"]),
        ("a=() b; [[ ( ((a)) ) && () ]] && c", [f"a={UNKNOWN} b", "c"]),
        ("diff <(a) >(b)", ["a", "b", f"diff {UNKNOWN} {UNKNOWN}"]),
        ("time -p a; time (b)", ["a", "b"]),
        ("a '>[<]' b 2>/dev/null c>/dev/null 2>&1 d", ["a >[<] b c d"]),
        ("a \"it's $b\"'$c'$d/e \"${f}\" g=\"h i\"", ["a it's \0b\0$c\0d\0/e \0f\0 g=h i"]),
        ("a\r\nb\r\n", ["a", "b"]),
    ],
)  # fmt: skip
def test_simple_commands_come_in_order(text, commands):
    """Inner commands end before the one that waits for them."""
    assert words(text) == commands


@pytest.mark.parametrize(
    ("text", "commands"),
    [
        ("cat <<EOF > a\nit's $(not)\nEOF\nb", ["cat", "b"]),
        ("cat <<-'E F'\n\tx (\n\tE F\nb", ["cat", "b"]),
        ("cat <<A <<B\n1\nA\n2'\nB\nc", ["cat", "c"]),
        ("a \"$(cat <<'EOF'\nit's (\nEOF\n)\" b", ["cat", f"a {UNKNOWN} b"]),
        ('cat <<< "x y" z', ["cat z"]),
        ("cat <<EOF\nnever ended '", ["cat"]),
    ],
)  # fmt: skip
def test_here_documents_are_stepped_over(text, commands):
    """Quoted or not, indented or not, several in a line, ended or not."""
    assert words(text) == commands


@pytest.mark.parametrize(
    ("text", "outputs", "inputs"),
    [
        ("a > b 2> c", ["b"], []),
        ("a >> b < c", ["b"], ["c"]),
        ("a &> b", ["b"], []),
        ("a >| b 2>&1 >&2 1> c", ["b", "c"], []),
        ("> b a x", ["b"], []),
        ("a 2>&1", [], []),
        ("a b2>c", ["c"], []),
    ],
)
def test_redirections_name_files_and_no_words(text, outputs, inputs):
    """Other streams than input and output are of no interest."""
    (command,) = parsed(text).commands
    assert ([*command.outputs], [*command.inputs]) == (outputs, inputs)
    assert command.words[:1] == ["a"]


def test_a_subshell_and_a_substitution_open_a_scope():
    """What happens to the folder in there stays in there."""
    script = parsed("a; (b; $(c)); (d)")
    commands = [(command.words[0], command.scope) for command in script.commands]
    assert commands == [("a", 0), ("b", 1), ("c", 2), (UNKNOWN, 1), ("d", 3)]
    assert script.parents == [0, 0, 1, 0]


@pytest.mark.parametrize(
    "text",
    [
        "a 'b",
        'a "b',
        "a `b",
        "a $(b",
        "a ${b",
        "(a",
        "a)",
        "a (b)",
        "a $((1)",
        'a "$(b"',
        "a b() {",
    ],
)
def test_what_does_not_balance_is_in_doubt(text):
    """Nothing is guessed from half a text."""
    assert parse(text) is None


def test_limits_leave_out_and_do_not_fail():
    """Many commands, many words, and a text that is cut in the middle of a quote."""
    assert len(parsed("a;" * 99).commands) == MAX_COMMANDS
    assert len(parsed("a " * 999).commands[0].words) == MAX_WORDS
    assert words("a; b '" + "x" * MAX_TEXT) == ["a"]
    assert parse("b '" + "x" * MAX_TEXT) is None


BOMBS = {
    "substitutions": "$(",
    "quoted substitutions": '"$(',
    "sums": "$((",
    "groups": "(",
    "braces": "${x:-",
    "backticks": "`",
    "here-documents": "<<A ",
    "ended here-documents": "<<A\nA\n",
    "quotes": '"a\\"',
    "escapes": "a\\b",
    "variables": "$a",
    "arrays": "a=(",
    "cases": "case x in ",
    "words": "a ",
    "digits": "1",
    "hashes": "#",
    "dollars": "$",
    "quotes of dollars": "$'a",
    "blank lines": "\n",
    "loops": "for x in y; do ",
}


@pytest.mark.parametrize("piece", BOMBS.values(), ids=BOMBS)
def test_time_grows_with_the_text_and_no_faster(piece):
    """Twice the text takes less than 2.6 times as long, give or take what a clock can tell."""

    def took(size):
        text = piece * (size // len(piece))
        start = time.thread_time()
        parse(text)
        return time.thread_time() - start

    # the best of several in turn: a machine that others use is slow for a while, then fast
    rounds = [(took(MAX_TEXT // 4), took(MAX_TEXT // 2)) for _ in range(9)]
    quarter, half = map(min, zip(*rounds, strict=True))
    assert half < 2.6 * quarter + 0.005
    assert min(took(1 << 21) for _ in range(3)) < 0.5


@given(st.text(alphabet=st.sampled_from("ab \n\t'\"`$(){}[]<>|&;#\\=!0*~-"), max_size=60))
def test_no_text_makes_the_reader_fail(text):
    """It understands it or doubts."""
    script = parse(text)
    assert script is None or all(scope.scope < len(script.parents) for scope in script.commands)
