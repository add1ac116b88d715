"""Profiles for others: what is left of frames, of rare stacks, of sessions and of numbers."""

import json
from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentpprof_mcp.errors import UserError
from agentpprof_mcp.labels.published import OTHER, publisher
from agentpprof_mcp.model import Reconciliation, Tokens
from agentpprof_mcp.profile import Label, Measure, Profile, Sample
from agentpprof_mcp.public import anonymous, publish, rounded
from agentpprof_mcp.query import Policy
from agentpprof_mcp.service import encode
from agentpprof_mcp.writers.base import PromptRow, Report, SessionRow

FRAMES = [
    "prompt:debug",
    "path:src/a.py",
    "path:src/b.py",
    "path:acme",
    "mcp:acme/x",
    "mcp:github/y",
]
LAW = Policy(k=3)


def profile_of(rows):
    """A profile of (frames, session, day, weight)."""
    profile = Profile("files", [Measure("effects", "count"), Measure("errors", "count")])
    for frames, session, day, weight in rows:
        labels = (("date", Label(f"2026-11-0{day}")), ("session", Label(f"0e35f321-000{session}")))
        profile.add(Sample(tuple(map(Label, frames)), labels), (weight, weight % 2))
    profile.cover(1_790_000_000_000, 1_790_000_900_000)
    return profile


PROFILES = st.lists(
    st.tuples(
        st.lists(st.sampled_from(FRAMES), min_size=1, max_size=5),
        st.integers(0, 8),
        st.integers(1, 4),
        st.integers(1, 10**6),
    ),
    max_size=60,
).map(profile_of)


def shared_by(profile):
    """Sessions and days of each stack."""
    seen: dict[tuple[Label, ...], tuple[set[object], set[object]]]
    seen = defaultdict(lambda: (set(), set()))
    for stack, labels in profile.samples:
        pairs = dict(labels)
        seen[stack][0].add(pairs.get("session"))
        seen[stack][1].add(pairs.get("date"))
    return seen


@given(PROFILES)
def test_no_weight_is_lost(profile):
    """What is rare counts on, as `other`."""
    assert anonymous(profile, LAW).totals() == profile.totals()


@given(PROFILES)
def test_what_is_anonymous_stays_as_it_is(profile):
    """A second pass finds nothing to do."""
    once = anonymous(profile, LAW)
    assert anonymous(once, LAW).samples == once.samples


@given(PROFILES)
def test_no_stack_is_in_fewer_sessions_or_days_than_asked(profile):
    """Only `other` itself, which tells nothing, may be."""
    for stack, (sessions, days) in shared_by(anonymous(profile, LAW)).items():
        assert stack == (OTHER,) or (len(sessions) >= LAW.k and len(days) >= 2)


@given(PROFILES)
def test_times_and_names_of_sessions_are_gone(profile):
    """Days and numbers stand in their place."""
    public = anonymous(profile, LAW)
    assert (public.started, public.ended) == (0, 0)
    sessions = {
        text for sample in public.samples for key, text in sample.labels if key == "session"
    }
    assert sessions == {f"s{number}" for number in range(1, len(sessions) + 1)}


@given(PROFILES)
def test_rounded_weights_have_two_digits(profile):
    """And no label tells how they came about."""
    for (_, labels), values in rounded(profile).samples.items():
        assert labels == ()
        assert all(len(str(value).rstrip("0")) <= 2 for value in values)


@pytest.mark.parametrize(
    ("frame", "shown"),
    [
        ("project:acme", "project:project"),
        ("agent:codex", "agent:codex"),
        ("prompt:debug", "prompt:debug"),
        ("call:tool/shell", "call:tool/shell"),
        ("kind:cache_read", "kind:cache_read"),
        ("model:claude-opus-4-5-20251101", "model:claude-opus-4-5"),
        ("model:gpt-4o-2024-08-06", "model:gpt-4o"),
        ("model:acme-large", "model:custom"),
        ("process:cargo", "process:cargo"),
        ("process:script", "process:other"),
        ("path:repo", "path:repo"),
        ("path:src", "path:src"),
        ("path:src/canvas", "path:src"),
        ("path:src/acme.py", "path:src/.py"),
        ("path:acme/deep/x.rs", "path:dir/.rs"),
        ("path:acme", "path:dir"),
        ("path:README.md", "path:.md"),
        ("path:external/home", "path:external"),
        ("path:seg", "path:dir"),
        ("domain:docs.rs", "domain:docs.rs"),
        ("domain:npm", "domain:npm"),
        ("domain:acme.com", "domain:other"),
        ("domain:private", "domain:private"),
        ("mcp:github/create_issue", "mcp:github"),
        ("mcp:acme/find", "mcp:mcp-1"),
        ("subagent:explore", "subagent:explore"),
        ("subagent:acme-helper", "subagent:custom"),
        ("main.run", "other"),
        ("acme:x", "other"),
    ],
)
def test_a_frame_says_public_words_only(frame, shown):
    """What it says stays as it is when it is asked again."""
    assert publisher([Label(frame)], named=False)(Label(frame)) == shown
    assert publisher([Label(shown)], named=False)(Label(shown)) == shown


