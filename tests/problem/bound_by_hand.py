"""The bound of given prices the long way: every set of seats of every volunteer, judged by the judge's own functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

from matcher.problem.check import (
    Judge,
    _too_many_turns,
    is_in_one_place_at_a_time,
    keeps_own_limits,
    last_crew,
)
from matcher.problem.problem import Problem

Triple = tuple[int, int, int]


class TooManySetsError(Exception):
    """More sets of seats than anybody wants to try."""


class ByHand:
    """One problem, one volunteer's plan at a time."""

    def __init__(self, problem: Problem, most: int = 600) -> None:
        self.problem = problem
        self.most = most
        self.judge = Judge(problem.expanded, problem.roster([], []), problem.prices)
        self.price = {
            (option, role, who): price for option, role, who, price in zip(
                problem.crew.option.tolist(), problem.crew.role.tolist(), problem.crew.volunteer.tolist(),
                problem.crew.price.tolist(),
            )
        }
        self.hard_turns = "keeps_the_turn" not in problem.scenario.program.settings.soft_rules

    def visit(self, seat: Triple) -> int:
        return self.problem.options[seat[0]].visit

    def seats_of(self, volunteer: int) -> list[Triple]:
        """Seats somebody may take: not at starts that pins or published seats rule out, not in another pair's place."""
        return [seat for seat in self.price if seat[2] == volunteer and self._may(seat)]

    def _may(self, seat: Triple) -> bool:
        visit, start = self.visit(seat), self.problem.options[seat[0]].start
        fixed = {
            demand.start for demand in (*self.problem.pins, *self.problem.published)
            if demand.visit == visit and demand.fixes_start and demand.start is not None
        }
        paired = self.problem.paired[visit]
        alone = self.problem.visits[visit].seats == 1
        return (not fixed or fixed == {start}) and (not paired or not alone or seat[2] in paired)

    def judged(self, plan: Sequence[Triple]) -> Judge | None:
        """The judge of a roster that holds this plan only; None if somebody could not do it."""
        if len({self.visit(seat) for seat in plan}) < len(plan):
            return None
        judge = Judge.__new__(Judge)
        judge.__dict__.update(self.judge.__dict__)
        for name in ("served", "crewed", "by_wish", "duties"):
            judge.__dict__.pop(name, None)
        judge.roster = self.problem.roster(plan, [])
        judge.served = tuple(judge._resolved())
        if any(True for rule in (is_in_one_place_at_a_time, keeps_own_limits) for _ in rule(judge)):
            return None
        return None if self.hard_turns and self._is_out_of_turn(judge, plan) else judge

    def _is_out_of_turn(self, judge: Judge, plan: Sequence[Triple]) -> bool:
        """Too many turns, or two running: what the judge says, but visits somebody else may serve part the others."""
        problem = self.problem
        for served in judge.by_wish.values():
            wish = served[0].visit.wish
            if wish.staffing.policy != "rotate":
                continue
            if wish.staffing.max_turns is not None and any(True for _ in _too_many_turns(judge, wish, served)):
                return True
            order = list(problem.visits_of_wish[wish.id])
            places = sorted(order.index(self.visit(seat)) for seat in plan if self.visit(seat) in order)
            if any(second - first == 1 for first, second in combinations(places, 2)):
                return True
            if 0 in places and plan[0][2] in last_crew(problem.expanded, wish):
                return True
        return False

    def cost(self, judge: Judge, plan: Sequence[Triple]) -> int:
        """What a plan costs in points, without stand-bys."""
        own = judge._fairness() + judge._travel() + judge._faces() + judge._turns()
        return own + sum(self.price[seat] for seat in plan)

    def earned(self, volunteer: int, worth: Mapping[tuple[int, int], int], *, costs: bool) -> int:
        """The most a plan earns, at milli-points per (visit, role)."""
        best, tried = 0, 0
        seats = self.seats_of(volunteer)
        open_plans: list[tuple[tuple[Triple, ...], int]] = [((), 0)]
        while open_plans:
            plan, begin = open_plans.pop()
            for at in range(begin, len(seats)):
                more = (*plan, seats[at])
                tried += 1
                if tried > self.most:
                    raise TooManySetsError
                judge = self.judged(more)
                if judge is None:
                    continue
                open_plans.append((more, at + 1))
                value = sum(worth[self.visit(seat), seat[1]] for seat in more)
                best = max(best, value - (1000 * self.cost(judge, more) if costs else 0))
        return best


def bound_by_hand(
    problem: Problem, duals: Mapping[str, Sequence[int]], *, needs: int | None, lambda_milli: int = 0
) -> int:
    """L of docs/certificates.md, in milli-points; ``needs`` None: of the needs tier."""
    hand, weights = ByHand(problem), problem.scenario.program.settings.weights
    price: dict[tuple[int, int], int] = {}
    worth: dict[tuple[int, int], int] = {}
    total = 0 if needs is None else -lambda_milli * needs
    for number, visit in enumerate(problem.visits):
        own: Any = duals.get(visit.id, [0] * len(visit.wish.roles))
        need = (1000 if needs is None else lambda_milli) * problem.prices.empty_seat(visit.wish)
        gains = []
        for position, role in enumerate(visit.wish.roles):
            standbys = visit.wish.staffing.standbys * 1000 * min(weights.standby_turns, weights.missing_standby)
            price[number, position] = own[position]
            worth[number, position] = own[position] - (0 if needs is None else standbys // role.count)
            total += role.count * own[position]
            gains.append(role.count * (need - own[position]))
        total += sum(min(0, gain) for gain in gains) if visit.wish.partial else min(0, sum(gains))
    people = range(len(problem.scenario.volunteers))
    return total - sum(hand.earned(person, worth, costs=needs is not None) for person in people)
