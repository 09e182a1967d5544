"""Changes: who cannot come, who declined, what was called off, as facts a scenario can hold; and what was told."""

from __future__ import annotations

import difflib
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from matcher.domain.claims import Decline, Pin, Published
from matcher.domain.history import Service
from matcher.domain.people import Absence
from matcher.domain.scenario import Scenario
from matcher.errors import Fault
from matcher.problem.expand import expand
from matcher.problem.roster import Roster, RosterVisit
from matcher.problem.rules import Language


@dataclass(frozen=True, slots=True)
class Away:
    """Somebody cannot come from ``start`` to ``end``; None: from now, or as long as the plan goes."""

    volunteer: str
    start: datetime | None = None
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class Changes:
    """What has happened since people were told: absences, (visit, volunteer) declined, visits called off."""

    absences: tuple[Away, ...] = ()
    declines: tuple[tuple[str, str], ...] = ()
    cancelled: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.absences or self.declines or self.cancelled)


def change_faults(scenario: Scenario, roster: Roster | None, changes: Changes) -> Iterator[Fault]:
    """Everything the changes name that the facts do not know, and absences that end before they begin."""
    language = scenario.program.settings.language
    for away in changes.absences:
        yield from _unknown_person(scenario, away.volunteer, language)
        if away.start is not None and away.end is not None and away.end <= away.start:
            yield Fault(
                f"请假的结束时间 {away.end:%Y-%m-%d %H:%M} 不在开始时间 {away.start:%Y-%m-%d %H:%M} 之后"
                if language == "zh"
                else f"the absence ends {away.end:%Y-%m-%d %H:%M}, not after its start {away.start:%Y-%m-%d %H:%M}",
                "请把两个时间对调，或改正其中一个。" if language == "zh" else "Swap the two, or correct one.",
                code="end-before-start",
            )
    for visit, volunteer in changes.declines:
        yield from _unknown_visit(scenario, roster, visit, language)
        yield from _unknown_person(scenario, volunteer, language)
    for visit in changes.cancelled:
        yield from _unknown_visit(scenario, roster, visit, language)


def changed(scenario: Scenario, roster: Roster, changes: Changes) -> Scenario:
    """The facts after the changes, with everything in the roster as told; pins that they overrule are lifted."""
    return scenario.with_changes(
        pins=tuple(_pins_left(scenario, roster, changes)),
        volunteers=tuple(_with_absences(scenario, changes)),
        declines=(*scenario.declines, *_new_declines(scenario, changes)),
        history=(*scenario.history, *_cancellations(scenario, roster, changes.cancelled)),
        published=told(scenario, roster),
    )


def lifted_pins(scenario: Scenario, roster: Roster, changes: Changes) -> tuple[Pin, ...]:
    """Pins overruled by newer news: of somebody who is away then or declined, of a visit called off."""
    starts = {entry.id: entry.start for entry in roster.visits}
    return tuple(pin for pin in scenario.pins if not pin.never and _is_overruled(scenario, pin, changes, starts))


def _is_overruled(
    scenario: Scenario, pin: Pin, changes: Changes, starts: Mapping[str, datetime | None]
) -> bool:
    start = starts.get(pin.visit) or pin.start
    is_away = start is not None and any(
        away.volunteer == pin.volunteer
        and (away.start or scenario.program.as_of) <= start
        and (away.end is None or start < away.end)
        for away in changes.absences
    )
    return is_away or (pin.visit, pin.volunteer) in changes.declines or pin.visit in changes.cancelled


def _pins_left(scenario: Scenario, roster: Roster, changes: Changes) -> Iterator[Pin]:
    """The pins that stay; of one lifted with a start, the start."""
    lifted = set(lifted_pins(scenario, roster, changes))
    for pin in scenario.pins:
        if pin not in lifted:
            yield pin
        elif pin.start is not None and pin.visit not in changes.cancelled:
            yield Pin(visit=pin.visit, start=pin.start)


def told(
    scenario: Scenario, roster: Roster, told_at: datetime | None = None, planned: Container[str] = ()
) -> tuple[Published, ...]:
    """What people have been told, if a roster is what they were told, new seats at ``told_at``.

    What was told of visits the roster does not have stays told, but for ``planned`` ones: those are off. Of who was
    told to stand by and is on the crew of that visit, both are kept: they step in.
    """
    entries = {entry.id for entry in roster.visits}
    known = {_key(seat): seat for seat in scenario.published}
    now = [known.get(_key(seat), seat) for entry in roster.visits for seat in published_seats(entry, told_at)]
    crew = {(entry.id, seat.volunteer) for entry in roster.visits for seat in entry.assigned}
    before = [
        seat
        for seat in scenario.published
        if (seat.visit not in entries and seat.visit not in planned)
        or (seat.standby and (seat.visit, seat.volunteer) in crew)
    ]
    return (*before, *now)


