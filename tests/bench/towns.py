"""Small scenarios with one thing to see each."""

from __future__ import annotations

from typing import Any

from matcher.domain.scenario import Scenario
from matcher.problem.problem import Problem

FREE = [{"days": "any", "start": "08:00", "end": "20:00"}]


def town(**facts: Any) -> Problem:
    """Three people who live 0, 1 and 2 km east of the resident, and one visit on Tuesday at nine."""
    places = [
        {"id": name, "lat": 23.1, "lon": 114.4 + 0.01 * number, "crs": "wgs84"}
        for number, name in enumerate(["here", "near", "far"])
    ]
    told: dict[str, Any] = {
        "program": {
            "name": "town", "as_of": "2026-03-02T06:00:00+08:00", "window": {"start": "2026-03-02", "end": "2026-03-08"},
            "holidays": None, "settings": {"newcomer_visits": 0, "language": "en"},
        },
        "places": places,
        "residents": [{"id": "r", "home": "here"}],
        "volunteers": [
            {"id": "far", "home": "far", "availability": FREE}, {"id": "here", "home": "here", "availability": FREE},
            {"id": "near", "home": "near", "availability": FREE},
        ],
        "wishes": [visit("w", "2026-03-03T09:00:00+08:00")],
    }
    return Problem.of(Scenario.model_validate(told | facts))


def visit(name: str, *starts: str, **more: Any) -> dict[str, Any]:
    """A visit of an hour at fixed starts."""
    return {"id": name, "kind": "visit", "resident": "r", "recurrence": {"at": list(starts)}, **more}


def served(problem: Problem, roster: Any) -> dict[str, list[str]]:
    """Who serves each visit of a roster."""
    return {entry.id: [seat.volunteer for seat in entry.assigned] for entry in roster.visits}
