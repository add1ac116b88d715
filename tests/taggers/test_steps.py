"""Model calls are named by the step that they take."""

import pytest

from agentpprof_mcp.model import ModelCall, Opener, Prompt, Session, Tokens
from agentpprof_mcp.readers.base import Wants
from agentpprof_mcp.readers.claude import CLAUDE
from agentpprof_mcp.taggers import RulesTagger
from agentpprof_mcp.taggers.steps import step_of
from tests.history import Claude, group_of


def call(says="", does=(), purpose=""):
    return ModelCall("c", 1, 0, "m", Tokens(), says=says, does=list(does), purpose=purpose)


@pytest.mark.parametrize(
    ("tag", "says"),
    [
        ("explore", "I see. Let me look at the parser."),
        ("test", "Good. Now I'll run the tests."),
        ("test", "Let me also add a test for it:"),
        ("edit", "That is the cause.\n\nNow update the return value"),
        ("debug", "One error is left. Let me fix it."),
        ("git", "All pass. Let me commit and push."),
        ("git", "I should look first. Let me commit this, then investigate the rest."),
        ("build", "Now let me run the linter again:"),
        ("docs", "I\u2019ll update the README"),
        ("explore", "I'm reading the config now"),
        ("delegate", "Next, spawn two agents for it"),
    ],
)
def test_a_call_is_named_by_the_step_that_it_announces(tag, says):
    """The first of the last sentence, since that is done next."""
    assert step_of(call(says, ["Bash"]))[0] == tag


@pytest.mark.parametrize(
    ("tag", "purpose"),
    [
        ("test", "Run unit tests"),
        ("git", "Commit the change"),
        ("explore", "Show recent commits"),
        ("build", "Compile the firmware"),
    ],
)
def test_a_command_without_words_is_named_by_what_it_is_said_to_be_for(tag, purpose):
    """Its description begins with a verb."""
    assert step_of(call(does=["Bash"], purpose=purpose)) == (tag, "what its command is for")


@pytest.mark.parametrize(
    ("tag", "does"),
    [
        ("explore", ["Read"]),
        ("edit", ["apply_patch"]),
        ("shell", ["Bash", "Edit"]),
        ("mcp", ["mcp__a__b"]),
        ("research", ["WebSearch"]),
        ("", ["Skill"]),
        ("", []),
    ],
)
def test_a_silent_call_is_named_by_the_first_tool_that_it_asks_for(tag, does):
    """Or by nothing."""
    assert step_of(call(does=does))[0] == tag


def test_a_call_that_tells_nothing_goes_by_its_prompt():
    """Unless that says nothing of it either."""
    session = Session("s", "claude")
    texts = [
        "fix the crash",
        "lorem ipsum dolor sit amet consectetur adipiscing elit",
        "spawn agents",
    ]
    session.prompts += [Prompt(Opener.TYPED, text=text) for text in texts]
    session.calls = [ModelCall(f"c{i}", 1, i, "m", Tokens(), says="Done.") for i in (1, 2, 3)]
    RulesTagger().tag(session)
    assert [prompt.tag for prompt in session.prompts[1:]] == ["debug", "general", "agent"]
    assert [made.tag for made in session.calls] == ["debug", "answer", "delegate"]


def test_what_a_command_is_for_is_read_from_its_arguments(tmp_path):
    """Without a need for the command."""
    made = Claude()
    made.prompt("go")
    made.uses("Bash", {"command": "make", "description": "Build the docs"}, "t1")
    group = group_of("claude", made.write(tmp_path))
    session = CLAUDE.read(group, Wants(effects=False, files=False))
    assert session.calls[0].purpose == "Build the docs"
