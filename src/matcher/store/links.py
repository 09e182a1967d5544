"""Links and tickets: how people without an account come in. Tokens are random, kept as digests, and can be taken back.

A link is for everybody who has its QR code: to submit a wish, to join, to claim. A ticket is one person's, for one
thing: their order, their claim, their own turns, a visit to confirm.
"""

from __future__ import annotations

import hashlib
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from matcher.errors import BadInput
from matcher.store.audit import note
from matcher.store.claims import fault
from matcher.store.database import Database, now_of
from matcher.store.facts import NotFound, lock
from matcher.store.link_tables import LinkRow, LinkUseRow, TicketRow
from matcher.store.scope import Scope, community_of
from matcher.store.tenants import scope_of

LinkKind = Literal["wish", "join", "claim"]
TicketKind = Literal["order", "claim", "person", "visit"]

LINK_DAYS, MOST_LINK_DAYS = 30, 366
TICKET_DAYS = 90
MOST_PER_ADDRESS = 30
"""Uses of a link in an hour from one address, unless it says otherwise: a family behind one router, not a machine."""
_SHOWN = 8


class Refused(BadInput):
    """Too often, or used up: not now, or not any more."""


@dataclass(frozen=True, slots=True)
class Link:
    """A link as it stands. ``token`` is there only when it has just been made."""

    id: str
    number: int
    kind: str
    wish: str | None
    shown: str
    label: str
    expires_at: datetime
    revoked_at: datetime | None
    most_uses: int | None
    most_per_address: int
    uses: int
    created_at: datetime
    created_by: str
    token: str | None = None


@dataclass(frozen=True, slots=True)
class Ticket:
    """One person's secret. ``subject`` is the order, claim, volunteer or visit it is for."""

    id: str
    number: int
    kind: str
    subject: str
    once: bool
    expires_at: datetime
    used_at: datetime | None
    token: str | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """What a token opens: where, and a link or a ticket."""

    scope: Scope
    link: Link | None = None
    ticket: Ticket | None = None


def digest_of(token: str) -> str:
    """What is kept of a token. It has 192 random bits: a slow hash would add nothing."""
    return hashlib.sha256(token.encode()).hexdigest()


# -------------------------------------------------------------------------------------------------- links


def make_link(
    session: Session, kind: LinkKind, *, wish: str | None = None, label: str = "", days: int = LINK_DAYS,
    most_uses: int | None = None, most_per_address: int = MOST_PER_ADDRESS,
) -> Link:
    """A new link with its token, shown this once. Raises ``BadInput`` for numbers out of reach."""
    lang = session.info["lang"]
    if not 1 <= days <= MOST_LINK_DAYS:
        raise BadInput([fault("bad-expiry", lang, at=("days",), days=days, most=MOST_LINK_DAYS)])
    token, now = f"m{kind[0]}_{secrets.token_urlsafe(24)}", now_of(session)
    row = LinkRow(
        community=community_of(session), id=uuid.uuid4().hex, kind=kind, wish=wish, digest=digest_of(token),
        shown=token[:_SHOWN], document={"label": label}, expires_at=now + timedelta(days=days), revoked_at=None,
        most_uses=most_uses, most_per_address=most_per_address, uses=0, created_at=now,
        created_by=session.info["actor"],
    )
    session.add(row)
    session.flush()
    note(session, "create", "links", row.id, 1, kind=kind)
    return _link(row, token)


def links(session: Session, *, after: int = 0, limit: int = 100) -> tuple[Link, ...]:
    """The community's links, the oldest first, from behind a ``number``."""
    community_of(session)
    wanted = select(LinkRow).where(LinkRow.number > after).order_by(LinkRow.number).limit(limit)
    return tuple(_link(row) for row in session.scalars(wanted))


def link(session: Session, key: str) -> Link:
    """One link; raises ``NotFound``."""
    return _link(_link_row(session, key))


def revoke_link(session: Session, key: str) -> Link:
    """Nobody comes by this link any more. Doing so twice changes nothing. Raises ``NotFound``."""
    row = _link_row(session, key)
    if row.revoked_at is None:
        row.revoked_at = now_of(session)
        session.flush()
        note(session, "revoke", "links", key)
    return _link(row)


