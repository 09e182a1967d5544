"""HiGHS in a process of its own: its library and the HiGHS inside ortools cannot live in one process.

Nothing here imports ortools. Plain arrays in, column values out.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Rows:
    """An integer programme, row by row; one objective per tier as (columns, coefficients, constant)."""

    low: NDArray[np.float64]
    high: NDArray[np.float64]
    start: NDArray[np.int32]
    column: NDArray[np.int32]
    factor: NDArray[np.float64]
    least: NDArray[np.float64]
    most: NDArray[np.float64]
    goals: tuple[tuple[NDArray[np.int32], NDArray[np.float64], float], ...]


@dataclass(frozen=True, slots=True)
class Tiers:
    """What came of it: a status per tier, improvements as (seconds, tier number, value), the last column values."""

    status: tuple[str, ...]
    improvements: tuple[tuple[float, int, int], ...]
    values: NDArray[np.float64] | None
    seconds: float
    peak_mb: int
    version: str


def solve_tiers(rows: Rows, seconds: float, shares: Sequence[float], seed: int, workers: int) -> Tiers:
    """Solve tier after tier; a later one never worsens an earlier one."""
    import highspy

    from matcher.bench.machine import peak_mb

    began = time.perf_counter()
    improvements: list[tuple[float, int, int]] = []
    statuses: list[str] = []
    kept: list[float] = []
    values: NDArray[np.float64] | None = None

    def note(tier: int) -> Callable[[Any], None]:
        return lambda event: improvements.append(
            (time.perf_counter() - began, tier, round(event.data_out.objective_function_value))
        )

    def end_at(tier: int, last: float) -> Callable[[Any], None]:
        # Without any roster yet, the search goes on until there is one.
        return lambda event: event.interrupt(
            time.perf_counter() > last and (tier > 0 or any(number == tier for _, number, _ in improvements))
        )

    for tier, share in enumerate(shares):
        left = seconds - (time.perf_counter() - began)
        if left <= 0:
            break
        highs: Any = highspy.Highs()
        for name, value in {
            "output_flag": False, "time_limit": left, "threads": workers, "random_seed": seed,
            "mip_rel_gap": 0.0,
        }.items():
            highs.setOptionValue(name, value)
        highs.passModel(_model(rows, tier, kept))
        if values is not None:
            begin = highspy.HighsSolution()
            begin.col_value = list(values)
            highs.setSolution(begin)
        highs.cbMipImprovingSolution.subscribe(note(tier))
        highs.cbMipInterrupt.subscribe(end_at(tier, time.perf_counter() + left * share))
        highs.run()
        statuses.append(highs.modelStatusToString(highs.getModelStatus()))
        if highs.getInfo().primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
            break
        values = np.array(highs.getSolution().col_value)
        kept.append(round(highs.getInfo().objective_function_value))
    return Tiers(
        tuple(statuses), tuple(improvements), values, time.perf_counter() - began, peak_mb(), version("highspy")
    )


def _model(rows: Rows, goal: int, kept: Sequence[float]) -> Any:
    """HiGHS's model for one goal; the goals before it are not to be worsened."""
    import highspy

    earlier = [(columns, factors, value - shift) for (columns, factors, shift), value in zip(rows.goals, kept)]
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(rows.low), len(rows.least) + len(earlier)
    columns, factors, lp.offset_ = rows.goals[goal]
    cost = np.zeros(len(rows.low))
    cost[columns] = factors
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = cost, rows.low, rows.high
    lp.row_lower_ = np.concatenate([rows.least, np.full(len(earlier), -np.inf)])
    lp.row_upper_ = np.concatenate([rows.most, np.array([value for _, _, value in earlier])])
    sizes = np.cumsum([len(columns) for columns, _, _ in earlier], dtype=np.int64)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = np.concatenate([rows.start, rows.start[-1] + sizes]).astype(np.int32)
    lp.a_matrix_.index_ = np.concatenate([rows.column, *(columns for columns, _, _ in earlier)]).astype(np.int32)
    lp.a_matrix_.value_ = np.concatenate([rows.factor, *(factors for _, factors, _ in earlier)])
    lp.integrality_ = [highspy.HighsVarType.kInteger] * len(rows.low)
    return lp


def answer(pipe: Any, rows: Rows, seconds: float, shares: Sequence[float], seed: int, workers: int) -> None:
    """The process's work: solve, and send what came of it down the pipe."""
    pipe.send(solve_tiers(rows, seconds, shares, seed, workers))
    pipe.close()
