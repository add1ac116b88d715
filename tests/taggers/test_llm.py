"""What a language model is asked, and what becomes of its answers: without any server."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentpprof_mcp.errors import UserError
from agentpprof_mcp.model import ModelCall, Opener, Prompt, Session, Tokens
from agentpprof_mcp.query import Llama
from agentpprof_mcp.taggers.address import completions_url
from agentpprof_mcp.taggers.base import SESSION, TAG
from agentpprof_mcp.taggers.llm import LlmTagger
from agentpprof_mcp.taggers.reasons import TEXTS, Reason, Trouble, remarks
from agentpprof_mcp.taggers.request import Wording, head
from agentpprof_mcp.taggers.rules import RulesTagger
from agentpprof_mcp.taggers.userrules import parse_rules
from agentpprof_mcp.taggers.wordlist import WORDS
from tests.leaks.canaries import KINDS, Mint
from tests.taggers.stub import completion

PLAIN = {"IPv4 as a number"}
"""Canaries that any number or word might be."""

CLOSED, OPEN = Wording.of(open_vocabulary=False), Wording.of(open_vocabulary=True)


def tagger(*rules: str) -> LlmTagger:
    """With rules of the user, and a server that nobody asks."""
    return LlmTagger(RulesTagger(parse_rules(rules)), Llama("http://127.0.0.1:9"), bytes)


def session(*texts: str) -> Session:
    """A session of some typed prompts."""
    made = Session("s1", "claude")
    made.prompts += [Prompt(Opener.TYPED, text=text) for text in texts]
    return made


def test_prompts_and_their_session_are_asked_about() -> None:
    """The session by the beginnings of its first prompts."""
    made = session("fix the crash", "yes", "write docs")
    assert tagger().questions(made) == {
        1: "fix the crash",
        3: "write docs",
        SESSION: "fix the crash\nwrite docs",
    }


def test_a_session_of_one_prompt_is_the_same_question() -> None:
    """One answer names both."""
    made = session("fix the crash " * 99, "go on")
    questions = tagger().questions(made)
    assert questions[1] == questions[SESSION]


@pytest.mark.parametrize("opener", [o for o in Opener if o not in {Opener.TYPED, Opener.QUEUED}])
def test_what_nobody_typed_is_not_asked_about(opener: Opener) -> None:
    """It has a fixed tag, and its text may be anybody's."""
    made = session()
    made.prompts.append(Prompt(opener, text="fix the crash"))
    assert tagger().questions(made) == {}


def test_what_editors_put_around_a_prompt_is_not_sent() -> None:
    """It names files, and nothing that is wanted."""
    wrapped = "<ide_opened_file>/home/ann/x</ide_opened_file> fix the crash"
    assert tagger().questions(session(wrapped))[1] == "fix the crash"


def test_what_has_a_tag_is_not_asked_about() -> None:
    """It was given by hand. The session's question does not depend on that, nor does its answer."""
    made = session("fix the crash", "write docs")
    before = tagger().questions(made)
    made.prompts[1].tag = "parser"
    assert tagger().questions(made) == {index: before[index] for index in (2, SESSION)}
    made.tag = "parser"
    assert tagger().questions(made).keys() == {2}


def test_a_rule_for_sessions_leaves_the_prompts_open() -> None:
    """And the other way round."""
    made = session("fix the crash")
    assert tagger("session:parser=crash").questions(made).keys() == {1}
    assert tagger("prompt:parser=crash").questions(made).keys() == {SESSION}
    assert tagger("all:parser=crash").questions(made) == {}


def test_calls_go_by_rules_or_by_their_prompt() -> None:
    """The model's tag of a prompt is that of the calls that have none of their own."""
    made = session("fix the crash")
    made.calls = [
        ModelCall("c1", 1, 1, "m", Tokens()),
        ModelCall("c2", 1, 1, "m", Tokens(), says="review it"),
    ]
    asking = tagger()
    asking._answers = {"fix the crash": "diagnose"}
    asking.tag(made)
    assert [call.tag for call in made.calls] == ["diagnose", "review"]
    assert (made.tag, made.prompts[1].tag) == ("diagnose", "diagnose")


@pytest.mark.parametrize("name", [n for n in KINDS if KINDS[n].shaped and n not in PLAIN])
def test_secrets_are_not_sent(name: str) -> None:
    """Wherever they stand. What looks like any name is sent: the server is the user's own."""
    mint = Mint(11)
    for before, after in (
        ("use ", " now"),
        ("see\n", "\n"),
        ("'", "',"),
        ("", ""),
        ("x " * 500, ""),
    ):
        canary = KINDS[name].make(mint)
        assert canary.secret not in head(f"{before}{canary.text}{after}")


