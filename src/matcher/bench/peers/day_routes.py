"""One day as planners of routes see it: people with a home and hours, visits with a place and windows, and legs between.

Minutes throughout, counted from the day's first midnight. A person's own hours do not contain the way from and to
home, so those two legs take no time and only cost.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from matcher.bench.answers import Answer
from matcher.bench.verdict import without_objections
from matcher.domain.places import TravelMode
from matcher.problem.problem import Problem
from matcher.solvers.load import PERIODS, Elsewhere

Route = tuple[int, Sequence[int]]
"""(volunteer, visits in the order of the route)."""


@dataclass(frozen=True)
class Day:
    """A one-day problem of single seats, in arrays."""

    problem: Problem

    @cached_property
    def midnight(self) -> int:
        """The day's beginning in the problem's minutes."""
        return self.problem.expanded.calendar.minute(self.problem.scenario.program.window.start, "00:00")

    @cached_property
    def visits(self) -> tuple[int, ...]:
        """Visits somebody may serve."""
        return tuple(sorted({visit for visit, _ in self.options}))

    @cached_property
    def people(self) -> tuple[int, ...]:
        """Volunteers who may serve any and have visits left."""
        return tuple(row for row in sorted({row for _, row in self.options}) if self.most_visits(row) > 0)

    @cached_property
    def options(self) -> dict[tuple[int, int], list[int]]:
        """Options in time order by (visit, volunteer)."""
        crew, found = self.problem.crew, defaultdict(list)
        for option, row in zip(crew.option.tolist(), crew.volunteer.tolist()):
            found[self.problem.options[option].visit, row].append(option)
        return dict(found)

    @cached_property
    def seat_price(self) -> dict[tuple[int, int], int]:
        """The least a seat costs by itself, by (visit, volunteer)."""
        crew, found = self.problem.crew, dict[tuple[int, int], int]()
        for option, row, price in zip(crew.option.tolist(), crew.volunteer.tolist(), crew.price.tolist()):
            key = self.problem.options[option].visit, row
            found[key] = min(price, found.get(key, price))
        return found

    @cached_property
    def _elsewhere(self) -> Elsewhere:
        return Elsewhere(self.problem)

    def most_visits(self, row: int) -> int:
        """How many visits somebody may do on this day."""
        limits, day = self.problem.expanded.limits[row], self.problem.scenario.program.window.start
        left = [
            most - self._elsewhere.load_on(row, unit, day)[0]
            for unit in PERIODS
            if (most := getattr(limits, f"visits_per_{unit}")) is not None
        ]
        return max(0, min(left, default=len(self.visits)))

    def starts(self, visit: int) -> list[tuple[int, int]]:
        """Stretches [first, last] in which a visit may start."""
        facts = self.problem.visits[visit]
        stretches = [(start, start) for start in facts.fixed]
        stretches += [(low, high - facts.minutes) for low, high in facts.spans if high - low >= facts.minutes]
        return sorted({(low - self.midnight, high - self.midnight) for low, high in stretches})

    def hours(self, row: int) -> list[tuple[int, int]]:
        """When somebody is available, within the day."""
        spans = self.problem.expanded.free[row].available
        end = 24 * 60
        clipped = ((max(0, low - self.midnight), min(end, high - self.midnight)) for low, high in spans)
        return [(low, high) for low, high in clipped if low < high]

    # ----------------------------------------------------------------------------------------- legs

    def mode(self, row: int) -> TravelMode:
        """How somebody travels where no role asks for their vehicle."""
        return self.problem.scenario.volunteers[row].travel_mode

    def by_car(self, visit: int) -> bool:
        """Whether a visit's seat needs the vehicle."""
        return self.problem.visits[visit].wish.roles[0].vehicle is not None

    def between(self, mode: TravelMode) -> NDArray[np.int64]:
        """Minutes from the end of each visit to the begin of each other one."""
        atlas, facts = self.problem.expanded.atlas, [self.problem.visits[visit] for visit in self.visits]
        minutes = np.zeros((len(facts), len(facts)), dtype=np.int64)
        for column, (visit, there) in enumerate(zip(self.visits, facts)):
            way: TravelMode = "car" if self.by_car(visit) else mode
            for row, here in enumerate(facts):
                if row != column:
                    minutes[row, column] = atlas.minutes(here.end_place, there.place, way)
        return minutes

    def from_home(self, row: int) -> NDArray[np.int64]:
        """The price of the way from home to each visit."""
        home, prices = self.problem.scenario.volunteers[row].home, self.problem.prices
        return np.array([
            prices.leg(row, home, self.problem.visits[visit].place, self.by_car(visit)) for visit in self.visits
        ], dtype=np.int64)

    def to_home(self, row: int) -> NDArray[np.int64]:
        """The price of the way home from each visit."""
        home, prices = self.problem.scenario.volunteers[row].home, self.problem.prices
        return np.array([
            prices.leg(row, self.problem.visits[visit].end_place, home, self.by_car(visit)) for visit in self.visits
        ], dtype=np.int64)


def as_roster(day: Day, routes: Iterable[Route], name: str, model_seconds: float, search_seconds: float) -> Answer:
    """Routes as a roster: every visit at its earliest possible start on the way, less what the judge objects to."""
    chosen: list[tuple[int, int, int]] = []
    late = 0
    for row, visits in routes:
        before: int | None = None
        for visit in visits:
            option = _earliest(day, row, visit, before)
            if option is None:
                late += 1
                continue
            chosen.append((option, 0, row))
            before = option
    judged = without_objections(day.problem, day.problem.roster(chosen, [], strategy=name))
    if judged is None:
        return Answer(None, (), model_seconds, search_seconds, "the judge objects to it")
    roster, dropped = judged
    return Answer(roster, (), model_seconds, search_seconds, detail={
        "visits without a start on the grid": late, "dropped visits": dropped,
    })


def _earliest(day: Day, row: int, visit: int, before: int | None) -> int | None:
    problem = day.problem
    for option in day.options.get((visit, row), ()):
        start, last = problem.options[option].start, problem.options[before] if before is not None else None
        if last is None or start is None:
            return option
        if start > (last.start or 0) and before is not None and not problem.too_close(row, before, 0, option, 0):
            return option
    return None
