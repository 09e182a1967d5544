"""A compact mixed-integer programme of the whole problem, solved by HiGHS tier after tier.

A variable per option, candidate and stand-by, and auxiliary ones for steps of fairness, faces, missing stand-bys.
The rules are those of ``matcher.solvers.exact``, written as linear rows: implications and at-most-ones as they
are, enforced rows with the smallest M, tours as in- and out-degrees (their arcs run forward in time only).
All variables are integers: with the auxiliary ones continuous, HiGHS 1.15.1's presolve calls one of our scenarios
infeasible.
"""

from __future__ import annotations

import math
import multiprocessing
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from matcher.bench.answers import Answer, Effort, Improvement
from matcher.bench.peers.cpsat import SHARES, whole_model
from matcher.bench.peers.highs_process import Rows, Tiers, answer
from matcher.problem.problem import Problem
from matcher.problem.roster import TIERS
from matcher.solvers.exact import Item, Model

MOST_CANDIDATES = 400_000

_FAR = 1 << 62
"""CP-SAT's way to say infinity starts here."""

Row = tuple[dict[int, int], float, float]
"""Coefficient per variable, lower and upper end."""


class Programme:
    """Columns and rows of a CP-SAT model that HiGHS can solve."""

    def __init__(self, model: Model, goals: Sequence[Any]) -> None:
        proto = model.cp.model_proto
        domains = [list(variable.domain) for variable in proto.variables]
        self.low = np.array([domain[0] for domain in domains], dtype=float)
        self.high = np.array([domain[-1] for domain in domains], dtype=float)
        self.goals = [self._goal(model, goal) for goal in goals]
        self.rows: list[Row] = []
        for constraint in proto.constraints:
            self.rows += self._rows(constraint)

    def _goal(self, model: Model, goal: Any) -> tuple[dict[int, int], int]:
        """Coefficients and constant of a goal."""
        model.cp.minimize(goal)
        objective = model.cp.model_proto.objective
        scale = objective.scaling_factor or 1
        terms = _summed((var, int(coefficient * scale)) for var, coefficient in zip(objective.vars, objective.coeffs))
        return terms, int(objective.offset * scale)

    # ---------------------------------------------------------------------------------------- rows

    def _rows(self, constraint: Any) -> Iterator[Row]:
        enforced = list(constraint.enforcement_literal)
        if constraint.has_at_most_one():
            yield _counted(constraint.at_most_one.literals, -math.inf, 1)
        elif constraint.has_exactly_one():
            yield _counted(constraint.exactly_one.literals, 1, 1)
        elif constraint.has_bool_or():
            yield _counted((*constraint.bool_or.literals, *(~literal for literal in enforced)), 1, math.inf)
        elif constraint.has_bool_and():
            for literal in constraint.bool_and.literals:
                yield _counted((literal, *(~other for other in enforced)), 1, math.inf)
        elif constraint.has_circuit():
            yield from self._degrees(constraint.circuit)
        elif constraint.has_linear():
            yield from self._linear(constraint.linear, enforced)
        else:
            raise NotImplementedError(f"no row for {constraint}")

    @staticmethod
    def _degrees(circuit: Any) -> Iterator[Row]:
        for ends in (circuit.tails, circuit.heads):
            arcs: dict[int, list[int]] = {}
            for node, literal in zip(ends, circuit.literals):
                arcs.setdefault(node, []).append(literal)
            for literals in arcs.values():
                yield _counted(literals, 1, 1)

    def _linear(self, linear: Any, enforced: Sequence[int]) -> Iterator[Row]:
        low, *_, high = list(linear.domain)
        terms = _summed(zip(linear.vars, linear.coeffs))
        least = -math.inf if low <= -_FAR else float(low)
        most = math.inf if high >= _FAR else float(high)
        if not enforced:
            yield terms, least, most
            return
        ends = [(factor * self.low[var], factor * self.high[var]) for var, factor in terms.items()]
        if least > -math.inf:
            yield self._unless(terms, least, least - sum(min(pair) for pair in ends), enforced, 1)
        if most < math.inf:
            yield self._unless(terms, most, sum(max(pair) for pair in ends) - most, enforced, -1)

    def _unless(self, terms: dict[int, int], end: float, slack: float, enforced: Sequence[int], sign: int) -> Row:
        """The row, loosened by ``slack`` for every enforcement literal that is false."""
        row, loose = dict(terms), sign * max(0, math.ceil(slack))
        for literal in enforced:
            var = _variable(literal)
            row[var] = row.get(var, 0) + (-loose if literal >= 0 else loose)
            end -= loose if literal >= 0 else 0
        return (row, end, math.inf) if sign > 0 else (row, -math.inf, end)

    def as_arrays(self) -> Rows:
        """The programme as arrays, for a process that knows nothing of models."""
        rows = self.rows
        return Rows(
            self.low, self.high,
            np.concatenate([[0], np.cumsum([len(row) for row, _, _ in rows], dtype=np.int64)]).astype(np.int32),
            np.array([column for row, _, _ in rows for column in row], dtype=np.int32),
            np.array([factor for row, _, _ in rows for factor in row.values()], dtype=np.float64),
            np.array([low for _, low, _ in rows], dtype=np.float64),
            np.array([high for _, _, high in rows], dtype=np.float64),
            tuple(
                (np.array(list(terms), dtype=np.int32), np.array(list(terms.values()), dtype=np.float64), float(shift))
                for terms, shift in self.goals
            ),
        )


