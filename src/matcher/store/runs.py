"""Runs as rows: asked for, watched, cancelled by tenants. What workers do with them is in ``queue``."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from matcher.domain.scenario import Scenario
from matcher.errors import Fault
from matcher.store.assembly import freeze
from matcher.store.audit import note
from matcher.store.database import now_of
from matcher.store.facts import NotFound
from matcher.store.outbox import announce
from matcher.store.scope import community_of
from matcher.store.tables import ProgressRow, RunRow
from matcher.store.words import say

MOST_ATTEMPTS = 3
"""How often a run is begun anew after its worker was lost or its process broke."""
OPEN = ("queued", "running")


@dataclass(frozen=True, slots=True)
class Run:
    """A run as it stands."""

    id: str
    community: int
    state: str
    priority: int
    config: dict[str, Any]
    snapshot: str
    submitted_at: datetime
    submitted_by: str
    attempts: int
    started_at: datetime | None
    ended_at: datetime | None
    cancel_asked_at: datetime | None
    problem: dict[str, Any] | None
    roster: str | None
    last_progress: int
    period: str | None

    @property
    def is_over(self) -> bool:
        """Nothing will change any more."""
        return self.state not in OPEN


@dataclass(frozen=True, slots=True)
class ProgressEvent:
    """One thing that happened; ``sequence`` counts from 1 and is what a reader resumes from."""

    sequence: int
    at: datetime
    event: dict[str, Any]


def submit(
    session: Session, config: dict[str, Any], scenario: Scenario, *, priority: int = 0,
    most_attempts: int = MOST_ATTEMPTS, schedule: int | None = None, period: str | None = None,
    told: dict[str, Any] | None = None, packed: bytes | None = None,
) -> Run:
    """Ask for a solve of these facts, frozen as they are. Higher ``priority`` goes first.

    What is ``told`` of the facts (their size, warnings) becomes the first event, ``submitted``.
    """
    row = RunRow(
        community=community_of(session), id=uuid.uuid4().hex, state="queued", priority=priority, config=config,
        snapshot=freeze(session, scenario, packed), submitted_at=now_of(session), submitted_by=session.info["actor"], attempts=0,
        most_attempts=most_attempts, worker=None, lease=None, lease_until=None, started_at=None, ended_at=None,
        cancel_asked_at=None, problem=None, roster=None, last_progress=0, schedule=schedule, period=period,
    )
    session.add(row)
    session.flush()
    note(session, "submit", "runs", row.id)
    if told is not None:
        append_progress(session, row.number, row.community, [{"kind": "submitted", **told}])
        session.refresh(row)
    return seen(row)


def get(session: Session, key: str) -> Run:
    """One run; raises ``NotFound``."""
    return seen(_row(session, key))


def page(session: Session, *, before: str | None = None, limit: int = 50, state: str | None = None) -> tuple[Run, ...]:
    """Runs within reach, newest first, older than the run ``before``."""
    wanted = select(RunRow).order_by(RunRow.number.desc()).limit(limit)
    if before is not None:
        wanted = wanted.where(RunRow.number < _row(session, before).number)
    if state is not None:
        wanted = wanted.where(RunRow.state == state)
    return tuple(seen(row) for row in session.scalars(wanted))


def cancel(session: Session, key: str) -> Run:
    """End a run: at once if it waits; soon if it runs, with its best roster so far; nothing if it is over. Raises ``NotFound``."""
    now = now_of(session)
    # One statement per case: a worker may take the run between our look and our word.
    waiting = update(RunRow).where(RunRow.id == key, RunRow.state == "queued")
    stopped = session.execute(
        waiting.values(state="cancelled", ended_at=now, cancel_asked_at=now)
        .returning(RunRow.number)
        .execution_options(synchronize_session=False)
    ).scalar()
    if stopped is None:
        session.execute(
            update(RunRow)
            .where(RunRow.id == key, RunRow.state == "running", RunRow.cancel_asked_at.is_(None))
            .values(cancel_asked_at=now)
            .execution_options(synchronize_session=False)
        )
    row = _row(session, key)
    session.refresh(row)
    if stopped is not None:
        append_progress(session, row.number, row.community, [{"kind": "ended", "state": "cancelled"}])
        announce(session, "run.ended", {"run": row.id, "state": "cancelled"}, community=row.community)
        session.refresh(row)
    note(session, "cancel", "runs", row.id, community=row.community)
    return seen(row)


def progress(session: Session, key: str, *, after: int = 0, limit: int = 500) -> tuple[ProgressEvent, ...]:
    """What has happened in a run since the event ``after``."""
    number = _row(session, key).number
    rows = session.scalars(
        select(ProgressRow)
        .where(ProgressRow.run == number, ProgressRow.sequence > after)
        .order_by(ProgressRow.sequence)
        .limit(limit)
    )
    return tuple(ProgressEvent(row.sequence, row.at, row.event) for row in rows)


def append_progress(session: Session, number: int, community: int, events: list[dict[str, Any]]) -> None:
    """Add events behind the last; the caller holds the run."""
    last = session.execute(
        update(RunRow)
        .where(RunRow.number == number)
        .values(last_progress=RunRow.last_progress + len(events))
        .returning(RunRow.last_progress)
        .execution_options(synchronize_session=False)
    ).scalar_one()
    now, first = now_of(session), last - len(events) + 1
    session.execute(
        insert(ProgressRow),
        [
            {"run": number, "sequence": first + n, "community": community, "at": now, "event": event}
            for n, event in enumerate(events)
        ],
    )


def seen(row: RunRow) -> Run:
    """A row as callers see it."""
    return Run(
        row.id, row.community, row.state, row.priority, row.config, row.snapshot, row.submitted_at, row.submitted_by,
        row.attempts, row.started_at, row.ended_at, row.cancel_asked_at, row.problem, row.roster, row.last_progress,
        row.period,
    )


def _row(session: Session, key: str) -> RunRow:
    row = session.scalar(select(RunRow).where(RunRow.id == key))
    if row is None:
        raise NotFound([Fault(say("no-run", session.info["lang"], key=key), code="no-run")])
    return row
