"""Dated visits from wishes: their ids, their days, their starts and how long they take."""

from __future__ import annotations

from typing import Any

import pytest
from worlds import at, done, goods, monthly, person, resident, told, weekly, wish, world

from matcher.problem.expand import Expanded, Visit, expand, published_in_plan

DECEMBER = {"start": "2026-12-01", "end": "2026-12-31"}


def expanded(*wishes: dict[str, Any], **tables: Any) -> Expanded:
    return expand(world(person("chen"), wishes=list(wishes), **tables))


def names(*wishes: dict[str, Any], **tables: Any) -> list[str]:
    return [visit.id for visit in expanded(*wishes, **tables).visits]


def asked(when: dict[str, Any], **tables: Any) -> dict[str, list[str]]:
    """Visit → its starts on a grid of an hour, as local clock times."""
    facts = expanded(wish("w", recurrence=when), **tables)
    return {visit.id: clocks(facts, visit) for visit in facts.visits}


def clocks(facts: Expanded, visit: Visit, step: int = 60) -> list[str]:
    return [f"{facts.calendar.moment(start):%m-%d %H:%M}" for start in visit.starts(step)]


# ------------------------------------------------------------------------------------------------ ids


def test_visits_per_month_are_named_after_it():
    assert names(wish("w", recurrence=monthly()), program={"window": {"start": "2026-12-01", "end": "2027-02-28"}}) == [
        "w/2026-12",
        "w/2027-01",
        "w/2027-02",
    ]
    assert names(wish("w", recurrence=monthly(times=3))) == ["w/2026-12", "w/2026-12#2", "w/2026-12#3"]


def test_visits_per_week_are_named_after_the_iso_week():
    # 2026 has 53 ISO weeks; the first three days of January 2027 belong to the last one
    window = {"start": "2026-12-19", "end": "2027-01-09"}
    assert names(wish("w", recurrence=weekly("SA")), program={"window": window}) == [
        "w/2026-W51",
        "w/2026-W52",
        "w/2026-W53",
        "w/2027-W01",
    ]


def test_fixed_starts_are_named_after_local_day_and_clock():
    when = {"at": ["2026-12-05T09:00:00+08:00", "2026-12-11T23:30:00+00:00"]}
    assert names(wish("w", recurrence=when)) == ["w/2026-12-05T0900", "w/2026-12-12T0730"]


def test_a_rule_is_named_alike():
    when = {"rrule": "FREQ=WEEKLY;INTERVAL=2;BYDAY=SA", "dtstart": "2026-11-28", "start": "08:30"}
    assert names(wish("w", recurrence=when)) == ["w/2026-12-12T0830", "w/2026-12-26T0830"]


def test_a_single_visit_and_goods_are_number_one():
    window = {"windows": [{"days": "SA", "start": "09:00", "end": "12:00"}]}
    assert names(wish("w", recurrence=window), wish("any"), goods("kettle", "2026-12-20")) == [
        "w/1",
        "any/1",
        "kettle/1",
    ]


def test_ids_do_not_depend_on_the_window():
    whole = {"start": "2026-12-01", "end": "2027-01-31"}
    january = {"start": "2027-01-01", "end": "2027-01-31"}
    for when in (
        monthly(times=2),
        weekly(),
        {"rrule": "FREQ=WEEKLY;BYDAY=SA", "dtstart": "2026-12-05", "start": "09:00"},
    ):
        late = names(wish("w", recurrence=when), program={"window": january})
        assert set(late) <= set(names(wish("w", recurrence=when), program={"window": whole}))


# ------------------------------------------------------------------------------------------------ which days


def test_a_period_holds_every_start_its_windows_allow():
    assert asked(monthly("SA", "09:00", "11:00", until="2026-12-12")) == {
        "w/2026-12": ["12-05 09:00", "12-05 10:00", "12-12 09:00", "12-12 10:00"]
    }


def test_the_window_is_inclusive_on_both_sides():
    window = {"start": "2026-12-05", "end": "2026-12-12"}
    assert asked(monthly("SA", "09:00", "10:00"), program={"window": window}) == {
        "w/2026-12": ["12-05 09:00", "12-12 09:00"]
    }
    fixed_starts = {"at": [f"2026-12-{day}T00:00:00+08:00" for day in ("04", "05", "12", "13")]}
    assert list(asked(fixed_starts, program={"window": window})) == ["w/2026-12-05T0000", "w/2026-12-12T0000"]


def test_a_period_without_any_asked_day_has_no_visit():
    window = {"start": "2026-12-06", "end": "2027-01-10"}
    recurrence = monthly("SA", "09:00", "10:00", month_days="1-7")
    recurrence["windows"][0]["month_days"] = recurrence.pop("month_days")
    assert asked(recurrence, program={"window": window}) == {"w/2027-01": ["01-02 09:00"]}


