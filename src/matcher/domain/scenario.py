"""A scenario: all facts of one planning run, as told by people, as of one moment; immutable once read."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, model_validator

from matcher.domain.base import Day, Fact, Moment
from matcher.domain.claims import Claim, Decline, Pairing, Pin, Published
from matcher.domain.history import Service
from matcher.domain.people import Resident, Team, Volunteer
from matcher.domain.places import Place, TravelTime
from matcher.domain.settings import Settings
from matcher.domain.when import Calendar, rrule_days
from matcher.domain.wishes import Wish
from matcher.errors import Fault


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"{name!r} is not a time zone; write for example Asia/Shanghai") from error
    return name


_LONGEST_WINDOW = 800
"""Days; two years and a little. Longer plans are promises nobody can keep."""


class PlanningWindow(Fact):
    """The days planned for, both included."""

    start: Day
    end: Day

    @model_validator(mode="after")
    def _forward(self) -> PlanningWindow:
        if self.end < self.start:
            raise ValueError(f"the window ends {self.end}, before it starts {self.start}")
        if (self.end - self.start).days >= _LONGEST_WINDOW:
            days = (self.end - self.start).days + 1
            raise ValueError(f"the window holds {days} days; plan at most {_LONGEST_WINDOW}")
        return self


class Program(Fact):
    """The programme: its name, clock, calendar, window and settings. ``as_of`` is "now"."""

    name: str
    timezone: Annotated[str, AfterValidator(_zone)] = "Asia/Shanghai"
    holidays: Literal["CN"] | None = "CN"
    as_of: Moment
    window: PlanningWindow
    frozen_until: Moment | None = None
    settings: Settings = Settings()


class Scenario(Fact):
    """All facts of one planning run. Construct it with facts that refer to each other correctly, or get every fault."""

    format: Literal["matcher/1"] = "matcher/1"
    program: Program
    places: tuple[Place, ...] = ()
    residents: tuple[Resident, ...] = ()
    volunteers: tuple[Volunteer, ...] = ()
    teams: tuple[Team, ...] = ()
    wishes: tuple[Wish, ...] = ()
    claims: tuple[Claim, ...] = ()
    declines: tuple[Decline, ...] = ()
    pairings: tuple[Pairing, ...] = ()
    history: tuple[Service, ...] = ()
    published: tuple[Published, ...] = ()
    pins: tuple[Pin, ...] = ()
    travel_times: Annotated[tuple[TravelTime, ...], Field()] = ()

    @model_validator(mode="after")
    def _facts_refer_to_each_other(self) -> Scenario:
        faults = [fault for fault in find_faults(self) if not fault.warning]
        if faults:
            raise ValueError("\n".join(str(fault) for fault in faults))
        return self

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of the canonical JSON: defaults filled, times in UTC, lists sorted."""
        parts = ", ".join(f'"{name}": {part}' for name, part in sorted(self.canonical_parts.items()))
        return hashlib.sha256(f"{{{parts}}}".encode()).hexdigest()

    @cached_property
    def canonical_parts(self) -> dict[str, str]:
        """The canonical JSON of each field."""
        return {name: _canonical_text(value) for name, value in self.model_dump(by_alias=True).items()}

    @cached_property
    def place(self) -> dict[str, Place]:
        return {place.id: place for place in self.places}

    @cached_property
    def resident(self) -> dict[str, Resident]:
        return {resident.id: resident for resident in self.residents}

    @cached_property
    def volunteer(self) -> dict[str, Volunteer]:
        return {volunteer.id: volunteer for volunteer in self.volunteers}

    @cached_property
    def team(self) -> dict[str, Team]:
        return {team.id: team for team in self.teams}

    @cached_property
    def wish(self) -> dict[str, Wish]:
        return {wish.id: wish for wish in self.wishes}

    def with_changes(self, **changes: Any) -> Scenario:
        """A new scenario, validated, with some fields replaced."""
        return Scenario(**{name: getattr(self, name) for name in Scenario.model_fields} | changes)

    def with_pins(self, pins: Sequence[Pin]) -> Scenario:
        """The same facts with other pins; what is known of all others' canonical JSON is kept."""
        made = self.with_changes(pins=tuple(pins))
        own = _canonical_text(made.model_dump(by_alias=True, include={"pins"})["pins"])
        made.__dict__["canonical_parts"] = self.canonical_parts | {"pins": own}
        return made

    def to_json(self) -> str:
        """The scenario as JSON; fields at their defaults are left away."""
        facts = self.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        return json.dumps({"format": self.format} | facts, ensure_ascii=False, indent=1)


