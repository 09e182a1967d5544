"""Every term of the three tiers, with its number derived by hand."""

from __future__ import annotations

from typing import Any

import pytest
from worlds import (
    SATURDAY,
    done,
    event,
    fixed,
    goods,
    judged,
    monthly,
    person,
    resident,
    served,
    speaking,
    told,
    wish,
    world,
)

from matcher.domain.scenario import Scenario
from matcher.domain.settings import Weights
from matcher.problem.objective import NEEDS_TERMS, PROMISE_TERMS, QUALITY_TERMS
from matcher.problem.roster import RosterVisit

WEEKS = ("2026-12-05T09:00", "2026-12-12T09:00", "2026-12-19T09:00", "2026-12-26T09:00")


def term(name: str, scenario: Scenario, *lines: RosterVisit) -> int:
    return judged(scenario, *lines).terms[name]


def weekly_crew(*crew: str) -> tuple[RosterVisit, ...]:
    return tuple(fixed("w", start, *names.split()) for start, names in zip(WEEKS, crew))


# ------------------------------------------------------------------------------------------------ needs


@pytest.mark.parametrize(
    ("facts", "points"),
    [
        ({"priority": 4, "submitted": "2026-11-14"}, 27 * 110),  # 3^3, ten days waited
        ({"priority": 5, "submitted": "2026-01-01"}, 81 * 200),  # 3^4, no more than a hundred days count
        ({"priority": 1, "submitted": "2026-11-23"}, 101),
        ({"priority": 3, "submitted": "2026-12-01"}, 9 * 100),  # submitted after now: nobody has waited yet
        ({"priority": 3}, 9 * 100),  # nobody knows since when
    ],
)
def test_an_empty_seat_costs_more_the_higher_its_priority_and_the_longer_the_wait(facts: dict[str, Any], points: int):
    assert term("empty_seats", world(person("chen"), wishes=[wish("w", SATURDAY, **facts)])) == points


def test_waiting_begins_anew_with_the_last_done_visit():
    def waited(submitted: str, outcome: str = "done") -> int:
        scenario = world(
            person("chen"),
            wishes=[wish("w", SATURDAY, submitted=submitted)],
            history=[done("w", "2026-11-20T09:00", "chen", outcome=outcome)],
        )
        return term("empty_seats", scenario)

    assert waited("2026-11-01") == 9 * 104  # four days since the 20th
    assert waited("2026-11-01", "no-show") == 9 * 123  # nobody came: 23 days since the first
    assert waited("2026-11-22") == 9 * 102  # submitted again later than that


def test_every_empty_seat_counts_and_a_filled_one_does_not():
    roles = [{"id": "helper", "count": 2}, {"id": "driver"}]
    scenario = world(person("chen"), person("li"), wishes=[event("w", SATURDAY, roles=roles, partial=True)])
    assert term("empty_seats", scenario) == 3 * 900
    assert term("empty_seats", scenario, fixed("w", SATURDAY, "chen")) == 2 * 900
    assert term("empty_seats", scenario, fixed("w", SATURDAY, "chen", "driver:li")) == 900


# ------------------------------------------------------------------------------------------------ promises


@pytest.mark.parametrize(
    ("day", "near"), [("2026-11-25", 8), ("2026-11-27", 4), ("2026-11-28", 2), ("2026-12-01", 2), ("2026-12-02", 1)]
)
def test_a_change_is_dearer_the_nearer_the_day(day: str, near: int):
    # now is the 24th: 1, 3, 4, 7 and 8 days ahead
    start = f"{day}T09:00"
    visit = f"w/{day}T0900"
    scenario = world(
        person("chen"),
        person("li"),
        person("wang"),
        wishes=[wish("w", start, staffing={"standbys": 1})],
        published=[told(visit, start, "chen"), told(visit, start, "li", standby=True)],
        program={"window": {"start": "2026-11-25", "end": "2026-12-31"}},
    )
    swapped = judged(scenario, fixed("w", start, "wang", standbys=("chen",))).terms
    assert swapped["published_seat"] == 100 * near
    assert swapped["published_standby"] == 20 * near
    assert swapped["published_time"] == 0
    kept = judged(scenario, fixed("w", start, "chen", standbys=("li",))).terms
    assert (kept["published_seat"], kept["published_standby"]) == (0, 0)


