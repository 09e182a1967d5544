"""Facts worked out: dated visits from wishes, everybody's free time, what the past already settled.

Nothing here decides anything: the judge and the problem both start from it.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property

import numpy as np

from matcher.domain.base import clock_minutes
from matcher.domain.claims import Published
from matcher.domain.history import Service
from matcher.domain.people import Limits
from matcher.domain.places import TravelMode
from matcher.domain.scenario import Scenario
from matcher.domain.settings import Speed, Travel
from matcher.domain.when import Calendar, FreeTime, Span, days_between, free_time, rrule_days
from matcher.domain.where import Atlas, Ends, metres
from matcher.domain.wishes import Recurrence, Role, Window, Wish


@dataclass(frozen=True, slots=True)
class Visit:
    """One dated occurrence of a wish.

    The service ``[start, start + minutes]`` lies within one of ``spans``, or starts at one of ``fixed``
    (minutes since 1970 UTC), neither before now nor after the planning window. Goods have neither, but a ``due``
    day, which is today if it has passed. ``order`` counts the wish's visits. One that ``is_called_off`` has a wish
    without roles and no start.
    """

    id: str
    wish: Wish
    order: int
    minutes: int
    place: str | None
    end_place: str | None
    spans: tuple[Span, ...] = ()
    fixed: tuple[int, ...] = ()
    due: date | None = None
    not_before: int = 0
    not_after: int = 1 << 40

    @property
    def is_goods(self) -> bool:
        return self.due is not None

    @property
    def is_called_off(self) -> bool:
        """Nobody is asked for: it only keeps its neighbours from being next to each other."""
        return not self.wish.roles

    @property
    def seats(self) -> int:
        return sum(role.count for role in self.wish.roles)

    def role(self, name: str) -> Role | None:
        """The role of that id, or None."""
        return next((role for role in self.wish.roles if role.id == name), None)

    def may_start(self, start: int | None) -> bool:
        """Whether the asked times allow this start."""
        if start is None or self.is_goods:
            return start is None and self.is_goods
        if not self.not_before <= start <= self.not_after:
            return False
        return start in self.fixed or any(low <= start and start + self.minutes <= high for low, high in self.spans)

    def starts(self, step: int) -> list[int]:
        """Every start the planner may choose, on a grid of ``step`` minutes from each span's beginning."""
        found = set(self.fixed)
        for low, high in self.spans:
            found.update(range(low, high - self.minutes + 1, step))
        return sorted(start for start in found if self.not_before <= start <= self.not_after)


@dataclass(frozen=True, slots=True)
class Outside:
    """A published seat whose visit this plan does not contain; it still takes its volunteer's time."""

    volunteer: int
    visit: str
    start: int | None
    end: int | None
    day: date
    place: str | None
    end_place: str | None
    standby: bool
    mode: TravelMode | None = None
    """How the volunteer goes there; None: the way they travel by themselves."""


