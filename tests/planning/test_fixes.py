"""What would fill an empty seat: each kind found and priced by the table, and not offered where it does not help."""

from pathlib import Path

import fix_brute
import pytest
from small_town import event, person, roster, town

from matcher.domain.scenario import Scenario
from matcher.errors import BadInput
from matcher.planning.fix_steps import KINDS, RATES
from matcher.planning.fix_words import FIXES
from matcher.planning.fixes import FixDesk, fixes
from matcher.problem.check import check
from matcher.problem.roster import Roster, RosterVisit, Seat

LECTURE = "讲座/2026-12-05T0900"
SATURDAY = "2026-12-05T09:00:00+08:00"
SUNDAYS = [{"days": "SU", "start": "08:00", "end": "20:00"}]
VAN = {"id": "driver", "title": "司机", "vehicle": {"seats": 1}}


def found(problem, plan=None, visit=LECTURE, count=9):
    """(kinds, price) of every fix of the visit's first empty role; each is applied and judged again here."""
    plan = plan or roster(problem)
    desk = FixDesk(problem, plan)
    (first, *_) = desk.of_visit(visit, count=count)
    assert first.is_complete
    for fix in first.fixes:
        facts, after = desk.applied(fix)
        assert Scenario.model_validate_json(facts.to_json()).fingerprint == after.scenario
        report = check(facts, after)
        assert report.valid, report.violations
        assert fix.price == sum(step.price for step in fix.steps)
        before = check(problem.scenario, plan)
        seat = problem.prices.empty_seat(problem.visits[problem.expanded.visit_index[visit]].wish)
        assert before.tiers[0].value - report.tiers[0].value == len(fix.seats) * seat
    return [(fix.kinds, fix.price) for fix in first.fixes]


def cheapest(*args, **more):
    return found(*args, **more)[0]


NOBODY_BUT_NEW = (("volunteer",), 21)  # 20, and 1 for the hour


# -------------------------------------------------------------------------------------- a pair per kind


def test_who_could_simply_go_needs_no_change():
    assert found(town([person("张三")], [event("讲座")])) == [((), 0)]


def test_where_nobody_will_do_somebody_new_is_the_fix():
    problem = town([person("张三", gender="male")], [event("讲座", roles=[{"id": "helper", "gender": "female"}])])
    assert found(problem) == [NOBODY_BUT_NEW]


def test_a_longer_way_is_asked_for_by_every_ten_minutes_begun():
    # 51 minutes, 40 agreed: 3 and 2 for 11 minutes.
    assert cheapest(town([person("张三", 51, limits={"max_travel_minutes": 40})], [event("讲座")])) == (("reach",), 5)


def test_no_longer_way_is_asked_of_who_lacks_the_skill():
    far = person("张三", 51, limits={"max_travel_minutes": 40})
    assert found(town([far], [event("讲座", roles=[{"id": "helper", "skills": [{"name": "急救"}]}])])) == [NOBODY_BUT_NEW]


@pytest.mark.parametrize(("limits", "kind"), [
    ({"visits_per_day": 1}, "visits_per_day"), ({"visits_per_week": 1}, "visits_per_week"),
    ({"visits_per_month": 1}, "visits_per_month"),
])
def test_one_visit_more_is_asked_for(limits, kind):
    generous = {"visits_per_day": 3, "visits_per_week": 3, "visits_per_month": 3} | limits
    problem = town([person("张三", limits=generous)], [event("讲座"), event("值班", "2026-12-05T14:00:00+08:00")])
    assert cheapest(problem, roster(problem, 值班=["张三"])) == ((kind,), 4)


@pytest.mark.parametrize("unit", ["day", "week", "month"])
def test_more_minutes_are_asked_for_by_every_half_hour_begun(unit):
    # 60 minutes there, 60 here, 75 agreed: 45 more are two half-hours.
    limits = {"visits_per_day": 3, f"minutes_per_{unit}": 75}
    problem = town([person("张三", limits=limits)], [event("讲座"), event("值班", "2026-12-05T14:00:00+08:00")])
    assert cheapest(problem, roster(problem, 值班=["张三"])) == ((f"minutes_per_{unit}",), 5)


def test_a_day_of_rest_less():
    # Six days of rest a week leave one for visits; the second takes one more.
    problem = town([person("张三", limits={"rest_days": 6})], [event("讲座"), event("值班", "2026-12-04T09:00:00+08:00")])
    assert cheapest(problem, roster(problem, 值班=["张三"])) == (("rest_days",), 4)


