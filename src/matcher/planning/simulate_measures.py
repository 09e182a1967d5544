"""What a simulated time came to, from the service record alone: coverage, fairness, changes, waiting, faces, travel."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from matcher.domain.history import Service
from matcher.domain.scenario import PlanningWindow, Program, Scenario
from matcher.domain.where import Atlas
from matcher.planning.evenness import gini, spread
from matcher.planning.simulate_life import WEEK, Life
from matcher.planning.simulate_run import Run
from matcher.problem.eligibility import Eligibility
from matcher.problem.expand import expand
from matcher.problem.objective import Prices

BLOCK = 4 * WEEK
"""The curves have a point every four weeks."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure: its name, which way is better (1 more, −1 less, 0 neither), and the digits worth showing."""

    name: str
    better: int
    digits: int


MEASURES = (
    Measure("needs", 1, 1),
    Measure("coverage", 1, 1),
    Measure("whole", 1, 1),
    Measure("gini", -1, 3),
    Measure("gini_free", -1, 3),
    Measure("spread", -1, 1),
    Measure("changes", -1, 2),
    Measure("calls", -1, 2),
    Measure("broken_pairings", -1, 1),
    Measure("waiting", -1, 1),
    Measure("waiting_p90", -1, 1),
    Measure("in_vain", -1, 1),
    Measure("new_faces", -1, 2),
    Measure("travel", -1, 1),
    Measure("no_shows", 0, 1),
    Measure("stepped_in", 0, 1),
    Measure("lost_with", -1, 1),
    Measure("lost_without", -1, 1),
)
"""Every figure, in the order of the table; docs/simulate.md says what each counts."""


@dataclass(frozen=True, slots=True)
class Point:
    """The state after so many weeks: seats served of those asked up to then (per cent), Gini of turns ÷ offered."""

    weeks: int
    coverage: float
    gini: float


@dataclass(frozen=True)
class Measured:
    """A run's figures by name (None: nothing to measure), and its curves."""

    values: dict[str, float | None]
    points: tuple[Point, ...]


def measured(run: Run, offers: Offers, until: date) -> Measured:
    """A run's figures up to ``until``, the day after the last one lived."""
    return _Measuring(run, offers, until).measured()


class Offers:
    """Turns people offered, block by block: the same for every policy. Who names no times offers none."""

    def __init__(self, life: Life) -> None:
        self._life = life
        self._blocks: dict[date, dict[str, int]] = {}

    def until(self, end: date) -> dict[str, int]:
        """Turns offered by each volunteer from the beginning to the day before ``end``."""
        total: Counter[str] = Counter()
        start = self._life.first
        while start < end:
            last = min(end, start + BLOCK)
            total.update(self._block(start, last))
            start = last
        return dict(total)

    def _block(self, start: date, end: date) -> dict[str, int]:
        if (start, end) == (start, start + BLOCK) and start in self._blocks:
            return self._blocks[start]
        life, facts = self._life, self._life.facts
        people = tuple(
            person for person in life.everybody.values()
            if person.availability and (person.joined is None or person.joined < end)
            and life.left_on.get(person.id, date.max) >= start
        )
        program = Program(**dict(facts.program) | {
            "window": PlanningWindow(start=start, end=end - timedelta(days=1)),
        })
        expanded = expand(Scenario(program=program, places=facts.places, teams=facts.teams, volunteers=people))
        offered = Prices(expanded, Eligibility(expanded)).turns_offered
        found = {person.id: turns for person, turns in zip(people, offered)}
        if end == start + BLOCK:
            self._blocks[start] = found
        return found


