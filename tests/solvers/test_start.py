"""The first roster: valid at once, and short of seats only where rules leave no way."""

from __future__ import annotations

from random import Random

from tiny import Draft, at, day, free

from matcher.problem.problem import Problem
from matcher.problem.roster import Roster
from matcher.solvers import start
from matcher.solvers.flow import needs_bound
from matcher.solvers.start import first_roster


class Plain(Draft):
    """A draft without chance, and with nobody in it yet."""

    def __init__(self) -> None:
        super().__init__(Random(0))
        self.facts["volunteers"].clear()

    def a_little_of_everything(self) -> None:
        """Nothing."""

    def person(self, **more):
        return super().person(**{
            "home": "p0", "availability": [free()], "travel_mode": "car", "team": None, **more
        })

    def first(self, wanted: bool = True) -> Roster:
        problem = Problem.of(self.scenario())
        roster = first_roster(problem, needs_bound(problem).wanted if wanted else frozenset())
        assert roster is not None
        return roster


def crews(roster: Roster) -> dict[str, list[str]]:
    """Who serves each visit."""
    return {entry.id: sorted(seat.volunteer for seat in entry.assigned) for entry in roster.visits}


def test_a_seat_promised_outside_the_plan_is_kept_clear_of():
    facts = Plain()
    facts.person(limits={"visits_per_day": 2})
    facts.tell("other/1", "v0", at(1, 9))
    facts.wish(recurrence=facts.any_of([1], 9, 16))
    (entry,) = facts.first().visits
    # Busy from 9 to 10 elsewhere: whatever start is chosen lies beyond that.
    assert entry.start is not None
    assert entry.start.hour >= 10


def test_a_stand_by_duty_outside_the_plan_is_kept_clear_of_too():
    facts = Plain()
    facts.person(limits={"visits_per_day": 2})
    facts.tell("other/1", "v0", at(1, 9), standby=True)
    facts.wish(recurrence=facts.fixed((1, 9)))
    assert facts.first().visits == ()


def test_somebody_moves_on_so_that_a_rarer_seat_is_filled():
    facts = Plain()
    facts.person(skills=[{"name": "nurse"}])
    facts.person()
    facts.wish(priority=4, recurrence=facts.fixed((1, 9)))
    facts.wish(priority=2, roles=[{"skills": [{"name": "nurse"}]}], recurrence=facts.fixed((1, 14)))
    # One visit a day each. Without the flow's advice the dearer visit takes the nurse first (row 0), who must move on.
    roster = facts.first(wanted=False)
    assert crews(roster) == {"w0/2026-03-03T0900": ["v1"], "w1/2026-03-03T1400": ["v0"]}


def test_moving_on_alone_serves_both_in_one_round(monkeypatch):
    monkeypatch.setattr(start, "_ROUNDS", 1)
    test_somebody_moves_on_so_that_a_rarer_seat_is_filled()


def test_a_wish_for_one_team_takes_the_team_that_fills_most_of_it():
    facts = Plain()
    for team in ("t0", "t1", "t1"):
        facts.person(team=team)
    facts.wish("event", as_one_team=True, partial=True, roles=[{"count": 3}], recurrence=facts.fixed((1, 9)))
    assert crews(facts.first()) == {"w0/2026-03-03T0900": ["v1", "v2"]}


def test_where_one_face_is_wanted_it_is_somebody_who_can_always_come():
    facts = Plain()
    facts.person(availability=[free("TU")])
    facts.person()
    facts.wish(staffing={"policy": "steady", "max_helpers": 1}, recurrence=facts.fixed((1, 9), (3, 9), (8, 9)))
    # v0 is free on Tuesdays only; v1 can do Tuesday, Thursday and the next Tuesday.
    assert {tuple(crew) for crew in crews(facts.first(wanted=False)).values()} == {("v1",)}


def test_a_newcomer_is_joined_by_somebody_experienced():
    facts = Plain()
    facts.settings["newcomer_visits"] = 3
    facts.person()
    facts.person()
    facts.person(prior_visits=5, home="p3")
    facts.wish(roles=[{"count": 2}], place="p0", recurrence=facts.fixed((1, 9)))
    (crew,) = crews(facts.first(wanted=False)).values()
    assert "v2" in crew


def test_a_pinned_person_comes_at_a_time_they_can():
    facts = Plain()
    facts.person()
    facts.person(availability=[free("WE")])
    facts.wish(recurrence=facts.any_of([1, 2], 9, 10))
    facts.pin("w0/1", volunteer="v1")
    (entry,) = facts.first().visits
    assert crews(facts.first()) == {"w0/1": ["v1"]}
    assert entry.start is not None
    assert str(entry.start.date()) == day(2)


def test_a_partial_crew_is_filled_up_as_far_as_people_go():
    facts = Plain()
    for _ in range(3):
        facts.person()
    facts.wish("event", partial=True, roles=[{"id": "a"}, {"id": "b", "count": 4}], recurrence=facts.fixed((1, 9)))
    assert crews(facts.first()) == {"w0/2026-03-03T0900": ["v0", "v1", "v2"]}


def test_a_soft_spacing_leaves_no_seat_empty():
    facts = Plain()
    facts.person(limits={"visits_per_week": 5})
    facts.wish(recurrence=facts.weekly(2, "MO,TU", 9, 10, min_gap_days=3))
    hard = facts.first()
    facts.settings["soft_rules"] = {"keeps_the_spacing": 50}
    # Monday and Tuesday lie one day apart: with the rule one visit a week is left, without it both are served.
    assert (len(hard.visits), len(facts.first().visits)) == (2, 4)


def test_two_starts_make_the_same_roster():
    facts = Plain()
    for _ in range(4):
        facts.person()
    for hour in (9, 10, 11):
        facts.wish(roles=[{"count": 2}], staffing={"standbys": 1}, recurrence=facts.any_of([1, 2, 3], hour, hour + 2))
    problem = Problem.of(facts.scenario())
    bound = needs_bound(problem)
    first, second = (first_roster(problem, bound.wanted) for _ in range(2))
    assert first is not None
    assert second is not None
    assert first.to_json() == second.to_json()