def test_since_until_and_exceptions_narrow():
    when = weekly("SA", "09:00", "10:00", since="2026-12-06", until="2026-12-26", except_dates=["2026-12-19"])
    assert asked(when) == {"w/2026-W50": ["12-12 09:00"], "w/2026-W52": ["12-26 09:00"]}


def test_dates_name_days_outright():
    when = {"windows": [{"dates": ["2026-12-08", "2027-01-08"], "start": "09:00", "end": "10:00"}]}
    assert asked(when) == {"w/1": ["12-08 09:00"]}


def test_a_single_visit_asked_for_later_is_not_planned_yet():
    def single(window: dict[str, Any], **narrow: Any) -> list[str]:
        return names(
            wish("w", recurrence={"windows": [{"start": "09:00", "end": "10:00"} | window]} | narrow),
            program={"window": {"start": "2026-11-30", "end": "2026-12-04"}},  # Monday to Friday
        )

    assert single({"dates": ["2026-12-05"]}) == []
    assert single({"days": "SA"}) == []
    assert single({}, since="2026-12-05") == []
    # What was asked for in vain, or asks for the impossible, stays on the list: somebody must look at it.
    assert single({"dates": ["2026-11-29"]}) == ["w/1"]
    assert single({}, until="2026-11-29") == ["w/1"]
    assert single({"end": "09:30"}) == ["w/1"]


def test_at_fixes_the_start_and_leaves_the_end_free():
    when = {"windows": [{"days": "SU", "at": "08:00", "start": "08:00", "end": "08:30"}], "until": "2026-12-06"}
    assert asked(when) == {"w/1": ["12-06 08:00"]}


def test_workdays_and_days_off_follow_the_notice():
    # Saturday the 5th is a make-up workday for Monday the 7th
    notice = {"holidays": {"2026": {"days_off": ["2026-12-07"], "workdays": ["2026-12-05"]}}}
    window = {"window": {"start": "2026-12-04", "end": "2026-12-08"}, "holidays": "CN"}
    program = {"program": window | {"settings": {"newcomer_visits": 0} | notice}}
    off = asked({"windows": [{"days": "day-off", "start": "09:00", "end": "10:00"}]}, **program)
    work = asked({"windows": [{"days": "workday", "start": "09:00", "end": "10:00"}]}, **program)
    assert off == {"w/1": ["12-06 09:00", "12-07 09:00"]}
    assert work == {"w/1": ["12-04 09:00", "12-05 09:00", "12-08 09:00"]}


def test_a_visit_that_says_nothing_about_time_is_during_the_day_until_it_is_due():
    facts = expanded(wish("w", due="2026-12-02", minutes=660), settings={"day": {"start": "08:00", "end": "20:00"}})
    assert clocks(facts, facts.visits[0]) == ["12-01 08:00", "12-01 09:00", "12-02 08:00", "12-02 09:00"]


def test_goods_are_planned_until_the_window_ends_and_overdue_ones_count_today():
    # now is the 24th of November, the window ends on the 31st of December
    due = {
        "old": "2026-11-23",
        "today": "2026-11-24",
        "soon": "2026-11-28",
        "last": "2026-12-31",
        "later": "2027-01-01",
    }
    facts = expanded(*(goods(name, day) for name, day in due.items()))
    assert [(visit.id, str(visit.due)) for visit in facts.visits] == [
        ("old/1", "2026-11-24"), ("today/1", "2026-11-24"), ("soon/1", "2026-11-28"), ("last/1", "2026-12-31"),
    ]
    assert all(visit.is_goods and visit.starts(15) == [] and visit.minutes == 0 for visit in facts.visits)


def test_only_open_wishes_are_planned():
    assert (
        names(wish("w", "2026-12-05T09:00", state="with-others"), wish("x", "2026-12-05T09:00", state="closed")) == []
    )


# ------------------------------------------------------------------------------------------------ what lies behind


def test_nothing_begins_before_now():
    # now is the 24th at nine
    november = {"program": {"window": {"start": "2026-11-23", "end": "2026-11-30"}}}
    fixed_starts = {"at": [f"2026-11-24T{clock}:00+08:00" for clock in ("08:59", "09:00")]}
    assert list(asked(fixed_starts, **november)) == ["w/2026-11-24T0900"]
    when = {"windows": [{"start": "08:00", "end": "11:00"}], "until": "2026-11-24"}
    assert asked(when, **november) == {"w/1": ["11-24 09:00", "11-24 10:00"]}


