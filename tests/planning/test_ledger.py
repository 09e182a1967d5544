"""The ledger: turns, minutes, no-shows, points, stars, the time bank, and the lines the hours platforms take."""

from __future__ import annotations

from datetime import date

import pytest
from small_town import event, person, town

from matcher.errors import BadInput
from matcher.planning.ledger import ledger


def past(who, start="2026-11-07T09:00:00+08:00", minutes=60, **more):
    return {"volunteer": who, "start": start, "minutes": minutes} | more


def facts(history, volunteers=None, **more):
    return town(volunteers or [person("a"), person("b")], [event("clinic")], history=history, **more).scenario


def line(counted, name):
    return next(one for one in counted.people if one.volunteer == name)


def test_a_person_has_turns_minutes_no_shows_and_points():
    history = [
        past("a", minutes=90), past("a", "2026-11-08T09:00:00+08:00", minutes=45),
        past("a", "2026-11-09T09:00:00+08:00", outcome="no-show"),
        past("a", "2026-11-10T09:00:00+08:00", outcome="cancelled"),
    ]
    rewards = {"points_per_visit": 3, "points_per_hour": 10, "points_per_no_show": 5}
    own = line(ledger(facts(history, settings={"rewards": rewards})), "a")
    assert (own.turns, own.minutes, own.no_shows, own.cancelled) == (2, 135, 1, 1)
    # 2 visits at 3, 135 minutes at 10 an hour (22.5, rounded down), a no-show at 5: 6 + 22 − 5.
    assert own.points == 23


def test_the_period_counts_local_days_with_both_ends():
    history = [
        past("a", "2026-10-31T23:59:00+08:00"), past("a", "2026-11-01T00:00:00+08:00"),
        past("a", "2026-11-20T23:59:00+08:00"), past("a", "2026-11-21T00:00:00+08:00"),
    ]
    counted = ledger(facts(history), date(2026, 11, 1), date(2026, 11, 20))
    assert line(counted, "a").turns == 2
    assert [one.day for one in counted.hours] == [date(2026, 11, 1), date(2026, 11, 20)]


def test_stars_count_all_service_and_what_came_before_the_record():
    people = [person("a", prior_minutes=99 * 60), person("b", prior_minutes=99 * 60)]
    history = [past("a", minutes=60), past("b", minutes=59)]
    counted = ledger(facts(history, people), date(2026, 12, 1), date(2026, 12, 31))
    assert [(line(counted, name).hours, line(counted, name).stars) for name in "ab"] == [(100, "★"), (99, "")]
    assert line(counted, "a").turns == 0  # none of it in December


def test_stars_have_their_own_names_and_thresholds():
    rewards = {"stars": {"铜": 1, "银": 2}}
    counted = ledger(facts([past("a", minutes=119), past("b", minutes=120)], settings={"rewards": rewards}))
    assert [line(counted, name).stars for name in "ab"] == ["铜", "银"]


def test_recent_turns_are_those_of_history_days():
    history = [past("a", "2026-05-01T09:00:00+08:00"), past("a")]  # 207 and 17 days ago
    own = line(ledger(facts(history)), "a")
    assert (own.turns, own.recent_turns) == (2, 1)


def test_the_time_bank_weighs_service_given_against_service_received():
    residents = [{"id": "li", "name": "李奶奶", "is_volunteer": "a"}]
    # Two helpers of an hour each are two hours received.
    history = [past("a", minutes=90), past("b", resident="li"), past("c", resident="li"),
               past("b", "2026-11-09T09:00:00+08:00", resident="li", outcome="no-show")]
    people = [person(name) for name in "abc"]
    counted = ledger(facts(history, people, residents=residents))
    assert (line(counted, "a").received, line(counted, "a").balance) == (120, -30)
    assert (line(counted, "b").received, line(counted, "b").balance) == (None, None)


def test_a_resident_has_visits_people_and_the_last_day():
    residents = [{"id": "li", "name": "李奶奶"}, {"id": "wu", "name": "吴伯"}]
    history = [
        past("a", resident="li", visit="v/1"), past("b", resident="li", visit="v/1"),
        past("a", "2026-11-09T09:00:00+08:00", resident="li", visit="v/2"),
        past("b", "2026-11-10T09:00:00+08:00", resident="li", visit="v/3", outcome="no-show"),
    ]
    li, wu = ledger(facts(history, residents=residents)).residents
    assert (li.resident, li.visits, li.minutes, li.people, li.no_shows) == ("li", 2, 180, 2, 1)
    assert li.last == date(2026, 11, 9)
    assert (wu.visits, wu.last) == (0, None)


def test_whoever_has_left_keeps_their_lines():
    counted = ledger(facts([past("gone")]))
    assert (line(counted, "gone").turns, line(counted, "gone").has_left) == (1, True)


def test_hours_are_reported_for_what_was_done_with_number_and_activity():
    people = [person("a") | {"name": "陈红", "number": "4413"}, person("b") | {"name": "王军"}]
    history = [
        past("b", "2026-11-08T09:00:00+08:00", wish="clinic", minutes=180), past("a", role="站点值班", minutes=120),
        past("a", "2026-11-09T09:00:00+08:00", outcome="no-show"),
    ]
    counted = ledger(facts(history, people))
    assert [(one.number, one.name, one.minutes, one.activity) for one in counted.hours] == [
        ("4413", "陈红", 120, "站点值班"), ("", "王军", 180, "clinic"),
    ]
    assert counted.without_number == ("王军",)


def test_a_period_that_ends_before_it_begins_is_refused():
    with pytest.raises(BadInput, match="早于"):
        ledger(facts([]), date(2026, 11, 2), date(2026, 11, 1))


def test_most_turns_come_first_whatever_the_order_of_rows():
    history = [past("a"), past("b"), past("b", "2026-11-08T09:00:00+08:00")]
    one, other = facts(history), facts(history[::-1], [person("b"), person("a")])
    assert [own.volunteer for own in ledger(one).people] == ["b", "a"]
    assert ledger(one) == ledger(other)
