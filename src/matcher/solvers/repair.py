"""repair: the fewest changes to what people were told that leave the fewest told seats empty, with the proof.

A small model of the visits concerned, first with everybody else's duties fixed: what it finds is a roster. If that
changes nothing beyond the promises that cannot be kept, nobody can do better. Otherwise others may give up their
seats too, at the price of that promise but as if it were refilled by itself, which is a bound for every roster; where
the best answer gives one up, that visit joins the model, until it gives up none: then the bound is a roster.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from matcher.solvers.exact import (
    QUALITY,
    claimant_without_turn,
    empty_seats,
    hint_at,
    least_visit_missing,
    new_solver,
    pairing_broken,
    run_solver,
)
from matcher.solvers.repair_model import RepairModel
from matcher.solvers.standing import Cost, NewVisit, Standing
from matcher.solvers.stop import Timer


@dataclass(frozen=True)
class Repair:
    """The repaired visits, what that costs, and what any roster costs at least. ``cost`` None: none was found.

    INFEASIBLE: no roster at all within the changes allowed, pins kept.
    """

    status: Literal["OPTIMAL", "FEASIBLE", "INFEASIBLE", "NO_ANSWER_IN_TIME"]
    visits: Mapping[int, NewVisit]
    cost: Cost | None
    bound: Cost
    rounds: int
    """Models solved to find the least changes."""
    looked_at: frozenset[int]
    """Visits whose promises were open to change."""


def repair(
    standing: Standing,
    concerned: Collection[int],
    opened: Collection[int] = (),
    *,
    most_changes: int | None = None,
    timer: Timer,
    seed: int = 0,
    workers: int = 1,
) -> Repair:
    """The best repair: told seats left empty first, then promises broken, stand-bys first, other needs, quality.

    ``concerned``: told visits that cannot stay as they are. ``opened``: visits with seats that were empty anyway.
    The first two are proven over all rosters, unless time runs out; the others through the seats open then.
    """
    search = _Search(standing, most_changes, timer, seed, workers)
    return search.best(frozenset(concerned), frozenset(opened))


def least_changes(
    standing: Standing, concerned: Collection[int], *, timer: Timer, seed: int = 0, workers: int = 1
) -> int | None:
    """The fewest changes any roster needs, however many seats it leaves empty; None if time ran out."""
    search = _Search(standing, None, timer, seed, workers)
    found = search.least(frozenset(concerned), frozenset(), lambda part: part.changes)
    return None if found.value is None or not found.proven else found.value


# ------------------------------------------------------------------------------------------- searching


@dataclass(frozen=True)
class _Least:
    """The least value found, whether it is proven, and the model and solution that have it."""

    part: RepairModel | None
    solution: tuple[int, ...]
    value: int | None
    bound: int
    proven: bool
    rounds: int


class _Search:
    """Solves parts of growing size until the answer of one is proven for the whole."""

    def __init__(self, standing: Standing, most_changes: int | None, timer: Timer, seed: int, workers: int) -> None:
        self.standing = standing
        self.most_changes = most_changes
        self.timer = timer
        self.seed = seed
        self.workers = workers

    def best(self, concerned: frozenset[int], opened: frozenset[int]) -> Repair:
        weight = self._more_than_all_promises()
        found = self.least(concerned, opened, lambda part: weight * part.empty + part.promises)
        bound = _cost(found.bound, weight, self.standing.forced.changes)
        if found.part is None or found.value is None:
            status: Literal["INFEASIBLE", "NO_ANSWER_IN_TIME"] = "INFEASIBLE" if found.proven else "NO_ANSWER_IN_TIME"
            return Repair(status, {}, None, bound, found.rounds, concerned)
        part = found.part
        if not part.numbers:
            return Repair("OPTIMAL", {}, self.standing.forced, self.standing.forced, found.rounds, frozenset())
        part.model.cp.add(weight * part.empty + part.promises <= found.value)
        solution = self._improved(part, found.solution)
        value = part.worth(solution)
        return Repair(
            "OPTIMAL" if found.proven else "FEASIBLE", part.visits_of(solution), value,
            replace(value, changes=bound.changes) if found.proven else bound, found.rounds, part.whole,
        )

    def least(
        self, concerned: frozenset[int], opened: frozenset[int], goal: Callable[[RepairModel], Any]
    ) -> _Least:
        """The least value of a goal over all rosters, and a roster that has it."""
        unavoidable = self._unavoidable(goal)
        fixed = self._part(concerned, opened, is_loose=False, moves=False)
        _, solution, value, _ = self._minimise(fixed, goal(fixed))
        if value is not None and value <= unavoidable:
            return _Least(fixed, solution, value, value, True, 1)
        best = _Least(fixed if value is not None else None, solution, value, unavoidable, False, 1)
        return self._loosened(concerned, opened, goal, best)

    def _loosened(
        self, whole: frozenset[int], opened: frozenset[int], goal: Callable[[RepairModel], Any], best: _Least
    ) -> _Least:
        rounds = best.rounds
        bound = best.bound
        while not self.timer.over:
            part = self._part(whole, frozenset(), is_loose=True, moves=True)
            status, solution, value, proven_bound = self._minimise(part, goal(part))
            rounds += 1
            if status == "INFEASIBLE":
                return replace(best, part=None, value=None, proven=True, rounds=rounds)
            if proven_bound is not None:
                bound = max(bound, proven_bound)
            if best.value is not None and bound >= best.value:
                return replace(best, bound=best.value, proven=True, rounds=rounds)
            if value is None:
                break
            given_up = part.given_up(solution)
            if not given_up:
                # Nobody outside gave anything up: the same with everybody else fixed is a roster of the same value.
                final = self._part(whole, opened, is_loose=False, moves=True)
                _, solution, value, _ = self._minimise(final, goal(final))
                if value is not None and value <= bound:
                    return _Least(final, solution, value, value, True, rounds)
                break
            whole |= given_up
        return replace(best, bound=bound, rounds=rounds)

    def _unavoidable(self, goal: Callable[[RepairModel], Any]) -> int:
        nothing = self._part(frozenset(), frozenset(), is_loose=False, moves=False)
        value = goal(nothing)
        return int(value)

    def _improved(self, part: RepairModel, solution: tuple[int, ...]) -> tuple[int, ...]:
        """Within the least changes: stand-bys first, then other needs and promises, then quality."""
        others = 1 + part.most_other_promises
        needs = empty_seats(part.model)
        other = sum(term(part.model) for term in _OTHER_PROMISES)
        first = others * (part.most_needs + 1) * part.calls + others * needs + other
        for goal in (first, sum(term(part.model) for term in QUALITY)):
            if isinstance(goal, int) or self.timer.over:
                continue
            _, better, value, _ = self._minimise(part, goal, solution)
            if value is None:
                break
            solution = better
            part.model.cp.add(goal <= value)
        return solution

    def _part(self, whole: frozenset[int], opened: frozenset[int], *, is_loose: bool, moves: bool) -> RepairModel:
        return RepairModel(self.standing, whole, opened - whole, is_loose, moves, self.most_changes)

    def _minimise(
        self, part: RepairModel, goal: Any, start: tuple[int, ...] = ()
    ) -> tuple[str, tuple[int, ...], int | None, int | None]:
        """(status, solution, value, bound) of one model."""
        from ortools.sat.python import cp_model

        if not part.numbers:
            return "OPTIMAL", (), int(goal), int(goal)
        part.model.cp.minimize(goal)
        solver = new_solver(self.workers)
        solver.parameters.random_seed = self.seed
        if self.timer.seconds_left is not None:
            solver.parameters.max_time_in_seconds = max(0.05, self.timer.seconds_left)
        if self.timer.work_left is not None:
            solver.parameters.max_deterministic_time = max(0.01, self.timer.work_left)
        hint_at(part.model, start)
        status = run_solver(solver, part.model.cp, None, self.timer.stop)
        self.timer.worked(solver.response_proto.deterministic_time)
        if status == cp_model.MODEL_INVALID:
            raise RuntimeError(f"the model is invalid: {part.model.cp.validate()}")
        name = solver.status_name(status)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return name, (), None, None
        bound = round(solver.best_objective_bound) if status == cp_model.OPTIMAL else int(solver.best_objective_bound)
        return name, tuple(solver.response_proto.solution), round(solver.objective_value), bound

    def _more_than_all_promises(self) -> int:
        told = self.standing.told.values()
        return 1 + sum(one.time_price + sum(promise.price for promise in one.promises) for one in told)


_OTHER_PROMISES = (pairing_broken, least_visit_missing, claimant_without_turn)


def _cost(value: int, weight: int, changes: int) -> Cost:
    empty, promises = divmod(max(0, value), weight)
    return Cost(empty, promises, changes)
