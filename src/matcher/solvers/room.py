"""What is left of everybody's own limits while a roster is being made: counts per day, week and month, in arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.problem.problem import Problem
from matcher.solvers.load import PERIODS, Elsewhere

Ints = NDArray[np.int64]
_FAR = 1 << 30


class Room:
    """Visits, minutes and days taken, elsewhere and by what ``take`` has added. ``clear`` begins again.

    Goods count in week and month, take no minutes and no day.
    """

    def __init__(self, problem: Problem) -> None:
        self._names: dict[str, dict[Any, int]] = {unit: {} for unit in PERIODS}
        self._of_option = {
            unit: [self._names[unit].setdefault(period(option.day), len(self._names[unit]))
                   for option in problem.options]
            for unit, period in PERIODS.items()
        }
        goods = [problem.visits[option.visit].is_goods for option in problem.options]
        minutes = [problem.visits[option.visit].minutes for option in problem.options]
        self._goods, self._minutes = goods, minutes
        limits = problem.expanded.limits
        self._most = {
            (what, unit): np.array([
                _FAR if (most := getattr(own, f"{what}_per_{unit}")) is None else most for own in limits
            ], dtype=np.int64)
            for what in ("visits", "minutes") for unit in PERIODS
        }
        self._limited = [key for key, most in self._most.items() if (most < _FAR).any()]
        self._most_days = np.array([7 - (own.rest_days or 0) for own in limits], dtype=np.int64)
        self._somebody_rests = bool((self._most_days < 7).any())
        self._begin(Elsewhere(problem), len(limits))
        self.clear()

    def _begin(self, elsewhere: Elsewhere, people: int) -> None:
        sizes = {unit: max(1, len(names)) for unit, names in self._names.items()}
        self._elsewhere = {(what, unit): np.zeros((people, sizes[unit]), np.int32) for what, unit in self._most}
        for (row, unit, name), visits, minutes in elsewhere.loads():
            at = self._names[unit].get(name)
            if at is not None:
                self._elsewhere["visits", unit][row, at] = visits
                self._elsewhere["minutes", unit][row, at] = minutes
        self._days_elsewhere = np.zeros((people, sizes["week"]), np.int32)
        for (row, week), days in elsewhere.days.items():
            at = self._names["week"].get(week)
            if at is not None:
                self._days_elsewhere[row, at] = len(days)

    def clear(self) -> None:
        """Nothing is taken but what was taken elsewhere."""
        self.taken = {key: taken.copy() for key, taken in self._elsewhere.items()}
        self._days = self._days_elsewhere.copy()

    def fits(self, rows: Any, option: int) -> Any:
        """Who of some volunteers (an array of rows, or one row) has room for an option by their own limits."""
        goods, minutes = self._goods[option], self._minutes[option]
        fits = rows >= 0
        for what, unit in self._limited:
            if goods and unit == "day":
                continue
            own = self.taken[what, unit][rows, self._of_option[unit][option]]
            fits = fits & (own + (1 if what == "visits" else minutes) <= self._most[what, unit][rows])
        if self._somebody_rests:
            day, week = self._of_option["day"][option], self._of_option["week"][option]
            new = 0 if goods else self.taken["visits", "day"][rows, day] == 0
            fits = fits & (self._days[rows, week] + new <= self._most_days[rows])
        return fits

    def take(self, row: int, option: int, times: int = 1) -> None:
        """Somebody is given an option, or (times −1) it is taken from them."""
        goods, minutes = self._goods[option], self._minutes[option]
        day, week = self._of_option["day"][option], self._of_option["week"][option]
        visits_that_day = self.taken["visits", "day"]
        if not goods and visits_that_day[row, day] == (0 if times > 0 else 1):
            self._days[row, week] += times
        for what, unit in self._most:
            if not goods or unit != "day":
                self.taken[what, unit][row, self._of_option[unit][option]] += times * (
                    1 if what == "visits" else minutes
                )

    def visits_in_month(self, row: int, option: int) -> int:
        """Visits somebody has in the month of an option."""
        return int(self.taken["visits", "month"][row, self._of_option["month"][option]])
