"""Calendars, repeating days and free time."""

from __future__ import annotations

import itertools
import pickle
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.people import Absence, Availability
from matcher.domain.scenario import Program
from matcher.domain.settings import HolidayOverride
from matcher.domain.when import Calendar, contains, days_between, free_time, overlaps, rrule_days

SHANGHAI = Calendar("Asia/Shanghai", "CN")
BERLIN = Calendar("Europe/Berlin")


def day(text: str) -> date:
    return date.fromisoformat(text)


def local(calendar: Calendar, minute: int) -> str:
    return f"{calendar.moment(minute):%m-%d %H:%M}"


def local_spans(calendar: Calendar, spans) -> list[str]:
    return [f"{local(calendar, start)} – {local(calendar, end)}" for start, end in spans]


# The State Council's notice for 2026: New Year 1-3 Jan (4 Jan worked), Spring Festival 15-23 Feb (14 and 28 Feb
# worked), Qingming 4-6 Apr, Labour Day 1-5 May (9 May worked), Dragon Boat 19-21 Jun, Mid-Autumn 25-27 Sep,
# National Day 1-7 Oct (20 Sep and 10 Oct worked).
MAKE_UP_2026 = ["2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"]
BREAKS_2026 = [
    ("2026-01-01", "2026-01-03", "元旦"),
    ("2026-02-15", "2026-02-23", "春节"),
    ("2026-04-04", "2026-04-06", "清明节"),
    ("2026-05-01", "2026-05-05", "劳动节"),
    ("2026-06-19", "2026-06-21", "端午节"),
    ("2026-09-25", "2026-09-27", "中秋节"),
    ("2026-10-01", "2026-10-07", "国庆节"),
]


def test_workdays_of_2026_are_those_of_the_official_notice():
    off = {d for first, last, _ in BREAKS_2026 for d in days_between(day(first), day(last))}
    for d in days_between(day("2026-01-01"), day("2026-12-31")):
        expected = d.isoformat() in MAKE_UP_2026 or (d.weekday() < 5 and d not in off)
        assert SHANGHAI.is_workday(d) == expected, d


@pytest.mark.parametrize(("first", "last", "name"), BREAKS_2026)
def test_every_day_of_a_break_bears_the_name_of_its_festival(first, last, name):
    names = {SHANGHAI.holiday_name(d) for d in days_between(day(first), day(last))}
    assert names <= {name, "除夕"}
    assert name in names


def test_a_workday_and_a_plain_weekend_have_no_holiday_name():
    assert SHANGHAI.holiday_name(day("2026-10-10")) is None
    assert SHANGHAI.holiday_name(day("2026-12-05")) is None


def test_a_day_shared_by_two_festivals_bears_both_names():
    assert SHANGHAI.holiday_name(day("2020-10-01")) == "中秋节、国庆节"


def test_without_holidays_a_workday_is_monday_to_friday():
    plain = Calendar("Asia/Shanghai")
    assert plain.is_workday(day("2026-10-01"))
    assert not plain.is_workday(day("2026-10-10"))
    assert plain.holiday_name(day("2026-10-01")) is None
    assert plain.unpublished_years(day("2026-12-01"), day("2030-01-01")) == ()


def test_the_make_up_days_of_2027_are_not_published():
    assert SHANGHAI.is_published(2026)
    assert not SHANGHAI.is_published(2027)
    assert SHANGHAI.unpublished_years(day("2026-12-01"), day("2028-01-31")) == (2027, 2028)
    # The festivals themselves are known: 2027-10-01 is a Friday.
    assert not SHANGHAI.is_workday(day("2027-10-01"))


def test_an_override_replaces_a_year_and_publishes_it():
    table = HolidayOverride(days_off=(day("2027-10-08"),), workdays=(day("2027-10-09"),))
    calendar = Calendar("Asia/Shanghai", "CN", {"2027": table})
    assert calendar.is_published(2027)
    assert not calendar.is_workday(day("2027-10-08"))
    assert calendar.is_workday(day("2027-10-09"))  # a Saturday
    assert calendar.is_workday(day("2027-10-01"))  # built in as a day off, but not in the table
    assert calendar.is_workday(day("2026-10-10"))  # another year keeps its own


def test_a_notice_may_name_days_of_the_year_before():
    table = HolidayOverride(days_off=(day("2026-12-31"),), workdays=(day("2026-12-26"),))
    calendar = Calendar("Asia/Shanghai", "CN", {"2027": table})
    assert not calendar.is_workday(day("2026-12-31"))
    assert calendar.is_workday(day("2026-12-26"))
    assert not calendar.is_workday(day("2026-10-01"))