def test_the_grid_stays_where_the_window_begins():
    # now is seven past nine: the next start is half past, not 09:07 or 09:37
    program = {
        "as_of": "2026-11-24T09:07:00+08:00",
        "window": {"start": "2026-11-24", "end": "2026-11-24"},
    }
    when = {"windows": [{"start": "08:00", "end": "12:00"}]}
    facts = expanded(wish("w", recurrence=when), program=program)
    assert clocks(facts, facts.visits[0], step=30) == ["11-24 09:30", "11-24 10:00", "11-24 10:30", "11-24 11:00"]
    visit = facts.visits[0]
    assert visit.may_start(facts.now)  # somebody may still choose it by hand
    assert not visit.may_start(facts.now - 1)


@pytest.mark.parametrize(
    ("outcomes", "planned"),
    [
        ({"chen": "done"}, False),
        ({"chen": "done", "li": "no-show"}, False),
        ({"chen": "cancelled", "li": "cancelled"}, False),
        ({"chen": "no-show"}, True),
        ({"chen": "no-show", "li": "cancelled"}, True),
    ],
)
def test_what_is_done_or_called_off_is_not_planned_again(outcomes: dict[str, str], planned: bool):
    history = [
        done("w", "2026-11-21T09:00", name, visit="w/2026-11", outcome=outcome) for name, outcome in outcomes.items()
    ]
    window = {"start": "2026-11-25", "end": "2026-12-31"}
    found = names(wish("w", recurrence=monthly()), history=history, program={"window": window})
    assert found == (["w/2026-11"] if planned else []) + ["w/2026-12"]


def test_the_order_of_visits_counts_settled_ones_too():
    history = [done("w", "2026-11-21T09:00", "chen", visit="w/2026-12#2")]
    facts = expanded(wish("w", recurrence=monthly(times=3)), history=history)
    assert [(visit.id, visit.order) for visit in facts.visits] == [("w/2026-12", 0), ("w/2026-12#3", 2)]


# ------------------------------------------------------------------------------------------------ how long


def minutes(**facts: Any) -> int:
    escort = {"kind": "escort", "origin": "wu-home", "destination": "clinic", "stay_minutes": 90} | facts
    times = [
        {"origin": "wu-home", "destination": "clinic", "minutes": 30, "mode": "bus"},
        {"origin": "clinic", "destination": "wu-home", "minutes": 35, "mode": "bus"},
        {"origin": "wu-home", "destination": "clinic", "minutes": 12, "mode": "car"},
        {"origin": "wu-home", "destination": "clinic", "minutes": 50, "mode": "walking"},
    ]
    return expanded(wish("w", "2026-12-05T09:00", **escort), travel_times=times).visits[0].minutes


def test_an_escort_takes_the_way_the_stay_and_the_way_back():
    assert minutes() == 30 + 90 + 35  # by bus, unless it says otherwise
    assert minutes(**{"return": False}) == 30 + 90
    assert minutes(travel_mode="walking") == 50 + 90 + 50
    car = [{"id": "helper"}, {"id": "driver", "vehicle": {"seats": 1}}]
    assert minutes(roles=car, travel_mode="walking") == 12 + 90 + 12  # one role's car carries everybody
    assert minutes(stay_minutes=0, origin="wu-home", destination="wu-home") == 1


def test_an_escort_begins_at_its_origin_and_ends_where_it_returns_to():
    for returns, end in ((True, "wu-home"), (False, "clinic")):
        escort = {"kind": "escort", "origin": "wu-home", "destination": "clinic", "return": returns}
        visit = expanded(wish("w", "2026-12-05T09:00", **escort)).visits[0]
        assert (visit.place, visit.end_place) == ("wu-home", end)


def test_a_visit_is_at_home_unless_it_has_a_place():
    facts = expanded(wish("w", "2026-12-05T09:00"), wish("x", "2026-12-05T09:00", place="hall"))
    assert [visit.place for visit in facts.visits] == ["wu-home", "hall"]


# ------------------------------------------------------------------------------------------------ zones and midnight


def test_days_and_clocks_are_the_programmes_own():
    # summer time ends in Berlin on the 25th of October 2026: nine o'clock is an hour later in UTC from then on
    program = {
        "timezone": "Europe/Berlin",
        "as_of": "2026-10-20T09:00:00+02:00",
        "window": {"start": "2026-10-24", "end": "2026-10-26"},
    }
    facts = expanded(wish("w", recurrence={"windows": [{"start": "09:00", "end": "10:00"}]}), program=program)
    first, second, third = facts.visits[0].starts(15)
    assert (second - first, third - second) == (25 * 60, 24 * 60)
    assert [str(facts.calendar.day_of(start)) for start in (first, second, third)] == [
        "2026-10-24",
        "2026-10-25",
        "2026-10-26",
    ]


def test_a_window_may_run_past_midnight():
    window = {"start": "2026-12-04", "end": "2026-12-05"}
    when = {"windows": [{"days": "FR", "start": "22:00", "end": "02:00"}]}
    assert asked(when, program={"window": window}) == {
        "w/1": ["12-04 22:00", "12-04 23:00", "12-05 00:00", "12-05 01:00"]
    }


