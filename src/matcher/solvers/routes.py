"""routes: days full of visits. Ruin and recreate over each person's route until the stop says so.

What a day is lies in ``routes_tables``, the compiled search in ``routes_kernel``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from matcher.solvers.routes_tables import (
    LASTS,
    NEXT,
    NODE_WIDTH,
    OUT,
    PERSON,
    PERSON_WIDTH,
    RESTED,
    ROUTES_MATTER,
    START,
    Day,
    Ints,
    tables_of,
)

ITERATIONS = 256
"""Iterations between two looks at the limit."""
ITERATIONS_PER_WORK = 10_000
"""Iterations that count as one unit of work."""
LOOKS_AFTER = 0.02
"""The part of the limit after which is settled how often to cool."""
COOLING = 8_000
"""Iterations per service that a cooling takes at least: with more of them, further coolings begin."""
UNPRICED = 0.1
"""What a way counts for temperatures where it has no price, in parts of the price of so much waiting and balance."""


class Limit(Protocol):
    """When to end: ``stop.Timer`` is one."""

    @property
    def used(self) -> float:
        """The part used up, 0 to 1."""

    @property
    def over(self) -> bool:
        """Nothing is left."""

    def worked(self, amount: float) -> None:
        """Count work done."""


@dataclass(frozen=True, slots=True)
class Tuning:
    """How the search goes about it; temperatures in parts of the mean travel between two places."""

    hot: float = 1.4
    cold: float = 0.03
    again: float = 0.5
    """How hot the second and later coolings begin, in parts of ``hot``."""
    removed: float = 10.0
    """Visits removed at a time, on average."""
    removed_where_routes_matter: float = 8.0
    """The same where waiting, idle time, balance or breaks have a price: trials take longer there."""
    longest: float = 10.0
    """Services of one person removed in a piece, at most."""
    strings: float = 0.7
    nearby: float = 0.2
    blink: float = 0.02
    """How often a place is overlooked."""


@dataclass(frozen=True, slots=True)
class Break:
    """A person's break: after so many services, on arrival at the next place or, if that is too late, before leaving."""

    after: int
    start: int
    on_arrival: bool


@dataclass(frozen=True, slots=True)
class Tours:
    """Who serves what, when. ``value`` is what the day costs; None: nobody was found who can serve some visit."""

    value: int | None
    routes: tuple[tuple[int, ...], ...]
    """Each person's services in order."""
    start: Ints
    """[services] start, −1 where a visit is left out"""
    breaks: tuple[Break | None, ...]
    """Each person's, None if there is none."""
    iterations: int


class Search:
    """The arrays of a search and their addresses."""

    def __init__(self, **arrays: NDArray[Any]) -> None:
        from matcher.solvers.routes_kernel import FIELDS

        vars(self).update(arrays)
        self._kept_alive = [np.ascontiguousarray(arrays[name]) for name in FIELDS]
        self.addresses = np.array([array.ctypes.data for array in self._kept_alive], np.int64)

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(name)


def plan_day(day: Day, limit: Limit, seed: int = 0, tuning: Tuning | None = None) -> Tours:
    """The best tours found for the day until the limit. Equal seeds and counted limits give equal tours."""
    from matcher.solvers.routes_kernel import BEST, BLINK, search

    tuning = tuning or Tuning()
    arrays = search_of(day, seed, tuning)
    if search(arrays.addresses, 0, 0.0) < 0:
        return Tours(None, (), np.full(len(day.visit), -1), (), 0)
    arrays.knob[BLINK] = tuning.blink
    scale = _scale(day)
    iterations = 0
    coolings = 0
    while not limit.over:
        used = limit.used
        if coolings == 0 and used > LOOKS_AFTER:
            coolings = max(1, int(iterations / used / (COOLING * len(day.visit))))
        temperature = scale * _temperature(tuning, used * max(1, coolings))
        search(arrays.addresses, ITERATIONS, temperature)
        iterations += ITERATIONS
        limit.worked(ITERATIONS / ITERATIONS_PER_WORK)
    return _tours(day, arrays, int(arrays.total[BEST]), iterations)


def _temperature(tuning: Tuning, cooled: float) -> float:
    """After so many coolings."""
    hot = tuning.hot if cooled < 1 else tuning.hot * tuning.again
    return float(hot * (tuning.cold / hot) ** (cooled % 1.0))


