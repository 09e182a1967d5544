"""Before solving: seats needed, people there are, and the gap, by skill and half-day."""

import json
from datetime import date

import pytest
from small_town import NAMES, event, person, read, town

from matcher.planning.supply import supply

REPAIR = [{"id": "fixer", "title": "维修", "skills": [{"name": "家电维修", "level": 2}]}]
SKILLED = [{"name": "家电维修"}]
SATURDAYS_ONLY = [{"days": "SA", "start": "08:00", "end": "12:00"}]


def rows(problem, language="zh"):
    """(skill, half-day): (needed, flexible, people, available, gap)."""
    return {
        (row.skill.say(language), row.half_day.say(language)): (
            row.needed,
            row.flexible,
            row.people,
            row.available,
            row.gap,
        )
        for row in supply(problem).rows
    }


def test_seats_lie_where_their_only_start_lies():
    # One seat on Saturday morning and two on Tuesday evening. Both people are free all day, twice a month.
    wishes = [
        event("one"),
        event("two", "2026-12-08T19:00:00+08:00", roles=[{"id": "helper", "count": 2}]),
    ]
    problem = town([person("a"), person("b")], wishes, limits={"visits_per_month": 2})
    assert rows(problem) == {
        ("一般服务", "休息日上午"): (1, 0, 2, 4, 0),
        ("一般服务", "工作日晚上"): (2, 0, 2, 4, 0),
    }
    assert rows(problem, "en").keys() == {("anybody", "day off morning"), ("anybody", "workday evening")}


def test_a_visit_with_a_choice_counts_as_flexible_in_each_half_day():
    wish = event("one")
    wish["recurrence"] = {"windows": [{"dates": ["2026-12-05"], "start": "09:00", "end": "17:00"}]}
    found = rows(town([person("a")], [wish], limits={"visits_per_month": 1}))
    assert found == {("一般服务", "休息日上午"): (0, 1, 1, 1, 0), ("一般服务", "休息日下午"): (0, 1, 1, 1, 0)}


def test_people_count_where_they_have_the_skill_and_are_free():
    # Of four, a and b repair; b only on Saturday mornings: four of them in December 2026, and no evening.
    people = [person("a", skills=SKILLED), person("b", skills=SKILLED, availability=SATURDAYS_ONLY), person("c")]
    wishes = [event("one", roles=REPAIR), event("two", "2026-12-08T19:00:00+08:00", roles=REPAIR)]
    problem = town(people, wishes, limits={"visits_per_month": 9, "visits_per_week": 1})
    found = rows(problem)
    # A week holds one visit. Days off in December 2026: the Saturdays 5, 12, 19, 26 and Sundays, in four ISO weeks;
    # workdays lie in five. a: 4 there and 5 here; b: 4 there.
    assert problem.expanded.calendar.is_workday(date(2026, 12, 31))
    assert found == {
        ("家电维修（2级）", "工作日晚上"): (1, 0, 1, 5, 0),
        ("家电维修（2级）", "休息日上午"): (1, 0, 2, 8, 0),
    }


def test_a_half_day_begins_when_the_settings_say():
    early = {"afternoon": {"start": "13:00", "end": "16:00"}}
    wish = event("one", "2026-12-05T16:30:00+08:00")
    assert ("一般服务", "休息日下午") in rows(town([person("a")], [wish]))
    assert ("一般服务", "休息日晚上") in rows(town([person("a")], [wish], settings=early))


def test_the_gap_holds_although_there_are_turns_enough():
    # Two visits on one morning, one person with many mornings: one seat stays empty.
    wishes = [event("one"), event("two", "2026-12-05T10:30:00+08:00")]
    problem = town([person("a")], wishes, limits={"visits_per_day": 1})
    needed, _, people, available, gap = rows(problem)["一般服务", "休息日上午"]
    assert (needed, people, gap) == (2, 1, 1)
    assert available > needed
    told = supply(problem)
    assert (told.seats, told.fillable) == (2, 1)
    assert [phrase.say("zh") for phrase in told.shortages] == [
        "“one”的帮手（one/2026-12-05T0900）、“two”的帮手（two/2026-12-05T1030）：这2个名额只有a能去，最多能去1次，至少空1个。",
    ]