def test_a_changed_time_counts_once_per_served_visit():
    scenario = world(
        person("chen"),
        person("li"),
        wishes=[event("w", recurrence=monthly(), roles=[{"id": "helper", "count": 2}])],
        published=[told("w/2026-12", SATURDAY, "chen"), told("w/2026-12", SATURDAY, "li")],
    )
    moved = judged(scenario, served("w/2026-12", "2026-12-12T09:00", "chen", "li")).terms
    assert (moved["published_time"], moved["published_seat"]) == (100, 0)  # the 5th is eleven days away
    dropped = judged(scenario).terms
    assert (dropped["published_time"], dropped["published_seat"]) == (0, 200)


def test_goods_are_promised_for_their_due_day():
    scenario = world(
        person("chen"),
        person("li"),
        wishes=[goods("kettle", "2026-11-27")],
        published=[told("kettle/1", None, "chen")],
        program={"window": {"start": "2026-11-25", "end": "2026-12-31"}},
    )
    assert term("published_seat", scenario, served("kettle/1", None, "li")) == 400  # three days ahead
    assert term("published_seat", scenario, served("kettle/1", None, "chen")) == 0


def test_a_pairing_is_broken_when_the_visit_is_served_by_others():
    def broken(*pairings: str, crew: tuple[RosterVisit, ...]) -> int:
        scenario = world(
            person("chen", availability=[]),
            person("li"),
            wishes=[wish("w", *WEEKS, staffing={"policy": "pair"})],
            pairings=[{"volunteer": name, "resident": "wu"} for name in pairings],
        )
        return term("pairing_broken", scenario, *crew)

    assert broken("chen", crew=weekly_crew("li", "li")) == 2 * 200
    assert broken("chen", crew=()) == 0
    assert broken(crew=weekly_crew("li")) == 0
    assert broken("chen", "li", crew=weekly_crew("li")) == 0


def test_the_least_load_is_counted_in_every_month_of_the_window():
    def missing(*history: dict[str, Any], published: tuple[dict[str, Any], ...] = ()) -> int:
        scenario = world(
            person("chen", limits={"least_visits_per_month": 2}),
            wishes=[wish("w", *WEEKS), wish("old", "2026-11-01T09:00", state="closed")],
            history=history,
            published=published,
            program={"window": {"start": "2026-11-28", "end": "2026-12-31"}},
        )
        return term("least_visit_missing", scenario, *weekly_crew("chen"))

    assert missing() == (2 + 1) * 100  # none in November, one of two in December
    assert missing(done("w", "2026-11-10T09:00", "chen")) == (1 + 1) * 100
    assert missing(done("w", "2026-10-31T09:00", "chen")) == (2 + 1) * 100
    assert missing(done("w", "2026-11-10T09:00", "chen", outcome="no-show")) == (2 + 1) * 100
    elsewhere = told("old/2026-11-01T0900", "2026-11-30T09:00", "chen")
    assert missing(published=(elsewhere,)) == (1 + 1) * 100
    assert missing(published=(elsewhere | {"standby": True},)) == (2 + 1) * 100


def test_a_chosen_claimant_is_owed_a_turn():
    def owed(*claims: dict[str, Any], history: tuple[dict[str, Any], ...] = ()) -> int:
        scenario = world(
            person("chen", team="bank"),
            person("li"),
            person("wang", team="bank-youth"),
            wishes=[wish("w", *WEEKS)],
            teams=[{"id": "bank"}, {"id": "bank-youth", "parent": "bank"}],
            claims=[
                {"id": f"c{number}", "wish": "w", "at": "2026-11-10T20:00:00+08:00", "state": "chosen"} | claim
                for number, claim in enumerate(claims)
            ],
            history=history,
        )
        return term("claimant_without_turn", scenario, *weekly_crew("chen"))

    chen, li = {"volunteer": "chen"}, {"volunteer": "li"}
    assert owed(chen, li) == 100
    assert owed(li | {"state": "open"}, li | {"state": "waitlisted"}, li | {"state": "withdrawn"}) == 0
    assert owed(li, history=(done("w", "2026-11-14T09:00", "li"),)) == 0  # had it, after claiming
    assert owed(li, history=(done("w", "2026-11-07T09:00", "li"),)) == 100  # that was before
    assert owed({"team": "bank"}) == 0  # any member will do
    assert owed({"team": "bank-youth"}) == 100
    assert owed({"team": "bank"}, {"volunteer": "wang", "team": "bank"}) == 100  # a name given later counts alone


# ------------------------------------------------------------------------------------------------ fairness


def fairness(chen: dict[str, Any], *crew: str, **tables: Any) -> int:
    scenario = world(person("chen", **chen), person("li"), wishes=[wish("w", *WEEKS)], **tables)
    return term("fairness", scenario, *weekly_crew(*crew))


