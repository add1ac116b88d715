"""The table of what changed."""

from agentpprof_mcp.profile import Label, Measure, Profile, Sample
from agentpprof_mcp.writers.diff import render


def made(**stacks: int) -> Profile:
    profile = Profile("tokens", [Measure("tokens", "count")])
    for frame, value in stacks.items():
        profile.add(Sample((Label("root"), Label(frame))), (value,))
    return profile


def test_the_largest_change_comes_first_and_what_vanished_is_listed() -> None:
    """A row is not lost because one side lacks it."""
    page = render(made(a=10, b=5, c=5), made(a=4, b=5, d=1), limit=9)
    assert page.text == (
        "base 20 tokens, new 10 tokens: -10 (-50.0%)\n"
        "base   base%  new    new%  change  change%  flat  frame\n"
        "  20  100.0%   10  100.0%     -10   -50.0%    +0  root\n"
        "  10   50.0%    4   40.0%      -6   -60.0%    -6  a\n"
        "   5   25.0%    0    0.0%      -5     gone    -5  c\n"
        "   0    0.0%    1   10.0%      +1      new    +1  d\n"
    )
    assert page.left == 0


def test_normalized_only_proportions_differ() -> None:
    """A session of twice the size that did the same did not change."""
    page = render(made(a=10, b=30), made(a=20, b=60), limit=9, normalize=True)
    assert page.text == (
        "base 40 tokens, new 80 tokens: +40 (+100.0%)\n"
        "base multiplied by 2, so that both totals are equal\n"
        "no frame differs\n"
    )


def test_rows_that_are_left_out_are_bounded() -> None:
    """What comes after them changed less."""
    page = render(made(a=1, b=1), made(a=5, b=2), limit=1, skip=1)
    assert page.left == 1
    assert page.text.endswith("      +4  +400.0%    +4  a\n1 more, each changed by at most 1\n")


def test_a_base_without_weight_has_no_shares() -> None:
    """Nothing is divided by zero."""
    assert "new 3 tokens: +3\n" in render(made(), made(a=3), limit=1, normalize=True).text
