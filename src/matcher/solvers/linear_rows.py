"""linear rows: a CP-SAT model's constraints as rows of a programme that HiGHS can solve, so that no rule is written twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import numpy as np

from matcher.solvers.lp import Programme

_FAR = 1 << 60


class Rows:
    """A model's rows, those that are linear only on a condition left out; more can be added."""

    def __init__(self, proto: Any) -> None:
        self._proto = proto
        self._row: list[int] = []
        self._column: list[int] = []
        self._entry: list[int] = []
        self._lower: list[float] = []
        self._upper: list[float] = []
        self.implied: dict[int, list[int]] = defaultdict(list)
        """What follows from each column being 1: other columns."""
        for constraint in proto.constraints:
            self._add(constraint)

    def _add(self, constraint: Any) -> None:
        when = [-literal - 1 for literal in constraint.enforcement_literal]
        if constraint.has_at_most_one():
            self._literals(constraint.at_most_one.literals, -np.inf, 1)
        elif constraint.has_exactly_one():
            self._literals(constraint.exactly_one.literals, 1, 1)
        elif constraint.has_bool_or():
            self._literals([*constraint.bool_or.literals, *when], 1, np.inf)
        elif constraint.has_bool_and():
            for literal in constraint.bool_and.literals:
                self._literals([literal, *when], 1, np.inf)
        elif constraint.has_linear() and not when:
            linear = constraint.linear
            low, high = linear.domain[0], linear.domain[len(linear.domain) - 1]
            self.append(
                zip(linear.vars, linear.coeffs), -np.inf if low < -_FAR else low, np.inf if high > _FAR else high
            )

    def _literals(self, literals: Iterable[int], low: float, high: float) -> None:
        """So many of the literals are true; a negative one is the opposite of a column."""
        literals = list(literals)
        if len(literals) == 2 and low == 1:
            for one, other in (literals, literals[::-1]):
                if one < 0 <= other:
                    self.implied[-one - 1].append(other)
        opposite = sum(literal < 0 for literal in literals)
        entries = [(literal, 1) if literal >= 0 else (-literal - 1, -1) for literal in literals]
        self.append(entries, low - opposite, high - opposite)

    def append(self, entries: Iterable[tuple[int, int]], low: float, high: float) -> None:
        """One row."""
        row = len(self._lower)
        for column, entry in entries:
            self._row.append(row)
            self._column.append(column)
            self._entry.append(entry)
        self._lower.append(low)
        self._upper.append(high)

    def programme(self) -> Programme:
        """All rows, with the model's objective (its offset left out) and upper bounds."""
        proto = self._proto
        cost = np.zeros(len(proto.variables))
        np.add.at(cost, list(proto.objective.vars), list(proto.objective.coeffs))
        most = np.array([variable.domain[len(variable.domain) - 1] for variable in proto.variables], dtype=np.float64)
        return Programme(
            cost, most, np.array(self._lower, dtype=np.float64), np.array(self._upper, dtype=np.float64),
            np.array(self._row, dtype=np.int64), np.array(self._column, dtype=np.int64),
            np.array(self._entry, dtype=np.float64),
        )
