"""The busiest day, cut out of a scenario: what planners of routes can express, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from tiny import FAMILIES, scenario
from towns import town, visit

import matcher
from matcher.bench.one_day import busiest_day
from matcher.problem.problem import Problem

SCENARIOS = Path(__file__).parents[2] / "scenarios"


def test_the_day_with_most_single_seats_is_cut_out():
    problem = town(wishes=[
        visit("tuesday", "2026-03-03T09:00:00+08:00"),
        visit("wednesday", "2026-03-04T09:00:00+08:00"),
        visit("also", "2026-03-04T11:00:00+08:00"),
        visit("crew", "2026-03-03T09:00:00+08:00", roles=[{"id": "helper", "count": 2}]),
    ])
    day = Problem.of(busiest_day(problem))
    assert [visit.wish.id for visit in day.visits] == ["wednesday", "also"]
    assert str(day.scenario.program.window.start) == str(day.scenario.program.window.end) == "2026-03-04"


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_what_is_cut_out_holds_single_seats_of_one_day_and_no_promises(family):
    for seed in range(2):
        cut = busiest_day(Problem.of(scenario(family, seed)))
        problem = Problem.of(cut)
        assert all(visit.seats == 1 and not visit.is_goods for visit in problem.visits)
        assert len({option.day for option in problem.options}) <= 1
        assert not problem.published
        assert not problem.pins
        assert not problem.prices.claims_to_honour


@pytest.mark.parametrize("name", ["jiangzhou", "xiguan", "quantang"])
def test_who_may_serve_on_that_day_may_still(name):
    whole = Problem.of(matcher.read_scenario(SCENARIOS / name / "scenario.json").scenario)
    day = Problem.of(busiest_day(whole))
    date = day.scenario.program.window.start

    def pairs(problem: Problem, wishes: set[str]) -> set[tuple[str, str]]:
        return {
            (problem.visits[option.visit].wish.id, problem.scenario.volunteers[row].id)
            for number, row in zip(problem.crew.option.tolist(), problem.crew.volunteer.tolist())
            for option in [problem.options[number]]
            if option.day == date and problem.visits[option.visit].wish.id in wishes
        }

    wishes = {visit.wish.id for visit in day.visits}
    assert wishes
    assert pairs(day, wishes) == pairs(whole, wishes)
