"""Claude Code files: what counts once, what opens a region, where sub-agents belong."""

import json
import os
from pathlib import Path

import pytest

from agentpprof_mcp.model import EffectKind, Opener, Reconciliation, Status, Tokens
from agentpprof_mcp.readers.base import Heads, Wants
from agentpprof_mcp.readers.claude import CLAUDE
from tests.history import Claude, group_of, usage

SESSION = "0e35f321-31f3-4a70-a067-45abf6f46315"
OTHER = "97d4714e-b5f1-4cbf-82b8-033122fed2f1"


def read(history, folder, *subagents):
    """One session from a file, everything computed."""
    path = history.write(folder)
    return CLAUDE.read(group_of("claude", path, tuple(subagents)), Wants())


def openers(session):
    """What opened each region after the first."""
    return [prompt.opener for prompt in session.prompts[1:]]


def test_a_call_written_once_per_block_counts_once_with_its_largest_counts(tmp_path):
    """Usage stands on each line; output grows towards the last."""
    history = Claude()
    history.prompt("fix it")
    history.says("thinking aloud", tokens=usage(10, 1, 100, 5), stop=None)
    history.uses("Read", {"file_path": "/x/agentsight/a.py"}, "t1", tokens=usage(10, 42, 100, 5))
    session = read(history, tmp_path)
    (call,) = session.calls
    assert call.tokens == Tokens(10, 42, 100, 5)
    assert not call.lower_bound
    assert call.says == "thinking aloud"
    assert call.does == ["Read"]


def test_a_call_without_stop_reason_is_a_lower_bound(tmp_path):
    """Its output is the placeholder of the stream's start, kept as recorded."""
    history = Claude()
    history.says("x", tokens=usage(10, 2), stop=None)
    (call,) = read(history, tmp_path).calls
    assert (call.tokens.output, call.lower_bound) == (2, True)


def test_client_made_messages_are_no_calls(tmp_path):
    """Model <synthetic> answers for the client."""
    history = Claude()
    history.says("API Error", model="<synthetic>")
    assert read(history, tmp_path).calls == []


def test_a_call_without_usage_is_estimated_from_its_visible_bytes(tmp_path):
    """Four bytes of UTF-8 to a token, at least one."""
    history = Claude()
    history.says("é" * 40, tokens=False)
    (call,) = read(history, tmp_path).calls
    assert call.tokens == Tokens(estimate=20)


def test_an_estimate_covers_all_lines_and_gives_way_to_a_report(tmp_path):
    """Whichever line comes first."""
    history = Claude()
    history.says("x" * 400, tokens=False)
    history.says("y" * 400, tokens=False)
    for call, order in (("m2", (usage(10, 1), False)), ("m3", (False, usage(10, 1)))):
        for tokens in order:
            history.says("z" * 400, call=call, tokens=tokens)
    session = read(history, tmp_path)
    assert [c.tokens for c in session.calls] == [Tokens(estimate=200), Tokens(10, 1), Tokens(10, 1)]


@pytest.mark.parametrize("without", [0, 1])
def test_a_line_without_request_id_belongs_to_the_call_of_its_message(tmp_path, without):
    """Proxies leave it out, on some lines or all; another request is another call."""
    history = Claude()
    for line in range(2):
        history.says("x", tokens=usage(10, 1 + line), requestId=None if line == without else "r1")
    history.says("x", tokens=usage(10, 1), requestId="r2")
    session = read(history, tmp_path)
    assert [c.tokens.output for c in session.calls] == [2, 1]


def test_colons_in_an_id_are_part_of_it(tmp_path):
    """Ids are other programs' texts."""
    history = Claude()
    for call in ("chat:1", "chat:2"):
        history.says("x", call=call, requestId=None)
    assert len(read(history, tmp_path).calls) == 2


def test_lines_without_any_id_are_calls_of_their_own(tmp_path):
    """Neither message, request nor record has one."""
    history = Claude()
    for _ in range(2):
        history.says("x", call="", uuid="", requestId="")
        history.uses("Read", {"file_path": "a"}, "", call="", uuid="", requestId="")
    session = read(history, tmp_path)
    assert (len(session.calls), len(session.tools)) == (4, 2)


def test_times_that_cannot_both_be_true_give_no_duration(tmp_path):
    """A clock was wrong."""
    history = Claude()
    history.uses("Bash", {"command": "make"}, "t1", timestamp="1971-01-01T00:00:00Z")
    history.result("t1", timestamp="2026-01-01T00:00:00Z")
    assert read(history, tmp_path).tools[0].duration == 0


