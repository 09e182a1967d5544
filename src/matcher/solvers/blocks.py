"""blocks: a neighbourhood of volunteers gets its best plans anew, by columns of its own, while all others keep theirs.

A block's optimum over its columns often needs several people to change at once, which annealing rarely dares.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from matcher.problem.problem import Triple
from matcher.solvers.columns import plans_of_roster
from matcher.solvers.master import improve_block
from matcher.solvers.pricing import Plans, Pricer
from matcher.solvers.search import Search, Snapshot
from matcher.solvers.tables import P_HOME, Ints

SMALLEST, LARGEST = 12, 160
"""Volunteers in a block; it grows while blocks are solved quickly and shrinks while they are not."""
_STEPS = 12
"""Of a block's column generation, at most."""
_REFILL = 400
"""Moves per stand-by that has to be named anew."""


@dataclass
class Blocks:
    """Blocks of volunteers near each other, one after the other, on the best roster of a search."""

    search: Search
    pricer: Pricer
    seed: int
    size: int = 40
    tried: int = 0
    better: int = 0
    _rng: np.random.Generator = field(init=False)

    def __post_init__(self) -> None:
        self._rng = np.random.default_rng(self.seed)
        tables = self.search.tables
        home = tables.person[:, P_HOME]
        axes = np.vstack([tables.axes, np.full((1, 3), np.nan)])  # the place −1
        self._place = axes[home]
        self._able: Ints = np.unique(tables.crew).astype(np.int64)

    def improve(self, best: Snapshot, seconds: float | None, work: float | None = None) -> Snapshot:
        """The roster with one block solved anew if that made it better, else as it was; the search stands on it."""
        search = self.search
        crew, standbys = search.triples(best)
        plans = plans_of_roster(self.pricer, crew)
        block = self._choose()
        found = improve_block(
            self.pricer, plans, block, best.value[0], seconds=seconds, work=work, steps=_STEPS, seed=self.tried,
        )
        self.tried += 1
        if found is None:
            return best
        kept = self._take(crew, standbys, block, found)
        if kept is None or kept.value >= best.value:
            search.restore(best)
            return best
        self.better += 1
        return kept

    def adapt(self, seconds: float, most: float) -> None:
        """Smaller blocks where one took too long, larger ones where it was quick."""
        if seconds > most:
            self.size = max(SMALLEST, int(0.85 * self.size))
        elif seconds < 0.5 * most:
            self.size = min(LARGEST, int(1.1 * self.size) + 1)

    def _choose(self) -> Ints:
        """Volunteers around one of them, not too exactly the nearest."""
        able, rng = self._able, self._rng
        centre = int(rng.integers(len(able)))
        away = ((self._place[able] - self._place[able[centre]]) ** 2).sum(axis=1)
        known = away[np.isfinite(away)]
        away = np.where(np.isfinite(away), away, known.mean() if len(known) else 1.0)
        noisy: NDArray[np.float64] = away * rng.uniform(0.3, 1.7, len(able))
        return np.sort(able[np.argsort(noisy, kind="stable")[:self.size]])

    def _take(self, crew: list[Triple], standbys: list[Triple], block: Ints, found: Plans) -> Snapshot | None:
        """The search with the block's new plans; stand-bys that no longer fit are named anew."""
        search, inside = self.search, set(block.tolist())
        problem = search.tables.problem.crew
        new = [triple for triple in crew if triple[2] not in inside]
        new += [
            (int(problem.option[seat]), int(problem.role[seat]), int(problem.volunteer[seat])) for seat in found.seat
        ]
        chosen = {option for option, _, _ in new}
        still = [triple for triple in standbys if triple[0] in chosen]
        for kept in (still, [triple for triple in still if triple[2] not in inside]):
            try:
                search.load(new, kept)
            except ValueError:
                continue
            if len(kept) < len(standbys):
                search.anneal(_REFILL * (len(standbys) - len(kept)) + 2_000, 1.0, 1.0)
            return search.snapshot()
        return None
