"""Suggestions: what they say changes is what a full re-judgement says, and nobody who could come is left out."""

from __future__ import annotations

import sys
from pathlib import Path
from random import Random

import pytest
from small_town import event, person, read, roster, town

sys.path.append(str(Path(__file__).parents[1] / "solvers"))
from tiny import FAMILIES, scenario

from matcher.domain.claims import Decline
from matcher.errors import BadInput
from matcher.generate import generate
from matcher.planning.suggest import Desk, suggest, taken_up
from matcher.problem.check import check
from matcher.problem.problem import Problem
from matcher.problem.roster import Roster, RosterVisit
from matcher.solvers.start import first_roster

EVERYBODY = 10_000


def with_gaps(made, rng):
    """The roster with some visits, seats and stand-bys left out."""
    entries = []
    for entry in made.visits:
        assigned, standbys = list(entry.assigned), list(entry.standbys)
        if rng.random() < 0.25:
            continue
        if rng.random() < 0.3 and len(assigned) > 1:
            assigned.pop(rng.randrange(len(assigned)))
        if rng.random() < 0.5 and standbys:
            standbys.pop()
        entries.append(
            RosterVisit(
                id=entry.id, wish=entry.wish, start=entry.start, end=entry.end, assigned=tuple(assigned),
                standbys=tuple(standbys),
            )
        )
    return Roster(program=made.program, scenario=made.scenario, visits=tuple(entries))


def with_facts_of(facts, suggestion):
    """The facts as they are once it is agreed: a waitlisted claim is chosen; whoever steps down has declined the visit."""
    claims = [
        type(own)(**dict(own) | ({"state": "chosen"} if own.id == suggestion.claim else {})) for own in facts.claims
    ]
    about = (suggestion.visit, suggestion.instead_of)
    pins = [pin for pin in facts.pins if (pin.visit, pin.volunteer) != about or pin.never or pin.standby]
    declines = list(facts.declines)
    if suggestion.instead_of is not None:
        declines.append(Decline(visit=suggestion.visit, volunteer=suggestion.instead_of))
    return facts.with_changes(claims=tuple(claims), pins=tuple(pins), declines=tuple(declines))


def hard(report):
    return {violation for violation in report.violations if violation.price is None}


def objections(problem, before, taken, suggestion):
    """(what the judge newly objects to, its terms) once a suggestion is taken up."""
    after = check(with_facts_of(problem.scenario, suggestion), taken)
    new = {
        violation
        for violation in hard(after) - hard(before)
        if not (suggestion.missing and violation.rule == "is_crewed_together")
        # Stepping in uses up no turn, but these facts do not say that anybody was told to stand by.
        and not (suggestion.stands_by and violation.rule == "keeps_the_turn")
    }
    return new, after.terms


def differences(problem, made):
    """What suggestions for any visit of a roster say otherwise than the judge does, and how many were compared."""
    desk, before, wrong, compared = Desk(problem, made), check(problem.expanded, made), [], 0
    for visit in problem.visits:
        for suggestion in desk.suggest(visit.id, count=EVERYBODY).people:
            compared += 1
            new, terms = objections(problem, before, taken_up(problem, made, suggestion), suggestion)
            changed = {name: points - before.terms[name] for name, points in terms.items()}
            if new or {name: points for name, points in changed.items() if points} != suggestion.delta.terms:
                wrong.append((suggestion, new, changed))
    return wrong, compared


def tiny_rosters(family, seeds):
    for seed in seeds:
        problem = Problem.of(scenario(family, seed))
        made = first_roster(problem, seed=seed)
        if made is not None:
            yield problem, made
            yield problem, with_gaps(made, Random(seed))


@pytest.mark.parametrize("family", FAMILIES)
def test_what_changes_is_what_the_judge_says(family):
    for problem, made in tiny_rosters(family, range(3)):
        assert not differences(problem, made)[0]


@pytest.mark.slow
@pytest.mark.parametrize("family", FAMILIES)
def test_what_changes_is_what_the_judge_says_of_many(family):
    for problem, made in tiny_rosters(family, range(3, 60)):
        assert not differences(problem, made)[0]


