"""Comparisons: what differs between two rosters, and which is better."""

from __future__ import annotations

import pytest
from small_town import event, person, read, roster, town

from matcher.errors import BadInput
from matcher.planning.compare import compare
from matcher.problem.check import check
from matcher.problem.roster import Roster, RosterVisit


def two_people(**more):
    return town([person("张三", 30), person("李四", 12)], [event("讲座"), event("值班", "2026-12-12T09:00:00+08:00")], **more)


def with_standby(made, visit, name):
    return Roster(program=made.program, scenario=made.scenario, visits=tuple(
        RosterVisit(**dict(entry) | {"standbys": ({"role": "helper", "volunteer": name},)})
        if entry.wish == visit else entry
        for entry in made.visits
    ))


def test_the_same_roster_twice():
    problem = two_people()
    made = roster(problem, 讲座=("张三",))
    found = compare(problem, made, made)
    assert found.lines("zh")[:2] == ["A → B", "A和B完全一样。"]
    assert not found.visits
    assert not found.people


def test_the_order_of_seats_is_no_difference():
    problem = town([person("张三", 30), person("李四", 12)], [event("讲座", roles=[{"id": "helper", "count": 2}])])
    found = compare(problem, roster(problem, 讲座=("张三", "李四")), roster(problem, 讲座=("李四", "张三")))
    assert found.verdict[0].code == "compare_same"


def test_the_first_tier_that_differs_decides():
    problem = two_people()
    # One seat of priority 3 more is filled: 3^2 · 100 points, whatever it costs in quality.
    found = compare(problem, roster(problem, 讲座=("张三",)), roster(problem, 讲座=("张三",), 值班=("张三",)))
    assert found.verdict[0].say("en") == "B is better: needs 900 points lower (lower is better)."
    needs, promises, quality = found.tiers
    assert (needs.after - needs.before, promises.terms, needs.terms) == (-900, {}, {"empty_seats": -900})
    assert quality.after - quality.before == sum(quality.terms.values()) > 0


def test_points_are_the_judges():
    problem, made = read("chunhui")
    fewer = Roster(program=made.program, scenario=made.scenario, visits=made.visits[:-2])
    found = compare(problem, made, fewer)
    for tier in found.tiers:
        assert (tier.before, tier.after) == tuple(check(problem.expanded, own).tier(tier.tier) for own in (made, fewer))
    assert [change.visit for change in found.visits] == sorted(
        (own.id for own in made.visits[-2:]), key=lambda name: [change.visit for change in found.visits].index(name)
    )


def test_people_and_visits_in_words():
    problem = two_people()
    a, b = roster(problem, 讲座=("张三",), 值班=("李四",)), roster(problem, 讲座=("李四",), 值班=("李四",))
    found = compare(problem, a, with_standby(b, "值班", "张三"))
    assert [change.say("zh") for change in found.visits] == [
        "12月5日（周六）“讲座”：张三换成李四",
        "12月12日（周六）“值班”：多了备班张三",
    ]
    assert [change.say("zh") for change in found.people] == [
        "张三：1次 → 0次，少了12月5日（周六）“讲座”",
        "李四：1次 → 2次，多了12月5日（周六）“讲座”",
    ]
    assert found.visits[0].say("en") == "讲座 on Sat 5 Dec: 李四 instead of 张三"


def test_served_by_one_only_and_moved():
    asked = {"windows": [{"days": "SA", "start": "09:00", "end": "11:00"}], "until": "2026-12-05"}
    problem = town([person("张三", 30), person("李四", 12)], [event("讲座") | {"recurrence": asked}, event("值班")])
    a = roster(problem, 讲座=("张三",), 值班=("李四",))
    calendar, entry = problem.expanded.calendar, a.visits[0]
    start = calendar.minute_of(entry.start) + 60
    later = RosterVisit(**dict(entry) | {"start": calendar.moment(start), "end": calendar.moment(start + 60)})
    found = compare(problem, a, Roster(program=a.program, scenario=a.scenario, visits=(later,)), names=("周一", "周二"))
    assert {change.visit: [phrase.say("zh") for phrase in change.what] for change in found.visits} == {
        "讲座/1": ["12月5日（周六）09:00改到12月5日（周六）10:00"],
        "值班/2026-12-05T0900": ["只有周一排上（李四）"],
    }


def test_a_roster_that_breaks_a_rule_is_named_first():
    problem = town([person("张三", 12)], [event("讲座"), event("值班")])
    found = compare(problem, roster(problem, 讲座=("张三",)), roster(problem, 讲座=("张三",), 值班=("张三",)))
    assert found.lines("zh")[1] == "B违反规则1处，这样不能用。"


def test_other_facts_are_said_and_another_programme_refused():
    problem = two_people()
    made = roster(problem, 讲座=("张三",))
    other = Roster(program=made.program, scenario="another", visits=made.visits)
    assert "compare_other_facts" in [phrase.code for phrase in compare(problem, made, other).verdict]
    with pytest.raises(BadInput):
        compare(problem, made, Roster(program="别处", scenario=made.scenario, visits=made.visits))


def test_everything_is_there_for_machines():
    problem = two_people()
    plain = compare(problem, roster(problem, 讲座=("张三",)), roster(problem, 讲座=("李四",))).to_dict("zh")
    assert plain["tiers"][2]["terms"] == {"travel": -36}
    assert plain["people"][0]["text"].startswith("张三")
