"""Options and candidates: the same as found pair by pair, in order, merged, and never too many."""

from __future__ import annotations

import sys
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from options_by_hand import ByHand

sys.path.append(str(Path(__file__).parents[1] / "solvers"))
from tiny import FAMILIES, Draft, free, scenario

from matcher.domain.scenario import Scenario
from matcher.problem.crowded import Days, Wanted, crowded
from matcher.problem.expand import expand
from matcher.problem.options import Built, Candidates, build_options
from matcher.problem.problem import Problem

SEEDS = 2
MANY_SEEDS = 40


def triples(problem: Problem, candidates: Candidates) -> list[tuple[int, int | None, int, int, int]]:
    """(visit, start, role, volunteer, price) in the order they stand."""
    options = [problem.options[number] for number in candidates.option.tolist()]
    return [
        (option.visit, option.start, role, volunteer, price)
        for option, role, volunteer, price in zip(
            options, candidates.role.tolist(), candidates.volunteer.tolist(), candidates.price.tolist()
        )
    ]


def assert_the_same_as_by_hand(given_scenario: Scenario) -> None:
    problem, by_hand = Problem.of(given_scenario), ByHand(given_scenario)
    assert [(option.visit, option.start) for option in problem.options] == by_hand.kept
    for candidates, seats in ((problem.crew, by_hand.crew), (problem.standbys, by_hand.standbys)):
        assert triples(problem, candidates) == [
            (*start, role, volunteer, price)
            for start in by_hand.kept
            for (role, volunteer), price in sorted(seats[start].items())
        ]


@pytest.mark.parametrize("family", FAMILIES)
def test_options_and_candidates_are_those_found_pair_by_pair(family):
    for seed in range(SEEDS):
        assert_the_same_as_by_hand(scenario(family, seed))


@pytest.mark.slow
@pytest.mark.parametrize("family", FAMILIES)
def test_options_and_candidates_are_those_found_pair_by_pair_many_times(family):
    for seed in range(SEEDS, MANY_SEEDS):
        assert_the_same_as_by_hand(scenario(family, seed))


def town(seed: int, step: int = 30) -> Draft:
    """Some wishes with wide windows, and people with different hours, on one day or at night."""
    draft = Draft(Random(seed))
    draft.settings["step_minutes"] = step
    for person in draft.people:
        hour = draft.rng.randint(7, 12)
        person["availability"] = [free("any", f"{hour:02d}:00", f"{hour + draft.rng.randint(2, 8):02d}:00")]
        person["limits"] = {"visits_per_day": draft.pick([1, 1, 2]), "min_rest_minutes": draft.pick([0, 0, 900])}
    for _ in range(3):
        hour = draft.rng.randint(8, 13)
        staffing = {"standbys": draft.pick([0, 0, 0, 1])}
        draft.wish(recurrence=draft.any_of(draft.some(range(4)) or [1], hour, hour + 6), staffing=staffing)
    return draft


def test_merging_wide_windows_is_merging_by_hand():
    for seed in range(12):
        assert_the_same_as_by_hand(town(seed).as_it_is())


# ---------------------------------------------------------------------------------------------- order


@pytest.mark.parametrize("family", FAMILIES)
def test_options_of_a_visit_stand_side_by_side_in_the_order_of_visits_and_candidates_are_sorted(family):
    problem = Problem.of(scenario(family, 1))
    assert [number for own in problem.options_of for number in own] == list(range(len(problem.options)))
    for visit, own in enumerate(problem.options_of):
        assert all(problem.options[number].visit == visit for number in own)
        starts = [problem.options[number].start or 0 for number in own]
        assert starts == sorted(starts)
    for candidates in (problem.crew, problem.standbys):
        triples = list(zip(candidates.option.tolist(), candidates.role.tolist(), candidates.volunteer.tolist()))
        assert triples == sorted(set(triples))


@pytest.mark.parametrize("family", FAMILIES)
def test_a_solo_tour_is_the_tour_of_that_visit_alone(family):
    problem = Problem.of(scenario(family, 3))
    assert problem.solo_tour.dtype == np.int32
    assert problem.solo_tour.tolist() == [
        problem.prices.tour(volunteer, [(problem.visits[problem.options[option].visit], problem.role(option, role))])
        for option, role, volunteer in zip(
            problem.crew.option.tolist(), problem.crew.role.tolist(), problem.crew.volunteer.tolist()
        )
    ]


# ------------------------------------------------------------------------------------------- thinning


def built(draft: Draft, most: int, told: dict[int, set[int]] | None = None) -> tuple[Problem, Built]:
    facts = expand(draft.as_it_is())
    problem = Problem.of(facts)
    return problem, build_options(facts, problem.eligibility, problem.prices, told or {}, frozenset(), most)


