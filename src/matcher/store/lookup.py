"""Whose a row is, found by its id alone: for addresses that name no community. What it tells must be checked."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matcher.store.runs import Run, seen
from matcher.store.scope import Scope
from matcher.store.tables import RunRow, ScheduleRow
from matcher.store.tenants import scope_of


def scope_of_run(session: Session, key: str) -> Scope | None:
    """The community a run is of; None if there is no such run. The session is for everyone."""
    number = session.scalar(select(RunRow.community).where(RunRow.id == key))
    return None if number is None else scope_of(session, number)


def scopes_of(session: Session, numbers: set[int]) -> dict[int, Scope]:
    """The scopes of communities within reach, by their numbers."""
    return {number: scope_of(session, number) for number in numbers}


def last_runs(session: Session) -> dict[str, Run]:
    """The newest run of every schedule within reach, by the schedule's id."""
    newest = select(func.max(RunRow.number)).where(RunRow.schedule.is_not(None)).group_by(RunRow.schedule)
    rows = session.execute(
        select(ScheduleRow.id, RunRow)
        .join(RunRow, RunRow.schedule == ScheduleRow.number)
        .where(RunRow.number.in_(newest.scalar_subquery()))
    )
    return {key: seen(row) for key, row in rows}