def test_each_further_turn_costs_more():
    # two turns are offered: ⌊100·1/2⌋, ⌊100·3/2⌋
    assert fairness({"limits": {"visits_per_month": 2}}, "chen", "chen") == 50 + 150
    # three are offered: ⌊100·1/3⌋, ⌊100·3/3⌋, ⌊100·5/3⌋
    assert fairness({"limits": {"visits_per_month": 3}}, "chen", "chen", "chen") == 33 + 100 + 166


def test_turns_of_the_last_180_days_come_first():
    # the 28th of May is 180 days before the 24th of November: nine o'clock is still inside, a minute earlier is not
    history = [
        done("w", "2026-05-28T09:00", "chen"),
        done("w", "2026-05-28T08:59", "chen"),
        done("w", "2026-11-07T09:00", "chen"),
        done("w", "2026-11-08T09:00", "chen", outcome="no-show"),
    ]
    limits = {"limits": {"visits_per_month": 2}}
    assert fairness(limits, "chen", history=history) == 250  # the third turn: ⌊100·5/2⌋
    assert fairness(limits, "chen", history=history, settings={"history_days": 30}) == 150  # the second


@pytest.mark.parametrize(
    ("chen", "offered"),
    [
        # December 2026 begins on a Tuesday and touches five ISO weeks; the window ends on Thursday the 31st.
        ({"limits": {"visits_per_week": 2, "visits_per_day": 1}}, 10),
        ({"limits": {"visits_per_week": 2, "visits_per_day": 1, "visits_per_month": 4}}, 4),
        ({"limits": {"visits_per_week": 5, "visits_per_day": 1}}, 5 + 5 + 5 + 5 + 4),
        ({"availability": [{"days": "SA", "start": "08:00", "end": "12:00"}], "limits": {"visits_per_day": 1}}, 4),
        ({"availability": [{"days": "SA", "start": "08:00", "end": "12:00"}], "limits": {"visits_per_day": 2}}, 8),
        ({"availability": [], "limits": {"visits_per_day": 1}}, 1),  # at least one
        ({"limits": {"visits_per_month": 0}}, 1),
        # free from the evening of Saturday into Sunday: both days count, four Saturdays and four Sundays, and the
        # night of the 30th of November's weekend does not reach the window
        ({"availability": [{"days": "SA", "start": "22:00", "end": "02:00"}], "limits": {"visits_per_day": 1}}, 8),
    ],
)
def test_who_offers_more_pays_less_per_turn(chen: dict[str, Any], offered: int):
    assert fairness(chen, "chen") == 100 // offered
    scenario = world(person("chen", **chen), wishes=[])
    assert judged(scenario).fairness[0].offered == offered


def test_months_are_offered_one_by_one():
    scenario = world(
        person("chen", limits={"visits_per_month": 2}),
        wishes=[],
        program={"window": {"start": "2026-11-30", "end": "2027-01-01"}},
    )
    assert (
        judged(scenario).fairness[0].offered == 3 * 2
    )  # a single day of November and of January is as good as a month


def test_a_newcomer_stands_at_least_at_the_median_of_the_team():
    def before(others: tuple[int, ...], own: int = 0, prior: int = 0, team: str | None = "bank") -> int:
        people = [person("chen", team=team, prior_visits=prior)]
        people += [person(f"other{number}", team=team) for number in range(len(others))]
        people += [person("stranger", team="school")]
        history = [
            done("w", f"2026-11-{day:02d}T09:00", f"other{n}")
            for n, had in enumerate(others)
            for day in range(1, had + 1)
        ]
        history += [done("w", f"2026-11-{day:02d}T09:00", "chen") for day in range(1, own + 1)]
        history += [done("w", f"2026-11-{day:02d}T09:00", "stranger") for day in range(1, 21)]
        scenario = world(*people, wishes=[wish("w", SATURDAY)], history=history, settings={"newcomer_visits": 3})
        return judged(scenario).fairness[0].before

    assert before((1, 4, 9)) == 4
    assert before((1, 4)) == 2  # 2.5, rounded down
    assert before((1,), own=2) == 2  # more than the median already
    assert before((1, 4, 9), prior=3) == 0  # no newcomer: served before the records begin
    assert before((1, 4, 9), own=3) == 3
    assert before((1, 4, 9), team=None) == 4  # those without a team are measured among themselves
    assert before(()) == 0  # alone in the team