@pytest.mark.parametrize("count", [-1, True, 2**53 + 1, "7", None, 1.5, [3]])
def test_a_count_that_is_no_count_is_absent_and_said(tmp_path, count):
    """The rest of the call stays; its total is then a lower bound."""
    history = Claude()
    history.says("x", tokens={**usage(5, 7), "cache_read_input_tokens": count})
    (call,) = read(history, tmp_path).calls
    assert call.tokens == Tokens(5, 7, 0, 0)
    assert call.lower_bound


def test_a_record_seen_before_is_a_copy(tmp_path):
    """One uuid, one record."""
    history = Claude()
    history.prompt("fix it")
    history.records.append(history.records[0])
    assert openers(read(history, tmp_path)) == [Opener.TYPED]


@pytest.mark.parametrize(
    ("text", "fields", "opener"),
    [
        ("fix the bug", {}, Opener.TYPED),
        ("  \n fix", {}, Opener.TYPED),
        ([{"type": "text", "text": "fix"}], {}, Opener.TYPED),
        ([{"type": "image", "source": {}}], {}, Opener.TYPED),
        ([{"type": "text", "text": "<ide_opened_file>a</ide_opened_file>"}], {}, Opener.TYPED),
        ("<command-name>/compact</command-name>", {}, Opener.COMMAND),
        ("<command-message>x</command-message>", {}, Opener.COMMAND),
        ("<bash-input>ls</bash-input>", {}, Opener.SHELL),
        ("<task-notification>done", {}, Opener.NOTICE),
        ("<teammate-message teammate_id=1>", {}, Opener.NOTICE),
        ("anything", {"origin": {"kind": "task-notification"}}, Opener.NOTICE),
        ("", {}, None),
        ([], {}, None),
        ("[Request interrupted by user for tool use]", {}, None),
        ("<local-command-stdout>x</local-command-stdout>", {}, None),
        ("<system-reminder>x", {}, None),
        ("fix", {"isMeta": True}, None),
        ("fix", {"isCompactSummary": True}, None),
        ("fix", {"isVisibleInTranscriptOnly": True}, None),
    ],
)
def test_what_opens_a_region(tmp_path, text, fields, opener):
    """Machinery in a user's clothes opens nothing, or its own kind of region."""
    history = Claude()
    history.prompt(text, **fields)
    assert openers(read(history, tmp_path)) == ([opener] if opener else [])


def test_text_typed_while_the_agent_was_busy_opens_a_region_of_its_own(tmp_path):
    """It is an attachment, not a user record, and history does not count it as a prompt."""
    history = Claude()
    history.prompt("fix it")
    history.add(
        "attachment",
        attachment={"type": "queued_command", "prompt": "and test", "commandMode": "prompt"},
    )
    history.says("ok")
    session = read(history, tmp_path)
    assert openers(session) == [Opener.TYPED, Opener.QUEUED]
    assert session.calls[0].prompt == 2


def test_events_before_any_opener_are_in_the_start_region(tmp_path):
    """Region 0 is always there."""
    history = Claude()
    history.says("hello")
    assert read(history, tmp_path).calls[0].prompt == 0


def test_a_compaction_summary_opens_nothing(tmp_path):
    """The region goes on behind the boundary, whose parent is cut."""
    history = Claude()
    history.prompt("fix it")
    history.parent = None
    history.add("system", subtype="compact_boundary")
    history.prompt("This session is being continued", isCompactSummary=True)
    history.says("going on")
    session = read(history, tmp_path)
    assert openers(session) == [Opener.TYPED]
    assert session.calls[0].prompt == 1


def test_an_answer_belongs_to_the_prompt_it_answers_whatever_the_file_order(tmp_path):
    """Tree order is parentUuid."""
    history = Claude()
    first = history.prompt("one")
    history.prompt("two")
    history.says("late answer to one", parentUuid=first["uuid"])
    assert read(history, tmp_path).calls[0].prompt == 1


@pytest.mark.parametrize(
    ("content", "error", "fields", "status"),
    [
        ("fine", None, {}, Status.OK),
        ("error: everything is broken", False, {}, Status.OK),
        ("Exit code 1\nboom", True, {}, Status.ERROR),
        ("<tool_use_error>String not found</tool_use_error>", True, {}, Status.ERROR),
        ("The user doesn't want to proceed with this tool use.", True, {}, Status.DENIED),
        (
            [{"type": "text", "text": "Claude requested permissions to use WebFetch"}],
            True,
            {},
            Status.DENIED,
        ),
        (
            "the mode is not available",
            True,
            {"toolDenialKind": "automode-unavailable"},
            Status.DENIED,
        ),
        ("[Request interrupted by user for tool use]", True, {}, Status.ABORTED),
        ("Exit code 137\n[Request interrupted by user for tool use]", True, {}, Status.ABORTED),
        (12, True, {}, Status.ERROR),
    ],
)
def test_status_comes_from_the_error_mark_never_from_the_word_error(
    tmp_path, content, error, fields, status
):
    """Without a mark a result is ok, whatever it says."""
    history = Claude()
    history.uses("Bash", {"command": "make"}, "t1")
    history.result("t1", content, error, **fields)
    (tool,) = read(history, tmp_path).tools
    assert tool.status is status
    assert tool.answered
    assert tool.duration == 1000


