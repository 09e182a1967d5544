"""The needs bound: never above the best roster, equal to it where it says so, and proven by its bottlenecks."""

from __future__ import annotations

from collections import Counter
from itertools import islice
from random import Random

import pytest
from brute import Answer, Bench, TooManyRostersError, verdict
from tiny import FAMILIES, Draft, at, day, free, scenario

from matcher.problem.problem import Problem
from matcher.problem.roster import Roster
from matcher.solvers.flow import NeedsBound, needs_bound
from matcher.solvers.start import first_roster

SEEDS = 12


def tried(family: str) -> list[tuple[Problem, NeedsBound, Answer]]:
    """A family's first scenarios that have a best roster."""

    def each():
        for seed in range(10 * SEEDS):
            try:
                answer = Bench(facts := scenario(family, seed)).best()
            except TooManyRostersError:
                continue
            if answer.values is not None:
                problem = Problem.of(facts)
                yield problem, needs_bound(problem), answer

    return list(islice(each(), SEEDS))


@pytest.fixture(scope="module", params=FAMILIES)
def cases(request):
    return tried(request.param)


def test_the_bound_is_never_above_the_best_roster(cases):
    for problem, bound, answer in cases:
        assert bound.value <= answer.values[0], problem.scenario.to_json()


def test_the_bound_is_the_best_where_nothing_was_left_out(cases):
    for problem, bound, answer in cases:
        if bound.is_exact:
            assert bound.value == answer.values[0], problem.scenario.to_json()


def test_bottlenecks_account_for_every_empty_seat_once(cases):
    for problem, bound, _ in cases:
        assert sum(group.empty for group in bound.bottlenecks) == bound.seats - bound.filled
        assert all(group.empty > 0 for group in bound.bottlenecks)
        named = Counter(seat for group in bound.bottlenecks for seat in group.needed)
        assert all(times == 1 for times in named.values())
        for group in bound.bottlenecks:
            seats = [problem.visits[visit].wish.roles[role].count for visit, role in group.needed]
            assert group.seats == sum(seats)


def test_no_roster_fills_more_seats_of_a_bottleneck_than_it_has_places(cases):
    for problem, bound, answer in cases:
        filled = seats_filled(problem, answer.roster)
        for group in bound.bottlenecks:
            assert sum(filled[seat] for seat in group.needed) <= group.places


def seats_filled(problem: Problem, roster: Roster) -> Counter[tuple[int, int]]:
    """People per (visit, role)."""
    found: Counter[tuple[int, int]] = Counter()
    for entry in roster.visits:
        visit = problem.expanded.visit_index[entry.id]
        names = [role.id for role in problem.visits[visit].wish.roles]
        found.update((visit, names.index(seat.role)) for seat in entry.assigned)
    return found


def test_everybody_fit_for_a_seat_of_a_bottleneck_is_named(cases):
    for problem, bound, _ in cases:
        fit = {
            (problem.options[option].visit, role, volunteer)
            for option, role, volunteer in zip(
                problem.crew.option.tolist(), problem.crew.role.tolist(), problem.crew.volunteer.tolist()
            )
        }
        for group in bound.bottlenecks:
            assert set(group.people) == {person for visit, role, person in fit if (visit, role) in group.needed}


def test_a_start_from_the_flow_is_valid_and_no_better_than_the_best_roster(cases):
    for problem, bound, answer in cases:
        start = first_roster(problem, bound.wanted)
        if start is not None:
            values = verdict(problem.expanded, start)
            assert values is not None, problem.scenario.to_json()
            assert values >= answer.values
        else:
            assert problem.pins or problem.published  # only demands may be too much for it


def test_what_the_flow_wants_seats_each_person_once_per_visit_and_within_limits(cases):
    for problem, bound, _ in cases:
        assert len(bound.wanted) == bound.filled
        assert all(times == 1 for times in Counter((visit, who) for visit, _, who in bound.wanted).values())
        for (visit, role), people in Counter((visit, role) for visit, role, _ in bound.wanted).items():
            assert people <= problem.visits[visit].wish.roles[role].count
        for person, visits in Counter(who for _, _, who in bound.wanted).items():
            months = len(problem.prices.months)
            most = problem.expanded.limits[person].visits_per_month
            assert most is None or visits <= most * months


# ----------------------------------------------------------------------------------------- by hand


class Plain(Draft):
    """A draft without chance: nothing happens that a test did not ask for."""

    def __init__(self) -> None:
        super().__init__(Random(0))
        self.facts["volunteers"].clear()

    def a_little_of_everything(self) -> None:
        """Nothing."""

    def person(self, **more):
        return super().person(**{"home": "p0", "availability": [free()], "travel_mode": "car", **more})

    def bound(self) -> NeedsBound:
        return needs_bound(Problem.of(self.scenario()))


