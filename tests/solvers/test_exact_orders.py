"""Two ways of keeping one person's visits apart, by excluded starts and by order, are worth the same."""

from __future__ import annotations

import pytest
from tiny import scenario

from matcher.problem.problem import Problem
from matcher.solvers import exact
from matcher.solvers.exact import solve_exact
from matcher.solvers.stop import Stop

FAMILIES = ("one_place", "two_starts", "by_car", "nights", "min_rest", "standbys", "tours", "mixed")


def values(family: str, seed: int) -> tuple[str, tuple[int, ...]]:
    result = solve_exact(Problem.of(scenario(family, seed)), stop=Stop(seconds=30), workers=1)
    return result.status, tuple(tier.value for tier in result.tiers)


@pytest.mark.parametrize("family", FAMILIES)
def test_visits_put_in_order_are_worth_what_excluded_starts_are(family, monkeypatch):
    by_slices = [values(family, seed) for seed in range(10)]
    monkeypatch.setattr(exact, "_LONG_SLICES", -1)  # every pair of visits is put in order
    assert [values(family, seed) for seed in range(10)] == by_slices
