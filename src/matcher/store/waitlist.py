"""The waitlist of a wish with places: who withdraws frees a place, and the next in order is asked before they get it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from matcher.store.audit import note
from matcher.store.claims import (
    CLAIMS,
    HOLDING,
    INVITATIONS,
    LIVE,
    ORDERS,
    Taken,
    claim_row,
    fault,
    set_state,
    standing_of,
)
from matcher.store.database import Database, now_of
from matcher.store.facts import Conflict, lock
from matcher.store.link_words import say
from matcher.store.outbox import announce
from matcher.store.scope import community_of
from matcher.store.tenants import scope_of


@dataclass(frozen=True, slots=True)
class Invitation:
    """A place kept for somebody on the waitlist until they answer, or until the time is up."""

    claim: str
    wish: str
    places: int
    asked_at: datetime
    until: datetime


def withdraw(session: Session, key: str) -> Taken:
    """The claimant steps back; a place that comes free is offered to the next. Doing so twice changes nothing.

    Raises ``NotFound``, ``Conflict`` for a claim that has lapsed or was not chosen.
    """
    lock(session, 0)
    row = claim_row(session, key)
    if row.state == "withdrawn":
        return standing_of(session, key)
    if row.state not in LIVE:
        lang = session.info["lang"]
        raise Conflict([fault("claim-over", lang, state=say(row.state, lang))])
    set_state(session, row, "withdrawn")
    _close(session, key, "no")
    _let_names_go(session, row)
    settle(session, row.wish)
    return standing_of(session, key)


def answer(session: Session, key: str, *, accepts: bool) -> Taken:
    """What somebody on the waitlist says to the place kept for them: yes holds it, no withdraws the claim.

    The same answer again changes nothing. Raises ``NotFound``, ``Conflict`` if no place is kept, or not any more.
    """
    lock(session, 0)
    row, lang = claim_row(session, key), session.info["lang"]
    settle(session, row.wish)
    row = claim_row(session, key)
    kept = _kept(session, key)
    if kept is None:
        if row.state == ("withdrawn" if not accepts else "open") or (accepts and row.state == "chosen"):
            return standing_of(session, key)
        if row.state == "lapsed":
            raise Conflict([fault("answer-late", lang)])
        raise Conflict([fault("not-asked", lang, key=key)])
    if not accepts:
        return withdraw(session, key)
    _close(session, key, "yes")
    set_state(session, row, "chosen" if _is_screened(session, row.wish) else "open")
    return standing_of(session, key)


def invitation(session: Session, key: str) -> Invitation | None:
    """The place kept for a claim now, if there is one."""
    row = _kept(session, key)
    if row is None or row.until <= now_of(session):
        return None
    return Invitation(row.claim, row.wish, row.places, row.asked_at, row.until)


def settle(session: Session, wish: str) -> int:
    """Let invitations lapse whose time is up, and offer free places to the next in order; how many were asked.

    A team that waits for more places than are free is not passed by. Nothing happens for a wish without places.
    """
    lock(session, 0)
    order = session.connection().execute(
        select(ORDERS).where(ORDERS.c.community == community_of(session), ORDERS.c.wish == wish)
    ).one_or_none()
    now = now_of(session)
    for row in _asked(session, wish):
        if row.until <= now:
            _close(session, row.claim, "lapsed")
            set_state(session, claim_row(session, row.claim), "lapsed")
    if order is None or order.places is None:
        return 0
    free, asked = order.places - _taken(session, wish) - sum(row.places for row in _asked(session, wish)), 0
    known = {row.claim for row in _asked(session, wish)}
    for row in _waiting(session, wish):
        if row.key in known:
            continue
        needed = 1 if row.volunteer else int(row.document.get("places", 1))
        if free < needed:
            break
        free, asked = free - needed, asked + 1
        _ask(session, row, needed, now, now + timedelta(minutes=order.answer_minutes))
    return asked


def room(session: Session, wish: str, places: int | None) -> tuple[int | None, int]:
    """How many places a newcomer could still hold (None: the wish has no places), and how many wait."""
    waiting = session.connection().scalar(
        select(func.count()).select_from(CLAIMS).where(
            CLAIMS.c.community == community_of(session), CLAIMS.c.wish == wish, CLAIMS.c.state == "waitlisted"
        )
    ) or 0
    if places is None:
        return None, waiting
    kept = sum(row.places for row in _asked(session, wish))
    return 0 if waiting else max(0, places - _taken(session, wish) - kept), waiting


def settle_due(database: Database) -> int:
    """Settle every wish with an invitation whose time is up, in all communities; how many wishes. For the worker."""
    with database.everyone("waitlist") as session:
        now = now_of(session)
        found = session.connection().execute(
            select(INVITATIONS.c.community, INVITATIONS.c.wish)
            .where(INVITATIONS.c.state == "asked", INVITATIONS.c.until <= now)
            .distinct()
        ).all()
        due = [(scope_of(session, community), wish) for community, wish in found]
    for scope, wish in due:
        with database.writing(scope, "waitlist") as session:
            settle(session, wish)
    return len(due)


def _ask(session: Session, row: Any, places: int, now: datetime, until: datetime) -> None:
    session.connection().execute(insert(INVITATIONS).values(
        community=community_of(session), claim=row.key, wish=row.wish, places=places, state="asked", asked_at=now,
        until=until, answered_at=None,
    ))
    note(session, "ask", "claims", row.key, row.version, until=until.isoformat())
    announce(session, "claim.asked", {"claim": row.key, "wish": row.wish, "until": until.isoformat()})


def _close(session: Session, claim: str, state: str) -> None:
    session.connection().execute(
        update(INVITATIONS)
        .where(INVITATIONS.c.community == community_of(session), INVITATIONS.c.claim == claim,
               INVITATIONS.c.state == "asked")
        .values(state=state, answered_at=now_of(session))
    )


def _kept(session: Session, claim: str) -> Any:
    return session.connection().execute(
        select(INVITATIONS).where(
            INVITATIONS.c.community == community_of(session), INVITATIONS.c.claim == claim,
            INVITATIONS.c.state == "asked",
        )
    ).first()


def _asked(session: Session, wish: str) -> list[Any]:
    return list(session.connection().execute(
        select(INVITATIONS).where(
            INVITATIONS.c.community == community_of(session), INVITATIONS.c.wish == wish,
            INVITATIONS.c.state == "asked",
        )
    ))


def _of_wish(session: Session, wish: str, *states: str) -> Any:
    return select(CLAIMS).where(
        CLAIMS.c.community == community_of(session), CLAIMS.c.wish == wish, CLAIMS.c.state.in_(states)
    )


def _taken(session: Session, wish: str) -> int:
    """Places that are held. A name given for a team's place takes none of its own."""
    rows = session.connection().execute(_of_wish(session, wish, *HOLDING)).all()
    teams = {row.team: int(row.document.get("places", 1)) for row in rows if row.volunteer is None}
    return sum(teams.values()) + sum(row.volunteer is not None and row.team not in teams for row in rows)


def _waiting(session: Session, wish: str) -> list[Any]:
    """The first of the waitlist, as many as could be asked at once."""
    return list(session.connection().execute(
        _of_wish(session, wish, "waitlisted").order_by(CLAIMS.c.sequence).limit(200)
    ))


def _is_screened(session: Session, wish: str) -> bool:
    return session.connection().scalar(
        select(func.count()).select_from(_of_wish(session, wish, "chosen").subquery())
    ) != 0


def _let_names_go(session: Session, row: Any) -> None:
    """When a team steps back, the names it gave for its places go with it."""
    if row.volunteer is not None:
        return
    named = session.connection().execute(
        _of_wish(session, row.wish, *HOLDING).where(CLAIMS.c.team == row.team, CLAIMS.c.volunteer.is_not(None))
    ).all()
    for name in named:
        set_state(session, name, "withdrawn")
