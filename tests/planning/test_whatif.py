"""What if: other settings change the roster, and every roster is measured by the facts as they are."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from small_town import event, person, read, town

from matcher.exchange.whatif_plot import render_plot
from matcher.planning.whatif import NOW, Outcome, Setting, what_if, with_setting
from matcher.solvers.stop import Stop

SATURDAYS = [f"2026-12-{day:02d}T09:00:00+08:00" for day in (5, 12, 19, 26)]


@pytest.fixture(scope="module")
def table():
    # One lives next door, three half an hour away; each could come once a week. Four Saturdays.
    people = [person("近", 2), *(person(name, 30) for name in ("甲", "乙", "丙"))]
    problem = town(people, [event("讲座", at=SATURDAYS)], limits={"visits_per_week": 1, "max_travel_minutes": 40})
    settings = [Setting(fairness=0), NOW, Setting(fairness=4), Setting(reach=0.5)]
    return what_if(problem.scenario, settings=settings, stop=Stop(seconds=20))


def test_less_fairness_shortens_ways_and_more_evens_turns(table):
    near, now, even, reach = table.outcomes
    assert {own.filled for own in table.outcomes} == {4}
    # The neighbour goes every time: 2 minutes there and back, four times. Or everybody once: (4 + 3 · 60) / 4.
    assert (near.minutes, even.minutes) == (4.0, 46.0)
    assert even.unevenness == 0
    # One of four does it all: (n − 1) / n.
    assert near.unevenness == 75
    assert near.minutes <= now.minutes <= even.minutes
    assert reach.minutes == 4.0  # within twenty minutes there is only the neighbour


def test_only_what_nothing_beats_is_marked(table):
    for own in table.outcomes:
        assert own.is_best is not any(own.is_beaten_by(other) for other in table.outcomes)
    assert Outcome(NOW, 4, 10, 5.0).is_beaten_by(Outcome(NOW, 4, 10, 4.0))
    assert not Outcome(NOW, 4, 10, 5.0).is_beaten_by(Outcome(NOW, 3, 10, 4.0))
    assert not Outcome(NOW, 4, 10, 5.0).is_beaten_by(Outcome(NOW, 4, 10, 5.0))


def test_a_table_in_words_and_as_a_picture(table):
    assert table.lines("zh")[0].startswith("4个名额，换4种设置各排一遍")
    assert "（现在的设置）" in table.lines("zh")[2]
    picture = ElementTree.fromstring(render_plot(table, "en"))
    circles = picture.findall("{http://www.w3.org/2000/svg}circle")
    assert len(circles) == len({(own.minutes, own.unevenness) for own in table.outcomes})


def test_the_setting_as_it_is_changes_nothing():
    problem, _ = read("chunhui")
    assert with_setting(problem.scenario, NOW).fingerprint == problem.scenario.fingerprint


def test_long_work_counts_the_settings_done():
    problem, heard = town([person("a")], [event("讲座", at=SATURDAYS)]), []
    what_if(problem.scenario, settings=[NOW, Setting(fairness=4)], stop=Stop(seconds=20), told=lambda *done: heard.append(done))
    assert heard == [(0, 2), (1, 2)]
