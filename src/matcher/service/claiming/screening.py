"""Screening written down: the claims' new states, and the stand-bys a wish asks for from then on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from matcher.errors import BadInput, Fault
from matcher.service.plan_words import say
from matcher.service.rosters import loop
from matcher.store import facts
from matcher.store.facts import Conflict
from matcher.store.since import facts_changed

_LISTS = ("chosen", "waitlist", "declined", "closed")


def is_current(session: Session, told: Mapping[str, Any], *, refuse: str = "") -> bool:
    """Whether what was screened still stands as it did; the facts are locked.

    ``refuse``: raise ``Conflict`` if not, in these words.
    """
    facts.lock(session, 0)
    wishes = {one["wish"] for one in told["screened"]}
    if not facts_changed(session, told["noted"], wishes):
        return True
    if refuse:
        lang = session.info["lang"]
        raise Conflict([Fault(say(refuse, lang), say(f"{refuse}-advice", lang), code=refuse)])
    return False


def apply(session: Session, told: Mapping[str, Any], decisions: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Write the states and stand-bys of a screening that is current; ``decisions`` by claim go before its own.

    Returns ``states`` as written, and ``before``: those that were changed, as they were. Raises ``BadInput`` for
    decisions on claims that were not screened, or whose claimant has stepped back.
    """
    states = dict(told["states"]) | _decided(session, told["states"], decisions or {})
    changed, before = [], {}
    for key, state in states.items():
        document = facts.get(session, "claims", key).document
        if document.get("state", "open") != state:
            changed.append(document | {"state": state})
            before[key] = document.get("state", "open")
    if changed:
        facts.put_many(session, "claims", changed)
    for key, count in told["standbys"].items():
        document = facts.get(session, "wishes", key).document
        staffing = document.get("staffing", {})
        if staffing.get("standbys", 0) != count:
            facts.put_many(session, "wishes", [document | {"staffing": staffing | {"standbys": count}}])
    for one in told["screened"]:
        chosen = sum(states[claim["claim"]] == "chosen" for name in _LISTS for claim in one[name])
        loop.screened(session, one["wish"], max(one["take"], chosen) if decisions else one["take"])
    return {"states": states, "before": before}


def _decided(session: Session, states: Mapping[str, str], decisions: Mapping[str, str]) -> dict[str, str]:
    """The decisions, each about a claim of the screening that is still one."""
    lang, faults = session.info["lang"], []
    for key in decisions:
        if key not in states or states[key] == "withdrawn":
            told = say("not-screened", lang, claim=key), say("not-screened-advice", lang)
            faults.append(Fault(*told, path=("decisions", key), code="not-screened"))
    if faults:
        raise BadInput(faults)
    return dict(decisions)
