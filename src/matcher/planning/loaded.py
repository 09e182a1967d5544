"""Loaded: a roster worked out person by person and wish by wish, ready to be asked what one more seat would change.

Everything is read from the judge's own view of the roster, once, and kept as arrays.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from matcher.domain.claims import Published
from matcher.domain.wishes import Role
from matcher.problem.check import Judge, Served, can_any_serve, paired_people
from matcher.problem.expand import Visit
from matcher.problem.memory import Memory, frozen
from matcher.problem.problem import Problem
from matcher.problem.roster import Roster

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
Stop = tuple[int, Visit, Role]
"""(start, visit, role): one stop of somebody's day."""

FAR = 1 << 30
"""Stands for a limit nobody set."""


@dataclass(frozen=True, slots=True)
class Duties:
    """Everybody's timed duties as arrays of one length, sorted by volunteer; ``first[row]:first[row + 1]`` are a row's.

    ``visit`` is -1 for a published seat outside the plan.
    """

    start: Ints
    end: Ints
    visit: Ints
    name: NDArray[np.str_]
    standby: Mask
    place: tuple[str | None, ...]
    end_place: tuple[str | None, ...]
    by_car: Mask
    first: Ints


class Events:
    """Visits that count towards limits, as flat arrays in the order of their days."""

    def __init__(self, events: Iterable[tuple[int, int, int, bool]], people: int) -> None:
        """``events``: (volunteer, day as an ordinal, minutes, whether it has a time of day)."""
        table = np.array(sorted(events, key=lambda event: event[1]), dtype=np.int64).reshape(-1, 4)
        self._row, self._day, self._minutes = (table[:, column].copy() for column in range(3))
        self._timed = table[:, 3] == 1
        self._people = people
        self._kept: Memory[tuple[Ints, Ints]] = Memory(512)

    def taken(self, first: int, last: int, *, timed: bool = False) -> tuple[Ints, Ints]:
        """Per volunteer, (visits, minutes) from one day to another, both included; ``timed`` leaves goods out."""
        return self._kept.get((first, last, timed), lambda: self._taken(first, last, timed))

    def _taken(self, first: int, last: int, timed: bool) -> tuple[Ints, Ints]:
        low, high = np.searchsorted(self._day, [first, last + 1])
        rows, minutes = self._row[low:high], self._minutes[low:high]
        if timed:
            kept = self._timed[low:high]
            rows, minutes = rows[kept], minutes[kept]
        visits = np.bincount(rows, minlength=self._people).astype(np.int64)
        load = np.bincount(rows, weights=minutes, minlength=self._people).astype(np.int64)
        return frozen(visits), frozen(load)


