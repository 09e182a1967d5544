"""The busiest day of a scenario, in single seats: what planners of routes can express, cut out of the whole.

Left out: events and everything with crews of two or more, goods, repetition (turns, faces, spacing, pairs), stand-bys,
published seats, pins, promises, seats for the experienced, rest, and limits in minutes. Kept: who may take which visit (skills, vehicles,
reach, consent, claims, teams, refusals), times asked for, availability, travel, visits per day, week and month, and fairness.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from matcher.domain.scenario import Scenario
from matcher.domain.when import Calendar
from matcher.problem.expand import Visit
from matcher.problem.problem import Problem

_NO_LIMIT = {
    "minutes_per_day": None, "minutes_per_week": None, "minutes_per_month": None,
    "least_visits_per_month": 0, "rest_days": 0, "min_rest_minutes": 0,
}


def busiest_day(problem: Problem) -> Scenario:
    """The scenario of the day on which most single-seat visits may happen, cut down as said above."""
    scenario = problem.scenario
    options = _first_of_each_wish(problem)
    if not options:
        return scenario.with_changes(wishes=(), claims=(), declines=(), published=(), pins=(), pairings=())
    busiest = Counter(day for days in options.values() for day in days)
    day = min(busiest, key=lambda day: (-busiest[day], day))
    kept = {problem.visits[visit].wish.id: problem.visits[visit] for visit, days in options.items() if day in days}
    told = scenario.model_dump(by_alias=True)
    told["program"]["window"] = {"start": day, "end": day}
    told["program"]["frozen_until"] = None
    told["program"]["settings"]["default_limits"].update(_NO_LIMIT)
    told["program"]["settings"]["soft_rules"] = {}
    for person in told["volunteers"]:
        person["limits"].update(_NO_LIMIT)
    calendar = problem.expanded.calendar
    told["wishes"] = [
        _on_that_day(wish, kept[wish["id"]], day, calendar) for wish in told["wishes"] if wish["id"] in kept
    ]
    told["claims"] = list(_claims(told["claims"], set(kept)))
    told["declines"] = list(_declines(told["declines"], {visit.id: visit.wish.id for visit in kept.values()}))
    told["published"], told["pins"], told["pairings"] = [], [], []
    return Scenario.model_validate(told)


def _first_of_each_wish(problem: Problem) -> dict[int, set[date]]:
    """Single-seat timed visits and the days on which they may happen; a wish's later visits leave its days out."""
    taken: dict[str, set[date]] = {}
    found: dict[int, set[date]] = {}
    served = {problem.options[option].visit for option in set(problem.crew.option.tolist())}
    for number in sorted(served):
        visit = problem.visits[number]
        if visit.seats != 1 or visit.is_goods:
            continue
        days = {problem.options[option].day for option in problem.options_of[number]}
        days = {day for day in days if _times_on(visit, day, problem.expanded.calendar)}
        found[number] = days - taken.setdefault(visit.wish.id, set())
        taken[visit.wish.id] |= days
    return {number: days for number, days in found.items() if days}


def _times_on(visit: Visit, day: date, calendar: Calendar) -> list[dict[str, Any]]:
    """The visit's asked times on a day, as windows; what goes on past midnight is left out."""
    low, high = calendar.minute(day, "00:00"), calendar.minute(day + timedelta(days=1), "00:00")
    windows: list[dict[str, Any]] = []
    for first, last in visit.spans:
        if low <= first and last <= high:
            windows.append({"dates": [day], "start": _clock(first - low), "end": _clock(last - low)})
    windows += [
        {"dates": [day], "at": _clock(start - low)}
        for start in visit.fixed
        if low <= start and start + visit.minutes <= high
    ]
    return windows


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _on_that_day(wish: dict[str, Any], visit: Visit, day: date, calendar: Calendar) -> dict[str, Any]:
    return {
        **wish,
        "recurrence": {"windows": _times_on(visit, day, calendar)},
        "roles": [{**role, "experienced": False} for role in wish["roles"]],
        "staffing": {}, "partial": False, "as_one_team": False,
    }


def _claims(claims: Iterable[dict[str, Any]], wishes: set[str]) -> Iterable[dict[str, Any]]:
    """Whoever may serve now still may; nobody is owed a turn."""
    claims = [claim for claim in claims if claim["wish"] in wishes]
    screened = {claim["wish"] for claim in claims if claim["state"] == "chosen"}
    for claim in claims:
        if claim["state"] == ("chosen" if claim["wish"] in screened else "open"):
            yield {**claim, "state": "open"}


def _declines(declines: Iterable[dict[str, Any]], wish_of: dict[str, str]) -> Iterable[dict[str, Any]]:
    for decline in declines:
        if decline.get("wish") in wish_of.values():
            yield decline
        elif decline.get("visit") in wish_of:
            yield {**decline, "visit": None, "wish": wish_of[decline["visit"]]}
