"""linear rows: rows of a programme that HiGHS can solve, from a CP-SAT model's constraints or in arrays."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.solvers.lp import Floats, Programme

Ints = NDArray[np.int64]

_FAR = 1 << 60


class Rows:
    """A model's rows, those that are linear only on a condition left out."""

    def __init__(self, proto: Any) -> None:
        self._proto = proto
        self._row: list[int] = []
        self._column: list[int] = []
        self._entry: list[int] = []
        self._lower: list[float] = []
        self._upper: list[float] = []
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
            self._append(
                zip(linear.vars, linear.coeffs), -np.inf if low < -_FAR else low, np.inf if high > _FAR else high
            )

    def _literals(self, literals: Iterable[int], low: float, high: float) -> None:
        """So many of the literals are true; a negative one is the opposite of a column."""
        literals = list(literals)
        opposite = sum(literal < 0 for literal in literals)
        entries = [(literal, 1) if literal >= 0 else (-literal - 1, -1) for literal in literals]
        self._append(entries, low - opposite, high - opposite)

    def _append(self, entries: Iterable[tuple[int, int]], low: float, high: float) -> None:
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


class Blocks:
    """Rows in arrays, many at a time, over columns that are numbered as they are asked for."""

    def __init__(self, width: int) -> None:
        self.width = width
        """Columns so far."""
        self._rows = 0
        self._parts: list[tuple[Ints, Ints, Floats, Floats, Floats]] = []

    def columns(self, count: int) -> Ints:
        """So many further columns."""
        self.width += count
        return np.arange(self.width - count, self.width)

    def add(self, row: Ints, column: Ints, entry: Floats | float, lower: Floats, upper: Floats) -> None:
        """Rows numbered from 0 by ``row``, with their bounds."""
        entries = np.broadcast_to(np.asarray(entry, dtype=np.float64), row.shape)
        self._parts.append((row + self._rows, column, entries, lower, upper))
        self._rows += len(upper)

    def at_most(
        self, key: Ints, column: Ints, most: Ints | int, entry: Floats | float = 1.0, group: Ints | None = None
    ) -> None:
        """A row per different key, no more than ``most`` (at the key, or of all); those that could not be more are left out.

        ``group``: columns of one group never come to more than one together.
        """
        keys, row = np.unique(key, return_inverse=True)
        entries = np.broadcast_to(np.asarray(entry, dtype=np.float64), row.shape)
        upper = np.broadcast_to(np.asarray(most, dtype=np.float64)[keys] if np.ndim(most) else float(most), keys.shape)
        if group is None:
            could = np.bincount(row, entries, len(keys))
        else:
            pairs = np.unique(row * (int(group.max(initial=0)) + 1) + group)
            could = np.bincount(pairs // (int(group.max(initial=0)) + 1), minlength=len(keys)).astype(np.float64)
        binds = could > upper
        number = np.cumsum(binds) - 1
        kept = binds[row]
        own = upper[binds]
        self.add(number[row[kept]], column[kept], entries[kept], np.full(len(own), -np.inf), own)

    def programme(self, cost: Floats) -> Programme:
        """All rows, at this cost, no column more than one."""
        empty = (np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0), np.zeros(0), np.zeros(0))
        row, column, entry, lower, upper = (np.concatenate(parts) for parts in zip(empty, *self._parts))
        return Programme(cost, np.ones(self.width), lower, upper, row, column, entry)