class Loaded:
    """One roster beside its problem: who serves what, and what everybody has taken on."""

    def __init__(self, problem: Problem, roster: Roster) -> None:
        """Raises ``BadInput`` if the roster names what the facts do not know."""
        self.problem = problem
        self.roster = roster
        self.expanded = problem.expanded
        self.scenario = problem.scenario
        self.prices = problem.prices
        self.eligibility = problem.eligibility
        self.people = len(self.scenario.volunteers)
        self.judge = Judge(problem.expanded, roster, problem.prices)
        self.served: dict[str, Served] = {served.visit.id: served for served in self.judge.served}
        self._must_be_paired: dict[tuple[str, tuple[int, ...]], bool] = {}

    # --------------------------------------------------------------------------------------- a wish

    @cached_property
    def of_wish(self) -> dict[str, tuple[Served, ...]]:
        """The visits of each wish that the roster names anybody for, in the order of its occurrences."""
        groups: dict[str, list[Served]] = defaultdict(list)
        for served in self.served.values():
            groups[served.visit.wish.id].append(served)
        return {name: tuple(sorted(own, key=lambda served: served.visit.order)) for name, own in groups.items()}

    @cached_property
    def told_of_wish(self) -> dict[str, tuple[tuple[Published, Visit], ...]]:
        """Published seats of each wish's visits."""
        groups: dict[str, list[tuple[Published, Visit]]] = defaultdict(list)
        for seat, visit in self.judge.told:
            groups[visit.wish.id].append((seat, visit))
        return {name: tuple(own) for name, own in groups.items()}

    @cached_property
    def pinned_of_wish(self) -> dict[str, frozenset[int]]:
        """The people whom pins of a wish's visits name; a wish without pins is not there."""
        groups: dict[str, set[int]] = defaultdict(set)
        for pin in self.scenario.pins:
            own = groups[pin.visit.rpartition("/")[0]]
            if pin.volunteer is not None:
                own.add(self.expanded.volunteer_index[pin.volunteer])
        return {name: frozenset(own) for name, own in groups.items()}

    @cached_property
    def claims_of_wish(self) -> dict[str, tuple[frozenset[int], ...]]:
        """Per wish, the people of each chosen claim that is not yet honoured."""
        groups: dict[str, list[frozenset[int]]] = defaultdict(list)
        for wish, people in self.prices.claims_to_honour:
            groups[wish].append(people)
        return {name: tuple(own) for name, own in groups.items()}

    def must_be_paired(self, visit: Visit, out: int | None = None) -> bool:
        """Whether some paired volunteer other than ``out`` could serve the visit, so that one of them must."""
        paired = tuple(row for row in paired_people(self.expanded, visit.wish) if row != out)
        known = self._must_be_paired.get((visit.id, paired))
        if known is None:
            known = bool(paired) and can_any_serve(self.eligibility, paired, visit)
            self._must_be_paired[visit.id, paired] = known
        return known

    # ------------------------------------------------------------------------------------- a person

    @cached_property
    def turns(self) -> Ints:
        """Per volunteer, new turns: seats on crews of this roster."""
        rows = [row for served in self.judge.crewed for row in served.people]
        return frozen(np.bincount(np.array(rows, dtype=np.int64), minlength=self.people).astype(np.int64))

    @cached_property
    def turns_before(self) -> Ints:
        """Per volunteer, ``Prices.turns_before``."""
        return frozen(np.array(self.prices.turns_before, dtype=np.int64))

    @cached_property
    def turns_offered(self) -> Ints:
        """Per volunteer, ``Prices.turns_offered``."""
        return frozen(np.array(self.prices.turns_offered, dtype=np.int64))

    @cached_property
    def experienced(self) -> Mask:
        """Who is not a newcomer."""
        return frozen(np.array(self.expanded.is_experienced, dtype=bool))

    @cached_property
    def teams(self) -> Ints:
        """Per volunteer, the number of their team; -1 without one."""
        number = {team.id: at for at, team in enumerate(self.scenario.teams)}
        own = [-1 if person.team is None else number[person.team] for person in self.scenario.volunteers]
        return frozen(np.array(own, dtype=np.int64))

    @cached_property
    def last_asked(self) -> Ints:
        """Per volunteer, the minute they last declined, were told of a seat, or were due to serve; -1: never."""
        index, minute_of = self.expanded.volunteer_index, self.expanded.calendar.minute_of
        asked = np.full(self.people, -1, dtype=np.int64)
        moments = [
            *((decline.volunteer, decline.at) for decline in self.scenario.declines),
            *((seat.volunteer, seat.told_at) for seat in self.scenario.published),
            *((service.volunteer, service.start) for service in self.scenario.history),
        ]
        for name, moment in moments:
            if name is not None and moment is not None and name in index:
                row = index[name]
                asked[row] = max(int(asked[row]), minute_of(moment))
        return frozen(asked)

    @cached_property
    def least_visits(self) -> Ints:
        """Per volunteer, the least visits a month; 0 for who named none."""
        least = np.zeros(self.people, dtype=np.int64)
        for row, number in self.prices.least_visits.items():
            least[row] = number
        return frozen(least)

    def limit(self, name: str) -> Ints:
        """Per volunteer, one of their limits by its name; ``FAR`` where there is none."""
        known = self._limits.get(name)
        if known is None:
            own = (getattr(limits, name) for limits in self.expanded.limits)
            values = [FAR if most is None else most for most in own]
            known = self._limits[name] = frozen(np.array(values, dtype=np.int64))
        return known

    @cached_property
    def _limits(self) -> dict[str, Ints]:
        return {}

    # ---------------------------------------------------------------------------------- time and load

    @cached_property
    def planned(self) -> Events:
        """What this roster asks of everybody."""
        return Events(
            (
                (row, served.day.toordinal(), served.visit.minutes, not served.visit.is_goods)
                for served in self.judge.crewed
                for row in served.people
            ),
            self.people,
        )

    @cached_property
    def elsewhere(self) -> Events:
        """What is done, and what was published outside this plan."""
        expanded, events = self.expanded, []
        for name, services in expanded.done_by_volunteer.items():
            for service in services:
                wish = self.scenario.wish.get(service.wish or "")
                goods = wish is not None and wish.kind == "goods"
                day = expanded.calendar.day_of(expanded.calendar.minute_of(service.start)).toordinal()
                events.append((expanded.volunteer_index[name], day, 0 if goods else service.minutes, not goods))
        for seat in expanded.outside:
            if not seat.standby:
                minutes = 0 if seat.start is None or seat.end is None else seat.end - seat.start
                events.append((seat.volunteer, seat.day.toordinal(), minutes, seat.start is not None))
        return Events(events, self.people)

    def taken(self, first: int, last: int, *, timed: bool = False) -> tuple[Ints, Ints]:
        """Per volunteer, (visits, minutes) of the roster and everything else, from one day to another."""
        own, other = (events.taken(first, last, timed=timed) for events in (self.planned, self.elsewhere))
        return own[0] + other[0], own[1] + other[1]

    @cached_property
    def stops(self) -> dict[tuple[int, int], tuple[Stop, ...]]:
        """The tours of this roster by (volunteer, day as an ordinal), in the order in which the judge travels them."""
        days: dict[tuple[int, int], list[Stop]] = defaultdict(list)
        for served in self.judge.crewed:
            if served.start is not None:
                for role, row in served.crew:
                    days[row, served.day.toordinal()].append((served.start, served.visit, role))
        return {key: tuple(sorted(own, key=stop_order)) for key, own in days.items()}

    @cached_property
    def duties(self) -> Duties:
        """Everybody's timed duties, stand-bys and what lies outside the plan among them."""
        index = self.expanded.visit_index
        found = [duty for row in sorted(self.judge.duties) for duty in self.judge.duties[row]]
        rows = np.array([duty.row for duty in found], dtype=np.int64)
        return Duties(
            start=np.array([duty.start for duty in found], dtype=np.int64),
            end=np.array([duty.end for duty in found], dtype=np.int64),
            visit=np.array([index.get(duty.visit, -1) for duty in found], dtype=np.int64),
            name=np.array([duty.visit for duty in found], dtype=np.str_),
            standby=np.array([duty.standby for duty in found], dtype=bool),
            place=tuple(duty.place for duty in found),
            end_place=tuple(duty.end_place for duty in found),
            by_car=np.array([duty.by_car for duty in found], dtype=bool),
            first=np.searchsorted(rows, np.arange(self.people + 1)).astype(np.int64),
        )


def stop_order(stop: Stop) -> tuple[int, str]:
    """In time order, and by the visit's id where two begin together."""
    return stop[0], stop[1].id


def week_of(day: int) -> tuple[int, int]:
    """First and last day of the ISO week a day lies in, as ordinals.

    >>> [date.fromordinal(edge).isoformat() for edge in week_of(date(2026, 12, 3).toordinal())]
    ['2026-11-30', '2026-12-06']
    """
    first = day - (day - 1) % 7  # ordinal 1 was a Monday
    return first, first + 6


def month_of(day: int) -> tuple[int, int]:
    """First and last day of the calendar month a day lies in, as ordinals.

    >>> [date.fromordinal(edge).isoformat() for edge in month_of(date(2026, 12, 3).toordinal())]
    ['2026-12-01', '2026-12-31']
    """
    first = date.fromordinal(day).replace(day=1)
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return first.toordinal(), following.toordinal() - 1
