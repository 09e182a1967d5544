"""nearly whole: the needs tier of a problem as a programme whose linear relaxation says nearly all.

Every rule comes from ``exact``, so that nothing is said twice; added is what a search by branching needs not be told but
a linear programme does: nobody serves more of an option than takes place of it, and no team more than was chosen of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.problem.problem import Problem
from matcher.solvers.exact import CONSTRAINTS, Model, empty_seats
from matcher.solvers.lp import Programme
from matcher.solvers.stop import Timer


@dataclass(frozen=True, slots=True)
class NeedsProgramme:
    """The programme, the points it costs beyond ``cost`` · x, and the column of each crew candidate."""

    programme: Programme
    beyond: int
    crew: NDArray[np.int64]


def needs_programme(problem: Problem, timer: Timer) -> NeedsProgramme | None:
    """The needs tier of a problem, every rule in it but what holds only on a condition; None if the time is over."""
    model = Model(problem)
    for constraint in CONSTRAINTS:
        constraint(model)
        if timer.over:
            return None
    model.cp.minimize(empty_seats(model))
    rows = _Rows()
    for constraint in model.cp.model_proto.constraints:
        rows.add(constraint)
    _tighten(model, rows)
    proto = model.cp.model_proto
    cost = np.zeros(len(proto.variables))
    np.add.at(cost, list(proto.objective.vars), list(proto.objective.coeffs))
    most = np.array([variable.domain[len(variable.domain) - 1] for variable in proto.variables], dtype=np.float64)
    crew = np.array([item.variable.index for item in model.crew], dtype=np.int64)
    return NeedsProgramme(rows.programme(cost, most), round(proto.objective.offset), crew)


class _Rows:
    """Rows of a programme in the making."""

    def __init__(self) -> None:
        self._row: list[int] = []
        self._column: list[int] = []
        self._entry: list[int] = []
        self._lower: list[float] = []
        self._upper: list[float] = []
        self.implied: dict[int, list[int]] = defaultdict(list)
        """What follows from each column being 1: other columns."""

    def add(self, constraint: Any) -> None:
        """A constraint of a CP-SAT model; those that are linear only on a condition are left out."""
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

    def programme(self, cost: NDArray[np.float64], most: NDArray[np.float64]) -> Programme:
        """All rows with the columns' costs and upper bounds."""
        return Programme(
            cost, most, np.array(self._lower, dtype=np.float64), np.array(self._upper, dtype=np.float64),
            np.array(self._row, dtype=np.int64), np.array(self._column, dtype=np.int64),
            np.array(self._entry, dtype=np.float64),
        )


_FAR = 1 << 60


def _tighten(model: Model, rows: _Rows) -> None:
    """Rows that whole numbers obey anyway."""
    happens = {variable.index for variable in model.happens}
    teams: dict[tuple[int, int, int], list[int]] = defaultdict(list)
    for (option, role), items in model.crew_by_seat.items():
        wish = model.problem.visits[model.problem.options[option].visit].wish
        happening, count = model.happens[option].index, wish.roles[role].count
        columns = [item.variable.index for item in items]
        if wish.partial:
            rows.append([*((column, 1) for column in columns), (happening, -count)], -np.inf, 0)
        elif count > 1:
            for column in columns:
                rows.append([(column, 1), (happening, -1)], -np.inf, 0)
        if wish.as_one_team:
            for item, column in zip(items, columns):
                for team in set(rows.implied.get(column, ())) - happens:
                    teams[team, item.visit, role].append(column)
    for (team, visit, role), columns in teams.items():
        count = model.problem.visits[visit].wish.roles[role].count
        rows.append([*((column, 1) for column in columns), (team, -count)], -np.inf, 0)
