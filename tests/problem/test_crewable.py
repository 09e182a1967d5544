"""What rules about crews rule out: cases by hand, and no valid roster ever has it."""

from __future__ import annotations

import sys
from pathlib import Path
from random import Random

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "solvers"))
from tiny import FAMILIES, Draft, at, scenario

from matcher.problem.check import check
from matcher.problem.crewable import least_for_standbys
from matcher.problem.problem import Problem
from matcher.solvers.exact import solve_exact, triples_of
from matcher.solvers.stop import Stop


def problem(**wish) -> Problem:
    draft = Draft(Random(1))
    for person in draft.people:
        person["availability"] = [{"days": "any", "start": "08:00", "end": "20:00"}]
    draft.wish(recurrence=draft.fixed((1, 9)), **wish)
    return Problem.of(draft.as_it_is())


def test_a_role_with_fewer_people_than_seats_cannot_be_crewed():
    assert problem(roles=[{"id": "a", "count": 3}]).possible.options.all()  # three people are there
    few = problem(roles=[{"id": "a", "count": 4}])
    assert not few.possible.options.any()
    assert not few.possible.candidates.any()
    assert problem(roles=[{"id": "a", "count": 4}], partial=True).possible.options.all()


def test_two_roles_need_two_people():
    roles = [{"id": "a", "count": 2}, {"id": "b", "count": 2}]
    assert not problem(roles=roles).possible.options.any()  # four seats, three people


def test_a_turn_nobody_is_left_for_never_comes():
    def options(last: int, visits: int = 2, seats: int = 2, **wish) -> list[bool]:
        draft = Draft(Random(1))
        for person in draft.people:
            person["availability"] = [{"days": "any", "start": "08:00", "end": "20:00"}]
        draft.program["as_of"] = at(2, 6)
        draft.wish(
            recurrence=draft.fixed(*((3 + 2 * number, 9) for number in range(visits))),
            roles=[{"id": "a", "count": seats}], staffing={"policy": "rotate"}, **wish,
        )
        for number in range(last):
            draft.done("w0", f"v{number}", 1)
        return Problem.of(draft.as_it_is()).possible.options.tolist()

    assert options(0) == [True, True]  # either, though not both: of three people two are wanted each time
    assert options(1) == [True, True]
    assert options(2) == [False, False]  # the third one alone is no crew
    assert options(2, seats=1) == [True, True]
    assert options(3, seats=1) == [False, False]
    assert options(2, partial=True) == [True, True]


def test_a_crew_larger_than_its_faces_cannot_meet():
    roles = [{"id": "a", "count": 2}]
    assert problem(roles=roles, staffing={"max_helpers": 2}).possible.options.all()
    assert not problem(roles=roles, staffing={"max_helpers": 1}).possible.options.any()


@pytest.mark.parametrize(("seats", "standbys", "least"), [
    # Three people; a stand-by that is named costs 5 at least, one that is missing 200.
    (1, 0, 0), (1, 1, 5_000), (1, 2, 10_000), (2, 1, 5_000 // 2), (2, 2, 205_000 // 2), (3, 1, 200_000 // 3),
    (1, 3, 210_000),
])
def test_stand_bys_nobody_is_left_for_are_missing(seats, standbys, least):
    found = problem(roles=[{"id": "a", "count": seats}], staffing={"standbys": standbys})
    assert least_for_standbys(found).tolist() == [least]
    # In part it may be served by nobody at all who could stand by.
    partly = problem(roles=[{"id": "a", "count": seats}], staffing={"standbys": standbys}, partial=True)
    assert least_for_standbys(partly).tolist() == [1000 * (5 * standbys) // seats]


@pytest.mark.parametrize("family", ["standbys", "standby_turns", "standby_roles", "claims"])
def test_no_best_roster_pays_less_for_stand_bys(family):
    for seed in range(4):
        tried = Problem.of(scenario(family, seed))
        result = solve_exact(tried, stop=Stop(seconds=20), workers=1)
        if result.roster is None:
            continue
        crew, _ = triples_of(tried, result.roster)
        first = np.cumsum([0, *(len(visit.wish.roles) for visit in tried.visits)])
        least = least_for_standbys(tried)
        charged = sum(int(least[first[tried.options[option].visit] + role]) for option, role, _ in crew)
        terms = check(tried.expanded, result.roster).terms
        assert charged <= 1000 * (terms["missing_standby"] + terms["standby_turns"])


@pytest.mark.parametrize("family", [name for name in FAMILIES if name != "contradictions"])
def test_no_best_roster_has_what_is_ruled_out(family):
    for seed in range(4):
        tried = Problem.of(scenario(family, seed))
        result = solve_exact(tried, stop=Stop(seconds=20), workers=1)
        if result.roster is None:
            continue
        crew, _ = triples_of(tried, result.roster)
        seats = set(zip(tried.crew.option.tolist(), tried.crew.role.tolist(), tried.crew.volunteer.tolist()))
        ruled_out = {
            seat for seat, may in zip(
                zip(tried.crew.option.tolist(), tried.crew.role.tolist(), tried.crew.volunteer.tolist()),
                tried.possible.candidates.tolist(),
            ) if not may
        }
        assert set(crew) <= seats - ruled_out
        assert all(tried.possible.options[option] for option, _, _ in crew)
