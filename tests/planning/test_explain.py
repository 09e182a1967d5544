"""Why this person, why not that one: sentences and numbers, every number a judgement of the changed roster."""

import json
from datetime import datetime, timedelta

import pytest
from small_town import NAMES, event, person, read, roster, town

from matcher.errors import BadInput
from matcher.planning.explain import (
    explain,
    explain_roster,
    explain_visit,
    explain_volunteer,
    explain_wish,
    render_text,
)
from matcher.problem.check import check
from matcher.problem.roster import TIERS, Roster, RosterVisit, Seat

REPAIR = [{"id": "fixer", "title": "维修", "skills": [{"name": "家电维修", "level": 2}]}]
SATURDAYS_ONLY = [{"days": "SA", "start": "08:00", "end": "20:00"}]
SUNDAYS_ONLY = [{"days": "SU", "start": "08:00", "end": "20:00"}]


def answers(problem, plan, visit="one/2026-12-05T0900", language="zh"):
    """What is said about everybody who is not on the visit's first role."""
    others = explain_visit(problem, plan, visit).roles[0].others
    return {other.volunteer: other.what.say(language) for other in others}


def answer(*volunteers, wish=None, **facts):
    """What is said about ``b``, with ``a`` on the visit."""
    problem = town([person("a"), *volunteers], [wish or event("one")], **facts)
    return answers(problem, roster(problem, one=["a"]))["b"]


# ------------------------------------------------------------------------------------ what it would cost


def test_another_person_costs_what_the_judge_says():
    # Both are alike but for the way: 12 and 30 minutes each way, so 2·30 − 2·12 = 36 more.
    assert answer(person("b", 30)) == "换下a，多花36分（路程 +36）"


def test_a_cheaper_person_saves():
    problem = town([person("a", 30), person("b", 12)], [event("one")], language="en")
    plan = roster(problem, one=["a"])
    assert answers(problem, plan, language="en") == {"b": "instead of a: saves 36 (travel −36)"}


def test_an_equal_person_is_just_as_good():
    assert answer(person("b")) == "换下a，一样好，分数不变"


def test_of_several_people_the_one_dearest_to_keep_is_replaced():
    problem = town(
        [person("a", 10), person("far", 40), person("b", 20)],
        [event("one", roles=[{"id": "helper", "title": "帮手", "count": 2}])],
    )
    # Instead of far: 2·20 − 2·40 = −40; instead of a: 2·20 − 2·10 = +20.
    assert answers(problem, roster(problem, one=["a", "far"])) == {"b": "换下far，省40分（路程 −40）"}


def test_filling_an_empty_seat_is_told_in_needs_first():
    # 3^0 · 100 points for a wish of priority 1 without a date. Of quality 2·12 minutes, four steps of locality at 5,
    # and a first turn of two offered: ⌊100·1/2⌋.
    problem = town([person("a")], [event("one", priority=1)], limits={"visits_per_month": 2})
    assert answers(problem, roster(problem)) == {
        "a": "补上空缺，心愿省100分（空缺 −100）；质量多花94分（公平 +50，路程 +24，就近 +20）",
    }


def test_a_stand_by_changes_places_with_whom_they_replace():
    problem = town([person("a"), person("b", 30)], [event("one", staffing={"standbys": 1})])
    plan = roster(problem, one=["a"])
    entry = plan.visits[0]
    plan = Roster(
        program=plan.program,
        scenario=plan.scenario,
        visits=(
            RosterVisit(
                id=entry.id,
                wish=entry.wish,
                start=entry.start,
                end=entry.end,
                assigned=entry.assigned,
                standbys=(Seat(role="helper", volunteer="b"),),
            ),
        ),
    )
    assert answers(problem, plan) == {"b": "换下a，多花36分（路程 +36）"}


# ------------------------------------------------------------------------------------ what stands in the way