@dataclass(frozen=True)
class Expanded:
    """A scenario with its calendar, atlas and dated visits."""

    scenario: Scenario
    calendar: Calendar
    atlas: Atlas
    visits: tuple[Visit, ...]
    now: int
    today: date
    volunteer_index: dict[str, int]
    visit_index: dict[str, int]
    free: tuple[FreeTime, ...]
    vehicle_hours: tuple[tuple[Span, ...] | None, ...]
    limits: tuple[Limits, ...]
    outside: tuple[Outside, ...]
    done: dict[str, tuple[Service, ...]] = field(default_factory=dict)
    """Done visits by wish, in time order."""

    @cached_property
    def done_by_volunteer(self) -> dict[str, tuple[Service, ...]]:
        """Done visits by volunteer still on the list, in time order."""
        present = self.volunteer_index
        done = (s for s in self.scenario.history if s.outcome == "done" and s.volunteer in present)
        return _grouped(done, "volunteer")

    def row_of(self, volunteer: str) -> int:
        """The row of a volunteer; somebody who has left has a negative number of their own."""
        row = self.volunteer_index.get(volunteer)
        return self._departed[volunteer] if row is None else row

    @cached_property
    def _departed(self) -> dict[str, int]:
        gone = sorted({s.volunteer for s in self.scenario.history} - set(self.volunteer_index))
        return {name: -1 - number for number, name in enumerate(gone)}

    @cached_property
    def first_told(self) -> dict[str, int]:
        """The earliest start people were told, by visit, in minutes."""
        told: dict[str, int] = {}
        for seat in self.scenario.published:
            if seat.start is not None:
                start = self.calendar.minute_of(seat.start)
                told[seat.visit] = min(start, told.get(seat.visit, start))
        return told

    @cached_property
    def is_experienced(self) -> tuple[bool, ...]:
        """Who is not a newcomer."""
        least = self.scenario.program.settings.newcomer_visits
        return tuple(
            len(self.done_by_volunteer.get(person.id, ())) + person.prior_visits >= least
            for person in self.scenario.volunteers
        )

    @cached_property
    def anybody_experienced(self) -> bool:
        """In a programme's first weeks nobody is, and newcomers go alone."""
        return any(self.is_experienced)

    @cached_property
    def teams_of(self) -> tuple[frozenset[str], ...]:
        """Each volunteer's team and the teams above it."""
        parents = {team.id: team.parent for team in self.scenario.teams}
        return tuple(frozenset(_upwards(person.team, parents)) for person in self.scenario.volunteers)

    @cached_property
    def members(self) -> dict[str, tuple[int, ...]]:
        """The people of each team and of the teams below it, by row."""
        found: dict[str, list[int]] = defaultdict(list)
        for row, teams in enumerate(self.teams_of):
            for team in teams:
                found[team].append(row)
        return {team: tuple(rows) for team, rows in found.items()}

    @cached_property
    def homes(self) -> Ends:
        """Everybody's home and own way of travelling."""
        people = self.scenario.volunteers
        return self.atlas.ends([person.home for person in people], [person.travel_mode for person in people])

    @cached_property
    def homes_by_car(self) -> Ends:
        """Everybody's home, for ways by car."""
        people = self.scenario.volunteers
        return self.atlas.ends([person.home for person in people], ["car"] * len(people))

    @cached_property
    def visits_of_wish(self) -> dict[str, tuple[int, ...]]:
        """Numbers of each wish's visits, in the order of its occurrences."""
        groups: dict[str, list[int]] = defaultdict(list)
        for number, visit in enumerate(self.visits):
            groups[visit.wish.id].append(number)
        return {name: tuple(sorted(own, key=lambda number: self.visits[number].order)) for name, own in groups.items()}

    @cached_property
    def published_in_plan(self) -> list[tuple[Published, Visit]]:
        """Published seats of visits this plan contains; of who was told to step in, only the seat they now have."""
        crew = {(seat.visit, seat.volunteer) for seat in self.scenario.published if not seat.standby}
        return [
            (seat, self.visits[self.visit_index[seat.visit]])
            for seat in self.scenario.published
            if seat.visit in self.visit_index and not (seat.standby and (seat.visit, seat.volunteer) in crew)
        ]

    @cached_property
    def standing_by(self) -> dict[str, frozenset[int]]:
        """Who was told to stand by, by visit: on its crew they step in, which uses up no turn."""
        found: dict[str, set[int]] = defaultdict(set)
        for seat in self.scenario.published:
            if seat.standby and seat.volunteer in self.volunteer_index:
                found[seat.visit].add(self.volunteer_index[seat.volunteer])
        return {visit: frozenset(rows) for visit, rows in found.items()}

    @cached_property
    def longest_way(self) -> int:
        """No way between two places takes longer, whoever travels (minutes)."""
        return _longest_way(self)

    @cached_property
    def paired(self) -> dict[str, tuple[int, ...]]:
        """Paired volunteers by resident."""
        found: dict[str, list[int]] = defaultdict(list)
        for pairing in self.scenario.pairings:
            found[pairing.resident].append(self.volunteer_index[pairing.volunteer])
        return {resident: tuple(sorted(set(people))) for resident, people in found.items()}

    def day_of(self, visit: Visit, start: int | None) -> date:
        """The local day a visit counts for: of its start, or the due day."""
        if visit.due is not None or start is None:
            assert visit.due is not None
            return visit.due
        return self.calendar.day_of(start)

    def mode(self, volunteer: int, role: Role) -> TravelMode:
        """How a volunteer travels in a role: by car where the role needs the vehicle."""
        return "car" if role.vehicle is not None else self.scenario.volunteers[volunteer].travel_mode

    def community(self, wish: Wish) -> str | None:
        """The community a wish is in."""
        name = wish.origin or wish.place or (self._home(wish.resident) if wish.resident else None)
        place = self.scenario.place.get(name) if name else None
        return place.community if place else None

    def _home(self, resident: str) -> str | None:
        return self.scenario.resident[resident].home