_PLAIN = frozenset({str, int, float, bool, type(None)})
_sort_key = json.JSONEncoder(sort_keys=True).encode


def _canonical_text(value: Any) -> str:
    return json.dumps(_canonical(value), ensure_ascii=False, sort_keys=True)


def _canonical(value: Any) -> Any:
    kind = type(value)
    if kind in _PLAIN:
        return value
    if kind is dict:
        return {key: item if type(item) in _PLAIN else _canonical(item) for key, item in value.items()}
    if kind is tuple or kind is list:
        items = [_canonical(item) for item in value]
        return sorted(items, key=_sort_key) if len(items) > 1 else items
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return value


# ------------------------------------------------------------------------------------------------ faults

_CHINA = ((3.0, 54.0), (73.0, 136.0))


def find_faults(scenario: Scenario) -> list[Fault]:
    """Every duplicate id, dangling reference and contradiction among the facts, with its path.

    Accepts ``Scenario.model_construct(...)`` too, so that an importer can collect all faults at once.
    """
    faults = [*_duplicate_ids(scenario), *_dangling(scenario), *_impossible(scenario)]
    if scenario.program.holidays == "CN":
        faults += _coordinates_outside_china(scenario.places)
    return faults


def _duplicate_ids(scenario: Scenario) -> Iterator[Fault]:
    for table in ("places", "residents", "volunteers", "teams", "wishes", "claims"):
        facts: Sequence[Any] = getattr(scenario, table)
        count = Counter(fact.id for fact in facts)
        seen: set[str] = set()
        for row, fact in enumerate(facts):
            if count[fact.id] > 1 and fact.id in seen:
                yield Fault(
                    f'id "{fact.id}" is used {count[fact.id]} times',
                    "Give every row its own id.",
                    path=(table, row, "id"), code="duplicate-id",
                )
            seen.add(fact.id)


_REFERENCES: dict[str, dict[str, str]] = {
    "residents": {
        "home": "places", "is_volunteer": "volunteers", "banned": "volunteers", "preferred": "volunteers",
    },
    "volunteers": {"home": "places", "team": "teams"},
    "teams": {"parent": "teams"},
    "wishes": {
        "resident": "residents", "place": "places", "origin": "places", "destination": "places", "teams": "teams",
    },
    "claims": {"wish": "wishes", "volunteer": "volunteers", "team": "teams"},
    "declines": {"wish": "wishes", "volunteer": "volunteers", "team": "teams"},
    "pairings": {"volunteer": "volunteers", "resident": "residents"},
    "pins": {"volunteer": "volunteers"},
    "travel_times": {"origin": "places", "destination": "places"},
}
"""Which field of which table names a row of which other table. History and published may name people who left."""


def _references(scenario: Scenario) -> Iterator[tuple[tuple[str | int, ...], str, str]]:
    """(path, table referred to, id) of every reference."""
    for table, fields in _REFERENCES.items():
        for row, fact in enumerate(getattr(scenario, table)):
            for field, target in fields.items():
                value = getattr(fact, field)
                for name in value if isinstance(value, tuple) else (value,):
                    if name:
                        yield (table, row, field), target, name


_NOUN = {"places": "place", "residents": "resident", "volunteers": "volunteer", "teams": "team", "wishes": "wish"}


_MOST_NEAREST = 200
"""So many unknown names are compared with all known ones; of more, something larger is wrong with the file."""


def _dangling(scenario: Scenario) -> Iterator[Fault]:
    known = {table: {fact.id for fact in getattr(scenario, table)} for table in _NOUN}
    nearest: dict[tuple[str, str], str] = {}
    for path, table, name in _references(scenario):
        if name not in known[table]:
            if (table, name) not in nearest:
                nearest[table, name] = _nearest(name, known[table]) if len(nearest) < _MOST_NEAREST else ""
            yield Fault(
                f'{_NOUN[table]} "{name}" is not in the list of {table}',
                f"Add it there, or correct the spelling.{nearest[table, name]}",
                path=path, code="dangling",
            )


