"""Signs of life of workers: how a server knows that somebody takes its runs."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from matcher.store.database import now_of
from matcher.store.webhook_tables import WorkerRow

SILENT = timedelta(seconds=60)
"""A worker that has said nothing for so long is not there."""
_FORGOTTEN = timedelta(days=1)


def beat(session: Session, name: str, *, slots: int, busy: int) -> None:
    """A worker is there. Needs a session for everyone that writes."""
    now = now_of(session)
    row = session.get(WorkerRow, name)
    if row is None:
        session.add(WorkerRow(name=name, slots=slots, busy=busy, began_at=now, seen_at=now))
        session.execute(
            delete(WorkerRow).where(WorkerRow.seen_at < now - _FORGOTTEN).execution_options(synchronize_session=False)
        )
    else:
        row.slots, row.busy, row.seen_at = slots, busy, now
    session.flush()


def leave(session: Session, name: str) -> None:
    """A worker ends."""
    session.execute(delete(WorkerRow).where(WorkerRow.name == name).execution_options(synchronize_session=False))


def present(session: Session) -> tuple[int, int]:
    """How many workers are there, and how many runs they can do at once."""
    found = session.execute(
        select(func.count(), func.coalesce(func.sum(WorkerRow.slots), 0)).where(
            WorkerRow.seen_at > now_of(session) - SILENT
        )
    ).one()
    return int(found[0]), int(found[1])


def last_seen(session: Session) -> datetime | None:
    """When any worker was last seen."""
    return session.scalar(select(func.max(WorkerRow.seen_at)))
