"""What a caller may see of the facts: whole, masked, their team's, their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from matcher.exchange.masking import TextMask, mask_name
from matcher.service.accounts.access import Breadth, Caller
from matcher.store.facts import Stored
from matcher.store.known import Known

_EVERYTHING = ("claims", "declines", "pairings", "history", "published", "pins", "teams")
"""Nouns that hold ids, times and numbers; nothing of a person but who."""
_SHOWN: Mapping[str, tuple[str, ...]] = {
    "residents": ("id", "name", "alias"),
    "volunteers": ("id", "name", "alias", "team", "languages", "skills", "vehicle", "travel_mode", "joined"),
    "places": ("id", "name", "community", "grid", "lat", "lon", "crs"),
    "wishes": (
        "id", "kind", "resident", "title", "minutes", "submitted", "priority", "recurrence", "roles", "claimants_only",
        "claims_open", "claims_close", "partial", "teams", "as_one_team", "staffing", "due", "items", "served", "state",
    ),
    "travel_times": (),
}
"""What is left of a masked fact. What is not named here is not shown: a new field is private until somebody says so."""
_OF_A_HOME = ("id", "community", "grid")


def seen(stored: Stored, caller: Caller, breadth: Breadth, known: Known | None) -> Stored | None:
    """The fact as the caller may see it; None if it is not there for them. ``known`` may be None for ``ALL``."""
    if breadth is Breadth.ALL:
        return stored
    if breadth is Breadth.OWN:
        return stored if caller.volunteer is not None and _person(stored) == caller.volunteer else None
    assert known is not None
    if breadth is Breadth.TEAM and caller.team is not None and _team(stored, known) == caller.team:
        return stored
    return masked(stored, known)


def masked(stored: Stored, known: Known) -> Stored:
    """The fact without what is personal: names as 吴**, no numbers, no addresses, no notes, homes without a place."""
    document = stored.document
    shown = tuple(document) if stored.noun in _EVERYTHING else _SHOWN[stored.noun]
    if stored.noun == "places" and stored.key in known.homes:
        shown = _OF_A_HOME
    left = {name: _texts(document[name], known.mask) for name in shown if name in document}
    if stored.noun in ("residents", "volunteers") and "name" in document:
        left["name"] = document.get("alias") or mask_name(document["name"])
    if "vehicle" in left:
        left["vehicle"] = {name: value for name, value in left["vehicle"].items() if name != "availability"}
    return replace(stored, key=known.mask(stored.key), document=left)


def _texts(value: Any, mask: TextMask) -> Any:
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, list):
        return [_texts(item, mask) for item in value]
    if isinstance(value, dict):
        return {name: item if name == "rrule" else _texts(item, mask) for name, item in value.items()}
    return value


def _person(stored: Stored) -> str | None:
    return stored.key if stored.noun == "volunteers" else stored.document.get("volunteer")


def _team(stored: Stored, known: Known) -> str | None:
    told: str | None = stored.document.get("team")
    person = _person(stored)
    return told if told is not None or person is None else known.team_of.get(person)