def one_programme(problem: Problem, effort: Effort) -> Answer:
    """HiGHS on the whole programme, tier after tier."""
    began = time.perf_counter()
    model, goals = whole_model(problem, MOST_CANDIDATES)
    programme = Programme(model, goals)
    rows = programme.as_arrays()
    built = time.perf_counter()
    tiers = _in_a_process(rows, effort)
    roster = None
    if tiers.values is not None:
        values = tiers.values.tolist()
        chosen = [_chosen(values, items) for items in (model.crew, model.standbys)]
        roster = problem.roster(*chosen, strategy="highs")
    return Answer(
        roster,
        tuple(Improvement(seconds, TIERS[tier], value) for seconds, tier, value in tiers.improvements),
        built - began, tiers.seconds,
        detail={
            "status": dict(zip(TIERS, tiers.status)), "columns": len(programme.low), "rows": len(programme.rows),
            "helper peak MB": tiers.peak_mb, "version": tiers.version,
        },
    )


def _in_a_process(rows: Rows, effort: Effort) -> Tiers:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    arguments = (theirs, rows, effort.seconds, SHARES, effort.seed, effort.workers)
    process = context.Process(target=answer, args=arguments, daemon=True)
    process.start()
    theirs.close()
    try:
        tiers: Tiers = ours.recv()
    except EOFError:
        raise RuntimeError("HiGHS's process ended without an answer") from None
    finally:
        process.join()
    return tiers


def _chosen(values: Sequence[float], items: Iterable[Item]) -> list[tuple[int, int, int]]:
    return [(item.option, item.role, item.volunteer) for item in items if values[item.variable.index] > 0.5]


# ------------------------------------------------------------------------------------------- literals


def _variable(literal: int) -> int:
    return literal if literal >= 0 else -literal - 1


def _counted(literals: Iterable[int], low: float, high: float) -> Row:
    """A row that counts true literals; ``~v`` counts as 1 − v."""
    terms: dict[int, int] = {}
    shift = 0
    for literal in literals:
        var, sign = (literal, 1) if literal >= 0 else (-literal - 1, -1)
        terms[var] = terms.get(var, 0) + sign
        shift += literal < 0
    return terms, low - shift, high - shift


def _summed(pairs: Iterable[tuple[int, int]]) -> dict[int, int]:
    terms: dict[int, int] = {}
    for var, factor in pairs:
        terms[var] = terms.get(var, 0) + factor
    return terms