def test_a_programme_gives_its_calendar():
    program = Program(
        name="东河社区", as_of="2026-11-24T09:00:00+08:00", window={"start": "2026-12-01", "end": "2026-12-31"},
        settings={"holidays": {"2026": {"days_off": ["2026-12-07"]}}},
    )
    calendar = Calendar.of(program)
    assert calendar.timezone == "Asia/Shanghai"
    assert not calendar.is_workday(day("2026-12-07"))


@pytest.mark.parametrize(
    ("days", "when", "expected"),
    [
        ("any", "2026-10-10", True),
        ("workday", "2026-10-10", True),  # a make-up Saturday
        ("day-off", "2026-10-10", False),
        ("SA,SU", "2026-10-10", True),  # named weekdays ask no calendar
        ("day-off", "2026-10-01", True),  # a Thursday
        ("MO,TU,WE,TH,FR", "2026-10-01", True),
        ("workday", "2026-10-01", False),
        ("SU", "2026-12-05", False),
    ],
)
def test_days_match(days, when, expected):
    assert SHANGHAI.matches(days, day(when)) is expected


def test_a_clock_becomes_a_minute():
    # 2026-12-05 09:00 in Shanghai is 01:00 UTC; the day is 20 792 days after 1970-01-01.
    assert SHANGHAI.minute(day("2026-12-05"), "09:00") == 20_792 * 1440 + 60
    assert SHANGHAI.minute(day("2026-12-05"), "24:00") == SHANGHAI.minute(day("2026-12-06"), "00:00")


def test_a_clock_in_the_gap_moves_forward():
    # 2026-03-29: from 02:00 straight to 03:00.
    assert local(BERLIN, BERLIN.minute(day("2026-03-29"), "02:30")) == "03-29 03:30"
    assert BERLIN.minute(day("2026-03-29"), "24:00") - BERLIN.minute(day("2026-03-29"), "00:00") == 23 * 60


def test_a_clock_that_comes_twice_means_the_first():
    # 2026-10-25: 03:00 becomes 02:00 again; the first 02:30 is 00:30 UTC.
    first = BERLIN.minute(day("2026-10-25"), "02:30")
    assert BERLIN.moment(first).utcoffset() == timedelta(hours=2)
    assert BERLIN.minute(day("2026-10-25"), "24:00") - BERLIN.minute(day("2026-10-25"), "00:00") == 25 * 60


ZONES = ["Asia/Shanghai", "Europe/Berlin", "America/Santiago", "Asia/Beirut", "America/Havana", "Pacific/Kiritimati",
         "Pacific/Pago_Pago", "Australia/Lord_Howe", "UTC"]


@given(
    zone=st.sampled_from(ZONES),
    minute=st.integers(min_value=26_000_000, max_value=31_500_000),  # 2019 to 2029
)
def test_minutes_and_moments_are_the_same_thing(zone, minute):
    calendar = Calendar(zone)
    moment = calendar.moment(minute)
    assert calendar.minute_of(moment) == minute
    assert calendar.day_of(minute) == moment.date()
    resolved = calendar.minute(moment.date(), f"{moment:%H:%M}")
    assert resolved == minute or moment.fold == 1


def test_a_calendar_travels_to_another_process():
    SHANGHAI.minute(day("2026-12-05"), "09:00")
    assert pickle.loads(pickle.dumps(SHANGHAI)).is_workday(day("2026-10-10"))


# --- Recurrence ---------------------------------------------------------------------------------------------------


def test_every_other_saturday_counts_from_its_anchor():
    rule = "FREQ=WEEKLY;INTERVAL=2;BYDAY=SA"
    days = rrule_days(rule, day("2026-11-07"), day("2026-12-01"), day("2026-12-31"))
    assert days == [day("2026-12-05"), day("2026-12-19")]  # 11-07, 11-21, 12-05, 12-19
    shifted = rrule_days(rule, day("2026-11-14"), day("2026-12-01"), day("2026-12-31"))
    assert shifted == [day("2026-12-12"), day("2026-12-26")]


def test_three_on_one_off_is_a_cycle_of_four_days():
    days = rrule_days("FREQ=DAILY;INTERVAL=4", day("2026-12-03"), day("2026-12-01"), day("2026-12-16"))
    assert days == [day("2026-12-03"), day("2026-12-07"), day("2026-12-11"), day("2026-12-15")]