def published_seats(entry: RosterVisit, told_at: datetime | None = None) -> Iterator[Published]:
    """Every seat and stand-by of a visit, as told."""
    for seats, standby in ((entry.assigned, False), (entry.standbys, True)):
        for seat in seats:
            yield Published(
                visit=entry.id, start=entry.start, end=entry.end, role=seat.role, volunteer=seat.volunteer,
                standby=standby, told_at=told_at,
            )


def _key(seat: Published) -> tuple[object, ...]:
    return seat.visit, seat.start, seat.role, seat.volunteer, seat.standby


def _with_absences(scenario: Scenario, changes: Changes) -> Iterator[object]:
    away: dict[str, list[Absence]] = {}
    for one in changes.absences:
        start = one.start or scenario.program.as_of
        end = one.end or _end_of_plan(scenario, start)
        away.setdefault(one.volunteer, []).append(Absence(start=start, end=end))
    for person in scenario.volunteers:
        more = away.get(person.id)
        if more is None:
            yield person
        else:
            yield type(person)(**dict(person) | {"unavailable": (*person.unavailable, *more)})


def _end_of_plan(scenario: Scenario, start: datetime) -> datetime:
    """Some days after the last one planned: a night may run over."""
    from datetime import time, timedelta
    from zoneinfo import ZoneInfo

    program = scenario.program
    last = datetime.combine(program.window.end + timedelta(days=2), time(), ZoneInfo(program.timezone))
    return max(last, start + timedelta(days=1))


def _new_declines(scenario: Scenario, changes: Changes) -> Iterator[Decline]:
    known = {(decline.visit, decline.volunteer) for decline in scenario.declines}
    for visit, volunteer in dict.fromkeys(changes.declines):
        if (visit, volunteer) not in known:
            yield Decline(visit=visit, volunteer=volunteer, at=scenario.program.as_of)


def _cancellations(scenario: Scenario, roster: Roster, visits: Iterable[str]) -> Iterator[Service]:
    """Records that a visit was called off, one for everybody who was to come; of now, for they lie in the past."""
    entries = {entry.id: entry for entry in roster.visits}
    for name in dict.fromkeys(visits):
        wish = scenario.wish[name.rpartition("/")[0]]
        entry = entries.get(name)
        seats = [] if entry is None else [*entry.assigned, *entry.standbys]
        people: dict[str, str | None] = {seat.volunteer: seat.role for seat in seats}
        people = people or {wish.resident or wish.id: None}
        for person, role in people.items():
            yield Service(
                wish=wish.id, visit=name, resident=wish.resident, volunteer=person, role=role,
                start=scenario.program.as_of, minutes=0, outcome="cancelled",
            )


# ----------------------------------------------------------------------------------------------- faults


def _unknown_person(scenario: Scenario, name: str, language: Language) -> Iterator[Fault]:
    if name not in scenario.volunteer:
        yield _no_such("志愿者" if language == "zh" else "volunteer", name, scenario.volunteer, language)


def _unknown_visit(scenario: Scenario, roster: Roster | None, name: str, language: Language) -> Iterator[Fault]:
    listed = [] if roster is None else [entry.id for entry in roster.visits]
    if name in listed:
        return
    planned = [visit.id for visit in expand(scenario).visits]
    if name not in planned:
        of_wish = [visit for visit in dict.fromkeys([*listed, *planned]) if _same_wish(visit, name)]
        if of_wish:
            yield _not_among(name, of_wish, {} if roster is None else _days(roster), language)
        else:
            yield _no_such("服务单" if language == "zh" else "visit", name, [*listed, *planned], language)


def _same_wish(visit: str, name: str) -> bool:
    return visit.rpartition("/")[0] == name.rpartition("/")[0]


def _days(roster: Roster) -> dict[str, str]:
    return {entry.id: f"{entry.start:%Y-%m-%d}" for entry in roster.visits if entry.start is not None}


def _not_among(name: str, visits: list[str], days: dict[str, str], language: Language) -> Fault:
    """A visit that a known wish does not have: the ones it has, and their days."""
    zh = language == "zh"
    shape = "{}（{}）" if zh else "{} ({})"
    shown = [shape.format(one, days[one]) if one in days else one for one in visits[:12]]
    shown += ["……" if zh else "…"] if len(visits) > 12 else []
    if zh:
        return Fault(f"台账里没有服务单“{name}”。", f"这个心愿的服务单有：{'、'.join(shown)}。", code="dangling")
    return Fault(f'there is no visit "{name}" in the facts', f"This wish has {', '.join(shown)}.", code="dangling")


def _no_such(noun: str, name: str, known: Iterable[str], language: Language) -> Fault:
    near = difflib.get_close_matches(name, list(known), n=1)
    if language == "zh":
        return Fault(f"台账里没有{noun}“{name}”。", f"请核对写法。{f'是不是“{near[0]}”？' if near else ''}", code="dangling")
    return Fault(
        f'there is no {noun} "{name}" in the facts', f"Check the spelling.{f' Maybe {near[0]}.' if near else ''}",
        code="dangling",
    )
