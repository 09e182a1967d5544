"""The tables of the loop and of people without an account: orders, invitations, links, tickets, messages."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from matcher.store.tables import Base, ClaimRow, Tenant
from matcher.store.types import Document, Number

# Who holds a place of a wish, and who waits for one in which order: asked for at every claim.
Index(
    None, ClaimRow.__table__.c.community, ClaimRow.__table__.c.wish, ClaimRow.__table__.c.state,
    ClaimRow.__table__.c.sequence,
)


class OrderRow(Tenant, Base):
    """A wish on its way round the loop. Before it is verified it has no wish yet, only what was asked for in words."""

    __tablename__ = "orders"
    __table_args__ = (
        UniqueConstraint("community", "wish"),
        Index(None, "community", "stage"),
        {"sqlite_autoincrement": True},
    )

    number: Mapped[int] = mapped_column(Number, primary_key=True)
    id: Mapped[str] = mapped_column(String(32), unique=True)
    wish: Mapped[str | None]
    stage: Mapped[str] = mapped_column(String(12))
    places: Mapped[int | None]
    """How many people may hold a place by coming first; None: claims stay open until somebody screens them."""
    answer_minutes: Mapped[int]
    """How long somebody on the waitlist has to say yes to a place."""
    document: Mapped[dict[str, Any] | None] = mapped_column(Document)
    """What was asked for and by whom, as written; None for wishes that were entered by the community itself."""
    version: Mapped[int] = mapped_column(Number)
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    changed_by: Mapped[str]


class VisitOrderRow(Tenant, Base):
    """One visit on its way round the loop: planned, served, confirmed; and what the resident's side said of it."""

    __tablename__ = "visit_orders"
    __table_args__ = (Index(None, "community", "wish"),)

    community: Mapped[int] = mapped_column(
        Number, ForeignKey("communities.number", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    visit: Mapped[str] = mapped_column(primary_key=True)
    wish: Mapped[str]
    stage: Mapped[str] = mapped_column(String(12))
    document: Mapped[dict[str, Any] | None] = mapped_column(Document)
    version: Mapped[int] = mapped_column(Number)
    changed_at: Mapped[datetime]
    changed_by: Mapped[str]


class InvitationRow(Tenant, Base):
    """A place that came free, offered to the next on the waitlist; kept for them until they answer or the time is up."""

    __tablename__ = "invitations"
    __table_args__ = (
        Index(None, "community", "wish", "state"),
        Index(None, "state", "until"),
        {"sqlite_autoincrement": True},
    )

    number: Mapped[int] = mapped_column(Number, primary_key=True)
    claim: Mapped[str]
    wish: Mapped[str]
    places: Mapped[int]
    state: Mapped[str] = mapped_column(String(10))
    """``asked``, ``yes``, ``no`` or ``lapsed``."""
    asked_at: Mapped[datetime]
    until: Mapped[datetime]
    answered_at: Mapped[datetime | None]


class LinkRow(Tenant, Base):
    """A link people without an account come by, usually as a QR code. The token itself is not kept."""

    __tablename__ = "links"
    __table_args__ = ({"sqlite_autoincrement": True},)

    number: Mapped[int] = mapped_column(Number, primary_key=True)
    id: Mapped[str] = mapped_column(String(32), unique=True)
    kind: Mapped[str] = mapped_column(String(10))
    """``wish``, ``join`` or ``claim``."""
    wish: Mapped[str | None]
    """The wish a claim link is for; None: any that may be claimed."""
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    """SHA-256 of the token: it is random and long, so a slow hash would add nothing."""
    shown: Mapped[str] = mapped_column(String(12))
    """The token's beginning, by which people tell links apart."""
    document: Mapped[dict[str, Any]] = mapped_column(Document)
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    most_uses: Mapped[int | None]
    most_per_address: Mapped[int]
    """Uses in an hour from one address."""
    uses: Mapped[int] = mapped_column(Number)
    created_at: Mapped[datetime]
    created_by: Mapped[str]


class LinkUseRow(Tenant, Base):
    """How often a link was used from one address in one hour. The address is hashed with the link's own digest."""

    __tablename__ = "link_uses"

    link: Mapped[int] = mapped_column(
        Number, ForeignKey("links.number", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    address: Mapped[str] = mapped_column(String(64), primary_key=True)
    hour: Mapped[datetime] = mapped_column(primary_key=True)
    count: Mapped[int]


class TicketRow(Tenant, Base):
    """One person's secret for one thing: a claim, their own turns, a visit to confirm. The secret itself is not kept."""

    __tablename__ = "tickets"
    __table_args__ = (Index(None, "community", "kind", "subject"), {"sqlite_autoincrement": True})

    number: Mapped[int] = mapped_column(Number, primary_key=True)
    id: Mapped[str] = mapped_column(String(32), unique=True)
    kind: Mapped[str] = mapped_column(String(10))
    """``order``, ``claim``, ``person`` or ``visit``."""
    subject: Mapped[str]
    """The order, claim, volunteer or visit it is for."""
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    once: Mapped[bool]
    """Good for one answer only."""
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    created_by: Mapped[str]


class MessageRow(Tenant, Base):
    """One message about a visit, between the resident's side, the volunteers and the coordinator; numbers masked."""

    __tablename__ = "messages"
    __table_args__ = (Index(None, "community", "visit", "number"), {"sqlite_autoincrement": True})

    number: Mapped[int] = mapped_column(Number, primary_key=True)
    visit: Mapped[str]
    side: Mapped[str] = mapped_column(String(12))
    """``resident``, ``volunteer`` or ``coordinator``."""
    author: Mapped[str]
    """The resident's or volunteer's id, or who signs for the coordinator."""
    document: Mapped[dict[str, Any]] = mapped_column(Document)
    created_at: Mapped[datetime]
    hidden_at: Mapped[datetime | None]
    hidden_by: Mapped[str | None]
