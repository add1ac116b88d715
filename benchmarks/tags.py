"""How well the built-in rules name prompts and sessions that people have labelled, and what they cost.

usage: tags.py --gold DIR [--home DIR] [--wrong]
DIR holds gold-tags.jsonl and gold-sessions.jsonl; --home has the history that they are from, which tells
the repositories apart and gives the shares of width.
"""

import argparse
import json
import os
import re
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from agentpprof_mcp.model import Opener, Reconciliation, Session
from agentpprof_mcp.readers import READERS, Wants, discover, reader_of
from agentpprof_mcp.taggers import FALLBACK, RulesTagger
from agentpprof_mcp.taggers.grammar import judge
from agentpprof_mcp.taggers.rules import session_tag

CONTENTLESS = frozenset("agent assistant claude codex general llm model other".split())
CWD = re.compile(rb'"cwd": ?"((?:[^"\\]|\\.)*)"')
WORKTREE = re.compile(r"[/\\]\.(?:claude[/\\])?worktrees[/\\].*")
WRITTEN_BY_AGENTS = {"a plan to carry out"}
"""Rules about what agents write in a user's name: no repository's habit, so none can be its only evidence."""

NOTHING: frozenset[str] = frozenset()


class Answer(NamedTuple):
    """A gold row, its repository, and what the rules say."""

    row: dict[str, Any]
    repository: str
    tag: str
    rule: str

    @property
    def best(self) -> bool:
        """Whether it is the labeller's first choice."""
        return bool(self.tag == self.row["tag"])

    @property
    def accepted(self) -> bool:
        """Whether the labeller would accept it."""
        return self.best or self.tag in self.row["also"]


