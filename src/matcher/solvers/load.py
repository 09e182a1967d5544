"""What volunteers have taken on outside the plan: done history and published seats it does not contain."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date
from functools import lru_cache
from typing import Any

from matcher.problem.problem import Problem

PERIODS: dict[str, Callable[[date], Any]] = {
    "day": lambda day: day,
    "week": lambda day: tuple(day.isocalendar()[:2]),
    "month": lambda day: (day.year, day.month),
}
"""The periods limits are counted in, and the name of the one a day lies in."""


@lru_cache(maxsize=4096)
def _periods_of(day: date) -> tuple[tuple[str, Any], ...]:
    return tuple((unit, period(day)) for unit, period in PERIODS.items())


class Elsewhere:
    """Visits and minutes per volunteer and period, and the days taken per ISO week."""

    def __init__(self, problem: Problem) -> None:
        expanded = problem.expanded
        self.days: dict[tuple[int, Any], set[date]] = defaultdict(set)
        self._visits: dict[tuple[int, str, Any], int] = defaultdict(int)
        self._minutes: dict[tuple[int, str, Any], int] = defaultdict(int)
        for name, services in expanded.done_by_volunteer.items():
            for service in services:
                wish = expanded.scenario.wish.get(service.wish or "")
                goods = wish is not None and wish.kind == "goods"
                day = expanded.calendar.day_of(expanded.calendar.minute_of(service.start))
                self._add(expanded.volunteer_index[name], day, 0 if goods else service.minutes, goods)
        for seat in expanded.outside:
            if not seat.standby:
                minutes = 0 if seat.start is None or seat.end is None else seat.end - seat.start
                self._add(seat.volunteer, seat.day, minutes, seat.start is None)

    def _add(self, volunteer: int, day: date, minutes: int, goods: bool) -> None:
        for unit, name in _periods_of(day):
            if unit == "day" and goods:
                continue
            self._visits[volunteer, unit, name] += 1
            self._minutes[volunteer, unit, name] += minutes
            if unit == "week" and not goods:
                self.days[volunteer, name].add(day)

    def load(self, volunteer: int, unit: str, name: Any) -> tuple[int, int]:
        """(visits, minutes) already taken in a period."""
        return self._visits.get((volunteer, unit, name), 0), self._minutes.get((volunteer, unit, name), 0)

    def load_on(self, volunteer: int, unit: str, day: date) -> tuple[int, int]:
        """(visits, minutes) already taken in the period a day lies in."""
        return self.load(volunteer, unit, PERIODS[unit](day))

    def loads(self) -> Iterator[tuple[tuple[int, str, Any], int, int]]:
        """((volunteer, unit, period), visits, minutes) of everything taken."""
        return ((key, visits, self._minutes[key]) for key, visits in self._visits.items())
