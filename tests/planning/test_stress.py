"""Stress tests: who could step in, what longer ways break, and that the advice guards against it."""

from __future__ import annotations

import pytest
from small_town import event, person, read, roster, town

from matcher.planning.stress import stress, with_travel
from matcher.planning.suggest import suggest, taken_up
from matcher.problem.check import check
from matcher.problem.problem import Problem
from matcher.solvers.start import first_roster


def two_visits(minutes_apart, *people, **more):
    """Two events of an hour each, with so many minutes between."""
    second = f"2026-12-05T{10 + minutes_apart // 60:02d}:{minutes_apart % 60:02d}:00+08:00"
    wishes = [event("讲座"), event("义诊", second, place="clinic")]
    places = [{"id": "hall", "name": "活动室"}, {"id": "clinic"}, {"id": "home-12"}]
    legs = [
        {"origin": "home-12", "destination": "hall", "minutes": 12},
        {"origin": "home-12", "destination": "clinic", "minutes": 12},
        {"origin": "hall", "destination": "clinic", "minutes": 20},
    ]
    return town(people, wishes, places=places, travel_times=legs, **more)


def test_every_seat_of_mr_wus_year_has_a_stand_by_who_can_step_in():
    problem, made = read("wu-bo")
    found = stress(problem, made)
    assert [(seat.visit, len(seat.standbys)) for seat in found.seats] == [(entry.id, 1) for entry in made.visits]
    assert not found.fragile
    assert found.lines("zh")[0] == (
        "12次服务、12人次。有一个人临时来不了：12人次有备班能顶，0人次能另找人，0人次没人能接。"
    )


def test_who_could_take_over_are_those_the_judge_lets():
    problem, made = read("chunhui")
    for seat in stress(problem, made).seats:
        found = suggest(problem, made, seat.visit, role=seat.role, instead_of=seat.volunteer)
        assert seat.others + len(seat.standbys) == found.seats[0].possible
        for person_ in found.people:
            after = check(problem.expanded, taken_up(problem, made, person_))
            assert {v.rule for v in after.violations} <= {"has_claimed_it"}  # the waitlist


def test_a_seat_nobody_could_take_is_named_with_its_person():
    problem = town([person("张三", 12), person("李四", 12)], [event("讲座"), event("值班")])
    found = stress(problem, roster(problem, 讲座=("张三",), 值班=("李四",)))
    assert {(seat.volunteer, seat.others) for seat in found.fragile} == {("张三", 0), ("李四", 0)}
    assert {(risk.name, risk.turns, risk.lost) for risk in found.people} == {("张三", 1, 1), ("李四", 1, 1)}
    assert "  12月5日（周六）“讲座” 张三：没人能接" in found.lines("zh")


def test_longer_ways_break_what_was_planned_tightly():
    # Twenty minutes on the way and twenty-five between: at +30 % it is 26.
    problem = two_visits(25, person("张三", 12))
    shorter, longer = stress(problem, roster(problem, 讲座=("张三",), 义诊=("张三",))).travel
    assert not shorter.broken
    ((broken),) = longer.broken
    assert broken.rules == ("is_in_one_place_at_a_time",)
    problem = two_visits(26, person("张三", 12))
    assert not stress(problem, roster(problem, 讲座=("张三",), 义诊=("张三",))).travel[1].broken


def test_a_way_that_becomes_too_long_is_out_of_reach():
    problem = town([person("张三", 35)], [event("讲座")], limits={"max_travel_minutes": 40})
    found = stress(problem, roster(problem, 讲座=("张三",)))
    assert [broken.rules for broken in found.travel[1].broken] == [("is_within_reach",)]  # 45.5 minutes, rounded up


def test_an_escort_takes_longer_when_its_ways_do():
    escort = {
        "id": "son", "kind": "escort", "title": "看儿子", "resident": "wu", "origin": "wu-home", "destination": "hall",
        "stay_minutes": 60,
        "recurrence": {"windows": [{"days": "SA", "start": "09:00", "end": "10:45"}], "until": "2026-12-05"},
    }
    facts = {
        "places": [{"id": "hall"}, {"id": "wu-home"}, {"id": "home-12"}],
        "residents": [{"id": "wu", "name": "吴伯", "home": "wu-home"}],
        "travel_times": [
            {"origin": "wu-home", "destination": "hall", "minutes": 20},
            {"origin": "wu-home", "destination": "home-12", "minutes": 5},
        ],
    }
    # 20 + 60 + 20 minutes fit into an hour and three quarters; 26 + 60 + 26 do not.
    problem = town([person("张三", 12)], [escort], **facts)
    shorter, longer = stress(problem, roster(problem, son=("张三",))).travel
    assert not shorter.broken
    assert [broken.visit for broken in longer.broken] == ["son/1"]
    assert "放不下了" in longer.broken[0].say("zh")


@pytest.mark.parametrize("name", ["chunhui", "xiguan", "jiangzhou"])
def test_planned_with_longer_ways_a_roster_stands_up_to_them(name):
    problem, _ = read(name)
    slower = Problem.of(with_travel(problem.scenario, 1.3))
    made = first_roster(slower)
    assert check(slower.expanded, made).valid
    assert not stress(problem, made, factors=(1.3,)).travel[0].broken


def test_advice_names_the_wishes_and_the_speed():
    problem = two_visits(25, person("张三", 12), person("李四", 12))
    found = stress(problem, roster(problem, 讲座=("张三",), 义诊=("张三",)))
    assert [advice.code for advice in found.advice] == ["stress_ask_standbys", "stress_plan_slower"]
    # 28 km/h ÷ 1.3
    assert found.advice[1].values["car"] == "21.5"
    assert found.to_dict("en")["travel"][1]["broken"][0]["rules"] == ["is_in_one_place_at_a_time"]


def test_long_work_counts_what_is_done():
    problem, made = read("wu-bo")
    heard = []
    stress(problem, made, told=lambda done, total: heard.append((done, total)))
    # Twelve visits and two other lengths of ways, one after the other.
    assert heard == [(done, 14) for done in range(14)]
