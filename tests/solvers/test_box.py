"""The box around the best prices changes how bounds are found, never what they may claim."""

import numpy as np
import pytest
import tiny

from matcher.problem.bound import quality_bound
from matcher.problem.problem import Problem
from matcher.solvers import columns
from matcher.solvers.box import Box, marginal_prices
from matcher.solvers.columns import ColumnGeneration, plans_of_roster
from matcher.solvers.exact import solve_exact, triples_of
from matcher.solvers.pricing import Plans, Pricer
from matcher.solvers.sides import PatternSide
from matcher.solvers.stop import Stop
from matcher.solvers.tables import tables_of


def _solved(family, seed):
    """(problem, pricer, needs, quality, plans of the best roster), or None."""
    problem = Problem.of(tiny.scenario(family, seed))
    result = solve_exact(problem, stop=Stop(20.0), workers=1)
    if result.status != "OPTIMAL":
        return None
    pricer = Pricer(tables_of(problem))
    plans = plans_of_roster(pricer, triples_of(problem, result.roster)[0])
    return problem, pricer, result.tiers[0].value, result.tiers[2].value, plans


WIDE, NARROW = 10**9, 0


@pytest.mark.parametrize("below", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("family", sorted(tiny.FAMILIES))
def test_no_roster_is_better_than_a_bound_from_inside_the_box(family, below, monkeypatch):
    monkeypatch.setattr(columns, "BOXED_PEOPLE", 0)
    monkeypatch.setattr(columns, "NARROW_PEOPLE", below)
    for seed in range(2):
        solved = _solved(family, seed)
        if solved is None:
            continue
        problem, pricer, needs, quality, plans = solved
        for seeds in (None, plans):
            generation = ColumnGeneration(pricer, needs, seeds)
            generation.run(Stop(seconds=None, work=0.3))
            assert generation.best.points <= quality
            certificate = generation.certificate()
            proven = quality_bound(
                problem, needs, certificate.lambda_milli, certificate.duals, faces=certificate.faces,
                people=certificate.people, presence=certificate.presence,
            )
            assert proven.milli >= generation.best.bound


def test_the_box_opens_where_it_holds_the_bound_back(monkeypatch):
    """Steps end with the same bound, boxed or not: both are the programme's value, to PDLP's precision."""
    compared = 0
    for seed in range(4):
        solved = _solved("fair_shares", seed)
        if solved is None:
            continue
        _, pricer, needs, _, plans = solved
        bounds = []
        for people, below in ((0, NARROW), (0, WIDE), (10**9, WIDE)):
            monkeypatch.setattr(columns, "BOXED_PEOPLE", people)
            monkeypatch.setattr(columns, "NARROW_PEOPLE", below)
            generation = ColumnGeneration(pricer, needs, plans)
            generation.run(Stop(seconds=None, work=2.0))
            bounds.append(generation.best.points)
        assert max(bounds) - min(bounds) <= max(2, bounds[2] // 200)
        compared += 1
    assert compared >= 2


def test_the_box_grows_with_good_steps_and_shrinks_with_poor_ones():
    _, pricer, _, _, _ = _solved("visit_limits", 0)
    box = Box(PatternSide(pricer.tables, pricer.numbering), pricer.tables.volunteers)
    first = box.radius
    box.adapt(90, 100)  # nearly all that was promised
    assert box.radius > first
    wide = box.radius
    box.adapt(20, 100)  # neither good nor poor
    assert box.radius == wide
    box.adapt(0, 100)
    assert box.radius < wide
    many = 2 * pricer.numbering.rows + 1
    box.give_way(np.zeros(many))  # nothing bought, nothing sold: the box does not matter
    assert not box.is_closed


def test_a_seat_costs_what_its_person_could_save_without_it():
    compared = 0
    for seed in range(6):
        solved = _solved("fair_shares", seed)
        if solved is None:
            continue
        _, pricer, _, _, plans = solved
        assert marginal_prices(pricer, Plans.of([])) is None
        prices, of_needs = marginal_prices(pricer, plans)
        assert (prices >= 0).all()
        assert of_needs >= 0
        for number in range(len(plans)):
            own = plans.seats(number)
            if len(own) != 1 or (pricer.row_of[plans.seat] == pricer.row_of[own[0]]).sum() != 1:
                continue
            # Without its only seat the plan costs nothing. Dearer than λ · need no seat is.
            row = np.flatnonzero(pricer.numbering.row_of == pricer.row_of[own[0]])
            assert (prices[row] <= plans.cost[number]).all()
            compared += 1
    assert compared > 0
