"""Linear programmes by PDLP, here or in a process of its own.

PDLP keeps the interpreter's lock while it works, so whoever wants to search, hear a signal or show progress
meanwhile lets ``LpProcess`` solve: the same numbers, in another process.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from typing import Any, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_PATIENCE = 0.05


class Programme(NamedTuple):
    """Minimise ``cost`` · x with ``lower`` ≤ A x ≤ ``upper`` and 0 ≤ x ≤ ``most``; A as entries at (row, column)."""

    cost: Floats
    most: Floats
    lower: Floats
    upper: Floats
    row: NDArray[np.int64]
    column: NDArray[np.int64]
    entry: Floats


class Effort(NamedTuple):
    """How exactly and how long: relative and absolute precision, PDLP's iterations, seconds."""

    precision: float
    iterations: int
    seconds: float | None = None


class Answer(NamedTuple):
    """A nearly best x, nearly best duals, what each column's reduced cost is, and the iterations it took."""

    primal: Floats
    dual: Floats
    reduced: Floats
    iterations: int


Solve = Callable[[Programme, Effort, "tuple[Floats, Floats] | None"], Answer]
"""Solves a programme, from given primal and dual values on if there are any."""


def solve_lp(programme: Programme, effort: Effort, start: tuple[Floats, Floats] | None = None) -> Answer:
    """Solve in this process."""
    from ortools.pdlp import solvers_pb2
    from ortools.pdlp.python import pdlp
    from scipy import sparse

    shape = (len(programme.lower), len(programme.cost))
    matrix = sparse.csc_matrix((programme.entry, (programme.row, programme.column)), shape=shape)
    model = pdlp.QuadraticProgram()
    model.resize_and_initialize(shape[1], shape[0])
    model.objective_vector = programme.cost
    model.constraint_lower_bounds, model.constraint_upper_bounds = programme.lower, programme.upper
    model.variable_lower_bounds, model.variable_upper_bounds = np.zeros(shape[1]), programme.most
    model.constraint_matrix = matrix
    parameters = solvers_pb2.PrimalDualHybridGradientParams()
    parameters.num_threads = 1
    criteria = parameters.termination_criteria
    criteria.simple_optimality_criteria.eps_optimal_relative = effort.precision
    criteria.simple_optimality_criteria.eps_optimal_absolute = effort.precision
    criteria.iteration_limit = effort.iterations
    if effort.seconds is not None:
        criteria.time_sec_limit = max(0.01, effort.seconds)
    initial = None
    if start is not None:
        initial = pdlp.PrimalAndDualSolution()
        initial.primal_solution, initial.dual_solution = start
    result = pdlp.primal_dual_hybrid_gradient(model, parameters, initial_solution=initial)
    dual = np.array(result.dual_solution)
    return Answer(
        np.array(result.primal_solution), dual, programme.cost - matrix.T @ dual,
        int(result.solve_log.iteration_count),
    )


class LpProcess:
    """Solves programmes in a process of its own, begun on entering the context and ended on leaving it."""

    def __enter__(self) -> LpProcess:
        context = multiprocessing.get_context("spawn")
        self._here, there = context.Pipe()
        self._process = context.Process(target=_serve, args=(there,), daemon=True)
        self._process.start()
        there.close()
        return self

    def __exit__(self, *raised: object) -> None:
        self._here.close()
        self._process.terminate()
        self._process.join()

    def solve(self, programme: Programme, effort: Effort, start: tuple[Floats, Floats] | None = None) -> Answer:
        """As ``solve_lp``. Raises ``RuntimeError`` if the process died."""
        try:
            self._here.send((programme, effort, start))
            while not self._here.poll(_PATIENCE):
                if not self._process.is_alive():
                    raise EOFError
            return cast("Answer", self._here.recv())
        except (EOFError, OSError) as lost:
            raise RuntimeError("the process that solves linear programmes is gone") from lost


def _serve(connection: Any) -> None:
    while True:
        try:
            connection.send(solve_lp(*connection.recv()))
        except (EOFError, KeyboardInterrupt, OSError):
            return
