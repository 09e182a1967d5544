"""Publishing: a draft that breaks no rule on the facts as they are now becomes what people are told.

Nobody can force a broken hard rule through: what is wrong is the fact or the roster, and both can be mended. Promises
that change are another matter: they break nothing once people are told, so the coordinator confirms them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from matcher.errors import Fault
from matcher.service.plan_words import say
from matcher.service.rosters import loop
from matcher.service.rosters.news import Operations
from matcher.store import facts, rosters
from matcher.store.facts import Conflict
from matcher.store.rosters import StoredRoster
from matcher.store.since import facts_changed

_ORDER = ("places", "teams", "volunteers", "residents", "wishes", "claims")
"""Nouns that others refer to, first; the rest follow."""


def is_current(session: Session, key: str, judged: Mapping[str, Any], *, refuse: bool = False) -> bool:
    """Whether the facts a roster was judged by still stand; they are locked. ``refuse``: raise ``Conflict`` if not."""
    facts.lock(session, 0)
    stored = rosters.get(session, key)
    wishes = {visit["wish"] for visit in stored.document.get("visits", ())}
    if not facts_changed(session, judged["noted"], wishes):
        return True
    if refuse:
        lang = session.info["lang"]
        raise Conflict([Fault(say("facts-moving", lang), say("facts-moving-advice", lang), code="facts-moving")])
    return False


def publish(
    session: Session, key: str, judged: Mapping[str, Any], *, expected: int | None = None, confirmed: bool = False
) -> StoredRoster:
    """Publish a draft that was judged on the facts as they are; its news becomes facts.

    Raises ``Conflict`` with every broken rule, or unless changed promises are ``confirmed``, or for what is no draft.
    """
    _refuse_broken(session, judged["broken"])
    if judged["changes"] and not confirmed:
        _refuse_unconfirmed(session, key, judged["changes"])
    write_news(session, judged["operations"])
    stored = rosters.publish(session, key, expected=expected)
    loop.roster_published(session, stored.roster)
    for visit in judged["cancelled"]:
        _call_off(session, visit)
    return stored


def _call_off(session: Session, visit: str) -> None:
    """What was told of a visit that is called off no longer stands."""
    rows = facts.page(session, "published", visit=visit, limit=facts.MOST_AT_ONCE)
    for row in rows:
        facts.remove(session, "published", row.key)
    if rows:
        loop.outcomes_recorded(session, visit, {row.document["volunteer"]: "cancelled" for row in rows})


def write_news(session: Session, operations: Operations) -> None:
    """Put and remove the facts that news has changed."""
    order = [*_ORDER, *(noun for noun in operations if noun not in _ORDER)]
    for noun in (name for name in order if name in operations):
        for document in operations[noun]["remove"]:
            _remove(session, noun, document)
        if operations[noun]["put"]:
            facts.put_many(session, noun, operations[noun]["put"])


def _remove(session: Session, noun: str, document: Mapping[str, Any]) -> None:
    """Remove a fact without an id that says exactly this."""
    having: dict[str, Any] = {name: document[name] for name in facts.queried(noun) if isinstance(document.get(name), str)}
    for row in facts.page(session, noun, limit=facts.MOST_AT_ONCE, **having):
        if row.document == document:
            facts.remove(session, noun, row.key)
            return


def _refuse_broken(session: Session, broken: list[Mapping[str, Any]]) -> None:
    if not broken:
        return
    lang = session.info["lang"]
    raise Conflict([
        Fault(
            one["message"], say("invalid-advice", lang),
            path=("visits", one["visit"] or ""), code=one["rule"],
        )
        for one in broken
    ])


def _refuse_unconfirmed(session: Session, key: str, changes: list[Mapping[str, Any]]) -> None:
    lang = session.info["lang"]
    message = say("changes-told", lang, count=len(changes))
    raise Conflict([Fault(message, say("changes-told-advice", lang, roster=key), code="changes-told")])
