"""The pricer finds everybody's best plan: tried against all plans, rule by rule."""

from random import Random

import numpy as np
import plans
import pytest
import tiny

from matcher.problem.problem import Problem
from matcher.solvers.pricing import Pricer
from matcher.solvers.tables import tables_of

SEEDS = range(4)


def _problem(family, seed):
    return Problem.of(tiny.scenario(family, seed))


def _duals(pricer, rng):
    """Prices of seats around what plans cost, some of them nothing."""
    return np.array([
        rng.choice([0, rng.randint(0, 200_000), rng.randint(0, 900_000)]) for _ in range(pricer.numbering.rows)
    ])


def _gain(pricer, duals, seats):
    return int(duals[pricer.dual_of[list(seats)]].sum())


def _every_plan(problem, pricer):
    """[volunteers] all plans that have the seats demanded of them, or None if they are too many to try."""
    every = []
    for i in range(pricer.tables.volunteers):
        costs = plans.all_plans(problem, i)
        demands = plans.demanded(problem, i)
        kept = None if costs is None else plans.keeping(costs, demands)
        overlapping = sum(map(len, demands)) > len(set().union(*demands))
        if kept is not None and not overlapping:
            # Demands that nobody could keep together are none.
            assert (pricer.demanded[i] > 0) == bool(demands and kept)
        every.append(kept if pricer.demanded[i] else costs)
    return every


@pytest.mark.parametrize("family", sorted(tiny.FAMILIES))
def test_the_best_plan_is_the_best_of_all_plans(family):
    tried = 0
    for seed in SEEDS:
        problem = _problem(family, seed)
        pricer, rng = Pricer(tables_of(problem)), Random(seed)
        every = _every_plan(problem, pricer)
        for _ in range(5):
            duals = _duals(pricer, rng)
            priced = pricer.price(duals)
            assert priced.exact.all()
            found = {int(i): number for number, i in enumerate(priced.plans.volunteer)}
            for i, costs in enumerate(every):
                if costs is None:
                    continue
                tried += 1
                best = min(cost - _gain(pricer, duals, seats) for seats, cost in costs.items())
                assert priced.value[i] == best
                assert (i in found) == (best < 0 or pricer.demanded[i] > 0)
                if i in found:
                    seats = tuple(sorted(priced.plans.seats(found[i]).tolist()))
                    assert costs[seats] - _gain(pricer, duals, seats) == best
                    assert priced.plans.cost[found[i]] == costs[seats]
    assert tried > 0


def test_pins_and_published_seats_are_in_every_plan():
    tried = 0
    for family in ("pins", "published", "broken_promises"):
        for seed in range(8):
            problem = _problem(family, seed)
            pricer = Pricer(tables_of(problem))
            priced = pricer.price(np.zeros(pricer.numbering.rows, dtype=np.int64))
            found = {int(i): number for number, i in enumerate(priced.plans.volunteer)}
            for i in np.flatnonzero(pricer.demanded):
                seats = set(priced.plans.seats(found[int(i)]).tolist())
                assert all(ways & seats for ways in plans.demanded(problem, int(i)))
                tried += 1
    assert tried > 10


@pytest.mark.parametrize("family", sorted(tiny.FAMILIES))
def test_plans_and_their_costs_are_the_facts_own(family):
    for seed in SEEDS:
        problem = _problem(family, seed)
        pricer = Pricer(tables_of(problem))
        for volunteer in range(len(problem.scenario.volunteers)):
            costs = plans.all_plans(problem, volunteer)
            if costs is None:
                continue
            for seats, cost in costs.items():
                assert pricer.cost(volunteer, seats) == cost
            own = [n for n in range(len(problem.crew)) if problem.crew.volunteer[n] == volunteer]
            for one in own:
                for other in own:
                    if one < other:
                        assert pricer.is_plan(volunteer, [one, other]) == ((one, other) in costs)


@pytest.mark.parametrize("family", sorted(tiny.FAMILIES))
def test_enumeration_names_every_plan_within_its_slack_once(family):
    for seed in SEEDS:
        problem = _problem(family, seed)
        pricer, rng = Pricer(tables_of(problem)), Random(seed)
        duals = _duals(pricer, rng)
        slack = np.array([rng.choice([0, 50_000, 400_000]) for _ in range(pricer.tables.volunteers)])
        found = pricer.enumerate(duals, slack)
        assert found is not None
        for i, costs in enumerate(_every_plan(problem, pricer)):
            if costs is None:
                continue
            mine = {tuple(sorted(found.seats(n).tolist())): int(found.cost[n]) for n in range(len(found))
                    if found.volunteer[n] == i}
            wanted = {
                seats: cost for seats, cost in costs.items()
                if seats and cost - _gain(pricer, duals, seats) <= slack[i]
            }
            assert mine == wanted
            assert sum(found.volunteer == i) == len(wanted)


def test_too_many_plans_are_no_answer():
    problem = _problem("mixed", 1)
    tables = tables_of(problem)
    pricer = Pricer(tables)
    duals = np.full(pricer.numbering.rows, 900_000)
    slack = np.full(tables.volunteers, 2_000_000)
    assert pricer.enumerate(duals, slack, limit=1) is None
    assert len(pricer.enumerate(duals, slack)) > 1


def test_seats_that_do_not_go_together_have_no_cost():
    problem = _problem("one_place", 0)
    pricer = Pricer(tables_of(problem))
    same = [n for n in range(len(problem.crew)) if problem.crew.volunteer[n] == 0]
    assert not pricer.is_plan(0, same)
    with pytest.raises(ValueError, match="cannot take these seats together"):
        pricer.cost(0, same)
    with pytest.raises(ValueError):
        pricer.cost(1, same[:1])


def test_forbidden_options_are_in_no_plan():
    problem = _problem("visit_limits", 0)
    tables = tables_of(problem)
    pricer = Pricer(tables)
    duals = np.full(pricer.numbering.rows, 900_000)
    allowed = np.zeros(len(tables.option), dtype=np.uint8)
    assert not pricer.price(duals, allowed=allowed).value.any()
    allowed[0] = 1
    priced = pricer.price(duals, allowed=allowed)
    assert {int(problem.crew.option[n]) for n in priced.plans.seat} <= {0}


def test_only_the_people_asked_for_are_priced():
    problem = _problem("visit_limits", 1)
    tables = tables_of(problem)
    pricer = Pricer(tables)
    duals = np.full(pricer.numbering.rows, 900_000)
    everybody = pricer.price(duals)
    some = pricer.price(duals, volunteers=np.array([2, 0]))
    assert some.value.tolist() == everybody.value[[2, 0]].tolist()


def test_a_search_cut_short_still_gives_a_bound():
    below = 0
    for family in ("steady", "anything", "mixed", "rotation"):
        for seed in range(6):
            problem = _problem(family, seed)
            pricer = Pricer(tables_of(problem))
            duals = _duals(pricer, Random(seed))
            true = pricer.price(duals)
            # From a few nodes on some searches end only because of the tolls of their second round.
            for nodes in (1, 3, 8, 20, 60):
                cut = pricer.price(duals, nodes=nodes)
                assert (cut.value <= true.value).all()
                assert (cut.value[cut.exact] == true.value[cut.exact]).all()
                below += int((~cut.exact).sum())
    assert below > 0