def left_out(problem, made):
    """People a seat could be given to, by the judge, whom no suggestion names."""
    desk, before, found = Desk(problem, made), check(problem.expanded, made), []
    for visit in problem.visits:
        for seat in desk.suggest(visit.id, count=EVERYBODY).seats:
            if not seat.people:
                continue
            for blocked in seat.blocked:
                for other in seat.people:
                    twin = type(other)(**{name: getattr(other, name) for name in other.__dataclass_fields__} | {
                        "volunteer": blocked.volunteer, "claim": None, "stands_by": False,
                    })
                    if not objections(problem, before, taken_up(problem, made, twin), twin)[0]:
                        found.append((visit.id, seat.kind, blocked))
    return found


@pytest.mark.parametrize("family", FAMILIES)
def test_nobody_is_called_blocked_who_could_take_the_same_place(family):
    for problem, made in tiny_rosters(family, range(2)):
        assert not left_out(problem, made)


@pytest.mark.parametrize("preset", ["donghe", "qiaodong"])
def test_everybody_is_suggested_or_blocked_and_the_changes_are_exact_in_a_community(preset):
    problem = Problem.of(generate(preset, seed=3, volunteers=60, visits=110))
    made = with_gaps(first_roster(problem), Random(3))
    desk, before, rng = Desk(problem, made), check(problem.expanded, made), Random(3)
    for visit in rng.sample(problem.visits, 25):
        for seat in desk.suggest(visit.id, count=EVERYBODY).seats:
            crew = {own.volunteer for entry in made.visits if entry.id == visit.id for own in entry.assigned
                    if own.role == seat.role}
            names = [own.volunteer for own in (*seat.people, *seat.blocked)]
            assert len(names) == len(set(names)) == len(problem.scenario.volunteers) - len(crew)
            for suggestion in seat.people[:2]:
                new, terms = objections(problem, before, taken_up(problem, made, suggestion), suggestion)
                assert not new
                changed = {name: points - before.terms[name] for name, points in terms.items()}
                assert {name: points for name, points in changed.items() if points} == suggestion.delta.terms


# --------------------------------------------------------------------------------------- by hand


def test_the_nearest_comes_first_with_what_they_cost():
    # Both are free, nobody served before: fairness ⌊100·1/o⌋ is the same for both, the way there and back is not.
    problem = town([person("张三", 30), person("李四", 12)], [event("讲座")], limits={"visits_per_week": 1})
    found = suggest(problem, roster(problem), "讲座/2026-12-05T0900")
    (seat,) = found.seats
    first, second = seat.people
    assert (seat.kind, seat.empty, seat.possible) == ("seat", 1, 2)
    assert (first.name, second.name) == ("李四", "张三")
    assert second.delta.terms["travel"] - first.delta.terms["travel"] == 2 * (30 - 12)
    # The seat was priced 3^2 · 100: priority 3, nobody knows for how long it has been asked for.
    assert first.delta.needs == -900
    assert first.start == "2026-12-05T09:00:00+08:00"


def test_among_equals_whoever_was_asked_least_recently_comes_first():
    people = [person(name, 12) for name in ("甲", "乙", "丙")]
    declines = [
        {"visit": "别的/1", "volunteer": "甲", "at": "2026-11-20T10:00:00+08:00"},
        {"visit": "别的/1", "volunteer": "乙", "at": "2026-11-02T10:00:00+08:00"},
    ]
    problem = town(people, [event("讲座")], declines=declines)
    found = suggest(problem, roster(problem), "讲座/2026-12-05T0900")
    assert [own.name for own in found.people] == ["丙", "乙", "甲"]
    assert [str(own.last_asked) for own in found.people] == ["None", "2026-11-02", "2026-11-20"]
    assert len({own.delta.tiers for own in found.people}) == 1