def _nearest(name: str, known: Iterable[str]) -> str:
    import difflib

    close = difflib.get_close_matches(name, list(known), n=1)
    return f' Maybe "{close[0]}".' if close else ""


def _impossible(scenario: Scenario) -> Iterator[Fault]:
    for row, person in enumerate(scenario.volunteers):
        for absence in person.unavailable:
            if absence.end <= absence.start:
                ends, starts = f"{absence.end:%Y-%m-%d %H:%M}", f"{absence.start:%Y-%m-%d %H:%M}"
                yield Fault(
                    f"the absence ends {ends}, not after its start {starts}",
                    "Swap the two, or correct one.",
                    path=("volunteers", row, "unavailable"), code="end-before-start",
                )
    for row, seat in enumerate(scenario.published):
        if seat.start is not None and seat.end is not None and seat.end <= seat.start:
            yield Fault(
                f"the end {seat.end} is not after the start {seat.start}",
                "Correct one of them.",
                path=("published", row, "end"), code="end-before-start",
            )
    for row, service in enumerate(scenario.history):
        if service.start > scenario.program.as_of:
            yield Fault(
                f"the visit on {service.start:%Y-%m-%d %H:%M} lies after now ({scenario.program.as_of:%Y-%m-%d %H:%M})",
                "History holds only what has happened; plans belong to published.",
                path=("history", row, "start"), code="future-history",
            )
    yield from _team_cycles(scenario)
    yield from _unreadable_recurrences(scenario)


def _unreadable_recurrences(scenario: Scenario) -> Iterator[Fault]:
    """Recurrence rules that cannot be read, or that count from a day nobody gave."""
    window, calendar = scenario.program.window, Calendar.of(scenario.program)
    for row, person in enumerate(scenario.volunteers):
        rules = [*person.availability, *(person.vehicle.availability if person.vehicle else ())]
        for rule in rules:
            try:
                calendar.repeated(rule, window.start, window.start)
            except (ValueError, OverflowError) as error:
                yield Fault(
                    f'the rule "{rule.rrule}" cannot be read: {error}',
                    "Write for example FREQ=WEEKLY;INTERVAL=2;BYDAY=SA and the day it counts from.",
                    path=("volunteers", row, "availability"), code="bad-rrule",
                )
    for row, wish in enumerate(scenario.wishes):
        when = wish.recurrence
        if when is not None and when.rrule is not None and when.dtstart is not None:
            try:
                rrule_days(when.rrule, when.dtstart, window.start, window.start)
            except (ValueError, OverflowError) as error:
                yield Fault(
                    f'the rule "{when.rrule}" cannot be read: {error}',
                    "Write for example FREQ=WEEKLY;BYDAY=TU,TH.",
                    path=("wishes", row, "recurrence"), code="bad-rrule",
                )


def _team_cycles(scenario: Scenario) -> Iterator[Fault]:
    parent = {team.id: team.parent for team in scenario.teams}
    for row, team in enumerate(scenario.teams):
        above, steps = team.parent, 0
        while above is not None and above != team.id and steps < len(parent):
            above, steps = parent.get(above), steps + 1
        if above == team.id:
            yield Fault(
                f'team "{team.id}" is its own parent',
                "Leave the parent of the topmost team empty.",
                path=("teams", row, "parent"), code="team-cycle",
            )


def _coordinates_outside_china(places: Sequence[Place]) -> Iterator[Fault]:
    (south, north), (west, east) = _CHINA
    for row, place in enumerate(places):
        if place.lat is None or place.lon is None:
            continue
        if south <= place.lat <= north and west <= place.lon <= east:
            continue
        swapped = south <= place.lon <= north and west <= place.lat <= east
        yield Fault(
            f'"{place.id}" lies at lat {place.lat}, lon {place.lon}, outside China',
            f"Maybe lat and lon are swapped: lat {place.lon}, lon {place.lat}." if swapped
            else "Correct the coordinates.",
            path=("places", row, "lat"), code="outside-china", warning=True,
        )
