"""Random small days full of visits, and what tours of them cost, worked out plainly from the rules."""

from __future__ import annotations

import importlib.util
import sys
from random import Random
from types import ModuleType
from typing import Any

import numba
import numpy as np

from matcher.solvers import routes
from matcher.solvers.routes import Tours, Tuning
from matcher.solvers.routes_tables import APART, HARD, IN_ORDER, NEVER, TOGETHER, Day, Prices

KINDS = ("late", "ruled out", "balanced", "everything")
PRICES = {
    "late": Prices(travel=1, late=1, worst_late=1),
    "ruled out": Prices(travel=1, late=HARD, overtime=HARD),
    "balanced": Prices(travel=0, late=HARD, overtime=HARD, waiting=1, balance=1),
    "everything": Prices(travel=2, late=3, worst_late=4, waiting=5, overtime=4, idle=7, missed_break=60),
}


def a_day(kind: str, seed: int, visits: int = 8, people: int = 3) -> Day:
    """A day of the kind, between 0 and about 400."""
    dice = Random(seed)
    places = visits + 1
    travel = np.array([[0 if a == b else dice.randint(5, 30) for b in range(places)] for a in range(places)])
    link = np.array([dice.choice([APART, APART, TOGETHER, IN_ORDER]) for _ in range(visits)])
    visit = [j for j in range(visits) for _ in range(2 if link[j] != APART or dice.random() < 0.1 else 1)]
    services = len(visit)
    lasts = np.array([dice.randint(5, 25) for _ in visit])
    least = [dice.randint(0, 15) for _ in range(visits)]
    able = np.array([[dice.random() < 0.7 for _ in visit] for _ in range(people)])
    able[:2] = True  # Two people can do all, so every visit can be served.
    everything = kind == "everything"
    return Day(
        travel=travel, visit=np.array(visit), place=np.array([1 + j for j in visit]), lasts=lasts,
        windows=_windows(dice, kind, visit), link=link, lag=np.array([[a, a + dice.randint(0, 20)] for a in least]),
        left_out=np.array([dice.choice([0, 100]) if everything else 0 for _ in range(visits)]), able=able,
        seat_price=np.array([[dice.choice([0, 0, 9]) if everything else 0 for _ in range(services)] for _ in range(people)]),
        home=np.zeros((people, 2), np.int64), shift=np.array([[0, 400]] * people) if kind != "late" else np.array([[0, NEVER]] * people),
        due_break=np.array([everything and i % 2 == 0 for i in range(people)]), prices=PRICES[kind], break_window=(120, 200, 30),
        leave_at_start=kind == "balanced",
    )


def _windows(dice: Random, kind: str, visit: list[int]) -> Any:
    windows = np.full((len(visit), 2, 2), NEVER)
    of_visit: dict[int, list[list[int]]] = {}
    for v, j in enumerate(visit):
        if j not in of_visit:
            begin = dice.randint(0, 150)
            own = [[begin, begin + dice.randint(10, 60)]]
            if kind in ("balanced", "everything") and dice.random() < 0.5:
                later = own[0][1] + dice.randint(10, 60)
                own.append([later, later + dice.randint(10, 60)])
            of_visit[j] = own
        for x, window in enumerate(of_visit[j]):
            windows[v, x] = window
    return windows


def lateness(day: Day, v: int, start: int) -> int:
    """Against the last window that has begun."""
    begun = [window for window in day.windows[v].tolist() if window[0] <= start]
    return max(0, start - begun[-1][1])


