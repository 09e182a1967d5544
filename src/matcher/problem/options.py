"""Options and candidates: every start of every visit, who may take which role of it and at which price.

Starts that no rule and no price can tell apart are merged; the number of candidates is bounded. Everything
is worked out visit by visit and kept as flat arrays.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from datetime import date
from itertools import groupby, islice

import numpy as np
from numpy.typing import NDArray

from matcher.domain.wishes import Role
from matcher.problem.crowded import Days, Wanted, crowded
from matcher.problem.eligibility import OF_THE_DAY, OF_THE_HOUR, OF_THE_VISIT, Eligibility, Rows
from matcher.problem.expand import Expanded, Visit
from matcher.problem.memory import Memory
from matcher.problem.objective import Prices

MOST_CANDIDATES = 20_000_000
"""Of more (option, role, volunteer) triples, stand-bys included, starts of the widest visits are thinned."""

_BLOCK = 1 << 20
"""Elements worked on at once where memory would otherwise grow with all candidates."""
_SEGMENTS = 1 << 12

_SAMPLE = 32
"""Starts of a visit looked at to estimate its candidates."""


@dataclass(frozen=True, slots=True)
class Option:
    """One way a visit can happen: its start and end in minutes (goods: None) and the day it counts for."""

    visit: int
    start: int | None
    end: int | None
    day: date


@dataclass(frozen=True, slots=True)
class Candidates:
    """(option, role, volunteer) triples as arrays of one length, sorted; ``role`` counts within the wish.

    ``price`` is what the seat itself costs in the quality tier: time, locality, preferences, soft pair
    rules; without travel, which depends on the day's other visits. Stand-bys cost nothing by themselves.
    """

    option: NDArray[np.int32]
    role: NDArray[np.int16]
    volunteer: NDArray[np.int32]
    price: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.option)


@dataclass(frozen=True, slots=True)
class Built:
    """What a problem is made of; ``thinned`` are the visits whose starts lie on a coarser grid."""

    options: tuple[Option, ...]
    crew: Candidates
    standbys: Candidates
    thinned: tuple[int, ...]


def build_options(
    expanded: Expanded,
    eligibility: Eligibility,
    prices: Prices,
    told: Mapping[int, Set[int]],
    never: Set[tuple[int, int]],
    most: int = MOST_CANDIDATES,
) -> Built:
    """All options and candidates; starts that are ``told`` (by visit) are neither merged nor thinned away.

    ``never``: (visit, volunteer) pairs that are ruled out.
    """
    seats = _Seats(expanded, eligibility, prices, told, never)
    every: dict[int, int] = {}
    target, sizes = float(most), None
    while True:
        built = _Draft(seats, every).built(most)
        if built is not None:
            return built
        sizes = sizes or [_Size.of(seats, number) for number in range(len(expanded.visits))]
        thinner = _thinner(sizes, every, target)
        if thinner == every:  # one start a day is left of everything
            return _Draft(seats, every).whole()
        every, target = thinner, target * 0.7  # an estimate may be wrong


# ------------------------------------------------------------------------------------------- who may


@dataclass(frozen=True, slots=True)
class _Seat:
    """One role of one visit: who may take it or stand by for it, as far as known, and everybody's price."""

    role: Role
    rows: Rows
    standbys: Rows
    price: NDArray[np.int64]


