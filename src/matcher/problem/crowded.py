"""Crowded: which visits' days might want somebody whom another visit near in time might want as well.

On a day that is not crowded it makes no difference to anything else when its visit begins.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.integer]


@dataclass(frozen=True, slots=True)
class Days:
    """One visit on one day each, as arrays: from its earliest start (``low``) to its latest end (``high``)."""

    visit: Numbers
    day: Numbers
    low: Numbers
    high: Numbers

    def __len__(self) -> int:
        return len(self.visit)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whose time those days might take: (position in ``Days``, volunteer), and whether as a stand-by too."""

    where: Numbers
    volunteer: Numbers
    standby: NDArray[np.bool_]


def crowded(
    days: Days, wanted: Wanted, margin: int, once_a_day: NDArray[np.bool_], asked: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Per day of a visit that is ``asked`` about: might anybody it wants collide with another visit?

    Two visits may collide if less than ``margin`` minutes lie between them; two crew seats on one day cannot
    for somebody who does one visit a day at most. Pairs are counted, never listed: what overlaps in time, less
    what cannot collide.
    """
    result = np.zeros(len(days), dtype=bool)
    rows = np.flatnonzero(asked[wanted.where])
    if not len(rows):
        return result
    everybody = _Intervals(days, wanted, wanted.volunteer, margin)
    count = everybody.near(rows)
    aside = np.flatnonzero(~wanted.standby & once_a_day[wanted.volunteer])
    if len(aside):
        # A group is a person and a day.
        group = wanted.volunteer.astype(np.int64) * (int(days.day.max()) + 1) + days.day[wanted.where]
        crew = ~wanted.standby[rows] & once_a_day[wanted.volunteer[rows]]
        count[crew] -= _Intervals(days, wanted, group, margin, aside).near(rows[crew]) - 1  # itself is taken below
    result[wanted.where[rows[count > _of_the_same_visit(days, wanted, rows, margin)]]] = True
    return result


def _of_the_same_visit(days: Days, wanted: Wanted, rows: Numbers, margin: int) -> NDArray[np.int64]:
    """How many days of its own visit near in time want the same person, itself included."""
    count = np.ones(len(rows), dtype=np.int64)
    near = _near_each_other(days, margin)
    own = np.flatnonzero(near[wanted.where])
    if len(own):
        visit = days.visit - days.visit.min()
        group = wanted.volunteer.astype(np.int64) * (int(visit.max()) + 1) + visit[wanted.where]
        of_these = near[wanted.where[rows]]
        count[of_these] = _Intervals(days, wanted, group, margin, own).near(rows[of_these])
    return count


def _near_each_other(days: Days, margin: int) -> NDArray[np.bool_]:
    """Days of one visit that lie so close together, as nights do, that they may want the same person twice."""
    order = np.lexsort((days.low, days.visit))
    visit = days.visit[order].astype(np.int64)
    low, high = (ends[order].astype(np.int64) - days.low.min() for ends in (days.low, days.high))
    far = int(high.max()) + margin + 1
    visit -= visit.min()
    latest = np.maximum.accumulate(visit * far + high) - visit * far  # so far, of that visit
    same = visit[1:] == visit[:-1]
    near = np.zeros(len(days), dtype=bool)
    near[order[1:][same & (low[1:] < latest[:-1] + margin)]] = True
    near[order[:-1][same & (low[1:] < high[:-1] + margin)]] = True
    return near


class _Intervals:
    """Intervals in groups, ready to count those near another one of the same group."""

    def __init__(
        self, days: Days, wanted: Wanted, group: Numbers, margin: int, rows: Numbers | None = None
    ) -> None:
        self._days, self._where, self._group, self._margin = days, wanted.where, group, margin
        self._first = int(days.low.min()) - margin
        self._far = int(days.high.max()) + margin - self._first + 1
        chosen = slice(None) if rows is None else rows
        self._lows, self._highs = self._ends(days.low, chosen), self._ends(days.high, chosen)
        self._lows.sort()
        self._highs.sort()

    def _ends(self, ends: Numbers, rows: Numbers | slice) -> NDArray[np.int64]:
        """Ends of intervals as numbers in which each group has a range of its own."""
        numbers = self._group[rows].astype(np.int64)
        numbers *= self._far
        numbers += (ends - self._first)[self._where[rows]]
        return numbers

    def near(self, rows: Numbers) -> NDArray[np.int64]:
        """How many intervals of its group overlap each of these, widened by the margin."""
        begun = np.searchsorted(self._lows, self._ends(self._days.high, rows) + self._margin, side="left")
        begun -= np.searchsorted(self._highs, self._ends(self._days.low, rows) - self._margin, side="right")
        return begun.astype(np.int64, copy=False)
