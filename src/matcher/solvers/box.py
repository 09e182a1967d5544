"""box: keeps the prices of a programme near the best ones so far, and finds prices to begin from.

With few columns a programme's duals are far too large, and people would all want the same seats. So each seat may be
bought a little above its best price and sold a little below it (du Merle et al. 1999): the duals stay in a box,
which grows while bounds rise as promised and shrinks where they do not.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from matcher.solvers import tables as t
from matcher.solvers.plan_search import MILLI
from matcher.solvers.pricing import Plans, Pricer
from matcher.solvers.sides import Entries, PatternSide, RowSide
from matcher.solvers.tables import Ints

Floats = NDArray[np.float64]

BOXED_PEOPLE = 1_000
"""From so many volunteers on."""
SHARES = (0.35, 0.5, 0.65)
"""Of the prices in a roster, tried at first: paid all of it, everybody would want more than one such seat."""
_RADIUS, _LEAST_RADIUS, _LARGEST_RADIUS = 0.3, 1 / 32, 8.0
"""How far prices may move, in parts of them: at first, at least, and where the box is opened."""
NARROW_PEOPLE = 4_000
"""Below so many the box is wide: it holds prices from above, at twice the best, for a start that no plan has yet might
cost anything; a narrower one would stand in its own way.
"""
_WIDE = 1.0
_LEAST_PRICE, _LEAST_LAMBDA = 100.0, 1.0
"""Points: smaller prices of seats and of needs move as if they were as large."""
LARGEST_PRICE, _LARGEST_LAMBDA = 1e6, 4_096.0
"""Points that no price exceeds: where nothing bounds them they would grow with every step."""
_GOOD, _POOR = 0.4, 0.05
"""The part of the promised rise of the bound that came: beyond it the box grows, below it shrinks."""
_GROWS, _SHRINKS, _OPENS = 1.6, 0.6, 4.0
_HELD = 0.5
"""Seats bought and sold in all, beyond which it is the box that holds the prices."""


class Box:
    """Columns that buy and sell seats of each row, and one that sells needs; bought are needs by the programme's own."""

    def __init__(self, side: PatternSide | RowSide, people: int, *, wide: bool = False) -> None:
        self._seats = side.seats
        self._row = np.concatenate([np.arange(side.seats), np.arange(side.seats), [side.needs_row(people)]])
        self._entry = np.concatenate([np.ones(side.seats), -np.ones(side.seats), [1 / side.unit]])
        self.radius, self._least_radius = (_WIDE, _WIDE) if wide else (_RADIUS, _LEAST_RADIUS)
        self.is_closed = True
        """Whether it holds anything; once open it stays so."""

    def before(self, fixed: Entries) -> Entries:
        """The programme's fixed columns with those of the box in front, held at nothing."""
        many, none = len(self._row), np.zeros(len(self._row))
        return Entries(
            np.concatenate([none, fixed.cost]), np.concatenate([none, fixed.most]),
            np.concatenate([self._row, fixed.row]), np.concatenate([np.arange(many), fixed.column + many]),
            np.concatenate([self._entry, fixed.entry]),
        )

    def close_around(self, row: Ints, needs: int, cost: Floats, most: Floats) -> float:
        """Set the box's own part of ``cost`` and ``most``; the most that a point of needs may cost (points).

        ``row`` [seats] and ``needs``: the prices in its middle, in milli-points.
        """
        seats, prices, price = self._seats, row / MILLI, needs / MILLI
        way, way_of_needs = self.radius * np.maximum(prices, _LEAST_PRICE), self.radius * max(price, _LEAST_LAMBDA)
        low, low_of_needs = np.minimum(prices - way, LARGEST_PRICE / 2), price - way_of_needs
        cost[:seats], most[:seats] = np.minimum(prices + way, LARGEST_PRICE), np.inf
        cost[seats:2 * seats], most[seats:2 * seats] = -np.maximum(low, 0), np.where(low > 0, np.inf, 0)
        cost[2 * seats], most[2 * seats] = -min(max(low_of_needs, 0), _LARGEST_LAMBDA / 2), np.inf if low_of_needs > 0 else 0
        return min(price + way_of_needs, _LARGEST_LAMBDA)

    def adapt(self, rise: int, promised: int) -> None:
        """After a step whose bound rose so much, where the programme promised so much."""
        if rise > _GOOD * promised:
            self.radius = min(_LARGEST_RADIUS, _GROWS * self.radius)
        elif rise < _POOR * promised:
            self.radius = max(self._least_radius, _SHRINKS * self.radius)

    def give_way(self, primal: Floats) -> None:
        """Nothing more is to be had inside: wider, or open where it holds nothing back."""
        self.radius *= _OPENS
        held = float(primal[:len(self._row)].sum()) > _HELD
        if self.radius > _LARGEST_RADIUS or not held:
            self.is_closed = False


def marginal_prices(pricer: Pricer, plans: Plans) -> tuple[Floats, float] | None:
    """What a seat of each row, and a point of needs, cost the people of a roster, in milli-points.

    Of everybody's last plan: what it costs more with a seat than without it, averaged over the seats of a role. Of
    needs: as much as is rarely exceeded, by so many roles as the roster leaves empty. None without a plan.
    """
    tables, cost, seats = pricer.tables, np.zeros(pricer.tables.rows), np.zeros(pricer.tables.rows)
    last = {int(volunteer): number for number, volunteer in enumerate(plans.volunteer)}
    for volunteer, number in last.items():
        own = plans.seats(number)
        for at, seat in enumerate(own):
            rest = np.delete(own, at)
            without = pricer.cost(volunteer, rest) if pricer.is_plan(volunteer, rest) else 0
            row = pricer.row_of[seat]
            cost[row] += int(plans.cost[number]) - without
            seats[row] += 1
    filled = seats > 0
    if not filled.any():
        return None
    need = np.maximum(tables.visit[tables.row[:, t.R_VISIT], t.V_NEED], 1)
    price = np.maximum(cost, 0) / np.maximum(seats, 1)
    per_need = np.sort((price / need)[filled])
    of_needs = float(per_need[int(filled.mean() * (len(per_need) - 1))])
    price = np.where(filled, np.minimum(price, of_needs * need), of_needs * need)
    found: Floats = price[pricer.numbering.row_of]
    return found, of_needs