def test_less_rest_between_two_visits():
    # From 10:00 to 11:00, 120 minutes agreed: 60 less are two half-hours.
    limits = {"visits_per_day": 3, "min_rest_minutes": 120}
    problem = town([person("张三", limits=limits)], [event("讲座"), event("值班", "2026-12-05T11:00:00+08:00")])
    assert cheapest(problem, roster(problem, 值班=["张三"])) == (("min_rest_minutes",), 5)


def test_a_half_day_is_asked_for():
    # 4 and 1 for the hour.
    assert cheapest(town([person("张三", availability=SUNDAYS)], [event("讲座")])) == (("availability",), 5)


@pytest.mark.parametrize("away", [
    {"unavailable": [{"start": "2026-12-05T00:00:00+08:00", "end": "2026-12-06T00:00:00+08:00"}]},
    {"availability": [*SUNDAYS, {"days": "SA", "kind": "unavailable"}]},
    {"availability": []},
])
def test_who_is_away_or_gave_no_times_is_not_asked_for_a_half_day(away):
    kinds = found(town([person("张三", **away)], [event("讲座")]))
    assert ("availability",) not in [kind for kind, _ in kinds]


def test_whoever_gives_a_visit_to_somebody_else_can_come():
    # Only the driver can drive; at the stall anybody will do.
    people = [person("张三", vehicle={"seats": 4}), person("李四")]
    problem = town(people, [event("讲座", roles=[VAN]), event("值班")])
    plan = roster(problem, 值班=["张三"])
    assert cheapest(problem, plan) == (("handover",), 3)
    (role,) = fixes(problem, plan, LECTURE)
    assert (role.cheapest.steps[0].volunteer, role.cheapest.steps[0].other) == ("张三", "李四")


def test_what_was_announced_is_not_handed_over():
    people = [person("张三", vehicle={"seats": 4}), person("李四")]
    told = {"visit": "值班/2026-12-05T0900", "start": SATURDAY, "role": "helper", "volunteer": "张三"}
    problem = town(people, [event("讲座", roles=[VAN]), event("值班")], published=[told])
    kinds = [kind for kind, _ in found(problem, roster(problem, 值班=["张三"]))]
    assert all("handover" not in kind for kind in kinds)


def test_what_was_pinned_is_not_handed_over():
    people = [person("张三", vehicle={"seats": 4}), person("李四")]
    pin = {"visit": "值班/2026-12-05T0900", "volunteer": "张三"}
    problem = town(people, [event("讲座", roles=[VAN]), event("值班")], pins=[pin])
    kinds = [kind for kind, _ in found(problem, roster(problem, 值班=["张三"]))]
    assert all("handover" not in kind for kind in kinds)


def standing_by(problem, plan, visit, who):
    """The roster with somebody standing by for one visit."""
    entries = [
        RosterVisit(**dict(entry) | ({"standbys": (Seat(role="helper", volunteer=who),)} if entry.wish == visit else {}))
        for entry in plan.visits
    ]
    return Roster(program=plan.program, scenario=plan.scenario, visits=tuple(entries))


def test_a_stand_by_nobody_told_is_released():
    people = [person("张三", vehicle={"seats": 4}), person("李四")]
    problem = town(people, [event("讲座", roles=[VAN]), event("值班", staffing={"standbys": 1})])
    plan = standing_by(problem, roster(problem, 值班=["李四"]), "值班", "张三")
    assert cheapest(problem, plan) == (("standby",), 2)


def test_a_stand_by_who_was_told_is_not_released():
    people = [person("张三", vehicle={"seats": 4}), person("李四")]
    told = {"visit": "值班/2026-12-05T0900", "start": SATURDAY, "role": "helper", "volunteer": "张三", "standby": True}
    problem = town(people, [event("讲座", roles=[VAN]), event("值班", staffing={"standbys": 1})], published=[told])
    plan = standing_by(problem, roster(problem, 值班=["李四"]), "值班", "张三")
    assert all("standby" not in kind for kind, _ in found(problem, plan))


def claim(who, state, wish="讲座"):
    return {"id": f"c-{who}", "wish": wish, "volunteer": who, "at": "2026-11-20T09:00:00+08:00", "state": state}


def claimed(*states):
    """A wish for claimants only, and somebody with each state; ``None``: without a claim."""
    people = [person(f"p{number}") for number in range(len(states))]
    claims = [claim(f"p{number}", state) for number, state in enumerate(states) if state]
    return town(people, [event("讲座", claimants_only=True), event("值班")], claims=claims, limits={"visits_per_day": 2})


def test_the_waitlist_moves_up():
    problem = claimed("chosen", "waitlisted")
    assert cheapest(problem, roster(problem, 值班=["p0"])) == (("promoted",), 1)