def test_a_full_visit_asks_for_somebody_to_take_over():
    problem = town([person("张三", 30), person("李四", 12)], [event("讲座")])
    found = suggest(problem, roster(problem, 讲座=("张三",)), "讲座/2026-12-05T0900")
    (seat,) = found.seats
    (other,) = seat.people
    assert (seat.kind, other.name, other.instead_of) == ("instead", "李四", "张三")
    assert other.delta.terms == {"travel": 2 * (12 - 30)}


def test_somebody_who_was_told_can_be_replaced_at_its_price():
    told = {"visit": "讲座/2026-12-05T0900", "role": "helper", "volunteer": "张三",
            "start": "2026-12-05T09:00:00+08:00", "end": "2026-12-05T10:00:00+08:00"}
    problem = town([person("张三", 12), person("李四", 12)], [event("讲座")], published=[told])
    (other,) = suggest(problem, roster(problem, 讲座=("张三",)), "讲座/2026-12-05T0900").people
    assert other.told
    assert other.delta.terms == {"published_seat": 100}  # eleven days ahead: nearness 1
    assert "张三已接到通知，要先跟本人说好" in other.say("zh")


def test_somebody_who_is_pinned_can_be_replaced_once_the_pin_is_lifted():
    pin = {"visit": "讲座/2026-12-05T0900", "volunteer": "张三"}
    problem = town([person("张三", 12), person("李四", 12)], [event("讲座")], pins=[pin])
    (other,) = suggest(problem, roster(problem, 讲座=("张三",)), "讲座/2026-12-05T0900").people
    assert (other.pinned, other.told) == (True, False)
    assert "张三是锁定的，要先解除锁定" in other.say("zh")


def test_a_crew_says_what_is_still_missing():
    roles = ({"id": "driver", "title": "司机", "vehicle": {"seats": 1}}, {"id": "helper", "title": "帮手", "count": 2})
    people = [person("张三", 12, vehicle={"seats": 4}), person("李四", 12), person("王五", 12)]
    problem = town(people, [event("搬家", roles=roles)])
    driver, helper = suggest(problem, roster(problem), "搬家/2026-12-05T0900").seats
    assert [own.name for own in driver.people] == ["张三"]
    assert driver.blocked.of("李四") == ("has_the_vehicle",)
    assert [(own.role, own.count) for own in driver.people[0].missing] == [("helper", 2)]
    assert [(own.role, own.count) for own in helper.people[0].missing] == [("driver", 1), ("helper", 1)]
    assert "之后还差“帮手”2人" in driver.people[0].say("zh")


def test_the_waitlist_may_be_opened_after_the_chosen():
    claims = [
        {"id": f"c{number}", "wish": "讲座", "volunteer": name, "at": "2026-11-20T20:00:00+08:00", "state": state}
        for number, (name, state) in enumerate([("张三", "chosen"), ("李四", "waitlisted"), ("王五", "not-chosen")])
    ]
    people = [person("张三", 60), person("李四", 12), person("王五", 12)]
    problem = town(people, [event("讲座", claimants_only=True)], claims=claims)
    (seat,) = suggest(problem, roster(problem), "讲座/2026-12-05T0900").seats
    assert [(own.name, own.claim) for own in seat.people] == [("张三", None), ("李四", "c1")]
    assert seat.blocked.of("王五") == ("has_claimed_it",)
    assert "候补的认领要先转为入选" in seat.people[1].say("zh")


def test_a_missing_stand_by_is_looked_for():
    problem = town([person("张三", 12), person("李四", 12)], [event("讲座", staffing={"standbys": 1})])
    standby, instead = suggest(problem, roster(problem, 讲座=("张三",)), "讲座/2026-12-05T0900").seats
    (found,) = standby.people
    assert (standby.kind, instead.kind, found.name) == ("standby", "instead", "李四")
    assert found.delta.terms == {"missing_standby": -200, "standby_turns": 5}


