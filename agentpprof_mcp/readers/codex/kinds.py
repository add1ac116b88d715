"""The names of records, and which known ones hold nothing that is counted."""

from agentpprof_mcp.readers.codex.records import Line

__all__ = ["ANSWERS", "CALLS", "ENDS", "PROMPTS", "QUIET", "kind_of"]

CALLS = (
    "response_item/function_call",
    "response_item/custom_tool_call",
    "response_item/local_shell_call",
    "response_item/tool_search_call",
    "response_item/web_search_call",
    "response_item/image_generation_call",
)

ANSWERS = ("response_item/function_call_output", "response_item/custom_tool_call_output")

PROMPTS = ("event_msg/user_message", "item/UserMessage")

ENDS = (
    "event_msg/mcp_tool_call_end",
    "event_msg/patch_apply_end",
    "item/McpToolCall",
    "item/FileChange",
    "item/CollabAgentToolCall",
)
"""What tells how a tool call ended, beside its answer."""

QUIET = frozenset(
    {
        "state", "compacted", "world_state", "inter_agent_communication",
        "inter_agent_communication_metadata", "security_risk_score", "retained_context",
        "realtime_item",
        *(f"response_item/{name}" for name in (
            "reasoning", "agent_message", "ghost_snapshot", "compaction", "compaction_summary",
            "context_compaction", "additional_tools", "configuration_update",
        )),
        *(f"event_msg/{name}" for name in (
            "agent_message", "agent_reasoning", "agent_reasoning_raw_content", "context_compacted",
            "entered_review_mode", "error", "exec_command_begin", "exited_review_mode",
            "image_generation_end", "item_completed", "item_started", "mcp_tool_call_begin",
            "patch_apply_begin", "plan_update", "sub_agent_activity", "task_complete",
            "task_started", "thread_goal_updated", "thread_name_updated", "thread_rolled_back",
            "thread_settings_applied", "turn_aborted", "turn_diff", "view_image_tool_call",
            "warning", "web_search_begin", "web_search_end",
        )),
        *(f"item/{name}" for name in (
            "AgentMessage", "ContextCompaction", "ImageGeneration", "Plan", "Reasoning",
            "WebSearch",
        )),
    }
)  # fmt: skip
"""They repeat what another record tells, or keep the client's state. What a compaction copies, and
turns that were rolled back, are in the file already: their tokens were spent."""


def kind_of(line: Line) -> str:
    """The types of a record, outermost first: `event_msg/token_count`, `item/McpToolCall`, `compacted`.

    A bare item of the older generations is a `response_item`; a bare line without type is the `header`, if it has an id.
    """
    payload = line.payload
    if payload is None:
        if line.type or line.role:
            return f"response_item/{line.type or 'message'}"
        if line.record_type:
            return "state"
        return "header" if line.id else "untyped"
    if payload.type == "item_completed" and payload.item is not None:
        return f"item/{payload.item.type}"
    return f"{line.type}/{payload.type}" if payload.type else line.type