def cost_of(day: Day, tours: Tours) -> int:
    """The day's cost, every rule checked."""
    late, waited, idle, over, busy, price, missed, way = [], 0, 0, 0, [], 0, 0, 0
    for i, route in enumerate(tours.routes):
        out, gone, home = _one(day, tours, i)
        way, waited, price = way + out["travel"], waited + out["waited"], price + sum(int(day.seat_price[i, v]) for v in route)
        busy.append(out["travel"] + sum(int(day.lasts[v]) for v in route))
        missed += bool(day.due_break[i]) and tours.breaks[i] is None
        end = int(day.shift[i, 1])
        over += max(0, home - end) if route else 0
        idle = max(idle, gone - int(day.shift[i, 0]) + out["gaps"] + max(0, end - home) if route else end - int(day.shift[i, 0]))
        late += [lateness(day, v, int(tours.start[v])) for v in route]
    _check_visits(day, tours)
    prices = day.prices
    # ⌈|x − mean|⌉ = ⌈|n·x − total| / n⌉ in whole numbers.
    apart = sum(-(-abs(len(busy) * x - sum(busy)) // len(busy)) for x in busy)
    return (
        prices.travel * way + prices.late * sum(late) + prices.worst_late * max(late, default=0) + prices.waiting * waited
        + prices.overtime * over + (prices.idle * idle if prices.idle else 0) + prices.missed_break * missed + price
        + prices.balance * apart
        + sum(int(p) for j, p in enumerate(day.left_out) if not _served(day, tours, j))
    )


def _served(day: Day, tours: Tours, j: int) -> bool:
    return all(tours.start[v] >= 0 for v in np.flatnonzero(day.visit == j))


def _one(day: Day, tours: Tours, i: int) -> tuple[dict[str, int], int, int]:
    """(travel, waiting that counts, all gaps), when the person leaves, when they are home."""
    stops = [(int(tours.start[v]), int(day.lasts[v]), int(day.place[v]), v) for v in tours.routes[i]]
    rest = tours.breaks[i]
    if rest is not None:
        assert day.due_break[i]
        first, last, lasts = day.break_window
        assert first <= rest.start <= last
        at = rest.after if rest.on_arrival else rest.after - 1
        place = stops[at][2] if 0 <= at < len(stops) else int(day.home[i, 0])
        stops.insert(rest.after, (rest.start, lasts, place, -1))
    if not stops:
        return {"travel": 0, "waited": 0, "gaps": 0}, 0, 0
    here = int(day.home[i, 0])
    now = int(day.shift[i, 0]) if day.leave_at_start else stops[0][0] - int(day.travel[here, stops[0][2]])
    gone = now
    assert gone >= day.shift[i, 0]
    travel = waited = gaps = 0
    for x, (start, lasts, place, v) in enumerate(stops):
        way = int(day.travel[here, place])
        assert start >= now + way
        assert v < 0 or (day.able[i, v] and start >= day.windows[v, 0, 0])
        gaps += start - now - way
        if not (x == 1 and stops[0][3] < 0):
            waited += start - now - way
        travel, now, here = travel + way, start + lasts, place
    way = int(day.travel[here, day.home[i, 1]])
    return {"travel": travel + way, "waited": waited, "gaps": gaps}, gone, now + way


def _check_visits(day: Day, tours: Tours) -> None:
    given = [v for route in tours.routes for v in route]
    assert sorted(given) == np.flatnonzero(tours.start >= 0).tolist()
    who = {v: i for i, route in enumerate(tours.routes) for v in route}
    for j in range(len(day.link)):
        own = np.flatnonzero(day.visit == j).tolist()
        assert _served(day, tours, j) or (day.left_out[j] > 0 and not any(v in who for v in own))
        if day.link[j] == APART or own[0] not in who:
            continue
        assert who[own[0]] != who[own[1]]
        least, most = (0, 0) if day.link[j] == TOGETHER else day.lag[j]
        assert least <= tours.start[own[1]] - tours.start[own[0]] <= most


class Plain(routes.Search):
    """The arrays of a search themselves where the compiled search takes their addresses."""

    @property
    def addresses(self) -> Any:
        return self

    @addresses.setter
    def addresses(self, _value: Any) -> None:
        """Not needed."""


def plain_kernel() -> ModuleType:
    """``routes_kernel`` without the compiler: the same functions, slow, for ``Plain`` arrays."""
    path = sys.modules["matcher.solvers.routes_tables"].__file__
    assert path is not None
    spec = importlib.util.spec_from_file_location("plain_routes_kernel", path.replace("routes_tables", "routes_kernel"))
    assert spec is not None
    assert spec.loader is not None
    kernel = importlib.util.module_from_spec(spec)
    before = numba.config.DISABLE_JIT
    numba.config.DISABLE_JIT = True
    try:
        spec.loader.exec_module(kernel)
    finally:
        numba.config.DISABLE_JIT = before
    kernel._memory = lambda arrays: arrays
    kernel._next = _next
    return kernel


def plain_arrays(day: Day, seed: int) -> Plain:
    """The arrays of a search of the plain kernel."""
    arrays = vars(routes.search_of(day, seed, Tuning()))
    return Plain(**{name: array for name, array in arrays.items() if isinstance(array, np.ndarray) and name != "addresses"})


def plain_tours(kernel: ModuleType, day: Day, iterations: int, seed: int = 0) -> Tours:
    """What the plain kernel finds in so many iterations, ever colder."""
    arrays = plain_arrays(day, seed)
    assert kernel.search(arrays, 0, 0.0) == 0
    arrays.knob[kernel.BLINK] = Tuning().blink
    for done in range(0, iterations, 20):
        kernel.search(arrays, 20, 200.0 * 0.03 ** (done / iterations))
    return routes._tours(day, arrays, int(arrays.total[kernel.BEST]), iterations)


def _next(random: Any) -> Any:
    """xorshift64* in whole numbers, which do not overflow."""
    x, mask = int(random[0]), (1 << 64) - 1
    x ^= x >> 12
    x ^= x << 25 & mask
    x ^= x >> 27
    random[0] = x
    return np.uint64(x * 2685821657736338717 & mask)