def test_a_stand_by_who_steps_in_leaves_a_stand_by_missing():
    problem = town([person("张三", 12), person("李四", 12)], [event("讲座", staffing={"standbys": 1})])
    made = roster(problem, 讲座=("张三",))
    made = taken_up(problem, made, suggest(problem, made, "讲座/2026-12-05T0900").seats[0].people[0])
    (seat,) = suggest(problem, made, "讲座/2026-12-05T0900").seats
    assert seat.kind == "instead"
    assert seat.people[0].delta.terms == {"missing_standby": 200, "standby_turns": -5}
    assert "本来就是这次的备班" in seat.people[0].say("zh")


def test_the_stand_by_comes_first_and_uses_up_no_turn():
    # All of Mr Wu's drivers have their one turn of the year; a stand-by may step in all the same.
    problem, made = read("wu-bo")
    desk = Desk(problem, made)
    for entry in made.visits:
        (seat,) = desk.suggest(entry.id).seats
        (standby,) = entry.standbys
        assert seat.people[0].volunteer == standby.volunteer
        assert seat.people[0].stands_by


def test_goods_have_no_start():
    goods = {"id": "kettle", "kind": "goods", "title": "电水壶", "place": "hall", "due": "2026-12-20"}
    problem = town([person("张三", 12), person("李四", 30)], [goods])
    found = suggest(problem, roster(problem), "kettle/1")
    assert [(own.name, own.start) for own in found.people] == [("张三", None), ("李四", None)]
    assert found.people[0].delta.terms["travel"] == 24


def test_every_reason_is_given_for_the_others():
    people = [
        person("张三", 12), person("李四", 12, availability=[{"days": "SU", "start": "08:00", "end": "20:00"}]),
        person("王五", 90, limits={"max_travel_minutes": 40}),
        person("赵六", 90, limits={"max_travel_minutes": 40}, availability=[]),
    ]
    problem = town(people, [event("讲座"), event("值班")], limits={"visits_per_day": 1})
    (seat,) = suggest(problem, roster(problem, 值班=("张三",)), "讲座/2026-12-05T0900").seats
    assert seat.possible == 0
    assert {own.name: own.codes for own in seat.blocked} == {
        "张三": ("is_in_one_place_at_a_time", "keeps_own_limits"),
        "李四": ("is_available",),
        "王五": ("is_within_reach",),
        "赵六": ("is_available", "is_within_reach"),
    }
    assert seat.blocked.counts == {
        "is_available": 2, "is_within_reach": 2, "is_in_one_place_at_a_time": 1, "keeps_own_limits": 1,
    }


def test_an_account_in_both_languages_and_as_json():
    problem, made = read("chunhui")
    found = suggest(problem, made, "kettle/1", count=3)
    assert found.lines("zh")[1] == "  “认领人”换人，能接的有1人："
    assert found.lines("en")[1] == "  认领人, to take over; 1 person could come:"
    plain = found.to_dict("zh")
    (seat,) = plain["seats"]
    assert {own["volunteer"] for own in seat["blocked"]}.isdisjoint(own["volunteer"] for own in seat["people"])
    assert seat["people"][0]["delta"]["quality"] == sum(seat["people"][0]["delta"]["terms"].values())


def test_asking_changes_nothing():
    problem, made = read("chunhui")
    before = made.to_json()
    desk = Desk(problem, made)
    first = desk.suggest("kettle/1").to_dict("zh")
    assert desk.suggest("kettle/1").to_dict("zh") == first
    assert made.to_json() == before


@pytest.mark.parametrize(("arguments", "said"), [
    ({"visit": "讲座/2027"}, "服务单“讲座/2027”不在本期计划里"),
    ({"visit": "讲座/2026-12-05T0900", "role": "driver"}, "没有分工“driver”"),
    ({"visit": "讲座/2026-12-05T0900", "instead_of": "李四"}, "“李四”不在“讲座/2026-12-05T0900”的当班名单里"),
    ({"visit": "讲座/2026-12-05T0900", "count": 0}, "至少要1"),
])
def test_what_is_not_there_is_said(arguments, said):
    problem = town([person("张三", 12), person("李四", 12)], [event("讲座")])
    with pytest.raises(BadInput) as caught:
        suggest(problem, roster(problem, 讲座=("张三",)), **arguments)
    assert said in str(caught.value)
