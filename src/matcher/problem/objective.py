"""What is best, as prices taken from the facts alone: needs, promises, and the named terms of quality.

The judge adds these prices up over a roster; a solver builds them into its model. Every formula is
documented in docs/objective.md with its units.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from matcher.domain.claims import Claim, still_to_name
from matcher.domain.places import Place
from matcher.domain.when import Span, days_between
from matcher.domain.wishes import Role, Wish
from matcher.problem.eligibility import Eligibility, Rows, Stretches
from matcher.problem.expand import Expanded, Visit
from matcher.problem.memory import Memory, frozen

NEEDS_TERMS = ("empty_seats",)
PROMISE_TERMS = (
    "published_seat", "published_time", "published_standby", "pairing_broken", "least_visit_missing",
    "claimant_without_turn",
)
QUALITY_TERMS = (
    "fairness", "faces", "turns", "missing_standby", "standby_turns", "undesired_time", "travel", "locality",
    "preferences", "soft_rules",
)


def nearness(days_ahead: int) -> int:
    """How much dearer a change is when the day is near: 8 by tomorrow, 4 within 3 days, 2 within a week.

    >>> [nearness(days) for days in (1, 3, 7, 8)]
    [8, 4, 2, 1]
    """
    if days_ahead <= 1:
        return 8
    if days_ahead <= 3:
        return 4
    return 2 if days_ahead <= 7 else 1


class Prices:
    """Every price of one scenario, worked out from its facts on demand."""

    def __init__(self, expanded: Expanded, eligibility: Eligibility) -> None:
        self.expanded = expanded
        self.eligibility = eligibility
        self.scenario = expanded.scenario
        self.settings = expanded.scenario.program.settings
        self.weights = self.settings.weights
        self._undesired = Stretches(tuple(free.undesired for free in expanded.free))
        self._preferred = Stretches(tuple(free.preferred for free in expanded.free))
        self._names_preferred = np.array([bool(free.preferred) for free in expanded.free], dtype=bool)
        self._kept: Memory[NDArray[np.int64]] = Memory.of_arrays(len(self.scenario.volunteers), 8)
        self._empty_seat: dict[str, int] = {}

    # --------------------------------------------------------------------------------------- needs

    def empty_seat(self, wish: Wish) -> int:
        """3^(priority−1) · (100 + min(days waited, 100)) points per empty seat of any of its visits."""
        if wish.id not in self._empty_seat:
            self._empty_seat[wish.id] = self._price_of_empty_seat(wish)
        return self._empty_seat[wish.id]

    @cached_property
    def all_seats(self) -> int:
        """The price of leaving every seat of every visit empty."""
        return sum(visit.seats * self.empty_seat(visit.wish) for visit in self.expanded.visits)

    def _price_of_empty_seat(self, wish: Wish) -> int:
        known = [day for day in (wish.submitted, self._last_done(wish)) if day is not None]
        waited = max(0, (self.expanded.today - max(known)).days) if known else 0
        return int(3 ** (wish.priority - 1) * (100 + min(waited, 100)))

    def _last_done(self, wish: Wish) -> date | None:
        done = self.expanded.done.get(wish.id, ())
        return self.expanded.calendar.day_of(self.expanded.calendar.minute_of(done[-1].start)) if done else None

    # ------------------------------------------------------------------------------------ promises

    def near(self, day: date) -> int:
        """``nearness`` of a day, seen from the scenario's now."""
        return nearness((day - self.expanded.today).days)

    @cached_property
    def months(self) -> tuple[tuple[int, int], ...]:
        """The calendar months the window touches."""
        window = self.scenario.program.window
        return tuple(sorted({(day.year, day.month) for day in days_between(window.start, window.end)}))

    @cached_property
    def least_visits(self) -> dict[int, int]:
        """The least visits a month, of the volunteers who have such a limit."""
        return {
            row: own.least_visits_per_month
            for row, own in enumerate(self.expanded.limits)
            if own.least_visits_per_month
        }

    @cached_property
    def counted_elsewhere(self) -> dict[tuple[int, tuple[int, int]], int]:
        """Visits per volunteer and month that are done, or published outside the plan."""
        calendar, index = self.expanded.calendar, self.expanded.volunteer_index
        days = [
            (index[name], calendar.day_of(calendar.minute_of(service.start)))
            for name, services in self.expanded.done_by_volunteer.items()
            for service in services
        ]
        days += [(seat.volunteer, seat.day) for seat in self.expanded.outside if not seat.standby]
        return Counter((row, (day.year, day.month)) for row, day in days)

    @cached_property
    def claims_to_honour(self) -> tuple[tuple[str, frozenset[int]], ...]:
        """(wish, people any of whom satisfies it) for every chosen claim not yet honoured in history."""
        return tuple(
            (claim.wish, people)
            for claim in self._chosen_claims()
            for people in [self._claimants(claim.volunteer, claim.team)]
            if people and not any(
                service.start >= claim.at and self.expanded.volunteer_index.get(service.volunteer) in people
                for service in self.expanded.done.get(claim.wish, ())
            )
        )

    def _chosen_claims(self) -> Iterator[Claim]:
        by_wish: dict[str, list[Claim]] = defaultdict(list)
        for claim in self.scenario.claims:
            if claim.state == "chosen":
                by_wish[claim.wish].append(claim)
        for claims in by_wish.values():
            yield from still_to_name(claims)

    def _claimants(self, volunteer: str | None, team: str | None) -> frozenset[int]:
        if volunteer is not None:
            return frozenset({self.expanded.volunteer_index[volunteer]})
        return frozenset(self.expanded.members.get(team or "", ()))

    # ------------------------------------------------------------------------------------ fairness

    @cached_property
    def turns_before(self) -> tuple[int, ...]:
        """h: done visits in the last ``history_days``; a newcomer stands at least at the team's median, rounded down."""
        since = self.expanded.now - self.settings.history_days * 24 * 60
        minute_of = self.expanded.calendar.minute_of
        own = [
            sum(minute_of(service.start) >= since for service in self.expanded.done_by_volunteer.get(person.id, ()))
            for person in self.scenario.volunteers
        ]
        by_team: dict[str | None, list[int]] = defaultdict(list)
        for row, person in enumerate(self.scenario.volunteers):
            by_team[person.team].append(row)
        turns = list(own)
        for rows in by_team.values():
            ordered = sorted(own[row] for row in rows)
            for row in rows:
                if len(rows) > 1 and not self.expanded.is_experienced[row]:
                    turns[row] = max(own[row], _median_without(ordered, own[row]))
        return tuple(turns)

    @cached_property
    def turns_offered(self) -> tuple[int, ...]:
        """o: how many turns each volunteer's limits and availability allow within the window, at least 1."""
        self._weeks: dict[tuple[Span, ...], tuple[tuple[int, ...], ...]] = {}
        offered = tuple(max(1, self._offered(row)) for row in range(len(self.scenario.volunteers)))
        self._weeks.clear()
        return offered

    def _offered(self, row: int) -> int:
        limits = self.expanded.limits[row]
        per_day, per_week = _or_far(limits.visits_per_day), _or_far(limits.visits_per_week)
        return sum(
            min(_or_far(limits.visits_per_month), sum(min(per_week, days * per_day) for days in weeks))
            for weeks in self._free_weeks(self.expanded.free[row].available)
        )

    def _free_weeks(self, spans: tuple[Span, ...]) -> tuple[tuple[int, ...], ...]:
        """Per month of the window, how many free days each of its weeks has; the same for all with the same hours."""
        known = self._weeks.get(spans)
        if known is None:
            by_month: dict[tuple[int, int], dict[tuple[int, int], int]] = defaultdict(lambda: defaultdict(int))
            for day in self._free_days(spans):
                by_month[day.year, day.month][day.isocalendar()[:2]] += 1
            known = self._weeks[spans] = tuple(tuple(weeks.values()) for weeks in by_month.values())
        return known

    def _free_days(self, spans: Sequence[Span]) -> set[date]:
        window = self.scenario.program.window
        day_of = self.expanded.calendar.day_of
        return {
            day
            for low, high in spans
            for day in days_between(max(day_of(low), window.start), min(day_of(high - 1), window.end))
        }

    def fairness(self, row: int, turn: int) -> int:
        """The price of a volunteer's ``turn``-th new turn: ⌊100·(2(h+t)−1)/o⌋, rising, so turns spread."""
        return self.weights.fairness * (
            100 * (2 * (self.turns_before[row] + turn) - 1) // self.turns_offered[row]
        )

    # ------------------------------------------------------------------------------ faces and turns

    def known_faces(self, wish: Wish) -> frozenset[int]:
        """Who served a wish within its ``turns_days`` before now; a steady wish pays for new faces only."""
        since = self.expanded.now - wish.staffing.turns_days * 24 * 60
        return frozenset(
            self.expanded.volunteer_index[service.volunteer]
            for service in self.expanded.done.get(wish.id, ())
            if self.expanded.calendar.minute_of(service.start) >= since
            and service.volunteer in self.expanded.volunteer_index
        )

    def wish_turns_before(self, wish: Wish) -> dict[int, int]:
        """Turns each volunteer had at a rotating wish within its ``turns_days`` before now."""
        since = self.expanded.now - wish.staffing.turns_days * 24 * 60
        turns: dict[int, int] = defaultdict(int)
        for service in self.expanded.done.get(wish.id, ()):
            if self.expanded.calendar.minute_of(service.start) >= since and not service.stepped_in:
                row = self.expanded.volunteer_index.get(service.volunteer)
                if row is not None:
                    turns[row] += 1
        return dict(turns)

    def wish_turn(self, before: int, turn: int) -> int:
        """The price of somebody's ``turn``-th new turn at one rotating wish."""
        return self.weights.turns * (2 * (before + turn) - 1)

    def standby_turn(self, turn: int) -> int:
        """The price of somebody's ``turn``-th stand-by at one wish."""
        return self.weights.standby_turns * (2 * turn - 1)

    # ---------------------------------------------------------------------------------------- seats

    def undesired_time(self, visit: Visit, start: int | None, rows: Rows | None = None) -> NDArray[np.int64]:
        """Per volunteer: the seat's price for lying in time they would rather not, or outside what they prefer."""
        price = np.zeros(len(self.scenario.volunteers if rows is None else rows), dtype=np.int64)
        if start is None:
            return price
        end = start + visit.minutes
        full = self.weights.undesired_time
        if self._preferred.anybody:
            names = self._names_preferred if rows is None else self._names_preferred[rows]
            price[names & ~self._preferred.contain(start, end, rows)] = full // 5
        if self._undesired.anybody:
            price[self._undesired.overlap(start, end, rows)] = full
        return price

    def lasting(self, visit: Visit, role: Role, rows: Rows | None = None) -> NDArray[np.int64]:
        """Per volunteer: the part of a seat's price that is the same for every visit of the wish."""
        return (
            self.locality(visit, rows)
            + self.preferences(visit, role, rows)
            + self.soft_pair(visit, role, None, rows)  # no soft pair rule asks for the day or the hour
        )

    def locality(self, visit: Visit, rows: Rows | None = None) -> NDArray[np.int64]:
        """Per volunteer: steps from the visit's building, grid and community, and from the team's communities."""
        if rows is None:
            return self._kept.get(("locality", visit.wish.id), lambda: frozen(self._locality(visit, self._everyone)))
        return self._locality(visit, rows)

    def _locality(self, visit: Visit, rows: Rows) -> NDArray[np.int64]:
        place = self.scenario.place.get(visit.place) if visit.place else None
        steps = self._homes.steps_to(place, rows) + self._team_steps(self.expanded.community(visit.wish))[rows]
        return self.weights.locality * steps

    def _team_steps(self, community: str | None) -> NDArray[np.int64]:
        """Per volunteer: 2 if the team is paired with other communities only."""

        def find() -> NDArray[np.int64]:
            elsewhere = {
                team.id: 2 if team.communities and community not in team.communities else 0
                for team in self.scenario.teams
            }
            steps = [elsewhere[person.team] if person.team else 0 for person in self.scenario.volunteers]
            return frozen(np.array(steps, dtype=np.int64))

        return self._kept.get(("team steps", community), find)

    @cached_property
    def _everyone(self) -> NDArray[np.int64]:
        return np.arange(len(self.scenario.volunteers))

    @cached_property
    def _homes(self) -> _Neighbourhoods:
        places = self.scenario.place
        return _Neighbourhoods([places.get(who.home) if who.home else None for who in self.scenario.volunteers])

    def preferences(self, visit: Visit, role: Role, rows: Rows | None = None) -> NDArray[np.int64]:
        """Per volunteer: what the resident would like, unmet, and what the volunteer would rather not."""
        if rows is None:
            return self._kept.get(
                ("preferences", visit.wish.id, role.id),
                lambda: frozen(self.weights.preferences * self._unmet(visit.wish, role)),
            )
        return self.weights.preferences * self._unmet(visit.wish, role)[rows]

    def _unmet(self, wish: Wish, role: Role) -> NDArray[np.int64]:
        resident = self.scenario.resident[wish.resident] if wish.resident else None
        unmet = np.zeros(len(self.scenario.volunteers), dtype=np.int64)
        if resident is not None:
            if resident.preferred:
                unmet += 1
                unmet[self._rows(resident.preferred)] -= 1
            if resident.liked.gender is not None:
                unmet += ~self.eligibility.of_gender(resident.liked.gender)
            if resident.liked.language is not None:
                unmet += ~self.eligibility.speaks(resident.liked.language)
        averse = {
            row
            for subject in (wish.id, wish.kind, wish.resident, *(need.name for need in role.skills))
            if subject is not None
            for row in self._dislikers.get(subject, ())
        }
        if averse:
            unmet[sorted(averse)] += 2
        return unmet

    def _rows(self, names: Iterable[str]) -> list[int]:
        index = self.expanded.volunteer_index
        return sorted({index[name] for name in names if name in index})

    @cached_property
    def _dislikers(self) -> dict[str, list[int]]:
        """Who would rather not, by what."""
        found: dict[str, list[int]] = defaultdict(list)
        for row, person in enumerate(self.scenario.volunteers):
            for subject in person.dislikes:
                found[subject].append(row)
        return dict(found)

    def soft_pair(
        self, visit: Visit, role: Role, start: int | None, rows: Rows | None = None
    ) -> NDArray[np.int64]:
        """Per volunteer: the price of the soft pair rules this seat would break."""
        return self.eligibility.soft_price(visit, role, start, rows)

    # --------------------------------------------------------------------------------------- travel

    def leg(self, row: int, origin: str | None, destination: str | None, by_car: bool) -> int:
        """Minutes of one leg of a volunteer's tour, in points."""
        mode = "car" if by_car else self.scenario.volunteers[row].travel_mode
        return self.weights.travel * self.expanded.atlas.minutes(origin, destination, mode)

    def tour(self, row: int, stops: Sequence[tuple[Visit, Role]]) -> int:
        """The price of one day's tour: home → stops in time order → home.

        Every leg goes by car if the stop it leads to (or, homewards, comes from) needs the vehicle.
        """
        home = self.scenario.volunteers[row].home
        here, price, by_car = home, 0, False
        for visit, role in stops:
            by_car = role.vehicle is not None
            price += self.leg(row, here, visit.place, by_car)
            here = visit.end_place
        return price + self.leg(row, here, home, by_car) if stops else 0

    def solo_tours(self, visit: Visit, role: Role, rows: Rows) -> NDArray[np.int64]:
        """``tour`` of a day with this visit alone, for many volunteers at once."""
        by_car = role.vehicle is not None
        there = self.eligibility.minutes_between_home_and(visit.place, by_car, rows)
        homes = self.expanded.homes_by_car if by_car else self.expanded.homes
        back = self.expanded.atlas.minutes_back(visit.end_place, homes.some(rows))
        return self.weights.travel * (there + back)


