"""What is short, and what one more person would fill: counted by hand, and accepted by the judge."""

from small_town import event, person, roster, town

from matcher.planning.explain import explain
from matcher.planning.fix_supply import shortage

MORNINGS = [f"2026-12-{day}T09:00:00+08:00" for day in ("05", "12", "19")]
BARBER = [{"id": "barber", "title": "理发", "skills": [{"name": "理发", "level": 2}]}]


def test_nothing_is_short_where_every_seat_is_filled():
    problem = town([person("张三")], [event("讲座")])
    assert shortage(problem, roster(problem, 讲座=["张三"])) is None


def test_one_more_barber_on_saturday_mornings_fills_three_more():
    # Three Saturdays, nobody who cuts hair; one visit a week is allowed, four a month.
    problem = town([person("张三")], [event("理发日", MORNINGS, roles=BARBER)])
    found = shortage(problem, roster(problem))
    (more,) = found.one_more
    assert (more.filled, more.person.weekday, more.person.part) == (3, 5, "morning")
    assert more.visits == tuple(f"理发日/2026-12-{day}T0900" for day in ("05", "12", "19"))
    assert more.say("zh") == "再有1位会“理发”、周六上午有空的志愿者，至少能多补3个：理发日3次"
    assert more.say("en") == (
        "One more volunteer who can do 理发, free on Saturday mornings: at least 3 more (理发日 × 3)"
    )


def test_one_more_person_keeps_the_limits_of_the_programme():
    problem = town([person("张三")], [event("理发日", MORNINGS, roles=BARBER)], limits={"visits_per_month": 2})
    assert shortage(problem, roster(problem)).one_more[0].filled == 2


def test_one_person_does_not_make_a_crew_of_two():
    problem = town([person("张三", gender="male")], [event("讲座", roles=[{"id": "a", "count": 2, "gender": "female"}])])
    assert shortage(problem, roster(problem)).one_more == ()


def test_what_is_short_is_said_by_community():
    halls = [{"id": "hall", "name": "活动室", "community": "东河"}, {"id": "other", "name": "西馆", "community": "西关"}]
    wishes = [event("理发日", MORNINGS, roles=BARBER), event("西关理发", MORNINGS[0], roles=BARBER) | {"place": "other"}]
    problem = town([person("张三")], wishes, places=[*halls, {"id": "home-12"}])
    found = shortage(problem, roster(problem))
    assert [(short.community, short.empty) for short in found.communities] == [("东河", 3), ("西关", 1)]
    (row,) = found.communities[0].rows
    assert (row.needed, row.people, row.gap) == (3, 0, 3)
    assert found.in_short.say("zh") == "最缺的是“理发（2级）”：空着的4个名额里占4个。"


def test_explain_has_fixes_and_shortage_only_where_they_are_asked_for():
    problem = town([person("张三", 51, limits={"max_travel_minutes": 40})], [event("讲座")])
    plan = roster(problem)
    without = explain(problem, plan)
    assert without.shortage is None
    assert without.empty[0].fixes is None
    found = explain(problem, plan, fixes=1)
    assert found.empty[0].fixes.cheapest.kinds == ("reach",)
    assert any("破例走远一点" in line for line in found.lines("zh"))
    plain = found.to_dict("en")
    assert plain["empty"][0]["fixes"]["fixes"][0]["price"] == 5
    assert plain["shortage"]["one_more"][0]["filled"] == 1


def test_explain_of_a_visit_and_of_a_wish_have_fixes():
    problem = town([person("张三", 51, limits={"max_travel_minutes": 40})], [event("讲座")])
    plan = roster(problem)
    by_visit = explain(problem, plan, visit="讲座/2026-12-05T0900", fixes=5)
    assert [fix.kinds for fix in by_visit.roles[0].fixes.fixes] == [("reach",), ("volunteer",)]
    assert "    怎样才能补上（便宜的在前）：" in by_visit.lines("zh")
    by_wish = explain(problem, plan, wish="讲座", fixes=1)
    assert by_wish.visits[0].fixes[0].cheapest.price == 5


def test_of_several_fixes_it_is_said_that_they_were_worked_out_apart():
    """Both talks are at one hour: 张三 can be asked to go farther for one of them only."""
    problem = town([person("张三", 51, limits={"max_travel_minutes": 40})], [event("讲座"), event("义诊")])
    found = explain(problem, roster(problem), fixes=1)
    assert [gap.fixes.cheapest.kinds for gap in found.empty] == [("reach",), ("reach",)]
    assert any("单独算的" in line for line in found.lines("zh"))
    assert any("worked out by itself" in line for line in found.lines("en"))
    alone = town([person("张三", 51, limits={"max_travel_minutes": 40})], [event("讲座")])
    assert not any("单独算的" in line for line in explain(alone, roster(alone), fixes=1).lines("zh"))


def test_when_time_is_over_it_is_said():
    problem = town([person("张三", 51, limits={"max_travel_minutes": 40})], [event("讲座")])
    found = explain(problem, roster(problem), fixes=1, over=lambda: True)
    assert found.empty[0].fixes.fixes == ()
    assert not found.empty[0].fixes.is_complete
    assert "时间不够，没有找全办法；用 --visit 讲座/2026-12-05T0900 单独看。" in "\n".join(found.lines("zh"))
