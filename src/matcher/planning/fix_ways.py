"""Ways to fill one seat at one start, the cheapest first: who could take it, what is asked of them, who takes over theirs."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from matcher.domain.wishes import Role
from matcher.planning.fix_asking import NEVER_PRICE, Asking, price_of
from matcher.planning.fix_steps import Step, total
from matcher.planning.loaded import Mask
from matcher.planning.words import Phrase
from matcher.problem.check import Served
from matcher.problem.expand import Visit

MOST_STEPS = 3
"""So many changes at most for one seat."""
MOST_HANDOVERS = 2
"""So many visits at most that one person gives away."""
NEW = -1
"""Stands for the row of somebody nobody knows yet."""


@dataclass(frozen=True, slots=True)
class Way:
    """Somebody on the seat, with the steps it takes; ``row`` is ``NEW`` for a new volunteer.

    ``given``: (visit, volunteer who takes it over) of the visits they give away.
    """

    role: str
    row: int
    steps: tuple[Step, ...]
    given: tuple[tuple[str, int], ...] = ()

    @property
    def price(self) -> int:
        """The price of all its steps."""
        return total(self.steps)

    @property
    def people(self) -> tuple[int, ...]:
        """Everybody known who has a part in it."""
        return tuple(row for row in (self.row, *(other for _, other in self.given)) if row != NEW)


class Ways:
    """The ways to fill one seat at one start, worked out one by one as they are asked for."""

    def __init__(
        self,
        asking: Asking,
        hands: Hands,
        visit: Visit,
        role: Role,
        start: int | None,
        barred: Mask,
        most: int,
        is_covered: Callable[[tuple[Step, ...]], bool],
    ) -> None:
        """``barred``: who cannot be on it at all. Ways dearer than ``most`` are left out, and those that are covered."""
        self.asking = asking
        self.hands = hands
        self.visit = visit
        self.role = role
        self.start = start
        self.most = most
        self.is_covered = is_covered
        self._found: list[Way] = []
        prices = asking.pair_prices(visit, role, start)
        rows = np.flatnonzero((prices <= most) & ~barred)
        minutes = asking.loaded.eligibility.minutes_there(visit, role)  # of equal prices the nearest first
        rows = rows[np.lexsort((minutes[rows], prices[rows]))]
        self._rows = list(zip(prices[rows].tolist(), rows.tolist()))[::-1]
        self._heap: list[tuple[int, int, int, int, Way | _Hand]] = []
        self._count = 0
        for way in new_people(asking, visit, role, start):
            self._push(way.price, way)

    def __getitem__(self, number: int) -> Way:
        """The ``number``-th cheapest way. Raises ``IndexError`` where there are not so many."""
        while len(self._found) <= number:
            way = self._next()
            if way is None:
                raise IndexError(number)
            self._found.append(way)
        return self._found[number]

    @property
    def bound(self) -> int:
        """No way that has not been given yet is cheaper; ``NEVER_PRICE``: there is none."""
        if self._found:
            return self._found[0].price
        known = [pile[0] for pile in (self._rows[-1:], self._heap[:1]) if pile]
        return min((entry[0] for entry in known), default=NEVER_PRICE)

    def _push(self, price: int, what: Way | _Hand) -> None:
        if price <= self.most:
            self._count += 1
            steps = len(what.steps) if isinstance(what, Way) else len(what.own) + len(what.served)
            heapq.heappush(self._heap, (price, steps, self._count, 0, what))

    def _next(self) -> Way | None:
        while self._rows or self._heap:
            if self._rows and (not self._heap or self._rows[-1][0] <= self._heap[0][0]):
                self._work_out(*self._rows.pop())
                continue
            what = heapq.heappop(self._heap)[-1]
            if isinstance(what, _Hand):
                if not self.is_covered(what.own):
                    self._hand_over(what)
            elif not self.is_covered(what.steps):
                return what
        return None

    def _work_out(self, pair_price: int, row: int) -> None:
        """What one person could do as they are, or with one or two of their visits given away."""
        pair = self.asking.pair_steps(self.visit, self.role, self.start, row)
        if len(pair) > MOST_STEPS:
            return
        own = self.asking.own_steps(self.visit, self.role, self.start, row)
        if own is not None and len(pair) + len(own) <= MOST_STEPS:
            way = Way(self.role.id, row, (*pair, *own))
            self._push(way.price, way)
        if own is None or own:
            self._work_out_given(pair, row, {frozenset(): price_of(own)})

    def _work_out_given(self, pair: tuple[Step, ...], row: int, known: dict[frozenset[str], int]) -> None:
        """Only what gets cheaper by every visit given away is worth giving it away."""
        visits = self.asking.may_be_given(row, self.visit)
        for count in range(1, MOST_HANDOVERS + 1):
            for group in combinations(visits, count):
                names = frozenset(served.visit.id for served in group)
                own = self.asking.own_steps(self.visit, self.role, self.start, row, names)
                known[names] = price_of(own)
                fewer = min(known[names - {name}] for name in names)
                if own is not None and known[names] < fewer and len(pair) + len(own) + count <= MOST_STEPS:
                    hand = _Hand(row, (*pair, *own), group, (0,) * count)
                    self._push(self._price(hand), hand)

    def _price(self, hand: _Hand) -> int:
        """No cheaper will it be from these substitutes on."""
        price = total(hand.own)
        for served, at in zip(hand.served, hand.at):
            price += self.asking.tariff.of("handover") + self.hands.of(served, hand.row).price(at)
        return price

    def _hand_over(self, hand: _Hand) -> None:
        """The substitutes at hand as a way, and the next ones."""
        for number, (served, at) in enumerate(zip(hand.served, hand.at)):
            if all(other == 0 for other in hand.at[number + 1:]):
                following = (*hand.at[:number], at + 1, *hand.at[number + 1:])
                later = _Hand(hand.row, hand.own, hand.served, following)
                if self.hands.of(served, hand.row).price(at + 1) < NEVER_PRICE:
                    self._push(self._price(later), later)
        substitutes = [self.hands.of(served, hand.row)[at] for served, at in zip(hand.served, hand.at)]
        rows = [row for row, _ in substitutes]
        if len(set(rows)) < len(rows):
            return
        steps = hand.own
        for served, (row, own) in zip(hand.served, substitutes):
            steps = (*steps, self.asking.handover_step(served, hand.row, row), *own)
        if len(steps) <= MOST_STEPS:
            given = tuple((served.visit.id, row) for served, row in zip(hand.served, rows))
            self._push(total(steps), Way(self.role.id, hand.row, steps, given))


@dataclass(frozen=True, slots=True)
class _Hand:
    """Somebody who would give visits away, each to the ``at``-th cheapest substitute."""

    row: int
    own: tuple[Step, ...]
    served: tuple[Served, ...]
    at: tuple[int, ...]


class Substitutes:
    """Who could take over one seat of the roster, the cheapest first, worked out as they are asked for."""

    def __init__(self, asking: Asking, served: Served, out: int, barred: Mask) -> None:
        self.asking = asking
        self.served = served
        self.role = next(role for role, row in served.crew if row == out)
        self._found: list[tuple[int, int, tuple[Step, ...]]] = []
        prices = asking.pair_prices(served.visit, self.role, served.start)
        rows = np.flatnonzero((prices < NEVER_PRICE) & ~barred)
        self._heap: list[tuple[int, int, tuple[Step, ...] | None]] = [(int(prices[row]), int(row), None) for row in rows]
        heapq.heapify(self._heap)

    def price(self, number: int) -> int:
        """The price of what is asked of the ``number``-th; ``NEVER_PRICE`` where there are not so many."""
        return self._found[number][0] if self._reach(number) else NEVER_PRICE

    def __getitem__(self, number: int) -> tuple[int, tuple[Step, ...]]:
        """(volunteer, steps asked of them)."""
        if not self._reach(number):
            raise IndexError(number)
        return self._found[number][1:]

    def _reach(self, number: int) -> bool:
        visit, role, start = self.served.visit, self.role, self.served.start
        while len(self._found) <= number and self._heap:
            price, row, steps = heapq.heappop(self._heap)
            if steps is not None:
                self._found.append((price, row, steps))
                continue
            own = self.asking.own_steps(visit, role, start, row)
            if own is not None:
                steps = (*self.asking.pair_steps(visit, role, start, row), *own)
                if len(steps) < MOST_STEPS:
                    heapq.heappush(self._heap, (total(steps), row, steps))
        return len(self._found) > number


class Hands:
    """Substitutes by seat, kept; and whom the judge has refused as one."""

    def __init__(self, asking: Asking) -> None:
        self.asking = asking
        self._kept: dict[tuple[str, int], Substitutes] = {}

    def of(self, served: Served, out: int) -> Substitutes:
        """Who could take over that seat."""
        key = (served.visit.id, out)
        if key not in self._kept:
            self._kept[key] = Substitutes(self.asking, served, out, self._barred(served))
        return self._kept[key]

    def _barred(self, served: Served) -> Mask:
        """Who is on it already, was ruled out, or is not of the crew's team."""
        loaded = self.asking.loaded
        barred = barred_from(self.asking, served.visit)
        barred[list(served.people)] = True
        if served.visit.wish.as_one_team and len(served.people) > 1:
            barred |= loaded.teams != loaded.teams[served.people[0]]
        return barred


