"""Scope: whose rows a query may see. Nothing tenants own can be asked for without one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Insert, event
from sqlalchemy.orm import ORMExecuteState, Session, with_loader_criteria

from matcher.store.tables import Community, District, Tenant


@dataclass(frozen=True, slots=True)
class Scope:
    """A community of a district, or (``community`` None) the whole district.

    >>> str(Scope("main", "donghe"))
    'main/donghe'
    """

    district: str
    community: str | None = None

    def __str__(self) -> str:
        return f"{self.district}/{self.community}" if self.community else self.district


@dataclass(frozen=True, slots=True)
class Reach:
    """A scope as a session carries it: the numbers of its rows. None means everybody's, for matcher's own work."""

    district: int | None
    communities: frozenset[int] | None


class OutsideScopeError(RuntimeError):
    """A query was made without a scope, or reaches beyond it. A bug, never the user's fault."""


def limit_to(session: Session, reach: Reach) -> None:
    """Let a session see and write only what lies within reach."""
    session.info["reach"] = reach


def community_of(session: Session) -> int:
    """The one community a session is about; a session of a whole district cannot write facts."""
    reach: Reach = session.info["reach"]
    if reach.communities is None or len(reach.communities) != 1 or not session.info.get("single"):
        raise OutsideScopeError("this needs the scope of one community")
    return next(iter(reach.communities))


@event.listens_for(Session, "do_orm_execute")
def _keep_within_scope(state: ORMExecuteState) -> None:
    reach: Reach | None = state.session.info.get("reach")
    if reach is None:
        raise OutsideScopeError("a query without a scope")
    if reach.communities is None:
        return
    if not state.is_orm_statement:
        raise OutsideScopeError("a query of plain tables cannot be kept within a scope")
    if isinstance(state.statement, Insert):
        _check_insert(state, reach)
        return
    communities, district = sorted(reach.communities), reach.district
    state.statement = state.statement.options(
        with_loader_criteria(Tenant, lambda row: row.community.in_(communities), include_aliases=True),
        with_loader_criteria(Community, Community.number.in_(communities), include_aliases=True),
        with_loader_criteria(District, District.number == district, include_aliases=True),
    )


def _check_insert(state: ORMExecuteState, reach: Reach) -> None:
    assert reach.communities is not None
    given = state.parameters
    rows: list[Any] = list(given) if isinstance(given, (list, tuple)) else [given or {}]
    if not rows or any(row.get("community") not in reach.communities for row in rows):
        raise OutsideScopeError("a row of another community")


@event.listens_for(Session, "before_flush")
def _flush_within_scope(session: Session, _context: Any, _instances: Any) -> None:
    reach: Reach | None = session.info.get("reach")
    if reach is None:
        raise OutsideScopeError("a change without a scope")
    if reach.communities is None:
        return
    for row in (*session.new, *session.dirty, *session.deleted):
        if isinstance(row, Tenant) and row.community not in reach.communities:
            raise OutsideScopeError("a row of another community")
        if isinstance(row, (District, Community)):
            raise OutsideScopeError("districts and communities are made by matcher itself")
