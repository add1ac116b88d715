"""Which records of a Codex file open a prompt region."""

from collections.abc import Callable

import pytest

from agentpprof_mcp.model import Opener, Session

Read = Callable[..., Session]


def event(text: str, **more: object) -> dict[str, object]:
    """A prompt's event."""
    return {"type": "event_msg", "payload": {"type": "user_message", "message": text, **more}}


def message(text: str, role: str = "user") -> dict[str, object]:
    """A message in an envelope."""
    content = [{"type": "input_text", "text": text}]
    payload = {"type": "message", "role": role, "content": content}
    return {"type": "response_item", "payload": payload}


def opened(session: Session) -> list[tuple[Opener, str]]:
    """Openers and texts of the regions after the first."""
    return [(prompt.opener, prompt.text) for prompt in session.prompts[1:]]


def test_a_prompt_written_as_message_and_event_opens_one_region(read: Read) -> None:
    """The event counts; the message before it does not."""
    session = read(message("Fix it"), event("Fix it"), message("Done.", "assistant"))
    assert opened(session) == [(Opener.TYPED, "Fix it")]


def test_messages_open_regions_where_no_events_are_written(read: Read) -> None:
    """Each of them, also two in a row and one that was never answered."""
    session = read(message("a"), message("b"), message("Done.", "assistant"), message("c"))
    assert [text for _, text in opened(session)] == ["a", "b", "c"]


def test_an_injected_text_that_nobody_knows_opens_nothing_beside_events(read: Read) -> None:
    """Later messages without an event are not prompts."""
    session = read(event("a"), message("<new_context>"), message("Done.", "assistant"), event("b"))
    assert [text for _, text in opened(session)] == ["a", "b"]


@pytest.mark.parametrize(
    "text",
    [
        "<environment_context>\n</environment_context>",
        "# AGENTS.md instructions for /home/ann",
        "<turn_aborted>\n",
        "<skill>\n<name>x</name>",
        "  <user_instructions>",
    ],
)
def test_injected_messages_open_nothing(read: Read, text: str) -> None:
    """Context that the client adds is in the region of the prompt before it."""
    assert opened(read(message(text), message("Done.", "assistant"))) == []


def test_shell_lines_and_notices_open_regions_of_their_own(read: Read) -> None:
    """Without their text: it is not for a tagger."""
    session = read(
        event("go"),
        message("<user_shell_command>\nls\n</user_shell_command>"),
        message("<subagent_notification>\n{}\n</subagent_notification>"),
    )
    assert opened(session) == [(Opener.TYPED, "go"), (Opener.SHELL, ""), (Opener.NOTICE, "")]


def test_context_of_an_ide_is_not_part_of_the_prompt(read: Read) -> None:
    """Only the request is kept."""
    text = "# Files mentioned by the user:\n\n## a.py\n\n## My request for Codex:\nExplain a.py"
    assert opened(read(event(text))) == [(Opener.TYPED, "Explain a.py")]


def test_instructions_written_as_events_are_no_prompts(read: Read) -> None:
    """Old versions mark them by their kind."""
    session = read(event("Use tabs", kind="user_instructions"), event("Go", kind="plain"))
    assert [text for _, text in opened(session)] == ["Go"]


def test_the_kept_text_is_bounded(read: Read) -> None:
    """A pasted file is not kept whole."""
    assert len(read(event("x" * 100_000)).prompts[1].text) == 4096


def test_old_forms_of_the_working_directory_are_read(read: Read) -> None:
    """Before there were tags in it, the context was prose."""
    text = "<environment_context>\nCurrent working directory: /home/ann/old\n"
    assert read(message(text)).cwds == ["/home/ann/old"]