# ------------------------------------------------------------------------------------------------ turns and faces


@pytest.mark.parametrize(("policy", "new"), [("steady", 1), ("pair", 1), ("rotate", 0), ("any", 0)])
def test_a_new_face_costs_where_faces_should_be_steady(policy: str, new: int):
    # chen came within the last 90 days; li came, but 100 days ago
    scenario = world(
        person("chen"),
        person("li"),
        wishes=[wish("w", *WEEKS, staffing={"policy": policy, "turns_days": 90})],
        history=[done("w", "2026-11-07T09:00", "chen"), done("w", "2026-08-16T09:00", "li")],
    )
    assert term("faces", scenario, *weekly_crew("chen", "li", "chen", "li")) == 60 * new


def test_turns_at_a_rotating_wish_rise():
    def turns(**facts: Any) -> int:
        scenario = world(
            person("chen"),
            person("li"),
            wishes=[wish("w", *WEEKS, staffing={"policy": "rotate"})],
            history=[done("w", "2026-11-07T09:00", "chen", **facts), done("w", "2026-11-14T09:00", "li")],
        )
        return term("turns", scenario, *weekly_crew("chen", "li", "chen"))

    # chen's second and third turn: 20·3 + 20·5; li's second: 20·3
    assert turns() == 60 + 100 + 60
    # having stepped in was no turn: chen's first and second
    assert turns(stepped_in=True) == 20 + 60 + 60
    other = world(person("chen"), person("li"), wishes=[wish("w", *WEEKS)])
    assert term("turns", other, *weekly_crew("chen", "li", "chen")) == 0


def test_a_missing_stand_by_costs_where_seats_are_filled():
    roles = [{"id": "helper"}, {"id": "driver"}]
    people = [person(name) for name in ("chen", "li", "wang", "zhao")]
    scenario = world(*people, wishes=[event("w", SATURDAY, roles=roles, partial=True, staffing={"standbys": 2})])
    assert term("missing_standby", scenario) == 0
    assert term("missing_standby", scenario, fixed("w", SATURDAY, "chen")) == 2 * 200
    assert term("missing_standby", scenario, fixed("w", SATURDAY, "chen", standbys=("li",))) == 200
    both = fixed("w", SATURDAY, "chen", "driver:li", standbys=("wang", "driver:zhao"))
    assert term("missing_standby", scenario, both) == 2 * 200


def test_standing_by_again_costs_more():
    people = [person(name) for name in ("chen", "li", "wang")]
    scenario = world(*people, wishes=[wish("w", *WEEKS, staffing={"standbys": 1})])

    def turns(*standbys: str) -> int:
        lines = [fixed("w", start, "chen", standbys=(name,)) for start, name in zip(WEEKS, standbys)]
        return term("standby_turns", scenario, *lines)

    assert turns("li", "li", "li") == 5 * (1 + 3 + 5)
    assert turns("li", "wang", "li") == 5 * (1 + 3) + 5
    assert turns("li") == 5


# ------------------------------------------------------------------------------------------------ seats


@pytest.mark.parametrize(
    ("spans", "points"),
    [
        ([("available", "08:00", "20:00")], 0),
        ([("undesired", "08:00", "20:00")], 50),
        ([("available", "08:00", "20:00"), ("undesired", "09:59", "11:00")], 50),  # a minute of nine to ten
        ([("available", "08:00", "20:00"), ("undesired", "10:00", "11:00")], 0),
        ([("available", "08:00", "20:00"), ("preferred", "09:00", "10:00")], 0),
        ([("available", "08:00", "20:00"), ("preferred", "09:01", "10:00")], 10),  # outside what they prefer
        ([("preferred", "14:00", "20:00"), ("undesired", "08:00", "12:00")], 50),  # not 60
    ],
)
def test_time_somebody_would_rather_not_serve_costs(spans: list[tuple[str, str, str]], points: int):
    chen = person("chen", availability=[{"kind": kind, "start": start, "end": end} for kind, start, end in spans])
    scenario = world(chen, wishes=[wish("w", SATURDAY)])
    assert term("undesired_time", scenario, fixed("w", SATURDAY, "chen")) == points


def legs(*minutes: tuple[str, str, int, str | None]) -> list[dict[str, Any]]:
    return [{"origin": a, "destination": b, "minutes": time, "mode": mode} for a, b, time, mode in minutes]


