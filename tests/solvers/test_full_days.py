"""Days full of visits become routes: the roster that comes out is valid, no worse, and at starts the problem has."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from matcher.domain.scenario import Scenario
from matcher.planning.solve import solve
from matcher.problem.check import check
from matcher.problem.problem import Problem
from matcher.problem.roster import TIERS, Roster
from matcher.solvers.exact import triples_of
from matcher.solvers.full_day import FullDay
from matcher.solvers.full_days import full_days, plan_full_days
from matcher.solvers.routes import plan_day
from matcher.solvers.stop import Stop, Timer

DAY = "2026-12-05"
ROOT = Path(__file__).parents[2]


def street(homes: int = 8, people: int = 2, **more: Any) -> Scenario:
    """Homes a kilometre apart along a street, in an order that the numbers do not follow, and people at its ends.

    A kilometre by e-bike: 1.3 km of way at 15 km/h, 5.2 minutes, and 2 more; rounded up 8 minutes.
    """
    order = [(number * 5) % homes for number in range(homes)] if homes % 5 else list(range(homes))
    wishes = [
        {"id": f"w{n}", "kind": "visit", "resident": f"r{n}", "minutes": 30, "submitted": "2026-11-20",
         "recurrence": {"windows": [{"dates": [DAY], "start": "08:00", "end": "12:00"}]}}
        for n in range(homes)
    ]
    facts: dict[str, Any] = {
        "program": {"name": "维修日", "as_of": "2026-11-30T09:00:00+08:00", "window": {"start": DAY, "end": DAY},
                    "settings": {"step_minutes": 5, "default_limits": {"visits_per_day": 12, "visits_per_week": 12, "visits_per_month": 12},
                                 "weights": {"fairness": 0, "locality": 0}}},
        "places": [{"id": f"h{n}", "lat": 30.0, "lon": 111.0 + 0.01038 * at, "crs": "wgs84"} for n, at in enumerate(order)]
        + [{"id": f"p{n}", "lat": 30.0, "lon": 111.0 + 0.01038 * (homes - 1) * n, "crs": "wgs84"} for n in range(people)],
        "residents": [{"id": f"r{n}", "home": f"h{n}"} for n in range(homes)],
        "volunteers": [
            {"id": f"v{n}", "home": f"p{n}", "travel_mode": "e-bike", "prior_visits": 9,
             "availability": [{"start": "08:00", "end": "12:00"}]}
            for n in range(people)
        ],
        "wishes": wishes,
    }
    return Scenario.model_validate(facts | {key: change(facts[key]) for key, change in more.items()})


def values(problem: Problem, roster: Roster) -> tuple[int, ...]:
    report = check(problem.expanded, roster)
    assert report.valid, report.violations
    return tuple(report.tier(tier) for tier in TIERS)


def nobody(problem: Problem) -> Roster:
    return problem.roster([], [])


def in_any_order(problem: Problem) -> Roster:
    """The homes in the order of their numbers, one person for each half: valid, and a long way."""
    crew = []
    for person, visits in ((0, (0, 1, 2)), (1, (4, 5, 6))):
        free = 0
        for visit, option in ((v, o) for v in visits for o in problem.options_of[v][:1]):
            start = next(o for o in problem.options_of[visit] if (problem.options[o].start or 0) >= free)
            crew.append((start, 0, person))
            free = (problem.options[option].end or 0) + 65 if not free else (problem.options[start].end or 0) + 65
    return problem.roster(crew, [])


def planned(problem: Problem, start: Roster, work: float = 2.0, seed: int = 0) -> Roster:
    return plan_full_days(problem, start, timer=Timer(Stop(seconds=None, work=work)), seed=seed)[0]


def test_a_full_day_is_served_whole_on_the_shortest_way():
    problem = Problem.of(street())
    roster = planned(problem, in_any_order(problem))
    # Each of the two serves four neighbours from their own end of the street: 2 minutes to the house next door, three ways
    # of a kilometre, and back 3 km: 3 · 5.2 + 2 = 17.6, so 18 minutes. 2 · (2 + 3 · 8 + 18) = 88.
    assert values(problem, roster) == (0, 0, 88)


def test_a_roster_without_a_full_day_stays_as_it_is():
    problem = Problem.of(street(homes=4))
    crew = [(problem.options_of[0][0], 0, 0), (problem.options_of[1][0], 0, 1)]
    start = problem.roster(crew, [])
    assert plan_full_days(problem, start, timer=Timer(Stop(seconds=5)))[0] is start
    assert plan_full_days(problem, start, timer=Timer(Stop(seconds=5)))[1] is None


def test_counted_work_and_one_seed_give_one_roster():
    problem = Problem.of(street())
    start = in_any_order(problem)
    assert planned(problem, start, seed=3).model_dump_json() == planned(problem, start, seed=3).model_dump_json()


def test_a_cancelled_plan_keeps_the_roster_it_began_with():
    problem = Problem.of(street())
    stop, start = Stop(seconds=60), in_any_order(problem)
    stop.cancel()
    assert plan_full_days(problem, start, timer=Timer(stop)) == (start, None)


def two_at_once(wishes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    wishes[0]["roles"] = [{"id": "master"}, {"id": "helper"}]
    return wishes


def test_a_visit_for_two_has_both_at_one_start():
    problem = Problem.of(street(wishes=two_at_once))
    roster = planned(problem, in_any_order(problem))
    pair = next(visit for visit in roster.visits if visit.wish == "w0")
    assert {seat.volunteer for seat in pair.assigned} == {"v0", "v1"}
    assert values(problem, roster)[0] == 0


def lunch(volunteers: list[dict[str, Any]]) -> list[dict[str, Any]]:
    for person in volunteers:
        person["availability"] = [{"start": "08:00", "end": "10:00"}, {"start": "10:30", "end": "12:00"}]
    return volunteers


def test_nobody_serves_through_their_lunch_break():
    problem = Problem.of(street(volunteers=lunch))
    roster = planned(problem, in_any_order_after_lunch(problem))
    clocks = [(visit.start.strftime("%H:%M"), visit.end.strftime("%H:%M")) for visit in roster.visits if visit.start and visit.end]
    assert all(end <= "10:00" or start >= "10:30" for start, end in clocks)
    assert values(problem, roster)[0] == 0


def in_any_order_after_lunch(problem: Problem) -> Roster:
    """Three visits of one person, an hour and more apart."""
    chosen = []
    for visit, clock in ((0, "08:00"), (1, "09:20"), (2, "11:00")):
        moment = problem.expanded.calendar.moment
        chosen.append((next(o for o in problem.options_of[visit] if f"{moment(problem.options[o].start or 0):%H:%M}" == clock), 0, 0))
    return problem.roster(chosen, [])


def late_riser(volunteers: list[dict[str, Any]]) -> list[dict[str, Any]]:
    volunteers[1]["availability"] = [{"start": "09:00", "end": "11:30"}]
    return volunteers


def test_whoever_comes_later_and_leaves_sooner_is_sent_only_then():
    problem = Problem.of(street(volunteers=late_riser))
    day = FullDay(problem, date(2026, 12, 5), tuple(range(8)), frozenset())
    tours = plan_day(day.as_routes(), Timer(Stop(seconds=None, work=1)), 0)
    roster = problem.roster(day.seats_of(tours), [])
    assert check(problem.expanded, roster).valid
    assert any(seat.volunteer == "v1" for visit in roster.visits for seat in visit.assigned)


def told(wishes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    wishes[0]["staffing"] = {"standbys": 1}
    return wishes


def test_what_routes_cannot_say_stays_where_it_is():
    problem = Problem.of(street(homes=8, people=3, wishes=told))
    start = in_any_order(problem)  # v0 is at w0, which wants a stand-by: so v0's whole day stays
    before = {visit.id: visit for visit in start.visits if visit.assigned[0].volunteer == "v0"}
    days = list(full_days(problem, start))
    assert {problem.visits[visit].id for day in days for visit in day.visits}.isdisjoint(before)
    after = {visit.id: visit for visit in planned(problem, start).visits}
    assert {name: after[name] for name in before} == before


def only_v0_can_do_w7(wishes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    wishes[7]["roles"] = [{"id": "fixer", "skills": [{"name": "电工"}]}]
    return told(wishes)


def v0_is_skilled(volunteers: list[dict[str, Any]]) -> list[dict[str, Any]]:
    volunteers[0]["skills"] = [{"name": "电工"}]
    return volunteers


def test_a_visit_whose_only_person_is_held_stays_unserved():
    problem = Problem.of(street(people=3, wishes=only_v0_can_do_w7, volunteers=v0_is_skilled))
    roster = planned(problem, in_any_order(problem))
    assert "w7" not in {visit.wish for visit in roster.visits}
    assert values(problem, roster) <= values(problem, in_any_order(problem))


def slow_walker(volunteers: list[dict[str, Any]]) -> list[dict[str, Any]]:
    volunteers[1]["travel_mode"] = "walking"
    return volunteers


def test_people_who_travel_differently_each_have_time_for_their_own_way():
    problem = Problem.of(street(volunteers=slow_walker))
    assert values(problem, planned(problem, in_any_order(problem)))[0] == 0


def at_most_three(volunteers: list[dict[str, Any]]) -> list[dict[str, Any]]:
    volunteers[0]["limits"] = {"visits_per_day": 3}
    return volunteers


def test_limits_per_day_are_kept():
    problem = Problem.of(street(homes=8, volunteers=at_most_three))
    roster = planned(problem, in_any_order(problem))
    assert values(problem, roster) <= values(problem, in_any_order(problem))
    assert sum(seat.volunteer == "v0" for visit in roster.visits for seat in visit.assigned) <= 3


def test_auto_plans_full_days_as_routes_and_says_so():
    facts = street(homes=24, people=4)
    result = solve(facts, strategy="lns", stop=Stop(seconds=None, work=2), workers=1)
    (step,) = [step for step in result.trace if step.name == "full days"]
    assert (step.detail["days"], step.detail["visits"]) == (1, 24)
    assert result.tiers[0].value == 0


def test_starts_lie_on_the_grid_of_the_settings():
    problem = Problem.of(street())
    start = in_any_order(problem)
    roster = planned(problem, start)
    crew, _ = triples_of(problem, roster)
    assert len(crew) == len([seat for visit in roster.visits for seat in visit.assigned])
    assert all(visit.start is not None and visit.start.minute % 5 == 0 for visit in roster.visits)


def repair_day() -> Any:
    path = ROOT / "scenarios" / "repair-day" / "make.py"
    spec = importlib.util.spec_from_file_location("repair_day", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_repair_day_is_what_its_script_makes():
    make = repair_day()
    written: Callable[[dict[str, Any]], str] = make.written
    assert written(make.scenario()) == (ROOT / "scenarios" / "repair-day" / "scenario.json").read_text("utf-8")


@pytest.mark.slow
def test_the_repair_day_is_served_whole():
    facts = Scenario.model_validate_json((ROOT / "scenarios" / "repair-day" / "scenario.json").read_text("utf-8"))
    result = solve(facts, stop=Stop(seconds=30))
    assert result.tiers[0].value == 0
    assert len(result.trace) > 1
    assert result.trace[1].name == "full days"
