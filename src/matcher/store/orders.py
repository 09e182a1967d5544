"""Orders: wishes and visits on their way round the loop, as rows. Which moves are allowed is ``service.loop``'s to say."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from matcher.store.audit import note
from matcher.store.claims import ANSWER_MINUTES, ORDERS, fault
from matcher.store.database import now_of
from matcher.store.facts import Conflict, NotFound
from matcher.store.link_tables import OrderRow, VisitOrderRow
from matcher.store.outbox import announce
from matcher.store.scope import community_of
from matcher.store.tables import WishRow
from matcher.store.words import say as store_say


@dataclass(frozen=True, slots=True)
class Order:
    """A wish on its way round the loop. ``wish`` is None until it is verified; ``document`` is what was asked for.

    ``places``: how many may hold a place by coming first; ``answer_minutes``: how long the waitlist has to say yes.
    ``number`` is 0 for a wish nobody has moved yet.
    """

    id: str
    number: int
    wish: str | None
    stage: str
    places: int | None
    answer_minutes: int
    document: dict[str, Any] | None
    version: int
    created_at: datetime
    changed_at: datetime
    changed_by: str

    @property
    def etag(self) -> str:
        """What HTTP calls this version."""
        return f'"{self.version}"'


@dataclass(frozen=True, slots=True)
class VisitOrder:
    """A visit on its way round the loop; ``document`` is what the resident's side said of it."""

    visit: str
    wish: str
    stage: str
    document: dict[str, Any] | None
    version: int
    changed_at: datetime
    changed_by: str


# ------------------------------------------------------------------------------------------------- wishes


def get(session: Session, key: str) -> Order:
    """One order; raises ``NotFound``."""
    row = session.scalar(select(OrderRow).where(OrderRow.id == key))
    if row is None:
        raise NotFound([fault("no-order", session.info["lang"], key=key)])
    return _seen(row)


def of_wish(session: Session, wish: str) -> Order:
    """The order of a wish; one that nobody has moved is ``verified``: the community itself entered it.

    Raises ``NotFound`` for an unknown wish.
    """
    row = session.scalar(select(OrderRow).where(OrderRow.wish == wish))
    if row is not None:
        return _seen(row)
    told = session.scalar(select(WishRow).where(WishRow.key == wish))
    if told is None:
        raise NotFound([fault("no-wish", session.info["lang"], wish=wish)])
    return Order(
        "", 0, wish, "verified", None, ANSWER_MINUTES, None, 0, told.changed_at, told.changed_at, told.changed_by
    )


def page(session: Session, *, after: int = 0, limit: int = 100, stage: str | None = None) -> tuple[Order, ...]:
    """Orders in the order they came, from behind a ``number``."""
    community_of(session)
    wanted = select(OrderRow).where(OrderRow.number > after).order_by(OrderRow.number).limit(limit)
    if stage is not None:
        wanted = wanted.where(OrderRow.stage == stage)
    return tuple(_seen(row) for row in session.scalars(wanted))


def submit(session: Session, document: Mapping[str, Any]) -> Order:
    """Keep what somebody asks for, in their words, until the community has verified it."""
    return _insert(session, None, "submitted", dict(document))


def refuse_stale(session: Session, order: Order, expected: int | None) -> None:
    """Raise ``Conflict`` unless the order is of the version the caller knows."""
    if expected is not None and expected != order.version:
        from matcher.errors import Fault

        lang, name = session.info["lang"], order.id or str(order.wish)
        message = store_say("stale", lang, key=name, who=order.changed_by, version=order.version)
        raise Conflict([Fault(message, store_say("stale-advice", lang), code="stale")])


def move(session: Session, order: Order, stage: str, **changes: Any) -> Order:
    """Give an order another stage, and what else changes with it (``wish``, ``places``, ``answer_minutes``)."""
    if order.number == 0:
        order = _insert(session, order.wish, "verified", None)
        if stage == "verified" and not changes:
            return order
    moved(session, order, stage, **changes)
    return get(session, order.id)


