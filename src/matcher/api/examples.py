"""Examples for the API's description, from Mr Wu's scenario; a test holds them to it and to the models."""

from __future__ import annotations

from typing import Any

PROGRAM: dict[str, Any] = {
    "name": "东河社区云心愿", "as_of": "2026-11-24T09:00:00+08:00", "window": {"start": "2026-12-01", "end": "2027-11-30"},
}
FACTS: dict[str, dict[str, Any]] = {
    "places": {
        "id": "wu-home", "name": "东河苑3栋", "lat": 23.0905, "lon": 114.4163, "crs": "gcj02", "community": "东河社区",
        "grid": "03",
    },
    "residents": {"id": "wu", "name": "吴伯", "home": "wu-home", "phone": "13800000900", "liked": {"language": "hak"}},
    "volunteers": {
        "id": "v01", "name": "罗志强", "phone": "13800000001", "team": "t-donghe", "languages": ["zh", "hak"],
        "vehicle": {"seats": 4}, "travel_mode": "car",
        "availability": [{"days": "SA,SU", "start": "07:30", "end": "13:00"}],
    },
    "teams": {"id": "t-donghe", "name": "东河社区党员志愿服务队", "communities": ["东河社区"]},
    "wishes": {
        "id": "wu-escort", "kind": "escort", "resident": "wu", "title": "每月去疗养院看儿子", "origin": "wu-home",
        "destination": "sanatorium", "stay_minutes": 90, "return": True, "submitted": "2026-11-02", "priority": 4,
        "recurrence": {
            "times": 1, "per": "month", "windows": [{"days": "SA,SU", "start": "08:00", "end": "12:30"}],
            "min_gap_days": 20, "max_gap_days": 45,
        },
        "roles": [{"id": "driver", "title": "司机", "count": 1, "vehicle": {"seats": 1}}], "claimants_only": True,
        "staffing": {"policy": "rotate", "max_turns": 1, "turns_days": 365, "standbys": 1},
    },
    "claims": {
        "id": "c01", "wish": "wu-escort", "volunteer": "v01", "at": "2026-11-20T20:04:02+08:00",
        "channel": "livestream", "minutes": 240,
    },
    "declines": {"visit": "wu-escort/2026-12", "volunteer": "v02", "at": "2026-11-23T09:00:00+08:00"},
    "pairings": {"volunteer": "v01", "resident": "wu", "since": "2026-01-01"},
    "history": {
        "wish": "wu-escort", "visit": "wu-escort/2026-11", "resident": "wu", "volunteer": "v09", "role": "driver",
        "start": "2026-11-07T08:30:00+08:00", "minutes": 180, "outcome": "done",
    },
    "published": {
        "visit": "wu-escort/2026-12", "start": "2026-12-05T08:30:00+08:00", "end": "2026-12-05T11:30:00+08:00",
        "role": "driver", "volunteer": "v01", "told_at": "2026-11-25T10:00:00+08:00",
    },
    "pins": {"visit": "wu-escort/2026-12", "role": "driver", "volunteer": "v03"},
    "travel_times": {"origin": "wu-home", "destination": "sanatorium", "minutes": 35, "mode": "car"},
}
"""One fact of every noun."""
PATCHES: dict[str, dict[str, Any]] = {
    "places": {"grid": "04"}, "residents": {"phone": "13800000902", "notes": None}, "volunteers": {"vehicle": None},
    "teams": {"name": "东河社区志愿服务队"}, "wishes": {"priority": 5}, "claims": {"minutes": 120},
    "declines": {"at": None}, "pairings": {"since": None}, "history": {"outcome": "no-show"},
    "published": {"standby": True}, "pins": {"never": True}, "travel_times": {"minutes": 40},
}
"""A merge patch for every noun."""
SCENARIO: dict[str, Any] = {
    "format": "matcher/1", "program": PROGRAM,
    "places": [FACTS["places"], {"id": "sanatorium", "name": "南郊疗养院", "lat": 22.968, "lon": 114.299, "crs": "gcj02"}],
    "residents": [FACTS["residents"]], "teams": [FACTS["teams"]], "volunteers": [FACTS["volunteers"]],
    "wishes": [FACTS["wishes"]], "claims": [FACTS["claims"]],
}
"""A whole, small scenario."""
PROBLEM: dict[str, Any] = {
    "type": "urn:matcher:problem:bad-input", "title": "内容有误", "status": 422, "detail": "“9”太大，不能大于 5。",
    "code": "bad-input",
    "faults": [{
        "message": "“9”太大，不能大于 5。", "advice": "", "code": "less_than_equal", "where": "priority", "sheet": None,
        "row": None, "column": None, "path": ["priority"], "warning": False,
    }],
    "demands": [], "request_id": "4f1c9c2be0b84cf0a2d5c9e3d6a7b8c9",
}

ROSTER: dict[str, Any] = {
    "format": "matcher-roster/1", "scenario": "0" * 64,
    "visits": [{
        "id": "wu-escort/2026-12", "wish": "wu-escort", "start": "2026-12-05T08:30:00+08:00",
        "end": "2026-12-05T11:30:00+08:00", "assigned": [{"role": "driver", "volunteer": "v01"}], "standbys": [],
    }],
    "unfilled": [], "tiers": [], "strategy": "flow", "seed": 0,
}
"""A roster of that scenario; whose facts are others says another fingerprint."""
_BOTH = {"scenario": SCENARIO, "roster": ROSTER}
BODIES: dict[str, Any] = {
    "scenarios.check": _BOTH,
    "scenarios.compare": {"scenario": SCENARIO, "a": ROSTER, "b": ROSTER},
    "scenarios.explain": _BOTH | {"visit": "wu-escort/2026-12"},
    "scenarios.replan": _BOTH | {"absences": [{"volunteer": "v01"}]},
    "scenarios.screen": {"scenario": SCENARIO, "wish": "wu-escort", "take": 12},
    "scenarios.suggest": _BOTH | {"visit": "wu-escort/2026-12", "role": "driver"},
    "rosters.create": {"roster": ROSTER},
    "rosters.compare": {"other": "77b1d0c2a4e94f13"},
    "rosters.publish": {"confirm_changes": True},
    "screening.propose": {"wish": "wu-escort", "take": 12},
    "screening.apply": {"wish": "wu-escort", "take": 12},
    "feeds.create": {"volunteer": "v01"},
    "me.password": {"old": "what it was so far", "new": "a long new sentence"},
}
"""Bodies of operations that show none themselves."""


def kept(noun: str) -> dict[str, Any]:
    """A fact as it is handed out."""
    fact = FACTS[noun] if noun != "program" else PROGRAM
    return {
        "key": fact.get("id", "program" if noun == "program" else "0f3a9c51e2d84b7f"), "version": 1, "sequence": 1,
        "changed_at": "2026-11-24T01:00:00+00:00", "changed_by": "user:li", "fact": fact,
    }