def expand(scenario: Scenario) -> Expanded:
    """Work a scenario's facts out."""
    program = scenario.program
    calendar = Calendar.of(program)
    atlas = Atlas(scenario.places, program.settings.travel, scenario.travel_times)
    now = calendar.minute_of(program.as_of)
    first, last = program.window.start, program.window.end
    edges = (first - timedelta(days=1), last + timedelta(days=1))
    volunteer_index = {person.id: row for row, person in enumerate(scenario.volunteers)}
    visits = tuple(_all_visits(scenario, calendar, atlas, now))
    visit_index = {visit.id: row for row, visit in enumerate(visits) if not visit.is_called_off}
    defaults = program.settings.default_limits
    return Expanded(
        scenario=scenario,
        calendar=calendar,
        atlas=atlas,
        visits=visits,
        now=now,
        today=calendar.day_of(now),
        volunteer_index=volunteer_index,
        visit_index=visit_index,
        free=tuple(free_time(p.availability, p.unavailable, calendar, *edges) for p in scenario.volunteers),
        vehicle_hours=tuple(
            free_time(p.vehicle.availability, (), calendar, *edges).available
            if p.vehicle is not None and p.vehicle.availability
            else None
            for p in scenario.volunteers
        ),
        limits=tuple(_with_defaults(person.limits, defaults) for person in scenario.volunteers),
        outside=tuple(_outside(scenario, calendar, atlas, volunteer_index, visit_index)),
        done=_grouped((s for s in scenario.history if s.outcome == "done" and s.wish), "wish"),
    )


def _upwards(team: str | None, parents: dict[str, str | None]) -> Iterator[str]:
    while team is not None:
        yield team
        team = parents.get(team)


def _with_defaults(own: Limits, defaults: Limits) -> Limits:
    own_limits, default_limits = own.model_dump(), defaults.model_dump()
    return Limits(**{
        name: default_limits[name] if value is None else value for name, value in own_limits.items()
    })


def _grouped(services: Iterable[Service], key: str) -> dict[str, tuple[Service, ...]]:
    groups: dict[str, list[Service]] = defaultdict(list)
    for service in services:
        groups[getattr(service, key)].append(service)
    return {name: tuple(sorted(group, key=lambda s: (s.start, s.volunteer))) for name, group in groups.items()}


def _outside(
    scenario: Scenario, calendar: Calendar, atlas: Atlas, volunteer_index: dict[str, int], visit_index: dict[str, int]
) -> Iterator[Outside]:
    happened = {(s.visit, s.volunteer) for s in scenario.history if s.visit}
    for seat in scenario.published:
        if seat.visit in visit_index or seat.volunteer not in volunteer_index:
            continue
        if (seat.visit, seat.volunteer) in happened:
            continue
        wish = scenario.wish.get(seat.visit.rpartition("/")[0])
        if wish is not None and wish.kind == "goods" and wish.due is not None:
            yield Outside(volunteer_index[seat.volunteer], seat.visit, None, None, wish.due, None, None, seat.standby)
            continue
        if seat.start is None:
            continue
        start = calendar.minute_of(seat.start)
        end = calendar.minute_of(seat.end) if seat.end else start + (service_minutes(wish, atlas) if wish else 60)
        place, end_place = _places(scenario, wish) if wish else (None, None)
        day = calendar.day_of(start)
        yield Outside(volunteer_index[seat.volunteer], seat.visit, start, end, day, place, end_place, seat.standby)


# ------------------------------------------------------------------------------------------------ visits


def visits_asked_for(scenario: Scenario, wishes: Container[str]) -> frozenset[str]:
    """The ids of the visits a plan would decide, of some wishes."""
    calendar = Calendar.of(scenario.program)
    atlas = Atlas(scenario.places, scenario.program.settings.travel, scenario.travel_times)
    now = calendar.minute_of(scenario.program.as_of)
    visits = _all_visits(scenario, calendar, atlas, now, wishes)
    return frozenset(visit.id for visit in visits if not visit.is_called_off)