def wide(step: int = 30) -> Draft:
    """One visit with five starts on each of three days, one with a single start; three people free all day."""
    draft = Draft(Random(1))
    draft.settings["step_minutes"] = step
    for person in draft.people:
        # Twice a day, and free from hours of their own: no two starts are alike.
        person |= {"availability": [free()], "limits": {"visits_per_day": 2, "visits_per_week": None}}
    draft.wish(recurrence=draft.any_of([1, 2, 3], 9, 12))
    draft.wish(recurrence=draft.any_of([1, 2, 3], 9, 10))
    return draft


def test_without_need_nothing_is_thinned():
    problem, whole = built(wide(), 1000)
    assert whole.thinned == () == problem.thinned
    assert len(whole.crew) == 3 * (3 * 5 + 3)  # 5 starts on 3 days and 1 start on 3 days, for 3 people


def test_too_many_candidates_thin_the_widest_visit_and_leave_every_day():
    facts = expand(wide().as_it_is())
    _, thin = built(wide(), 40)
    # 54 are too many: of five starts the first, third and fifth stay, 3 · (3 · 3 + 3) = 36.
    assert thin.thinned == (0,)
    assert len(thin.crew) == 36
    clocks = [f"{facts.calendar.moment(o.start or 0):%d %H:%M}" for o in thin.options if o.visit == 0]
    assert clocks == [f"{day:02d} {clock}" for day in (3, 4, 5) for clock in ("09:00", "10:00", "11:00")]


def test_what_cannot_be_thinned_further_is_built_all_the_same():
    _, thin = built(wide(), 1)
    # One start a day is left of each visit: 3 · (3 + 3).
    assert len(thin.crew) == 18
    assert thin.thinned == (0,)


def test_told_starts_and_fixed_ones_are_never_thinned_away():
    draft = wide()
    draft.facts["wishes"][0]["recurrence"]["windows"].append({"dates": ["2026-03-04"], "at": "09:30"})
    facts = expand(draft.as_it_is())
    told = facts.calendar.minute(facts.calendar.day_of(facts.visits[0].spans[0][0]), "10:30")
    _, thin = built(draft, 1, {0: {told}})
    clocks = [f"{facts.calendar.moment(o.start or 0):%d %H:%M}" for o in thin.options if o.visit == 0]
    # The middle one of each day's starts, what people were told on the 3rd, and what is fixed on the 4th.
    assert clocks == ["03 10:00", "03 10:30", "04 09:30", "04 10:00", "05 10:00"]


def test_no_day_is_lost_because_nobody_is_free_at_the_starts_that_are_kept():
    draft = wide()
    for person in draft.people:
        person["availability"] = [free("any", "11:00", "20:00")]
    facts = expand(draft.as_it_is())
    _, thin = built(draft, 1)
    clocks = [f"{facts.calendar.moment(o.start or 0):%d %H:%M}" for o in thin.options if o.visit == 0]
    assert clocks == ["03 11:00", "04 11:00", "05 11:00"]


# -------------------------------------------------------------------------------------------- crowded


@settings(max_examples=300, deadline=None)
@given(some.data())
def test_crowded_by_counting_is_crowded_by_looking_at_every_pair(data):
    count = data.draw(some.integers(1, 7))
    days = []
    for _ in range(count):
        low = data.draw(some.integers(0, 200))
        days.append((data.draw(some.integers(-2, 3)), low // 50, low, low + data.draw(some.integers(1, 60))))
    days = sorted({(visit, day): (visit, day, low, high) for visit, day, low, high in days}.values())
    margin = data.draw(some.sampled_from([0, 1, 10, 60]))
    once = [data.draw(some.booleans()) for _ in range(3)]
    kind = some.sampled_from([None, False, True])
    wanted = [(at, row, kind_of) for at in range(len(days)) for row in range(3)
              for kind_of in [data.draw(kind)] if kind_of is not None]
    if not wanted:
        return

    def collide(one: tuple[int, int, bool], other: tuple[int, int, bool]) -> bool:
        (visit, day, low, high), (visit_, day_, low_, high_) = days[one[0]], days[other[0]]
        if one[1] != other[1] or visit == visit_ or low - margin >= high_ or low_ - margin >= high:
            return False
        return one[2] or other[2] or day != day_ or not once[one[1]]

    expected = [any(collide(one, other) for one in wanted if one[0] == at for other in wanted)
                for at in range(len(days))]
    columns = [np.array(column) for column in zip(*days)]
    where, volunteer, standby = (np.array(column) for column in zip(*wanted))
    answer = crowded(
        Days(*columns), Wanted(where, volunteer, standby), margin, np.array(once), np.ones(len(days), dtype=bool)
    )
    assert answer.tolist() == expected