def test_a_way_too_long_is_told_in_minutes():
    assert answer(person("b", 55, limits={"max_travel_minutes": 40})) == "路上要55分钟，最多40分钟"


def test_no_free_time_is_told_with_the_time_asked_for():
    assert answer(person("b", availability=SUNDAYS_ONLY)) == "12月5日（周六）09:00–10:00没有空"


def test_an_absence_is_told_as_one():
    away = [{"start": "2026-12-04T00:00:00+08:00", "end": "2026-12-06T00:00:00+08:00", "reason": "住院"}]
    assert answer(person("b", unavailable=away)) == "12月5日（周六）请假"  # and never the reason


def test_somebody_without_free_times_is_told_so():
    assert answer(person("b", availability=[])) == "没有登记空闲时间"


@pytest.mark.parametrize(
    ("skills", "told"),
    [
        ([], "没有“家电维修”技能"),
        ([{"name": "家电维修", "level": 1}], "“家电维修”只有1级，要2级"),
        ([{"name": "家电维修", "valid_until": "2026-12-01"}], "“家电维修”证书12月1日（周二）已到期"),
    ],
)
def test_a_missing_skill_is_told_by_what_is_missing(skills, told):
    problem = town(
        [person("a", skills=[{"name": "家电维修"}]), person("b", skills=skills)], [event("one", roles=REPAIR)]
    )
    assert answers(problem, roster(problem, one=["a"])) == {"b": told}


@pytest.mark.parametrize(
    ("vehicle", "told"),
    [
        (None, "没有车"),
        ({"seats": 2}, "车上只能坐2位乘客，要坐4位"),
        ({"seats": 4}, "车放不下轮椅"),
        ({"seats": 4, "wheelchair": True, "availability": SUNDAYS_ONLY}, "那段时间车用不了"),
    ],
)
def test_a_missing_vehicle_is_told_by_what_is_missing(vehicle, told):
    good = {"seats": 4, "wheelchair": True}
    wish = event("one", roles=[{"id": "driver", "vehicle": {"seats": 4, "wheelchair": True}}])
    problem = town([person("a", vehicle=good), person("b", vehicle=vehicle)], [wish])
    assert answers(problem, roster(problem, one=["a"])) == {"b": told}


@pytest.mark.parametrize(
    ("claim", "told"),
    [
        (None, "没有认领"),
        ({"state": "waitlisted"}, "认领在候补，只能备班"),
        ({"state": "not-chosen"}, "认领未入选"),
        ({"state": "withdrawn"}, "认领后本人退出了"),
        ({"state": "open"}, "认领了，还没筛选"),
    ],
)
def test_a_claim_that_does_not_count_is_told_by_its_state(claim, told):
    claims = [{"id": "c1", "wish": "one", "volunteer": "a", "at": "2026-11-20T20:00:00+08:00", "state": "chosen"}]
    if claim:
        claims.append({"id": "c2", "wish": "one", "volunteer": "b", "at": "2026-11-20T20:01:00+08:00"} | claim)
    assert answer(person("b"), wish=event("one", claimants_only=True), claims=claims) == told


def test_a_decline_is_told_for_the_visit_or_the_wish():
    assert answer(person("b"), declines=[{"wish": "one", "volunteer": "b"}]) == "本人推掉了这个心愿"
    visit = [{"visit": "one/2026-12-05T0900", "volunteer": "b"}]
    assert answer(person("b"), declines=visit) == "本人推掉了这一次"


def test_a_team_is_told_by_name():
    problem = town(
        [person("a", team="t"), person("b")], [event("one", teams=["t"])], teams=[{"id": "t", "name": "邮政志愿队"}]
    )
    assert answers(problem, roster(problem, one=["a"])) == {"b": "不是邮政志愿队的队员"}


