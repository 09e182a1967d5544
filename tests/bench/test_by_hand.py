"""First come, first served and nearest first: sensible baselines that know every rule."""

from __future__ import annotations

import pytest
from tiny import FAMILIES, scenario
from towns import FREE, served, town, visit

from matcher.bench.answers import Effort
from matcher.bench.peers.greedy import first_come_first_served, nearest_first
from matcher.bench.verdict import judge
from matcher.problem.problem import Problem

EFFORT = Effort(0.0)
METHODS = (first_come_first_served, nearest_first)
VISIT = "w/2026-03-03T0900"


@pytest.mark.parametrize("family", sorted(FAMILIES))
@pytest.mark.parametrize("method", METHODS)
def test_their_rosters_break_no_rule(family, method):
    for seed in range(3):
        problem = Problem.of(scenario(family, seed))
        answer = method(problem, EFFORT)
        if answer.roster is None:
            assert problem.pins or problem.published
        else:
            assert judge(problem, answer.roster).valid, (family, seed)


def test_the_first_on_the_list_serves_if_nobody_claimed():
    problem = town()
    assert served(problem, first_come_first_served(problem, EFFORT).roster) == {VISIT: ["far"]}


def test_whoever_claimed_first_serves():
    claims = [
        {"id": "c1", "wish": "w", "volunteer": "here", "at": "2026-03-01T20:00:02+08:00"},
        {"id": "c2", "wish": "w", "volunteer": "near", "at": "2026-03-01T20:00:01+08:00"},
    ]
    problem = town(claims=claims)
    assert served(problem, first_come_first_served(problem, EFFORT).roster) == {VISIT: ["near"]}


def test_the_nearest_who_is_free_serves():
    problem = town(wishes=[
        visit("w", "2026-03-03T09:00:00+08:00"), visit("x", "2026-03-03T09:30:00+08:00"),
    ])
    assert served(problem, nearest_first(problem, EFFORT).roster) == {VISIT: ["here"], "x/2026-03-03T0930": ["near"]}


@pytest.mark.parametrize("method", METHODS)
def test_a_pin_comes_before_the_order(method):
    problem = town(pins=[{"visit": VISIT, "volunteer": "near"}])
    assert served(problem, method(problem, EFFORT).roster) == {VISIT: ["near"]}


@pytest.mark.parametrize("method", METHODS)
def test_a_pin_s_visit_takes_place_when_that_person_can(method):
    # "near" cannot on Tuesday, the first day asked for.
    away = [{"start": "2026-03-03T00:00:00+08:00", "end": "2026-03-04T00:00:00+08:00"}]
    people = [
        {"id": "here", "home": "here", "availability": FREE},
        {"id": "near", "home": "near", "availability": FREE, "unavailable": away},
    ]
    days = {"windows": [{"dates": ["2026-03-03", "2026-03-05"], "start": "09:00", "end": "10:00"}]}
    problem = town(
        volunteers=people, wishes=[visit("w") | {"recurrence": days}], pins=[{"visit": "w/1", "volunteer": "near"}]
    )
    roster = method(problem, EFFORT).roster
    assert served(problem, roster) == {"w/1": ["near"]}
    assert roster.visits[0].start.day == 5


@pytest.mark.parametrize("method", METHODS)
def test_somebody_pinned_is_not_taken_for_another_visit_at_that_time(method):
    # "here" is nearest and, of the two, first on the list; the pin at half past nine would be lost.
    people = [{"id": "here", "home": "here", "availability": FREE}, {"id": "near", "home": "near", "availability": FREE}]
    problem = town(
        volunteers=people,
        wishes=[visit("a", "2026-03-03T09:00:00+08:00"), visit("b", "2026-03-03T09:30:00+08:00")],
        pins=[{"visit": "b/2026-03-03T0930", "volunteer": "here"}],
    )
    assert served(problem, method(problem, EFFORT).roster) == {
        "a/2026-03-03T0900": ["near"], "b/2026-03-03T0930": ["here"],
    }


@pytest.mark.parametrize("method", METHODS)
def test_nobody_goes_twice_running_where_people_take_turns(method):
    problem = town(wishes=[visit(
        "w", "2026-03-03T09:00:00+08:00", "2026-03-05T09:00:00+08:00", staffing={"policy": "rotate"}
    )])
    crews = list(served(problem, method(problem, EFFORT).roster).values())
    assert len(crews) == 2
    assert crews[0] != crews[1]


@pytest.mark.parametrize("method", METHODS)
def test_stand_bys_are_named(method):
    problem = town(wishes=[visit("w", "2026-03-03T09:00:00+08:00", staffing={"standbys": 2})])
    assert [len(entry.standbys) for entry in method(problem, EFFORT).roster.visits] == [2]


@pytest.mark.parametrize("method", METHODS)
def test_a_newcomers_crew_finds_somebody_experienced(method):
    # Only the last on the list, who also lives farthest, has served before.
    people = [
        {"id": "a", "home": "here", "availability": FREE}, {"id": "b", "home": "near", "availability": FREE},
        {"id": "z", "home": "far", "availability": FREE, "prior_visits": 9},
    ]
    problem = town(
        program={
            "name": "town", "as_of": "2026-03-02T06:00:00+08:00", "holidays": None,
            "window": {"start": "2026-03-02", "end": "2026-03-08"},
        },
        volunteers=people, wishes=[visit("w", "2026-03-03T09:00:00+08:00", roles=[{"id": "helper", "count": 2}])],
    )
    assert "z" in served(problem, method(problem, EFFORT).roster)[VISIT]


@pytest.mark.parametrize("method", METHODS)
def test_nobody_to_ask_is_an_empty_roster(method):
    problem = town(volunteers=[])
    assert method(problem, EFFORT).roster.visits == ()
