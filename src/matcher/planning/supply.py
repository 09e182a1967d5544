"""Supply: before solving, the seats needed and the people there are, by skill and half-day, and what is short.

The gap is proven: with every one of these people doing nothing else, that many seats still stay empty.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np

from matcher.domain.base import clock_minutes
from matcher.domain.scenario import Scenario
from matcher.domain.when import days_between
from matcher.domain.wishes import Role
from matcher.planning.account import Account
from matcher.planning.proof import bottleneck_phrase, nobody_can
from matcher.planning.trials import Bench
from matcher.planning.words import Phrase, Sayable
from matcher.problem.eligibility import Mask
from matcher.problem.expand import Visit
from matcher.problem.problem import Problem
from matcher.problem.roster import Roster
from matcher.problem.rules import Language
from matcher.solvers.flow import needs_bound
from matcher.solvers.load import Elsewhere

USEFUL_MINUTES = 60
"""Less free time than this in a half-day is no help."""

_FAR = 1 << 20
"""More turns than anybody has, where no limit is set."""

HalfDay = tuple[str, str]
"""(workday or day_off, morning, afternoon or evening); or ("any", "any") for goods and sums."""

_ANY: HalfDay = ("any", "any")
_HALF_DAYS: tuple[HalfDay, ...] = tuple(
    (kind, part) for kind in ("workday", "day_off") for part in ("morning", "afternoon", "evening")
)

Seat = tuple[int, int]
"""(visit, role) numbers."""


@dataclass(frozen=True, slots=True)
class SupplyRow:
    """One skill in one half-day.

    ``needed``: seats that can lie only there. ``flexible``: seats that may lie there or elsewhere.
    ``people``: who has the skill and is free then. ``available``: turns their limits allow, one a free half-day.
    ``gap``: needed seats that stay empty whatever anybody does.
    """

    skill: Skill
    half_day: Sayable
    needed: int
    flexible: int
    people: int
    available: int
    gap: int

    def say(self, language: Language) -> str:
        """The row as one sentence."""
        return Phrase(
            "supply_row_gap" if self.gap else "supply_row",
            {
                "skill": self.skill,
                "half_day": self.half_day,
                "needed": self.needed,
                "flexible": self.flexible,
                "number": self.people,
                "available": self.available,
                "gap": self.gap,
            },
        ).say(language)


@dataclass(frozen=True, slots=True)
class Skill:
    """What a seat asks for: skills with levels, a vehicle, or nothing in particular."""

    skills: tuple[tuple[str, int], ...]
    vehicle: bool

    def say(self, language: Language) -> str:
        """The skills and the vehicle, joined."""
        names = [
            name if level <= 1 else Phrase("skill_level", {"skill": name, "level": level}).say(language)
            for name, level in self.skills
        ]
        if self.vehicle:
            names.append(Phrase("with_vehicle").say(language))
        return " + ".join(names) or Phrase("anybody").say(language)


@dataclass(frozen=True)
class Supply(Account):
    """Needed, available and gap; the wishes nobody can serve, and the seats that share too few people."""

    seats: int
    fillable: int
    rows: tuple[SupplyRow, ...]
    nobody: tuple[Phrase, ...]
    shortages: tuple[Phrase, ...]

    def table(self, language: Language | None = None) -> tuple[list[str], list[list[str]]]:
        """Headers, and the rows as text."""
        spoken = language or self.language
        names = ("skill", "half_day", "needed", "flexible", "people", "available", "gap")
        headers = [Phrase(f"column_{name}").say(spoken) for name in names]
        rows = [
            [row.skill.say(spoken), row.half_day.say(spoken)] + [str(getattr(row, name)) for name in names[2:]]
            for row in self.rows
        ]
        return headers, rows

    def notes(self, language: Language | None = None) -> list[str]:
        """What stands below the table: the seats in all, what nobody can serve, what is short."""
        spoken = language or self.language
        return [f"{'  ' * depth}{phrase.say(spoken)}" for depth, phrase in self._notes()]

    def phrases(self) -> Iterator[tuple[int, Sayable]]:
        yield from ((0, row) for row in self.rows)
        yield from self._notes()

    def _notes(self) -> Iterator[tuple[int, Sayable]]:
        yield 0, Phrase("supply_seats", {"seats": self.seats, "most": self.fillable})
        for head, phrases in (("supply_nobody", self.nobody), ("supply_short", self.shortages)):
            if phrases:
                yield 0, Phrase(head)
                yield from ((1, phrase) for phrase in phrases)


def supply(scenario: Scenario | Problem) -> Supply:
    """What is needed and what there is, by skill and half-day; what nobody can serve, and why."""
    problem = scenario if isinstance(scenario, Problem) else Problem.of(scenario)
    count, bound = _Count(problem), needs_bound(problem)
    bench = Bench(problem, Roster(program=problem.scenario.program.name, scenario=problem.scenario.fingerprint))
    return Supply(
        language=bench.language,
        seats=bound.seats,
        fillable=bound.filled,
        rows=tuple(count.rows()),
        nobody=tuple(_nobody(bench, count)),
        shortages=tuple(bottleneck_phrase(bench, short) for short in bound.bottlenecks if short.people),
    )


def _nobody(bench: Bench, count: _Count) -> Iterator[Phrase]:
    """Each wish's role nobody can take at any of its visits, with how many visits that concerns."""
    found: dict[tuple[str, str], list[Visit]] = defaultdict(list)
    for number, visit in enumerate(bench.problem.visits):
        for position, role in enumerate(visit.wish.roles):
            if not count.people_for[number, position]:
                found[visit.wish.id, role.id].append(visit)
    for (_, name), visits in found.items():
        asked = visits[0].role(name)
        assert asked is not None
        phrase = nobody_can(bench, visits[0], asked)
        yield phrase if len(visits) == 1 else Phrase("so_often", {"phrase": phrase, "number": len(visits)})


