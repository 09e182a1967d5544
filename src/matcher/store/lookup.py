"""Whose a row is, found by its id alone: for addresses that name no community. What it tells must be checked."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from matcher.store.scope import Scope
from matcher.store.tables import RunRow
from matcher.store.tenants import scope_of


def scope_of_run(session: Session, key: str) -> Scope | None:
    """The community a run is of; None if there is no such run. The session is for everyone."""
    number = session.scalar(select(RunRow.community).where(RunRow.id == key))
    return None if number is None else scope_of(session, number)


def scopes_of(session: Session, numbers: set[int]) -> dict[int, Scope]:
    """The scopes of communities within reach, by their numbers."""
    return {number: scope_of(session, number) for number in numbers}
