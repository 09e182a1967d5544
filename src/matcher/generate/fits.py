"""Who could serve a wish, and when it falls: so that claims, promises and the past are ones that could be kept."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from functools import cached_property
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from matcher.domain.people import Resident, Team, Volunteer
from matcher.domain.places import TravelMode
from matcher.domain.settings import Travel
from matcher.domain.when import Calendar, Span, days_between, free_time, rrule_days
from matcher.domain.where import Atlas
from matcher.domain.wishes import Role, Window, Wish
from matcher.generate.dice import Dice
from matcher.generate.people import accepts

Occurrence = tuple[str, list[Span]]
"""A visit's id and the spans, in minutes, that its service may lie in."""

STEP_MINUTES = 30


def service_minutes(wish: Wish, atlas: Atlas) -> int:
    """How long one service takes; an escort is leg, stay, and the way back."""
    if wish.kind != "escort":
        return wish.minutes
    mode = "car" if any(role.vehicle for role in wish.roles) else wish.travel_mode or "bus"
    there = atlas.minutes(wish.origin, wish.destination, mode)
    return there + wish.stay_minutes + atlas.minutes(wish.destination, wish.origin, mode)


def occurrences(wish: Wish, minutes: int, calendar: Calendar, first: date, last: date) -> list[Occurrence]:
    """The wish's visits between two days; goods have one, without spans."""
    when = wish.recurrence
    if when is None:
        return [(f"{wish.id}/1", [])]
    days = days_between(first, last) if first <= last else []
    fixed = [calendar.minute_of(moment) for moment in when.at if first <= moment.date() <= last]
    if when.rrule and when.dtstart and when.start and days:
        fixed += [calendar.minute(day, when.start) for day in rrule_days(when.rrule, when.dtstart, first, last)]
    if fixed:
        return [(f"{wish.id}/{calendar.moment(start):%Y-%m-%dT%H%M}", [(start, start + minutes)]) for start in sorted(fixed)]
    named: dict[str, list[Span]] = {}
    for day in days:
        for window in when.windows:
            if _is_asked(window, day, calendar):
                named.setdefault(_period(day, when.per), []).append(_span(window, day, minutes, calendar))
    times = range(1, (when.times or 1) + 1)
    return [
        (f"{wish.id}/{period}" + (f"#{time}" if time > 1 else ""), spans)
        for period, spans in named.items() for time in times
    ]


def _is_asked(window: Window, day: date, calendar: Calendar) -> bool:
    if window.dates:
        return day in window.dates
    if window.month_days:
        low, _, high = window.month_days.partition("-")
        if not int(low) <= day.day <= int(high):
            return False
    return calendar.matches(window.days, day)


def _period(day: date, per: str | None) -> str:
    if per is None:
        return "1"
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}" if per == "week" else f"{day:%Y-%m}"


def _span(window: Window, day: date, minutes: int, calendar: Calendar) -> Span:
    if window.at is not None:
        start = calendar.minute(day, window.at)
        return start, start + minutes
    return calendar.minute(day, window.start), calendar.minute(day, window.end)