def test_both_ends_are_included_and_nothing_lies_before_the_anchor():
    assert rrule_days("FREQ=DAILY", day("2026-12-02"), day("2026-12-01"), day("2026-12-03")) == [
        day("2026-12-02"), day("2026-12-03"),
    ]
    assert rrule_days("FREQ=DAILY;UNTIL=20261202", day("2026-12-01"), day("2026-12-01"), day("2026-12-09")) == [
        day("2026-12-01"), day("2026-12-02"),
    ]
    assert rrule_days("FREQ=MONTHLY;BYMONTHDAY=31", day("2026-11-01"), day("2026-11-01"), day("2027-01-31")) == [
        day("2026-12-31"), day("2027-01-31"),
    ]
    assert rrule_days("FREQ=DAILY", day("2026-12-02"), day("2026-12-05"), day("2026-12-03")) == []


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        ("", "FREQ="),
        ("每周六", "FREQ="),
        ("BYDAY=SA", "FREQ="),
        ("FREQ=HOURLY", "FREQ="),
        ("FREQ=WEEKLY;BYDAY=XX", "cannot be read"),
        ("FREQ=WEEKLY;NONSENSE=1", "cannot be read"),
        ("FREQ=DAILY;INTERVAL=0", "interval of 1"),
        ("FREQ=DAILY;INTERVAL=-1", "interval of 1"),
        ("FREQ=DAILY;BYHOUR=9", "days only"),
        ("FREQ=DAILY;UNTIL=20261231T155959Z", "UNTIL=20261231"),
    ],
)
def test_a_bad_rule_is_refused_with_a_sentence(rule, says):
    with pytest.raises(ValueError, match=says):
        rrule_days(rule, day("2026-12-01"), day("2026-12-01"), day("2026-12-31"))


# --- Free time ----------------------------------------------------------------------------------------------------


def december(*rules: Availability, absences=(), calendar=SHANGHAI, first="2026-12-01", last="2026-12-31"):
    return free_time(rules, absences, calendar, day(first), day(last))


def test_free_time_follows_holidays_and_make_up_days():
    evenings = Availability(days="workday", start="19:00", end="21:00")
    free = december(evenings, first="2026-10-07", last="2026-10-12")
    assert local_spans(SHANGHAI, free.available) == [
        "10-08 19:00 – 10-08 21:00", "10-09 19:00 – 10-09 21:00",
        "10-10 19:00 – 10-10 21:00",  # the make-up Saturday
        "10-12 19:00 – 10-12 21:00",
    ]


def test_touching_spans_merge_across_midnight():
    free = december(Availability(), first="2026-12-01", last="2026-12-03")
    assert local_spans(SHANGHAI, free.available) == ["12-01 00:00 – 12-04 00:00"]
    night = december(Availability(days="SA", start="20:00"), Availability(days="SU", end="06:00"))
    assert "12-05 20:00 – 12-06 06:00" in local_spans(SHANGHAI, night.available)


def test_an_end_at_or_before_the_start_runs_past_midnight():
    free = december(Availability(start="22:00", end="02:00"), first="2026-12-05", last="2026-12-05")
    # The span that began the evening before still counts, and nothing is cut.
    assert local_spans(SHANGHAI, free.available) == ["12-04 22:00 – 12-05 02:00", "12-05 22:00 – 12-06 02:00"]
    whole_day = december(Availability(days="SA", start="08:00", end="08:00"), first="2026-12-05", last="2026-12-05")
    assert local_spans(SHANGHAI, whole_day.available) == ["12-05 08:00 – 12-06 08:00"]


def test_what_is_unavailable_wins_over_everything():
    free = december(
        Availability(start="08:00", end="18:00"),
        Availability(start="09:00", end="14:00", kind="preferred"),
        Availability(start="17:00", end="19:00", kind="undesired"),
        Availability(start="12:00", end="13:30", kind="unavailable"),
        first="2026-12-05", last="2026-12-05",
    )
    assert local_spans(SHANGHAI, free.available) == ["12-05 08:00 – 12-05 12:00", "12-05 13:30 – 12-05 19:00"]
    assert local_spans(SHANGHAI, free.preferred) == ["12-05 09:00 – 12-05 12:00", "12-05 13:30 – 12-05 14:00"]
    assert local_spans(SHANGHAI, free.undesired) == ["12-05 17:00 – 12-05 19:00"]


def test_what_is_unavailable_the_day_after_shortens_the_last_night():
    free = december(
        Availability(days="SA", start="20:00", end="04:00"), Availability(days="SU", kind="unavailable"),
        first="2026-12-05", last="2026-12-05",
    )
    assert local_spans(SHANGHAI, free.available) == ["12-05 20:00 – 12-06 00:00"]


