"""A roster as whoever plans reads it: people, wishes and visits by name, what is pinned, and where seats are empty.

No telephone number and no door is in it.
"""

from __future__ import annotations

from typing import Any

from matcher.domain.claims import Pin
from matcher.domain.people import Volunteer
from matcher.domain.scenario import Scenario
from matcher.domain.wishes import Role, Wish
from matcher.planning.vacancies import why
from matcher.problem.problem import Problem
from matcher.problem.roster import Roster, RosterVisit, Unfilled
from matcher.problem.rules import Language


def sheet_of(problem: Problem, roster: Roster, lang: Language, *, places: bool = False) -> dict[str, Any]:
    """The roster with names, JSON. ``places``: also where everything is, latitude and longitude in WGS 84."""
    scenario = problem.scenario
    wishes = {entry.wish for entry in roster.visits} | {one.visit.rpartition("/")[0] for one in roster.unfilled}
    told: dict[str, Any] = {
        "today": scenario.program.as_of.date().isoformat(),
        "people": [_person(problem, row, one) for row, one in enumerate(scenario.volunteers)],
        "teams": {team.id: team.name or team.id for team in scenario.teams},
        "wishes": {wish.id: _wish(scenario, wish, lang) for wish in scenario.wishes if wish.id in wishes},
        "visits": [_visit(problem, visit) for visit in roster.visits],
        "unfilled": [_empty(problem, one, lang) for one in roster.unfilled],
        "pins": [_pin(pin) for pin in scenario.pins if not pin.never],
    }
    return told | ({"places": _places(problem)} if places else {})


def _person(problem: Problem, row: int, person: Volunteer) -> dict[str, Any]:
    limits = problem.expanded.limits[row]
    return {
        "id": person.id, "name": person.name or person.id, "team": person.team,
        "skills": sorted({skill.name for skill in person.skills}),
        "seats": None if person.vehicle is None else person.vehicle.seats, "mode": person.travel_mode, "home": person.home,
        "most": {"week": limits.visits_per_week, "month": limits.visits_per_month}, "reach": limits.max_travel_minutes,
    }


def _wish(scenario: Scenario, wish: Wish, lang: Language) -> dict[str, Any]:
    resident = scenario.resident.get(wish.resident or "")
    return {
        "title": wish.title or wish.items or wish.id, "kind": wish.kind,
        "resident": None if resident is None else resident.name or resident.id,
        "place": wish.origin if wish.kind == "escort" else wish.place or (resident.home if resident else None),
        "destination": wish.destination, "standbys": wish.staffing.standbys,
        "roles": {role.id: {"title": _role(role, lang), "count": role.count} for role in wish.roles},
    }


def _role(role: Role, lang: Language) -> str:
    if role.title or role.id != Role().id:
        return role.title or role.id
    return "志愿者" if lang == "zh" else "helper"


def _visit(problem: Problem, entry: RosterVisit) -> dict[str, Any]:
    told = entry.model_dump(mode="json")
    number = problem.expanded.visit_index.get(entry.id)
    due = None if number is None else problem.visits[number].due
    return told | {"due": None if due is None else due.isoformat()}


def _empty(problem: Problem, one: Unfilled, lang: Language) -> dict[str, Any]:
    """An empty place: on which days it could be, and why nobody is there."""
    number = problem.expanded.visit_index.get(one.visit)
    days: tuple[str, str] | None = None
    role: Role | None = None
    if number is not None:
        visit = problem.visits[number]
        role = visit.role(one.role)
        starts = visit.starts(problem.scenario.program.settings.step_minutes)
        if visit.due is not None:
            days = (visit.due.isoformat(), visit.due.isoformat())
        elif starts:
            moment = problem.expanded.calendar.moment
            days = (moment(starts[0]).isoformat(), moment(starts[-1]).isoformat())
    reasons = [reason.message if role is None else why(reason.code, reason.count, role).say(lang) for reason in one.reasons]
    return {"visit": one.visit, "role": one.role, "count": one.count, "between": days, "reasons": reasons}


def _pin(pin: Pin) -> dict[str, Any]:
    return pin.model_dump(mode="json", exclude_defaults=True)


def _places(problem: Problem) -> dict[str, Any]:
    """Every place that can be found, falling back as the travel times do."""
    atlas = problem.expanded.atlas
    found = zip(problem.scenario.places, atlas.lat, atlas.lon)
    return {
        place.id: {"name": place.name or place.estate or place.community or place.id, "at": [round(float(lat), 6), round(float(lon), 6)]}
        for place, lat, lon in found
        if lat == lat and lon == lon
    }