def test_travel_is_the_daily_tour_from_home_and_back():
    # home – wu 10, wu – zhou 7, zhou – home 12
    scenario = world(
        person("chen", home="home"),
        wishes=[wish("w", *WEEKS), wish("x", "2026-12-05T14:00", "2026-12-12T07:00", resident="zhou")],
        travel_times=legs(
            ("home", "wu-home", 10, None), ("wu-home", "zhou-home", 7, None), ("zhou-home", "home", 12, None)
        ),
    )
    nine, two = fixed("w", WEEKS[0], "chen"), fixed("x", "2026-12-05T14:00", "chen")
    assert term("travel", scenario, nine) == 10 + 10
    assert term("travel", scenario, nine, two) == 10 + 7 + 12
    assert term("travel", scenario, two, nine) == 10 + 7 + 12  # in order of time, not of the list
    assert term("travel", scenario, fixed("w", WEEKS[1], "chen"), two) == 10 + 10 + 12 + 12  # two days, two tours
    earlier = fixed("x", "2026-12-12T07:00", "chen")
    assert term("travel", scenario, earlier, fixed("w", WEEKS[1], "chen")) == 12 + 7 + 10


def test_a_leg_goes_by_car_where_the_next_role_needs_it():
    # by bus home – wu 30, wu – zhou 21; by car 10, 7, and zhou – home 12
    scenario = world(
        person("chen", home="home", vehicle={"seats": 4}),
        wishes=[
            wish("w", SATURDAY),
            wish("x", "2026-12-05T14:00", resident="zhou", roles=[{"id": "helper", "vehicle": {"seats": 1}}]),
        ],
        travel_times=legs(
            ("home", "wu-home", 30, "bus"), ("home", "wu-home", 10, "car"), ("wu-home", "zhou-home", 21, "bus"),
            ("wu-home", "zhou-home", 7, "car"), ("zhou-home", "home", 12, "car"), ("zhou-home", "home", 36, "bus"),
        ),
    )  # fmt: skip
    both = fixed("w", SATURDAY, "chen"), fixed("x", "2026-12-05T14:00", "chen")
    assert term("travel", scenario, *both) == 30 + 7 + 12


def test_a_tour_goes_on_from_where_an_escort_ends():
    escort = wish("w", SATURDAY, kind="escort", origin="wu-home", destination="clinic", stay_minutes=20)
    times = legs(("home", "wu-home", 10, None), ("wu-home", "clinic", 40, None), ("clinic", "home", 25, None))

    def travel(returns: bool) -> int:
        scenario = world(person("chen", home="home"), wishes=[escort | {"return": returns}], travel_times=times)
        return term("travel", scenario, fixed("w", SATURDAY, "chen", minutes=100 if returns else 60))

    assert travel(True) == 10 + 10  # the way to the clinic and back is service
    assert travel(False) == 10 + 25


def test_goods_are_a_tour_of_their_own():
    scenario = world(
        person("chen", home="home"),
        wishes=[wish("w", SATURDAY), goods("kettle", "2026-12-05")],
        travel_times=legs(("home", "wu-home", 10, None)),
    )
    assert term("travel", scenario, fixed("w", SATURDAY, "chen"), served("kettle/1", None, "chen")) == 20 + 20


HERE = {"community": "donghe", "grid": "03", "estate": "garden", "building": "3"}


@pytest.mark.parametrize(
    ("home", "team", "steps"),
    [
        (HERE, (), 0),
        (HERE | {"building": "4"}, (), 1),
        (HERE | {"estate": "lakeside"}, (), 1),  # another estate's building 3
        (HERE | {"building": "4", "grid": "04"}, (), 2),
        (HERE | {"community": "xihe"}, (), 4),  # grid 03 and building 3 are everywhere
        ({}, (), 4),
        (HERE, ("donghe", "xihe"), 0),
        (HERE, ("xihe",), 0 + 2),  # the team is paired with another community
        ({}, ("xihe",), 4 + 2),
    ],
)
def test_neighbours_come_first(home: dict[str, str], team: tuple[str, ...], steps: int):
    scenario = world(
        person("chen", home="chen-home", team="bank"),
        wishes=[wish("w", SATURDAY)],
        places=[{"id": "chen-home"} | home, {"id": "wu-home"} | HERE],
        teams=[{"id": "bank", "communities": team}],
    )
    assert term("locality", scenario, fixed("w", SATURDAY, "chen")) == 5 * steps


