"""What the loop, links and messages hold on a person: shown with everything else, and erased with it."""

from __future__ import annotations

from collections.abc import Callable, Set
from typing import Any

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from matcher.store.link_tables import InvitationRow, MessageRow, OrderRow, TicketRow, VisitOrderRow
from matcher.store.tables import NOUNS, ClaimRow


def export_linked(session: Session, who: Set[str], wishes: Set[str]) -> dict[str, Any]:
    """Orders, what was said of visits, messages and tickets of a person, and of the wishes that are theirs."""
    phones = _phones(session, who)
    return {
        "orders": [
            {"order": row.id, "wish": row.wish, "stage": row.stage, "asked": row.document}
            for row in session.scalars(select(OrderRow).order_by(OrderRow.number)) if _is_theirs(row, wishes, phones)
        ],
        "confirmed": [
            {"visit": row.visit, "stage": row.stage, "said": _said(row)}
            for row in session.scalars(select(VisitOrderRow).where(VisitOrderRow.wish.in_(wishes)))
        ],
        "replies": [
            {"visit": row.visit} | told
            for row in session.scalars(select(VisitOrderRow).where(VisitOrderRow.document.is_not(None)))
            for name, told in (row.document or {}).get("replies", {}).items() if name in who
        ],
        "messages": [
            {"visit": row.visit, "at": row.created_at.isoformat(), "text": row.document["text"]}
            for row in session.scalars(select(MessageRow).order_by(MessageRow.number))
            if row.author in who and row.side != "coordinator"
        ],
        "tickets": [
            {"kind": row.kind, "subject": row.subject, "expires_at": row.expires_at.isoformat()}
            for row in session.scalars(select(TicketRow).where(TicketRow.subject.in_(who)))
        ],
    }


def erase_linked(session: Session, who: Set[str], wishes: Set[str], mask: Callable[[str], str]) -> int:
    """Delete a person's orders, messages, invitations and tickets, and threads about their wishes; how many rows.

    Names in what others wrote are masked. Call it before the person's own rows are gone.
    """
    phones = _phones(session, who)
    claims = set(session.scalars(
        select(ClaimRow.key).where(or_(ClaimRow.volunteer.in_(who), ClaimRow.wish.in_(wishes)))
    ))
    gone = [row for row in session.scalars(select(OrderRow)) if _is_theirs(row, wishes, phones)]
    orders = {row.id for row in gone}
    count = len(gone)
    for row in gone:
        session.delete(row)
    visits: set[str] = set()
    for message in session.scalars(select(MessageRow)).all():
        visits.add(message.visit)
        if (message.author in who and message.side != "coordinator") or _wish_of(message.visit) in wishes:
            session.delete(message)
            count += 1
        elif (text := mask(message.document["text"])) != message.document["text"]:
            message.document = message.document | {"text": text}
    for order in session.scalars(select(VisitOrderRow).where(VisitOrderRow.document.is_not(None))).all():
        told = (order.document or {}).get("replies", {})
        if told.keys() & who:
            order.document = (order.document or {}) | {"replies": {name: one for name, one in told.items() if name not in who}}
            count += 1
    session.flush()
    own = {visit for visit in visits if _wish_of(visit) in wishes}
    own |= set(session.scalars(select(VisitOrderRow.visit).where(VisitOrderRow.wish.in_(wishes))))
    for statement in (
        delete(VisitOrderRow).where(VisitOrderRow.wish.in_(wishes)),
        delete(InvitationRow).where(or_(InvitationRow.claim.in_(claims), InvitationRow.wish.in_(wishes))),
        delete(TicketRow).where(TicketRow.subject.in_(who | claims | orders | own)),
    ):
        count += session.execute(statement.execution_options(synchronize_session=False)).rowcount  # type: ignore[attr-defined]
    return count


def _said(row: VisitOrderRow) -> dict[str, Any] | None:
    """What the resident's side said; what volunteers said before is theirs."""
    return row.document and {name: value for name, value in row.document.items() if name != "replies"}


def _is_theirs(row: OrderRow, wishes: Set[str], phones: Set[str]) -> bool:
    """An order of one of their wishes, or one that gives a phone number of theirs."""
    told = row.document or {}
    return row.wish in wishes or bool({str(told.get("phone")), str(told.get("helper_phone"))} & phones)


def _phones(session: Session, who: Set[str]) -> set[str]:
    people = [NOUNS[noun] for noun in ("volunteers", "residents")]
    rows = [row for table in people for row in session.scalars(select(table).where(table.key.in_(who)))]
    return {str(row.document["phone"]) for row in rows if row.document.get("phone")}


def _wish_of(visit: str) -> str:
    return visit.rpartition("/")[0]