def test_what_the_resident_asks_for_is_told():
    wish = {
        "id": "one",
        "kind": "visit",
        "resident": "li",
        "title": "one",
        "place": "hall",
        "recurrence": {"at": ["2026-12-05T09:00:00+08:00"]},
    }
    residents = [{"id": "li", "banned": ["c"], "required": {"gender": "female", "language": "yue"}}]
    problem = town(
        [
            person("a", gender="female", languages=["yue"]),
            person("b", gender="male", languages=["yue"]),
            person("c", gender="female", languages=["zh"]),
        ],
        [wish],
        residents=residents,
    )
    assert answers(problem, roster(problem, one=["a"])) == {
        "b": "服务对象要女志愿者",
        "c": "服务对象说过不要这位来；不会说粤语",
    }


def test_a_full_month_is_told_in_numbers():
    problem = town(
        [person("a"), person("b")],
        [event("one"), event("two", "2026-12-12T09:00:00+08:00")],
        limits={"visits_per_month": 1},
    )
    plan = roster(problem, one=["a"], two=["b"])
    assert answers(problem, plan) == {"b": "12月已有1次，最多1次"}
    assert answers(problem, plan, language="en") == {"b": "has 1 of at most 1 in December already"}


def test_minutes_are_told_in_numbers():
    problem = town(
        [person("a"), person("b")],
        [event("one"), event("two", "2026-12-12T09:00:00+08:00")],
        limits={"minutes_per_month": 90},
    )
    plan = roster(problem, one=["a"], two=["b"])
    assert answers(problem, plan) == {"b": "12月已有60分钟，再加60分钟就超过90分钟"}


def test_a_collision_names_the_other_visit():
    problem = town(
        [person("a"), person("b")],
        [event("one"), event("two", "2026-12-05T09:30:00+08:00")],
        limits={"visits_per_day": 2},
    )
    plan = roster(problem, one=["a"], two=["b"])
    assert answers(problem, plan) == {"b": "12月5日（周六）09:30–10:30已排“two”，赶不过来"}


def turns(names, people, **staffing):
    """Saturdays of December, one after the other, each with one person; and the roster."""
    days = [f"2026-12-{day:02d}T09:00:00+08:00" for day in (5, 12, 19, 26)[: len(names)]]
    problem = town(people, [event("one", at=days, staffing={"policy": "rotate"} | staffing)])
    moment = problem.expanded.calendar.moment
    return problem, Roster(
        program="小镇",
        scenario=problem.scenario.fingerprint,
        visits=tuple(
            RosterVisit(
                id=visit.id,
                wish="one",
                start=moment(visit.fixed[0]),
                end=moment(visit.fixed[0] + 60),
                assigned=(Seat(role="helper", volunteer=who),),
            )
            for visit, who in zip(problem.visits, names)
        ),
    )


FIRST_ONLY = [{"days": "any", "start": "08:00", "end": "20:00", "until": "2026-12-05"}]


def test_a_turn_names_the_day_of_the_other_turn():
    # a is away after the 5th, so that the two cannot exchange.
    people = [person("a", availability=FIRST_ONLY), person("b"), person("c")]
    problem, plan = turns("ab", people)
    assert answers(problem, plan)["b"] == "12月12日（周六）那次也是本人，不能连着两次"
    problem, plan = turns("acb", people, max_turns=1)
    assert answers(problem, plan)["b"] == "12月19日（周六）已轮到，365天内最多1次"


def test_two_people_may_exchange_their_turns():
    # Both live 12 minutes away: nothing changes.
    problem, plan = turns("ab", [person("a"), person("b")])
    assert answers(problem, plan) == {"b": "与a对调（a改去12月12日（周六）09:00–10:00），一样好，分数不变"}


def test_an_exchange_costs_what_the_judge_says():
    # b would rather not on the 5th: 50.
    rather_not = [
        {"days": "any", "start": "08:00", "end": "20:00"},
        {"days": "any", "start": "08:00", "end": "20:00", "kind": "undesired", "until": "2026-12-05"},
    ]
    problem, plan = turns("ab", [person("a"), person("b", availability=rather_not)])
    told = answers(problem, plan)["b"]
    assert told == "与a对调（a改去12月12日（周六）09:00–10:00），多花50分（不太方便的时间 +50）"


