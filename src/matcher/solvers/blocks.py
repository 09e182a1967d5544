"""blocks: a neighbourhood of volunteers gets its best plans anew, by columns of its own, while all others keep theirs.

A block's optimum over its columns often needs several people to change at once, which annealing rarely dares.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matcher.problem.problem import Triple
from matcher.solvers.columns import Duals, chosen, plans_of_roster
from matcher.solvers.master import improve_block
from matcher.solvers.pricing import Plans, Pricer
from matcher.solvers.search import Search, Snapshot
from matcher.solvers.stop import Stop, Timer
from matcher.solvers.tables import P_HOME, Ints

SMALLEST, LARGEST = 12, 200
"""Volunteers in a block; it grows while blocks are solved quickly and shrinks while they are not."""
_STEPS = 12
"""Of a block's column generation, at most."""
_PLANS_EACH = 60
"""Known plans of a volunteer that a block tries at most."""
_NEAR = 300_000
"""Milli-points within which a known plan looks nearly as good as the volunteer's best."""
_FRIENDS = 6
_REFILL = 400
"""Moves per stand-by that has to be named anew."""


class Known(NamedTuple):
    """Plans the bound has found, and its best prices."""

    plans: Plans
    duals: Duals


class Market:
    """Known plans and what they look like at the bound's prices: who could do with another, and who with whom."""

    def __init__(self, pricer: Pricer, known: Known, present: Plans) -> None:
        self.pricer = pricer
        self.duals = known.duals
        self.plans = known.plans
        self.looks = self._looks(known.plans)
        people = pricer.tables.volunteers
        least = np.zeros(people, dtype=np.int64)
        np.minimum.at(least, known.plans.volunteer, self.looks)
        own = np.zeros(people, dtype=np.int64)
        own[present.volunteer] = self._looks(present)
        self.excess: Ints = np.maximum(own - least, 0)
        """[volunteers] milli-points by which the present plan looks worse than the best one known."""
        near = self.looks <= least[known.plans.volunteer] + _NEAR
        owner = np.repeat(np.arange(len(known.plans)), np.diff(known.plans.ptr))
        seats = near[owner]
        rows = pricer.row_of[known.plans.seat[seats]]
        pairs = np.unique(rows * people + known.plans.volunteer[owner[seats]])
        self._row, self._person = pairs // people, pairs % people
        self._row_ptr = np.searchsorted(self._row, np.arange(pricer.tables.rows + 1))
        by_person = np.argsort(self._person, kind="stable")
        self._rows_of = self._row[by_person]
        self._person_ptr = np.searchsorted(self._person[by_person], np.arange(people + 1))

    def _looks(self, plans: Plans) -> Ints:
        """Costs less the prices of seats, with what new faces are charged."""
        owner = np.repeat(np.arange(len(plans)), np.diff(plans.ptr))
        looks: Ints = plans.cost.copy()
        np.subtract.at(looks, owner, self.duals.row[self.pricer.dual_of[plans.seat]])
        many = len(self.duals.faces)
        if many:
            face = self.pricer.face_of[plans.seat]
            charged = np.unique((owner * many + face)[face >= 0])
            np.add.at(looks, charged // many, self.duals.faces[charged % many])
        return looks

    def around(self, size: int, rng: np.random.Generator) -> Ints:
        """Volunteers from one on whose plan could do with a better one, by visits they could take from each other."""
        weight = np.where(np.diff(self._person_ptr) > 0, self.excess + 1.0, 0.0)
        block: set[int] = set()
        front: list[int] = []
        most = min(size, int((weight > 0).sum()))
        while len(block) < most:
            if not front:
                weight[list(block)] = 0.0
                front = [int(rng.choice(len(weight), p=weight / weight.sum()))]
                block.update(front)
            person = front.pop(0)
            rows = self._rows_of[self._person_ptr[person]:self._person_ptr[person + 1]]
            others = {
                int(other) for row in rows for other in self._person[self._row_ptr[row]:self._row_ptr[row + 1]]
            } - block
            chosen_ones = rng.permutation(sorted(others))[:min(_FRIENDS, size - len(block))].tolist()
            block.update(chosen_ones)
            front += chosen_ones
        return np.array(sorted(block), dtype=np.int64)

    def best_of(self, block: Ints) -> Plans:
        """Of each of the block's volunteers, the known plans that look cheapest."""
        at = np.flatnonzero(np.isin(self.plans.volunteer, block))
        volunteer = self.plans.volunteer[at]
        order = np.lexsort((self.looks[at], volunteer))
        first = np.flatnonzero(np.diff(volunteer[order], prepend=-1))
        place = np.arange(len(order)) - np.repeat(first, np.diff([*first, len(order)]))
        return chosen(self.plans, at[np.sort(order[place < _PLANS_EACH])])


@dataclass
class Blocks:
    """Blocks of volunteers near each other, one after the other, on the best roster of a search."""

    search: Search
    pricer: Pricer
    seed: int
    known: Callable[[], Known | None] = lambda: None
    """Plans that the bound has found, which HiGHS puts together anew; without, each block finds plans of its own."""
    size: int = 60
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
        known = self.known() if work is None else None
        if known is None:
            block = self._choose()
            found = improve_block(
                self.pricer, plans, block, best.value[0], seconds=seconds, work=work, steps=_STEPS, seed=self.tried,
            )
        else:
            market = Market(self.pricer, known, plans)
            block = market.around(self.size, self._rng)
            found = improve_block(
                self.pricer, plans, block, best.value[0], steps=0, more=market.best_of(block),
                limit=Timer(Stop(seconds)),
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