def test_but_nothing_begins_after_the_planning_window():
    window = {"start": "2026-12-04", "end": "2026-12-04"}
    when = {"windows": [{"days": "FR", "start": "22:00", "end": "02:00"}]}
    assert asked(when, program={"window": window}) == {"w/1": ["12-04 22:00", "12-04 23:00"]}


def test_a_visit_counts_for_the_day_it_begins():
    facts = expanded(wish("w", "2026-12-05T23:30"))
    visit = facts.visits[0]
    assert str(facts.day_of(visit, visit.fixed[0])) == "2026-12-05"


# ------------------------------------------------------------------------------------------------ people and promises


def test_departed_people_stay_in_the_history_under_numbers_of_their_own():
    history = [done("w", "2026-11-07T09:00", name) for name in ("gone", "chen", "lost")]
    facts = expanded(wish("w", "2026-12-05T09:00"), history=history)
    assert facts.row_of("chen") == 0
    assert sorted(facts.row_of(name) for name in ("gone", "lost")) == [-2, -1]
    assert set(facts.done_by_volunteer) == {"chen"}
    assert len(facts.done["w"]) == 3


def test_published_seats_outside_the_plan_take_their_volunteers_time():
    closed = wish("old", "2026-12-05T09:00", state="closed", minutes=90)
    published = [
        told("old/2026-12-05T0900", "2026-12-05T09:00", "chen"),
        {
            "visit": "old/2026-12-06T0900",
            "role": "helper",
            "volunteer": "chen",
            "start": at("2026-12-06T09:00").isoformat(),
        },
        told("w/2026-12-05T1500", "2026-12-05T15:00", "chen"),
    ]
    facts = expanded(wish("w", "2026-12-05T15:00"), closed, published=published)
    assert [(seat.visit, seat.end - seat.start) for seat in facts.outside if seat.start and seat.end] == [
        ("old/2026-12-05T0900", 60),  # as told
        ("old/2026-12-06T0900", 90),  # as long as the wish takes
    ]
    assert [seat.visit for seat, _ in published_in_plan(facts)] == ["w/2026-12-05T1500"]


def test_an_announced_escort_whose_end_nobody_wrote_takes_as_long_as_the_escort():
    escort = {"kind": "escort", "origin": "wu-home", "destination": "clinic", "stay_minutes": 90}
    closed = wish("old", "2026-12-05T09:00", state="closed", **escort)
    seat = {"visit": "old/2026-12-05T0900", "role": "helper", "volunteer": "chen"}
    outside = expanded(closed, published=[seat | {"start": "2026-12-05T09:00:00+08:00"}]).outside[0]
    assert (outside.end or 0) - (outside.start or 0) == 20 + 90 + 20
    assert (outside.place, outside.end_place) == ("wu-home", "wu-home")


def test_a_published_seat_that_has_happened_is_no_longer_outside():
    closed = wish("old", "2026-11-21T09:00", state="closed")
    seat = told("old/2026-11-21T0900", "2026-11-21T09:00", "chen")
    lines = [done("old", "2026-11-21T09:00", "chen", visit="old/2026-11-21T0900", outcome="no-show")]
    assert len(expanded(closed, published=[seat]).outside) == 1
    assert expanded(closed, published=[seat], history=lines).outside == ()


def test_own_limits_win_over_the_programmes():
    scenario = world(
        person("chen", limits={"visits_per_day": 3, "rest_days": 0}), person("li"), wishes=[],
        settings={"default_limits": {"visits_per_day": 1, "visits_per_week": 2, "rest_days": 2}},
    )  # fmt: skip
    chen, li = expand(scenario).limits
    assert (chen.visits_per_day, chen.visits_per_week, chen.rest_days) == (3, 2, 0)
    assert (li.visits_per_day, li.visits_per_week, li.rest_days) == (1, 2, 2)


def test_members_of_a_team_belong_to_the_teams_above_it():
    teams = [{"id": "bank"}, {"id": "youth", "parent": "bank"}, {"id": "choir", "parent": "youth"}]
    people = [person("chen", team="choir"), person("li", team="bank"), person("wang")]
    facts = expand(world(*people, wishes=[], teams=teams))
    assert facts.teams_of == (frozenset({"choir", "youth", "bank"}), frozenset({"bank"}), frozenset())


def test_a_wish_is_in_the_community_of_its_place():
    places = [{"id": "wu-home", "community": "donghe"}, {"id": "hall", "community": "xihe"}]
    facts = expanded(
        wish("w", "2026-12-05T09:00"),
        wish("x", "2026-12-05T09:00", place="hall"),
        places=places,
        residents=[resident("wu")],
    )
    assert [facts.community(visit.wish) for visit in facts.visits] == ["donghe", "xihe"]
