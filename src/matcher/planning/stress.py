"""stress: what a roster would stand up to: each single absence, slower and faster ways, and what would guard against it."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from matcher.domain.scenario import Scenario
from matcher.domain.settings import Speed, Travel
from matcher.planning.account import Account
from matcher.planning.loaded import Loaded
from matcher.planning.offers import Offers, Place, offers_instead
from matcher.planning.words import Phrase, Sayable
from matcher.problem.check import Judge, Served
from matcher.problem.eligibility import Eligibility
from matcher.problem.expand import Expanded, Visit, expand
from matcher.problem.objective import Prices
from matcher.problem.problem import Problem
from matcher.problem.roster import Roster, RosterVisit
from matcher.problem.rules import Language

FACTORS = (0.7, 1.3)
"""Travel times re-judged: 30 % less and 30 % more."""
FEW = 2
"""So few others who could come are worth a word."""
LISTED = 20
"""Lines per list; ``to_dict`` has all."""


@dataclass(frozen=True, slots=True)
class SeatRisk:
    """One seat of a served visit, if the person on it cannot come: stand-bys who can step in, others who could."""

    visit: str
    label: Sayable
    role: str
    volunteer: str
    name: str
    standbys: tuple[str, ...]
    others: int
    asks_standby: bool

    def say(self, language: Language) -> str:
        values = {"visit": self.label, "who": self.name, "count": self.others}
        return Phrase("stress_seat_few" if self.others else "stress_seat", values).say(language)


@dataclass(frozen=True, slots=True)
class PersonRisk:
    """One volunteer: how many of their turns nobody could take over."""

    volunteer: str
    name: str
    turns: int
    lost: int

    def say(self, language: Language) -> str:
        return Phrase("stress_person", {"who": self.name, "number": self.turns, "lost": self.lost}).say(language)


@dataclass(frozen=True, slots=True)
class BrokenVisit:
    """One visit that no longer works, and why."""

    visit: str
    label: Sayable
    rules: tuple[str, ...]
    message: Sayable

    def say(self, language: Language) -> str:
        return Phrase("stress_broken", {"visit": self.label, "message": self.message}).say(language)


@dataclass(frozen=True, slots=True)
class TravelTrial:
    """The same roster with all ways that much shorter or longer."""

    factor: float
    broken: tuple[BrokenVisit, ...]

    def say(self, language: Language) -> str:
        percent = f"{'+' if self.factor > 1 else '−'}{abs(round(100 * (self.factor - 1)))}%"
        values = {"percent": percent, "number": len(self.broken)}
        return Phrase("stress_travel" if self.broken else "stress_travel_fine", values).say(language)


@dataclass(frozen=True)
class Stress(Account):
    """What a roster stands up to. ``advice``: settings that plan for what it does not."""

    visits: int
    seats: tuple[SeatRisk, ...]
    people: tuple[PersonRisk, ...]
    travel: tuple[TravelTrial, ...]
    advice: tuple[Phrase, ...]

    @property
    def fragile(self) -> tuple[SeatRisk, ...]:
        """Seats nobody could take over."""
        return tuple(seat for seat in self.seats if not seat.standbys and not seat.others)

    def phrases(self) -> Iterator[tuple[int, Sayable]]:
        covered = sum(bool(seat.standbys) for seat in self.seats)
        values = {
            "visits": self.visits, "seats": len(self.seats), "standby": covered, "nobody": len(self.fragile),
            "others": len(self.seats) - covered - len(self.fragile),
        }
        yield 0, Phrase("stress_head", values)
        few = tuple(seat for seat in self.seats if not seat.standbys and 0 < seat.others <= FEW)
        yield from _listed("stress_nobody", self.fragile)
        yield from _listed("stress_few", few)
        yield from _listed("stress_people", self.people)
        for trial in self.travel:
            yield 0, trial
            yield from _lines(trial.broken)
        yield 0, Phrase("stress_advice" if self.advice else "stress_solid")
        yield from ((1, advice) for advice in self.advice)


def _listed(head: str, lines: tuple[Sayable, ...]) -> Iterator[tuple[int, Sayable]]:
    if lines:
        yield 0, Phrase(head)
        yield from _lines(lines)


def _lines(lines: tuple[Sayable, ...]) -> Iterator[tuple[int, Sayable]]:
    yield from ((1, line) for line in lines[:LISTED])
    if len(lines) > LISTED:
        yield 1, Phrase("stress_more", {"number": len(lines) - LISTED})


def stress(
    facts: Problem | Scenario,
    roster: Roster,
    *,
    factors: tuple[float, ...] = FACTORS,
    told: Callable[[int, int], None] = lambda done, total: None,
) -> Stress:
    """What a roster would stand up to: each single absence, and ways that take ``factors`` of their time.

    ``told`` hears how many visits and factors are done, of how many. Raises ``BadInput`` if the roster names what the
    facts do not know.
    """
    problem = facts if isinstance(facts, Problem) else Problem.of(facts)
    loaded = Loaded(problem, roster)
    visits = _in_time(loaded)
    total = len(visits) + len(factors)
    seats: list[SeatRisk] = []
    for done, served in enumerate(visits):
        told(done, total)
        seats += _seat_risks(loaded, served)
    travel = []
    for done, factor in enumerate(factors, start=len(visits)):
        told(done, total)
        travel.append(_travel_trial(loaded, factor))
    return Stress(
        language=problem.scenario.program.settings.language,
        visits=len(loaded.judge.crewed),
        seats=tuple(seats),
        people=tuple(_person_risks(seats)),
        travel=tuple(travel),
        advice=tuple(_advice(problem.scenario, seats, travel)),
    )


# -------------------------------------------------------------------------------------------- absences


def _in_time(loaded: Loaded) -> list[Served]:
    return sorted(loaded.judge.crewed, key=lambda served: (served.day, served.start or 0, served.visit.id))


def _seat_risks(loaded: Loaded, served: Served) -> Iterator[SeatRisk]:
    """Every seat of a visit, and who could take it over."""
    number = loaded.expanded.visit_index[served.visit.id]
    for at, role in enumerate(served.visit.wish.roles):
        crew = [row for own, row in served.crew if own.id == role.id]
        offers = offers_instead(loaded, Place(number, at), crew) if crew else []
        yield from (_seat_risk(loaded, served, role.id, row, own) for row, own in zip(crew, offers))


def _seat_risk(loaded: Loaded, served: Served, role: str, row: int, offers: Offers) -> SeatRisk:
    people = loaded.scenario.volunteers
    able = np.unique(offers.volunteer[offers.broken == 0])
    ready = able[np.isin(able, [standby for _, standby in served.standbys])]
    return SeatRisk(
        visit=served.visit.id,
        label=_label(loaded.expanded, served.visit, served.start),
        role=role,
        volunteer=people[row].id,
        name=people[row].name or people[row].id,
        standbys=tuple(people[own].name or people[own].id for own in ready.tolist()),
        others=len(able) - len(ready),
        asks_standby=served.visit.wish.staffing.standbys > 0,
    )


def _label(expanded: Expanded, visit: Visit, start: int | None) -> Phrase:
    title = visit.wish.title or visit.wish.id
    if start is None:
        return Phrase("where_any", {"title": title, "visit": visit.id})
    return Phrase("compare_on", {"day": expanded.calendar.day_of(start), "title": title})


def _person_risks(seats: Sequence[SeatRisk]) -> list[PersonRisk]:
    turns = Counter(seat.volunteer for seat in seats)
    lost = Counter(seat.volunteer for seat in seats if not seat.standbys and not seat.others)
    names = {seat.volunteer: seat.name for seat in seats}
    risks = [PersonRisk(who, names[who], turns[who], count) for who, count in lost.items()]
    return sorted(risks, key=lambda risk: (-risk.lost, risk.volunteer))


# ---------------------------------------------------------------------------------------------- travel


def with_travel(scenario: Scenario, factor: float) -> Scenario:
    """The same facts with every way taking that part of its time, rounded up to whole minutes."""
    program = scenario.program
    settings = type(program.settings)(**dict(program.settings) | {"travel": _scaled(program.settings.travel, factor)})
    return scenario.with_changes(
        program=type(program)(**dict(program) | {"settings": settings}),
        travel_times=tuple(
            type(leg)(**dict(leg) | {"minutes": math.ceil(leg.minutes * factor)}) for leg in scenario.travel_times
        ),
    )


def _scaled(travel: Travel, factor: float) -> Travel:
    speeds = {
        name: Speed(
            km_per_hour=own.km_per_hour / factor, detour=own.detour, fixed_minutes=math.ceil(own.fixed_minutes * factor)
        )
        for name, own in dict(travel).items()
        if isinstance(own, Speed)
    }
    return Travel(**speeds, unknown_minutes=math.ceil(travel.unknown_minutes * factor))


def _travel_trial(loaded: Loaded, factor: float) -> TravelTrial:
    """The roster judged again with other ways; an escort's service takes as long as its legs then do."""
    expanded = expand(with_travel(loaded.scenario, factor))
    kept = tuple(_retimed(expanded, entry) for entry in loaded.roster.visits if entry.id in expanded.visit_index)
    roster = Roster(program=loaded.roster.program, scenario=loaded.roster.scenario, visits=kept)
    judge = Judge(expanded, roster, Prices(expanded, Eligibility(expanded)))
    known = {
        (violation.rule, violation.visit, violation.volunteer)
        for violation in loaded.judge.violations()
        if violation.price is None
    }
    messages: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for violation in judge.violations():
        name = violation.visit or ""
        if violation.price is None and (violation.rule, violation.visit, violation.volunteer) not in known:
            messages[name].append((violation.rule, violation.message))
    return TravelTrial(factor, tuple(
        BrokenVisit(
            served.visit.id,
            _label(loaded.expanded, served.visit, served.start),
            tuple(dict.fromkeys(rule for rule, _ in found)),
            _why_broken(found),
        )
        for served in _in_time(loaded)
        for found in [
            messages.get(served.visit.id, [])
            if served.visit.id in expanded.visit_index
            else [(_TIME_RULE, "")]  # it fits into none of the times asked for, so it is no visit any more
        ]
        if found
    ))


