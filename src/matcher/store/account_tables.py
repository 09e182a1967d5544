"""The tables of accounts: users, their sessions, keys, one-time tokens, failed attempts; and the keys of encryption.

Secrets are kept as hashes only. Accounts belong to the server, a district or a community; they are no tenant's rows,
so ``accounts`` asks for them with the caller's own scope.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from matcher.store.tables import Base
from matcher.store.types import Document, Number

ROLES = ("admin", "coordinator", "team-lead", "volunteer", "system", "viewer")


class Holder:
    """What a user and a key have in common: a role, and how far it reaches."""

    number: Mapped[int] = mapped_column(Number, primary_key=True, sort_order=-9)
    id: Mapped[str] = mapped_column(String(32), unique=True, sort_order=-8)
    role: Mapped[str] = mapped_column(String(12), sort_order=-7)
    district: Mapped[int | None] = mapped_column(
        Number, ForeignKey("districts.number", ondelete="CASCADE"), sort_order=-6
    )
    community: Mapped[int | None] = mapped_column(
        Number, ForeignKey("communities.number", ondelete="CASCADE"), index=True, sort_order=-5
    )
    team: Mapped[str | None] = mapped_column(sort_order=-4)
    volunteer: Mapped[str | None] = mapped_column(sort_order=-3)
    """The volunteer this account is, among the community's facts."""
    document: Mapped[dict[str, Any]] = mapped_column(Document, sort_order=-2)
    """What people call it: ``name``, ``note``."""


class UserRow(Holder, Base):
    """Somebody who may sign in. ``login`` is chosen by whoever made the account; it stands in the log."""

    __tablename__ = "users"
    __table_args__ = (CheckConstraint(f"role IN {ROLES}", name="role"), {"sqlite_autoincrement": True})

    login: Mapped[str] = mapped_column(unique=True)
    password: Mapped[str | None] = mapped_column(String(200))
    """As argon2 writes it, with its parameters; None until one is chosen."""
    version: Mapped[int] = mapped_column(Number)
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    seen_at: Mapped[datetime | None]
    disabled_at: Mapped[datetime | None]


class KeyRow(Holder, Base):
    """A key for a program: the SHA-256 of it, and its first letters to recognise it by."""

    __tablename__ = "api_keys"
    __table_args__ = (CheckConstraint(f"role IN {ROLES}", name="role"), {"sqlite_autoincrement": True})

    owner: Mapped[int | None] = mapped_column(Number, ForeignKey("users.number", ondelete="CASCADE"), index=True)
    """The user whose key it is; it ends with them."""
    prefix: Mapped[str] = mapped_column(String(16))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    expires_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class SessionRow(Base):
    """A user who is signed in with a browser."""

    __tablename__ = "user_sessions"
    __table_args__ = ({"sqlite_autoincrement": True},)

    number: Mapped[int] = mapped_column(Number, primary_key=True)
    id: Mapped[str] = mapped_column(String(32), unique=True)
    user: Mapped[int] = mapped_column(Number, ForeignKey("users.number", ondelete="CASCADE"), index=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class TokenRow(Base):
    """A token that works once: to choose a password."""

    __tablename__ = "one_time_tokens"
    __table_args__ = ({"sqlite_autoincrement": True},)

    number: Mapped[int] = mapped_column(Number, primary_key=True)
    user: Mapped[int] = mapped_column(Number, ForeignKey("users.number", ondelete="CASCADE"), index=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class AttemptRow(Base):
    """Failed attempts to sign in, by the digest of a login or of an address; forgotten after a day."""

    __tablename__ = "failed_attempts"

    subject: Mapped[str] = mapped_column(String(64), primary_key=True)
    failures: Mapped[int]
    failed_at: Mapped[datetime] = mapped_column(index=True)
    blocked_until: Mapped[datetime | None]


class EncryptionRow(Base):
    """Which key documents are encrypted with: its id, never the key. No row: they are kept as plain text."""

    __tablename__ = "encryption"

    key: Mapped[str] = mapped_column(String(16), primary_key=True)
    since: Mapped[datetime]