def test_a_call_without_result_is_unknown_and_unanswered(tmp_path):
    """Cut or interrupted: neither success nor error."""
    history = Claude()
    history.uses("Bash", {"command": "make"}, "t1")
    (tool,) = read(history, tmp_path).tools
    assert (tool.status, tool.answered, tool.duration) == (Status.UNKNOWN, False, 0)


def test_effects_follow_the_records_own_directory(tmp_path):
    """cwd changes within a session."""
    history = Claude()
    history.uses("Read", {"file_path": "a.py"}, "t1")
    history.cwd = "/x/agentsight/.worktrees/2"
    history.uses("Edit", {"file_path": "b.py", "old_string": "a", "new_string": "b"}, "t2")
    session = read(history, tmp_path)
    assert [tool.cwd for tool in session.tools] == ["/x/agentsight", "/x/agentsight/.worktrees/2"]
    assert [tool.effects[0].kind for tool in session.tools] == [EffectKind.READ, EffectKind.WRITE]
    assert session.cwds == ["/x/agentsight", "/x/agentsight/.worktrees/2"]


def agent_file(folder, agent="a0d5", **common):
    """A sub-agent's file with one call and one tool call."""
    history = Claude(isSidechain=True, agentId=agent, **common)
    history.prompt("look around", uuid=f"{agent}-u1")
    history.uses("Grep", {"pattern": "x"}, f"t-{agent}", call=f"m-{agent}", uuid=f"{agent}-u2")
    history.result(f"t-{agent}", uuid=f"{agent}-u3")
    return history.write(folder, f"agent-{agent}.jsonl")


def parent_with_task(*, second_prompt=True):
    """A main thread that starts a sub-agent in its first prompt."""
    history = Claude()
    history.prompt("explore it")
    history.uses("Task", {"subagent_type": "Explore", "prompt": "look around"}, "task1")
    history.result(
        "task1", toolUseResult={"agentId": "a0d5", "status": "completed", "totalTokens": 999}
    )
    if second_prompt:
        history.prompt("thanks")
    return history


def test_a_subagents_file_belongs_to_the_prompt_that_started_it(tmp_path):
    """The result of the starting call names the sub-agent."""
    path = agent_file(tmp_path)
    session = read(parent_with_task(), tmp_path, path)
    call = next(c for c in session.calls if c.id.startswith("m-a0d5"))
    assert (call.prompt, call.subagent) == (1, "Explore")
    assert session.subagents == 1
    assert openers(session) == [Opener.TYPED, Opener.TYPED]


def test_the_file_beside_a_subagents_file_names_its_type_and_its_starter(tmp_path):
    """Newest layout: agent-<id>.meta.json."""
    path = agent_file(tmp_path, "b7")
    meta = {"agentType": "general-purpose", "toolUseId": "task1"}
    path.with_name("agent-b7.meta.json").write_text(json.dumps(meta), encoding="utf-8")
    session = read(parent_with_task(), tmp_path, path)
    call = next(c for c in session.calls if c.id.startswith("m-b7"))
    assert (call.prompt, call.subagent) == (1, "general-purpose")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_nothing_but_a_file_is_waited_for(tmp_path):
    """A pipe in its place would never end."""
    path = agent_file(tmp_path, "b7")
    os.mkfifo(path.with_name("agent-b7.meta.json"))
    session = read(parent_with_task(), tmp_path, path)
    assert any(call.id.startswith("m-b7") for call in session.calls)


def test_subagents_of_subagents_stay_in_the_first_ones_region(tmp_path):
    """Files are read in the order in which their starters become known."""
    outer = Claude(isSidechain=True, agentId="z9")
    outer.prompt("look around", uuid="z-1")
    outer.uses("Task", {"subagent_type": "deep", "prompt": "dig"}, "task2", call="m-z", uuid="z-2")
    outer.result("task2", toolUseResult={"agentId": "a0d5"}, uuid="z-3")
    outer_path = outer.write(tmp_path, "agent-z9.jsonl")
    parent = parent_with_task(second_prompt=False)
    parent.records[-1]["toolUseResult"]["agentId"] = "z9"
    parent.prompt("other")
    session = read(parent, tmp_path, agent_file(tmp_path), outer_path)
    call = next(c for c in session.calls if c.id.startswith("m-a0d5"))
    assert (call.prompt, call.subagent) == (1, "deep")