class _Count:
    """Seats, people and turns of one problem, by skill and half-day."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.expanded = problem.expanded
        self.settings = problem.scenario.program.settings
        self.elsewhere = Elsewhere(problem)
        self.people_for: dict[Seat, set[int]] = defaultdict(set)
        self.days_for: dict[Seat, dict[int, set[date]]] = defaultdict(lambda: defaultdict(set))
        crew = problem.crew
        for option, role, volunteer in zip(crew.option.tolist(), crew.role.tolist(), crew.volunteer.tolist()):
            chosen = problem.options[option]
            self.people_for[chosen.visit, role].add(volunteer)
            self.days_for[chosen.visit, role][volunteer].add(chosen.day)

    def rows(self) -> Iterator[SupplyRow]:
        """Per skill its half-days in order; seats without a half-day of their own at "any time"."""
        for skill, seats in self._seats_by_skill().items():
            able = self._able(seats)
            for half_day in (*_HALF_DAYS, _ANY):
                only = [seat for seat in seats if self._half_days(seat[0]) == {half_day}]
                also = [seat for seat in seats if half_day in self._half_days(seat[0]) and seat not in only]
                if only or also:
                    yield self._row(skill, half_day, only, also, able)

    def _row(self, skill: Skill, half_day: HalfDay, only: list[Seat], also: list[Seat], able: Mask) -> SupplyRow:
        turns = {row: self._turns(row, half_day) for row in able.nonzero()[0].tolist()}
        needed = sum(self._seats(seat) for seat in only)
        return SupplyRow(
            skill=skill,
            half_day=Phrase("any_time")
            if half_day == _ANY
            else Phrase("half_day", {"kind": Phrase(f"on_{half_day[0]}"), "part": Phrase(f"in_{half_day[1]}")}),
            needed=needed,
            flexible=sum(self._seats(seat) for seat in also),
            people=sum(turn > 0 for turn in turns.values()),
            available=sum(turns.values()),
            gap=needed - self._fillable(only) if only else 0,
        )

    def _seats_by_skill(self) -> dict[Skill, list[Seat]]:
        groups: dict[Skill, list[Seat]] = defaultdict(list)
        for number, visit in enumerate(self.problem.visits):
            for position, role in enumerate(visit.wish.roles):
                groups[_skill_of(role)].append((number, position))
        return dict(sorted(groups.items(), key=lambda group: (not group[0].skills, group[0].skills, group[0].vehicle)))

    def _seats(self, seat: Seat) -> int:
        return self.problem.visits[seat[0]].wish.roles[seat[1]].count

    def _able(self, seats: Sequence[Seat]) -> Mask:
        """Who has the skills and the vehicle for any of these seats, whatever else may keep them away."""
        able = None
        for number, position in seats:
            visit = self.problem.visits[number]
            role = visit.wish.roles[position]
            start = None if visit.is_goods else next(iter(visit.starts(self.settings.step_minutes)), None)
            if start is None and not visit.is_goods:
                continue
            eligibility = self.problem.eligibility
            own = eligibility.has_the_skills(visit, role, start, False)
            own = own & eligibility.has_the_vehicle(visit, role, start, False)
            able = own if able is None else able | own
        return self._nobody if able is None else able

    @cached_property
    def _nobody(self) -> Mask:
        return np.zeros(len(self.problem.scenario.volunteers), dtype=bool)

    # ------------------------------------------------------------------------------------ half-days

    def _half_days(self, number: int) -> set[HalfDay]:
        """The half-days a visit may begin in."""
        visit = self.problem.visits[number]
        if visit.is_goods:
            return {_ANY}
        if number not in self._kept:
            self._kept[number] = {self._half_day(start) for start in visit.starts(self.settings.step_minutes)} or {_ANY}
        return self._kept[number]

    @cached_property
    def _kept(self) -> dict[int, set[HalfDay]]:
        return {}

    def _half_day(self, start: int) -> HalfDay:
        calendar = self.expanded.calendar
        moment = calendar.moment(start)
        clock = moment.hour * 60 + moment.minute
        part = "evening"
        if clock < clock_minutes(self.settings.morning.end):
            part = "morning"
        elif clock < clock_minutes(self.settings.afternoon.end):
            part = "afternoon"
        return ("workday" if calendar.is_workday(moment.date()) else "day_off"), part

    def _turns(self, row: int, half_day: HalfDay) -> int:
        """How many turns somebody's free half-days of this kind and their limits allow."""
        return self._within_limits(row, self._all_days if half_day == _ANY else self._free_days(row)[half_day])

    @cached_property
    def _all_days(self) -> set[date]:
        window = self.problem.scenario.program.window
        return set(days_between(max(window.start, self.expanded.today), window.end))

    def _free_days(self, row: int) -> dict[HalfDay, set[date]]:
        """The days on which somebody is free in each half-day, for ``USEFUL_MINUTES`` at least."""
        if row not in self._free:
            calendar, found = self.expanded.calendar, defaultdict(set)
            for low, high in self.expanded.free[row].available:
                low = max(low, self.expanded.now)
                for day in days_between(calendar.day_of(low), calendar.day_of(max(low, high - 1))):
                    for half_day, start, end in self._half_days_by_day.get(day, ()):
                        if min(high, end) - max(low, start) >= USEFUL_MINUTES:
                            found[half_day].add(day)
            self._free[row] = found
        return self._free[row]

    @cached_property
    def _free(self) -> dict[int, defaultdict[HalfDay, set[date]]]:
        return {}

    @cached_property
    def _half_days_by_day(self) -> dict[date, list[tuple[HalfDay, int, int]]]:
        """The half-days of each day of the window, with where they begin and end, in minutes."""
        calendar = self.expanded.calendar
        hours = {part: getattr(self.settings, part) for part in ("morning", "afternoon", "evening")}
        return {
            day: [
                (
                    ("workday" if calendar.is_workday(day) else "day_off", part),
                    calendar.minute(day, own.start),
                    calendar.minute(day, own.end),
                )
                for part, own in hours.items()
            ]
            for day in self._all_days
        }

    def _within_limits(self, row: int, days: Iterable[date]) -> int:
        months: dict[tuple[int, int], dict[tuple[int, int], int]] = defaultdict(lambda: defaultdict(int))
        first: dict[tuple[int, ...], date] = {}
        for day in sorted(days):
            month, week = (day.year, day.month), day.isocalendar()[:2]
            months[month][week] += min(1, self._left(row, "day", day))
            first.setdefault(month, day)
            first.setdefault((*month, *week), day)
        return sum(
            min(
                self._left(row, "month", first[month]),
                sum(min(self._left(row, "week", first[(*month, *week)]), most) for week, most in weeks.items()),
            )
            for month, weeks in months.items()
        )

    def _left(self, row: int, unit: str, day: date) -> int:
        """Visits somebody may still take in the period a day lies in."""
        most: int | None = getattr(self.expanded.limits[row], f"visits_per_{unit}")
        if most is None:
            return _FAR
        return max(0, most - self.elsewhere.load_on(row, unit, day)[0])

    # ------------------------------------------------------------------------------------------ gap

    def _fillable(self, seats: Sequence[Seat]) -> int:
        """The most of these seats that can be filled if people did nothing else (a maximum flow).

        Volunteer's month → week → day → visit → seat, each with what their limits leave.
        """
        from ortools.graph.python import max_flow

        nodes: dict[object, int] = {"source": 0, "sink": 1}
        flow = max_flow.SimpleMaxFlow()

        def arc(tail: object, head: object, capacity: int) -> None:
            flow.add_arc_with_capacity(nodes.setdefault(tail, len(nodes)), nodes.setdefault(head, len(nodes)), capacity)

        joined: set[tuple[object, object]] = set()
        roles_of = Counter(visit for visit, _ in seats)
        for seat in seats:
            arc(("seat", *seat), "sink", self._seats(seat))
            for row, days in self.days_for[seat].items():
                sources = [self._period_nodes(nodes, arc, row, day, seat[0]) for day in sorted(days)]
                if len(sources) == 1 and roles_of[seat[0]] == 1:
                    arc(sources[0], ("seat", *seat), 1)
                    continue
                here, there = ("here", row, seat[0]), ("there", row, seat[0])
                if here not in nodes:  # one turn per visit, whichever day and role
                    arc(there, here, 1)
                for source in sources:
                    if (source, there) not in joined:
                        joined.add((source, there))
                        arc(source, there, 1)
                arc(here, ("seat", *seat), 1)
        flow.solve(nodes["source"], nodes["sink"])
        filled: int = flow.optimal_flow()
        return filled

    def _period_nodes(
        self, nodes: dict[object, int], arc: Callable[[object, object, int], None], row: int, day: date, visit: int
    ) -> object:
        """The node of somebody's day (goods: week), with the arcs that lead there."""
        month = ("month", row, day.year, day.month)
        week = ("week", row, day.year, day.month, *day.isocalendar()[:2])
        if month not in nodes:
            arc("source", month, self._left(row, "month", day))
        if week not in nodes:
            arc(month, week, self._left(row, "week", day))
        if self.problem.visits[visit].is_goods:
            return week
        if ("day", row, day) not in nodes:
            arc(week, ("day", row, day), self._left(row, "day", day))
        return "day", row, day


def _skill_of(role: Role) -> Skill:
    return Skill(tuple(sorted((need.name, need.level) for need in role.skills)), role.vehicle is not None)