def test_while_claims_are_not_screened_the_waitlist_is_for_screening_to_decide():
    problem = claimed("open", "waitlisted")
    assert all("promoted" not in kind for kind, _ in found(problem, roster(problem, 值班=["p0"])))


@pytest.mark.parametrize("others", [["chosen", "not-chosen"], ["chosen", None], ["open", None], ["chosen", "lapsed"]])
def test_somebody_is_asked_to_claim(others):
    problem = claimed(*others)
    assert cheapest(problem, roster(problem, 值班=["p0"])) == (("claim",), 3)


def test_who_withdrew_is_not_asked_again():
    problem = claimed("chosen", "withdrawn")
    assert all("claim" not in kind for kind, _ in found(problem, roster(problem, 值班=["p0"])))


def turns(**staffing):
    """Two Saturdays, and one person who could do both."""
    wish = event("讲座", [SATURDAY, "2026-12-12T09:00:00+08:00", "2026-12-19T09:00:00+08:00"],
                 staffing={"policy": "rotate"} | staffing)
    problem = town([person("张三")], [wish])
    return problem, roster(problem, 讲座=["张三"])


def test_one_turn_more_is_allowed():
    problem, plan = turns(max_turns=1)
    assert cheapest(problem, plan, "讲座/2026-12-19T0900") == NOBODY_BUT_NEW  # the roster's only visit is its neighbour
    wish = event("讲座", [SATURDAY, "2026-12-12T09:00:00+08:00", "2026-12-19T09:00:00+08:00"],
                 staffing={"policy": "rotate", "max_turns": 1})
    problem = town([person("张三"), person("李四")], [wish])
    one, two = (
        RosterVisit(id=f"讲座/2026-12-{day}T0900", wish="讲座", start=f"2026-12-{day}T09:00:00+08:00",
                    end=f"2026-12-{day}T10:00:00+08:00", assigned=(Seat(role="helper", volunteer=who),))
        for day, who in (("05", "张三"), ("12", "李四"))
    )
    plan = Roster(program="小镇", scenario=problem.scenario.fingerprint, visits=(one, two))
    assert cheapest(problem, plan, "讲座/2026-12-19T0900") == (("turns",), 7)


def test_one_face_more_is_allowed():
    wish = event("讲座", [SATURDAY, "2026-12-12T09:00:00+08:00"], staffing={"policy": "steady", "max_helpers": 1})
    people = [person("张三", limits={"visits_per_month": 1}), person("李四")]
    problem = town(people, [wish])
    kinds = dict(found(problem, roster(problem, 讲座=["张三"]), "讲座/2026-12-12T0900"))
    assert kinds[("helpers",)] == 7
    assert kinds[("visits_per_month",)] == 4


def test_another_time_is_asked_for_by_the_day():
    # On the Sunday, one day away: 8 and 1; nothing else can be asked of somebody who is away.
    away = {"availability": [*SUNDAYS, {"days": "SA", "kind": "unavailable"}]}
    assert cheapest(town([person("张三", **away)], [event("讲座")])) == (("time",), 9)


def test_the_time_stays_where_somebody_was_told():
    away = {"availability": [*SUNDAYS, {"days": "SA", "kind": "unavailable"}]}
    told = {"visit": LECTURE, "start": SATURDAY, "role": "helper", "volunteer": "李四"}
    problem = town([person("张三", **away), person("李四", **away)], [event("讲座")], published=[told])
    assert found(problem) == [NOBODY_BUT_NEW]


def test_another_of_the_asked_times_for_a_crew_nobody_has_told():
    wish = event("讲座", roles=[{"id": "helper", "title": "帮手", "count": 2}], partial=True)
    wish["recurrence"] = {"windows": [{"dates": ["2026-12-05"], "start": "09:00", "end": "12:00"}]}
    late = [{"days": "SA", "start": "10:00", "end": "12:00"}, {"days": "SA", "end": "10:00", "kind": "unavailable"}]
    problem = town([person("张三"), person("李四", availability=late)], [wish])
    assert cheapest(problem, roster(problem, 讲座=["张三"]), "讲座/1") == (("start",), 2)


def test_a_crew_that_cannot_come_later_stays():
    wish = event("讲座", roles=[{"id": "helper", "title": "帮手", "count": 2}], partial=True)
    wish["recurrence"] = {"windows": [{"dates": ["2026-12-05"], "start": "09:00", "end": "12:00"}]}
    early, late = ([{"days": "SA", "start": low, "end": high}] for low, high in (("08:00", "10:00"), ("10:00", "12:00")))
    problem = town([person("张三", availability=early), person("李四", availability=late)], [wish])
    assert cheapest(problem, roster(problem, 讲座=["张三"]), "讲座/1") == (("availability",), 5)