@pytest.mark.parametrize(
    ("wu", "chen", "points"),
    [
        ({}, {}, 0),
        ({"preferred": ["chen"]}, {}, 0),
        ({"preferred": ["li"]}, {}, 20),
        ({"liked": {"gender": "female"}}, {"gender": "male"}, 20),
        ({"liked": {"gender": "female"}}, {"gender": "female"}, 0),
        ({"liked": {"language": "hak"}}, {"languages": ["zh"]}, 20),
        ({"liked": {"language": "hak"}}, {"languages": ["zh", "hak"]}, 0),
        ({"liked": {"gender": "female", "language": "hak"}, "preferred": ["li"]}, {}, 60),
        ({}, {"dislikes": ["w"]}, 40),
        ({}, {"dislikes": ["wu"]}, 40),
        ({}, {"dislikes": ["visit"]}, 40),
        ({}, {"dislikes": ["haircut"]}, 40),
        ({}, {"dislikes": ["haircut", "visit", "wu"]}, 40),  # disliked is disliked
        ({}, {"dislikes": ["event"], "likes": ["goods"]}, 0),
    ],
)
def test_what_people_would_rather(wu: dict[str, Any], chen: dict[str, Any], points: int):
    scenario = world(
        person("chen", skills=[{"name": "haircut"}], **chen),
        person("li"),
        wishes=[wish("w", SATURDAY, roles=[{"id": "helper", "skills": [{"name": "haircut"}]}])],
        residents=[resident("wu", **wu)],
    )
    assert term("preferences", scenario, fixed("w", SATURDAY, "chen")) == points


def test_stand_bys_cost_no_fairness_travel_locality_or_preference():
    scenario = world(
        person("chen"),
        person("li", dislikes=["w"], availability=[{"kind": "undesired", "start": "08:00", "end": "20:00"}]),
        wishes=[wish("w", SATURDAY, staffing={"standbys": 1})],
    )
    alone = judged(scenario, fixed("w", SATURDAY, "chen")).terms
    beside = judged(scenario, fixed("w", SATURDAY, "chen", standbys=("li",))).terms
    changed = {name for name in alone if alone[name] != beside[name]}
    assert changed == {"missing_standby", "standby_turns"}


# ------------------------------------------------------------------------------------------------ tiers and weights


def test_a_tier_is_the_sum_of_its_terms_and_every_term_has_one():
    scenario = world(person("chen"), wishes=[wish("w", *WEEKS)])
    report = judged(scenario, *weekly_crew("chen"))
    assert {*NEEDS_TERMS, *PROMISE_TERMS, *QUALITY_TERMS} == set(report.terms)
    for tier, names in (("needs", NEEDS_TERMS), ("promises", PROMISE_TERMS), ("quality", QUALITY_TERMS)):
        assert report.tier(tier) == sum(report.terms[name] for name in names)


def everything_costs() -> tuple[Scenario, tuple[RosterVisit, ...]]:
    """A roster in which no term is nothing."""
    scenario = world(
        person("chen", home="far", dislikes=["w"],
               availability=[{"kind": "undesired", "start": "08:00", "end": "20:00"}],
               limits={"least_visits_per_month": 9, "visits_per_month": 4}),
        person("li"),
        person("wang"),
        wishes=[
            wish("w", *WEEKS, staffing={"policy": "rotate", "standbys": 2}),
            wish("s", recurrence=monthly(), staffing={"policy": "pair"}),
            wish("unserved", SATURDAY),
        ],
        published=[
            told("w/2026-12-05T0900", WEEKS[0], "li"),
            told("w/2026-12-05T0900", WEEKS[0], "wang", standby=True),
            told("s/2026-12", "2026-12-19T09:00", "wang"),
        ],
        pairings=[{"volunteer": "li", "resident": "wu"}],
        claims=[{"id": "c", "wish": "w", "volunteer": "wang", "at": "2026-11-20T09:00:00+08:00", "state": "chosen"}],
        settings={"soft_rules": {"keeps_the_turn": 7}},
    )  # fmt: skip
    lines = (
        fixed("w", WEEKS[0], "chen", standbys=("li",)),
        fixed("w", WEEKS[1], "chen"),
        served("s/2026-12", "2026-12-19T10:00", "chen"),
    )
    return scenario, lines


@pytest.mark.parametrize("name", list(Weights.model_fields))
def test_a_weight_multiplies_its_own_term_only(name: str):
    scenario, lines = everything_costs()
    usual = judged(scenario, *lines).terms
    assert all(usual.values()), usual
    weight = getattr(scenario.program.settings.weights, name)
    tripled = judged(speaking(scenario, "en", weights={name: 3 * weight}), *lines).terms
    assert tripled == usual | {name: 3 * usual[name]}