def test_one_person_cannot_fill_two_visits_of_one_morning():
    facts = Plain()
    facts.person()
    facts.wish(priority=3, submitted=day(0), recurrence=facts.fixed((1, 9)))
    facts.wish(priority=1, submitted=day(0), recurrence=facts.fixed((1, 10)))
    bound = facts.bound()
    # One visit a day: the dearer is served (3^2 · 100 = 900), the other stays empty (3^0 · 100 = 100).
    assert (bound.value, bound.filled, bound.seats) == (100, 1, 2)
    assert bound.is_exact
    (group,) = bound.bottlenecks
    assert (group.needed, group.people, group.seats, group.places, group.empty) == (((0, 0), (1, 0)), (0,), 2, 1, 1)
    assert bound.wanted == {(0, 0, 0)}


def test_the_two_doctors_of_a_month_are_the_bottleneck_and_helpers_are_not():
    facts = Plain()
    skills = [{"name": "doctor", "level": 3}]
    facts.person(skills=skills, limits={"visits_per_month": 2})
    facts.person(skills=skills, limits={"visits_per_month": 1})
    facts.person()
    facts.person()
    doctor = {"id": "doctor", "skills": [{"name": "doctor", "level": 3}]}
    facts.wish("event", partial=True, priority=1, submitted=day(0), roles=[doctor, {"id": "helper"}],
               recurrence=facts.fixed((0, 9), (2, 9), (3, 9), (4, 9), (7, 9)))
    bound = facts.bound()
    # Five clinics ask for a doctor; two doctors give 2 + 1 days, so two seats stay empty at 100 each.
    # Helpers: doctors have no day left, and each of the two helpers may come 3 times a week: all five are filled.
    assert (bound.seats, bound.filled, bound.value) == (10, 8, 200)
    (group,) = bound.bottlenecks
    assert group.needed == tuple((visit, 0) for visit in range(5))
    assert (group.people, group.seats, group.places) == ((0, 1), 5, 3)


def test_turns_of_a_rotating_wish_are_counted():
    facts = Plain()
    facts.person()
    facts.person()
    staffing = {"policy": "rotate", "max_turns": 1}
    facts.wish(priority=1, submitted=day(0), staffing=staffing, recurrence=facts.fixed((1, 9), (3, 9), (7, 9)))
    bound = facts.bound()
    # Two people with one turn each leave one of three visits empty.
    assert (bound.filled, bound.value) == (2, 100)
    assert "keeps_the_turn" in bound.relaxed


def test_nobody_at_all_leaves_every_seat_empty():
    facts = Plain()
    facts.wish(priority=2, submitted=day(-30), recurrence=facts.fixed((1, 9)))
    bound = facts.bound()
    # 3^1 · (100 + 30 days waited) = 390.
    assert (bound.value, bound.filled) == (390, 0)
    (group,) = bound.bottlenecks
    assert (group.people, group.empty) == ((), 1)


@pytest.mark.parametrize(("change", "rule"), [
    ({"as_one_team": True}, "is_crewed_together"),
    ({"roles": [{"count": 2}]}, "is_crewed_together"),
    ({"staffing": {"policy": "rotate"}}, "keeps_the_turn"),
    ({"staffing": {"max_helpers": 1}}, "keeps_faces_few"),
    ({"recurrence": {"windows": [{"dates": [day(1), day(2)], "at": "09:00"}]}}, "is_in_one_place_at_a_time"),
])
def test_a_rule_the_flow_cannot_express_is_named(change, rule):
    facts = Plain()
    facts.person()
    facts.wish(**{"recurrence": facts.fixed((1, 9)), **change})
    bound = facts.bound()
    assert bound.relaxed == (rule,)


@pytest.mark.parametrize(("limits", "rule"), [
    ({"visits_per_day": 2}, "is_in_one_place_at_a_time"),
    ({"minutes_per_week": 0}, "keeps_own_limits"),
    ({"rest_days": 1}, "keeps_own_limits"),
])
def test_a_limit_the_flow_cannot_express_is_named(limits, rule):
    facts = Plain()
    facts.person(limits=limits)
    facts.wish(recurrence=facts.fixed((1, 9)))
    bound = facts.bound()
    assert bound.relaxed == (rule,)


def test_a_stand_by_duty_outside_the_plan_may_keep_somebody_away():
    facts = Plain()
    facts.person()
    facts.wish(recurrence=facts.fixed((1, 9)))
    facts.tell("other/1", "v0", at(1, 9), standby=True)
    bound = facts.bound()
    assert bound.value == 0
    assert bound.relaxed == ("is_in_one_place_at_a_time",)