class Fits:
    """Finds volunteers who could serve: skill, vehicle, consent, team, reach, and free at one of the times."""

    def __init__(
        self, volunteers: Sequence[Volunteer], teams: Iterable[Team], atlas: Atlas, calendar: Calendar,
        window: tuple[date, date], homes_of_residents: Mapping[str, str | None], town_of: Callable[[str], int],
    ) -> None:
        self.volunteers = volunteers
        self._homes_of_residents = homes_of_residents
        self._town_of = town_of
        self._rows: dict[int, list[int]] = defaultdict(list)
        """Volunteers by town; nobody is looked for in another one."""
        for number, person in enumerate(volunteers):
            self._rows[town_of(person.home or "")].append(number)
        self.atlas = atlas
        self.calendar = calendar
        self.window = window
        self._parent = {team.id: team.parent for team in teams}
        self._free: dict[int, tuple[list[int], list[int]]] = {}
        self._kept: dict[tuple[object, ...], NDArray[np.bool_]] = {}

    def some(
        self, dice: Dice, wish: Wish, role: Role, resident: Resident | None, spans: Iterable[Span], count: int,
        without: Collection[int] = (),
    ) -> list[int]:
        """Up to ``count`` volunteers who could take the role in one of the spans, in random order."""
        minutes, times = service_minutes(wish, self.atlas), tuple(dict.fromkeys(spans))
        place = self._place(wish)
        rows = self._rows[self._town_of(place)]
        able = dice.in_any_order([rows[one] for one in np.flatnonzero(self._able(wish, role, place)).tolist()])
        found = (
            number for number in able
            if number not in without and self.suits(number, resident) and self.is_free(number, times, minutes)
        )
        return list(islice(found, count))

    def suits(self, number: int, resident: Resident | None) -> bool:
        """Whether the resident accepts the volunteer."""
        return resident is None or accepts(resident, self.volunteers[number])

    def is_free(self, number: int, spans: Sequence[Span], minutes: int) -> bool:
        """Whether the volunteer is free for the whole service in one of the spans; no span asks for no time."""
        return not spans or self.start_for(number, spans, minutes) is not None

    def start_for(self, number: int, spans: Iterable[Span], minutes: int) -> int | None:
        """The first start at which the volunteer is free."""
        starts, ends = self._free_of(number)
        for low, high in spans:
            for start in range(low, high - minutes + 1, STEP_MINUTES):
                latest = bisect_right(starts, start) - 1
                if latest >= 0 and start + minutes <= ends[latest]:
                    return start
        return None

    def _free_of(self, number: int) -> tuple[list[int], list[int]]:
        """Where the volunteer's free spans start and end."""
        if number not in self._free:
            person = self.volunteers[number]
            first, last = self.window[0] - timedelta(days=8), self.window[1]
            free = free_time(person.availability, person.unavailable, self.calendar, first, last).available
            self._free[number] = [start for start, _ in free], [end for _, end in free]
        return self._free[number]

    def _place(self, wish: Wish) -> str:
        home = self._homes_of_residents[wish.resident] if wish.resident else None
        return wish.origin or wish.place or home or ""

    def _able(self, wish: Wish, role: Role, place: str) -> NDArray[np.bool_]:
        """Per volunteer of the town, whether they could come at all."""
        town = self._town_of(place)
        return self._reach(place, town, role) & self._skilled(town, role) & self._members(town, wish)

    def _keep(self, key: tuple[object, ...], make: Callable[[], NDArray[np.bool_]]) -> NDArray[np.bool_]:
        if key not in self._kept:
            self._kept[key] = make()
        return self._kept[key]

    def _reach(self, place: str, town: int, role: Role) -> NDArray[np.bool_]:
        """Who lives near enough, with a little to spare, so that rounding decides nothing."""
        by_car, rows = role.vehicle is not None, self._rows[town]
        return self._keep(
            ("reach", place, by_car), lambda: self._metres_to(place, rows) * 1.01 <= self._radius[by_car][rows]
        )

    def _metres_to(self, place: str, rows: Sequence[int]) -> NDArray[np.float64]:
        """Metres from these volunteers' homes, as on a flat map."""
        there, homes = self.atlas.index[place], self._homes[rows]
        lat, lon = self.atlas.lat, self.atlas.lon
        north = (lat[homes] - lat[there]) * 111_000
        east = (lon[homes] - lon[there]) * 111_400 * np.cos(np.radians(lat[there]))
        return np.asarray(np.hypot(north, east))

    @cached_property
    def _homes(self) -> NDArray[np.int64]:
        return np.array([self.atlas.index[person.home or ""] for person in self.volunteers], dtype=np.int64)

    @cached_property
    def _radius(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """How many metres each volunteer can go in the time they accept: by their own mode, and by car."""
        own = [_metres_in(person.limits.max_travel_minutes, person.travel_mode) for person in self.volunteers]
        car = [_metres_in(person.limits.max_travel_minutes, "car") for person in self.volunteers]
        return np.array(own), np.array(car)

    def _skilled(self, town: int, role: Role) -> NDArray[np.bool_]:
        key = ("role", town, role.skills, role.vehicle, role.gender, role.experienced)
        return self._keep(key, lambda: self._each(town, lambda person: self._takes(person, role)))

    def _takes(self, person: Volunteer, role: Role) -> bool:
        vehicle = person.vehicle
        return (
            all(
                any(own.name == need.name and own.level >= need.level
                    and (own.valid_until is None or own.valid_until >= self.window[1]) for own in person.skills)
                for need in role.skills
            )
            and role.gender in (None, person.gender)
            and (not role.experienced or person.prior_visits >= 3)
            and (role.vehicle is None or (vehicle is not None and vehicle.wheelchair >= role.vehicle.wheelchair))
        )

    def _members(self, town: int, wish: Wish) -> NDArray[np.bool_]:
        wanted, parent = set(wish.teams), self._parent
        return self._keep(("team", town, wish.teams), lambda: self._each(
            town, lambda person: not wanted or person.team in wanted or parent.get(person.team or "") in wanted
        ))

    def _each(self, town: int, test: Callable[[Volunteer], bool]) -> NDArray[np.bool_]:
        return np.array([test(self.volunteers[number]) for number in self._rows[town]], dtype=bool)


def _metres_in(minutes: int | None, mode: TravelMode) -> float:
    """How far one gets in so many minutes at the usual speeds."""
    travel = Travel()
    speed = {"car": travel.car, "e-bike": travel.e_bike, "bus": travel.bus, "walking": travel.walking}[mode]
    return max(0, (minutes or 0) - speed.fixed_minutes) * speed.km_per_hour * 1000 / 60 / speed.detour
