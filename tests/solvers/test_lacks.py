"""What no roster can fill: found where a programme fills it, and true of every roster."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
import tiny

from matcher.problem.certificate import verify
from matcher.problem.problem import Problem
from matcher.solvers.columns import ColumnGeneration
from matcher.solvers.exact import solve_exact, triples_of
from matcher.solvers.flow import needs_bound
from matcher.solvers.lacks import Lacks
from matcher.solvers.pricing import Pricer
from matcher.solvers.start import first_roster
from matcher.solvers.stop import Stop, Timer
from matcher.solvers.tables import tables_of


def _seats(problem: Problem) -> np.ndarray:
    return np.array([visit.seats for visit in problem.visits], dtype=np.float64)


def _filled(problem: Problem, crew) -> np.ndarray:
    return np.bincount([problem.options[option].visit for option, _, _ in crew], minlength=len(problem.visits))


def _one_person_in_turn(priority: int = 1, *others: tuple[int, float]) -> Problem:
    """One person for three visits in turn, and for others of priority 1."""
    draft = tiny.Draft(Random(1))
    draft.people[1:] = []
    draft.people[0] |= {"home": "p0", "travel_mode": "walking", "team": None, "availability": [tiny.free()], "limits": {}}
    draft.facts["residents"] = [{"id": "r0", "home": "p0"}]
    own = {"resident": "r0", "submitted": None}
    draft.wish(**own, priority=priority, recurrence=draft.fixed((1, 9), (3, 9), (5, 9)), staffing={"policy": "rotate"})
    for start in others:
        draft.wish(**own, priority=1, recurrence=draft.fixed(start))
    return Problem.of(draft.as_it_is())


def test_whoever_had_a_turn_has_the_next_one_neither_if_nobody_else_comes_between():
    """A programme over plans only knows that neighbouring visits are not one person's; the first and the last are."""
    problem = _one_person_in_turn()
    lacks = Lacks(tables_of(problem), {"w0"})
    found = lacks.violated(np.array([1.0, 0.0, 1.0]), Timer(Stop(20.0)))
    assert found is not None
    # Of the first and the last one stays empty, 100 points as every seat of priority 1; by thirds of turns, two thirds of it.
    assert found.weight.tolist() == [100, 0, 100]
    assert found.least == 67
    assert lacks.violated(np.array([1.0, 0.0, 0.0]), Timer(Stop(20.0))) is None


def test_what_is_known_to_lack_raises_the_bound_and_is_told():
    """Of three turns at 300 points one is taken, and the visit at 100: two turns.

    A programme over plans has the first turn and the last for 600, and leaves the cheap visit: a turn and a third do.
    """
    problem = _one_person_in_turn(2, (8, 9))
    best = solve_exact(problem, stop=Stop(20.0), workers=1)
    needs, _, quality = (tier.value for tier in best.tiers)
    assert needs == 600
    pricer = Pricer(tables_of(problem))
    without = ColumnGeneration(pricer, needs)
    without.run(Stop(seconds=None, work=0.3))
    generation = ColumnGeneration(pricer, needs)
    generation.know_lacking(Lacks(tables_of(problem), {"w0"}).whole(600))
    generation.run(Stop(seconds=None, work=0.3))
    assert without.best.points < generation.best.points == quality
    found = generation.certificate()
    assert [(own.least, sorted(own.weights.values())) for own in found.lacking] == [(600, [300, 300, 300])]
    verdict = verify(problem, found)
    assert verdict.valid
    assert "given that 3 of the visits together lack at least 600" in verdict.en


@pytest.mark.parametrize("family", sorted(tiny.FAMILIES))
def test_no_roster_fills_what_lacks(family):
    rng = Random(f"lacks {family}")
    for seed in range(2):
        problem = Problem.of(tiny.scenario(family, seed))
        if not problem.visits:
            continue
        best = solve_exact(problem, stop=Stop(20.0), workers=1)
        if best.roster is None:
            continue
        rosters = [triples_of(problem, best.roster)[0]]
        first = first_roster(problem, needs_bound(problem).wanted)
        rosters += [] if first is None else [triples_of(problem, first)[0]]
        lacks = Lacks(tables_of(problem), set(problem.visits_of_wish))
        for _ in range(3):
            found = lacks.violated(np.array([rng.choice((0.5, 1.0)) for _ in problem.visits]) * _seats(problem), Timer(Stop(20.0)))
            for crew in rosters if found is not None else ():
                assert found.weight @ (_seats(problem) - _filled(problem, crew)) >= found.least