def test_a_newcomer_needs_somebody_experienced_along():
    roles = [{"id": "helper", "title": "帮手", "count": 2}]
    problem = town(
        [person("a"), person("new", prior_visits=0), person("b", prior_visits=0)], [event("one", roles=roles)]
    )
    others = answers(problem, roster(problem, one=["a", "new"]))
    assert others == {"b": "换下new，一样好，分数不变"}  # with a, who has experience; not instead of a
    problem = town([person("a"), person("b", prior_visits=0)], [event("one", roles=[{"id": "x", "experienced": True}])])
    assert answers(problem, roster(problem, one=["a"])) == {"b": "本人是新人，这个位置要有经验的"}


def test_pins_are_told():
    pins = [{"visit": "one/2026-12-05T0900", "volunteer": "a"}]
    assert answer(person("b"), pins=pins) == "协调员锁定了a"
    never = [{"visit": "one/2026-12-05T0900", "volunteer": "b", "never": True}]
    assert answer(person("b"), pins=never) == "协调员定了不派本人"


def test_somebody_on_another_role_of_the_visit_is_told_only_that():
    roles = [{"id": "x", "title": "引导"}, {"id": "y", "title": "登记"}]
    problem = town([person("a"), person("b")], [event("one", roles=roles)])
    plan = roster(problem, one={"x": ["a"], "y": ["b"]})
    assert answers(problem, plan) == {"b": "已担任这次服务的别的分工"}


def test_who_comes_nearest_stands_first():
    # c lacks a skill; b is only busy; d costs 36 more.
    problem = town(
        [
            person("a", skills=[{"name": "家电维修"}]),
            person("c", 1),
            person("b", 20, skills=[{"name": "家电维修"}], availability=SUNDAYS_ONLY),
            person("d", 30, skills=[{"name": "家电维修"}]),
        ],
        [event("one", roles=REPAIR)],
    )
    assert list(answers(problem, roster(problem, one=["a"]))) == ["d", "b", "c"]


# ------------------------------------------------------------------------------------------ the chosen ones


def test_an_account_of_a_visit_reads_like_this():
    wish = event("义诊", at="2026-12-05T09:00:00+08:00", claimants_only=True)
    claims = [
        {
            "id": "c1",
            "wish": "义诊",
            "volunteer": "陈明",
            "at": "2026-11-23T20:04:11+08:00",
            "channel": "livestream",
            "state": "chosen",
        }
    ]
    problem = town([person("陈明", 15), person("李红", 8)], [wish], claims=claims, limits={"visits_per_month": 2})
    plan = roster(problem, 义诊=["陈明"])
    # 2·15 minutes, 4 steps of locality at 5, the first of two turns: ⌊100/2⌋.
    # Without them a chosen claimant would have no turn: 100.
    assert render_text(explain_visit(problem, plan, "义诊/2026-12-05T0900")).splitlines() == [
        "义诊（义诊/2026-12-05T0900）：12月5日（周六）09:00–10:00",
        "  时间是定好的，没有别的选择。",
        "  “帮手”（1人）",
        (
            "    陈明：11月23日（周一）20:04在直播间认领，已入选；承诺上省下100分（入选者没有轮到 −100）；"
            "带来100分代价（公平 +50，路程 +30，就近 +20）"
        ),
        "    不能派的人，差得最少的在前：",
        "      李红（路上8分钟）：没有认领",
    ]