class _Measuring:
    """One run being measured."""

    def __init__(self, run: Run, offers: Offers, until: date) -> None:
        self.run, self.life, self.offers, self.until = run, run.life, offers, until
        self.facts = run.facts
        known = len(run.life.facts.history)
        self.record = run.facts.history[known:]
        self.done = [service for service in self.record if service.outcome == "done"]

    def _day(self, service: Service) -> date:
        return service.start.astimezone(self.life.zone).date()

    def measured(self) -> Measured:
        logs = self.run.weeks
        turns = self._turns(self.until)
        waited, in_vain = self._waiting()
        no_shows = sum(log.no_shows for log in logs)
        with_standby, stepped_in = sum(log.with_standby for log in logs), sum(log.stepped_in for log in logs)
        values: dict[str, float | None] = {
            "needs": self._coverage(self.until, by_priority=True),
            "coverage": self._coverage(self.until),
            "whole": _share(sum(self._served[name] >= self.life.asked[name].seats for name in self._asked), len(self._asked)),
            "gini": gini(self._shares(self.until)),
            "gini_free": gini(self._shares(self.until, free=True)),
            "spread": float(spread(turns.values())),
            "changes": sum(log.changes for log in logs) / len(logs),
            "calls": sum(log.calls for log in logs) / len(logs),
            "broken_pairings": float(self._broken_pairings()),
            "waiting": sum(waited) / len(waited) if waited else None,
            "waiting_p90": float(_p90(waited)) if waited else None,
            "in_vain": _share(in_vain, in_vain + len(waited)),
            "new_faces": self._new_faces(),
            "travel": self._travel(),
            "no_shows": float(no_shows),
            "stepped_in": float(stepped_in),
            "lost_with": float(with_standby - stepped_in),
            "lost_without": float(no_shows - with_standby),
        }
        ends = [self.life.first + number * BLOCK for number in range(1, len(logs) // 4 + 1)]
        points = tuple(
            Point((end - self.life.first).days // 7, self._coverage(end) or 0.0, gini(self._shares(end))) for end in ends
        )
        return Measured(values, points)

    # ---------------------------------------------------------------------------------------- coverage

    @cached_property
    def _served(self) -> Counter[str]:
        """Different people who served each visit."""
        return Counter(visit for visit, _ in {(service.visit or "", service.volunteer) for service in self.done})

    @cached_property
    def _asked(self) -> tuple[str, ...]:
        return tuple(name for name, one in self.life.asked.items() if one.last < self.until)

    def _coverage(self, end: date, *, by_priority: bool = False) -> float | None:
        """Seats served of those asked for before ``end``; ``by_priority``: each weighs 3^(priority−1), as in planning."""
        served = asked = 0
        for one in self.life.asked.values():
            if one.last < end:
                weight = 3 ** (self.facts.wish[one.wish].priority - 1) if by_priority else 1
                asked += weight * one.seats
                served += weight * min(one.seats, self._served[one.visit])
        return _share(served, asked)

    # ---------------------------------------------------------------------------------------- fairness

    def _turns(self, end: date, *, free: bool = False) -> dict[str, int]:
        """Turns done before ``end`` by everybody who offered some; ``free``: at wishes that ask for no steady face."""
        counted = Counter(
            service.volunteer for service in self.done
            if self._day(service) < end and not (free and self._asks_for_faces(service))
        )
        return {name: counted[name] for name in self.offers.until(end)}

    def _asks_for_faces(self, service: Service) -> bool:
        wish = self.facts.wish.get(service.wish or "")
        return wish is not None and wish.staffing.policy in ("steady", "pair")

    def _shares(self, end: date, *, free: bool = False) -> list[float]:
        offered = self.offers.until(end)
        return [count / offered[name] for name, count in self._turns(end, free=free).items()]

    # ------------------------------------------------------------------------------ residents and wishes

    def _broken_pairings(self) -> int:
        """Visits of paired residents that somebody else served while the bond stood."""
        bonds: dict[str, set[str]] = defaultdict(set)
        for bond in self.life.facts.pairings:
            bonds[bond.resident].add(bond.volunteer)
        crews: dict[tuple[str, date, str], set[str]] = defaultdict(set)
        for service in self.done:
            wish = self.facts.wish.get(service.wish or "")
            if wish is not None and wish.staffing.policy == "pair" and wish.resident:
                crews[service.visit or "", self._day(service), wish.resident].add(service.volunteer)
        left = self.life.left_on
        return sum(
            any(left.get(name, date.max) > day for name in bonds[resident]) and not crew & bonds[resident]
            for (_, day, resident), crew in crews.items()
        )

    def _waiting(self) -> tuple[list[int], int]:
        """(days from submission to the first service of each new wish, new wishes whose time passed unserved)."""
        first: dict[str, date] = {}
        for service in self.done:
            name, day = service.wish or "", self._day(service)
            first[name] = min(day, first.get(name, day))
        last: dict[str, date] = {}
        for one in self.life.asked.values():
            last[one.wish] = max(one.last, last.get(one.wish, one.last))
        waited, in_vain = [], 0
        for wish in self.life.facts.wishes:
            if wish.submitted is None or wish.submitted < self.life.first:
                continue
            if wish.id in first:
                waited.append((first[wish.id] - wish.submitted).days)
            elif wish.id in last and last[wish.id] < self.until:
                in_vain += 1
        return waited, in_vain

    def _new_faces(self) -> float | None:
        """People each served resident had not met before."""
        before: dict[str, set[str]] = defaultdict(set)
        for service in self.life.facts.history:
            if service.outcome == "done":
                before[self._resident(service)].add(service.volunteer)
        met: dict[str, set[str]] = defaultdict(set)
        for service in self.done:
            met[self._resident(service)].add(service.volunteer)
        met.pop("", None)
        return sum(len(people - before[name]) for name, people in met.items()) / len(met) if met else None

    def _resident(self, service: Service) -> str:
        wish = self.facts.wish.get(service.wish or "")
        return service.resident or (wish.resident if wish else None) or ""

    # ------------------------------------------------------------------------------------------ travel

    def _travel(self) -> float | None:
        """Minutes on the way per turn: everybody's daily tour from home and back."""
        if not self.done:
            return None
        atlas = Atlas(self.facts.places, self.facts.program.settings.travel, self.facts.travel_times)
        days: dict[tuple[str, object], list[Service]] = defaultdict(list)
        for number, service in enumerate(self.done):
            wish = self.facts.wish[service.wish or ""]
            alone = number if wish.kind == "goods" else None
            days[service.volunteer, (self._day(service), alone)].append(service)
        minutes = sum(
            self._tour(atlas, name, sorted(own, key=lambda service: service.start)) for (name, _), own in days.items()
        )
        return minutes / len(self.done)

    def _tour(self, atlas: Atlas, name: str, services: Sequence[Service]) -> int:
        """As the judge counts it: a leg goes by car if the stop it leads to, or homewards comes from, needs one."""
        person = self.life.everybody[name]
        here, minutes, mode = person.home, 0, person.travel_mode
        for service in services:
            wish = self.facts.wish[service.wish or ""]
            role = next((role for role in wish.roles if role.id == service.role), wish.roles[0])
            mode = "car" if role.vehicle is not None else person.travel_mode
            home = self.facts.resident[wish.resident].home if wish.resident else None
            start = wish.origin if wish.kind == "escort" else wish.place or home
            minutes += atlas.minutes(here, start, mode)
            here = wish.destination if wish.kind == "escort" and not wish.returns else start
        return minutes + atlas.minutes(here, person.home, mode)


def _share(part: int, whole: int) -> float | None:
    """Per cent; None of nothing."""
    return 100 * part / whole if whole else None


def _p90(numbers: Iterable[int]) -> int:
    """The smallest number that nine in ten do not exceed (nearest rank).

    >>> _p90([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]), _p90([4])
    (9, 4)
    """
    ordered = sorted(numbers)
    return ordered[math.ceil(0.9 * len(ordered)) - 1]


def mean(numbers: Sequence[float]) -> float:
    """The mean of at least one number."""
    return math.fsum(numbers) / len(numbers)


def deviation(numbers: Sequence[float]) -> float:
    """The sample's standard deviation; 0 of fewer than two.

    >>> deviation([1.0, 3.0]), deviation([5.0])
    (1.4142135623730951, 0.0)
    """
    if len(numbers) < 2:
        return 0.0
    middle = mean(numbers)
    return math.sqrt(math.fsum((number - middle) ** 2 for number in numbers) / (len(numbers) - 1))


def paired(values: Mapping[str, float | None], other: Mapping[str, float | None], name: str) -> float | None:
    """One less the other, of the same life; None where either has nothing to measure."""
    one, two = values[name], other[name]
    return None if one is None or two is None else one - two
