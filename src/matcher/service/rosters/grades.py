"""The grades of a roster: full, one team's, one volunteer's slip, and what everybody may know."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from matcher.domain.people import Volunteer
from matcher.domain.scenario import Scenario
from matcher.exchange.masking import TextMask, public_name
from matcher.exchange.paper import Duty, Entry, Paper, Part
from matcher.exchange.plan import Plan
from matcher.problem.roster import Report, Roster
from matcher.service.accounts.access import Breadth, Caller

GRADES = {Breadth.ALL: "full", Breadth.TEAM: "team", Breadth.OWN: "slip", Breadth.MASKED: "public"}
"""What a caller of each breadth gets."""


def grade(roster: Roster, scenario: Scenario, caller: Caller, breadth: Breadth) -> dict[str, Any]:
    """The roster as the caller may see it: ``{"grade", "program", "visits"}``, JSON, visits by date.

    - ``full``: ids, times, names, phone numbers, doors, and why places are empty.
    - ``team``: as ``public``; whole (but for the resident) where somebody of the caller's team serves or stands by.
    - ``slip``: the caller's own visits only, with the resident's number and door (for a stand-by neither).
    - ``public``: names masked, no ids of people, no numbers, of home visits only the half day; no stand-bys.

    Persons and wishes erased since the roster was made are left out.
    """
    paper = Paper(Plan(scenario, _known(roster, scenario), Report(valid=True)))
    shown: Callable[[Entry], dict[str, Any] | None] = {
        Breadth.ALL: lambda entry: _full(paper, entry),
        Breadth.TEAM: _team(paper, caller.team),
        Breadth.OWN: _slip(paper, caller.volunteer),
        Breadth.MASKED: _public(paper),
    }[breadth]
    visits = [told for entry in paper.entries if (told := shown(entry)) is not None]
    program = scenario.program.name if breadth is Breadth.ALL else _mask(scenario)(scenario.program.name)
    return {"grade": GRADES[breadth], "program": program, "visits": visits}


def _known(roster: Roster, scenario: Scenario) -> Roster:
    """The roster without what the facts no longer know."""
    people = scenario.volunteer
    visits = tuple(
        visit.model_copy(update={
            name: tuple(seat for seat in getattr(visit, name) if seat.volunteer in people)
            for name in ("assigned", "standbys")
        })
        for visit in roster.visits
        if visit.wish in scenario.wish
    )
    empty = tuple(one for one in roster.unfilled if one.visit.rpartition("/")[0] in scenario.wish)
    return roster.model_copy(update={"visits": visits, "unfilled": empty})


def _mask(scenario: Scenario) -> TextMask:
    return TextMask([*(r.name for r in scenario.residents), *(v.name for v in scenario.volunteers)])


# ----------------------------------------------------------------------------------------------------- full


def _full(paper: Paper, entry: Entry) -> dict[str, Any]:
    return {
        **_head(entry),
        **_times(entry),
        "title": paper.wish_title(entry.wish),
        "resident": _resident(entry, whole=True),
        "place": paper.place(paper.place_of(entry.wish), door=True),
        "destination": paper.place(paper.destination_of(entry.wish), door=True),
        "assigned": [_person(part, person) for part in entry.parts for person in part.people],
        "standbys": [_person(part, person) for part in entry.parts for person in part.standbys],
        "missing": [
            {
                "role": part.role.id, "count": part.missing,
                "reasons": [reason.model_dump(mode="json") for reason in part.reasons],
            }
            for part in entry.parts
            if part.missing
        ],
    }


def _head(entry: Entry) -> dict[str, Any]:
    return {"id": entry.id, "wish": entry.wish.id, "kind": entry.wish.kind}


def _times(entry: Entry) -> dict[str, Any]:
    return {
        "day": _iso(entry.day), "start": _iso(entry.start), "end": _iso(entry.end), "half": None,
    }


def _iso(value: Any) -> str | None:
    return None if value is None else str(value.isoformat())


def _resident(entry: Entry, *, whole: bool) -> dict[str, Any] | None:
    person = entry.resident
    if person is None:
        return None
    if not whole:
        return {"name": public_name(person)}
    return {"id": person.id, "name": person.name or person.id, "phone": person.phone, "emergency": person.emergency}


def _person(part: Part, person: Volunteer) -> dict[str, Any]:
    return {"role": part.role.id, "volunteer": person.id, "name": person.name or person.id, "phone": person.phone}


# ----------------------------------------------------------------------------------------------------- slip


def _slip(paper: Paper, volunteer: str | None) -> Callable[[Entry], dict[str, Any] | None]:
    duties = {duty.entry.id: duty for duty in paper.duties.get(volunteer or "", ())}

    def told(entry: Entry) -> dict[str, Any] | None:
        duty = duties.get(entry.id)
        return None if duty is None or volunteer is None else _own(paper, duty, volunteer)

    return told


def _own(paper: Paper, duty: Duty, volunteer: str) -> dict[str, Any]:
    """One duty, as on the printed slip: stand-bys learn neither number nor door before they step in."""
    entry, mine = duty.entry, paper.scenario.volunteer[volunteer]
    resident = _resident(entry, whole=True)
    if resident is not None:
        resident = {"name": resident["name"]} if duty.is_standby else {
            name: resident[name] for name in ("name", "phone", "emergency")
        }
    return {
        **_head(entry),
        **_times(entry),
        "title": paper.wish_title(entry.wish),
        "resident": resident,
        "place": paper.place(paper.place_of(entry.wish), door=not duty.is_standby),
        "destination": paper.place(paper.destination_of(entry.wish)),
        "role": duty.part.role.id,
        "standby": duty.is_standby,
        "assigned": [
            _person(part, person) if person is mine else {"role": part.role.id, "name": person.name or person.id}
            for part in entry.parts
            for person in part.people
        ],
        "standbys": [] if duty.is_standby else [
            {"role": part.role.id, "name": person.name or person.id} for part in entry.parts for person in part.standbys
        ],
        "missing": [],
    }


# --------------------------------------------------------------------------------------------------- public


def _public(paper: Paper) -> Callable[[Entry], dict[str, Any]]:
    mask = _mask(paper.scenario)
    homes = {r.home for r in paper.scenario.residents} | {v.home for v in paper.scenario.volunteers}

    def told(entry: Entry) -> dict[str, Any]:
        place = paper.place_of(entry.wish)
        is_home = entry.wish.kind != "event" or place is None or place.id in homes
        return {
            "id": mask(entry.id), "wish": mask(entry.wish.id), "kind": entry.wish.kind,
            **(_times(entry) if not is_home else {"day": _iso(entry.day), "start": None, "end": None, "half": _half(entry)}),
            "title": mask(paper.wish_title(entry.wish)),
            "resident": _resident(entry, whole=False),
            "place": mask(paper.community(place) if is_home else paper.place(place)),
            "destination": "",
            "assigned": [_nobody(part, person) for part in entry.parts for person in part.people],
            "standbys": [],
            "missing": [
                {"role": mask(part.role.id), "count": part.missing, "reasons": []} for part in entry.parts if part.missing
            ],
        }

    return told


def _half(entry: Entry) -> str | None:
    """As much of the time of a home visit as the public needs."""
    if entry.start is None:
        return None
    return "morning" if entry.start.hour < 12 else "afternoon" if entry.start.hour < 18 else "evening"


def _nobody(part: Part, person: Volunteer) -> dict[str, Any]:
    return {"role": part.role.id, "name": public_name(person)}


# ----------------------------------------------------------------------------------------------------- team


def _team(paper: Paper, team: str | None) -> Callable[[Entry], dict[str, Any]]:
    public = _public(paper)

    def people(parts: Iterable[Part], name: str) -> list[dict[str, Any]]:
        return [
            _person(part, person) if person.team == team else _nobody(part, person)
            for part in parts
            for person in getattr(part, name)
        ]

    def told(entry: Entry) -> dict[str, Any]:
        shown = public(entry)
        if team is None or not any(person.team == team for person in (*entry.people, *entry.standbys)):
            return shown
        return shown | _head(entry) | _times(entry) | {
            "place": paper.place(paper.place_of(entry.wish)),
            "destination": paper.place(paper.destination_of(entry.wish)),
            "assigned": people(entry.parts, "people"),
            "standbys": people(entry.parts, "standbys"),
        }

    return told
