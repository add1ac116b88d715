"""With and without the index, every answer is the same, whatever happened to the history in between."""

import os
import shutil
import tempfile
from pathlib import Path

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.index.world import DAYS, Asked, World

EXAMPLES = int(os.environ.get("AGENTPPROF_INDEX_EXAMPLES", "12"))
"""A sample; some hundreds are for a run before a release."""

NUMBERS = st.integers(0, 4)
FOLDERS = st.sampled_from(["shop/web", "shop/api", "shop", "tool", ""])
AGENTS = st.sampled_from(["claude", "codex"])

RANGES = ("", "", *DAYS)
QUESTIONS = st.builds(
    Asked,
    view=st.integers(0, 4),
    project=st.sampled_from(["", "", "", "shop", "shop/web", "tool", "none"]),
    name=st.sampled_from([None, None, "named"]),
    names=st.sampled_from([(), (), ("shop",), ("web", "tool")]),
    since=st.sampled_from(RANGES),
    until=st.sampled_from(RANGES),
    agents=st.sampled_from([(), (), ("claude",), ("codex",)]),
    ids=st.sampled_from([(), (), ("last",), ("0e35f321",), ("019ed50c", "0e35f320"), ("0e",)]),
    tags=st.sampled_from([(), (), (), ("debug",), ("odd", "docs")]),
    prompts=st.sampled_from([(), (), (), ("debug",), ("docs", "odd")]),
    newest=st.sampled_from([None, None, 1, 2]),
    zone=st.sampled_from(["UTC", "UTC", "America/New_York"]),
    depth=st.sampled_from([2, 2, 1, None]),
    rules=st.sampled_from([(), (), ("prompt:paint=slow",)]),
    frames=st.sampled_from([(), (), ("prompt", "call"), ("domain",)]),
)


class Histories(RuleBasedStateMachine):
    """Any changes in any order, and after each a question: a usual one, and any other."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.world = World(self.folder)

    def teardown(self) -> None:
        shutil.rmtree(self.folder)

    def _file(self, choice: int) -> Path | None:
        files = self.world.files()
        return files[choice % len(files)] if files else None

    @initialize()
    def begin(self) -> None:
        self.world.write("claude", 1, 3, cwd="shop/web")
        self.world.write("codex", 1, 2, cwd="shop/api")

    @rule(agent=AGENTS, number=NUMBERS, turns=st.integers(0, 5), day=NUMBERS, cwd=FOLDERS)
    def write(self, agent, number, turns, day, cwd):
        self.world.write(agent, number, turns, day=day, cwd=cwd)

    @rule(agent=AGENTS, number=NUMBERS, origin=NUMBERS, turns=st.integers(1, 5), day=NUMBERS)
    def fork(self, agent, number, origin, turns, day):
        self.world.write(agent, number, turns, day=day, cwd="tool", origin=origin)

    @rule(number=NUMBERS, beside=st.booleans(), meta=st.booleans())
    def subagent(self, number, beside, meta):
        self.world.subagent(number, beside=beside, meta=meta)

    @rule(choice=NUMBERS, turns=st.integers(1, 3))
    def append(self, choice, turns):
        if path := self._file(choice):
            self.world.append(path, turns)

    @rule(choice=NUMBERS, share=st.sampled_from([0, 0.3, 0.8]))
    def truncate(self, choice, share):
        if path := self._file(choice):
            self.world.truncate(path, share)

    @rule(choice=NUMBERS, how=st.sampled_from(["rewrite", "replace", "move", "compress"]))
    def change(self, choice, how):
        if path := self._file(choice):
            getattr(self.world, how)(path)

    @rule(choice=NUMBERS)
    def delete(self, choice):
        if path := self._file(choice):
            path.unlink()

    @rule(name=st.sampled_from(["shop", "shop/web", "tool"]))
    def repository(self, name):
        self.world.repository(name)

    @rule(number=NUMBERS, tag=st.sampled_from(["odd", ""]), prompt=st.sampled_from([-1, 1]))
    def give(self, number, tag, prompt):
        self.world.give(number, tag, prompt)

    @rule(how=st.sampled_from(["claude", "codex", "both", "projects"]))
    def other_roots(self, how):
        world = self.world
        claude, codex = world.claude, world.codex
        world.roots = {
            "claude": {"claude": claude / "projects" / "p", "both": codex}.get(how, claude),
            "codex": {"codex": codex / "sessions", "both": codex}.get(how, codex),
        }

    @rule(asked=QUESTIONS)
    def ask(self, asked):
        self.world.check(asked)

    @rule(asked=QUESTIONS)
    def ask_for_deleted(self, asked):
        """What is gone is in all kinds of answer, or in none."""
        sum_, table, whole, _ = self.world.answers(self.world.query(asked, deleted=True)).values()
        if isinstance(whole, str):
            assert sum_ == table == whole
        else:
            assert (sum_[0], table[0]) == (whole[0], whole[-1])

    @invariant()
    def usual(self):
        self.world.check(ways=("sum", "list"))


Histories.TestCase.settings = settings(max_examples=EXAMPLES, stateful_step_count=12)
test_any_history = Histories.TestCase