def test_inline_sidechains_belong_to_the_call_with_their_prompt(tmp_path):
    """Oldest layout: the sub-agent's records stand in the parent's file."""
    history = Claude()
    history.prompt("explore it")
    history.uses("Task", {"subagent_type": "Explore", "prompt": "look around"}, "task1")
    history.uses("Task", {"subagent_type": "Plan", "prompt": "make a plan"}, "task2")
    history.prompt("look around", isSidechain=True, parentUuid=None)
    history.uses("Grep", {"pattern": "x"}, "t9", call="m9", isSidechain=True)
    session = read(history, tmp_path)
    call = next(c for c in session.calls if c.id.startswith("m9"))
    assert (call.prompt, call.subagent) == (1, "Explore")
    assert openers(session) == [Opener.TYPED]


def embed(history, agent="a0d5"):
    """Put a sub-agent's records into progress lines of its parent."""
    inner = Claude(isSidechain=True)
    inner.uses("Grep", {"pattern": "x"}, f"t-{agent}", call=f"m-{agent}", uuid=f"{agent}-u2")
    inner.result(f"t-{agent}", "no", True, uuid=f"{agent}-u3")
    for record in inner.records:
        history.add(
            "progress",
            data={"type": "agent_progress", "agentId": agent, "message": record},
            parentToolUseID="task1",
        )


def test_embedded_records_are_the_fallback_and_say_so(tmp_path):
    """With no file of the sub-agent, its progress lines are the only trace."""
    history = parent_with_task()
    embed(history)
    session = read(history, tmp_path)
    (call,) = [c for c in session.calls if c.embedded]
    (tool,) = [t for t in session.tools if t.embedded]
    assert (call.prompt, call.subagent) == (1, "Explore")
    assert (tool.status, tool.subagent) == (Status.ERROR, "Explore")


def test_embedded_records_give_way_to_the_subagents_file(tmp_path):
    """Same ids, counted once."""
    history = parent_with_task()
    embed(history)
    session = read(history, tmp_path, agent_file(tmp_path))
    assert not any(event.embedded for event in (*session.calls, *session.tools))
    assert len(session.tools) == 2


def test_a_subagents_file_read_alone_has_no_prompts(tmp_path):
    """Its task is the parent's text."""
    session = CLAUDE.read(group_of("claude", None, (agent_file(tmp_path),)), Wants())
    assert openers(session) == []
    assert session.id == SESSION
    assert len(session.tools) == 1


def test_discovery_finds_all_three_layouts_and_leaves_other_files(tmp_path):
    """A session is its main file and its sub-agents' files."""
    projects = tmp_path / "projects" / "-x-agentsight"
    Claude().write(projects)
    agent_file(projects, "b1")
    agent_file(projects / SESSION / "subagents", "b2")
    agent_file(projects / SESSION / "subagents" / "workflows" / "w", "b3")
    (projects / SESSION / "subagents" / "workflows" / "w" / "journal.jsonl").write_text(
        "{}\n", encoding="utf-8"
    )
    (projects / SESSION / "tool-results").mkdir()
    (projects / SESSION / "tool-results" / "x.txt").write_text("x", encoding="utf-8")
    parent_with_task().write(projects, f"{OTHER}.jsonl")
    groups = CLAUDE.discover(tmp_path, Heads(), Reconciliation())
    assert [(g.main and Path(g.main).stem, len(g.subagents)) for g in groups] == [
        (SESSION, 3),
        (OTHER, 0),
    ]
    assert all(g.size > 0 for g in groups)


def test_unknown_record_types_are_counted_and_never_fatal(tmp_path):
    """New types keep appearing."""
    history = Claude()
    history.add("hologram", data=[1, 2])
    history.add("assistant", message="not an object")
    history.add("user", message={"content": {"odd": 1}})
    history.says("still here")
    session = read(history, tmp_path)
    assert session.reconciliation.unknown_records == {"hologram": 1}
    assert len(session.calls) == 1


@pytest.mark.parametrize("value", [None, 7, ["x"], {}, "", True])
@pytest.mark.parametrize(
    "field", ["uuid", "parentUuid", "sessionId", "timestamp", "cwd", "requestId", "type"]
)
def test_odd_values_in_any_field_never_drop_the_file(tmp_path, field, value):
    """A field of another type is lost alone."""
    history = Claude()
    history.prompt("fix it")
    history.says("x", **{field: value})
    history.says("y", call="m2")
    session = read(history, tmp_path)
    assert any(call.id.startswith("m2") for call in session.calls)
