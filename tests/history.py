"""Small histories for tests, in the agents' own words: what they write, without the noise."""

import json
from collections.abc import Iterable
from itertools import count
from pathlib import Path

from agentpprof_mcp.readers import Group

__all__ = ["Claude", "Codex", "group_of", "usage"]

START = "2026-11-20T10:00:{:02d}.000Z"


def usage(input=1, output=1, read=0, write=0):  # noqa: A002  the field's name
    """Claude's usage object."""
    return {
        "input_tokens": input,
        "output_tokens": output,
        "cache_read_input_tokens": read,
        "cache_creation_input_tokens": write,
    }


def group_of(agent: str, main: Path | None, subagents: Iterable[Path] = ()) -> Group:
    """The files of one session."""
    return Group(agent, str(main) if main else None, tuple(map(str, subagents)))


class Claude:
    """Writes one Claude Code file record by record; every record chains to the one before."""

    def __init__(
        self, session="0e35f321-31f3-4a70-a067-45abf6f46315", cwd="/x/agentsight", **common
    ):
        self.session = session
        self.cwd = cwd
        self.common = common
        self.records = []
        self.parent = None
        self.numbers = count(1)

    def add(self, record_type, **fields):
        """Append a record with the common fields; explicit ones win."""
        number = next(self.numbers)
        record = {
            "type": record_type,
            "uuid": f"{self.session[:8]}-u{number}",
            "parentUuid": self.parent,
            "timestamp": START.format(number % 60),
            "sessionId": self.session,
            "cwd": self.cwd,
            **self.common,
            **fields,
        }
        self.records.append(record)
        self.parent = record["uuid"]
        return record

    def prompt(self, text, **fields):
        """A typed prompt (or any other user text)."""
        return self.add("user", message={"role": "user", "content": text}, **fields)

    def says(
        self, text="", call="m1", tokens=None, model="claude-opus-5", stop="end_turn", **fields
    ):
        """One text block of a model call."""
        return self._block({"type": "text", "text": text}, call, tokens, model, stop, fields)

    def uses(
        self,
        tool,
        arguments,
        key,
        call="m1",
        tokens=None,
        model="claude-opus-5",
        stop="tool_use",
        **fields,
    ):
        """One tool_use block of a model call."""
        block = {"type": "tool_use", "id": key, "name": tool, "input": arguments}
        return self._block(block, call, tokens, model, stop, fields)

    def _block(self, block, call, tokens, model, stop, fields):
        message = {"id": call, "model": model, "content": [block], "stop_reason": stop}
        if tokens is not False:
            message["usage"] = tokens or usage()
        return self.add("assistant", **{"requestId": f"r-{call}", "message": message, **fields})

    def result(self, key, content="ok", error=None, **fields):
        """The answer to a tool call."""
        block = {"type": "tool_result", "tool_use_id": key, "content": content}
        if error is not None:
            block["is_error"] = error
        return self.add("user", message={"role": "user", "content": [block]}, **fields)

    def lines(self):
        """The file's bytes."""
        return "".join(json.dumps(record) + "\n" for record in self.records).encode()

    def write(self, folder, name=None):
        """Write the file below `folder`; its name is the session's unless given."""
        path = Path(folder) / (name or f"{self.session}.jsonl")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(self.lines())
        return path


class Codex:
    """Writes one Codex rollout (third generation) record by record."""

    def __init__(
        self, thread="019ed50c-2fb3-7002-a384-360bea6e7f04", cwd="/x/agentsight", model="gpt-5"
    ):
        self.thread = thread
        self.records = []
        self.numbers = count(1)
        self.total = dict.fromkeys(
            (
                "input_tokens",
                "cached_input_tokens",
                "output_tokens",
                "reasoning_output_tokens",
                "total_tokens",
            ),
            0,
        )
        self.add(
            "session_meta",
            id=thread,
            timestamp=START.format(0),
            cwd=cwd,
            originator="codex_cli_rs",
            cli_version="0.142.5",
            source="cli",
        )
        self.add("turn_context", cwd=cwd, model=model)

    def add(self, record_type, **payload):
        """Append a record."""
        number = next(self.numbers)
        self.records.append(
            {"timestamp": START.format(number % 60), "type": record_type, "payload": payload}
        )

    def prompt(self, text):
        """A typed prompt, as the message and as the event that counts."""
        self.add(
            "response_item",
            type="message",
            role="user",
            content=[{"type": "input_text", "text": text}],
        )
        self.add("event_msg", type="user_message", message=text)

    def says(self, text):
        """Text of the model."""
        self.add(
            "response_item",
            type="message",
            role="assistant",
            content=[{"type": "output_text", "text": text}],
        )

    def shell(
        self,
        key,
        command,
        output="Exit code: 0\nWall time: 0.5 seconds\nOutput:\nfine",
        workdir=None,
    ):
        """A shell call and its output."""
        arguments = {"command": command, **({"workdir": workdir} if workdir else {})}
        self.call(key, "shell_command", arguments, output)

    def call(self, key, name, arguments, output):
        """A function call and its output."""
        self.add(
            "response_item",
            type="function_call",
            name=name,
            arguments=json.dumps(arguments),
            call_id=key,
        )
        self.add("response_item", type="function_call_output", call_id=key, output=output)

    def patch(self, key, text, output="Exit code: 0\nWall time: 0 seconds\nOutput:\nSuccess."):
        """An apply_patch call and its output."""
        self.add(
            "response_item",
            type="custom_tool_call",
            name="apply_patch",
            input=text,
            call_id=key,
            status="completed",
        )
        self.add("response_item", type="custom_tool_call_output", call_id=key, output=output)

    def counts(self, input=0, cached=0, output=0, reasoning=0):  # noqa: A002  the field's name
        """The token_count event that ends a model call."""
        last = dict(
            zip(self.total, (input, cached, output, reasoning, input + output), strict=True)
        )
        self.total = {name: self.total[name] + last[name] for name in self.total}
        self.add(
            "event_msg",
            type="token_count",
            info={
                "total_token_usage": self.total,
                "last_token_usage": last,
                "model_context_window": 272000,
            },
        )

    def write(self, folder):
        """Write the rollout below `folder`."""
        path = Path(folder) / f"rollout-2026-11-20T10-00-00-{self.thread}.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(json.dumps(r) + "\n" for r in self.records), encoding="utf-8")
        return path
