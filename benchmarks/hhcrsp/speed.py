"""How fast the compiled search is: iterations and trials per CPU second, and what compiling costs."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from matcher.solvers.routes import Tuning, search_of

from .instance import read_instance
from .judge import known

INSTANCES = ("InstanzVNS_HCSRP_100_1", "InstanzVNS_HCSRP_100_5", "InstanzVNS_HCSRP_200_1", "InstanzVNS_HCSRP_200_5", "i-219", "L1")
"""100 and 200 patients whose ways and lateness have a price; then one whose breaks, waiting and idle time do, and one of balance."""
PROTOTYPES = {"a prototype in C++, 100 patients": 13_000, "a first prototype in Python with numba, 100 patients": 1_500}
"""Iterations per second of throw-away code that did the same before: what this one is to be measured against."""
WARM_UP, COUNTED = 3_000, 6_000
TEMPERATURE = 30.0
_COMPILE = """
import sys, time
import numpy as np
from matcher.solvers.routes import Tuning, search_of
from matcher.solvers.routes_tables import Day, Prices
one = np.zeros((1, 1), np.int64)
day = Day(one, np.zeros(1, int), np.zeros(1, int), np.ones(1, int), np.zeros((1, 1, 2), int), np.zeros(1, int), np.zeros((1, 2), int),
          np.zeros(1, int), np.ones((1, 1), bool), one, np.zeros((1, 2), int), np.array([[0, 9]]), np.zeros(1, bool), Prices())
from matcher.solvers.routes_kernel import search
began = time.thread_time()
search(search_of(day, 0, Tuning()).addresses, 0, 0.0)
print(time.thread_time() - began)
"""


@dataclass(frozen=True)
class Speed:
    """Of one instance."""

    name: str
    services: int
    people: int
    iterations_per_second: float
    trials_per_iteration: float

    @property
    def nanoseconds_per_trial(self) -> float:
        """All of an iteration's time, shared among its trials."""
        return 1e9 / (self.iterations_per_second * self.trials_per_iteration)


def speed_of(name: str, data: Path) -> Speed:
    """Iterations and trials per second of CPU, after a warm-up, at one temperature."""
    from matcher.solvers.routes_kernel import BLINK, TRIED, search

    one = next(one for one in known(data) if one.name == name)
    instance = read_instance(one.path)
    day = instance.day
    arrays = search_of(day, 1, Tuning())
    search(arrays.addresses, 0, 0.0)
    arrays.knob[BLINK] = Tuning().blink
    search(arrays.addresses, WARM_UP, TEMPERATURE * day.unit)
    tried = int(arrays.total[TRIED])
    began = time.thread_time()
    search(arrays.addresses, COUNTED, TEMPERATURE * day.unit)
    seconds = time.thread_time() - began
    trials = (int(arrays.total[TRIED]) - tried) / COUNTED
    return Speed(name, len(day.visit), len(day.home), COUNTED / seconds, trials)


def compile_seconds() -> tuple[float, float]:
    """CPU seconds until the search runs: where nothing is compiled yet, and from what was kept on disk."""
    with tempfile.TemporaryDirectory() as cache:
        environment = {**os.environ, "NUMBA_CACHE_DIR": cache}
        command = [sys.executable, "-c", _COMPILE]
        first, again = (float(subprocess.run(command, env=environment, check=True, capture_output=True).stdout) for _ in range(2))
    return first, again


def page(data: Path) -> str:
    """The page of speeds."""
    first, again = compile_seconds()
    rows = [
        "# How fast the search for routes is",
        "",
        "Written by `python -m benchmarks.hhcrsp speed`: one core, CPU seconds, one temperature, iterations counted after a warm-up.",
        "A trial is one service, or both of a linked visit, put in one place with everything behind it moved and undone;",
        "what an iteration does besides (ruin, earliest starts, stock, going back) is shared among its trials.",
        "",
        "| instance | services | people | iterations/s | trials per iteration | ns per trial |",
        "|---|---|---|---|---|---|",
    ]
    for name in INSTANCES:
        s = speed_of(name, data)
        rows.append(
            f"| {s.name} | {s.services} | {s.people} | {s.iterations_per_second:,.0f} | {s.trials_per_iteration:,.0f} "
            f"| {s.nanoseconds_per_trial:,.0f} |"
        )
    rows += ["", "Throw-away code that did the same before, measured on the same kind of machine:", ""]
    rows += [f"- {name}: {rate:,} iterations/s" for name, rate in PROTOTYPES.items()]
    rows += ["", f"Compiling takes {first:.1f} CPU seconds once; after that, reading what was kept takes {again:.1f}."]
    return "\n".join(rows) + "\n"