class _Seats:
    """Who may take which role of a visit at its starts."""

    def __init__(
        self,
        expanded: Expanded,
        eligibility: Eligibility,
        prices: Prices,
        told: Mapping[int, Set[int]],
        never: Set[tuple[int, int]],
    ) -> None:
        self.expanded = expanded
        self.eligibility = eligibility
        self.prices = prices
        self.told = told
        self._banned: dict[int, list[int]] = defaultdict(list)
        for visit, volunteer in sorted(never):
            self._banned[visit].append(volunteer)
        self._price: Memory[NDArray[np.int64]] = Memory(64)

    def starts(self, number: int) -> list[tuple[date, list[int | None]]]:
        """The starts of a visit by day."""
        visit = self.expanded.visits[number]
        if visit.due is not None:
            return [(visit.due, [None])]
        step = self.expanded.scenario.program.settings.step_minutes
        told = {start for start in self.told.get(number, ()) if visit.may_start(start)}
        starts = sorted({*visit.starts(step), *told})
        return [(day, list(own)) for day, own in groupby(starts, self.expanded.calendar.day_of)]

    def on_days(
        self, number: int, every: int
    ) -> Iterator[tuple[date, list[tuple[int | None, list[_Seat]]]]]:
        """Per day, the starts at which somebody may serve, with the seats of every role."""
        visit = self.expanded.visits[number]
        seats = [self.of_visit(number, role) for role in visit.wish.roles]
        for day, starts in self.starts(number):
            today = [self._narrowed(OF_THE_DAY, visit, seat, starts[0]) for seat in seats]
            if not any(len(seat.rows) for seat in today):
                continue
            kept, others = self._thinned(number, starts, every)
            able = self._able(visit, today, kept)
            # No day is lost: where nobody is free at the starts kept, the first at which somebody is takes their place.
            yield day, list(able) or list(islice(self._able(visit, today, others), 1))

    def _thinned(
        self, number: int, starts: list[int | None], every: int
    ) -> tuple[list[int | None], list[int | None]]:
        """(kept, others) of one day's starts: every so many from the middle one, and those told or fixed, are kept."""
        if every == 1:
            return starts, []
        stays = {*self.told.get(number, ()), *self.expanded.visits[number].fixed}
        middle = len(starts) // 2
        kept = [start for at, start in enumerate(starts) if (at - middle) % every == 0 or start in stays]
        return kept, [start for start in starts if start not in kept]

    def _able(
        self, visit: Visit, seats: list[_Seat], starts: list[int | None]
    ) -> Iterator[tuple[int | None, list[_Seat]]]:
        """The starts at which somebody may serve."""
        for start in starts:
            now = [self._at(visit, seat, start) for seat in seats]
            if any(len(seat.rows) for seat in now):
                yield start, now

    def of_visit(self, number: int, role: Role) -> _Seat:
        """Who may take a role of a visit on some day."""
        visit = self.expanded.visits[number]
        rows = self.eligibility.lasting(visit, role)
        standbys = rows[:0]
        if visit.wish.staffing.standbys:
            standbys = self.eligibility.lasting(visit, role, True) if visit.wish.claimants_only else rows
        price = self._price.get((visit.wish.id, role.id), lambda: self._lasting_price(visit, role, rows))
        seat = self._narrowed(OF_THE_VISIT, visit, _Seat(role, rows, standbys, price), None)
        banned = self._banned.get(number)
        if not banned:
            return seat
        rows, standbys = (rows[~np.isin(rows, banned)] for rows in (seat.rows, seat.standbys))
        return _Seat(role, rows, standbys, price)

    def _lasting_price(self, visit: Visit, role: Role, rows: Rows) -> NDArray[np.int64]:
        price = np.zeros(len(self.eligibility.people), dtype=np.int64)
        price[rows] = self.prices.lasting(visit, role, rows)
        return price

    def _narrowed(self, names: tuple[str, ...], visit: Visit, seat: _Seat, start: int | None) -> _Seat:
        """The seat with those whom these rules do not keep away."""
        narrowed = self.eligibility.narrowed
        rows = narrowed(names, visit, seat.role, start, False, seat.rows)
        if seat.standbys is seat.rows:  # only claims tell a stand-by from the crew
            return seat if rows is seat.rows else _Seat(seat.role, rows, rows, seat.price)
        return _Seat(seat.role, rows, narrowed(names, visit, seat.role, start, True, seat.standbys), seat.price)

    def _at(self, visit: Visit, seat: _Seat, start: int | None) -> _Seat:
        """The seat at one start, with a price for each of its rows."""
        seat = self._narrowed(OF_THE_HOUR, visit, seat, start)
        price = seat.price[seat.rows]
        if start is not None:
            price += self.prices.undesired_time(visit, start, seat.rows)
        return _Seat(seat.role, seat.rows, seat.standbys, price)


# -------------------------------------------------------------------------------------------- drafting


