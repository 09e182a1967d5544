"""Per rule pairs of rosters: one that breaks exactly this rule, and one that just does not.

Each pair says which visit and whose seat the judge must name. Derivations stand beside the numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from worlds import (
    SATURDAY,
    event,
    fixed,
    goods,
    monthly,
    person,
    resident,
    served,
    told,
    wish,
    world,
)
from worlds import done as past

from matcher.domain.scenario import Scenario
from matcher.problem.roster import RosterVisit

VISIT = "w/2026-12-05T0900"
"""The visit of wish w at ``SATURDAY``."""


@dataclass(frozen=True)
class Pair:
    """Two judgements: ``broken`` breaks exactly ``rule`` at ``visit`` by ``volunteer``; ``fine`` breaks nothing."""

    rule: str
    about: str
    broken: tuple[Scenario, tuple[RosterVisit, ...]]
    fine: tuple[Scenario, tuple[RosterVisit, ...]]
    visit: str | None = VISIT
    volunteer: str | None = "chen"
    rests_on: str | None = None
    """The pair rule whose predicate finds it too."""

    @property
    def name(self) -> str:
        return f"{self.rule}-{self.about}".replace(" ", "-")


def _facts(rule: str, about: str, broken: Scenario, fine: Scenario, *lines: RosterVisit, **more: Any) -> Pair:
    """One roster, two worlds."""
    return Pair(rule, about, (broken, lines), (fine, lines), **more)


def _rosters(
    rule: str,
    about: str,
    scenario: Scenario,
    broken: tuple[RosterVisit, ...],
    fine: tuple[RosterVisit, ...],
    **more: Any,
) -> Pair:
    """One world, two rosters."""
    return Pair(rule, about, (scenario, broken), (scenario, fine), **more)


CHEN_SERVES = fixed("w", SATURDAY, "chen")


def _one(*people: dict[str, Any], role: dict[str, Any] | None = None, **tables: Any) -> Scenario:
    """Wish w on that Saturday from nine to ten, with one seat, and what a test adds."""
    facts = tables.pop("wish", {})
    roles = [{"id": "helper"} | role] if role else [{"id": "helper"}]
    return world(
        *(people or (person("chen"), person("li"))),
        wishes=[wish("w", SATURDAY, **({"roles": roles} | facts)), *tables.pop("more", ())],
        **tables,
    )


def _skills() -> Iterator[Pair]:
    rule, role = "has_the_skills", {"skills": [{"name": "first-aid", "level": 2}]}

    def chen(**skill: Any) -> Scenario:
        return _one(person("chen", skills=[{"name": "first-aid", "level": 2} | skill]), role=role)

    yield _facts(rule, "level", chen(level=1), chen(level=2), CHEN_SERVES)
    yield _facts(rule, "validity", chen(valid_until="2026-12-04"), chen(valid_until="2026-12-05"), CHEN_SERVES)
    yield _facts(rule, "another skill", chen(name="haircut"), chen(), CHEN_SERVES)


def _vehicle() -> Iterator[Pair]:
    rule = "has_the_vehicle"

    def chen(**vehicle: Any) -> Scenario:
        need = {"vehicle": {"seats": 2, "wheelchair": True}}
        return _one(person("chen", vehicle={"seats": 2, "wheelchair": True} | vehicle), role=need)

    yield _facts(
        rule,
        "none",
        _one(person("chen"), role={"vehicle": {"seats": 1}}),
        _one(person("chen", vehicle={"seats": 1}), role={"vehicle": {"seats": 1}}),
        CHEN_SERVES,
    )
    yield _facts(rule, "seats", chen(seats=1), chen(seats=2), CHEN_SERVES)
    yield _facts(rule, "wheelchair", chen(wheelchair=False), chen(), CHEN_SERVES)
    yield _facts(
        rule,
        "its own hours",  # nine to ten
        chen(availability=[{"start": "08:00", "end": "09:59"}]),
        chen(availability=[{"start": "09:00", "end": "10:00"}]),
        CHEN_SERVES,
    )


def _available() -> Iterator[Pair]:
    rule = "is_available"

    def chen(*spans: tuple[str, str], **facts: Any) -> Scenario:
        return _one(person("chen", availability=[{"start": start, "end": end} for start, end in spans], **facts))

    yield _facts(rule, "the last minute", chen(("08:00", "09:59")), chen(("08:00", "10:00")), CHEN_SERVES)
    yield _facts(rule, "the first minute", chen(("09:01", "12:00")), chen(("09:00", "12:00")), CHEN_SERVES)
    yield _facts(
        rule,
        "a gap of a minute",
        chen(("08:00", "09:30"), ("09:31", "12:00")),
        chen(("08:00", "09:30"), ("09:30", "12:00")),
        CHEN_SERVES,
    )
    yield _facts(
        rule,
        "leave",
        chen(
            ("08:00", "20:00"), unavailable=[{"start": "2026-12-05T09:59:00+08:00", "end": "2026-12-06T00:00:00+08:00"}]
        ),
        chen(
            ("08:00", "20:00"), unavailable=[{"start": "2026-12-05T10:00:00+08:00", "end": "2026-12-06T00:00:00+08:00"}]
        ),
        CHEN_SERVES,
    )
    yield _facts(rule, "nothing said", _one(person("chen", availability=[])), _one(), CHEN_SERVES)


def _reach() -> Iterator[Pair]:
    rule = "is_within_reach"

    def minutes(bus: int, car: int = 1, **role: Any) -> Scenario:
        return _one(
            person("chen", home="chen-home", limits={"max_travel_minutes": 40}, vehicle={"seats": 4}),
            role=role,
            travel_times=[
                {"origin": "chen-home", "destination": "wu-home", "minutes": bus, "mode": "bus"},
                {"origin": "chen-home", "destination": "wu-home", "minutes": car, "mode": "car"},
            ],
        )

    yield _facts(rule, "by bus", minutes(41), minutes(40), CHEN_SERVES)
    yield _facts(
        rule,
        "by car where the role needs it",
        minutes(1, 41, vehicle={"seats": 1}),
        minutes(99, 40, vehicle={"seats": 1}),
        CHEN_SERVES,
    )


def _accepted() -> Iterator[Pair]:
    rule = "is_accepted_by_the_resident"

    def wu(role: dict[str, Any] | None = None, **facts: Any) -> Scenario:
        chen = person("chen", gender="male", languages=["zh"])
        return _one(chen, person("li"), role=role, residents=[resident("wu", **facts)])

    yield _facts(rule, "banned", wu(banned=["chen"]), wu(banned=["li"]), CHEN_SERVES)
    yield _facts(rule, "gender", wu(required={"gender": "female"}), wu(required={"gender": "male"}), CHEN_SERVES)
    yield _facts(rule, "language", wu(required={"language": "hak"}), wu(required={"language": "zh"}), CHEN_SERVES)
    yield _facts(rule, "the role's gender", wu({"gender": "female"}), wu({"gender": "male"}), CHEN_SERVES)
    yield _facts(rule, "the role's language", wu({"language": "hak"}), wu({"language": "zh"}), CHEN_SERVES)


def _declined() -> Iterator[Pair]:
    rule = "has_not_declined"
    yield _facts(
        rule,
        "the visit",
        _one(declines=[{"visit": VISIT, "volunteer": "chen"}]),
        _one(declines=[{"visit": "w/2026-12-12T0900", "volunteer": "chen"}]),
        CHEN_SERVES,
    )
    yield _facts(
        rule,
        "the wish",
        _one(declines=[{"wish": "w", "volunteer": "chen"}]),
        _one(declines=[{"wish": "w", "volunteer": "li"}]),
        CHEN_SERVES,
    )


def _claimed() -> Iterator[Pair]:
    rule = "has_claimed_it"

    def claims(*told: tuple[str, str], standbys: int = 0, **tables: Any) -> Scenario:
        people = (person("chen", team="t1-youth"), person("li"))
        listed = [
            {"id": f"c{number}", "wish": "w", "volunteer": who, "at": "2026-11-20T20:00:00+08:00", "state": state}
            for number, (who, state) in enumerate(told)
        ]
        return _one(
            *people,
            wish={"claimants_only": True, "staffing": {"standbys": standbys}},
            claims=listed + tables.pop("extra", []),
            teams=[{"id": "t1"}, {"id": "t1-youth", "parent": "t1"}],
            **tables,
        )

    def team(state: str) -> dict[str, str]:
        return {"id": "t", "wish": "w", "team": "t1", "at": "2026-11-20T20:00:00+08:00", "state": state}

    yield _facts(
        rule, "not chosen", claims(("chen", "not-chosen"), ("li", "chosen")), claims(("chen", "chosen")), CHEN_SERVES
    )
    yield _facts(
        rule,
        "open while another is chosen",
        claims(("chen", "open"), ("li", "chosen")),
        claims(("chen", "open"), ("li", "open")),
        CHEN_SERVES,
    )
    yield _facts(rule, "no claim", claims(("li", "open")), claims(("li", "open"), ("chen", "open")), CHEN_SERVES)
    yield _facts(rule, "withdrawn", claims(("chen", "withdrawn")), claims(("chen", "open")), CHEN_SERVES)
    yield _facts(
        rule,
        "a team's claim counts for its sub-teams",
        claims(("li", "chosen"), extra=[team("not-chosen")]),
        claims(("li", "chosen"), extra=[team("chosen")]),
        CHEN_SERVES,
    )
    yield _rosters(
        rule,
        "the waitlist only stands by",
        claims(("li", "chosen"), ("chen", "waitlisted"), standbys=1),
        (CHEN_SERVES,),
        (fixed("w", SATURDAY, "li", standbys=("chen",)),),
    )


def _team() -> Iterator[Pair]:
    rule = "belongs_to_the_team"
    teams = [{"id": "bank"}, {"id": "bank-youth", "parent": "bank"}, {"id": "school"}]

    def asked(*names: str, team: str | None = "bank-youth") -> Scenario:
        return _one(person("chen", team=team), wish={"teams": list(names)}, teams=teams)

    yield _facts(rule, "another team", asked("school"), asked("bank-youth"), CHEN_SERVES)
    yield _facts(
        rule,
        "a parent's member is no member of the sub-team",
        asked("bank-youth", team="bank"),
        asked("bank", team="bank-youth"),
        CHEN_SERVES,
    )
    yield _facts(rule, "no team", asked("bank", team=None), asked("bank", "school", team="school"), CHEN_SERVES)

    def paired_unit(submitted: str, **tables: Any) -> Scenario:
        # first refusal of 3 days: a wish of the 22nd is the unit's own on the 24th, one of the 21st is not
        return _one(
            person("chen", team="school"),
            person("li", team="bank"),
            wish={"submitted": submitted},
            teams=[{"id": "bank", "communities": ["donghe"]}, {"id": "school"}],
            places=[{"id": "wu-home", "community": "donghe"}],
            settings={"first_refusal_days": 3},
            **tables,
        )

    yield _facts(rule, "first refusal ends", paired_unit("2026-11-22"), paired_unit("2026-11-21"), CHEN_SERVES)
    yield _facts(
        rule,
        "first refusal is waived",
        paired_unit("2026-11-22"),
        paired_unit("2026-11-22", declines=[{"wish": "w", "team": "bank"}]),
        CHEN_SERVES,
    )


def _asked_time() -> Iterator[Pair]:
    rule = "happens_at_an_asked_time"
    free = world(person("chen"), wishes=[wish("w", recurrence=monthly())])  # Saturdays, nine to twelve
    good = (served("w/2026-12", "2026-12-05T11:00", "chen"),)
    more: dict[str, Any] = {"visit": "w/2026-12", "volunteer": None}
    yield _rosters(rule, "ends too late", free, (served("w/2026-12", "2026-12-05T11:01", "chen"),), good, **more)
    yield _rosters(rule, "begins too early", free, (served("w/2026-12", "2026-12-05T08:59", "chen"),), good, **more)
    yield _rosters(rule, "another day", free, (served("w/2026-12", "2026-12-06T09:00", "chen"),), good, **more)
    yield _rosters(
        rule, "too short", free, (served("w/2026-12", "2026-12-05T09:00", "chen", minutes=59),), good, **more
    )
    yield _rosters(rule, "no start", free, (served("w/2026-12", None, "chen"),), good, **more)
    today = world(
        person("chen"),
        wishes=[wish("w", recurrence={"windows": [{"start": "08:00", "end": "12:00"}]})],
        program={"window": {"start": "2026-11-24", "end": "2026-11-30"}},  # now is the 24th at nine
    )
    yield _rosters(
        rule,
        "before now",
        today,
        (served("w/1", "2026-11-24T08:59", "chen"),),
        (served("w/1", "2026-11-24T09:00", "chen"),),
        visit="w/1",
        volunteer=None,
    )


def _one_place() -> Iterator[Pair]:
    rule = "is_in_one_place_at_a_time"

    def second(start: str, **facts: Any) -> Scenario:
        return _one(more=[wish("x", start, **({"resident": "zhou"} | facts))])

    def both(start: str) -> tuple[RosterVisit, ...]:
        return (CHEN_SERVES, fixed("x", start, "chen"))

    def two(start: str, **facts: Any) -> tuple[Scenario, tuple[RosterVisit, ...]]:
        return second(start, **facts), both(start)

    # w ends at ten and zhou lives 20 minutes from wu
    yield Pair(rule, "the way between", two("2026-12-05T10:19"), two("2026-12-05T10:20"))
    yield Pair(
        rule, "overlap at one home", two("2026-12-05T09:59", resident="wu"), two("2026-12-05T10:00", resident="wu")
    )
    car = {"roles": [{"id": "helper", "vehicle": {"seats": 1}}]}

    def by_car(minutes: int) -> Scenario:
        return _one(
            person("chen", vehicle={"seats": 4}),
            more=[wish("x", "2026-12-05T10:15", resident="zhou", **car)],
            travel_times=[{"origin": "wu-home", "destination": "zhou-home", "minutes": minutes, "mode": "car"}],
        )

    yield _facts(rule, "the next role's car", by_car(16), by_car(15), *both("2026-12-05T10:15"))

    def november(start: str) -> Scenario:
        # a visit already announced that this plan does not contain: served before the window opens is gone, so
        # it belongs to a wish with others now
        return _one(
            more=[wish("x", "2026-12-05T12:00", resident="wu", state="with-others")],
            published=[told("x/2026-12-05T1000", start, "chen")],
        )

    yield _facts(
        rule, "announced outside the plan", november("2026-12-05T09:59"), november("2026-12-05T10:00"), CHEN_SERVES
    )
    there = {"kind": "escort", "origin": "wu-home", "destination": "clinic", "return": False, "stay_minutes": 20}
    legs = [
        {"origin": "wu-home", "destination": "clinic", "minutes": 40},
        {"origin": "clinic", "destination": "zhou-home", "minutes": 5},
    ]

    def escort(start: str) -> tuple[Scenario, tuple[RosterVisit, ...]]:
        # 40 + 20 minutes, one way: it ends at the clinic at ten, five minutes from zhou
        return _one(wish=there, more=[wish("x", start, resident="zhou")], travel_times=legs), both(start)

    yield Pair(rule, "from where an escort ends", escort("2026-12-05T10:04"), escort("2026-12-05T10:05"))


def _limits() -> Iterator[Pair]:
    rule = "keeps_own_limits"

    def many(limits: dict[str, int], *starts: str, **tables: Any) -> tuple[Scenario, tuple[RosterVisit, ...]]:
        people = person("chen", limits=limits), person("li")
        return world(*people, wishes=[wish("w", *starts), *tables.pop("more", ())], **tables), tuple(
            fixed("w", start, "chen") for start in starts
        )

    sat, noon, sunday, next_sat = SATURDAY, "2026-12-05T12:00", "2026-12-06T09:00", "2026-12-12T09:00"
    for unit, inside in (("day", (sat, noon)), ("week", (sat, sunday)), ("month", (sat, next_sat))):
        yield Pair(
            rule,
            f"visits per {unit}",
            many({f"visits_per_{unit}": 1}, *inside),
            many({f"visits_per_{unit}": 2}, *inside),
        )
        yield Pair(
            rule,
            f"minutes per {unit}",
            many({f"minutes_per_{unit}": 119}, *inside),
            many({f"minutes_per_{unit}": 120}, *inside),
        )
    # Sunday the 6th still belongs to the ISO week of Saturday the 5th, Monday the 7th does not
    yield Pair(
        rule,
        "ISO weeks",
        many({"visits_per_week": 1}, sat, sunday),
        many({"visits_per_week": 1}, sat, "2026-12-07T09:00"),
    )
    yield Pair(
        rule,
        "the default limit",
        many({}, sat, noon, settings={"default_limits": {"visits_per_day": 1}}),
        many({"visits_per_day": 2}, sat, noon, settings={"default_limits": {"visits_per_day": 1}}),
    )
    late, past_midnight = "2026-12-05T23:30", "2026-12-06T00:30"

    def night(*starts: str) -> tuple[Scenario, tuple[RosterVisit, ...]]:
        owl = person("chen", availability=[{"start": "00:00", "end": "24:00"}], limits={"visits_per_day": 1})
        return world(owl, wishes=[wish("w", *starts)]), tuple(fixed("w", start, "chen") for start in starts)

    yield Pair(
        rule,
        "a visit counts for the day it begins",
        night(noon, late),
        night(late, past_midnight),
        visit="w/2026-12-05T1200",
    )
    yield Pair(rule, "days of rest", many({"rest_days": 6}, sat, sunday), many({"rest_days": 5}, sat, sunday))
    yield Pair(
        rule,
        "rest between",
        many({"min_rest_minutes": 121}, sat, noon),
        many({"min_rest_minutes": 120}, sat, noon),
        visit="w/2026-12-05T1200",
    )
    since = {"window": {"start": "2026-11-25", "end": "2026-12-31"}}
    wednesday = "2026-11-25T09:00"

    def with_history(outcome: str) -> tuple[Scenario, tuple[RosterVisit, ...]]:
        # Monday the 23rd was served: with Wednesday two in one week
        line = past("old", "2026-11-23T09:00", "chen", outcome=outcome, visit="old/1")
        return many(
            {"visits_per_week": 1}, wednesday, program=since, more=[event("old", "2026-11-23T09:00")], history=[line]
        )

    yield Pair(rule, "done visits count", with_history("done"), with_history("no-show"), visit="w/2026-11-25T0900")

    def with_told(standby: bool) -> tuple[Scenario, tuple[RosterVisit, ...]]:
        return many(
            {"visits_per_week": 1},
            sat,
            more=[event("x", "2026-12-06T12:00", state="closed")],
            published=[told("x/2026-12-06T1200", "2026-12-06T12:00", "chen", standby=standby)],
        )

    yield Pair(rule, "announced visits outside the plan count", with_told(False), with_told(True))

    def with_goods(due: str) -> tuple[Scenario, tuple[RosterVisit, ...]]:
        scenario, lines = many({"visits_per_week": 1}, sat, more=[goods("kettle", due)])
        return scenario, (*lines, served("kettle/1", None, "chen"))

    yield Pair(rule, "goods count in the week they are due", with_goods("2026-12-06"), with_goods("2026-12-07"))

    def goods_today(**limits: int) -> tuple[Scenario, tuple[RosterVisit, ...]]:
        scenario, lines = many(limits, sat, more=[goods("kettle", "2026-12-05"), goods("pan", "2026-12-05")])
        return scenario, (*lines, served("kettle/1", None, "chen"), served("pan/1", None, "chen"))

    # goods take no day and no minutes, but three in a month are three
    yield Pair(
        rule,
        "goods take no day",
        goods_today(visits_per_month=2),
        goods_today(visits_per_month=3, visits_per_day=1, minutes_per_month=60, rest_days=6),
    )


def _once() -> Iterator[Pair]:
    rule = "fills_each_role_once"
    roles = [{"id": "helper", "count": 2}, {"id": "driver"}]
    three = world(
        person("chen"),
        person("li"),
        person("wang"),
        person("zhao"),
        wishes=[event("w", SATURDAY, roles=roles, partial=True)],
    )
    fine = (fixed("w", SATURDAY, "chen", "li", "driver:wang"),)
    yield _rosters(rule, "one role twice", three, (fixed("w", SATURDAY, "chen", "chen", "driver:wang"),), fine)
    yield _rosters(rule, "two roles", three, (fixed("w", SATURDAY, "chen", "li", "driver:chen"),), fine)
    yield _rosters(
        rule, "too many", three, (fixed("w", SATURDAY, "chen", "li", "zhao", "driver:wang"),), fine, volunteer=None
    )
    yield _rosters(
        rule, "listed twice", three, (fixed("w", SATURDAY, "chen"), fixed("w", SATURDAY, "li")), fine, volunteer=None
    )


def _together() -> Iterator[Pair]:
    rule, nobody = "is_crewed_together", {"volunteer": None}
    pair = {"roles": [{"id": "helper", "count": 2}]}
    teams = [{"id": "bank"}, {"id": "school"}]

    def people(*team: str | None) -> list[dict[str, Any]]:
        return [person(name, team=team) for name, team in zip(("chen", "li"), team)]

    def crew(partial: bool) -> Scenario:
        return world(*people(None, None), wishes=[event("w", SATURDAY, partial=partial, **pair)])

    def one_team(*team: str | None) -> Scenario:
        return world(*people(*team), wishes=[event("w", SATURDAY, as_one_team=True, **pair)], teams=teams)

    both = fixed("w", SATURDAY, "chen", "li")
    yield _facts(rule, "one of two", crew(False), crew(True), CHEN_SERVES, **nobody)
    yield _rosters(
        rule,
        "the other role empty",
        world(*people(None, None), wishes=[event("w", SATURDAY, roles=[{"id": "helper"}, {"id": "driver"}])]),
        (CHEN_SERVES,),
        (fixed("w", SATURDAY, "chen", "driver:li"),),
        **nobody,
    )
    yield _facts(rule, "two teams", one_team("bank", "school"), one_team("bank", "bank"), both, **nobody)
    yield _facts(rule, "no team", one_team(None, None), one_team("school", "school"), both, **nobody)
    stand_by = _one(wish={"staffing": {"standbys": 1}})
    yield _rosters(
        rule,
        "stand-bys alone",
        stand_by,
        (fixed("w", SATURDAY, standbys=("li",)),),
        (fixed("w", SATURDAY, "chen", standbys=("li",)),),
        **nobody,
    )


def _spacing() -> Iterator[Pair]:
    rule, nobody = "keeps_the_spacing", {"volunteer": None}

    def dates(first: str, second: str, **gaps: int) -> tuple[Scenario, tuple[RosterVisit, ...]]:
        scenario = world(
            person("chen"),
            wishes=[wish("w", recurrence=monthly("any", **gaps))],
            program={"window": {"start": "2026-12-01", "end": "2027-02-28"}},
        )
        return scenario, (served("w/2026-12", first, "chen"), served("w/2027-01", second, "chen"))

    # from the 22nd of December to the 11th of January are 20 days
    yield Pair(
        rule,
        "too close",
        dates("2026-12-22T09:00", "2027-01-10T09:00", min_gap_days=20),
        dates("2026-12-22T09:00", "2027-01-11T09:00", min_gap_days=20),
        visit="w/2027-01",
        **nobody,
    )
    # from the 1st of December to the 15th of January are 45 days
    yield Pair(
        rule,
        "too far",
        dates("2026-12-01T09:00", "2027-01-16T09:00", max_gap_days=45),
        dates("2026-12-01T09:00", "2027-01-15T09:00", max_gap_days=45),
        visit="w/2027-01",
        **nobody,
    )
    skipped = world(
        person("chen"),
        wishes=[wish("w", recurrence=monthly("any", max_gap_days=45))],
        program={"window": {"start": "2026-12-01", "end": "2027-02-28"}},
    )
    yield _rosters(
        rule,
        "an unserved visit breaks the chain",
        skipped,
        (served("w/2026-12", "2026-12-01T09:00", "chen"), served("w/2027-01", "2027-01-31T09:00", "chen")),
        (served("w/2026-12", "2026-12-01T09:00", "chen"), served("w/2027-02", "2027-02-28T09:00", "chen")),
        visit="w/2027-01",
        **nobody,
    )
    unequal = world(person("chen"), wishes=[wish("w", recurrence=monthly("any", times=2))])
    yield _rosters(
        rule,
        "never two on one day unless told so",
        unequal,
        (served("w/2026-12", "2026-12-05T09:00", "chen"), served("w/2026-12#2", "2026-12-05T11:00", "chen")),
        (served("w/2026-12", "2026-12-05T09:00", "chen"), served("w/2026-12#2", "2026-12-06T09:00", "chen")),
        visit="w/2026-12#2",
        **nobody,
    )

    def after_history(start: str, **gaps: int) -> tuple[Scenario, tuple[RosterVisit, ...]]:
        scenario = world(
            person("chen"),
            person("li"),
            wishes=[wish("w", recurrence=monthly("any", **gaps))],
            history=[past("w", "2026-11-21T09:00", "li", visit="w/2026-11")],
        )
        return scenario, (served("w/2026-12", start, "chen"),)

    # the last one was done on the 21st of November: 20 days make the 11th, 45 days the 5th of January
    yield Pair(
        rule,
        "the last done one",
        after_history("2026-12-10T09:00", min_gap_days=20),
        after_history("2026-12-11T09:00", min_gap_days=20),
        visit="w/2026-12",
        **nobody,
    )
    yield Pair(
        rule,
        "too long after the last done one",
        after_history("2026-12-12T09:00", max_gap_days=20),
        after_history("2026-12-11T09:00", max_gap_days=20),
        visit="w/2026-12",
        **nobody,
    )
    # 12 days make the 3rd of December, which could still be met; 9 make the 30th of November, which this plan cannot meet
    yield Pair(
        rule,
        "only while it can still be kept",
        after_history("2026-12-10T09:00", max_gap_days=12),
        after_history("2026-12-10T09:00", max_gap_days=9),
        visit="w/2026-12",
        **nobody,
    )


def _turn() -> Iterator[Pair]:
    rule = "keeps_the_turn"
    weeks = ("2026-12-05T09:00", "2026-12-12T09:00", "2026-12-19T09:00")

    def rotate(
        *crew: str | None, starts: tuple[str, ...] = weeks, staffing: dict[str, Any] | None = None, **tables: Any
    ) -> Any:
        people = [person(name) for name in ("chen", "li", "wang")]
        scenario = world(
            *people, wishes=[wish("w", *starts, staffing={"policy": "rotate"} | (staffing or {}))], **tables
        )
        return scenario, tuple(fixed("w", start, name) for start, name in zip(starts, crew) if name)

    yield Pair(
        rule, "twice running", rotate("chen", "chen", "li"), rotate("chen", "li", "chen"), visit="w/2026-12-12T0900"
    )
    yield Pair(
        rule,
        "twice running over an unserved one",
        rotate("chen", None, "chen"),
        rotate("chen", None, "li"),
        visit="w/2026-12-19T0900",
    )
    yield Pair(
        rule,
        "after the last done one",
        rotate("chen", history=[past("w", "2026-11-21T09:00", "chen")]),
        rotate("chen", history=[past("w", "2026-11-14T09:00", "chen"), past("w", "2026-11-21T09:00", "li")]),
    )
    yield Pair(
        rule,
        "too many turns",
        rotate("chen", "li", "chen", staffing={"max_turns": 1}),
        rotate("chen", "li", "wang", staffing={"max_turns": 1}),
        visit="w/2026-12-19T0900",
    )
    # 14 days lie between the 5th and the 19th: inside one stretch of 15 days, not inside one of 14
    yield Pair(
        rule,
        "the stretch rolls",
        rotate("chen", "li", "chen", staffing={"max_turns": 1, "turns_days": 15}),
        rotate("chen", "li", "chen", staffing={"max_turns": 1, "turns_days": 14}),
        visit="w/2026-12-19T0900",
    )
    before = [past("w", "2026-11-14T09:00", "chen"), past("w", "2026-11-21T09:00", "li")]
    stepped = [past("w", "2026-11-14T09:00", "chen", stepped_in=True), past("w", "2026-11-21T09:00", "li")]
    yield Pair(
        rule,
        "stepping in uses up no turn",
        rotate("chen", history=before, staffing={"max_turns": 1}),
        rotate("chen", history=stepped, staffing={"max_turns": 1}),
    )
    last = past("w", "2026-11-21T09:00", "chen")
    yield Pair(
        rule,
        "who stepped in last time is not twice running",
        rotate("chen", history=[last]),
        rotate("chen", history=[last | {"stepped_in": True}]),
    )
    second, third = (("w/2026-12-12T0900", "2026-12-12T09:00"), ("w/2026-12-19T0900", "2026-12-19T09:00"))
    for about, crew, where, staffing in (
        ("is not twice running", ("chen", "chen", "li"), second, {}),
        ("uses up no turn", ("chen", "li", "chen"), third, {"max_turns": 1}),
    ):
        yield Pair(
            rule,
            f"who was told to step in {about}",
            rotate(*crew, staffing=staffing, published=[told(*where, "chen")]),
            rotate(*crew, staffing=staffing, published=[told(*where, "chen"), told(*where, "chen", standby=True)]),
            visit=where[0],
        )


def _faces() -> Iterator[Pair]:
    rule = "keeps_faces_few"
    weeks = ("2026-12-05T09:00", "2026-12-12T09:00", "2026-12-19T09:00")

    def few(*crew: str, most: int = 2, days: int = 365, **tables: Any) -> tuple[Scenario, tuple[RosterVisit, ...]]:
        people = [person(name) for name in ("chen", "li", "wang")]
        staffing = {"max_helpers": most, "turns_days": days}
        return world(*people, wishes=[wish("w", *weeks, staffing=staffing)], **tables), tuple(
            fixed("w", start, name) for start, name in zip(weeks, crew)
        )

    yield Pair(
        rule,
        "a third face",
        few("chen", "li", "wang"),
        few("chen", "li", "chen"),
        visit="w/2026-12-19T0900",
        volunteer=None,
    )
    yield Pair(
        rule,
        "the stretch rolls",
        few("chen", "li", "wang", days=15),
        few("chen", "li", "wang", days=14),
        visit="w/2026-12-19T0900",
        volunteer=None,
    )
    known = [past("w", "2026-11-21T09:00", "wang")]
    yield Pair(
        rule,
        "faces of the past",
        few("chen", "li", history=known),
        few("chen", "chen", history=known),
        visit="w/2026-12-12T0900",
        volunteer=None,
    )
    gone = [past("w", "2026-11-21T09:00", "somebody-who-left")]
    yield Pair(
        rule,
        "faces of people who left",
        few("chen", "li", history=gone),
        few("chen", "chen", history=gone),
        visit="w/2026-12-12T0900",
        volunteer=None,
    )


def _paired() -> Iterator[Pair]:
    rule = "stays_paired"

    def wu_and_chen(**facts: Any) -> Scenario:
        return _one(
            person("chen", **facts),
            person("li"),
            wish={"staffing": {"policy": "pair"}},
            pairings=[{"volunteer": "chen", "resident": "wu"}],
        )

    li = fixed("w", SATURDAY, "li")
    yield _rosters(rule, "somebody else", wu_and_chen(), (li,), (CHEN_SERVES,))
    yield _facts(
        rule,
        "the paired one cannot",
        wu_and_chen(),
        wu_and_chen(unavailable=[{"start": "2026-12-05T09:30:00+08:00", "end": "2026-12-05T09:31:00+08:00"}]),
        li,
    )
    other_time = wish("w", recurrence=monthly(), staffing={"policy": "pair"})
    mornings = world(
        person("chen", availability=[{"start": "11:00", "end": "12:00"}]),
        person("li"),
        wishes=[other_time],
        pairings=[{"volunteer": "chen", "resident": "wu"}],
    )
    yield _rosters(
        rule,
        "the paired one could at another time",
        mornings,
        (served("w/2026-12", "2026-12-05T09:00", "li"),),
        (served("w/2026-12", "2026-12-05T11:00", "chen"),),
        visit="w/2026-12",
    )


def _published() -> Iterator[Pair]:
    rule = "keeps_what_is_published"

    def announced(chen: dict[str, Any] | None = None, **seat: Any) -> Scenario:
        people = person("chen", **(chen or {})), person("li"), person("wang")
        return world(
            *people,
            wishes=[wish("w", recurrence=monthly(), staffing={"standbys": 1})],
            published=[told("w/2026-12", SATURDAY, "chen", **seat)],
        )

    def line(start: str, *crew: str, standbys: tuple[str, ...] = ()) -> tuple[RosterVisit, ...]:
        return (served("w/2026-12", start, *crew, standbys=standbys),)

    as_told = line(SATURDAY, "chen")
    at_visit = {"visit": "w/2026-12"}
    yield _rosters(rule, "another person", announced(), line(SATURDAY, "li"), as_told, **at_visit)
    yield _rosters(rule, "another time", announced(), line("2026-12-05T10:00", "chen"), as_told, **at_visit)
    yield _rosters(rule, "nobody", announced(), (), as_told, **at_visit)
    yield _facts(
        rule,
        "what no longer works may change",
        announced(),
        announced({"unavailable": [{"start": "2026-12-05T00:00:00+08:00", "end": "2026-12-06T00:00:00+08:00"}]}),
        *line(SATURDAY, "li"),
        **at_visit,
    )
    yield _rosters(
        rule,
        "a stand-by",
        announced(standby=True),
        line(SATURDAY, "li", standbys=("wang",)),
        line(SATURDAY, "li", standbys=("chen",)),
        **at_visit,
    )


def _pinned() -> Iterator[Pair]:
    rule = "keeps_what_is_pinned"

    def pinned(**pin: Any) -> Scenario:
        return world(
            person("chen"),
            person("li"),
            wishes=[wish("w", recurrence=monthly(), staffing={"standbys": 1})],
            pins=[{"visit": "w/2026-12"} | pin],
        )

    def line(start: str, *crew: str, standbys: tuple[str, ...] = ()) -> tuple[RosterVisit, ...]:
        return (served("w/2026-12", start, *crew, standbys=standbys),)

    at_visit: dict[str, Any] = {"visit": "w/2026-12"}
    yield _rosters(
        rule,
        "a person",
        pinned(volunteer="chen", role="helper"),
        line(SATURDAY, "li"),
        line(SATURDAY, "chen"),
        **at_visit,
    )
    yield _rosters(rule, "a person, unserved", pinned(volunteer="chen"), (), line(SATURDAY, "chen"), **at_visit)
    yield _rosters(
        rule,
        "a start",
        pinned(start="2026-12-05T10:00:00+08:00"),
        line(SATURDAY, "li"),
        line("2026-12-05T10:00", "li"),
        visit="w/2026-12",
        volunteer=None,
    )
    yield _rosters(
        rule, "never", pinned(volunteer="chen", never=True), line(SATURDAY, "chen"), line(SATURDAY, "li"), **at_visit
    )
    yield _rosters(
        rule,
        "never, not even by",
        pinned(volunteer="chen", never=True),
        line(SATURDAY, "li", standbys=("chen",)),
        line(SATURDAY, "li"),
        **at_visit,
    )
    yield _rosters(
        rule,
        "a stand-by",
        pinned(volunteer="chen", standby=True),
        line(SATURDAY, "chen", standbys=("li",)),
        line(SATURDAY, "li", standbys=("chen",)),
        **at_visit,
    )


def _stand_by() -> Iterator[Pair]:
    rule = "stands_by_separately"

    def waiting(*more: dict[str, Any], chen: dict[str, Any] | None = None, **tables: Any) -> Scenario:
        people = person("chen", **(chen or {})), person("li"), person("wang")
        roles = tables.pop("roles", [{"id": "helper"}])
        return world(*people, wishes=[wish("w", SATURDAY, staffing={"standbys": 1}, roles=roles), *more], **tables)

    plain = waiting()
    fine = (fixed("w", SATURDAY, "li", standbys=("chen",)),)
    yield _rosters(rule, "on the crew", plain, (fixed("w", SATURDAY, "chen", standbys=("chen",)),), fine)
    yield _rosters(
        rule, "too many", plain, (fixed("w", SATURDAY, "wang", standbys=("chen", "li")),), fine, volunteer=None
    )
    two_roles = waiting(roles=[{"id": "helper"}, {"id": "driver"}])
    yield _rosters(
        rule,
        "twice",
        two_roles,
        (fixed("w", SATURDAY, "li", "driver:wang", standbys=("chen", "driver:chen")),),
        (fixed("w", SATURDAY, "li", "driver:wang", standbys=("chen",)),),
    )
    yield _facts(
        rule,
        "not free",
        waiting(chen={"availability": [{"start": "09:01", "end": "20:00"}]}),
        waiting(chen={"availability": [{"start": "09:00", "end": "20:00"}]}),
        *fine,
        rests_on="is_available",
    )
    skilled = [{"id": "helper", "skills": [{"name": "first-aid"}]}]
    yield _facts(
        rule,
        "without the skill",
        _one(
            person("chen"),
            person("li", skills=[{"name": "first-aid"}]),
            wish={"roles": skilled, "staffing": {"standbys": 1}},
        ),
        _one(
            person("chen", skills=[{"name": "first-aid"}]),
            person("li", skills=[{"name": "first-aid"}]),
            wish={"roles": skilled, "staffing": {"standbys": 1}},
        ),
        *fine,
        rests_on="has_the_skills",
    )

    def own_visit(start: str, **standby: Any) -> tuple[Scenario, tuple[RosterVisit, ...]]:
        other = fixed("x", start, "wang", standbys=("chen",)) if standby else fixed("x", start, "chen")
        return waiting(wish("x", start, resident="zhou", staffing={"standbys": 1})), (*fine, other)

    # wu's visit ends at ten, zhou lives 20 minutes away: travel counts for stand-bys too
    yield Pair(rule, "an own visit", own_visit("2026-12-05T10:19"), own_visit("2026-12-05T10:20"))
    yield Pair(
        rule,
        "another stand-by",
        own_visit("2026-12-05T10:19", standby=True),
        own_visit("2026-12-05T10:20", standby=True),
    )
    closed = event("x", "2026-12-05T12:00", place="wu-home", state="closed")
    yield _facts(
        rule,
        "announced outside the plan",
        waiting(closed, published=[told("x/2026-12-05T0959", "2026-12-05T09:59", "chen")]),
        waiting(closed, published=[told("x/2026-12-05T1000", "2026-12-05T10:00", "chen")]),
        *fine,
    )


def _newcomers() -> Iterator[Pair]:
    rule = "newcomers_go_with_experience"

    def after(chen: int, li: int, wang: int = 9, **wish_facts: Any) -> Scenario:
        people = [person(name, prior_visits=visits) for name, visits in (("chen", chen), ("li", li), ("wang", wang))]
        return world(*people, wishes=[event("w", SATURDAY, **wish_facts)], settings={"newcomer_visits": 3})

    two = {"roles": [{"id": "helper", "count": 2}]}
    seasoned = {"roles": [{"id": "helper", "experienced": True}]}
    both = fixed("w", SATURDAY, "chen", "li")
    yield _facts(rule, "two newcomers", after(2, 0, **two), after(3, 0, **two), both)
    yield _facts(rule, "the other one experienced", after(0, 2, **two), after(0, 3, **two), both)
    yield _facts(rule, "a seat for the experienced", after(2, 0, **seasoned), after(3, 0, **seasoned), CHEN_SERVES)
    yield _facts(rule, "idle while nobody is experienced", after(0, 0, **two), after(0, 0, wang=0, **two), both)

    def counted(outcome: str) -> Scenario:
        # two before the records begin, and one on record
        return world(
            person("chen", prior_visits=2),
            person("li"),
            person("wang", prior_visits=9),
            wishes=[event("w", SATURDAY, **seasoned)],
            settings={"newcomer_visits": 3},
            history=[past("old", "2026-11-07T09:00", "chen", outcome=outcome)],
        )

    yield _facts(rule, "done visits count", counted("no-show"), counted("done"), CHEN_SERVES)


PAIRS: tuple[Pair, ...] = tuple(
    pair
    for family in (
        _skills,
        _vehicle,
        _available,
        _reach,
        _accepted,
        _declined,
        _claimed,
        _team,
        _asked_time,
        _one_place,
        _limits,
        _once,
        _together,
        _spacing,
        _turn,
        _faces,
        _paired,
        _published,
        _pinned,
        _stand_by,
        _newcomers,
    )
    for pair in family()
)
