"""What volunteers say to the turns they were told of: they come, they cannot, or they would swap; and that they have been."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy.orm import Session

from matcher.domain.claims import Published
from matcher.domain.scenario import Program
from matcher.service.rosters import outcomes
from matcher.service.rosters.outcomes import Outcome
from matcher.store import facts, messages, orders
from matcher.store.claims import fault
from matcher.store.database import now_of
from matcher.store.facts import Conflict, Stored
from matcher.store.orders import VisitOrder
from matcher.store.outbox import announce

Says = Literal["yes", "no", "swap"]
"""``no`` is a refusal on record: nobody is planned for a visit they declined. Who asks to ``swap`` keeps the turn until
the community has found somebody."""
_KEPT = "replies"


@dataclass(frozen=True, slots=True)
class Reply:
    """What somebody said to a turn, and when; ``start`` is the time they were told then."""

    visit: str
    volunteer: str
    says: Says
    at: datetime
    start: datetime | None
    role: str
    standby: bool


def say_to(session: Session, visit: str, volunteer: str, says: Says, words: str = "") -> Reply:
    """Keep what a volunteer says to a turn of theirs; ``words`` go into the visit's thread, for the community to read.

    The last word counts. Raises ``NotFound`` for a visit that is not theirs, ``Conflict`` once it has begun.
    """
    facts.lock(session, 0)
    seat = _seat(session, visit, volunteer)
    if seat.start is not None and seat.start <= now_in(session):
        raise Conflict([fault("reply-late", session.info["lang"])])
    if words.strip():
        messages.write(session, visit, "volunteer", volunteer, words)
    _decline(session, visit, volunteer, declines=says == "no")
    reply = Reply(visit, volunteer, says, now_of(session), seat.start, seat.role, seat.standby)
    _keep(session, reply)
    announce(session, "visit.reply", {"visit": visit, "volunteer": volunteer, "says": says})
    return reply


def say_done(session: Session, visit: str, volunteer: str) -> Stored:
    """The volunteer says that they have been: it is on record as the coordinator would put it, who may correct it.

    What the community has put on record stays: raises ``Conflict`` if that is something else, ``NotFound`` for a visit
    that is not theirs, ``BadInput`` before it has begun.
    """
    facts.lock(session, 0)
    seat = _seat(session, visit, volunteer)
    known = recorded(session, visit, volunteer)
    if known not in (None, "done"):
        raise Conflict([fault("other-outcome", session.info["lang"])])
    return outcomes.record(session, [Outcome(visit, volunteer, "done", role=seat.role)])[0]


def recorded(session: Session, visit: str, volunteer: str) -> str | None:
    """What is on record of somebody's part in a visit: ``done``, ``no-show``, ``cancelled``; None: nothing yet."""
    rows = facts.page(session, "history", visit=visit, volunteer=volunteer)
    return str(rows[0].document.get("outcome", "done")) if rows else None


def reply_of(session: Session, seat: Published) -> Says | None:
    """What somebody said to a seat as it stands; what they said to another time is no answer any more."""
    found = _replies(orders.visit_order(session, seat.visit)).get(seat.volunteer)
    if found is None or found.get("start") != _iso(seat.start):
        return None
    says: Says = found["says"]
    return says


def replies_to(session: Session, order: VisitOrder) -> tuple[Reply, ...]:
    """What was said to the turns of a visit as people were told of them."""
    told, found = _replies(order), []
    for row in facts.page(session, "published", visit=order.visit, limit=facts.MOST_AT_ONCE) if told else ():
        seat = Published.model_validate(row.document)
        one = told.get(seat.volunteer)
        if one is not None and one.get("start") == _iso(seat.start):
            at = datetime.fromisoformat(one["at"])
            found.append(Reply(seat.visit, seat.volunteer, one["says"], at, seat.start, seat.role, seat.standby))
    return tuple(found)


def now_in(session: Session) -> datetime:
    """Now, and never before the programme's own moment."""
    return max(now_of(session), Program.model_validate(facts.program(session).document).as_of)


def without_replies(document: dict[str, Any] | None) -> dict[str, Any]:
    """What the resident's side said of a visit, without what its volunteers said before."""
    return {name: value for name, value in (document or {}).items() if name != _KEPT}


def _seat(session: Session, visit: str, volunteer: str) -> Published:
    messages.refuse_stranger(session, visit, volunteer)
    rows = facts.page(session, "published", visit=visit, volunteer=volunteer)
    return min((Published.model_validate(row.document) for row in rows), key=lambda seat: seat.standby)


def _decline(session: Session, visit: str, volunteer: str, *, declines: bool) -> None:
    """Put a refusal on record, or take it back."""
    known = facts.page(session, "declines", visit=visit, volunteer=volunteer)
    if declines and not known:
        at = now_of(session).isoformat()
        facts.put(session, "declines", {"visit": visit, "volunteer": volunteer, "at": at})
    elif not declines:
        for row in known:
            facts.remove(session, "declines", row.key)


def _keep(session: Session, reply: Reply) -> None:
    before = orders.visit_order(session, reply.visit)
    told = {"says": reply.says, "at": reply.at.isoformat(), "start": _iso(reply.start)}
    document = (before.document or {}) if before else {}
    document = document | {_KEPT: _replies(before) | {reply.volunteer: told}}
    stage = before.stage if before else "planned"
    orders.move_visit(session, reply.visit, reply.visit.rpartition("/")[0], stage, document)


def _replies(order: VisitOrder | None) -> dict[str, Any]:
    return dict((order.document or {}).get(_KEPT, {})) if order else {}


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
