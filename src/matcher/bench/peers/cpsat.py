"""Monolithic CP-SAT: the exact model solved tier after tier, with no start, no needs bound and no decomposition.

The model is the one of ``matcher.solvers.exact``: all rules and all terms. Only the search is left to
itself, as anybody would do who writes the whole problem into one model.
"""

from __future__ import annotations

import threading
import time
from typing import Any

from ortools.sat.python import cp_model

from matcher.bench.answers import Answer, Effort, Improvement, Refusal
from matcher.problem.problem import Problem
from matcher.problem.roster import TIERS
from matcher.solvers.exact import CONSTRAINTS, NEEDS, PROMISES, QUALITY, Item, Model

MOST_CANDIDATES = 1_500_000
"""Above so many candidates the model alone takes more memory than a small machine has."""

SHARES = (0.4, 0.5, 1.0)
"""How much of the time left each tier may take; what it does not use the next ones get.

A tier without any roster yet goes on until there is one, or until all the time is over.
"""


def whole_model(problem: Problem, most_candidates: int) -> tuple[Model, list[Any]]:
    """The model with every rule, and one goal per tier. Raises ``Refusal`` where it would be too large."""
    size = len(problem.crew) + len(problem.standbys)
    if size > most_candidates:
        raise Refusal(f"one model of {size:,} candidates is too large (most: {most_candidates:,})")
    model = Model(problem)
    for constraint in CONSTRAINTS:
        constraint(model)
    return model, [sum(term(model) for term in terms) for terms in (NEEDS, PROMISES, QUALITY)]


def one_model(problem: Problem, effort: Effort) -> Answer:
    """CP-SAT on the whole model, tier after tier."""
    began = time.perf_counter()
    model, goals = whole_model(problem, MOST_CANDIDATES)
    built = time.perf_counter()
    improvements: list[Improvement] = []
    statuses: dict[str, str] = {}
    best: tuple[list[Item], list[Item]] | None = None
    for tier, goal, share in zip(TIERS, goals, SHARES):
        left = effort.seconds - (time.perf_counter() - built)
        if left <= 0:
            break
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = effort.workers
        solver.parameters.random_seed = effort.seed
        solver.parameters.max_time_in_seconds = left
        model.cp.minimize(goal)
        watch = _Watch(solver, tier, built, improvements, found=best is not None)
        enough = threading.Timer(left * share, watch.time_is_up)
        enough.start()
        status = solver.solve(model.cp, watch)
        enough.cancel()
        statuses[tier] = solver.status_name(status)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            break
        best = _chosen(solver, model.crew), _chosen(solver, model.standbys)
        model.cp.add(goal <= round(solver.objective_value))
        _begin_from(model, solver)
    ended = time.perf_counter()
    return Answer(
        None if best is None else problem.roster(_triples(best[0]), _triples(best[1]), strategy="cpsat"),
        tuple(improvements), built - began, ended - built, detail={"status": statuses},
    )


def _chosen(solver: Any, items: list[Item]) -> list[Item]:
    return [item for item in items if solver.boolean_value(item.variable)]


def _triples(items: list[Item]) -> list[tuple[int, int, int]]:
    return [(item.option, item.role, item.volunteer) for item in items]


def _begin_from(model: Model, solver: Any) -> None:
    model.cp.clear_hints()  # type: ignore[no-untyped-call]
    solution = list(solver.response_proto.solution)
    model.cp.model_proto.solution_hint.vars.extend(range(len(solution)))
    model.cp.model_proto.solution_hint.values.extend(solution)


class _Watch(cp_model.CpSolverSolutionCallback):
    """Writes improvements down, and ends a tier's search once its time is up and there is a roster."""

    def __init__(self, solver: Any, tier: str, built: float, improvements: list[Improvement], *, found: bool) -> None:
        super().__init__()
        self._solver, self._tier, self._built, self._improvements = solver, tier, built, improvements
        self._found, self._is_up = found, False

    def on_solution_callback(self) -> None:
        seconds = time.perf_counter() - self._built
        self._improvements.append(Improvement(seconds, self._tier, round(self.objective_value)))
        self._found = True
        if self._is_up:
            self.stop_search()

    def time_is_up(self) -> None:
        """Called when the tier's share of the time is over."""
        self._is_up = True
        if self._found:
            self._solver.stop_search()
