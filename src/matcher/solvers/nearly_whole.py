"""nearly whole: the needs tier of a problem as a programme whose linear relaxation says nearly all.

Every rule comes from ``exact``, so that nothing is said twice; added is what a search by branching needs not be told but
a linear programme does: nobody serves more of an option than takes place of it, and no team more than was chosen of it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.problem.problem import Problem
from matcher.solvers.exact import CONSTRAINTS, Model, empty_seats
from matcher.solvers.linear_rows import Rows
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
    proto = model.cp.model_proto
    rows = Rows(proto)
    _tighten(model, rows)
    crew = np.array([item.variable.index for item in model.crew], dtype=np.int64)
    return NeedsProgramme(rows.programme(), round(proto.objective.offset), crew)


def _tighten(model: Model, rows: Rows) -> None:
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