def test_going_without_the_whole_crew():
    # 10 for going without the others, against 42 for two new drivers of a minibus.
    roles = [{"id": "helper", "title": "帮手"}, VAN | {"count": 2}]
    problem = town([person("张三")], [event("讲座", roles=roles)])
    assert cheapest(problem) == (("partial",), 10)


def test_the_whole_crew_is_found_together():
    problem = town([person("张三"), person("李四", availability=SUNDAYS)], [event("讲座", roles=[{"id": "a"}, {"id": "b"}])])
    assert cheapest(problem) == (("availability",), 5)


def test_a_lower_level_is_asked_for():
    # 10 and 2 for one level.
    skilled = person("张三", skills=[{"name": "急救", "level": 2}])
    roles = [{"id": "helper", "skills": [{"name": "急救", "level": 3}]}]
    assert cheapest(town([skilled], [event("讲座", roles=roles)])) == (("level",), 12)


def test_no_level_is_lowered_for_who_lacks_the_skill_altogether():
    roles = [{"id": "helper", "skills": [{"name": "急救", "level": 3}]}]
    assert found(town([person("张三")], [event("讲座", roles=roles)])) == [NOBODY_BUT_NEW]


def test_among_newcomers_somebody_with_experience_has_to_be_found():
    # An experienced person exists, but is away; two newcomers cannot go alone.
    away = {"unavailable": [{"start": "2026-12-01T00:00:00+08:00", "end": "2026-12-31T00:00:00+08:00"}]}
    people = [person("张三", prior_visits=0), person("李四", prior_visits=0), person("王五", **away)]
    roles = [{"id": "helper", "title": "帮手", "count": 2}]
    problem = town(people, [event("讲座", roles=roles)])
    kinds = dict(found(problem))
    assert kinds[("experienced",)] == 26
    assert ("volunteer",) not in kinds


def test_without_anybody_on_the_list_somebody_new_is_the_fix():
    assert found(town([], [event("讲座")])) == [NOBODY_BUT_NEW]


def test_a_crew_without_a_start_is_left_alone():
    wish = event("讲座", roles=[{"id": "helper", "title": "帮手", "count": 2}], partial=True)
    problem = town([person("张三"), person("李四")], [wish])
    entry = RosterVisit(id=LECTURE, wish="讲座", assigned=(Seat(role="helper", volunteer="张三"),))
    (role,) = fixes(problem, Roster(program="小镇", scenario=problem.scenario.fingerprint, visits=(entry,)), LECTURE)
    assert role.fixes == ()


def test_where_the_spacing_leaves_no_day_nothing_is_offered():
    # Twice a month, three weeks apart, and the first on the 26th: the second finds no day, whoever comes.
    wish = event("讲座")
    wish["recurrence"] = {"times": 2, "per": "month", "windows": [{"days": "SA", "start": "09:00", "end": "10:00"}],
                          "min_gap_days": 21}
    problem = town([person("张三")], [wish])
    entry = RosterVisit(id="讲座/2026-12", wish="讲座", start="2026-12-26T09:00:00+08:00", end="2026-12-26T10:00:00+08:00",
                        assigned=(Seat(role="helper", volunteer="张三"),))
    plan = Roster(program="小镇", scenario=problem.scenario.fingerprint, visits=(entry,))
    (role,) = fixes(problem, plan, "讲座/2026-12#2")
    assert (role.fixes, role.is_complete) == ((), True)
    assert [phrase.say("zh") for phrase in role.phrases()] == ["列出的办法都试过了，没有一种能补上。"]


# ------------------------------------------------------------------------------------------- combined


def test_two_changes_where_one_is_not_enough():
    # Too far by 11 minutes and not free: 5 and 5.
    tired = person("张三", 51, availability=SUNDAYS, limits={"max_travel_minutes": 40})
    assert cheapest(town([tired], [event("讲座")])) == (("availability", "reach"), 10)


def test_a_handover_to_somebody_who_is_asked_for_more():
    # 3 for the handover, 4 for the substitute's second visit in the week.
    people = [person("张三", vehicle={"seats": 4}), person("李四", limits={"visits_per_week": 1})]
    wishes = [event("讲座", roles=[VAN]), event("值班"), event("站岗", "2026-12-04T09:00:00+08:00")]
    problem = town(people, wishes)
    plan = roster(problem, 值班=["张三"], 站岗=["李四"])
    assert cheapest(problem, plan) == (("handover", "visits_per_week"), 7)


