"""Why a seat is empty: every reason with its count, in words a coordinator would use."""

import pytest
from small_town import NAMES, event, person, read, roster, town

from matcher.planning.explain import unfilled
from matcher.problem.roster import Roster

REPAIR = [{"id": "fixer", "title": "维修", "skills": [{"name": "家电维修", "level": 2}]}]


def reasons(problem, plan, number=0):
    return {reason.code: (reason.count, reason.message) for reason in unfilled(problem, plan)[number].reasons}


def test_every_fact_that_keeps_somebody_away_counts_once_per_person():
    # a, b lack the skill and b is busy as well; c has it and is busy; d has it and lives 55 minutes away (40 at most).
    skilled, busy = [{"name": "家电维修"}], [{"days": "MO", "start": "08:00", "end": "20:00"}]
    problem = town([
        person("a"), person("b", availability=busy), person("c", skills=skilled, availability=busy),
        person("d", 55, skills=skilled, limits={"max_travel_minutes": 40}),
    ], [event("修电器", roles=REPAIR)])
    assert reasons(problem, roster(problem)) == {
        "has_the_skills": (2, "2人不具备所需技能（家电维修）"),
        "is_available": (2, "2人时间不合适"),
        "is_within_reach": (1, "1人路太远"),
    }


def test_reasons_speak_the_programmes_language():
    problem = town([person("a"), person("b")], [event("repair", roles=REPAIR)], language="en")
    assert reasons(problem, roster(problem)) == {
        "has_the_skills": (2, "2 people do not have the skill (家电维修)"),
    }


def test_of_several_starts_the_one_that_suits_somebody_best_counts():
    # On the 5th a is busy and b is not skilled; on the 6th a could come: only b is kept away, and a could serve.
    wish = event("修电器", roles=REPAIR)
    wish["recurrence"] = {"windows": [{"dates": ["2026-12-05", "2026-12-06"], "start": "09:00", "end": "10:00"}]}
    problem = town([
        person("a", skills=[{"name": "家电维修"}], availability=[{"days": "SU", "start": "08:00", "end": "20:00"}]),
        person("b"),
    ], [wish])
    found = reasons(problem, roster(problem))
    assert {code: count for code, (count, _) in found.items()} == {"has_the_skills": 1, "could_serve": 1}


def test_a_full_month_is_found_by_putting_somebody_in():
    problem = town([person("a")], [event("one"), event("two", "2026-12-12T09:00:00+08:00")], limits={"visits_per_month": 1})
    assert reasons(problem, roster(problem, one=["a"])) == {"keeps_own_limits": (1, "1人次数或时长已满")}


def test_a_collision_is_found_by_putting_somebody_in():
    problem = town(
        [person("a")], [event("one"), event("two", "2026-12-05T09:30:00+08:00")], limits={"visits_per_day": 2}
    )
    assert reasons(problem, roster(problem, one=["a"])) == {
        "is_in_one_place_at_a_time": (1, "1人当时已有别的服务，赶不过来"),
    }


def test_a_crew_that_cannot_be_whole_is_not_the_fault_of_those_who_could_come():
    roles = [{"id": "guide", "title": "引导", "count": 2}, *REPAIR]
    problem = town([person("a"), person("b")], [event("集市", roles=roles)])
    plan = roster(problem)
    assert reasons(problem, plan, 0) == {"crew_incomplete": (2, "2人能去，但同去的人手凑不齐")}
    assert set(reasons(problem, plan, 1)) == {"has_the_skills"}


def test_somebody_on_the_visit_counts_only_for_other_roles():
    # a guides already: counts nowhere among the guides, and holds a seat already where a fixer is missing.
    roles = [{"id": "guide", "title": "引导", "count": 2}, {"id": "fixer", "title": "维修"}]
    problem = town([person("a")], [event("集市", roles=roles, partial=True)], limits={"visits_per_day": 2})
    plan = roster(problem, 集市={"guide": ["a"]})
    assert reasons(problem, plan, 0) == {"nobody_left": (1, "名单上没有可派的人")}
    assert reasons(problem, plan, 1)["fills_each_role_once"] == (1, "1人已担任这次服务的别的分工")


def test_a_seat_left_empty_for_no_reason_says_so():
    problem = town([person("a"), person("b")], [event("one")])
    assert reasons(problem, roster(problem)) == {"could_serve": (2, "还有2人可以安排")}


def test_a_visit_whose_times_have_passed_says_so():
    wish = event("one")
    wish["recurrence"] = {"windows": [{"dates": ["2026-12-05"], "start": "09:00", "end": "10:00"}]}
    problem = town([person("a")], [wish], as_of="2026-12-08T09:00:00+08:00")
    assert set(reasons(problem, roster(problem))) == {"no_start_left"}


def test_an_empty_list_of_volunteers_says_so():
    problem = town([], [event("one")])
    assert set(reasons(problem, roster(problem))) == {"nobody_left"}


def test_a_pin_that_keeps_somebody_off_is_a_reason():
    pins = [{"visit": "one/2026-12-05T0900", "volunteer": "a", "never": True}]
    problem = town([person("a")], [event("one")], pins=pins)
    assert reasons(problem, roster(problem)) == {"keeps_what_is_pinned": (1, "1人与协调员锁定的安排冲突")}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("emptied", [False, True])
def test_every_empty_role_of_the_scenarios_has_a_reason(name, emptied):
    problem, plan = read(name)
    if emptied:
        plan = Roster(program=plan.program, scenario=plan.scenario)
    seats = sum(visit.seats for visit in problem.visits)
    found = unfilled(problem, plan)
    assert sum(gap.count for gap in found) == seats - sum(len(visit.assigned) for visit in plan.visits)
    assert all(gap.reasons and all(r.count and r.message for r in gap.reasons) for gap in found)