def _or_far(limit: int | None) -> int:
    return 1 << 20 if limit is None else limit


def _median_without(ordered: list[int], own: int) -> int:
    """The median, rounded down, of sorted numbers once one of them that equals ``own`` is taken out.

    >>> _median_without([0, 1, 2, 9], 9), _median_without([0, 1, 4], 1)
    (1, 2)
    """
    taken = bisect_left(ordered, own)

    def at(position: int) -> int:
        return ordered[position + (position >= taken)]

    left = len(ordered) - 1
    return at(left // 2) if left % 2 else (at(left // 2 - 1) + at(left // 2)) // 2


class _Neighbourhoods:
    """Everybody's community, grid and building as numbers, to count steps to one place for many people at once."""

    def __init__(self, homes: Sequence[Place | None]) -> None:
        self._number: dict[tuple[str | None, ...], int] = {}
        self._community = self._numbers([_community(home) for home in homes])
        self._grid = self._numbers([_grid(home) for home in homes])
        self._building = self._numbers([_building(home) for home in homes])

    def _numbers(self, names: Sequence[tuple[str | None, ...] | None]) -> NDArray[np.int64]:
        return np.array(
            [-1 if name is None else self._number.setdefault(name, len(self._number)) for name in names],
            dtype=np.int64,
        )

    def _of(self, name: tuple[str | None, ...] | None) -> int:
        return -2 if name is None else self._number.get(name, -2)

    def steps_to(self, place: Place | None, rows: Rows) -> NDArray[np.int64]:
        """0 in the same building, 1 in the grid, 2 in the community, else 4."""
        steps = np.where(self._grid[rows] == self._of(_grid(place)), 1, 2)
        steps[self._building[rows] == self._of(_building(place))] = 0
        steps[self._community[rows] != self._of(_community(place))] = 4
        return steps


def _community(place: Place | None) -> tuple[str | None, ...] | None:
    return None if place is None or place.community is None else ("community", place.community)


def _grid(place: Place | None) -> tuple[str | None, ...] | None:
    return None if place is None or place.grid is None else ("grid", place.grid)


def _building(place: Place | None) -> tuple[str | None, ...] | None:
    return None if place is None or place.building is None else ("building", place.estate, place.building)
