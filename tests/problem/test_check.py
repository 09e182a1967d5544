"""The judge's manners: what it refuses to judge, what it reports, and that nothing can be changed afterwards."""

from __future__ import annotations

import json

import pydantic
import pytest
from rich_world import rich_world
from worlds import SATURDAY, done, fixed, goods, judged, person, roster, served, speaking, wish, world

from matcher.errors import BadInput
from matcher.problem.check import check
from matcher.problem.expand import expand
from matcher.problem.roster import Report, Roster, RosterVisit, Seat

VISIT = "w/2026-12-05T0900"
TWO = world(person("chen"), person("li"), wishes=[wish("w", SATURDAY), goods("kettle", "2026-12-10")])


def line(**fields: object) -> RosterVisit:
    facts = {"id": VISIT, "wish": "w", "start": "2026-12-05T09:00:00+08:00", "end": "2026-12-05T10:00:00+08:00"}
    return RosterVisit.model_validate(facts | {"assigned": [{"role": "helper", "volunteer": "chen"}]} | fields)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_all_unknown_names_are_told_at_once(language: str):
    lines = (
        line(assigned=[{"role": "helper", "volunteer": "nobody"}], standbys=[{"role": "pilot", "volunteer": "li"}]),
        line(id="kettle/1"),
        line(id="w/2026-12-06T0900"),
    )
    with pytest.raises(BadInput) as caught:
        check(speaking(TWO, language), Roster(program="西河", scenario="x", visits=lines))
    assert [fault.code for fault in caught.value.faults] == [
        "another-program",
        "unknown-volunteer",
        "unknown-role",
        "unknown-wish",
        "unknown-visit",
    ]
    assert [fault.path[:2] for fault in caught.value.faults[1:]] == [
        ("visits", 0),
        ("visits", 0),
        ("visits", 1),
        ("visits", 2),
    ]
    assert all(("“" in fault.message) == (language == "zh") for fault in caught.value.faults)


def test_a_roster_that_names_no_programme_is_judged():
    assert check(TWO, roster(TWO, line())).valid
    assert check(TWO, Roster(program="东河", scenario=TWO.fingerprint, visits=(line(),))).valid


def test_an_empty_roster_is_valid_and_leaves_every_need():
    report = judged(rich_world())
    assert {violation.rule for violation in report.violations} == {"keeps_what_is_published", "keeps_what_is_pinned"}
    assert judged(TWO).valid
    assert judged(TWO).tier("needs") == 2 * 900


def test_a_line_without_anybody_says_nothing():
    empty = line(assigned=[])
    assert judged(TWO, empty).terms == judged(TWO).terms


def test_an_end_left_away_is_worked_out():
    assert judged(TWO, line(end=None)).valid


def test_an_offset_does_not_matter():
    assert judged(TWO, line(start="2026-12-05T01:00:00Z", end="2026-12-05T02:00:00Z")).valid


def test_goods_have_no_time_even_if_somebody_writes_one():
    timed = served("kettle/1", "2026-12-10T03:00", "chen")
    report = judged(TWO, timed)
    assert report.valid
    assert report.terms == judged(TWO, served("kettle/1", None, "chen")).terms


def test_everybodys_share_is_listed():
    scenario = world(
        person("chen", limits={"visits_per_month": 4}),
        person("li", limits={"visits_per_month": 2}),
        wishes=[wish("w", SATURDAY, minutes=90), goods("kettle", "2026-12-10")],
        history=[done("w", "2026-11-07T09:00", "chen"), done("w", "2026-11-14T09:00", "chen")],
    )
    report = judged(scenario, fixed("w", SATURDAY, "li", minutes=90), served("kettle/1", None, "li"))
    shares = [(row.volunteer, row.before, row.new, row.offered, row.minutes) for row in report.fairness]
    assert shares == [("chen", 2, 0, 4, 0), ("li", 0, 2, 2, 90)]


def test_facts_worked_out_once_serve_many_rosters():
    facts = expand(TWO)
    assert check(facts, roster(TWO, line())) == check(TWO, roster(TWO, line()))


def test_rosters_and_reports_cannot_be_changed():
    crew = roster(TWO, line())
    with pytest.raises(pydantic.ValidationError, match="frozen"):
        crew.visits = ()  # type: ignore[misc]
    with pytest.raises(pydantic.ValidationError, match="frozen"):
        crew.visits[0].assigned[0].volunteer = "li"  # type: ignore[misc]
    with pytest.raises(pydantic.ValidationError, match="frozen"):
        judged(TWO, line()).valid = False  # type: ignore[misc]


def test_rosters_and_reports_survive_json():
    crew = roster(TWO, line(standbys=[Seat(role="helper", volunteer="li")]))
    assert Roster.model_validate_json(crew.to_json()) == crew
    assert crew.to_json() == Roster.model_validate_json(crew.to_json()).to_json()
    report = check(TWO, crew)
    assert not report.valid
    assert Report.model_validate(json.loads(report.model_dump_json())) == report