_TIME_RULE = "happens_at_an_asked_time"


def _why_broken(found: list[tuple[str, str]]) -> Phrase:
    if any(rule == _TIME_RULE for rule, _ in found):
        return Phrase("stress_too_long")  # its start has not changed, so it is its length
    return Phrase("as_written", {"text": " ".join(message for _, message in found)})


def _retimed(expanded: Expanded, entry: RosterVisit) -> RosterVisit:
    """The visit from its start for as long as it takes by these facts."""
    if entry.start is None:
        return entry
    minutes = expanded.visits[expanded.visit_index[entry.id]].minutes
    calendar = expanded.calendar
    end = calendar.moment(calendar.minute_of(entry.start) + minutes)
    return RosterVisit(**dict(entry) | {"end": end})


# ---------------------------------------------------------------------------------------------- advice


def _advice(
    scenario: Scenario, seats: Sequence[SeatRisk], travel: Sequence[TravelTrial]
) -> Iterator[Phrase]:
    bare = Counter(
        seat.visit.rpartition("/")[0]
        for seat in seats
        if not seat.standbys and not seat.asks_standby and 0 < seat.others <= FEW
    )
    if bare:
        titles = Counter(scenario.wish[name].title or name for name in bare)
        shown = [Phrase("stress_wishes", {"title": title, "number": count}) for title, count in titles.most_common(12)]
        rest = [Phrase("stress_wish_more", {"number": len(titles) - 12})] if len(titles) > 12 else []
        yield Phrase("stress_ask_standbys", {"wishes": (*shown, *rest)})
    worst = max((trial.factor for trial in travel if trial.broken and trial.factor > 1), default=None)
    if worst is not None:
        now = scenario.program.settings.travel.car.km_per_hour
        values = {"car": f"{now / worst:.1f}", "now": f"{now:g}", "percent": round(100 * (worst - 1)), "factor": f"{worst:g}"}
        yield Phrase("stress_plan_slower", values)
