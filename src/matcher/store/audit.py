"""The audit log: who did what to which row, when. Names of fields, never their contents."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from matcher.store.database import now_of
from matcher.store.scope import community_of
from matcher.store.tables import AboveRow, AuditRow, District


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log."""

    number: int
    at: datetime
    actor: str
    action: str
    noun: str
    key: str
    version: int | None
    detail: dict[str, Any]


def note(
    session: Session, action: str, noun: str, key: str, version: int | None = None, *, community: int | None = None,
    **detail: Any,
) -> None:
    """Add a line, kept with the change it tells of. ``detail`` never holds what a person is called."""
    note_all(session, action, noun, [(key, version, detail)], community=community)


def note_all(
    session: Session, action: str, noun: str, lines: Iterable[tuple[str, int | None, dict[str, Any]]], *,
    community: int | None = None,
) -> None:
    """Add a line for every (key, version, detail)."""
    signed = {
        "community": community_of(session) if community is None else community,
        "at": now_of(session), "actor": session.info["actor"], "action": action, "noun": noun,
    }
    rows = [signed | {"key": key, "version": version, "detail": detail} for key, version, detail in lines]
    if rows:
        session.execute(insert(AuditRow), rows)


def entries(
    session: Session, *, after: int = 0, limit: int = 100, noun: str | None = None, key: str | None = None,
    actor: str | None = None, action: str | None = None,
) -> tuple[Entry, ...]:
    """The log from behind the number ``after``, oldest first."""
    wanted = select(AuditRow).where(AuditRow.number > after).order_by(AuditRow.number).limit(limit)
    asked = ((AuditRow.noun, noun), (AuditRow.key, key), (AuditRow.actor, actor), (AuditRow.action, action))
    for column, value in asked:
        if value is not None:
            wanted = wanted.where(column == value)
    return tuple(
        Entry(row.number, row.at, row.actor, row.action, row.noun, row.key, row.version, row.detail)
        for row in session.scalars(wanted)
    )


def note_above(session: Session, action: str, noun: str, key: str, *, district: int | None, **detail: Any) -> None:
    """Add a line to the log above the communities; ``district`` None is the whole server."""
    session.add(
        AboveRow(
            district=district, at=now_of(session), actor=session.info["actor"], action=action, noun=noun, key=key,
            detail=detail,
        )
    )


def entries_above(
    session: Session, *, district: str | None = None, after: int = 0, limit: int = 100
) -> tuple[tuple[str | None, Entry], ...]:
    """The log above the communities from behind the number ``after``, oldest first, each with its district's id.

    ``district``: of that one alone. The session must reach everyone.
    """
    wanted = (
        select(AboveRow, District.id)
        .outerjoin(District, District.number == AboveRow.district)
        .where(AboveRow.number > after)
        .order_by(AboveRow.number)
        .limit(limit)
    )
    if district is not None:
        wanted = wanted.where(District.id == district)
    return tuple(
        (name, Entry(row.number, row.at, row.actor, row.action, row.noun, row.key, None, row.detail))
        for row, name in session.execute(wanted)
    )