def moved(session: Session, order: Any, stage: str, **changes: Any) -> None:
    """As ``move``, of a row or an ``Order`` that is there, handing nothing back."""
    session.connection().execute(
        update(ORDERS)
        .where(ORDERS.c.community == community_of(session), ORDERS.c.number == order.number)
        .values(stage=stage, version=order.version + 1, changed_at=now_of(session), changed_by=session.info["actor"],
                **changes)
    )
    session.expire_all()
    wish = changes.get("wish", order.wish)
    note(session, "move", "orders", order.id, order.version + 1, stage=stage, was=order.stage)
    if stage != order.stage:
        announce(session, "wish.stage", {"order": order.id, "wish": wish, "stage": stage, "was": order.stage})


def _insert(session: Session, wish: str | None, stage: str, document: dict[str, Any] | None) -> Order:
    now = now_of(session)
    row = OrderRow(
        community=community_of(session), id=uuid.uuid4().hex, wish=wish, stage=stage, places=None,
        answer_minutes=ANSWER_MINUTES, document=document, version=1, created_at=now, changed_at=now,
        changed_by=session.info["actor"],
    )
    session.add(row)
    session.flush()
    note(session, "create", "orders", row.id, 1, stage=stage)
    if stage == "submitted":
        announce(session, "wish.stage", {"order": row.id, "wish": None, "stage": stage, "was": None})
    return _seen(row)


def _seen(row: OrderRow) -> Order:
    return Order(
        row.id, row.number, row.wish, row.stage, row.places, row.answer_minutes, row.document, row.version,
        row.created_at, row.changed_at, row.changed_by,
    )


# ------------------------------------------------------------------------------------------------- visits


def visit_order(session: Session, visit: str) -> VisitOrder | None:
    """A visit's order; None before it was planned."""
    row = session.scalar(select(VisitOrderRow).where(VisitOrderRow.visit == visit))
    return None if row is None else _seen_visit(row)


def visit_orders(session: Session, wish: str) -> tuple[VisitOrder, ...]:
    """The visits of a wish that have been planned, by their ids."""
    community_of(session)
    rows = session.scalars(select(VisitOrderRow).where(VisitOrderRow.wish == wish).order_by(VisitOrderRow.visit))
    return tuple(map(_seen_visit, rows))


def said_orders(session: Session, *, after: str = "", limit: int = 100) -> tuple[VisitOrder, ...]:
    """The visits of which anything was said, by their ids, from behind one."""
    community_of(session)
    rows = session.scalars(
        select(VisitOrderRow).where(VisitOrderRow.visit > after, VisitOrderRow.document.is_not(None))
        .order_by(VisitOrderRow.visit).limit(limit)
    )
    return tuple(map(_seen_visit, rows))


def move_visit(
    session: Session, visit: str, wish: str, stage: str, document: Mapping[str, Any] | None = None
) -> VisitOrder:
    """Give a visit a stage, making its order if there is none. What was said of it stays unless it is said anew."""
    row = session.scalar(select(VisitOrderRow).where(VisitOrderRow.visit == visit))
    was = None if row is None else row.stage
    if row is None:
        row = VisitOrderRow(community=community_of(session), visit=visit, wish=wish, version=0, document=None)
        session.add(row)
    row.stage, row.version = stage, row.version + 1
    row.changed_at, row.changed_by = now_of(session), session.info["actor"]
    if document is not None:
        row.document = dict(document)
    session.flush()
    note(session, "move", "visit_orders", visit, row.version, stage=stage, was=was)
    if stage != was:
        announce(session, "visit.stage", {"visit": visit, "wish": wish, "stage": stage, "was": was})
    return _seen_visit(row)


def forget_visits(session: Session, visits: Iterable[str]) -> None:
    """Visits that nobody is planned for any more."""
    names = sorted(visits)
    for name in names:
        note(session, "remove", "visit_orders", name)
    session.execute(
        delete(VisitOrderRow).where(VisitOrderRow.visit.in_(names)).execution_options(synchronize_session=False)
    )


def _seen_visit(row: VisitOrderRow) -> VisitOrder:
    return VisitOrder(row.visit, row.wish, row.stage, row.document, row.version, row.changed_at, row.changed_by)
