"""Linear programmes by PDLP, here or in a process of its own.

PDLP keeps the interpreter's lock while it works, so whoever wants to search, hear a signal or show progress
meanwhile lets ``LpProcess`` solve: the same numbers, in another process.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from matcher.solvers.parent import serve_parent

Floats = NDArray[np.float64]


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
    """How exactly and how long: relative and absolute precision, PDLP's iterations, seconds.

    Precision 0: exactly, by HiGHS.
    """

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
    if effort.precision == 0:
        answer = _solve_exactly(programme, effort.seconds)
        if answer is not None:
            return answer
        effort = effort._replace(precision=_FINEST)
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


_FINEST = 1e-5
_AS_MANY_ITERATIONS = 2_000
"""Of PDLP take about as long as HiGHS does."""


def _solve_exactly(programme: Programme, seconds: float | None) -> Answer | None:
    """By HiGHS' interior points; None if there was no time for it."""
    found = solve_by_highs(programme, seconds, method="highs-ipm")
    if found is None:
        return None
    primal, dual, _ = found
    reduced = programme.cost.copy()
    np.subtract.at(reduced, programme.column, programme.entry * dual[programme.row])
    return Answer(primal, dual, reduced, _AS_MANY_ITERATIONS)


def solve_by_highs(
    programme: Programme, seconds: float | None, *, method: Literal["highs-ipm", "highs-ds"], presolve: bool = True
) -> tuple[Floats, Floats, float] | None:
    """(x, duals of the rows, cost) of a programme solved exactly in this process; None if it was not."""
    from scipy import sparse
    from scipy.optimize import linprog

    shape = (len(programme.lower), len(programme.cost))
    matrix = sparse.csr_matrix((programme.entry, (programme.row, programme.column)), shape=shape)
    equal = programme.lower == programme.upper
    above, below = np.isfinite(programme.upper) & ~equal, np.isfinite(programme.lower) & ~equal
    limit = {} if seconds is None else {"time_limit": max(0.01, seconds)}
    found = linprog(
        programme.cost, sparse.vstack([matrix[above], -matrix[below]]),
        np.concatenate([programme.upper[above], -programme.lower[below]]), matrix[equal], programme.lower[equal],
        np.column_stack([np.zeros(shape[1]), programme.most]), method=method, options={"presolve": presolve, **limit},
    )
    if found.status != 0:
        return None
    dual, first = np.zeros(shape[0]), int(above.sum())
    dual[above] = found.ineqlin.marginals[:first]
    dual[below] -= found.ineqlin.marginals[first:]
    dual[equal] = found.eqlin.marginals
    return found.x, dual, float(found.fun)


class LpProcess:
    """Solves programmes in a process of its own, begun on entering the context and ended on leaving it.

    A plain child process with pickles on its pipes: nothing of the caller's main module is run again in it.
    """

    def __enter__(self) -> LpProcess:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "matcher.solvers.lp"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C is for the caller
        )
        return self

    def __exit__(self, *raised: object) -> None:
        self.end()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            with suppress(OSError):  # what was not sent yet
                pipe.close()  # type: ignore[union-attr]  # both are pipes

    def end(self) -> None:
        """End the process at once; whoever waits for an answer gets ``RuntimeError``."""
        self._process.kill()

    def solve(self, programme: Programme, effort: Effort, start: tuple[Floats, Floats] | None = None) -> Answer:
        """As ``solve_lp``. Raises ``RuntimeError`` if the process has ended."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            pickle.dump((tuple(programme), tuple(effort), start), self._process.stdin, pickle.HIGHEST_PROTOCOL)
            self._process.stdin.flush()
            return Answer(*pickle.load(self._process.stdout))  # noqa: S301 - from our own child
        except (EOFError, OSError, pickle.UnpicklingError, ValueError) as lost:
            raise RuntimeError("the process that solves linear programmes is gone") from lost


def _serve() -> None:
    """Answer programmes from standard input until it closes."""
    answers = os.fdopen(serve_parent(), "wb")
    while True:
        try:
            programme, effort, start = pickle.load(sys.stdin.buffer)  # noqa: S301 - from our own parent
        except EOFError:
            return
        answer = solve_lp(Programme(*programme), Effort(*effort), start)
        pickle.dump(tuple(answer), answers, pickle.HIGHEST_PROTOCOL)
        answers.flush()


if __name__ == "__main__":
    _serve()