def test_absences_are_taken_out_to_the_minute():
    absence = Absence(start="2026-12-05T10:00:00+08:00", end="2026-12-05T02:30:20Z")  # until 10:30:20
    free = december(Availability(days="SA", start="08:00", end="12:00"), absences=[absence],
                    first="2026-12-05", last="2026-12-05")
    assert local_spans(SHANGHAI, free.available) == ["12-05 08:00 – 12-05 10:00", "12-05 10:31 – 12-05 12:00"]


def test_since_and_until_bound_a_stretch():
    free = december(Availability(start="08:00", end="09:00", since="2026-12-30", until="2027-06-30"))
    assert local_spans(SHANGHAI, free.available) == ["12-30 08:00 – 12-30 09:00", "12-31 08:00 – 12-31 09:00"]
    assert december(Availability(until="2026-11-01")).available == ()


def test_a_rule_gives_the_days():
    free = december(Availability(rrule="FREQ=WEEKLY;INTERVAL=2;BYDAY=SA", dtstart="2026-12-05", start="08:00",
                                 end="12:00"))
    assert local_spans(SHANGHAI, free.available) == ["12-05 08:00 – 12-05 12:00", "12-19 08:00 – 12-19 12:00"]


def test_a_rule_that_needs_no_anchor_gets_none():
    free = december(Availability(rrule="FREQ=MONTHLY;BYMONTHDAY=23", start="08:00", end="12:00"))
    assert local_spans(SHANGHAI, free.available) == ["12-23 08:00 – 12-23 12:00"]


@pytest.mark.parametrize("rule", ["FREQ=WEEKLY;INTERVAL=2;BYDAY=SA", "FREQ=DAILY;COUNT=3", "FREQ=MONTHLY"])
def test_which_saturday_is_the_first_is_never_guessed(rule):
    with pytest.raises(ValueError, match="give dtstart"):
        december(Availability(rrule=rule))


def test_a_span_swallowed_by_daylight_saving_is_gone():
    gap = december(Availability(start="02:30", end="03:15"), calendar=BERLIN, first="2026-03-29", last="2026-03-29")
    assert gap.available == ()  # 02:30 is read as 03:30
    free = december(Availability(start="01:00", end="04:00"), calendar=BERLIN, first="2026-03-29", last="2026-03-29")
    assert [end - start for start, end in free.available] == [120]


def test_nobody_without_hours_is_free():
    assert december().available == ()


RULES = st.builds(
    Availability,
    days=st.sampled_from(["any", "workday", "day-off", "SA,SU", "WE"]),
    start=st.sampled_from(["00:00", "06:00", "09:30", "22:00"]),
    end=st.sampled_from(["01:00", "09:30", "12:00", "24:00"]),
    kind=st.sampled_from(["available", "preferred", "undesired", "unavailable"]),
)
ABSENCES = st.integers(0, 5 * 24).flatmap(
    lambda hour: st.integers(1, 30).map(
        lambda hours: Absence(
            start=datetime.fromisoformat("2026-10-08T00:00:00+08:00") + timedelta(hours=hour),
            end=datetime.fromisoformat("2026-10-08T00:00:00+08:00") + timedelta(hours=hour + hours),
        )
    )
)


@given(rules=st.lists(RULES, max_size=5), absences=st.lists(ABSENCES, max_size=2))
def test_free_time_is_what_each_minute_says(rules, absences):
    first, last = day("2026-10-08"), day("2026-10-12")
    free = free_time(rules, absences, SHANGHAI, first, last)

    def covers(rule, minute, last_start):
        for d in days_between(first - timedelta(days=1), last_start):
            start = SHANGHAI.minute(d, rule.start)
            end = SHANGHAI.minute(d if rule.end > rule.start else d + timedelta(days=1), rule.end)
            if SHANGHAI.matches(rule.days, d) and start <= minute < end:
                return True
        return False

    # Every clock above is on a half hour, so half hours decide.
    for minute in range(SHANGHAI.minute(first, "00:00"), SHANGHAI.minute(last, "24:00"), 30):
        away = any(covers(r, minute, last) for r in rules if r.kind == "unavailable") or any(
            SHANGHAI.minute_of(a.start) <= minute < SHANGHAI.minute_of(a.end) for a in absences
        )
        for kind, spans in (("preferred", free.preferred), ("undesired", free.undesired)):
            told = any(covers(r, minute, last) for r in rules if r.kind == kind)
            assert overlaps(spans, minute, minute + 30) == (told and not away)
        told = any(covers(r, minute, last) for r in rules if r.kind != "unavailable")
        assert contains(free.available, minute, minute + 30) == (told and not away)
    for spans in (free.available, free.preferred, free.undesired):
        assert all(a[1] < b[0] for a, b in itertools.pairwise(spans))
        assert all(start < end for start, end in spans)
