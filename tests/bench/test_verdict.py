"""Two rosters compare by needs, then promises, then quality; what the judge objects to can be left out."""

from __future__ import annotations

import pytest
from towns import served, town, visit

from matcher.bench.verdict import compare, judge, without_objections


@pytest.mark.parametrize(("ours", "theirs", "outcome", "tier", "by"), [
    ((100, 5, 50), (100, 5, 50), "equal", None, 0),
    ((100, 5, 50), (90, 900, 900), "better", "needs", -10),  # needs come first, whatever the rest
    ((100, 5, 50), (100, 6, 0), "worse", "promises", 1),
    ((100, 5, 50), (100, 5, 40), "better", "quality", -10),
    ((0, 0, 0), (0, 0, 7), "worse", "quality", 7),
])
def test_the_first_tier_that_differs_decides(ours, theirs, outcome, tier, by):
    told = compare(ours, theirs)
    assert (told.outcome, told.tier, told.by) == (outcome, tier, by)


def test_a_share_of_nothing_is_told_in_points():
    assert str(compare((0, 0, 10), (250, 0, 10))) == "needs +250"
    assert str(compare((200, 0, 10), (250, 0, 10))) == "needs +25.0 %"
    assert str(compare((1, 1, 1), (1, 1, 1))) == "equal"


TWO = [visit("a", "2026-03-03T09:00:00+08:00"), visit("b", "2026-03-03T09:30:00+08:00")]


def test_visits_the_judge_objects_to_are_left_out():
    problem = town(wishes=TWO)
    roster = problem.roster([(0, 0, 0), (1, 0, 0)], [])  # one person at nine and at half past
    assert not judge(problem, roster).valid
    mended = without_objections(problem, roster)
    assert mended is not None
    kept, dropped = mended
    assert judge(problem, kept).valid
    assert dropped == 2 - len(kept.visits)


def test_what_leaving_out_does_not_mend_is_no_roster():
    problem = town(pins=[{"visit": "w/2026-03-03T0900", "volunteer": "near"}])
    roster = problem.roster([(0, 0, 0)], [])  # row 0 is "far", whom nobody pinned
    assert served(problem, roster) == {"w/2026-03-03T0900": ["far"]}
    assert without_objections(problem, roster) is None


def test_the_verdict_counts_seats_and_violations():
    problem = town(wishes=TWO)
    verdict = judge(problem, problem.roster([(0, 0, 0), (1, 0, 1)], []))
    # Two wishes of priority 3 without a date of submission: 9 · 100 points a seat, both filled.
    assert (verdict.valid, verdict.violations, verdict.seats_filled, verdict.values[0]) == (True, 0, 2, 0)
    assert judge(problem, problem.roster([(0, 0, 0)], [])).values[0] == 900
