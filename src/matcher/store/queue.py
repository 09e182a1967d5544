"""The queue in the database: a run is taken by one worker, held by a lease, and ended once.

Exactly once: every change of a running run asks for the token of its lease. A worker that was too slow finds the token
replaced, and what it brings is dropped.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session, aliased

from matcher.store import rosters
from matcher.store.database import now_of
from matcher.store.outbox import announce
from matcher.store.runs import Run, append_progress, seen
from matcher.store.tables import Community, RunRow
from matcher.store.words import say


@dataclass(frozen=True, slots=True)
class Taken:
    """A run in a worker's hands, and the token that proves it."""

    run: Run
    number: int
    token: str
    most_attempts: int


@dataclass(frozen=True, slots=True)
class Held:
    """What a worker learns of a run it holds."""

    token: str
    cancel: bool


def take(session: Session, worker: str, lease: timedelta) -> Taken | None:
    """The run that is next, now this worker's for the time of the lease; None if there is nothing to do.

    Next is the highest priority; then the community with the fewest runs going on; then the one that waited longest for
    its turn; then the oldest. A run whose lease is over is taken again, until its attempts are used up. The session is
    for everyone and writes: SQLite lets one such session in at a time, PostgreSQL skips rows another one has locked.
    """
    now = now_of(session)
    _end_lost(session, now)
    others = aliased(RunRow)
    going_on = (
        select(func.count())
        .where(others.community == RunRow.community, others.state == "running", others.lease_until >= now)
        .correlate(RunRow)
        .scalar_subquery()
    )
    row = session.scalar(
        select(RunRow)
        .join(Community, Community.number == RunRow.community)
        .where(or_(RunRow.state == "queued", (RunRow.state == "running") & (RunRow.lease_until < now)))
        .order_by(RunRow.priority.desc(), going_on, Community.taken_at.asc().nulls_first(), RunRow.number)
        .limit(1)
        .with_for_update(skip_locked=True, of=RunRow)
    )
    if row is None:
        return None
    row.state, row.attempts, row.worker = "running", row.attempts + 1, worker
    row.lease, row.lease_until = uuid.uuid4().hex, now + lease
    row.started_at = row.started_at or now
    session.flush()
    session.execute(
        update(Community)
        .where(Community.number == row.community)
        .values(taken_at=now)
        .execution_options(synchronize_session=False)
    )
    append_progress(session, row.number, row.community, [{"kind": "taken", "attempt": row.attempts}])
    return Taken(seen(row), row.number, row.lease, row.most_attempts)


def _end_lost(session: Session, now: datetime) -> None:
    """End runs whose worker fell silent and that may not be begun again."""
    lost = session.scalars(
        select(RunRow)
        .where(
            RunRow.state == "running",
            RunRow.lease_until < now,
            or_(RunRow.attempts >= RunRow.most_attempts, RunRow.cancel_asked_at.is_not(None)),
        )
        .with_for_update(skip_locked=True)
    ).all()
    for row in lost:
        cancelled = row.cancel_asked_at is not None
        row.problem = None if cancelled else {"kind": "lost", "message": say("lost", session.info["lang"], count=row.attempts)}
        _end(session, row, "cancelled" if cancelled else "failed", now)


def held(session: Session, tokens: Collection[str]) -> dict[str, Held]:
    """Which of these runs are still this worker's, and whether somebody wants them cancelled."""
    rows = session.execute(
        select(RunRow.lease, RunRow.cancel_asked_at).where(RunRow.lease.in_(list(tokens)), RunRow.state == "running")
    )
    return {str(token): Held(str(token), asked is not None) for token, asked in rows}


def renew(session: Session, tokens: Collection[str], lease: timedelta) -> None:
    """The heartbeat: these runs stay this worker's for another lease, if they are."""
    session.execute(
        update(RunRow)
        .where(RunRow.lease.in_(list(tokens)), RunRow.state == "running")
        .values(lease_until=now_of(session) + lease)
        .execution_options(synchronize_session=False)
    )


def record(session: Session, token: str, events: list[dict[str, Any]]) -> bool:
    """Keep what happened in a run; False if it is no longer this worker's."""
    row = _mine(session, token)
    if row is None:
        return False
    append_progress(session, row.number, row.community, events)
    return True


def finish(
    session: Session, token: str, state: str, *, made: rosters.Made | None = None,
    problem: dict[str, Any] | None = None, events: list[dict[str, Any]] | None = None,
) -> bool:
    """End a run (``done``, ``failed``, ``cancelled``) with its roster as a draft; False if it is no longer this worker's."""
    row = _mine(session, token)
    if row is None:
        return False
    if events:
        append_progress(session, row.number, row.community, events)
    row.problem = problem
    if made is not None:
        row.roster = rosters.add_draft(session, made, run=row.id, community=row.community)
    _end(session, row, state, now_of(session))
    return True


def give_back(session: Session, token: str, *, counted: bool) -> bool:
    """Let somebody else take a run; ``counted`` if the attempt was its own fault. False if it is no longer ours."""
    row = _mine(session, token)
    if row is None:
        return False
    row.state, row.lease, row.lease_until, row.worker = "queued", None, None, None
    row.attempts -= not counted
    session.flush()
    append_progress(session, row.number, row.community, [{"kind": "given-back"}])
    return True


def _mine(session: Session, token: str) -> RunRow | None:
    return session.scalar(select(RunRow).where(RunRow.lease == token, RunRow.state == "running").with_for_update())


def _end(session: Session, row: RunRow, state: str, now: datetime) -> None:
    row.state, row.ended_at, row.lease, row.lease_until = state, now, None, None
    session.flush()
    append_progress(session, row.number, row.community, [{"kind": "ended", "state": state}])
    announce(session, "run.ended", {"run": row.id, "state": state, "roster": row.roster}, community=row.community)
