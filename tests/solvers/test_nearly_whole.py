"""The needs tier as a programme: what it proves by linear means, in whole numbers, and in a process of its own."""

from __future__ import annotations

import numpy as np
import pytest
from brute import verdict
from test_shortage import nothing_known, tried
from tiny import FAMILIES

from matcher.problem.problem import Problem
from matcher.solvers import shortage
from matcher.solvers.highs import safe_bound, solve_here, solve_programme
from matcher.solvers.lp import Programme
from matcher.solvers.nearly_whole import NeedsArrays, NeedsProgramme
from matcher.solvers.shortage import _Proving as Proving
from matcher.solvers.shortage import needs_of, prove_needs
from matcher.solvers.stop import Progress, Stop, Timer
from matcher.solvers.tables import tables_of


def two_crews() -> Programme:
    """Minimise −2x − 3y with x + y ≤ 1: 3 is the most anybody could gain."""
    return Programme(
        np.array([-2.0, -3.0]), np.ones(2), np.array([-np.inf]), np.array([1.0]), np.array([0, 0]), np.array([0, 1]),
        np.array([1.0, 1.0]),
    )


def whole_programme(problem: Problem, ways: bool) -> NeedsProgramme:
    """The programme of all wishes."""
    return NeedsArrays(tables_of(problem), ways).programme(np.ones(len(problem.visits_of_wish), dtype=bool))


def proven_no_higher_than_brute_force(family: str, most: int, ways: bool = False) -> None:
    for problem, (crew, _), answer in tried(family, most):
        assert answer.values is not None
        needs = whole_programme(problem, ways)
        whole = solve_here(needs.programme, True, None)
        linear = solve_here(needs.programme, False, None)
        assert whole is not None
        assert linear is not None
        assert linear.dual is not None
        facts = problem.scenario.to_json()
        assert round(whole.bound) + needs.beyond <= answer.values[0] <= needs_of(problem, crew), facts
        assert safe_bound(needs.programme, linear.dual) <= linear.bound + 1e-6 <= whole.bound + 2e-6, facts


@pytest.mark.parametrize("family", FAMILIES)
def test_the_programme_comes_to_no_more_than_brute_force_finds_and_its_duals_to_no_more_than_that(family):
    proven_no_higher_than_brute_force(family, 6)


@pytest.mark.slow
@pytest.mark.parametrize("family", FAMILIES)
def test_the_programme_comes_to_no_more_than_brute_force_finds_many_times(family):
    proven_no_higher_than_brute_force(family, 60)


def test_duals_prove_something_however_wrong_they_are():
    # At a price of 3 nobody gains: −3. At 2.5 y still gains 0.5: −2.5 − 0.5. A price of the wrong sign counts as none: −2 − 3.
    assert [safe_bound(two_crews(), np.array([dual])) for dual in (-3.0, -2.5, 1.0)] == [-3.0, -3.0, -5.0]


@pytest.mark.parametrize("whole", [False, True])
def test_a_process_of_its_own_gives_the_same_answer(whole):
    here, there = solve_here(two_crews(), whole, None), solve_programme(two_crews(), Timer(Stop(seconds=60)), whole=whole)
    assert here is not None
    assert there is not None
    assert here.bound == there.bound == -3
    assert (here.primal == there.primal).all()


def test_a_cancelled_programme_has_no_answer():
    stop = Stop(seconds=None)
    stop.cancel()
    # The child may have answered before anybody looked.
    found = solve_programme(two_crews(), Timer(stop), whole=True)
    assert found is None or found.bound == -3


@pytest.mark.parametrize("family", ["crews", "rotation", "visit_limits", "few_faces", "mixed"])
def test_with_linear_programmes_first_the_proof_holds(family, monkeypatch):
    monkeypatch.setattr(shortage, "LINEAR_CANDIDATES", -1)
    for problem, crews, answer in tried(family, 1):
        assert answer.values is not None
        proof = prove_needs(problem, *crews, nothing_known(problem), timer=Timer(Stop(seconds=60)))
        assert proof.bound <= answer.values[0] <= proof.value


@pytest.mark.parametrize("family", FAMILIES)
def test_with_ways_between_visits_the_programme_still_comes_to_no_more_than_brute_force_finds(family):
    proven_no_higher_than_brute_force(family, 3, ways=True)


@pytest.mark.parametrize("family", FAMILIES)
def test_crews_of_a_programme_in_whole_numbers_are_taken_only_where_they_keep_every_rule(family, monkeypatch):
    monkeypatch.setattr(
        shortage, "solve_programme", lambda programme, timer, whole, share: solve_here(programme, whole, None)
    )
    for problem, (crew, standbys), answer in tried(family, 3):
        assert answer.values is not None
        proving = Proving(problem, crew, standbys, 0, Timer(Stop(seconds=60)), 0, 1, Progress())
        better = proving._many_together(set(problem.visits_of_wish), [])
        judged = verdict(problem.expanded, problem.roster(proving.crew, proving.standbys))
        assert judged is not None, problem.scenario.to_json()
        assert better == (proving.value < needs_of(problem, crew))
        assert answer.values[0] <= judged[0] == proving.value, problem.scenario.to_json()


def test_wishes_are_planned_in_parts_by_what_they_ask_for(monkeypatch):
    problem, (crew, standbys), _ = tried("mixed", 1)[0]
    proving = Proving(problem, crew, standbys, 0, Timer(Stop(seconds=60)), 0, 1, Progress())
    wishes = set(problem.visits_of_wish)
    assert [sorted(batch) for batch in proving._batches(wishes)] == [sorted(wishes)]
    monkeypatch.setattr(shortage, "BATCH_CANDIDATES", 0)
    apart = proving._batches(wishes)
    # Each by itself, none twice, and those of the same skills after each other.
    assert sorted(wish for batch in apart for wish in batch) == sorted(wishes)
    asked = [
        sorted({skill.name for role in problem.scenario.wish[wish].roles for skill in role.skills})
        for batch in apart for wish in batch
    ]
    assert asked == sorted(asked)
