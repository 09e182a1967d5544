"""Promises nobody can keep, given the needs tier."""

from __future__ import annotations

from random import Random

import pytest
from test_shortage import tried
from tiny import FAMILIES, Draft, free

from matcher.problem.problem import Problem
from matcher.solvers.flow import needs_bound
from matcher.solvers.keepable import least_promises
from matcher.solvers.stop import Stop, Timer
from matcher.solvers.tables import promises_nobody_keeps, tables_of


def claimed_twice(visits_per_week: int) -> Problem:
    """One person is chosen for two wishes of one week; for the first one somebody else could come."""
    d = Draft(Random(0))
    d.facts["volunteers"].clear()
    d.person(availability=[free()], team=None, limits={"visits_per_week": visits_per_week})
    d.person(availability=[free()], team=None, limits={"visits_per_week": 1})
    for day in (1, 2):
        d.claim(d.wish(priority=1, recurrence=d.any_of([day], 9, 10))["id"], "chosen", volunteer="v0")
    return Problem.of(d.scenario())


def least(problem: Problem, needs: int) -> int:
    return least_promises(problem, needs, None, timer=Timer(Stop(seconds=20)))


def test_a_claimant_of_two_wishes_who_comes_once_a_week_misses_a_turn():
    # Everybody could be served, but one claim is lost: claimant_without_turn, 100 points.
    assert [least(claimed_twice(often), 0) for often in (1, 2)] == [100, 0]


@pytest.mark.parametrize("family", FAMILIES)
def test_no_roster_with_such_needs_keeps_more(family):
    for problem, _, answer in tried(family, 3):
        assert answer.values is not None
        needs, promises, _ = answer.values
        assert max(promises_nobody_keeps(tables_of(problem)), least(problem, needs)) <= promises, problem.scenario.to_json()


def test_without_time_nothing_is_said():
    assert least_promises(claimed_twice(1), 0, None, timer=Timer(Stop(seconds=0))) == 0


def test_where_nothing_was_promised_nothing_is_lost():
    problem = next(problem for problem, *_ in tried("crews", 1))
    assert least(problem, needs_bound(problem).value + 10**6) == 0
