"""Profile: a commutative monoid over samples."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentpprof_mcp.profile import Label, Measure, Profile, Sample

MEASURES = (Measure("events", "count"), Measure("tokens", "tokens"))

FRAMES = st.lists(st.sampled_from("abcd").map(Label), min_size=1, max_size=3).map(tuple)
LABELS = st.sampled_from(
    [(), (("date", Label("x")),), (("date", Label("y")), ("model", Label("m")))]
)
PROFILES = st.lists(
    st.tuples(FRAMES, LABELS, st.tuples(st.integers(0, 9), st.integers(0, 9))), max_size=8
)


def made(parts):
    """A profile of (stack, labels, values) triples."""
    profile = Profile("tasks", MEASURES)
    for number, (stack, labels, values) in enumerate(parts, 1):
        profile.add(Sample(stack, labels), values)
        profile.cover(number, number)
        profile.reconciliation.lines += 1
    profile.check()
    return profile


def state(profile):
    """What two equal profiles share."""
    return profile.samples, profile.started, profile.ended, profile.reconciliation


def together(*parts):
    """A merge from left to right, of copies."""
    out = Profile("tasks", MEASURES)
    for part in parts:
        out.merge(made(part) if isinstance(part, list) else part)
    out.check()
    return out


@given(PROFILES, PROFILES, PROFILES)
def test_merge_is_associative_and_commutative_and_keeps_totals(a, b, c):
    """A profile per session, then merge, is sound."""
    left = together(together(a, b), c)
    assert state(left) == state(together(a, together(b, c)))
    assert state(left) == state(together(c, b, a))
    assert left.totals() == tuple(
        map(sum, zip(made(a).totals(), made(b).totals(), made(c).totals(), strict=True))
    )


@given(PROFILES)
def test_the_empty_profile_is_the_identity(a):
    """On both sides."""
    assert state(together(a, [])) == state(together([], a)) == state(made(a))


@given(PROFILES)
def test_stacks_and_the_table_keep_the_weight(a):
    """Labels fold away without loss; flat sums to the total, cum never passes it."""
    profile = made(a)
    for measure, total in enumerate(profile.totals()):
        assert sum(values[measure] for values in profile.stacks().values()) == total
        rows = profile.top(measure)
        assert sum(row.flat for row in rows) == total
        assert all(row.flat <= row.cum <= total for row in rows)


def test_profiles_of_different_views_do_not_merge():
    """A difference of measures is an error, never a sum."""
    with pytest.raises(ValueError, match="cannot merge"):
        made([]).merge(Profile("files", MEASURES))
    with pytest.raises(ValueError, match="1 values for 2"):
        made([]).add(Sample((Label("a"),)), (1,))


def test_a_frame_that_repeats_in_a_stack_counts_once():
    """cum is the weight of the stacks that hold a frame."""
    profile = made([((Label("a"), Label("b"), Label("a")), (), (2, 0))])
    assert [(row.frame, row.flat, row.cum) for row in profile.top()] == [("a", 2, 2), ("b", 0, 2)]


@given(PROFILES, PROFILES)
def test_a_difference_leads_from_one_profile_to_the_other(a, b):
    """Only frames that changed are in it, and their changes are those of the tables."""
    base, new = made(a), made(b)
    assert made(a).diff(base) == []
    deltas = {delta.frame: delta for delta in new.diff(base)}
    before, after = ({row.frame: row for row in p.top()} for p in (base, new))
    for frame in before.keys() | after.keys():
        if before.get(frame) != after.get(frame):
            delta = deltas.pop(frame)
            assert delta.new.cum == (after[frame].cum if frame in after else 0)
            assert delta.base.cum == (before[frame].cum if frame in before else 0)
    assert deltas == {}


@given(PROFILES)
def test_focusing_keeps_whole_stacks(a):
    """Those with the frame, with all their weight, and no other."""
    profile = made(a)
    part = profile.focus(lambda frame: frame == "a")
    part.check()
    rows = {row.frame: row.cum for row in profile.top()}
    assert part.totals()[0] == rows.get("a", 0)
    assert profile.focus(lambda _: True).samples == profile.samples


def test_the_neighbours_of_a_frame_are_weighed_once_for_each_stack():
    """A frame that calls itself is not its own neighbour."""
    stacks = {"r a x": 1, "r a a y": 2, "r a": 4, "r b": 8}
    profile = made([(tuple(map(Label, s.split())), (), (w, 0)) for s, w in stacks.items()])
    peek = profile.peek(Label("a"))
    assert (peek.stacks, peek.row.flat, peek.row.cum) == (3, 4, 7)
    assert peek.callers == [("r", 7)]
    assert peek.callees == [("y", 2), ("x", 1)]
    assert profile.peek(Label("z")).stacks == 0
