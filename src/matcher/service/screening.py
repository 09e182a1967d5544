"""Screening written down: the claims' new states, and the stand-bys a wish asks for from then on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from matcher.errors import Fault
from matcher.service import loop
from matcher.service.plan_words import say
from matcher.store import facts
from matcher.store.facts import Conflict
from matcher.store.since import facts_changed


def is_current(session: Session, told: Mapping[str, Any], *, refuse: bool = False) -> bool:
    """Whether what was screened still stands as it did; the facts are locked. ``refuse``: raise ``Conflict`` if not."""
    facts.lock(session, 0)
    wishes = {one["wish"] for one in told["screened"]}
    if not facts_changed(session, told["noted"], wishes):
        return True
    if refuse:
        lang = session.info["lang"]
        raise Conflict([Fault(say("facts-moving", lang), say("facts-moving-advice", lang), code="facts-moving")])
    return False


def apply(session: Session, told: Mapping[str, Any]) -> None:
    """Write the states and stand-bys of a screening that is current."""
    changed = []
    for key, state in told["states"].items():
        document = facts.get(session, "claims", key).document
        if document.get("state", "open") != state:
            changed.append(document | {"state": state})
    if changed:
        facts.put_many(session, "claims", changed)
    for key, count in told["standbys"].items():
        document = facts.get(session, "wishes", key).document
        staffing = document.get("staffing", {})
        if staffing.get("standbys", 0) != count:
            facts.put_many(session, "wishes", [document | {"staffing": staffing | {"standbys": count}}])
    for one in told["screened"]:
        loop.screened(session, one["wish"], one["take"])
