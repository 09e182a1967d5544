"""Tables of webhooks and what was sent to them, and the signs of life of workers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from matcher.store.tables import Base, Tenant
from matcher.store.types import Document, Number


class WebhookRow(Tenant, Base):
    """Who wants to be told: an address, and the topics it hears."""

    __tablename__ = "webhooks"
    __table_args__ = ({"sqlite_autoincrement": True},)

    number: Mapped[int] = mapped_column(Number, primary_key=True)
    id: Mapped[str] = mapped_column(String(32), unique=True)
    document: Mapped[dict[str, Any]] = mapped_column(Document)
    """``url``, ``topics``, ``note``, and the ``secrets`` that sign: the newest first, the one before it for a day."""
    active: Mapped[bool]
    failures: Mapped[int]
    """Deliveries that failed since the last that arrived."""
    resting_until: Mapped[datetime | None]
    """After a failure nothing is sent until then."""
    version: Mapped[int] = mapped_column(Number)
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    changed_by: Mapped[str]


class DeliveryRow(Tenant, Base):
    """One message for one webhook: what became of it."""

    __tablename__ = "deliveries"
    __table_args__ = (
        UniqueConstraint("webhook", "message"),
        Index(None, "state", "due_at"),
        Index(None, "message"),
        {"sqlite_autoincrement": True},
    )

    number: Mapped[int] = mapped_column(Number, primary_key=True)
    id: Mapped[str] = mapped_column(String(32), unique=True)
    webhook: Mapped[int] = mapped_column(Number, ForeignKey("webhooks.number", ondelete="CASCADE"))
    message: Mapped[int] = mapped_column(Number, ForeignKey("outbox.number", ondelete="CASCADE"))
    state: Mapped[str] = mapped_column(String(10))
    """``waiting``, ``delivered`` or ``dead``."""
    attempts: Mapped[int]
    due_at: Mapped[datetime]
    status: Mapped[int | None]
    """What the receiver answered last, as HTTP counts."""
    last_error: Mapped[str | None] = mapped_column(Text)
    queued_at: Mapped[datetime]
    """When it was last put in the queue: handed out, or revived."""
    ended_at: Mapped[datetime | None]


class WorkerRow(Base):
    """A worker's last sign of life. Belongs to no tenant and names no run."""

    __tablename__ = "workers"

    name: Mapped[str] = mapped_column(primary_key=True)
    slots: Mapped[int]
    busy: Mapped[int]
    began_at: Mapped[datetime]
    seen_at: Mapped[datetime]
