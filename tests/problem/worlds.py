"""Small made-up programmes and rosters, written as briefly as a test can say them.

Unless a test says otherwise: Shanghai time, no holidays, now is Tuesday 24 November 2026 at nine, December is planned,
nobody has limits, nobody is a newcomer, everybody is free from eight to eight, and any two places are 20 minutes apart.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from matcher.domain.scenario import Scenario
from matcher.problem.check import check
from matcher.problem.roster import Report, Roster, RosterVisit, Seat

ZONE = ZoneInfo("Asia/Shanghai")
DAYTIME = ({"days": "any", "start": "08:00", "end": "20:00"},)
SATURDAY = "2026-12-05T09:00"
"""A fixed start most tests are content with."""


def world(
    *volunteers: dict[str, Any],
    wishes: list[dict[str, Any]],
    settings: dict[str, Any] | None = None,
    program: dict[str, Any] | None = None,
    **tables: Any,
) -> Scenario:
    """A scenario; residents and places that wishes and people refer to are made up as needed."""
    people = list(volunteers)
    residents = {fact["id"]: fact for fact in tables.pop("residents", ())}
    for wish in wishes:
        if wish.get("resident"):
            residents.setdefault(wish["resident"], resident(wish["resident"]))
    places = {fact["id"]: fact for fact in tables.pop("places", ())}
    names = [fact.get(key) for fact in (*people, *residents.values()) for key in ("home",)]
    names += [wish.get(key) for wish in wishes for key in ("place", "origin", "destination")]
    names += [leg[key] for leg in tables.get("travel_times", ()) for key in ("origin", "destination")]
    for name in names:
        if name:
            places.setdefault(name, {"id": name})
    teams = {fact["id"]: fact for fact in tables.pop("teams", ())}
    for person_facts in people:
        if person_facts.get("team"):
            teams.setdefault(person_facts["team"], {"id": person_facts["team"]})
    return Scenario.model_validate(
        {
            "program": {
                "name": "东河",
                "timezone": "Asia/Shanghai",
                "holidays": None,
                "as_of": "2026-11-24T09:00:00+08:00",
                "window": {"start": "2026-12-01", "end": "2026-12-31"},
                "settings": {"newcomer_visits": 0, "default_limits": {}, "language": "en"} | (settings or {}),
            }
            | (program or {}),
            "places": list(places.values()),
            "residents": list(residents.values()),
            "volunteers": people,
            "teams": list(teams.values()),
            "wishes": wishes,
            **tables,
        }
    )


def resident(name: str, **facts: Any) -> dict[str, Any]:
    """A resident at home in ``<name>-home``."""
    return {"id": name, "home": f"{name}-home"} | facts


def person(name: str, **facts: Any) -> dict[str, Any]:
    """A volunteer, free from eight to eight."""
    return {"id": name, "availability": DAYTIME} | facts


def wish(name: str, *starts: str, **facts: Any) -> dict[str, Any]:
    """A visit of one hour at a resident's home, at fixed local starts unless it has a recurrence of its own."""
    if starts:
        facts["recurrence"] = {"at": [at(start).isoformat() for start in starts]} | facts.get("recurrence", {})
    return {"id": name, "kind": "visit", "resident": "wu"} | facts


def event(name: str, *starts: str, **facts: Any) -> dict[str, Any]:
    """An event of one hour in the hall."""
    return wish(name, *starts, **({"kind": "event", "resident": None, "place": "hall"} | facts))


def goods(name: str, due: str, **facts: Any) -> dict[str, Any]:
    """Goods for a resident."""
    return {"id": name, "kind": "goods", "resident": "wu", "due": due} | facts


def monthly(days: str = "SA", start: str = "09:00", end: str = "12:00", **facts: Any) -> dict[str, Any]:
    """Once a month within windows."""
    return {"times": 1, "per": "month", "windows": [{"days": days, "start": start, "end": end}]} | facts


def weekly(days: str = "SA", start: str = "09:00", end: str = "12:00", **facts: Any) -> dict[str, Any]:
    """Once a week within windows."""
    return monthly(days, start, end) | {"per": "week"} | facts


def done(wish_name: str, start: str, volunteer: str, **facts: Any) -> dict[str, Any]:
    """A line of history."""
    return {"wish": wish_name, "volunteer": volunteer, "start": at(start).isoformat(), "minutes": 60} | facts


def told(visit: str, start: str | None, volunteer: str, role: str = "helper", **facts: Any) -> dict[str, Any]:
    """A published seat of one hour."""
    times = (
        {}
        if start is None
        else {
            "start": at(start).isoformat(),
            "end": (at(start) + timedelta(hours=1)).isoformat(),
        }
    )
    return {"visit": visit, "role": role, "volunteer": volunteer} | times | facts


def at(clock: str) -> datetime:
    """A local time: ``2026-12-05T09:00``."""
    return datetime.fromisoformat(clock).replace(tzinfo=ZONE)


def seats(names: tuple[str, ...]) -> tuple[Seat, ...]:
    """``li`` is the helper li; ``driver:li`` the driver li."""
    pairs = [name.partition(":") for name in names]
    return tuple(
        Seat(role=left if colon else "helper", volunteer=right if colon else left) for left, colon, right in pairs
    )


def served(visit: str, start: str | None, *crew: str, minutes: int = 60, standbys: tuple[str, ...] = ()) -> RosterVisit:
    """A line of a roster."""
    begin = at(start) if start else None
    return RosterVisit(
        id=visit,
        wish=visit.rpartition("/")[0],
        start=begin,
        end=begin + timedelta(minutes=minutes) if begin else None,
        assigned=seats(crew),
        standbys=seats(standbys),
    )


def fixed(name: str, start: str, *crew: str, **facts: Any) -> RosterVisit:
    """A line of a roster for a fixed start, whose visit id follows from it."""
    return served(f"{name}/{start.replace(':', '')}", start, *crew, **facts)


def roster(scenario: Scenario, *visits: RosterVisit) -> Roster:
    """A roster of these visits."""
    return Roster(scenario=scenario.fingerprint, visits=visits)


def judged(scenario: Scenario, *visits: RosterVisit) -> Report:
    """The judge's report on a roster of these visits."""
    return check(scenario, roster(scenario, *visits))


def speaking(scenario: Scenario, language: str, **settings: Any) -> Scenario:
    """The same scenario with another language, or other settings."""
    facts = scenario.program.model_dump(by_alias=True)
    facts["settings"] |= {"language": language} | settings
    return scenario.with_changes(program=facts)
