"""Outputs at the edges: nothing to show, no date, past midnight, another time zone, control characters, many people."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import icalendar
import pytest
from output_samples import community_plan, community_scenario, wu_plan

from matcher.domain.scenario import Scenario
from matcher.exchange import page
from matcher.exchange.calendars import render_calendar
from matcher.exchange.outputs import render_outputs
from matcher.exchange.page import render_notice, render_roster
from matcher.exchange.paper import Paper
from matcher.exchange.plan import Plan
from matcher.exchange.wording import open_date
from matcher.problem.roster import Report, Roster, RosterVisit, Seat, Unfilled


@pytest.fixture(autouse=True)
def _without_pdf(monkeypatch):
    monkeypatch.setattr(page, "render_pdf", lambda html: None)


def night_plan(timezone: str, start: str, hours: int) -> Plan:
    scenario = Scenario.model_validate({
        "program": {"name": "Night watch", "timezone": timezone, "holidays": None, "as_of": "2027-03-01T09:00:00+01:00",
                    "window": {"start": "2027-03-01", "end": "2027-03-31"}, "settings": {"language": "zh"}},
        "places": [{"id": "p", "name": "值班室"}], "volunteers": [{"id": "v", "name": "王小明"}],
        "wishes": [{"id": "w", "kind": "event", "place": "p", "title": "夜间值守", "minutes": hours * 60,
                    "recurrence": {"at": [start]}}],
    })
    begin = datetime.fromisoformat(start)
    visit = RosterVisit(id=f"w/{begin:%Y-%m-%dT%H%M}", wish="w", start=begin, end=begin + timedelta(hours=hours),
                        assigned=(Seat(role="helper", volunteer="v"),))
    return Plan(scenario, Roster(scenario=scenario.fingerprint, visits=(visit,)), Report(valid=True))


def test_an_empty_roster_still_makes_every_file():
    plan = community_plan()
    empty = replace(plan, roster=Roster(scenario=plan.scenario.fingerprint), report=Report(valid=True))
    files = dict(render_outputs(empty))
    assert set(files) == {"roster.json", "report.json", "roster.xlsx", "roster.html", "notice.html", "phone-list.html"}
    assert "这段时间没有要安排的名额。" in files["roster.html"].decode()


def test_a_roster_nobody_serves_lists_what_is_missing():
    plan = wu_plan()
    empty = (Unfilled(visit="wu-escort/2026-12", role="driver", count=1),)
    bare = replace(plan, roster=Roster(scenario=plan.scenario.fingerprint, unfilled=empty))
    assert "12月内" in render_roster(Paper(bare))
    assert "缺 1 人" in render_notice(Paper(bare))


@pytest.mark.parametrize(("visit", "words"), [
    ("w/2026-12", "12月内"), ("w/2026-12#2", "12月内"), ("w/2026-W53", "12月28日—1月3日间"), ("w/1", "日期待定"),
    ("w/2026-12-05T0900", "12月5日 周六"), ("a/b/2026-12", "12月内"), ("w/2026-13x", "日期待定"),
])
def test_a_visit_without_a_date_says_what_its_id_tells(visit, words):
    assert open_date(visit, "zh") == words


def test_a_night_ends_on_the_next_day():
    assert "22:00–次日06:00" in render_roster(Paper(night_plan("Asia/Shanghai", "2027-03-06T22:00:00+08:00", 8)))


def test_a_night_with_a_lost_hour_shows_local_clocks():
    # On 28 March 2027 clocks in Berlin skip from 02:00 to 03:00: eight hours from 22:00 end at 07:00.
    plan = night_plan("Europe/Berlin", "2027-03-27T22:00:00+01:00", 8)
    assert "22:00–次日07:00" in render_roster(Paper(plan))
    event = icalendar.Calendar.from_ical(render_calendar(Paper(plan), "v")).events[0]
    assert event.end.timestamp() - event.start.timestamp() == 8 * 3600


def test_universal_time_needs_no_zone():
    calendar = icalendar.Calendar.from_ical(
        render_calendar(Paper(night_plan("UTC", "2027-03-06T22:00:00+00:00", 8)), "v"))
    assert not calendar.get_missing_tzids()


def test_control_characters_and_very_long_texts_break_nothing():
    facts = community_scenario().model_dump(mode="json", by_alias=True)
    for resident in facts["residents"]:
        resident["name"] = "李\x01\x0b\u200b\ufffd" + "长" * 400
    for wish in facts["wishes"]:
        wish["title"] = "服务\n\t\x07很长"
    facts["wishes"][0]["title"] = "很长" * 17_000  # more than a spreadsheet's cell can hold
    files = dict(render_outputs(community_plan(residents=facts["residents"], wishes=facts["wishes"])))
    for name in files:
        if name.endswith(".ics"):
            assert icalendar.Calendar.from_ical(files[name]).events


def test_in_a_large_programme_idle_people_are_only_counted():
    facts = community_scenario().model_dump(mode="json", by_alias=True)
    more = [{"id": f"x{n}", "name": f"陈{n}"} for n in range(100)]
    plan = community_plan(volunteers=[*facts["volunteers"], *more])
    html = render_roster(Paper(plan))
    # 100 newcomers, and two of the eighteen, have nothing to do.
    idle = sum(1 for load in Paper(plan).loads if not load.new and not load.standby)
    assert f"另有 {idle} 位志愿者这次没有安排" in html
    assert "陈57" not in html


def test_a_large_programme_gets_no_pdf(monkeypatch):
    asked = []
    monkeypatch.setattr(page, "render_pdf", lambda html: asked.append(html) or b"%PDF")
    monkeypatch.setattr("matcher.exchange.outputs._MOST_VISITS_IN_A_PDF", 5)
    assert "roster.pdf" not in dict(render_outputs(community_plan()))
    assert not asked


def test_pages_for_others_say_the_year_where_it_is_not_this_one():
    paper = Paper(wu_plan())
    for html in (render_notice(paper), page.render_phone_list(paper)):
        assert "2027年1月9日 周六" in html
        assert "2026年12月5日 周六" not in html
    later = next(key for key, duties in paper.duties.items() if duties[0].entry.sort_day.year == 2027)
    assert "2027年" in page.render_slip(paper, later)


def open_plan(recurrence: dict[str, object]) -> Paper:
    scenario = Scenario.model_validate({
        "program": {"name": "义诊", "as_of": "2026-11-24T09:00:00+08:00",
                    "window": {"start": "2026-12-01", "end": "2026-12-31"}},
        "places": [{"id": "p", "name": "活动室"}],
        "wishes": [{"id": "w", "kind": "event", "place": "p", "title": "义诊", "minutes": 180,
                    "recurrence": recurrence}],
    })
    key = "w/2026-W49" if "per" in recurrence else "w/1"
    empty = (Unfilled(visit=key, role="helper", count=1),)
    return Paper(Plan(scenario, Roster(scenario=scenario.fingerprint, unfilled=empty), Report(valid=True)))


def test_what_nobody_serves_says_the_days_it_was_asked_for():
    # One day asked for is that day, with its hours.
    clinic = open_plan({"windows": [{"dates": ["2026-12-12"], "start": "08:30", "end": "11:30"}]})
    assert "12月12日 周六 08:30–11:30" in render_notice(clinic)
    # Week 49 begins on 30 November, but the roster on 1 December: there is no page for November.
    weekly = open_plan({"times": 1, "per": "week", "windows": [{"days": "any", "start": "08:00", "end": "12:00"}]})
    assert weekly.entries[0].when == "12月1日—12月6日间"
    assert "2026年11月" not in render_roster(weekly).replace("2026年11月24日", "")
