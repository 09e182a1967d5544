"""Days full of visits on paper: each person's homes in the order they go, with the way between, in both languages."""

from __future__ import annotations

import io
import re

import pytest

from matcher.domain.scenario import Scenario
from matcher.exchange.page import render_notice, render_roster, render_slip, render_slips
from matcher.exchange.paper import Paper
from matcher.exchange.plan import Plan
from matcher.exchange.rounds import rounds_of, rounds_of_person
from matcher.exchange.sheet import render_workbook
from matcher.problem.check import check
from matcher.problem.roster import Roster

TIMES = {"w2": ("09:00", "09:30"), "w0": ("09:40", "10:10"), "w1": ("10:30", "11:00")}
"""The order of the day is not that of the names."""


def plan(language: str = "zh", visits: int = 3) -> Plan:
    """One person's day: homes 10 minutes apart, the first 7 from their own; another comes along to the second."""
    facts = Scenario.model_validate({
        "program": {"name": "维修日", "as_of": "2026-11-30T09:00:00+08:00", "window": {"start": "2026-12-05", "end": "2026-12-05"},
                    "settings": {"language": language, "default_limits": {"visits_per_day": 9, "visits_per_week": 9}}},
        "places": [{"id": f"h{n}", "name": f"石桥路{n}号", "address": f"{n}单元101"} for n in range(3)] + [{"id": "own"}],
        "travel_times": [
            {"origin": "own", "destination": "h2", "minutes": 7}, {"origin": "h2", "destination": "h0", "minutes": 10},
            {"origin": "h0", "destination": "h1", "minutes": 12}, {"origin": "h1", "destination": "own", "minutes": 4},
        ],
        "residents": [{"id": f"r{n}", "name": f"{'王李张'[n]}奶奶", "home": f"h{n}", "phone": f"1380000100{n}"} for n in range(3)],
        "volunteers": [
            {"id": f"v{n}", "name": name, "home": "own", "travel_mode": "e-bike", "prior_visits": 5,
             "availability": [{"start": "08:00", "end": "12:00"}]}
            for n, name in enumerate(("何建国", "向志强"))
        ],
        "wishes": [
            {"id": f"w{n}", "kind": "visit", "resident": f"r{n}", "title": title, "minutes": 30,
             "recurrence": {"windows": [{"dates": ["2026-12-05"]}]},
             "roles": [{"id": "master"}, {"id": "helper"}] if n == 0 else [{"id": "master"}]}
            for n, title in enumerate(("装扶手", "换灯泡", "修水龙头"))
        ],
    })
    chosen = list(TIMES.items())[:visits]
    roster = Roster.model_validate({
        "program": "维修日", "scenario": facts.fingerprint,
        "visits": [
            {"id": f"{wish}/1", "wish": wish, "start": f"2026-12-05T{start}:00+08:00", "end": f"2026-12-05T{end}:00+08:00",
             "assigned": [{"role": "master", "volunteer": "v0"}] + ([{"role": "helper", "volunteer": "v1"}] if wish == "w0" else [])}
            for wish, (start, end) in chosen
        ],
    })
    report = check(facts, roster)
    assert report.valid, report.violations
    return Plan(facts, roster, report)


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html.partition("<body>")[2]))


def test_a_round_follows_the_clock_and_its_way_is_the_judges():
    own = plan()
    (one,) = rounds_of(Paper(own))
    assert [call.duty.entry.wish.id for call in one.calls] == ["w2", "w0", "w1"]
    assert [(call.there, call.onward) for call in one.calls] == [(7, 10), (10, 12), (12, 4)]
    assert (one.way, one.service) == (33, 90)
    # v1 goes from home to h0 and back; a way nobody measured takes 20 minutes, twice.
    assert own.report.terms["travel"] == one.way + 40


def test_two_visits_a_day_are_no_round():
    assert rounds_of(Paper(plan(visits=2))) == ()
    assert "当天路线" not in render_roster(Paper(plan(visits=2)))


@pytest.mark.parametrize(("language", "heading", "sums", "home"), [
    ("zh", "当天路线", "3家，服务1小时30分，路上共33分钟；从家出发7分钟到第一家", "4分钟（回家）"),
    ("en", "Rounds", "3 visits, 1 h 30 min of service, 33 min on the way; 7 minutes from home to the first", "4 min, home"),
])
def test_sheet_and_slip_list_the_homes_in_order_with_the_way(language, heading, sums, home):
    paper = Paper(plan(language))
    for html in (render_roster(paper), render_slip(paper, "v0"), render_slips(paper)):
        words = text_of(html)
        assert heading in words
        assert sums in words
        assert words.index("张奶奶") < words.index("王奶奶") < words.index("李奶奶")
        assert home in words
    assert heading not in text_of(render_slip(paper, "v1"))


def test_only_the_slip_says_which_door():
    paper = Paper(plan())
    assert "2单元101" in render_slip(paper, "v0")
    assert "单元101" not in render_roster(paper)
    assert "单元101" not in render_notice(paper)


def test_a_slip_knows_only_its_own_round():
    paper = Paper(plan())
    assert [one.volunteer.id for one in rounds_of_person(paper, "v0")] == ["v0"]
    assert rounds_of_person(paper, "v1") == ()


@pytest.mark.parametrize(("language", "name", "last"), [("zh", "当天路线", "4分钟（回家）"), ("en", "Rounds", "4 min, home")])
def test_the_workbook_has_a_sheet_of_rounds(language, name, last):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.load_workbook(io.BytesIO(render_workbook(plan(language))))
    rows = [[cell.value for cell in row] for row in book[name].iter_rows()]
    calls = [row for row in rows if row[0] == "何建国"]
    assert [(row[2], row[4], row[8]) for row in calls] == [(1, "张奶奶", 10), (2, "王奶奶", 12), (3, "李奶奶", last)]
    assert name not in openpyxl.load_workbook(io.BytesIO(render_workbook(plan(language, visits=2)))).sheetnames