class _Draft:
    """Options and candidates in the making: segments of flat arrays, which equal starts share."""

    def __init__(self, seats: _Seats, every: Mapping[int, int]) -> None:
        self._seats = seats
        self._every = every
        self._options: list[Option] = []
        self._repeats: list[bool] = []
        """Whether an earlier start that day has the same people and prices."""
        self._day: list[int] = []
        """Position of each option's visit and day; -1 for goods."""
        self._segments: list[tuple[tuple[int, ...], tuple[int, ...]]] = []
        """Per option, the segments of each role's crew and of its stand-bys."""
        self._rows: list[NDArray[np.int32]] = [np.zeros(0, dtype=np.int32)]
        self._prices: list[NDArray[np.int64]] = [np.zeros(0, dtype=np.int64)]
        self._days: list[tuple[int, int, int, int]] = []
        self._size = 0

    def built(self, most: int) -> Built | None:
        """Everything put together; None if there are more candidates than ``most``."""
        for number in range(len(self._seats.expanded.visits)):
            self._add(number)
            if self._size > most:
                return None
        return self._put_together(most)

    def whole(self) -> Built:
        """Everything put together, however much it is."""
        for number in range(len(self._seats.expanded.visits)):
            self._add(number)
        built = self._put_together(None)
        assert built is not None
        return built

    def _add(self, number: int) -> None:
        minutes, told = self._seats.expanded.visits[number].minutes, self._seats.told.get(number, frozenset())
        for day, starts in self._seats.on_days(number, self._every.get(number, 1)):
            shared: dict[tuple[bytes, ...], int] = {}
            earlier: set[tuple[bytes, ...]] = set()
            for start, seats in starts:
                key = _key(seats) if len(starts) > 1 else ()
                twin = shared.setdefault(key, len(self._options))
                self._segments.append(
                    self._segments[twin] if twin < len(self._options) else self._kept(seats)
                )
                self._options.append(Option(number, start, None if start is None else start + minutes, day))
                self._repeats.append(key in earlier and start not in told)
                self._day.append(-1 if start is None else len(self._days))
                if start not in told:
                    earlier.add(key)
            first, last = (starts[0][0], starts[-1][0]) if starts else (None, None)  # goods: None
            if first is not None and last is not None:
                self._days.append((number, day.toordinal(), first, last + minutes))

    def _kept(self, seats: list[_Seat]) -> tuple[tuple[int, ...], tuple[int, ...]]:
        crew = tuple(self._segment(seat.rows, seat.price) for seat in seats)
        return crew, tuple(
            own if seat.standbys is seat.rows else self._segment(seat.standbys, None)
            for own, seat in zip(crew, seats)
        )

    def _segment(self, rows: Rows, price: NDArray[np.int64] | None) -> int:
        if not len(rows):
            return 0
        self._rows.append(rows.astype(np.int32))
        self._prices.append(np.zeros(len(rows), dtype=np.int64) if price is None else price)
        self._size += len(rows)
        return len(self._rows) - 1

    # ------------------------------------------------------------------------------------- together

    def _put_together(self, most: int | None) -> Built | None:
        segments = _Segments(self._rows, self._prices)
        dropped = np.array(self._repeats, dtype=bool)
        if dropped.any():
            day = np.array(self._day, dtype=np.int64)
            asked = np.zeros(len(self._days), dtype=bool)
            asked[day[dropped]] = True
            dropped &= ~self._crowded(segments, asked)[day]
        kept = np.flatnonzero(~dropped).tolist()
        crew, standbys = ([self._segments[number][which] for number in kept] for which in (0, 1))
        if most is not None and segments.size(crew) + segments.size(standbys) > most:
            return None
        return Built(
            tuple(self._options[number] for number in kept),
            segments.candidates(crew),
            segments.candidates(standbys, priced=False),
            tuple(sorted(number for number, every in self._every.items() if every > 1)),
        )

    def _crowded(self, segments: _Segments, asked: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Per day of a visit, whether it matters elsewhere when that visit begins."""
        expanded = self._seats.expanded
        outside = [
            (-1 - number, seat.day.toordinal(), seat.start, seat.end, seat.volunteer)
            for number, seat in enumerate(expanded.outside)
            if seat.start is not None and seat.end is not None
        ]
        visit, day, low, high = (
            np.array(column, dtype=np.int64)
            for column in zip(*self._days, *(seat[:4] for seat in outside))
        )
        wanted = [
            _once_each(segments.wanted(self._segments[low:high], self._day[low:high]), len(visit))
            for low, high in self._blocks(segments)
        ]
        extra = np.arange(len(outside), dtype=np.int32)
        margin = expanded.longest_way + max((own.min_rest_minutes or 0 for own in expanded.limits), default=0)
        return crowded(
            Days(visit, day, low, high),
            Wanted(
                np.concatenate([*(own.where for own in wanted), extra + np.int32(len(self._days))]),
                np.concatenate([
                    *(own.volunteer for own in wanted), np.array([seat[4] for seat in outside], dtype=np.int32),
                ]),
                np.concatenate([*(own.standby for own in wanted), extra >= 0]),
            ),
            margin,
            np.array([own.visits_per_day in (0, 1) for own in expanded.limits], dtype=bool),
            np.concatenate([asked, extra < 0]),
        )


    def _blocks(self, segments: _Segments) -> Iterator[tuple[int, int]]:
        """The options in blocks of about ``_BLOCK`` elements, each visit's day in one block."""
        low = size = 0
        for number, (crew, standbys) in enumerate(self._segments):
            if size > _BLOCK and self._day[number] != self._day[number - 1]:
                yield low, number
                low, size = number, 0
            size += segments.size([crew, standbys])
        yield low, len(self._segments)


def _key(seats: list[_Seat]) -> tuple[bytes, ...]:
    """What tells two starts of one day apart: people and prices."""
    return tuple(
        array.tobytes()
        for seat in seats
        for array in (
            (seat.rows, seat.price) if seat.standbys is seat.rows else (seat.rows, seat.price, seat.standbys)
        )
    )


def _once_each(wanted: Wanted, days: int) -> Wanted:
    """Each volunteer once per day of a visit; as a stand-by if as that at all."""
    code = np.sort((wanted.volunteer.astype(np.int64) * days + wanted.where) * 2 + ~wanted.standby)
    first = np.ones(len(code), dtype=bool)
    first[1:] = code[1:] // 2 != code[:-1] // 2
    pair, crew = np.divmod(code[first], 2)
    volunteer, where = np.divmod(pair, days)
    return Wanted(where.astype(np.int32), volunteer.astype(np.int32), crew == 0)


class _Segments:
    """Stretches of flat arrays of volunteers and prices."""

    def __init__(self, rows: list[NDArray[np.int32]], prices: list[NDArray[np.int64]]) -> None:
        self._length = np.array([len(own) for own in rows], dtype=np.int64)
        self._begin = np.concatenate([[0], np.cumsum(self._length)])[:-1].astype(np.int64)
        self._volunteer = np.concatenate([np.zeros(0, dtype=np.int32), *rows])
        self._price = np.concatenate([np.zeros(0, dtype=np.int64), *prices])
        rows.clear()
        prices.clear()

    def size(self, chosen: list[tuple[int, ...]]) -> int:
        """How many elements these segments have."""
        return int(self._length[[number for numbers in chosen for number in numbers]].sum()) if chosen else 0

    def candidates(self, chosen: list[tuple[int, ...]], *, priced: bool = True) -> Candidates:
        """The segments of each option's roles, one after the other."""
        numbers = np.array([number for numbers in chosen for number in numbers], dtype=np.int64)
        option = np.array([at for at, numbers in enumerate(chosen) for _ in numbers], dtype=np.int32)
        role = np.array([at for numbers in chosen for at in range(len(numbers))], dtype=np.int16)
        length = self._length[numbers]
        volunteer = np.empty(length.sum(), dtype=np.int32)
        price = np.zeros(len(volunteer), dtype=np.int64)
        done = 0
        for low in range(0, len(numbers), _SEGMENTS):
            where, _ = self._elements(numbers[low:low + _SEGMENTS])
            volunteer[done:done + len(where)] = self._volunteer[where]
            if priced:
                price[done:done + len(where)] = self._price[where]
            done += len(where)
        return Candidates(np.repeat(option, length), np.repeat(role, length), volunteer, price)

    def wanted(
        self, segments: list[tuple[tuple[int, ...], tuple[int, ...]]], days: list[int]
    ) -> Wanted:
        """Everybody whose time these options might take, on the day of a visit each option lies on."""
        uses = {
            (number, day, standby)
            for options, day in zip(segments, days)
            if day >= 0
            for numbers, standby in zip(options, (False, True))
            for number in numbers
        }
        number, day, standby = np.array(sorted(uses), dtype=np.int64).reshape(-1, 3).T
        where, length = self._elements(number)
        return Wanted(np.repeat(day, length), self._volunteer[where].astype(np.int64), np.repeat(standby == 1, length))

    def _elements(self, segments: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Where the elements of these segments lie, and how many each has."""
        length = self._length[segments]
        before = np.concatenate([[0], np.cumsum(length)])
        return np.arange(before[-1]) + np.repeat(self._begin[segments] - before[:-1], length), length


# -------------------------------------------------------------------------------------------- thinning


@dataclass(frozen=True, slots=True)
class _Size:
    """How many candidates a visit may have on the full grid, and the most starts on one of its days."""

    candidates: float
    starts: int

    @classmethod
    def of(cls, seats: _Seats, number: int) -> _Size:
        """An estimate: the people no lasting rule keeps away, and the share of all who are free at its starts."""
        visit = seats.expanded.visits[number]
        able = [seats.of_visit(number, role) for role in visit.wish.roles]
        people = sum(len(seat.rows) + len(seat.standbys) for seat in able)
        days = seats.starts(number)
        starts = [start for _, own in days for start in own]
        shares = [
            float(seats.eligibility.is_available(visit, able[0].role, start, False).mean())
            for start in starts[::max(1, len(starts) // _SAMPLE)]
        ]
        free = sum(shares) / len(shares) if shares else 0.0
        return cls(people * len(starts) * free, max((len(own) for _, own in days), default=0))


def _thinner(sizes: list[_Size], every: Mapping[int, int], target: float) -> dict[int, int]:
    """Every how many starts to keep, by visit, so that about ``target`` candidates are left.

    The visit with the most candidates left is thinned first, to every second of the starts it has left.
    """
    thinned = dict(every)
    left = [(-size.candidates / thinned.get(number, 1), number) for number, size in enumerate(sizes)]
    total = -sum(most for most, _ in left)
    heapq.heapify(left)
    while left and total > target:
        most, number = heapq.heappop(left)
        if thinned.get(number, 1) < sizes[number].starts:
            thinned[number] = 2 * thinned.get(number, 1)
            total += most / 2
            heapq.heappush(left, (most / 2, number))
    return thinned
