"""The flow's needs bound as a certificate: what the flow claims, prices of seats prove without it."""

from __future__ import annotations

import pytest
from tiny import FAMILIES, at, day, scenario

from matcher.domain.scenario import Scenario
from matcher.problem.certificate import verify
from matcher.problem.problem import Problem
from matcher.solvers.flow import needs_bound
from matcher.solvers.needs_duals import needs_certificate

SEEDS = 8


def proven(problem: Problem) -> tuple[int, int]:
    """What the flow claims, and what its prices prove."""
    bound = needs_bound(problem)
    verdict = verify(problem, needs_certificate(problem, bound))
    assert verdict.bound is not None
    assert verdict.valid, verdict.en
    return bound.value, verdict.bound


@pytest.mark.parametrize("family", FAMILIES)
def test_prices_prove_at_least_what_the_flow_claims(family):
    for seed in range(SEEDS):
        claimed, value = proven(Problem.of(scenario(family, seed)))
        assert value >= claimed, (family, seed)


def one_helper(*priorities: int) -> Scenario:
    """One volunteer with one visit a week, and a visit of each priority in one week; nobody has waited."""
    return Scenario.model_validate({
        "program": {
            "name": "needs", "as_of": at(0, 6), "window": {"start": day(0), "end": day(6)}, "holidays": None,
            "settings": {"default_limits": {"visits_per_day": 1, "visits_per_week": 1}},
        },
        "volunteers": [{"id": "v", "availability": [{"days": "any", "start": "08:00", "end": "20:00"}]}],
        "residents": [{"id": "r"}],
        "wishes": [
            {"id": f"w{number}", "kind": "visit", "resident": "r", "priority": priority,
             "recurrence": {"at": [at(number, 9)]}}
            for number, priority in enumerate(priorities)
        ],
    })


def test_different_prices_are_proven_to_the_point():
    # The dearest of 100, 300 and 900 is served; 100 + 300 stay empty. One price for the whole group, the
    # cheapest, would prove (3 − 1) · 100 only.
    problem = Problem.of(one_helper(1, 2, 3))
    assert proven(problem) == (400, 400)
    # Whoever serves the dearest could fill the second instead, worth 300; from the others nothing more is to be had.
    assert sorted(needs_certificate(problem, needs_bound(problem)).duals.values()) == [(100_000,), (300_000,), (300_000,)]


def test_a_seat_nobody_can_take_has_the_price_of_its_need():
    facts = one_helper(4).model_dump(mode="json", by_alias=True)
    facts["wishes"][0]["roles"] = [{"id": "pilot", "skills": [{"name": "flying"}]}]
    problem = Problem.of(Scenario.model_validate(facts))
    assert proven(problem) == (2700, 2700)


def test_where_everybody_is_served_there_is_nothing_to_prove():
    problem = Problem.of(one_helper(5))
    assert needs_certificate(problem, needs_bound(problem)).duals == {}
    assert proven(problem) == (0, 0)
