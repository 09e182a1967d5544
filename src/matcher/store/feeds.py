"""Calendar feeds as rows: their secret addresses, and what each calendar was last told."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from matcher.errors import Fault
from matcher.store import facts
from matcher.store.audit import note
from matcher.store.database import now_of
from matcher.store.facts import NotFound
from matcher.store.feed_tables import FeedEntryRow, FeedRow
from matcher.store.scope import Scope, community_of
from matcher.store.tables import NOUNS
from matcher.store.tenants import scope_of
from matcher.store.words import say


@dataclass(frozen=True, slots=True)
class Feed:
    """An address of a volunteer's calendar. Its secret is told once, when it is made."""

    id: str
    number: int
    volunteer: str
    created_at: datetime
    created_by: str
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """What a calendar was told of one visit; ``state`` is ``told`` or ``cancelled``."""

    visit: str
    state: str
    sequence: int
    document: dict[str, Any]
    changed_at: datetime


def create(session: Session, volunteer: str) -> tuple[Feed, str]:
    """A new address for a volunteer's calendar, and its secret; older ones of the same person no longer work.

    Raises ``NotFound``.
    """
    facts.get(session, "volunteers", volunteer)
    secret, now = secrets.token_urlsafe(32), now_of(session)
    for row in session.scalars(select(FeedRow).where(FeedRow.volunteer == volunteer, FeedRow.revoked_at.is_(None))):
        row.revoked_at = now
    row = FeedRow(
        community=community_of(session), id=uuid.uuid4().hex, digest=digest_of(secret), volunteer=volunteer,
        created_at=now, created_by=session.info["actor"], revoked_at=None,
    )
    session.add(row)
    session.flush()
    note(session, "create", "feeds", row.id)
    return _seen(row), secret


def page(session: Session, *, after: int = 0, limit: int = 100, volunteer: str | None = None) -> tuple[Feed, ...]:
    """Addresses that work, oldest first."""
    wanted = (
        select(FeedRow).where(FeedRow.number > after, FeedRow.revoked_at.is_(None)).order_by(FeedRow.number).limit(limit)
    )
    if volunteer is not None:
        wanted = wanted.where(FeedRow.volunteer == volunteer)
    return tuple(_seen(row) for row in session.scalars(wanted))


def get(session: Session, key: str) -> Feed:
    """One address that works; raises ``NotFound``."""
    row = session.scalar(select(FeedRow).where(FeedRow.id == key, FeedRow.revoked_at.is_(None)))
    if row is None:
        raise NotFound([Fault(say("no-row", session.info["lang"], noun="feeds", key=key), code="no-row")])
    return _seen(row)


def revoke(session: Session, key: str) -> None:
    """The address no longer works; raises ``NotFound``."""
    get(session, key)
    session.execute(
        update(FeedRow)
        .where(FeedRow.id == key)
        .values(revoked_at=now_of(session))
        .execution_options(synchronize_session=False)
    )
    note(session, "revoke", "feeds", key)


def find(session: Session, secret: str) -> tuple[Scope, str] | None:
    """Whose calendar a secret opens: the community and the volunteer. The session is for everyone."""
    row = session.scalar(
        select(FeedRow).where(FeedRow.digest == digest_of(secret), FeedRow.revoked_at.is_(None))
    )
    return None if row is None else (scope_of(session, row.community), row.volunteer)


def digest_of(secret: str) -> str:
    """How a secret is kept. It is random and long: a plain digest cannot be guessed back."""
    return hashlib.sha256(secret.encode()).hexdigest()


def entries(session: Session, volunteer: str) -> dict[str, FeedEntry]:
    """What a volunteer's calendar was last told, by visit."""
    rows = session.scalars(select(FeedEntryRow).where(FeedEntryRow.volunteer == volunteer).order_by(FeedEntryRow.visit))
    return {row.visit: FeedEntry(row.visit, row.state, row.sequence, row.document, row.changed_at) for row in rows}


def keep_entries(session: Session, volunteer: str, changed: Iterable[FeedEntry]) -> None:
    """Keep what a calendar is told from now on."""
    community = community_of(session)
    for entry in changed:
        row = session.get(FeedEntryRow, (community, volunteer, entry.visit))
        if row is None:
            row = FeedEntryRow(community=community, volunteer=volunteer, visit=entry.visit)
            session.add(row)
        row.state, row.sequence, row.document, row.changed_at = entry.state, entry.sequence, entry.document, entry.changed_at
    session.flush()


def _seen(row: FeedRow) -> Feed:
    return Feed(row.id, row.number, row.volunteer, row.created_at, row.created_by, row.revoked_at)


def documents(session: Session, noun: str, keys: Sequence[str]) -> list[dict[str, Any]]:
    """The documents of the facts with these keys, those that are there."""
    table = NOUNS[noun]
    found: list[dict[str, Any]] = []
    for first in range(0, len(keys), facts.MOST_AT_ONCE):
        part = keys[first : first + facts.MOST_AT_ONCE]
        found += [row.document for row in session.scalars(select(table).where(table.key.in_(part)).order_by(table.key))]
    return found
