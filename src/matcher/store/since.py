"""What has changed in a community since somebody looked, by the audit log."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matcher.store.scope import community_of
from matcher.store.tables import NOUNS, AuditRow, ClaimRow, ProgramRow

_FACTS = frozenset({*NOUNS, "program", "scenario", "persons"})
SEEN = "see"
"""The action of lines that tell who was shown something; nothing changes by it."""
_PLANNED_FROM = tuple(sorted(_FACTS - {"published", "history", "pins"}))
"""What people bring in; the others come of planning and of what follows."""


@dataclass(frozen=True, slots=True)
class LastChange:
    """When a fact was changed last, by whom (an actor of the log), and of which noun it was."""

    at: datetime
    by: str
    noun: str


def last_line(session: Session) -> int:
    """The number of the community's last line in the log; 0 if it is empty."""
    community = community_of(session)
    return session.scalar(select(func.max(AuditRow.number)).where(AuditRow.community == community)) or 0


def only_changed(session: Session, after: int, noun: str) -> bool:
    """Whether all that has changed of the facts behind a line of the log is of one noun."""
    others = sorted(_FACTS - {noun})
    found = session.scalar(select(AuditRow.number).where(AuditRow.number > after, AuditRow.noun.in_(others)).limit(1))
    return found is None


def last_change(session: Session) -> LastChange | None:
    """The last change of anything that rosters are made from, by the programme's clock; None if there was none."""
    row = session.execute(
        select(AuditRow.at, AuditRow.actor, AuditRow.noun)
        .where(AuditRow.noun.in_(_PLANNED_FROM), AuditRow.action != SEEN).order_by(AuditRow.number.desc()).limit(1)
    ).first()
    return None if row is None else LastChange(row.at.astimezone(_zone(session)), row.actor, row.noun)


def _zone(session: Session) -> ZoneInfo:
    row = session.get(ProgramRow, community_of(session))
    return ZoneInfo("UTC" if row is None else row.document.get("timezone", "Asia/Shanghai"))


def facts_changed(session: Session, after: int, wishes: Set[str]) -> bool:
    """Whether any fact has changed behind a line of the log; of claims only those for these wishes count.

    A broadcast brings hundreds of claims a second: who is busy with other wishes must not wait for its end.
    """
    rows = session.execute(
        select(AuditRow.noun, AuditRow.key).where(
            AuditRow.number > after, AuditRow.noun.in_(sorted(_FACTS)), AuditRow.action != SEEN
        )
    ).all()
    if any(noun != "claims" for noun, _ in rows):
        return True
    keys = sorted({key for _, key in rows})
    for first in range(0, len(keys), 500):
        part = keys[first : first + 500]
        found = dict(session.execute(select(ClaimRow.key, ClaimRow.wish).where(ClaimRow.key.in_(part))).tuples())
        if len(found) < len(part) or wishes & set(found.values()):
            return True
    return False
