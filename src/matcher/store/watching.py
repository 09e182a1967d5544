"""What has happened in runs that somebody watches, all of them in one look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from matcher.store.runs import OPEN, ProgressEvent
from matcher.store.tables import ProgressRow, RunRow


@dataclass(frozen=True, slots=True)
class News:
    """The events since the last look, and whether there will be no more."""

    events: tuple[ProgressEvent, ...]
    is_over: bool


def news(session: Session, seen: Mapping[str, int], *, most: int = 1000) -> dict[str, News]:
    """For every run watched, by id, with the last event seen: what is new; nothing new: left out.

    A run that is gone is over. The session is for everyone: whoever watches has been let in before.
    """
    rows = session.execute(
        select(RunRow.id, RunRow.number, RunRow.last_progress, RunRow.state).where(RunRow.id.in_(list(seen)))
    ).all()
    found = {key: News((), is_over=True) for key in seen.keys() - {row.id for row in rows}}
    for key, number, last, state in rows:
        events = _after(session, number, seen[key], most) if last > seen[key] else ()
        told = events[-1].sequence if events else seen[key]
        is_over = state not in OPEN and told >= last
        if events or is_over:
            found[key] = News(events, is_over)
    return found


def _after(session: Session, number: int, after: int, most: int) -> tuple[ProgressEvent, ...]:
    rows = session.scalars(
        select(ProgressRow)
        .where(ProgressRow.run == number, ProgressRow.sequence > after)
        .order_by(ProgressRow.sequence)
        .limit(most)
    )
    return tuple(ProgressEvent(row.sequence, row.at, row.event) for row in rows)