def _scale(day: Day) -> float:
    """What one mean way costs; where ways have no price, a part of what it costs to wait so long, or to work so much more."""
    apart = day.travel[day.travel > 0]
    prices = day.prices
    price = prices.travel or UNPRICED * (prices.waiting + prices.idle + 2 * prices.balance)
    return max(1.0, price * float(apart.mean())) if len(apart) else 1.0


def search_of(day: Day, seed: int, tuning: Tuning) -> Search:
    """The arrays of a search that has not begun: the first tours overlook no place, for some services have only one."""
    from matcher.solvers import routes_kernel as kernel

    tables = tables_of(day)
    services, people, visits = len(day.visit), len(day.home), len(day.link)
    first = np.searchsorted(day.visit, np.arange(visits))
    nodes = services + 2 * people
    room = 4 * nodes + 64
    gaps = 2 * nodes * (1 + day.windows.shape[1]) + 16
    total = np.zeros(kernel.TOTALS, np.int64)
    total[kernel.LEFT] = int(day.left_out.sum())
    out = np.zeros(visits + people + 1, np.int32)
    out[:visits] = np.argsort(day.windows[first, 0, 0], kind="stable")
    knob = np.zeros(kernel.KNOBS, np.float64)
    routes_matter = bool(tables.size[ROUTES_MATTER])
    knob[kernel.MEAN_RUIN] = tuning.removed_where_routes_matter if routes_matter else tuning.removed
    knob[kernel.LONGEST_STRING] = tuning.longest
    knob[kernel.STRINGS], knob[kernel.NEARBY] = tuning.strings, tuning.nearby
    return Search(
        **tables._asdict(),
        order=np.zeros(services + 2, np.int32),
        total=total,
        log=np.zeros(4 * room, np.int32),
        queue=np.zeros(2 * room, np.int32),
        gap=np.zeros(3 * gaps, np.int32),
        gap_cost=np.zeros(gaps, np.int64),
        out=out,
        key=np.zeros(visits + people + 1, np.float64),
        kept_node=tables.node.copy(),
        kept_person=tables.person.copy(),
        kept_order=np.zeros(services + 2, np.int32),
        kept_total=np.zeros(kernel.TOTALS, np.int64),
        best_node=tables.node.copy(),
        best_person=tables.person.copy(),
        when=np.zeros(nodes, np.int32),
        wait_after=np.zeros(nodes, np.int32),
        free=np.zeros(nodes, np.int32),
        knob=knob,
        random=np.array([_mixed(seed)], np.uint64),
    )


def _mixed(seed: int) -> int:
    """A first state of the generator, never 0 (splitmix64; Steele, Lea, Flood, OOPSLA 2014)."""
    x = (seed + 1) * 0x9E3779B97F4A7C15 & 0xFFFFFFFFFFFFFFFF
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9 & 0xFFFFFFFFFFFFFFFF
    return (x ^ x >> 31) or 1


def _tours(day: Day, arrays: Search, value: int, iterations: int) -> Tours:
    services, people = len(day.visit), len(day.home)
    node = arrays.best_node.reshape(-1, NODE_WIDTH)
    person = arrays.best_person.reshape(-1, PERSON_WIDTH)
    routes = []
    for i in range(people):
        route = []
        v = int(node[services + i, NEXT])
        while v < services:
            route.append(v)
            v = int(node[v, NEXT])
        routes.append(tuple(route))
    start = np.where(node[:services, PERSON] >= 0, node[:services, START], -1).astype(np.int64)
    breaks = tuple(_break(day, node, routes[i], int(person[i, RESTED]), services + i) for i in range(people))
    return Tours(value, tuple(routes), start, breaks, iterations)


def _break(day: Day, node: NDArray[Any], route: tuple[int, ...], rested: int, home: int) -> Break | None:
    if rested < 0:
        return None
    first, last, _ = day.break_window
    done = int(node[rested, START] + node[rested, LASTS])
    arrival = done + int(node[rested, OUT])
    on_arrival = max(arrival, first) <= last
    after = 0 if rested == home else route.index(rested) + 1
    return Break(after, max(arrival, first) if on_arrival else max(done, first), on_arrival)


__all__ = ["Break", "Day", "Limit", "Tours", "Tuning", "plan_day", "search_of"]
