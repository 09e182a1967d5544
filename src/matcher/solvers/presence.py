"""presence: nobody is on a crew at a start more than that start is chosen.

A crew of two that meets half at nine and half at ten could be one person twice a half: the rows of seats are content.
So for a person and a start where that happens, a row of the programme says that plans with the person there are no more
than patterns with that start. Its price is charged to that person for being there, and goes to the wish.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.solvers.pricing import Plans, Pricer
from matcher.solvers.tables import Ints

Floats = NDArray[np.float64]

_MOST_ROWS = 20_000


class PresenceRows:
    """The rows so far: a (volunteer, option) each, in the order they were found."""

    def __init__(self, pricer: Pricer) -> None:
        self._pricer = pricer
        self._options = len(pricer.tables.option)
        self.key: Ints = np.zeros(0, dtype=np.int64)
        """[rows] of ``Pricer.presence_keys``."""

    def __len__(self) -> int:
        return len(self.key)

    @property
    def option(self) -> Ints:
        """[rows]."""
        return self.key % self._options

    def separate(self, plans: Plans, share: Floats, options: Ints, chosen: Floats, tolerance: float) -> int:
        """Add a row for every (volunteer, option) had more than chosen; how many.

        ``share`` [plans]: how much of each is taken; ``options``, ``chosen``: the options of patterns, and how much of
        each pattern.
        """
        if len(self) >= _MOST_ROWS:
            return 0
        taken = np.repeat(share, np.diff(plans.ptr))
        seats = plans.seat[taken > tolerance]
        taken = taken[taken > tolerance]
        crewed = self._pricer.numbering.is_crewed[self._pricer.option_of[seats]]
        keys, place = np.unique(self._pricer.presence_keys(seats[crewed]), return_inverse=True)
        had = np.bincount(place, weights=taken[crewed], minlength=len(keys))
        most = np.bincount(options, weights=chosen, minlength=self._options)[keys % self._options]
        new = keys[(had - most > tolerance) & ~np.isin(keys, self.key)]
        self.key = np.concatenate([self.key, new])
        return len(new)

    def of_plans(self, plans: Plans) -> tuple[Ints, Ints]:
        """(row, plan) of every plan with that volunteer there."""
        if not len(self):
            return self.key, self.key
        owner = np.repeat(np.arange(len(plans)), np.diff(plans.ptr))
        row, found = self._rows_of(self._pricer.presence_keys(plans.seat))
        return row[found], owner[found]

    def of_options(self, options: Ints) -> tuple[Ints, Ints]:
        """(row, place in ``options``) of every row of an option."""
        by_option = np.argsort(self.option, kind="stable")
        own = self.option[by_option]
        first, last = np.searchsorted(own, options), np.searchsorted(own, options, side="right")
        many = last - first
        ptr = np.cumsum(many) - many
        at = np.repeat(first - ptr, many) + np.arange(int(many.sum()))
        return by_option[at], np.repeat(np.arange(len(options)), many)

    def charges(self, prices: Ints) -> Ints:
        """[``Pricer.crewed``] what each candidate is charged, of the ``prices`` of the first rows."""
        found = np.zeros(len(self._pricer.crewed), dtype=np.int64)
        keys = self.key[:len(prices)]
        first = np.searchsorted(self._pricer.presence_key, keys)
        last = np.searchsorted(self._pricer.presence_key, keys, side="right")
        for roles in range(int((last - first).max(initial=0))):
            own = first + roles < last
            found[first[own] + roles] = prices[own]
        return found

    def by_option(self, prices: Ints) -> Ints:
        """[options] what all charges there come to."""
        found = np.zeros(self._options, dtype=np.int64)
        np.add.at(found, self.option[:len(prices)], prices)
        return found

    def charges_by_visit(self, prices: Ints) -> dict[str, Any]:
        """The prices of the first rows as a certificate has them: by visit, start by start, by volunteer."""
        problem, found = self._pricer.tables.problem, dict[str, dict[str | None, dict[str, int]]]()
        for key, price in zip(self.key.tolist(), prices.tolist()):
            if price:
                option = problem.options[key % self._options]
                start = None if option.start is None else problem.expanded.calendar.moment(option.start).isoformat()
                own = found.setdefault(problem.visits[option.visit].id, {}).setdefault(start, {})
                own[problem.scenario.volunteers[key // self._options].id] = price
        return {visit: tuple(starts.items()) for visit, starts in found.items()}

    def _rows_of(self, keys: Ints) -> tuple[Ints, NDArray[np.bool_]]:
        by_key = np.argsort(self.key)
        at = np.minimum(np.searchsorted(self.key[by_key], keys), len(self.key) - 1)
        row = by_key[at]
        return row, self.key[row] == keys