def count_use(session: Session, found: Link, address: str) -> None:
    """Count one use of a link from an address, in the transaction of what it is used for.

    Raises ``Refused`` where the link has been used as often as it may be, or by this address in this hour.
    """
    lock(session, 0)  # the community first, as everywhere: nobody waits for each other in a circle
    lang, now = session.info["lang"], now_of(session)
    hour = now.replace(minute=0, second=0, microsecond=0)
    where = hashlib.sha256(f"{found.id}\n{found.number}\n{address}".encode()).hexdigest()
    if found.most_uses is not None:
        done = session.execute(
            update(LinkRow)
            .where(LinkRow.number == found.number, LinkRow.uses < found.most_uses)
            .values(uses=LinkRow.uses + 1)
            .execution_options(synchronize_session=False)
        )
        if done.rowcount == 0:  # type: ignore[attr-defined]
            raise Refused([fault("used-up", lang)])
    else:
        session.execute(
            update(LinkRow).where(LinkRow.number == found.number).values(uses=LinkRow.uses + 1)
            .execution_options(synchronize_session=False)
        )
    # The link's row is locked by now: whoever counts the same address waits here.
    before = session.scalar(
        select(LinkUseRow.count).where(
            LinkUseRow.link == found.number, LinkUseRow.address == where, LinkUseRow.hour == hour
        )
    )
    if before is not None and before >= found.most_per_address:
        raise Refused([fault("too-often", lang)])
    if before is None:
        session.execute(
            delete(LinkUseRow).where(LinkUseRow.hour < hour).execution_options(synchronize_session=False)
        )
        session.execute(insert(LinkUseRow), [
            {"community": community_of(session), "link": found.number, "address": where, "hour": hour, "count": 1}
        ])
    else:
        session.execute(
            update(LinkUseRow)
            .where(LinkUseRow.link == found.number, LinkUseRow.address == where, LinkUseRow.hour == hour)
            .values(count=before + 1)
            .execution_options(synchronize_session=False)
        )


# ------------------------------------------------------------------------------------------------ tickets


def make_ticket(
    session: Session, kind: TicketKind, subject: str, *, once: bool = False, days: int = TICKET_DAYS
) -> Ticket:
    """A new ticket with its token, shown this once."""
    token, now = f"mt_{secrets.token_urlsafe(24)}", now_of(session)
    row = TicketRow(
        community=community_of(session), id=uuid.uuid4().hex, kind=kind, subject=subject, digest=digest_of(token),
        once=once, expires_at=now + timedelta(days=days), used_at=None, revoked_at=None, created_at=now,
        created_by=session.info["actor"],
    )
    session.add(row)
    session.flush()
    note(session, "create", "tickets", row.id, None, kind=kind, subject=subject)
    return _ticket(row, token)


def use_ticket(session: Session, found: Ticket) -> None:
    """Use up a ticket that is good for one answer; raises ``Refused`` if it has been. Others stay as they are."""
    if not found.once:
        return
    done = session.execute(
        update(TicketRow)
        .where(TicketRow.number == found.number, TicketRow.used_at.is_(None))
        .values(used_at=now_of(session))
        .execution_options(synchronize_session=False)
    )
    if done.rowcount == 0:  # type: ignore[attr-defined]
        raise Refused([fault("ticket-used", session.info["lang"])])


def revoke_tickets(session: Session, kind: TicketKind, subject: str) -> int:
    """Take back every ticket for one thing; how many."""
    done = session.execute(
        update(TicketRow)
        .where(TicketRow.kind == kind, TicketRow.subject == subject, TicketRow.revoked_at.is_(None))
        .values(revoked_at=now_of(session))
        .execution_options(synchronize_session=False)
    )
    return int(done.rowcount)  # type: ignore[attr-defined]


# ------------------------------------------------------------------------------------------------ opening


def opened(database: Database, token: str, lang: str) -> Opened:
    """What a token opens; raises ``NotFound`` in the same words for one that is unknown, expired or taken back."""
    refusal = NotFound([fault("bad-token", lang)])
    if not token.startswith("m") or len(token) > 100 or not token.isascii():
        raise refusal
    with database.everyone("open") as session:
        now, digest = now_of(session), digest_of(token)
        table: type[Any] = TicketRow if token.startswith("mt_") else LinkRow
        row = session.scalar(select(table).where(table.digest == digest))
        if row is None or row.revoked_at is not None or row.expires_at <= now:
            raise refusal
        scope = scope_of(session, row.community)
    return Opened(scope, ticket=_ticket(row)) if isinstance(row, TicketRow) else Opened(scope, link=_link(row))


def _link_row(session: Session, key: str) -> LinkRow:
    row = session.scalar(select(LinkRow).where(LinkRow.id == key))
    if row is None:
        raise NotFound([fault("no-link", session.info["lang"], key=key)])
    return row


def _link(row: LinkRow, token: str | None = None) -> Link:
    return Link(
        row.id, row.number, row.kind, row.wish, row.shown, str(row.document.get("label", "")), row.expires_at,
        row.revoked_at, row.most_uses, row.most_per_address, row.uses, row.created_at, row.created_by, token,
    )


def _ticket(row: TicketRow, token: str | None = None) -> Ticket:
    return Ticket(row.id, row.number, row.kind, row.subject, row.once, row.expires_at, row.used_at, token)