def test_the_time_is_weighed_against_the_others():
    # Starts at 09:00, 09:15 and 09:30; from 09:30 on a would rather not (50 points).
    wish = event("one")
    wish["recurrence"] = {"windows": [{"dates": ["2026-12-05"], "start": "09:00", "end": "10:30"}]}
    rather_not = [*SATURDAYS_ONLY, {"days": "SA", "start": "10:15", "end": "12:00", "kind": "undesired"}]
    problem = town([person("a", availability=rather_not)], [wish])
    said = [phrase.say("zh") for phrase in explain_visit(problem, roster(problem, one=["a"]), "one/1").time]
    assert said == [
        "可选的开始时间有3个，分在1天。",
        "同一班人换到别的时间，试了2个：2个可以，0个不行。",
        "别的时间里最好的是12月5日（周六）09:15：一样好，分数不变。",
    ]


def test_a_start_that_breaks_a_rule_is_counted_with_the_rule():
    wish = event("one")
    wish["recurrence"] = {"windows": [{"days": "SA,SU", "start": "09:00", "end": "10:00"}], "until": "2026-12-06"}
    problem = town([person("a", availability=SATURDAYS_ONLY)], [wish])
    said = [phrase.say("zh") for phrase in explain_visit(problem, roster(problem, one=["a"]), "one/1").time]
    assert said[1] == "同一班人换到别的时间，试了1个：0个可以，1个不行（时间不合适 1）。"


# ------------------------------------------------------------------------------------ people and wishes


def test_a_volunteer_reads_their_share_duties_and_the_visits_nearby():
    problem = town(
        [person("a"), person("b", availability=SATURDAYS_ONLY)],
        [event("one"), event("two", "2026-12-13T09:00:00+08:00")],
        limits={"visits_per_month": 2},
    )
    told = explain_volunteer(problem, roster(problem, one=["b"], two=["a"]), "b").lines()
    assert told == [
        "b：近180天0次，这一期1次（最多能排2次），共60分钟。",
        "  本人的限度：每月最多2次。",
        "  排上的：",
        "    12月5日（周六）09:00–10:00 one · 帮手",
        "  附近没有排给本人的：",
        "    12月13日（周日）09:00–10:00 two · 帮手：12月13日（周日）09:00–10:00没有空",
    ]


def test_a_wish_reads_its_visits_and_who_has_how_many_turns():
    wish = event("读报", at=["2026-12-05T09:00:00+08:00", "2026-12-12T09:00:00+08:00"])
    problem = town([person("a"), person("b", 30), person("c", availability=SUNDAYS_ONLY)], [wish])
    told = explain_wish(problem, roster(problem, 读报=["a"]), "读报").lines()
    assert told[:4] == [
        "读报（读报）：2次，排上1次。",
        "  12月5日（周六）09:00–10:00：a",
        "  读报/2026-12-12T0900（没有排上）：没有人去",
        "    “帮手”缺1人：还有2人可以安排；1人时间不合适",
    ]
    assert "    a：以前0次，这一期1次，备班0次" in told
    assert any(line.startswith("    b：这一期没有轮到——2次可以换上，最省的一次（") for line in told)


# ------------------------------------------------------------------------------------------ the proof


def test_two_seats_one_person_is_a_bottleneck_in_words():
    problem = town(
        [person("a")], [event("one"), event("two", "2026-12-05T14:00:00+08:00")], limits={"visits_per_day": 1}
    )
    told = explain_roster(problem, roster(problem, one=["a"]))
    assert (told.seats, told.filled, told.fillable) == (2, 1, 1)
    assert told.seats_summary[0].say("zh") == "2个名额排上了1个，怎么排也最多1个。"
    assert [phrase.say("zh") for phrase in told.bottlenecks] == [
        "“one”的帮手（one/2026-12-05T0900）、“two”的帮手（two/2026-12-05T1400）：这2个名额只有a能去，最多能去1次，至少空1个。",
    ]
    assert [tier.status for tier in told.tiers[:2]] == ["OPTIMAL", "OPTIMAL"]