def test_the_words_around_a_secret_are_sent() -> None:
    """They are what is to be named."""
    assert head("set TOKEN=ghp_0123456789abcdefABCD in CI") == "set in CI"
    assert head("mail ann@example.com about password: hunter2, then test") == "mail about then test"
    assert head("use\n-----BEGIN RSA PRIVATE KEY-----\nabc\n") == "use"


@given(st.text(max_size=3000))
def test_at_most_two_kilobytes_of_a_text_are_sent(text: str) -> None:
    """As sound UTF-8, whatever the history held."""
    assert len(head(text).encode()) <= 2048


@given(st.text(), st.text(), st.sampled_from(["stop", "length", ""]))
def test_only_words_of_the_list_come_out(content: str, text: str, finish: str) -> None:
    """Whatever the model says about whatever text."""
    for wording in (CLOSED, OPEN):
        try:
            word = wording.word_in(completion(content, finish), text)
        except Trouble as trouble:
            assert trouble.reason is Reason.WORD  # noqa: PT017  both ends are right
        else:
            assert TAG.fullmatch(word)
            assert word in WORDS or (wording.open_vocabulary and word not in text)


@given(st.binary())
def test_no_bytes_are_too_odd_for_an_answer(answer: bytes) -> None:
    """They are an answer, or one kind of trouble."""
    with pytest.raises(Trouble):
        CLOSED.word_in(answer, "")


@pytest.mark.parametrize("wording", [CLOSED, OPEN])
@pytest.mark.parametrize("word", sorted(WORDS))
def test_every_word_of_the_list_counts(wording: Wording, word: str) -> None:
    """Also when the text holds it: then it is a word of the list, not of the text."""
    assert wording.word_in(completion(word), f"please {word} it") == word


def test_every_reason_has_its_sentence() -> None:
    """And the sentences are said once, with the number of texts."""
    assert set(TEXTS) == set(Reason)
    record = {"stand_ins": 1200, "texts": 2000, "reasons": {"word": 200, "moved": 1000}}
    (said,) = remarks(record)
    assert said.startswith("rules named 1,200 of 2,000 texts in place of the model: ")
    assert said.endswith(
        "address where it answers itself): 1,000; the answer was not one word of the list: 200"
    )
    assert remarks({"name": "regex"}) == []


@pytest.mark.parametrize(
    ("address", "url"),
    [
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080/v1/chat/completions"),
        ("http://localhost", "http://localhost/v1/chat/completions"),
        ("http://localhost:1/v1/", "http://localhost:1/v1/chat/completions"),
        ("https://[::1]:8080/llm/v1", "https://[::1]:8080/llm/v1/chat/completions"),
        ("http://127.9.9.9/v1/chat/completions", "http://127.9.9.9/v1/chat/completions"),
    ],
)
def test_an_address_may_be_written_in_the_usual_ways(address: str, url: str) -> None:
    """With or without the path of the interface."""
    assert completions_url(address, remote=False) == url


@pytest.mark.parametrize(
    "address",
    [
        "http://example.com:8080",
        "http://127.1",
        "http://0x7f.0.0.1",
        "http://2130706433",
        "http://0.0.0.0",
        "http://localhost.example.com",
        "http://localhost.",
        "http://127.0.0.1.nip.io",
        "http://169.254.169.254",
        "http://[fe80::1%25lo]",
    ],
)
def test_another_machine_has_to_be_allowed(address: str) -> None:
    """Odd spellings of this one as well."""
    with pytest.raises(UserError, match="--allow-remote-llm"):
        completions_url(address, remote=False)
    assert completions_url(address, remote=True).startswith(address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "127.0.0.1:8080",
        "localhost:8080",
        "ftp://127.0.0.1",
        "file:///etc/passwd",
        "unix:///run/llama",
        "http://",
        "http://:80",
        "http://[::1",
        "http://127.0.0.1:99999",
        "http://127.0.0.1:x",
        "http://127.0.0.1/?key=hunter2",
        "http://127.0.0.1/#hunter2",
        "http://127.0.0.1\\@example.com",
        "http://127.0.0.1/a b",
        "http://127.0.0.1/\r\nX: hunter2",
        "http://127.0.0.1/\udcff",
        "http://127.0.0.1/" + "a" * 4096,
        "http://ann:hunter2@127.0.0.1",
        "http://hunter2@127.0.0.1",
        "http://:hunter2@127.0.0.1",
        "http://@127.0.0.1",
    ],
)
@pytest.mark.parametrize("remote", [True, False])
def test_what_is_no_address_is_refused_and_not_repeated(address: str, remote: bool) -> None:  # noqa: FBT001
    """It may hold a password."""
    with pytest.raises(UserError, match="--llama-url") as caught:
        completions_url(address, remote=remote)
    assert "hunter2" not in str(caught.value)
