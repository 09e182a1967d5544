"""advance: one month's roster and what came of it become the history of the next month's scenario."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from matcher.domain.claims import Published
from matcher.domain.history import Service
from matcher.domain.scenario import PlanningWindow, Program, Scenario
from matcher.errors import BadInput, Fault
from matcher.problem.roster import Roster, RosterVisit, Seat


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one person's part in a visit; whoever is not mentioned did what the roster says.

    A stand-by who is mentioned stepped in. ``minutes`` None: as long as planned.
    """

    visit: str
    volunteer: str
    outcome: Literal["done", "no-show", "cancelled"] = "done"
    minutes: int | None = None


def advance(
    scenario: Scenario,
    roster: Roster,
    outcomes: Sequence[Outcome],
    window: PlanningWindow,
    *,
    as_of: datetime | None = None,
) -> Scenario:
    """The scenario of the next ``window``: what lies before ``as_of`` is history, what lies behind it stays as told.

    ``as_of`` None: the local midnight the window begins with. Visits of the roster that begin (goods: are due) before
    it have happened. Pins on them, and what was announced of anything before ``as_of``, are dropped. Raises
    ``BadInput`` with every fault: a step back in time, outcomes of visits or people the roster does not have, of
    visits still to come, or given twice.
    """
    zone = ZoneInfo(scenario.program.timezone)
    now = as_of or datetime.combine(window.start, time(), zone)
    step = _Step(scenario, roster, tuple(outcomes), now, zone)
    faults = list(step.faults())
    if faults:
        raise BadInput(faults)
    # Somebody who did not turn up may be asked for the same visit again, another day.
    known = {_part(service) for service in scenario.history}
    news = (service for service in step.records() if _part(service) not in known)
    happened = {visit.id for visit in step.happened}
    return scenario.with_changes(
        program=Program(**dict(scenario.program) | {"as_of": now, "window": window}),
        history=(*scenario.history, *news),
        published=tuple(seat for seat in scenario.published if seat.visit not in happened and _is_ahead(seat, now)),
        pins=tuple(pin for pin in scenario.pins if pin.visit not in happened),
    )


def _part(service: Service) -> tuple[object, ...]:
    return service.visit, service.role, service.volunteer, service.start


def _is_ahead(seat: Published, now: datetime) -> bool:
    return seat.start is None or seat.start >= now


class _Step:
    """The visits that have happened by ``now``, and what came of them."""

    def __init__(
        self, scenario: Scenario, roster: Roster, outcomes: tuple[Outcome, ...], now: datetime, zone: ZoneInfo
    ) -> None:
        self.scenario, self.outcomes, self.now, self.zone = scenario, outcomes, now, zone
        self.visits = {visit.id: visit for visit in roster.visits}
        self.happened = [visit for visit in roster.visits if self._start(visit) < now]
        self.told = {(one.visit, one.volunteer): one for one in outcomes}

    def _start(self, visit: RosterVisit) -> datetime:
        """When a visit begins; goods count in the morning of the day they are due, or now if that has passed."""
        if visit.start is not None:
            return visit.start
        wish = self.scenario.wish.get(visit.wish)
        today = self.scenario.program.as_of.astimezone(self.zone).date()
        opening = time.fromisoformat(self.scenario.program.settings.day.start)
        return max(datetime.combine(max((wish and wish.due) or date.min, today), opening, self.zone), self.scenario.program.as_of)

    # -------------------------------------------------------------------------------------- records

    def records(self) -> Iterator[Service]:
        """A line of history for every seat of what has happened, and for every stand-by who stepped in."""
        for visit in sorted(self.happened, key=lambda visit: (self._start(visit), visit.id)):
            yield from (self._record(visit, seat, stepped_in=False) for seat in visit.assigned)
            yield from (
                self._record(visit, seat, stepped_in=True)
                for seat in visit.standbys
                if (visit.id, seat.volunteer) in self.told
            )

    def _record(self, visit: RosterVisit, seat: Seat, *, stepped_in: bool) -> Service:
        wish = self.scenario.wish[visit.wish]
        told = self.told.get((visit.id, seat.volunteer), Outcome(visit.id, seat.volunteer))
        planned = wish.minutes
        if visit.start is not None and visit.end is not None:
            planned = int((visit.end - visit.start) / timedelta(minutes=1))
        return Service(
            wish=wish.id,
            visit=visit.id,
            resident=wish.resident,
            volunteer=seat.volunteer,
            role=seat.role,
            start=self._start(visit),
            minutes=planned if told.minutes is None else told.minutes,
            outcome=told.outcome,
            stepped_in=stepped_in,
        )

    # --------------------------------------------------------------------------------------- faults

    def faults(self) -> Iterator[Fault]:
        """Everything wrong with the step."""
        before = self.scenario.program.as_of
        if self.now < before:
            yield self._fault(
                f"新一期从 {self.now:%Y-%m-%d %H:%M} 算起，早于台账的 {before:%Y-%m-%d %H:%M}。",
                f"the step ends at {self.now:%Y-%m-%d %H:%M}, before the facts' {before:%Y-%m-%d %H:%M}",
                "back-in-time",
            )
        yield from self._unknown_wishes()
        counted = Counter((one.visit, one.volunteer) for one in self.outcomes)
        for one in dict.fromkeys(self.outcomes):
            yield from self._faults_of(one)
        for (visit, volunteer), count in counted.items():
            if count > 1:
                yield self._fault(
                    f"{self._name(volunteer)}在“{visit}”的结果写了 {count} 次。",
                    f'{self._name(volunteer)} has {count} outcomes for "{visit}"',
                    "outcome-twice",
                )

    def _unknown_wishes(self) -> Iterator[Fault]:
        strange = dict.fromkeys(visit.wish for visit in self.visits.values() if visit.wish not in self.scenario.wish)
        for name in strange:
            yield self._fault(
                f"排班里的心愿“{name}”不在台账里。", f'the wish "{name}" of the roster is not in the facts', "dangling"
            )

    def _faults_of(self, one: Outcome) -> Iterator[Fault]:
        visit, who = self.visits.get(one.visit), self._name(one.volunteer)
        if visit is None:
            yield self._fault(
                f"排班里没有服务单“{one.visit}”。", f'the roster has no visit "{one.visit}"', "unknown-visit"
            )
        elif one.volunteer not in {seat.volunteer for seat in (*visit.assigned, *visit.standbys)}:
            yield self._fault(
                f"{who}不在“{one.visit}”的当班或备班里。", f'{who} is neither on "{one.visit}" nor stands by', "not-on-it"
            )
        elif visit.wish in self.scenario.wish and self._start(visit) >= self.now:
            yield self._fault(
                f"“{one.visit}”还没有到时间，不能写结果。", f'"{one.visit}" is still to come', "still-to-come"
            )

    def _name(self, volunteer: str) -> str:
        person = self.scenario.volunteer.get(volunteer)
        return (person.name or volunteer) if person else volunteer

    def _fault(self, zh: str, en: str, code: str) -> Fault:
        return Fault(zh if self.scenario.program.settings.language == "zh" else en, code=code)