def rows_of(path: Path) -> list[dict[str, Any]]:
    """The rows of a gold file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def repositories(home: Path | None) -> dict[str, str]:
    """File name to the base name of the folder that its session worked in, worktrees taken together."""
    found: dict[str, str] = {}
    for path in sorted(home.rglob("*.jsonl")) if home else []:
        match = CWD.search(path.read_bytes())
        if match:
            cwd = WORKTREE.sub("", json.loads(b'"' + match[1] + b'"'))
            found[path.name] = re.split(r"[/\\]", cwd)[-1]
    return found


def answers(
    rows: Sequence[dict[str, Any]], where: dict[str, str], without: dict[str, frozenset[str]]
) -> list[Answer]:
    """What the rules, without those named for a repository, say of prompts."""
    out = []
    for row in rows:
        repository = where.get(row["file"], "?")
        verdict = judge(row["text"], without.get(repository, NOTHING))
        out.append(Answer(row, repository, verdict.tag or FALLBACK, verdict.rule))
    return out


def own_rules(given: Sequence[Answer]) -> dict[str, frozenset[str]]:
    """Repository to the rules that are right there and nowhere else."""
    right: dict[str, set[str]] = defaultdict(set)
    for answer in given:
        if answer.accepted and answer.rule not in WRITTEN_BY_AGENTS:
            right[answer.rule].add(answer.repository)
    return {
        name: frozenset(rule for rule, places in right.items() if places == {name})
        for name in {answer.repository for answer in given}
    }


def session_answers(
    rows: Sequence[dict[str, Any]], where: dict[str, str], without: dict[str, frozenset[str]]
) -> list[Answer]:
    """What the rules say of sessions."""
    out = []
    for row in rows:
        repository = where.get(row["file"], "?")
        left_out = without.get(repository, NOTHING)
        tags = [judge(text, left_out).tag or FALLBACK for text in row["prompts"]]
        out.append(Answer(row, repository, session_tag(tags), ""))
    return out


def accuracy(name: str, given: Sequence[Answer]) -> str:
    """A row of the table of accuracy."""
    counts = [
        sum(answer.accepted for answer in given),
        sum(answer.best for answer in given),
        sum(answer.tag == FALLBACK for answer in given),
    ]
    shares = " | ".join(f"{count / len(given):.1%}" for count in counts)
    return f"| {name} | {len(given)} | {shares} |"


def by_rule(given: Sequence[Answer]) -> Iterator[str]:
    """Each rule with how often it was right and wrong."""
    counts: dict[tuple[str, str], Counter[bool]] = defaultdict(Counter)
    for answer in given:
        counts[answer.tag, answer.rule][answer.accepted] += 1
    for (tag, rule), count in sorted(counts.items(), key=lambda item: -item[1].total()):
        yield f"| {tag} | {rule or 'no rule'} | {count[True]} | {count[False]} |"


def confusions(given: Sequence[Answer]) -> Iterator[str]:
    """Which tags were given instead of which, the commonest first."""
    pairs = Counter((a.row["tag"], a.tag) for a in given if not a.accepted)
    for (wanted, got), count in pairs.most_common(12):
        yield f"| {wanted} | {got} | {count} |"


def sessions_of(home: Path) -> list[Session]:
    """All sessions of a home folder."""
    roots = {reader.name: reader.default_root(home, {}) for reader in READERS}
    wants = Wants(effects=False, files=False)
    groups = discover(roots, {}, Reconciliation())
    return [reader_of(group.agent).read(group, wants) for group in groups]


def tagged_sessions(home: Path) -> list[Session]:
    """All sessions of a home folder with their tags."""
    sessions, tagger = sessions_of(home), RulesTagger()
    for session in sessions:
        tagger.tag(session)
    return sessions


def widths(sessions: Sequence[Session]) -> dict[str, Counter[str]]:
    """Tokens by tag, of sessions, prompts and calls."""
    width: dict[str, Counter[str]] = defaultdict(Counter)
    for session in sessions:
        for call in session.calls:
            width["session"][session.tag] += call.tokens.total
            width["prompt"][session.prompts[call.prompt].tag] += call.tokens.total
            width["llm"][call.tag] += call.tokens.total
    return width


def history(home: Path) -> Iterator[str]:
    """Speed over real history, and where its tokens fall."""
    sessions = sessions_of(home)
    typed = {Opener.TYPED, Opener.QUEUED}
    texts = [p.text for session in sessions for p in session.prompts if p.opener in typed]
    judge.cache_clear()
    prompts = seconds(judge, texts)
    judge.cache_clear()
    whole = seconds(RulesTagger().tag, sessions)
    calls = sum(len(session.calls) for session in sessions)
    yield f"{len(texts) / prompts:,.0f} prompts per second; {whole:.2f} s for all {len(texts):,} prompts and {calls:,} calls"
    width = widths(sessions)
    for kind in ("session", "prompt"):
        share = width[kind][FALLBACK] / width[kind].total()
        yield f"{share:.1%} of tokens are in a {kind} that fell back"
    of_calls = width["llm"]
    empty = sum(of_calls[tag] for tag in CONTENTLESS)
    yield f"{empty / of_calls.total():.1%} of tokens are in calls whose tag says nothing"
    shares = (f"{tag} {tokens / of_calls.total():.1%}" for tag, tokens in of_calls.most_common(14))
    yield f"calls: {', '.join(shares)}"


def seconds(work: Callable[[Any], object], items: Sequence[Any]) -> float:
    """Processor time of some work on every item."""
    start = time.process_time()
    for item in items:
        work(item)
    return time.process_time() - start


def main() -> None:
    """Print tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gold", type=Path, default=os.environ.get("AGENTPPROF_GOLD"))
    parser.add_argument("--home", type=Path)
    parser.add_argument("--wrong", action="store_true", help="list what was wrong, by its id")
    args = parser.parse_args()
    if args.gold is None:
        parser.error("name the folder of the gold files with --gold or AGENTPPROF_GOLD")
    where = repositories(args.home)
    prompts, sessions = (rows_of(args.gold / f"gold-{name}.jsonl") for name in ("tags", "sessions"))
    given = answers(prompts, where, {})
    own = own_rules(given)
    print("| | labelled | accepted | first choice | fallback |\n| --- | --: | --: | --: | --: |")
    print(accuracy("prompts", given))
    print(accuracy("prompts, rules of other repositories only", answers(prompts, where, own)))
    print(accuracy("sessions", session_answers(sessions, where, {})))
    print(accuracy("sessions, likewise", session_answers(sessions, where, own)))
    print("\n| tag | rule | right | wrong |\n| --- | --- | --: | --: |", *by_rule(given), sep="\n")
    print("\n| wanted | given | times |\n| --- | --- | --: |", *confusions(given), sep="\n")
    if args.wrong:
        print("\nwrong:", *(f"{a.row['id']} {a.tag}" for a in given if not a.accepted))
    if args.home:
        print("", *history(args.home), sep="\n")


if __name__ == "__main__":
    main()
