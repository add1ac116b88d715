"""Prompts of many kinds of repositories, and the tag that the vocabulary demands for each."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentpprof_mcp.taggers.builtin import NOUNS, ROWS, SIGNS
from agentpprof_mcp.taggers.grammar import judge
from agentpprof_mcp.taggers.vocabulary import MEANINGS

EXAMPLES = {
    "debug": [
        "fix the off by one in the pagination",
        "The checkout page throws a 500 when the cart is empty, can you take a look?",
        "terraform apply keeps timing out on the RDS instance",
        "the integration tests fail on my machine, please find out why",
        "It still doesn't compile:\nerror: expected ';' before '}' token",
        'Traceback (most recent call last):\n  File "train.py", line 12\nKeyError: 1',
        "Implement the following plan:\n\n# Fix the watchdog reset\n\n## Context",
        "Release pipeline is broken again, could you add more logging?",
    ],
    "feature": [
        "Add a wishlist to the shop so that customers can save products",
        "can you make the OTA updater resumable?",
        "I'd like the enemies to drop loot with some probability",
        "write a function that parses ISO 8601 durations",
        "Implement the following plan:\n\n# Plan: Resumable uploads\n\n1. Store offsets",
        "can you look at TASK.md and start implementing it?",
        "we should at least log the skipped rows",
    ],
    "refactor": [
        "rename UserDTO to AccountDto everywhere",
        "this file is way too long, break it up into modules",
        "couldn't we reuse the enum here?",
    ],
    "cleanup": [
        "drop python 3.8 support",
        "let's completely remove the start command",
        "the old payment provider can be removed",
    ],
    "test": [
        "write unit tests for the price calculator",
        "do we have a test for this?",
        "can you look at the last commit, can we add a test for it",
        "please increase the coverage of the parser to 90%",
        "Implement the following plan:\n\n# Plan: Add Unit Tests for the shader cache",
    ],
    "review": [
        "Could you do a code review of this branch before I merge?",
        "reply to the reviewer's comments on the PR",
        "I got this feedback: the loop may read past the end. Fix it.",
        "what do you think of this implementation?",
    ],
    "docs": [
        "the security notes in docs/auth.md should be updated with this",
        "fix the typos in CONTRIBUTING.md",
        "add docstrings to all public functions",
    ],
    "design": [
        "should we store the inventory as events or as rows?",
        "what is the best way to model permissions here?",
        "I think the scheduler rather than the worker should own it",
    ],
    "plan": ["make a plan for migrating to the new engine", "break this down into tasks"],
    "research": [
        "look into how other engines handle rollback netcode",
        "do the analysis first, change nothing",
    ],
    "question": [
        "how does the learning rate warmup work here?",
        "what is the difference between a ConfigMap and a Secret?",
        "explain what this regex does",
    ],
    "build": [
        "upgrade react to version 19",
        "fix the eslint warnings",
        "add a GitHub Actions workflow that caches wheels",
    ],
    "config": ["add .terraform to the .gitignore", "set up pre-commit hooks"],
    "release": ["bump the version and tag it", "publish the package to pypi"],
    "deploy": ["deploy to the staging environment", "restart nginx"],
    "git": [
        "yes, commit it",
        "rebase onto main and resolve the conflicts",
        "pelase push directly to main",
        "ok lets get a pr up for this",
    ],
    "security": [
        "check the upload endpoint for path traversal vulnerabilities",
        "harden the session cookies",
    ],
    "profile": [
        "Checkout is slow with many lines. Profile it and make it faster.",
        "reduce the memory usage of the embedding table",
    ],
    "data": ["create the database schema for orders", "add a migration that makes email unique"],
    "frontend": [
        "use a darker blue for the buttons",
        'Rename the "Open Studio" button and then commit it',
    ],
    "continue": ["yes", "go ahead", "do option 2", "1 and 3", "yes, all 3", "yep do it", "A", ""],
    "agent": ["spawn three agents for it", "use the explore agent for that", "use /code-changes"],
    "ticket": ["create a ticket for the flaky login", "close the issues that are done"],
    "status": ["where are we?", "what's left to do?", "summarize what we did"],
}

OTHER_LANGUAGES = {
    "debug": [
        "behebe den Fehler beim Einloggen",
        "corrige el error en el formulario de pago",
        "corrige le bug dans le menu",
        "conserta o erro no login",
        "correggi il bug nel parser",
        "исправь ошибку в парсере",
        "修复登录页面的错误",
        "ログインのバグを修正してください",
        "로그인 오류를 수정해줘",
    ],
    "test": ["Kannst du bitte Tests für den Parser schreiben?", "テストを追加して"],
    "question": ["Warum wird hier eine Schleife verwendet?", "为什么这里要用递归?"],
    "continue": ["ja, mach weiter", "sí, adelante", "oui, vas-y", "да, продолжай", "继续", "はい"],
}


def cases(table):
    return [(tag, text) for tag, texts in table.items() for text in texts]


@pytest.mark.parametrize(("tag", "text"), cases(EXAMPLES))
def test_a_prompt_gets_the_tag_that_the_vocabulary_demands(tag, text):
    """None of these is from the history that the rules were measured on."""
    assert judge(text).tag == tag


@pytest.mark.parametrize(("tag", "text"), cases(OTHER_LANGUAGES))
def test_the_commonest_words_of_other_languages_are_known(tag, text):
    """Imperatives, questions and go-aheads."""
    assert judge(text).tag == tag


def test_what_an_editor_adds_is_no_request():
    """Nor is what stands in a fence."""
    assert judge("<ide_opened_file>fix the crash</ide_opened_file>\ncommit this").tag == "git"
    assert judge("```\nfix the crash\n```\ncommit this").tag == "git"


def test_the_first_request_decides_and_a_question_only_without_one():
    """In the order of the vocabulary's tie-breaks."""
    assert judge("commit this, then write the docs").tag == "git"
    assert judge("why is it so? please rename it").tag == "refactor"


def test_a_rule_that_is_left_out_gives_way_to_the_next():
    """So that rules can be measured without those that one repository needs."""
    found = judge("fix the typos in the parser")
    assert (found.tag, found.rule) == ("docs", "docs")
    assert judge("fix the typos in the parser", frozenset({"docs"})).rule == "to fix"


def test_no_rule_gives_a_tag_outside_the_vocabulary():
    """Whatever a table says."""
    given = {noun.tag for noun in NOUNS} | {sign.tag for sign in SIGNS}
    given |= {row.tag for row in ROWS if row.tag}
    given |= {
        entry.partition(":")[2] for row in ROWS for entry in row.objects.split() if ":" in entry
    }
    assert given <= set(MEANINGS)


def test_every_noun_that_a_table_names_exists():
    """A misspelt one would silently never match."""
    nouns = {noun.name for noun in NOUNS}
    named = {word for row in ROWS for word in row.places.split()} - {"*"}
    named |= {entry.partition(":")[0] for row in ROWS for entry in row.objects.split()}
    named |= {word for sign in SIGNS for word in sign.nouns.split()}
    assert named <= nouns


@given(st.text())
def test_any_text_is_judged(text):
    """Nothing in it can raise, and the tag is from the vocabulary or none."""
    assert judge(text).tag in {"", *MEANINGS}


@pytest.mark.parametrize("piece", ["```", "<ide_x>", "please ", "- ", "?", "fix, ", "继续", "a-b "])
def test_repeated_pieces_take_no_longer_than_others(piece):
    """Only a bounded part of a prompt is read."""
    assert judge(piece * 100_000).tag in {"", *MEANINGS}