def test_a_missing_skill_is_a_bottleneck_in_words():
    busy = person("b", availability=SUNDAYS_ONLY, skills=[{"name": "家电维修"}])
    for people, said in (
        ([person("a")], "12月5日（周六）上午的“修电器”的“维修”要1人，没有会“家电维修”的人。"),
        ([person("a"), busy], "12月5日（周六）上午的“修电器”的“维修”要1人，会“家电维修”的人只有1人，时间不合适。"),
    ):
        problem = town(people, [event("修电器", roles=REPAIR)])
        assert [phrase.say("zh") for phrase in explain_roster(problem, roster(problem)).bottlenecks] == [said]


def test_several_people_with_the_skill_are_counted_by_what_keeps_them_away():
    people = [person(name, availability=SUNDAYS_ONLY, skills=[{"name": "家电维修"}]) for name in "bc"]
    problem = town([person("a"), *people], [event("修电器", roles=REPAIR)])
    (said,) = explain_roster(problem, roster(problem)).bottlenecks
    assert said.say("zh") == "12月5日（周六）上午的“修电器”的“维修”要1人，会“家电维修”的人只有2人：2人时间不合适。"
    assert said.say("en").endswith("there are 2 people with the skill 家电维修: 2 people are not free then.")


def test_a_pin_that_leaves_nobody_is_told():
    pins = [{"visit": "one/2026-12-05T0900", "volunteer": "a", "never": True}]
    problem = town([person("a")], [event("one")], pins=pins)
    assert [phrase.say("zh") for phrase in explain_roster(problem, roster(problem)).bottlenecks] == [
        "12月5日（周六）上午的“one”的“帮手”要1人，没有人能去：1人与协调员锁定的安排冲突。"
    ]


def test_an_empty_plan_has_nothing_to_tell():
    told = explain_roster(problem := town([], []), roster(problem))
    assert (told.seats, told.fillable) == (0, 0)
    assert told.lines("zh")[0] == "这一期没有要排的服务。"


def test_a_roster_with_faults_is_explained_all_the_same():
    # a has two seats of one visit: wrong, and still somebody may ask about b.
    problem = town([person("a"), person("b", 30)], [event("one", roles=[{"id": "x", "count": 2}])])
    plan = roster(problem, one=["a", "a"])
    assert not check(problem.expanded, plan).valid
    assert answers(problem, plan)["b"].startswith("换下a，")


def test_a_roster_that_could_be_better_is_told_so():
    problem = town([person("a"), person("b")], [event("one"), event("two")], limits={"visits_per_day": 1})
    told = explain_roster(problem, roster(problem, one=["a"]))
    # Both could be served; whether the collision left out of the flow matters is not decided here.
    assert told.seats_summary[0].say("zh") == "2个名额排上了1个；最多不会超过2个，能不能再多还没有证明。"
    assert told.tiers[0].status == "FEASIBLE"


def test_a_claim_about_another_value_proves_nothing():
    problem = town([person("a"), person("b")], [event("one")])
    plan = roster(problem, one=["a"])
    lying = Roster(
        **{name: getattr(plan, name) for name in Roster.model_fields}
        | {
            "tiers": tuple({"name": name, "value": 1, "bound": 1, "status": "OPTIMAL"} for name in TIERS),
        }
    )
    quality = explain_roster(problem, lying).tiers[2]
    assert quality.bound is None
    assert quality.status == "FEASIBLE"


# ---------------------------------------------------------------------------------------- errors, forms


def test_unknown_ids_are_refused_in_words():
    problem = town([person("a")], [event("one")])
    plan = roster(problem)
    for asked in ({"visit": "one/1"}, {"volunteer": "z"}, {"wish": "z"}):
        with pytest.raises(BadInput):
            explain(problem, plan, **asked)


def test_visit_and_volunteer_together_answer_for_one_person():
    problem = town([person("a"), person("b", 30), person("c")], [event("one")])
    told = explain(problem, roster(problem, one=["a"]), visit="one/2026-12-05T0900", volunteer="b")
    assert [other.volunteer for other in told.roles[0].others] == ["b"]
    assert told.roles[0].people == ()