def barred_from(asking: Asking, visit: Visit) -> Mask:
    """Whom a coordinator ruled out for a visit."""
    number = asking.expanded.visit_index[visit.id]
    barred = np.zeros(asking.loaded.people, dtype=bool)
    barred[[row for at, row in asking.loaded.problem.never if at == number]] = True
    return barred


def new_people(asking: Asking, visit: Visit, role: Role, start: int | None) -> Iterator[Way]:
    """Somebody nobody knows yet: one who is new to it all, and one with experience."""
    span = None if start is None else asking.half_days(start, start + visit.minutes)
    if start is not None and span is None:
        return
    for kind in ("experienced",) if role.experienced else ("volunteer", "experienced"):
        what = [Phrase("fix_can", {"skills": tuple(need.name for need in role.skills)})] if role.skills else []
        what += [Phrase("fix_drives")] if role.vehicle is not None else []
        what += [Phrase("fix_experienced")] if kind == "experienced" else []
        asked = Phrase("fix_what", {"asked": tuple(what)}) if what else Phrase("fix_what_nothing")
        values: dict[str, object] = {"what": asked}
        day = low = high = None
        if span is not None:
            day, low, high = span
            values |= {"day": day, "before": low, "after": high}
        yield Way(role.id, NEW, (Step(
            kind, asking.tariff.of(kind, visit.minutes), visit.id,
            Phrase("fix_volunteer" if span else "fix_volunteer_goods", values), role=role.id,
            name=None if day is None else day.isoformat(), before=low, after=high,
        ),))
