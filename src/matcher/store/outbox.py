"""The outbox: messages written in the same transaction as the change they tell of, delivered at least once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from matcher.store.database import now_of
from matcher.store.scope import community_of
from matcher.store.tables import OutboxRow

MOST_ATTEMPTS = 10
"""After so many failed deliveries a message is dead, and listed as such."""
_FIRST_WAIT = timedelta(seconds=10)
HANDS_OFF = timedelta(seconds=60)
"""How long a message that was taken is not taken again."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message to deliver. ``payload`` names rows by id; it holds no personal data."""

    number: int
    community: int
    topic: str
    payload: dict[str, Any]
    attempts: int


def announce(session: Session, topic: str, payload: dict[str, Any], *, community: int | None = None) -> None:
    """Leave a message, kept or dropped with the rest of the transaction."""
    now = now_of(session)
    session.add(
        OutboxRow(
            community=community_of(session) if community is None else community, topic=topic, payload=payload,
            state="waiting", created_at=now, due_at=now, attempts=0, last_error=None, ended_at=None,
        )
    )
    session.flush()


def take_due(session: Session, limit: int = 20) -> tuple[Message, ...]:
    """Messages to deliver now; nobody else gets them for a minute. Needs a session for everyone that writes."""
    now = now_of(session)
    due = session.scalars(
        select(OutboxRow)
        .where(OutboxRow.state == "waiting", OutboxRow.due_at <= now)
        .order_by(OutboxRow.due_at, OutboxRow.number)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    for row in due:
        row.due_at, row.attempts = now + HANDS_OFF, row.attempts + 1
    session.flush()
    return tuple(Message(row.number, row.community, row.topic, row.payload, row.attempts) for row in due)


def delivered(session: Session, *numbers: int) -> None:
    """The messages have arrived."""
    _set(session, *numbers, state="delivered", ended_at=now_of(session))


def wait_after(attempts: int) -> timedelta:
    """How long to wait after so many failures: ten seconds, and twice as long each time.

    >>> str(wait_after(1)), str(wait_after(4))
    ('0:00:10', '0:01:20')
    """
    return _FIRST_WAIT * int(2 ** (attempts - 1))


def failed(session: Session, message: Message, reason: str) -> None:
    """Try again later, twice as late each time; after ``MOST_ATTEMPTS`` the message is dead."""
    now = now_of(session)
    if message.attempts >= MOST_ATTEMPTS:
        _set(session, message.number, state="dead", ended_at=now, last_error=reason)
    else:
        _set(session, message.number, due_at=now + wait_after(message.attempts), last_error=reason)


def dead(session: Session, limit: int = 100) -> tuple[Message, ...]:
    """Messages within reach that could not be delivered."""
    rows = session.scalars(select(OutboxRow).where(OutboxRow.state == "dead").order_by(OutboxRow.number).limit(limit))
    return tuple(Message(row.number, row.community, row.topic, row.payload, row.attempts) for row in rows)


def revive(session: Session, number: int) -> None:
    """Deliver a dead message after all."""
    _set(session, number, state="waiting", due_at=now_of(session), attempts=0, ended_at=None)


def _set(session: Session, *numbers: int, **values: Any) -> None:
    session.execute(
        update(OutboxRow)
        .where(OutboxRow.number.in_(numbers))
        .values(**values)
        .execution_options(synchronize_session=False)
    )
