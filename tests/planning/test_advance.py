"""A roster and its outcomes become the next month's history."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from small_town import event, person, roster, town

from matcher.domain.scenario import PlanningWindow
from matcher.errors import BadInput
from matcher.planning.advance import Outcome, advance
from matcher.planning.evenness import gini, spread
from matcher.problem.expand import expand
from matcher.problem.roster import Roster, RosterVisit, Seat

JANUARY = PlanningWindow(start=date(2027, 1, 1), end=date(2027, 1, 31))
VISIT = "clinic/2026-12-05T0900"


def facts(**more):
    wishes = more.pop("wishes", None) or [event("clinic", staffing={"standbys": 1})]
    return town([person("a"), person("b"), person("c")], wishes, **more)


def served(problem, *standbys):
    """a serves the clinic; others stand by."""
    made = roster(problem, clinic=("a",))
    (visit,) = made.visits
    seats = tuple(Seat(role="helper", volunteer=name) for name in standbys)
    return Roster(**dict(made) | {"visits": (RosterVisit(**dict(visit) | {"standbys": seats}),)})


def history(scenario):
    return [(one.visit, one.volunteer, one.outcome, one.minutes, one.stepped_in) for one in scenario.history]


def codes(*arguments, **options):
    with pytest.raises(BadInput) as refused:
        advance(*arguments, **options)
    return [fault.code for fault in refused.value.faults]


def test_what_was_planned_and_is_over_was_done():
    problem = facts()
    after = advance(problem.scenario, served(problem, "b"), (), JANUARY)
    # The stand-by b did not step in, so no line.
    assert history(after) == [(VISIT, "a", "done", 60, False)]
    assert after.program.window == JANUARY
    assert after.program.as_of == datetime.fromisoformat("2027-01-01T00:00:00+08:00")


def test_outcomes_say_what_went_otherwise_and_who_stepped_in():
    problem = facts()
    outcomes = [Outcome(VISIT, "a", "no-show"), Outcome(VISIT, "b", minutes=90)]
    after = advance(problem.scenario, served(problem, "b"), outcomes, JANUARY)
    assert history(after) == [(VISIT, "a", "no-show", 60, False), (VISIT, "b", "done", 90, True)]


def test_what_lies_ahead_is_no_history_yet():
    problem = facts()
    now = datetime.fromisoformat("2026-12-05T09:00:00+08:00")
    after = advance(problem.scenario, served(problem), (), JANUARY, as_of=now)
    assert after.history == ()


def test_nothing_is_written_into_history_twice():
    problem = facts()
    once = advance(problem.scenario, served(problem), (), JANUARY)
    assert advance(once, served(problem), (), JANUARY).history == once.history


def test_who_did_not_turn_up_may_come_another_day_for_the_same_visit():
    problem = facts()
    once = advance(problem.scenario, served(problem), [Outcome(VISIT, "a", "no-show")], JANUARY)
    (entry,) = served(problem).visits
    later = entry.model_copy(update={"start": entry.start + timedelta(days=35), "end": entry.end + timedelta(days=35)})
    again = advance(once, Roster(scenario="", visits=(later,)), (), JANUARY, as_of=later.end)
    assert [line[1:3] for line in history(again)] == [("a", "no-show"), ("a", "done")]


def test_goods_that_were_assigned_were_handed_over_when_due():
    problem = facts(
        wishes=[{"id": "kettle", "kind": "goods", "resident": "li", "due": "2026-12-20", "items": "电水壶"}],
        residents=[{"id": "li", "home": "home-12"}],
    )
    after = advance(problem.scenario, roster(problem, kettle=("a",)), (), JANUARY)
    (line,) = after.history
    assert (line.visit, line.volunteer, line.start.date(), line.resident) == (
        "kettle/1", "a", date(2026, 12, 20), "li",
    )
    assert expand(after).visits == ()  # done: not planned again


def test_what_was_told_and_pinned_about_the_past_is_dropped():
    seat = {"visit": VISIT, "start": "2026-12-05T09:00:00+08:00", "role": "helper", "volunteer": "a"}
    later = dict(seat, visit="clinic/2027-02-06T0900", start="2027-02-06T09:00:00+08:00")
    problem = facts(published=[seat, later], pins=[{"visit": VISIT, "role": "helper", "volunteer": "a"}])
    after = advance(problem.scenario, served(problem), (), JANUARY)
    assert [one.visit for one in after.published] == ["clinic/2027-02-06T0900"]
    assert after.pins == ()


def test_every_fault_is_told_at_once():
    problem = facts()
    outcomes = [
        Outcome("clinic/2026-12-06T0900", "a"), Outcome(VISIT, "b"), Outcome(VISIT, "a"), Outcome(VISIT, "a", "no-show"),
    ]
    before = datetime.fromisoformat("2026-11-23T09:00:00+08:00")
    assert codes(problem.scenario, served(problem), outcomes, JANUARY, as_of=before) == [
        "back-in-time", "unknown-visit", "not-on-it", "still-to-come", "still-to-come", "outcome-twice",
    ]


def test_a_roster_with_a_wish_that_is_not_there_is_refused():
    problem = facts()
    strange = Roster(scenario="x", visits=(RosterVisit(id="other/1", wish="other"),))
    assert codes(problem.scenario, strange, (), JANUARY) == ["dangling"]


def test_the_gini_coefficient_compares_every_pair():
    # Mean absolute difference over twice the mean: pairs of 1, 2, 3 differ by 8 in 9 ordered pairs, the mean is 2.
    assert gini([3, 1, 2]) == pytest.approx(8 / 9 / (2 * 2))
    assert spread([3, 1, 2]) == 2