def test_fixes_come_by_price_and_each_without_a_cheaper_ones_kinds():
    far = person("张三", 41, limits={"max_travel_minutes": 40})
    busy = person("李四", availability=SUNDAYS)
    assert found(town([far, busy], [event("讲座")])) == [
        (("reach",), 4), (("availability",), 5), (("time",), 9), NOBODY_BUT_NEW,
    ]


def test_a_programme_sets_its_own_prices():
    far = person("张三", 51, limits={"max_travel_minutes": 40})
    problem = town([far], [event("讲座")], settings={"fix_prices": {"reach": 30}})
    assert found(problem) == [NOBODY_BUT_NEW]
    assert problem.scenario.program.settings.fix_prices == {"reach": 30}


# --------------------------------------------------------------------------------------------- words


def test_of_equal_prices_the_nearest_person_comes_first():
    people = [person("张三", 30, availability=SUNDAYS), person("李四", 12, availability=SUNDAYS)]
    problem = town(people, [event("讲座")])
    (role,) = fixes(problem, roster(problem), LECTURE, count=1)
    assert role.cheapest.steps[0].volunteer == "李四"


def test_both_languages():
    problem = town([person("张三", 51, limits={"max_travel_minutes": 40})], [event("讲座")])
    (role,) = fixes(problem, roster(problem), LECTURE)
    assert role.cheapest.say("zh") == (
        "1. 请张三破例走远一点（单程51分钟，本人定的是40分钟），12月5日（周六）09:00就能由张三担任“帮手”。〔代价5〕"
    )
    assert role.cheapest.say("en") == (
        "1. ask 张三 to come further for once (51 minutes one way, 40 agreed); then 张三 can be 帮手 on Sat 5 Dec 09:00. [price 5]"
    )
    assert role.cheapest.to_dict("en")["steps"] == [{
        "code": "reach", "price": 5, "visit": LECTURE, "who": "张三", "from": 40, "to": 51,
        "text": "ask 张三 to come further for once (51 minutes one way, 40 agreed)",
    }]


def test_every_kind_has_its_sentences_and_may_be_priced():
    for kind in KINDS:
        code = "fix_volunteer" if kind == "experienced" else f"fix_{kind}"
        assert all(FIXES[code])
    problem = town([person("张三")], [event("讲座")], settings={"fix_prices": dict.fromkeys(KINDS, 1)})
    assert set(problem.scenario.program.settings.fix_prices) == set(RATES)


def test_unknown_visits_and_roles_are_refused():
    problem = town([person("张三")], [event("讲座")], language="en")
    with pytest.raises(BadInput, match="not part of this plan"):
        fixes(problem, roster(problem), "lecture/1")
    with pytest.raises(BadInput, match="no role"):
        fixes(problem, roster(problem), LECTURE, "driver")


# ------------------------------------------------------------------------------------------ brute force


@pytest.mark.parametrize("seed", range(16))
def test_no_fix_is_cheaper_by_brute_force(seed):
    facts, entries, name = fix_brute.world(seed)
    problem, plan = fix_brute.roster_of(facts, entries)
    (role,) = FixDesk(problem, plan).of_visit(name, count=1)
    assert role.is_complete
    assert role.cheapest is not None  # somebody new can always be found in these worlds
    cheaper = fix_brute.cheapest(facts, entries, name, below=role.cheapest.price + 1)
    crew = problem.visits[problem.expanded.visit_index[name]].seats
    if crew == 1 or "handover" not in role.cheapest.kinds:
        assert cheaper == role.cheapest.price
    else:  # for crews of two brute force does without handovers
        assert cheaper in (None, role.cheapest.price)


@pytest.mark.parametrize("seed", [1, 2, 3, 4, 5, 6])
def test_what_is_printed_holds_when_applied(seed):
    facts, entries, name = fix_brute.world(seed)
    problem, plan = fix_brute.roster_of(facts, entries)
    assert found(problem, plan, name)


def test_the_table_of_prices_is_documented():
    page = (Path(__file__).parents[2] / "docs" / "fixes.md").read_text("utf-8")
    rows = {row[0].strip("` "): row for row in (line.strip("|").split("|") for line in page.splitlines() if line.startswith("| `"))}
    shown = {f"{kind.split('_per_')[0]}_per_day" if "_per_" in kind else kind for kind in KINDS}
    for kind in shown:
        row = next(row for code, row in rows.items() if code.split("`")[0] == kind)
        rate = RATES[kind]
        assert int(row[3]) == rate.base, kind
        assert (f" {rate.per} per " in f" {row[4].strip()} ") == bool(rate.per), kind
