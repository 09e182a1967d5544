"""full_day: one full date of a roster as a ``Day`` of routes, and tours back as seats at starts the problem has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import pairwise
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from matcher.domain.places import TravelMode
from matcher.domain.wishes import Role
from matcher.problem.problem import Problem, Triple
from matcher.solvers.routes import Tours
from matcher.solvers.routes_tables import APART, HARD, NEVER, TOGETHER, WINDOWS, Day, Ints, Prices

_BEFORE = 24 * 60
"""Minutes before the first start at which a route may begin: on the way there nobody's time is asked about."""
PARTS = 4
"""Routes count in so many parts of a point: prices are whole numbers, and that of a minute's difference is small."""
_SEAT_POINTS = 20
"""Points of quality that a point of needs is worth, at least."""
_MOST_LEFT_OUT = 100_000_000

Service = tuple[int, int]
"""(visit, role): one seat of a crew."""


@dataclass(frozen=True)
class FullDay:
    """The visits of one date that may move."""

    problem: Problem
    day: date
    visits: tuple[int, ...]
    held: frozenset[int]
    """People who do something else that day."""

    @cached_property
    def people(self) -> tuple[int, ...]:
        """Everybody who may serve any of the visits."""
        return tuple(sorted({volunteer for people in self.may.values() for volunteer in people}))

    @cached_property
    def services(self) -> tuple[Service, ...]:
        """The seats, visit after visit."""
        return tuple(
            (visit, position)
            for visit in self.visits
            for position, role in enumerate(self.problem.visits[visit].wish.roles)
            for _ in range(role.count)
        )

    @cached_property
    def options(self) -> dict[int, dict[int, int]]:
        """Visit → start → option, in order of time."""
        problem = self.problem
        return {
            visit: {
                start: option
                for option in problem.options_of[visit]
                for start in [problem.options[option].start]
                if problem.options[option].day == self.day and start is not None
            }
            for visit in self.visits
        }

    @cached_property
    def may(self) -> dict[tuple[int, int], dict[int, int]]:
        """(option, role) → volunteer → price of the seat."""
        crew, wanted = self.problem.crew, [o for own in self.options.values() for o in own.values()]
        found: dict[tuple[int, int], dict[int, int]] = {}
        for option in wanted:
            low, high = np.searchsorted(crew.option, np.array([option, option + 1], crew.option.dtype))
            rows = zip(crew.role[low:high].tolist(), crew.volunteer[low:high].tolist(), crew.price[low:high].tolist())
            for role, volunteer, price in rows:
                if volunteer not in self.held:
                    found.setdefault((option, role), {})[volunteer] = price
        return found

    # --------------------------------------------------------------------------------------- as a day of routes

    def as_routes(self, wages: Mapping[int, int] = MappingProxyType({}), *, even: bool = False) -> Day:
        """The date as routes know it, in minutes and in parts of a point.

        ``wages``: points that a seat costs beside its price, by person. ``even``: uneven days cost about what fairness says.
        """
        services, people = self.services, self.people
        index = {visit: at for at, visit in enumerate(self.visits)}
        seat, able = self._seats(wages)
        left_out = self._left_out(int(seat.max(initial=0)))
        late = max(HARD, 2 * int(left_out.max(initial=0)))
        windows = self._windows
        double = [self.problem.visits[visit].seats > 1 for visit in self.visits]
        return Day(
            travel=self._travel(),
            visit=np.array([index[visit] for visit, _ in services], np.int64),
            place=np.arange(len(services)),
            lasts=np.array([self.problem.visits[visit].minutes for visit, _ in services], np.int64),
            windows=np.array([windows[visit] for visit, _ in services], np.int64).reshape(len(services), WINDOWS, 2),
            link=np.where(double, TOGETHER, APART).astype(np.int64),
            lag=np.zeros((len(self.visits), 2), np.int64),
            left_out=left_out,
            able=able,
            seat_price=PARTS * seat,
            home=np.repeat(len(services) + np.arange(len(people))[:, None], 2, axis=1),
            shift=self._shifts(able),
            due_break=np.zeros(len(people), np.bool_),
            prices=Prices(
                travel=PARTS * self.problem.prices.weights.travel, late=late, overtime=late, balance=self.price_of_a_minute if even else 0,
            ),
        )

    @cached_property
    def price_of_a_minute(self) -> int:
        """The price of a minute by which somebody's day differs from the mean: a visit more costs what fairness adds to the next."""
        prices, turn = self.problem.prices, len(self.services) // len(self.people) + 1
        added = sum(prices.fairness(person, turn + 1) - prices.fairness(person, turn) for person in self.people)
        minutes = sum(self.problem.visits[visit].minutes for visit, _ in self.services)
        return round(PARTS * added * len(self.services) / (len(self.people) * max(1, minutes)))

    @cached_property
    def _clock(self) -> int:
        """The minute that routes call 0."""
        return min(min(own) for own in self.options.values()) - _BEFORE

    def _seats(self, wages: Mapping[int, int]) -> tuple[Ints, NDArray[np.bool_]]:
        """[people, services] the least price of each seat, and who may take it at all."""
        price = np.zeros((len(self.people), len(self.services)), np.int64)
        able = np.zeros(price.shape, np.bool_)
        for v, (visit, role) in enumerate(self.services):
            least: dict[int, int] = {}
            for option in self.options[visit].values():
                for volunteer, own in self.may.get((option, role), {}).items():
                    least[volunteer] = min(own, least.get(volunteer, own))
            for i, volunteer in enumerate(self.people):
                if volunteer in least:
                    able[i, v], price[i, v] = True, least[volunteer] + wages.get(volunteer, 0)
        return price, able

    def _left_out(self, dearest: int) -> Ints:
        """[visits] dearer than anything that routes could save by leaving a visit out, as needs are."""
        points = np.array([self.problem.prices.empty_seat(self.problem.visits[visit].wish) * self.problem.visits[visit].seats
                           for visit in self.visits], np.int64)
        worth = max(_SEAT_POINTS, 8 * dearest // max(1, int(points.min(initial=100))))
        return np.minimum(PARTS * points * worth, _MOST_LEFT_OUT)

    @cached_property
    def _windows(self) -> dict[int, list[tuple[int, int]]]:
        """Runs of starts with no more than a step between them, as many as routes can hold; the longest."""
        step = self.problem.scenario.program.settings.step_minutes
        found = {}
        for visit, starts in self.options.items():
            runs = [[start - self._clock] * 2 for start in list(starts)[:1]]
            for before, start in pairwise(starts):
                if start - before <= step:
                    runs[-1][1] = start - self._clock
                else:
                    runs.append([start - self._clock] * 2)
            longest = sorted(sorted(runs, key=lambda run: run[0] - run[1])[:WINDOWS])
            found[visit] = [(low, high) for low, high in longest] + [(NEVER, NEVER)] * (WINDOWS - len(longest))
        return found

    def _travel(self) -> Ints:
        """[places, places]: a place per service, then a home per person. Ways between services end on the grid of starts."""
        problem, size = self.problem, len(self.services)
        step = problem.scenario.program.settings.step_minutes
        travel = np.zeros((size + len(self.people),) * 2, np.int64)
        modes = {service: self._modes(service[1], service[0]) for service in set(self.services)}
        for v, (visit, role) in enumerate(self.services):
            here, first = problem.visits[visit], next(iter(self.options[visit]))
            for w, (other, other_role) in enumerate(self.services):
                if visit == other:
                    continue
                way = self._minutes(here.end_place, problem.visits[other].place, modes[other, other_role])
                travel[v, w] = way + (next(iter(self.options[other])) - first - here.minutes - way) % step
            for i, volunteer in enumerate(self.people):
                home, mode = problem.scenario.volunteers[volunteer].home, {self._mode(volunteer, visit, role)}
                travel[size + i, v] = self._minutes(home, here.place, mode)
                travel[v, size + i] = self._minutes(here.end_place, home, mode)
        return travel

    def _modes(self, role: int, visit: int) -> set[TravelMode]:
        return {self._mode(volunteer, visit, role) for volunteer in self.people}

    def _mode(self, volunteer: int, visit: int, role: int) -> TravelMode:
        return self.problem.expanded.mode(volunteer, self._role(visit, role))

    def _role(self, visit: int, role: int) -> Role:
        return self.problem.visits[visit].wish.roles[role]

    def _minutes(self, origin: str | None, destination: str | None, modes: Iterable[TravelMode]) -> int:
        """By the slowest of the modes: routes know one table of ways for everybody."""
        return max(self.problem.expanded.atlas.minutes(origin, destination, mode) for mode in modes)

    def _shifts(self, able: NDArray[np.bool_]) -> Ints:
        """[people, 2] when they may set out and must be home. Only those who begin later, or end sooner, than others are held."""
        hours = [self._hours(volunteer) for volunteer in self.people]
        first, last = min(low for low, _ in hours), max(high for _, high in hours)
        shifts = np.zeros((len(self.people), 2), np.int64)
        for i, (low, high) in enumerate(hours):
            way = min((self._way_there(self.people[i], *self.services[v]) for v in np.flatnonzero(able[i])), default=0)
            shifts[i, 0] = 0 if low == first else low - way - self._clock
            shifts[i, 1] = (last + _BEFORE if high == last else high + way) - self._clock
        return shifts

    def _way_there(self, volunteer: int, visit: int, role: int) -> int:
        home = self.problem.scenario.volunteers[volunteer].home
        return self._minutes(home, self.problem.visits[visit].place, {self._mode(volunteer, visit, role)})

    def _hours(self, volunteer: int) -> tuple[int, int]:
        """From the first start to the last end of what somebody may serve that day."""
        problem = self.problem
        times = [problem.options[option] for (option, _), people in self.may.items() if volunteer in people]
        return min(own.start or 0 for own in times), max(own.end or 0 for own in times)

    # --------------------------------------------------------------------------------------------- and back

    def seats_of(self, tours: Tours) -> list[Triple]:
        """Whom the tours send where, in the problem's numbers, in order of time.

        Each visit at the first start not before the tours' at which its crew may serve and can be there; one without is left out.
        """
        crew: dict[int, list[tuple[int, int]]] = {}
        for i, route in enumerate(tours.routes):
            for v in route:
                visit, role = self.services[v]
                crew.setdefault(visit, []).append((role, self.people[i]))
        when = {visit: int(start) for (visit, _), start in zip(self.services, tours.start.tolist())}
        state: dict[int, tuple[int, int]] = {}
        seats: list[Triple] = []
        for visit in sorted(crew, key=lambda visit: (when[visit], visit)):
            option = self._first_option(visit, crew[visit], when[visit] + self._clock, state)
            if option is None or len(crew[visit]) < self.problem.visits[visit].seats:
                continue
            end = self.problem.options[option].end or 0
            for role, volunteer in crew[visit]:
                seats.append((option, role, volunteer))
                state[volunteer] = end, visit
        return seats

    def _first_option(
        self, visit: int, crew: Sequence[tuple[int, int]], wanted: int, state: Mapping[int, tuple[int, int]]
    ) -> int | None:
        ready = wanted
        for role, volunteer in crew:
            if volunteer in state:
                end, before = state[volunteer]
                way = self.problem.minutes_between(volunteer, before, visit, self._role(visit, role))
                rest = self.problem.expanded.limits[volunteer].min_rest_minutes or 0
                ready = max(ready, end + max(way, rest))
        for start, option in self.options[visit].items():
            if start >= ready and all(volunteer in self.may.get((option, role), {}) for role, volunteer in crew):
                return option
        return None
