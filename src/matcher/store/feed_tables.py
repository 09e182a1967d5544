"""The tables of calendar feeds: who may fetch whose by which secret, and what the calendars were told."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from matcher.store.tables import Base, Tenant
from matcher.store.types import Document, Number


class FeedRow(Tenant, Base):
    """A secret address of one volunteer's calendar. The secret itself is not kept."""

    __tablename__ = "feeds"
    __table_args__ = (Index(None, "community", "volunteer"), {"sqlite_autoincrement": True})

    number: Mapped[int] = mapped_column(Number, primary_key=True)
    id: Mapped[str] = mapped_column(String(32), unique=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    """SHA-256 of the secret: it is random and long, so a slow hash would add nothing."""
    volunteer: Mapped[str]
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    revoked_at: Mapped[datetime | None]


class FeedEntryRow(Tenant, Base):
    """One entry of a volunteer's calendar as it was last handed out; ``sequence`` rises with every change of it."""

    __tablename__ = "feed_entries"

    community: Mapped[int] = mapped_column(
        Number, ForeignKey("communities.number", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    volunteer: Mapped[str] = mapped_column(primary_key=True)
    visit: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(String(10))
    """``told``, or ``cancelled``: shown as taken back."""
    sequence: Mapped[int]
    document: Mapped[dict[str, Any]] = mapped_column(Document)
    """What the calendar shows: uid, times, title, place."""
    changed_at: Mapped[datetime]
