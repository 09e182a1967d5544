"""A certificate of the needs tier: the flow's bound as prices of seats, which the judge's side can recompute."""

from __future__ import annotations

from matcher.problem.certificate import Certificate
from matcher.problem.problem import Problem
from matcher.solvers.flow import NeedsBound


def needs_certificate(problem: Problem, bound: NeedsBound) -> Certificate:
    """The needs bound with its proof.

    A seat's price is that of the dearest empty seat that whoever sits in it could fill instead: the dual solution of
    the flow. What people can earn by it, their plans being paths of the flow, is no more than the flow allows; so the
    prices prove the flow's value at least (weak duality), and more where whole plans are less free than a flow.
    """
    prices = iter(bound.seat_prices)
    duals = {
        visit.id: tuple(1000 * next(prices, 0) for _ in visit.wish.roles) for visit in problem.visits
    }
    return Certificate(
        scenario=problem.scenario.fingerprint, tier="needs", bound=bound.value,
        duals={name: own for name, own in duals.items() if any(own)},
    )
