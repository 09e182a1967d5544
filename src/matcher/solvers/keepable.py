"""keepable: which promises a roster can keep at all, once its needs tier is as good as it can be.

A chosen claimant may have asked for two wishes in one week and give one visit a week. Who has a turn on a wish, and where
a told seat must change, depends on few wishes: those claimed and told of, beside those that lack somebody.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection
from typing import Any

from matcher.problem.expand import published_in_plan
from matcher.problem.problem import Problem
from matcher.solvers.exact import (
    CONSTRAINTS,
    Model,
    empty_seats,
    pairing_broken,
    published_seat,
    published_time,
    solve_goal,
)
from matcher.solvers.part import needs_only, subproblem
from matcher.solvers.stop import Timer

MOST_CANDIDATES = 40_000
"""Wishes that lack somebody join while there are no more in the model, those with few candidates first."""


def least_promises(
    problem: Problem, needs: int, lacking: tuple[Collection[str], int] | None, *, timer: Timer, seed: int = 0
) -> int:
    """Points of the promises tier that every roster pays whose needs tier is at most ``needs``; 0 if time is short.

    ``lacking``: wishes that by themselves lack at least so many points. Where that is all that ``needs`` allows, every
    other wish is served whole. Looked at are chosen claims, told seats and times, and pairings; of claims of wishes that
    are not planned, and of least visits, ``promises_nobody_keeps`` says what is lost.
    """
    scarce, lost = (frozenset(lacking[0]), lacking[1]) if lacking is not None else (frozenset[str](), 0)
    promised = _promised(problem)
    if not promised:
        return 0
    wishes = _with_scarce(problem, promised, scarce)
    part = needs_only(subproblem(problem, sorted(wishes)))
    model = Model(part.problem, None)
    for constraint in CONSTRAINTS:
        constraint(model)
        if timer.over:
            return 0
    model.cp.add(empty_seats(model) <= needs)
    if lost >= needs:
        _serve_whole(model, scarce)
    goal: Any = published_seat(model) + published_time(model) + pairing_broken(model) + _claimants_without_turn(model)
    return solve_goal(model, goal, timer=timer, seed=seed) or 0


def _promised(problem: Problem) -> set[str]:
    """Wishes that somebody chosen waits for a turn on, or that people were told of."""
    claimed = {wish for wish, _ in problem.prices.claims_to_honour if wish in problem.visits_of_wish}
    return claimed | {visit.wish.id for _, visit in published_in_plan(problem.expanded)}


def _with_scarce(problem: Problem, promised: set[str], scarce: Collection[str]) -> set[str]:
    """The promised wishes, and as many of the scarce as fit in."""
    count: Counter[str] = Counter()
    visits = [problem.visits[option.visit].wish.id for option in problem.options]
    for option in problem.crew.option.tolist():
        count[visits[option]] += 1
    chosen, size = set(promised), sum(count[wish] for wish in promised)
    for wish in sorted(set(scarce) - promised, key=lambda wish: (count[wish], wish)):
        size += count[wish]
        if size > MOST_CANDIDATES:
            break
        chosen.add(wish)
    return chosen


def _serve_whole(model: Model, scarce: Collection[str]) -> None:
    """No seat stays empty but those of the scarce wishes."""
    seated: dict[int, list[Any]] = defaultdict(list)
    for item in model.crew:
        seated[item.visit].append(item.variable)
    for number, visit in enumerate(model.problem.visits):
        if visit.wish.id not in scarce:
            model.cp.add(sum(seated[number]) == visit.seats)


def _claimants_without_turn(model: Model) -> Any:
    """Chosen claimants without a turn, of the wishes in the model."""
    total: Any = 0
    for wish, people in model.problem.prices.claims_to_honour:
        if wish in model.problem.visits_of_wish:
            none = model.new_bool()
            turns = sum(model.on_visit(visit, row) for visit in model.problem.visits_of_wish[wish] for row in people)
            model.cp.add(none >= 1 - turns)
            total += model.problem.prices.weights.claimant_without_turn * none
    return total
