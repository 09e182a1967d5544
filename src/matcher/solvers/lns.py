"""lns: annealing over any start, then again and again from the best, until the stop says so.

Everything a run does depends on the seed and on how far the timer is; with counted work, on nothing else.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from matcher.problem.roster import TIERS
from matcher.solvers.search import Search, Snapshot
from matcher.solvers.stop import MOVES_PER_WORK, Progress, Timer

HOT, WARM, COLD = 100.0, 20.0, 2.0
"""Temperatures in points of quality: of the first descent, of later ones, of their ends."""
_BOUT_SECONDS = 0.2
_COUNTED_BOUT = 50_000


@dataclass
class Descent:
    """Annealing from ``hot`` to ``cold`` while the timer goes from one part of its limit to another."""

    search: Search
    timer: Timer
    progress: Progress
    best: Snapshot = field(init=False)
    moves: int = 0
    better_at: float = 0.0
    """When the best roster was found, by the timer."""
    _rate: float = 100_000.0

    def __post_init__(self) -> None:
        self.best = self.search.snapshot()
        for tier, value in zip(TIERS, self.best.value):
            self.progress.better(tier, value, None)

    def take(self, found: Snapshot) -> None:
        """A better roster from elsewhere."""
        if found.value < self.best.value:
            before, self.best, self.better_at = self.best.value, found, self.timer.elapsed
            for tier, value, was in zip(TIERS, found.value, before):
                if value != was:
                    self.progress.better(tier, value, None)

    def run(
        self, until: float, hot: float, cold: float = COLD, over: Callable[[], bool] = lambda: False, *,
        strict: bool = False,
    ) -> None:
        """Descend until that part of the limit is used (0 to 1), or ``over`` says so; ``strict`` as in ``Search.anneal``."""
        begin = self.timer.used
        while not self.timer.over and not over():
            part = (self.timer.used - begin) / max(1e-9, until - begin)
            if part >= 1:
                return
            self._bout(hot * (cold / hot) ** part, until, strict)

    def _bout(self, temperature: float, until: float, strict: bool) -> None:
        moves = self._moves(until)
        began = time.perf_counter()
        self.search.anneal(moves, temperature, temperature, strict=strict)
        self.moves += moves
        self.timer.worked(moves / MOVES_PER_WORK)
        self._rate = 0.5 * self._rate + 0.5 * moves / max(1e-6, time.perf_counter() - began)
        if self.search.value < self.best.value:
            self.take(self.search.snapshot())

    def _moves(self, until: float) -> int:
        work = self.timer.stop.work
        if work is None:
            return max(1_000, int(self._rate * _BOUT_SECONDS))
        return max(1, min(_COUNTED_BOUT, int((until - self.timer.used) * work * MOVES_PER_WORK)))
