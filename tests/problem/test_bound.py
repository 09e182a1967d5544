"""The recomputed bound against trying every plan of everybody, on tiny scenarios of every family."""

from __future__ import annotations

import sys
from pathlib import Path
from random import Random
from typing import Any

import pytest
from bound_by_hand import TooManySetsError, bound_by_hand, random_charges, told

sys.path.append(str(Path(__file__).parents[1] / "solvers"))
from tiny import FAMILIES, scenario

from matcher.problem.bound import duals_of, most_new_faces, needs_bound, quality_bound
from matcher.problem.problem import Problem

SEEDS = 6
MANY_SEEDS = 120


def random_prices(problem: Problem, rng: Random, most: int = 900) -> dict[tuple[int, int], int]:
    """Milli-points per seat by (option, role), some of them 0; at some visits the same at all starts."""
    prices: dict[tuple[int, int], int] = {}
    for visit, options in zip(problem.visits, problem.options_of):
        alike, worthless = rng.random() < 0.3, rng.random() < 0.1
        for role in range(len(visit.wish.roles)):
            one = rng.randint(1, 1000 * most)
            for option in options:
                own = one if alike else rng.choice([0, rng.randint(1, 1000 * most)])
                prices[option, role] = 0 if worthless else own
    return dict(sorted(prices.items()))


def prices_of_people(
    problem: Problem, rng: Random, most: int = 900
) -> tuple[dict[tuple[int, int, int], int], dict[str, dict[str, Any]]]:
    """Prices by (option, role, volunteer) where one team is asked for, some of them 0; and as a certificate has them."""
    prices: dict[tuple[int, int, int], int] = {}
    written: dict[str, dict[str, Any]] = {}
    for visit, options in zip(problem.visits, problem.options_of):
        if visit.wish.as_one_team:
            written[visit.id] = {}
        for volunteer, person in enumerate(problem.scenario.volunteers if visit.wish.as_one_team else ()):
            cells = {
                (option, role): rng.choice([0, rng.randint(1, 1000 * most)])
                for option in options for role in range(len(visit.wish.roles))
            }
            prices |= {(*cell, volunteer): price for cell, price in cells.items()}
            everywhere = dict.fromkeys(
                ((at, role) for at, option in enumerate(problem.options)
                 for role in range(len(problem.visits[option.visit].wish.roles))), 0
            ) | cells
            for name, own in duals_of(problem, list(everywhere.values())).items():
                written[name][person.id] = own
    return prices, written


def differences(family: str, seeds: range) -> tuple[list[str], int]:
    wrong, compared = [], 0
    for seed in seeds:
        problem, rng = Problem.of(scenario(family, seed)), Random(seed)
        prices, weight = random_prices(problem, rng), rng.randint(0, 3000)
        try:
            faces = {name: rng.randint(0, 400_000) for name in most_new_faces(problem)}
            charges = random_charges(problem, rng)
            by_hand = bound_by_hand(problem, prices, needs=500, lambda_milli=weight, faces=faces, presence=charges)
            needs_by_hand = bound_by_hand(problem, prices, needs=None)
            own, people = prices_of_people(problem, rng)
            people_by_hand = bound_by_hand(problem, prices, needs=500, lambda_milli=weight, people=own) if people else None
        except TooManySetsError:
            continue
        compared += 1
        duals = duals_of(problem, list(prices.values()))
        found = quality_bound(problem, 500, weight, duals, faces=faces, presence=told(problem, charges))
        if found.milli != by_hand or found.given_up:
            wrong.append(f"{family} {seed}: quality {found} instead of {by_hand}")
        found = quality_bound(problem, 500, weight, duals, people=people)
        if people_by_hand is not None and found.milli != people_by_hand:
            wrong.append(f"{family} {seed}: with prices by person {found} instead of {people_by_hand}")
        found = needs_bound(problem, duals)
        if found.milli != needs_by_hand or found.given_up:
            wrong.append(f"{family} {seed}: needs {found} instead of {needs_by_hand}")
    return wrong, compared


@pytest.mark.parametrize("family", FAMILIES)
def test_the_bound_is_that_of_trying_every_plan(family):
    wrong, compared = differences(family, range(SEEDS))
    assert not wrong
    assert compared


@pytest.mark.slow
@pytest.mark.parametrize("family", FAMILIES)
def test_the_bound_is_that_of_trying_every_plan_on_many_scenarios(family):
    wrong, _ = differences(family, range(SEEDS, MANY_SEEDS))
    assert not wrong