def test_one_person_fills_one_of_two_roles_whichever_day_suits():
    # Two roles of one visit on the 5th or the 6th: a may take either, b only the second …
    roles = [{"id": "x", "gender": "female"}, {"id": "y"}]
    wish = event("one", roles=roles)
    wish["recurrence"] = {"windows": [{"dates": ["2026-12-05", "2026-12-06"], "start": "09:00", "end": "10:00"}]}
    problem = town([person("a", gender="female"), person("b", gender="male")], [wish])
    # … so both seats are filled by the two; alone, a fills one.
    assert rows(problem)["一般服务", "休息日上午"][4] == 0
    alone = town([person("a", gender="female")], [wish])
    assert rows(alone)["一般服务", "休息日上午"][4] == 1


def test_limits_used_up_before_leave_fewer_turns():
    # Two of December's four turns are taken by history and by an announced visit outside this plan.
    problem = town(
        [person("a")],
        [event("one", "2026-12-12T09:00:00+08:00"), event("old", "2026-12-02T09:00:00+08:00", state="closed")],
        limits={"visits_per_month": 4},
        as_of="2026-12-04T09:00:00+08:00",
        history=[{"wish": "old", "volunteer": "a", "start": "2026-12-02T09:00:00+08:00"}],
        published=[
            {
                "visit": "elsewhere/1",
                "role": "helper",
                "volunteer": "a",
                "start": "2026-12-20T09:00:00+08:00",
                "end": "2026-12-20T10:00:00+08:00",
            }
        ],
    )
    assert rows(problem)["一般服务", "休息日上午"] == (1, 0, 1, 2, 0)


def test_goods_have_no_half_day():
    goods = {"id": "kettle", "kind": "goods", "title": "电水壶", "due": "2026-12-20"}
    problem = town([person("a", availability=[])], [goods], limits={"visits_per_month": 3})
    assert rows(problem) == {("一般服务", "不限时间"): (1, 0, 1, 3, 0)}


def test_a_vehicle_is_a_skill_of_its_own():
    wish = event("one", roles=[{"id": "driver", "vehicle": {"seats": 3}}])
    people = [person("a", vehicle={"seats": 4}), person("b", vehicle={"seats": 2}), person("c")]
    assert rows(town(people, [wish], limits={"visits_per_month": 1})) == {("用车", "休息日上午"): (1, 0, 1, 1, 0)}


def test_wishes_nobody_can_serve_are_named_with_the_reason():
    wish = event("修电器", at=["2026-12-05T09:00:00+08:00", "2026-12-12T09:00:00+08:00"], roles=REPAIR)
    told = supply(town([person("a")], [wish, event("one")]))
    assert [phrase.say("zh") for phrase in told.nobody] == [
        "12月5日（周六）上午的“修电器”的“维修”要1人，没有会“家电维修”的人。（共2次都是这样）",
    ]
    assert told.rows[0].gap == 2


@pytest.mark.parametrize("name", NAMES)
def test_the_scenarios_add_up(name):
    problem, _ = read(name)
    told = supply(problem)
    assert told.seats == sum(visit.seats for visit in problem.visits)
    assert sum(row.needed for row in told.rows) <= told.seats
    # Each gap is real: no roster fills more than the seats less the gaps.
    assert told.fillable <= told.seats - sum(row.gap for row in told.rows)
    headers, table = told.table("en")
    assert all(len(row) == len(headers) for row in table)
    json.dumps(told.to_dict("zh"), ensure_ascii=False)
    assert told.lines("zh")
    assert told.lines("en")
