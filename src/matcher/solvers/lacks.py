"""lacks: what no roster can fill, of the seats that a programme over plans would fill in part.

The programme leaves cheap seats empty and fills dear ones by halves, which adds up to needs no roster has. Of a few
wishes, everybody free for them, a linear programme of all the rules (``nearly_whole``) says how much of that can be had
at once: its duals are weights, and no roster leaves empty less of the seats so weighted than it proves.
"""

from __future__ import annotations

from math import ceil

import numpy as np
from numpy.typing import NDArray

from matcher.solvers import tables as t
from matcher.solvers.highs import safe_bound, solve_programme
from matcher.solvers.lp import Programme
from matcher.solvers.nearly_whole import NeedsArrays, NeedsProgramme
from matcher.solvers.sides import Lack
from matcher.solvers.stop import Timer
from matcher.solvers.tables import Ints, Tables

_EXACT = 1e-6
_LEAST_PART = 2e-4
"""Of the needs: what lacks less beyond the programme's is not worth a row."""


class Lacks:
    """Finds what lacks of some ``wishes`` by name that a programme over plans would fill."""

    def __init__(self, tables: Tables, wishes: set[str], arrays: NeedsArrays | None = None) -> None:
        arrays = arrays or NeedsArrays(tables)
        chosen = np.array([name in wishes for name in tables.problem.visits_of_wish], dtype=bool)
        self._need, self._seats = arrays.need, arrays.seats
        self._visits: Ints = np.flatnonzero(chosen[tables.visit[:, t.V_WISH]])
        self._programme: NeedsProgramme = arrays.programme(chosen)

    def whole(self, least: int) -> Lack:
        """That together they lack so many points of needs."""
        weight = np.zeros(len(self._need), dtype=np.int64)
        weight[self._visits] = self._need[self._visits]
        return Lack(weight, least)

    def violated(self, filled: NDArray[np.float64], timer: Timer) -> Lack | None:
        """What lacks most of ``filled`` [visits], the seats a programme fills; None if all of it can be had, or in no time."""
        weight = self._weights(filled, timer)
        if weight is None:
            return None
        of_visit, least = weight
        empty = float(of_visit @ (self._seats - filled))
        short = least - empty
        return Lack(of_visit, least) if short > max(1.0, _LEAST_PART * float(self._need @ self._seats - self._need @ filled)) else None

    def _weights(self, filled: NDArray[np.float64], timer: Timer) -> tuple[Ints, int] | None:
        """(weights [visits], what so weighted stays empty at least): the duals of having what is filled, or less."""
        needs, own = self._programme, self._programme.programme
        visits = self._visits[filled[self._visits] > _EXACT]
        rows, columns = len(own.lower), len(own.cost)
        place = np.full(len(self._need), -1, dtype=np.int64)
        place[visits] = np.arange(len(visits))
        seat = np.flatnonzero(place[needs.visit] >= 0)
        had = np.arange(len(visits))
        asked = Programme(
            cost=np.concatenate([np.zeros(columns), -self._need[visits].astype(np.float64)]),
            most=np.concatenate([own.most, filled[visits]]),
            lower=np.concatenate([own.lower, np.full(len(visits), -np.inf)]),
            upper=np.concatenate([own.upper, np.zeros(len(visits))]),
            row=np.concatenate([own.row, rows + had, rows + place[needs.visit[seat]]]),
            column=np.concatenate([own.column, columns + had, seat]),
            entry=np.concatenate([own.entry, np.ones(len(had)), -np.ones(len(seat))]),
        )
        solved = solve_programme(asked, timer, whole=False)
        if solved is None or solved.dual is None:
            return None
        of_visit = np.zeros(len(self._need), dtype=np.int64)
        of_visit[visits] = np.clip(np.rint(-solved.dual[rows:]), 0, self._need[visits])
        weighted = np.zeros(columns)
        weighted[:needs.seats] = -of_visit[needs.visit]
        bound = safe_bound(own._replace(cost=weighted), solved.dual[:rows])
        return of_visit, ceil(bound - _EXACT) + int(of_visit @ self._seats)
