"""The user's rules: their order, their file, and what is said of wrong ones."""

import pytest

from agentpprof_mcp.errors import InputError, UserError
from agentpprof_mcp.model import ModelCall, Opener, Prompt, Session, Tokens
from agentpprof_mcp.taggers import (
    SESSION,
    Given,
    GivenTagger,
    RulesTagger,
    parse_rules,
    rules_of,
    store_in,
)
from agentpprof_mcp.taggers.rules import session_tag

RULE = "[[rule]]\nkind = '{}'\ntag = '{}'\npattern = '{}'\n"
SECRET = "sk-123-secret"


def session(*texts):
    made = Session("s", "claude")
    made.prompts += [Prompt(Opener.TYPED, text=text) for text in texts]
    made.calls = [ModelCall("c", 1, 1, "m", Tokens(), says="Let me run the tests.")]
    return made


def tagged(rules, *texts):
    made = session(*texts)
    RulesTagger(rules).tag(made)
    return made


def test_a_rule_is_for_its_kind():
    """Or for all."""
    texts = ("fix the parser tests", "go on")
    only = {
        kind: tagged(parse_rules([f"{kind}:special=tests"]), *texts)
        for kind in ("session", "prompt", "llm", "all")
    }
    named = {
        kind: [
            made.tag == "special",
            made.prompts[1].tag == "special",
            made.calls[0].tag == "special",
        ]
        for kind, made in only.items()
    }
    assert named == {
        "session": [True, False, False],
        "prompt": [True, True, False],  # by its prompts
        "llm": [False, False, True],
        "all": [True, True, True],
    }


def test_the_command_line_comes_before_the_file_and_both_before_the_built_in_rules(tmp_path):
    """The first that matches decides; its name says where it stands."""
    file = tmp_path / "tags.toml"
    file.write_text(RULE.format("prompt", "filed", "parser|lexer"), encoding="utf-8")
    rules = parse_rules(["prompt:lined=parser"]) + rules_of(None, tmp_path)
    made = tagged(rules, "fix the parser", "fix the lexer", "fix the rest")
    assert [(p.tag, p.rule) for p in made.prompts[1:]] == [
        ("lined", "tag rule 1"),
        ("filed", "rule 1 of tags.toml"),
        ("debug", "to fix"),
    ]


def test_without_a_file_there_are_no_rules(tmp_path):
    """But one that was named must be there."""
    assert rules_of(None, tmp_path) == []
    with pytest.raises(InputError, match="cannot read the tag rules"):
        rules_of(tmp_path / "tags.toml", tmp_path)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (f"rule = {SECRET}", "is not TOML"),
        ("[" * 9000, "is not TOML"),
        ('[other]\nkind = "all"', "tables"),
        ("rule = 1", "tables"),
        ("rule = [1]", "rule 1 of tags.toml: a rule has kind, tag and pattern"),
        (
            f'[[rule]]\nkind = "all"\ntag = "docs"\nregex = "{SECRET}"',
            "rule 1 of tags.toml: a rule has",
        ),
        ('[[rule]]\nkind = "all"\ntag = "docs"\npattern = 1', "are strings"),
        (RULE.format("all", "docs", "a") + RULE.format("any", "docs", SECRET), "rule 2 .*the kind"),
        (RULE.format("all", "Docs", SECRET), "rule 1 .*one lower-case word"),
        (RULE.format("all", "docs", f"({SECRET}"), "rule 1 .*no regular expression"),
        (RULE.format("all", "docs", r"(a)\1"), "no regular expression"),
        (RULE.format("all", "docs", SECRET * 99), "longer than"),
        (RULE.format("all", "docs", "a") * 201, "201 tag rules"),
    ],
)
def test_what_is_wrong_is_said_with_the_rules_number_and_without_its_pattern(tmp_path, text, says):
    """A pattern may hold what it looks for."""
    file = tmp_path / "tags.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match=says) as caught:
        rules_of(file, tmp_path)
    assert SECRET not in str(caught.value)


def test_a_file_that_is_no_text_is_refused(tmp_path):
    """As any other that is wrong."""
    file = tmp_path / "tags.toml"
    file.write_bytes(b"\xff")
    with pytest.raises(UserError, match="is not UTF-8"):
        rules_of(file, tmp_path)


def test_a_prompts_given_tag_counts_for_its_session_and_its_calls(tmp_path):
    """Unless the session has one of its own."""
    store = store_in(tmp_path)
    store.set(Given("s", 1, "checkout", 1))
    made = session("fix the crash", "yes")
    made.calls[0].says = ""
    GivenTagger(RulesTagger(), store).tag(made)
    assert [made.tag, made.prompts[1].tag, made.calls[0].tag] == ["checkout"] * 3
    store.set(Given("s", SESSION, "billing", 1))
    made = session("fix the crash", "yes")
    GivenTagger(RulesTagger(), store).tag(made)
    assert (made.tag, made.rule, made.prompts[1].tag) == ("billing", "given", "checkout")


@pytest.mark.parametrize(
    ("tag", "tags"),
    [
        ("docs", ["docs", "test"]),
        ("test", ["docs", "test", "test", "test"]),
        ("docs", ["continue", "git", "docs"]),
        ("git", ["continue", "git", "continue", "continue"]),
        ("continue", ["continue", "general"]),
        ("general", []),
    ],
)
def test_a_session_is_named_by_most_of_its_first_prompts(tag, tags):
    """The first counts twice; what only moves on counts if there is nothing else."""
    assert session_tag(tags) == tag
