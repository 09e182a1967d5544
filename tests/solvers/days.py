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
from matcher.solvers.routes_check import judge_tours
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


def cost_of(day: Day, tours: Tours) -> int:
    """The day's cost, every rule checked."""
    verdict = judge_tours(day, tours)
    assert verdict.faults == []
    return verdict.cost


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