def _all_visits(
    scenario: Scenario, calendar: Calendar, atlas: Atlas, now: int, wishes: Container[str] | None = None
) -> Iterator[Visit]:
    done, called_off = _settled(scenario)
    for wish in scenario.wishes:
        if wish.state != "open" or (wishes is not None and wish.id not in wishes):
            continue
        asked = [
            replace(visit, order=order)
            for order, visit in enumerate(_visits_of(wish, scenario, calendar, atlas, now))
            if visit.id not in done
        ]
        yield from _without_called_off(wish, asked, called_off)


def _without_called_off(wish: Wish, asked: list[Visit], called_off: frozenset[str]) -> Iterator[Visit]:
    """The visits still asked for, and in their place those called off between them if neighbours may lie too far apart.

    A visit nobody serves breaks no spacing; one that is called off does not either, so it has to stay between the others.
    """
    last = max((number for number, visit in enumerate(asked) if visit.id not in called_off), default=-1)
    is_first = True
    for visit in asked[:last + 1]:
        if visit.id not in called_off:
            is_first = False
            yield visit
        elif not is_first and wish.recurrence is not None and wish.recurrence.max_gap_days is not None:
            nobody = wish.model_copy(update={"roles": ()})  # no fact: facts have at least one role
            yield replace(visit, wish=nobody, spans=(), fixed=())


def _settled(scenario: Scenario) -> tuple[frozenset[str], frozenset[str]]:
    """Visits that need no planning any more: those done, and those called off for everybody."""
    outcomes: dict[str, set[str]] = defaultdict(set)
    for service in scenario.history:
        if service.visit:
            outcomes[service.visit].add(service.outcome)
    return (
        frozenset(name for name, seen in outcomes.items() if "done" in seen),
        frozenset(name for name, seen in outcomes.items() if seen == {"cancelled"}),
    )


def _visits_of(wish: Wish, scenario: Scenario, calendar: Calendar, atlas: Atlas, now: int) -> Iterator[Visit]:
    place, end_place = _places(scenario, wish)
    window = scenario.program.window
    if wish.kind == "goods":
        assert wish.due is not None
        # Overdue goods are still needed: they count for today.
        due = max(wish.due, calendar.day_of(now))
        if due <= window.end:
            yield Visit(f"{wish.id}/1", wish, 0, 0, place, place, due=due)
        return
    minutes = service_minutes(wish, atlas)

    when = wish.recurrence or _any_time(scenario, wish)
    days = _asked_days(when, window.start, window.end)
    dated = _fixed_starts(when, days, calendar) if when.at or when.rrule else _free_starts(when, days, calendar)
    not_after = calendar.minute(window.end, "24:00") - 1
    for name, spans, fixed in dated:
        visit = Visit(
            f"{wish.id}/{name}", wish, 0, minutes, place, end_place,
            spans=tuple(sorted({(low, high) for low, high in spans if max(low, now) + minutes <= high})),
            fixed=tuple(sorted({start for start in fixed if start >= now})),
            not_before=now, not_after=not_after,
        )
        if visit.spans or visit.fixed or (name == "1" and (spans or fixed or not _comes_later(when, window.end))):
            yield visit


def _comes_later(when: Recurrence, last: date) -> bool:
    """Whether a single visit is asked for on some day after the planning window."""
    if when.until is not None and when.until <= last:
        return False
    return any(not window.dates or max(window.dates) > last for window in when.windows)


_Dated = tuple[str, list[Span], list[int]]
"""The last part of a visit's id, its spans, and its fixed starts."""


def _fixed_starts(when: Recurrence, days: Sequence[date], calendar: Calendar) -> Iterator[_Dated]:
    """One visit per start that ``at`` or the rule names."""
    wanted = set(days)
    for start in sorted({calendar.minute_of(moment) for moment in when.at}):
        if calendar.day_of(start) in wanted:
            yield f"{calendar.moment(start):%Y-%m-%dT%H%M}", [], [start]
    if when.rrule and when.dtstart is not None and when.start is not None and days:
        for day in rrule_days(when.rrule, when.dtstart, days[0], days[-1]):
            if day in wanted:
                yield f"{day}T{when.start.replace(':', '')}", [], [calendar.minute(day, when.start)]


def _free_starts(when: Recurrence, days: Sequence[date], calendar: Calendar) -> Iterator[_Dated]:
    """One visit, or some per week or month, whose start the planner chooses within the windows."""
    if when.times is None:
        yield ("1", *_asked_times(when.windows, days, calendar))
        return
    for period, period_days in _periods(days, when.per == "week"):
        asked = _asked_times(when.windows, period_days, calendar)
        for time in range(when.times):
            yield (period if time == 0 else f"{period}#{time + 1}", *asked)