def changed(problem, plan, visit, role, out, into):
    """The roster with one person instead of another, made by hand."""
    entry = next(entry for entry in plan.visits if entry.id == visit)
    assigned = [
        Seat(role=role, volunteer=into) if (seat.role, seat.volunteer) == (role, out) else seat
        for seat in entry.assigned
    ]
    standbys = [seat for seat in entry.standbys if seat.volunteer != into]
    new = RosterVisit(
        id=entry.id,
        wish=entry.wish,
        start=entry.start,
        end=entry.end,
        assigned=tuple(assigned),
        standbys=tuple(standbys),
    )
    rest = tuple(other for other in plan.visits if other.id != visit)
    return Roster(program=plan.program, scenario=plan.scenario, visits=(*rest, new))


@pytest.mark.parametrize("name", NAMES)
def test_every_answer_in_the_scenarios_is_a_judgement_of_the_whole_changed_roster(name):
    problem, plan = read(name)
    before = check(problem.expanded, plan)
    compared = 0
    for visit in problem.visits:
        told = explain_visit(problem, plan, visit.id)
        json.dumps(told.to_dict("en"), ensure_ascii=False)
        assert told.lines("zh")
        assert told.lines("en")
        standing_by = {s.volunteer for entry in plan.visits if entry.id == visit.id for s in entry.standbys}
        for role in told.roles:
            assert role.empty == 0 or role.reasons
            for other in role.others:
                assert (other.delta is None) == bool(other.refusals)
                rules = {refusal.rule for refusal in other.refusals}
                if (
                    other.instead_of is None
                    or other.exchange
                    or other.volunteer in standing_by
                    or "fills_each_role_once" in rules
                ):
                    continue
                plan_after = changed(problem, plan, visit.id, role.role, other.instead_of, other.volunteer)
                after = check(problem.expanded, plan_after)
                assert {v.rule for v in after.violations if v.price is None} == rules
                if other.delta is not None:
                    assert other.delta.tiers == tuple(after.tier(tier) - before.tier(tier) for tier in TIERS)
                compared += 1
    assert compared


@pytest.mark.parametrize("name", NAMES)
def test_filling_a_seat_left_empty_is_a_judgement_of_the_whole_roster_too(name):
    problem, whole = read(name)
    compared = 0
    for visit in problem.visits:
        if visit.seats > 1:
            continue
        rest = tuple(entry for entry in whole.visits if entry.id != visit.id)
        plan = Roster(program=whole.program, scenario=whole.scenario, visits=rest)
        before = check(problem.expanded, plan)
        for other in explain_visit(problem, plan, visit.id).roles[0].others:
            if other.delta is None:
                continue
            end = (
                None if other.start is None else datetime.fromisoformat(other.start) + timedelta(minutes=visit.minutes)
            )
            seat = Seat(role=other.role, volunteer=other.volunteer)
            entry = RosterVisit(id=visit.id, wish=visit.wish.id, start=other.start, end=end, assigned=(seat,))
            after = check(problem.expanded, Roster(program="", scenario=whole.scenario, visits=(*rest, entry)))
            assert other.delta.tiers == tuple(after.tier(tier) - before.tier(tier) for tier in TIERS)
            compared += 1
    assert compared


@pytest.mark.parametrize("name", NAMES)
def test_everybody_and_every_wish_of_the_scenarios_is_explained(name):
    problem, plan = read(name)
    accounts = [explain_volunteer(problem, plan, own.id) for own in problem.scenario.volunteers[::4]]
    accounts += [explain_wish(problem, plan, wish) for wish in problem.visits_of_wish]
    accounts.append(explain(problem, plan))
    for account in accounts:
        assert account.lines("zh")
        assert account.lines("en")
        json.dumps(account.to_dict(), ensure_ascii=False)