def test_a_project_that_the_user_names_keeps_its_name():
    """`--project-name` is a choice made for the reader."""
    assert publisher([], named=True)(Label("project:demo")) == "project:demo"


def test_what_is_rare_merges_with_its_siblings_and_what_is_below_them():
    """The status that all of them share can still be seen."""
    rows = [
        (["prompt:debug", "path:src", "status:ok"], session, session % 3 + 1, 10)
        for session in range(5)
    ]
    rows += [
        (["prompt:debug", f"path:docs/.{kind}", "status:ok"], session, session % 3 + 1, 1)
        for session, kind in enumerate(("md", "txt", "rst", "html", "pdf"))
    ]
    stacks = anonymous(profile_of(rows), Policy()).stacks()
    assert {";".join(stack): values[0] for stack, values in stacks.items()} == {
        "prompt:debug;path:src;status:ok": 50,
        "prompt:debug;other;status:ok": 5,
    }


def report_of(profile):
    """A report with as many sessions as it needs."""
    rows = [
        SessionRow(
            handle=f"0e35f321-000{number}",
            agent="claude",
            project="acme",
            model="claude-opus-5",
            tag="debug" if number else "design",
            started="2026-11-01T10:00:00+00:00",
            ended="2026-11-01T11:00:00+00:00",
            prompts=[PromptRow(1, "debug")],
            calls=1234,
            tools=7,
            tokens=Tokens(1234, 5678),
        )
        for number in range(6)
    ]
    account = Reconciliation(
        files=6, lines=12345, skipped={"not JSON": 123}, unknown_records={"acme": 2}
    )
    return Report(profile, "What?", rows, account, {"name": "regex", "user_rules": 3})


COMMON = [(["prompt:debug"], session, session % 2 + 1, 1001) for session in range(6)]


def test_a_published_report_says_by_which_rules():
    """In JSON; its sessions are numbers with days, and nothing that files chose is left."""
    document = json.loads(encode(publish(report_of(profile_of(COMMON)), Policy()), "json"))
    assert document["public"] == {
        "policy": "public/1",
        "k": 5,
        "days": 2,
        "exact": False,
        "suppressed": 0.0,
        "lists": document["public"]["lists"],
    }
    assert document["totals"] == [6000, 6]
    assert [row["handle"] for row in document["sessions"]] == ["s1", "s2", "s3", "s4", "s5", "s6"]
    assert [row["tag"] for row in document["sessions"]] == ["other", *["debug"] * 5]
    assert {row["started"] for row in document["sessions"]} == {"2026-11-01"}
    assert document["sessions"][0]["tokens"]["output"] == 5700
    assert document["sessions"][0]["prompts"] == []
    assert document["reconciliation"]["lines"] == 12000
    assert document["reconciliation"]["unknown_records"] == {"other": 2}
    assert document["tagger"] == {"name": "regex"}
    assert "acme" not in json.dumps(document)


def test_exact_weights_are_kept_when_asked_for():
    """With the numbers of the sessions that they are from."""
    report = publish(report_of(profile_of(COMMON)), Policy(exact=True))
    assert report.profile.totals() == (6006, 6)
    assert {labels for _, labels in report.profile.samples} == {
        (("date", f"2026-11-0{session % 2 + 1}"), ("session", f"s{session + 1}"))
        for session in range(6)
    }


def test_a_profile_that_would_be_mostly_hidden_is_refused_unless_forced():
    """Its reader would learn nothing, and might not notice."""
    report = report_of(profile_of(COMMON[:4]))
    with pytest.raises(UserError, match="would hide 100%: fewer than 5 sessions on 2 days"):
        publish(report, Policy())
    assert list(publish(report, Policy(force=True)).profile.stacks()) == [(OTHER,)]
