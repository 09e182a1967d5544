"""A scenario small enough to know its best roster by heart."""

from __future__ import annotations

from typing import Any


def small_facts(**changes: Any) -> dict[str, Any]:
    """Two Saturdays' company for one resident, and two people who could come."""
    weekend = [{"days": "SA", "start": "08:00", "end": "12:00"}]
    facts = {
        "format": "matcher/1",
        "program": {
            "name": "试点社区",
            "as_of": "2026-12-01T09:00:00+08:00",
            "window": {"start": "2026-12-01", "end": "2026-12-31"},
            "settings": {"language": "en"},
        },
        "places": [{"id": "home", "name": "Home", "lat": 23.09, "lon": 114.41, "crs": "gcj02", "community": "east"}],
        "residents": [{"id": "li", "name": "李奶奶", "home": "home"}],
        "volunteers": [
            {"id": "v1", "name": "陈红", "home": "home", "prior_visits": 9, "availability": weekend},
            {"id": "v2", "name": "王军", "home": "home", "prior_visits": 9, "availability": weekend},
        ],
        "wishes": [
            {
                "id": "company", "kind": "visit", "resident": "li", "minutes": 60,
                "recurrence": {"at": ["2026-12-05T09:00:00+08:00", "2026-12-12T09:00:00+08:00"]},
            }
        ],
    }
    return facts | changes
