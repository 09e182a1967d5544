"""What is best, as prices taken from the facts alone: needs, promises, and the named terms of quality.

The judge adds these prices up over a roster; a solver builds them into its model. Every formula is
documented in docs/objective.md with its units.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from functools import cached_property
from statistics import median

import numpy as np
from numpy.typing import NDArray

from matcher.domain.places import Place
from matcher.domain.when import Span, days_between
from matcher.domain.wishes import Role, Wish
from matcher.problem.eligibility import Eligibility, Stretches
from matcher.problem.expand import Expanded, Visit

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
        self._kept: dict[tuple[object, ...], NDArray[np.int64]] = {}
        self._empty_seat: dict[str, int] = {}

    # --------------------------------------------------------------------------------------- needs

    def empty_seat(self, wish: Wish) -> int:
        """3^(priority−1) · (100 + min(days waited, 100)) points per empty seat of any of its visits."""
        if wish.id not in self._empty_seat:
            self._empty_seat[wish.id] = self._price_of_empty_seat(wish)
        return self._empty_seat[wish.id]

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
    def claims_to_honour(self) -> tuple[tuple[str, frozenset[int]], ...]:
        """(wish, people any of whom satisfies it) for every chosen claim not yet honoured in history."""
        return tuple(
            (claim.wish, people)
            for claim in self.scenario.claims
            if claim.state == "chosen"
            for people in [self._claimants(claim.volunteer, claim.team)]
            if people and not any(
                service.start >= claim.at and self.expanded.volunteer_index.get(service.volunteer) in people
                for service in self.expanded.done.get(claim.wish, ())
            )
        )

    def _claimants(self, volunteer: str | None, team: str | None) -> frozenset[int]:
        if volunteer is not None:
            return frozenset({self.expanded.volunteer_index[volunteer]})
        return frozenset(row for row, teams in enumerate(self.expanded.teams_of) if team in teams)

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
            for row in rows:
                others = [own[other] for other in rows if other != row]
                if others and not self.expanded.is_experienced[row]:
                    turns[row] = max(own[row], int(median(others)))
        return tuple(turns)

    @cached_property
    def turns_offered(self) -> tuple[int, ...]:
        """o: how many turns each volunteer's limits and availability allow within the window, at least 1."""
        return tuple(max(1, self._offered(row)) for row in range(len(self.scenario.volunteers)))

    def _offered(self, row: int) -> int:
        limits = self.expanded.limits[row]
        free_days = self._free_days(self.expanded.free[row].available)
        by_month: dict[tuple[int, int], dict[tuple[int, int], int]] = defaultdict(lambda: defaultdict(int))
        for day in free_days:
            by_month[day.year, day.month][day.isocalendar()[:2]] += _or_far(limits.visits_per_day)
        return sum(
            min(
                _or_far(limits.visits_per_month),
                sum(min(_or_far(limits.visits_per_week), most) for most in weeks.values()),
            )
            for weeks in by_month.values()
        )

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

    def undesired_time(self, visit: Visit, start: int | None) -> NDArray[np.int64]:
        """Per volunteer: the seat's price for lying in time they would rather not, or outside what they prefer."""
        nobody = np.zeros(len(self.scenario.volunteers), dtype=np.int64)
        if start is None:
            return nobody
        end = start + visit.minutes
        undesired = self._undesired.overlap(start, end) if self._undesired.anybody else nobody.astype(bool)
        less = (
            self._names_preferred & ~self._preferred.contain(start, end)
            if self._preferred.anybody
            else nobody.astype(bool)
        )
        full = self.weights.undesired_time
        return np.where(undesired, full, np.where(less, full // 5, 0)).astype(np.int64)

    def locality(self, visit: Visit) -> NDArray[np.int64]:
        """Per volunteer: steps from the visit's building, grid and community, and from the team's communities."""
        key = ("locality", visit.wish.id)
        if key not in self._kept:
            place = self.scenario.place.get(visit.place) if visit.place else None
            community = self.expanded.community(visit.wish)
            steps = [
                _steps(self.scenario.place.get(person.home) if person.home else None, place)
                + self._team_steps(person.team, community)
                for person in self.scenario.volunteers
            ]
            self._kept[key] = self.weights.locality * np.array(steps, dtype=np.int64)
        return self._kept[key]

    def _team_steps(self, team: str | None, community: str | None) -> int:
        communities = self.scenario.team[team].communities if team else ()
        return 2 if communities and community not in communities else 0

    def preferences(self, visit: Visit, role: Role) -> NDArray[np.int64]:
        """Per volunteer: what the resident would like, unmet, and what the volunteer would rather not."""
        key = ("preferences", visit.wish.id, role.id)
        if key not in self._kept:
            unmet = [self._unmet(row, visit.wish, role) for row in range(len(self.scenario.volunteers))]
            self._kept[key] = self.weights.preferences * np.array(unmet, dtype=np.int64)
        return self._kept[key]

    def _unmet(self, row: int, wish: Wish, role: Role) -> int:
        person = self.scenario.volunteers[row]
        resident = self.scenario.resident[wish.resident] if wish.resident else None
        unmet = 0
        if resident is not None:
            liked = resident.liked
            unmet += bool(resident.preferred) and person.id not in resident.preferred
            unmet += liked.gender is not None and person.gender != liked.gender
            unmet += liked.language is not None and liked.language not in person.languages
        subjects = {wish.id, wish.kind, wish.resident, *(need.name for need in role.skills)}
        return unmet + 2 * bool(subjects & set(person.dislikes))

    def soft_pair(self, visit: Visit, role: Role, start: int | None) -> NDArray[np.int64]:
        """Per volunteer: the price of the soft pair rules this seat would break."""
        return self.eligibility.soft_price(visit, role, start)

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


def _or_far(limit: int | None) -> int:
    return 1 << 20 if limit is None else limit


def _steps(home: Place | None, place: Place | None) -> int:
    if home is None or place is None or home.community is None or home.community != place.community:
        return 4
    estate_and_building = (home.estate, home.building)
    if home.building is not None and estate_and_building == (place.estate, place.building):
        return 0
    return 1 if home.grid is not None and home.grid == place.grid else 2
