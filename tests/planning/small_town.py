"""A small town for planning's tests: one event place, homes at given minutes from it, everybody free all day.

Away from these defaults a test says what it means.
"""

from __future__ import annotations

from pathlib import Path

from matcher.domain.scenario import Scenario
from matcher.problem.problem import Problem
from matcher.problem.roster import Roster

SCENARIOS = Path(__file__).parents[2] / "scenarios"
SATURDAY = "2026-12-05T09:00:00+08:00"
NAMES = ("wu-bo", "chunhui", "xiguan", "jiangzhou", "quantang")


def person(name, minutes=12, **more):
    return {
        "id": name, "name": name, "home": f"home-{minutes}", "prior_visits": 9,
        "availability": [{"days": "any", "start": "08:00", "end": "20:00"}],
    } | more


def event(name, at=SATURDAY, roles=({"id": "helper", "title": "帮手"},), **more):
    return {
        "id": name, "kind": "event", "title": name, "place": "hall", "minutes": 60,
        "recurrence": {"at": [at] if isinstance(at, str) else list(at)}, "roles": list(roles),
    } | more


def town(volunteers, wishes, *, language="zh", limits=None, settings=None, as_of="2026-11-24T09:00:00+08:00", **facts):
    """A problem: the hall, and a home for every number of minutes somebody lives away."""
    homes = sorted({own["home"] for own in volunteers})
    return Problem.of(Scenario.model_validate({
        "program": {
            "name": "小镇", "as_of": as_of,
            "window": {"start": "2026-12-01", "end": "2026-12-31"},
            "settings": {"language": language, "default_limits": limits or {}} | (settings or {}),
        },
        "places": [{"id": "hall", "name": "活动室"}, *({"id": home} for home in homes)],
        "travel_times": [
            {"origin": home, "destination": "hall", "minutes": int(home.partition("-")[2])} for home in homes
        ],
        "volunteers": volunteers,
        "wishes": wishes,
    } | facts))


def roster(problem, **crews):
    """A roster from ``wish=(names…)`` or ``wish={role: (names…)}``: each wish's first visit at its first start."""
    entries = []
    for name, crew in crews.items():
        visit = next(visit for visit in problem.visits if visit.wish.id == name)
        start = None if visit.is_goods else visit.starts(15)[0]
        seats = crew if isinstance(crew, dict) else {visit.wish.roles[0].id: crew}
        moment = problem.expanded.calendar.moment
        entries.append({
            "id": visit.id, "wish": name,
            "start": None if start is None else moment(start),
            "end": None if start is None else moment(start + visit.minutes),
            "assigned": [{"role": role, "volunteer": who} for role, people in seats.items() for who in people],
        })
    return Roster(program="小镇", scenario=problem.scenario.fingerprint, visits=tuple(entries))


def read(name):
    """A scenario of the collection as a problem, and its roster made by hand."""
    folder = SCENARIOS / name
    problem = Problem.of(Scenario.model_validate_json((folder / "scenario.json").read_text("utf-8")))
    return problem, Roster.model_validate_json((folder / "by-hand.json").read_text("utf-8"))
