"""The .ics files: entries a calendar program takes, at the right moment, with identities that stay."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import icalendar
from output_samples import community_plan, wu_plan

from matcher.exchange.calendars import qr_entry, render_calendar
from matcher.exchange.paper import Paper
from matcher.exchange.plan import Plan


def events_of(plan: Plan, volunteer: str) -> list[icalendar.Event]:
    return icalendar.Calendar.from_ical(render_calendar(Paper(plan), volunteer)).events


def test_an_entry_starts_and_ends_when_the_visit_does():
    event = events_of(wu_plan(), "v01")[0]
    assert event.start == datetime(2026, 12, 5, 0, tzinfo=UTC)  # eight in Shanghai
    assert event.end - event.start == timedelta(hours=4)
    assert event["dtstart"].params["tzid"] == "Asia/Shanghai"
    assert event["summary"] == "每月去看望儿子（吴伯）"
    assert event["location"] == "东河苑3栋 → 市康宁疗养院"


def test_the_time_zone_comes_along():
    calendar = icalendar.Calendar.from_ical(render_calendar(Paper(wu_plan()), "v01"))
    assert [zone.tz_name for zone in calendar.timezones] == ["Asia/Shanghai"]
    assert not calendar.get_missing_tzids()


def test_two_alarms_a_day_and_two_hours_before():
    for event in events_of(wu_plan(), "v01"):
        triggers = sorted(alarm["trigger"].dt for alarm in event.walk("VALARM"))
        assert triggers == [timedelta(days=-1), timedelta(hours=-2)]


def test_the_stamp_is_the_scenarios_now():
    assert events_of(wu_plan(), "v01")[0]["dtstamp"].dt == datetime(2026, 11, 24, 1, tzinfo=UTC)


def test_a_stand_by_is_marked_and_tentative():
    event = events_of(wu_plan(), "v01")[1]
    assert event["summary"] == "【备班】每月去看望儿子（吴伯）"
    assert event["status"] == "TENTATIVE"


def test_goods_fill_a_day_without_blocking_it():
    event = events_of(community_plan(), "v17")[0]
    assert (event.start, event.end) == (date(2026, 12, 20), date(2026, 12, 21))
    assert event["transp"] == "TRANSPARENT"
    # Nine o'clock on the day before.
    assert [alarm["trigger"].dt for alarm in event.walk("VALARM")] == [timedelta(hours=-15)]


def test_an_entry_keeps_its_identity_when_its_time_changes():
    plan = wu_plan()
    first, *rest = plan.roster.visits
    later = first.model_copy(update={"start": first.start + timedelta(days=1), "end": first.end + timedelta(days=1)})
    moved = replace(plan, roster=plan.roster.model_copy(update={"visits": (later, *rest)}))
    before, after = events_of(plan, "v01")[0], events_of(moved, "v01")[0]
    assert before["uid"] == after["uid"]
    assert before.start != after.start


def test_everybody_and_every_visit_has_an_identity_of_its_own():
    paper = Paper(community_plan())
    uids = [str(event["uid"]) for key in paper.duties for event in events_of(community_plan(), key)]
    assert len(uids) == len(set(uids)) == sum(len(duties) for duties in paper.duties.values())


def test_no_phone_and_no_door_travels_to_a_calendar():
    for plan in (wu_plan(), community_plan()):
        paper = Paper(plan)
        for key in paper.duties:
            # Unfolded first: a long line may be broken anywhere.
            text = render_calendar(paper, key).replace(b"\r\n ", b"").decode()
            assert "1380000" not in text
            assert "单元" not in text


def test_the_code_holds_an_entry_a_phone_understands():
    paper = Paper(wu_plan())
    text = qr_entry(paper, paper.duties["v01"][0], "v01")
    event = icalendar.Event.from_ical(text)
    assert event.start == datetime(2026, 12, 5, 0, tzinfo=UTC)
    assert event["uid"] == events_of(wu_plan(), "v01")[0]["uid"]
    assert len(text.encode()) < 400  # QR version 13 or less at level M: coarse enough for a camera
