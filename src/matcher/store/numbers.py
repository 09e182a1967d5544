"""What there is to count across all tenants, for those who watch a server: no names, no ids."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matcher.store.database import now_of
from matcher.store.tables import ClaimRow, OutboxRow, RunRow
from matcher.store.webhook_tables import DeliveryRow
from matcher.store.workers import present


@dataclass(frozen=True, slots=True)
class Numbers:
    """Rows by state, and how many seconds the oldest of those that wait has waited."""

    runs: dict[str, int]
    oldest_run_seconds: float
    messages: dict[str, int]
    deliveries: dict[str, int]
    oldest_delivery_seconds: float
    claims: dict[str, int]
    workers: int
    slots: int


def numbers(session: Session) -> Numbers:
    """Everything, as of now. Needs a session for everyone."""
    now = now_of(session)
    workers, slots = present(session)
    return Numbers(
        runs=_by_state(session, RunRow), messages=_by_state(session, OutboxRow), deliveries=_by_state(session, DeliveryRow),
        claims=_by_state(session, ClaimRow), workers=workers, slots=slots,
        oldest_run_seconds=_age(session, now, func.min(RunRow.submitted_at), RunRow.state == "queued"),
        oldest_delivery_seconds=_age(session, now, func.min(DeliveryRow.queued_at), DeliveryRow.state == "waiting"),
    )


def _by_state(session: Session, table: type[Any]) -> dict[str, int]:
    return {str(state): count for state, count in session.execute(select(table.state, func.count()).group_by(table.state))}


def _age(session: Session, now: datetime, oldest: Any, where: Any) -> float:
    found = session.scalar(select(oldest).where(where))
    return 0.0 if found is None else max(0.0, (now - found).total_seconds())