def service_minutes(wish: Wish, atlas: Atlas) -> int:
    """How long one service takes: an escort is leg + stay + leg back, the same for every volunteer."""
    if wish.kind != "escort":
        return wish.minutes
    needs_vehicle = any(role.vehicle is not None for role in wish.roles)
    mode: TravelMode = "car" if needs_vehicle else wish.travel_mode or "bus"
    there = atlas.minutes(wish.origin, wish.destination, mode)
    back = atlas.minutes(wish.destination, wish.origin, mode) if wish.returns else 0
    return max(1, there + wish.stay_minutes + back)


def _places(scenario: Scenario, wish: Wish) -> tuple[str | None, str | None]:
    """Where a service begins and where it ends."""
    if wish.kind == "escort":
        return wish.origin, wish.origin if wish.returns else wish.destination
    place = wish.place or (scenario.resident[wish.resident].home if wish.resident else None)
    return place, place


def _any_time(scenario: Scenario, wish: Wish) -> Recurrence:
    """A visit that says nothing about time: once, during the day, by its due day if it has one."""
    day = scenario.program.settings.day
    return Recurrence(windows=(Window(start=day.start, end=day.end),), until=wish.due)


def _asked_days(when: Recurrence, first: date, last: date) -> list[date]:
    first = max(first, when.since) if when.since else first
    last = min(last, when.until) if when.until else last
    return [day for day in days_between(first, last) if day not in when.except_dates] if first <= last else []


def _asked_times(windows: Iterable[Window], days: Iterable[date], calendar: Calendar) -> tuple[list[Span], list[int]]:
    """(spans, fixed starts) of these windows on these days."""
    spans: list[Span] = []
    fixed: list[int] = []
    listed = list(days)
    for window in windows:
        for day in listed:
            if not _is_asked(window, day, calendar):
                continue
            if window.at is not None:
                fixed.append(calendar.minute(day, window.at))
                continue
            night = clock_minutes(window.end) <= clock_minutes(window.start)
            spans.append((
                calendar.minute(day, window.start),
                calendar.minute(day + timedelta(days=1) if night else day, window.end),
            ))
    return spans, fixed


def _is_asked(window: Window, day: date, calendar: Calendar) -> bool:
    if window.dates:
        return day in window.dates
    if window.month_days:
        low, _, high = window.month_days.partition("-")
        if not int(low) <= day.day <= int(high or low):
            return False
    return calendar.matches(window.days, day)


def _periods(days: Iterable[date], weekly: bool) -> list[tuple[str, list[date]]]:
    periods: dict[str, list[date]] = {}
    for day in days:
        year, week, _ = day.isocalendar()
        periods.setdefault(f"{year}-W{week:02d}" if weekly else f"{day:%Y-%m}", []).append(day)
    return list(periods.items())


def published_in_plan(expanded: Expanded) -> list[tuple[Published, Visit]]:
    """Published seats of visits this plan contains."""
    return expanded.published_in_plan


def longest_way(expanded: Expanded) -> int:
    """No way between two places takes longer, whoever travels (minutes)."""
    return expanded.longest_way


def _longest_way(expanded: Expanded) -> int:
    travel, atlas = expanded.scenario.program.settings.travel, expanded.atlas
    longest = max([travel.unknown_minutes, *(time.minutes for time in expanded.scenario.travel_times)])
    located = ~np.isnan(atlas.lat)
    if not located.any():
        return longest
    south, north = float(atlas.lat[located].min()), float(atlas.lat[located].max())
    west, east = float(atlas.lon[located].min()), float(atlas.lon[located].max())
    # The box's sides, not its diagonal: no two places in it lie further apart than two sides together.
    sides: float = metres(south, west, north, west) + metres(0.0, west, 0.0, east)
    modes = {person.travel_mode for person in expanded.scenario.volunteers} | {"car"}
    speeds = [speed for name, speed in _speeds(travel).items() if name in modes]
    ways = (speed.fixed_minutes + sides * speed.detour / (speed.km_per_hour * 1000 / 60) for speed in speeds)
    return max(longest, *(math.ceil(way) + 1 for way in ways))


def _speeds(travel: Travel) -> dict[str, Speed]:
    return {"car": travel.car, "e-bike": travel.e_bike, "bus": travel.bus, "walking": travel.walking}
