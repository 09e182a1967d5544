"""Districts and communities: made once, listed, named."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from matcher.errors import BadInput, Fault
from matcher.store.audit import note_above
from matcher.store.database import Database, now_of
from matcher.store.scope import Scope
from matcher.store.tables import NOUNS, Community, District, RosterRow, RunRow
from matcher.store.words import say

DISTRICT = "main"
"""The district of whoever has only one."""
_NAME = re.compile(r"[^/\x00-\x1f\x7f]{1,120}")


@dataclass(frozen=True, slots=True)
class Named:
    """A district, or (with ``community``) a community of it, and what it is called."""

    district: str
    community: str | None
    name: str


def ensure(database: Database, scope: Scope, actor: str, *, lang: str | None = None) -> None:
    """Make the scope's district and community if they are not there; raises ``BadInput`` for unusable ids."""
    names = [name for name in (scope.district, scope.community) if name is not None]
    bad = [name for name in names if not _NAME.fullmatch(name) or name != name.strip() or name in (".", "..")]
    if bad:
        raise BadInput([Fault(say("bad-name", lang or database.lang, name=name[:40]), code="bad-name") for name in bad])
    try:
        _make(database, scope, actor)
    except IntegrityError:  # somebody else was a moment faster
        _make(database, scope, actor)


def _make(database: Database, scope: Scope, actor: str) -> None:
    with database.everyone(actor, writes=True) as session:
        district = session.scalar(select(District).where(District.id == scope.district).with_for_update())
        if district is None:
            district = District(id=scope.district, name=scope.district, created_at=now_of(session))
            session.add(district)
            session.flush()
            note_above(session, "create", "districts", scope.district, district=district.number)
        if scope.community is not None and _community(session, district, scope.community) is None:
            session.add(
                Community(
                    district=district.number, id=scope.community, name=scope.community, facts_version=0,
                    last_sequence=0, taken_at=None, created_at=now_of(session),
                )
            )
            note_above(session, "create", "communities", scope.community, district=district.number)


def call(database: Database, scope: Scope, name: str, actor: str) -> None:
    """Give a district or community another name; it is there."""
    with database.everyone(actor, writes=True) as session:
        district = session.scalars(select(District).where(District.id == scope.district)).one()
        found = district if scope.community is None else _community(session, district, scope.community)
        assert found is not None
        if found.name == name:
            return
        found.name = name
        noun = "districts" if scope.community is None else "communities"
        note_above(session, "change", noun, scope.community or scope.district, district=district.number, fields=["name"])


def districts(session: Session) -> tuple[Named, ...]:
    """The districts the session reaches."""
    rows = session.scalars(select(District).order_by(District.id))
    return tuple(Named(row.id, None, row.name) for row in rows)


def named(session: Session, scope: Scope) -> Named | None:
    """A community by its address, or a district; None if there is none."""
    found = districts(session) if scope.community is None else named_communities(session)
    return next((row for row in found if (row.district, row.community) == (scope.district, scope.community)), None)


def named_communities(session: Session) -> tuple[Named, ...]:
    """The communities the session reaches, with what they are called."""
    found = session.execute(
        select(District.id, Community.id, Community.name)
        .join(Community, Community.district == District.number)
        .order_by(District.id, Community.id)
    )
    return tuple(Named(*row) for row in found)


def _community(session: Session, district: District, name: str) -> Community | None:
    return session.scalar(select(Community).where(Community.district == district.number, Community.id == name))


def communities(session: Session) -> tuple[Scope, ...]:
    """Every community the session reaches."""
    found = session.execute(
        select(District.id, Community.id)
        .join(Community, Community.district == District.number)
        .order_by(District.id, Community.id)
    )
    return tuple(Scope(district, community) for district, community in found)


def scope_of(session: Session, number: int) -> Scope:
    """The scope of a community by its number."""
    found = session.execute(
        select(District.id, Community.id)
        .join(Community, Community.district == District.number)
        .where(Community.number == number)
    ).one()
    return Scope(found[0], found[1])


def counts_by_noun(session: Session) -> dict[str, int]:
    """How many facts of each noun there are within reach."""
    return {
        noun: session.scalar(select(func.count()).select_from(select(table.key).subquery())) or 0
        for noun, table in NOUNS.items()
    }


def counts(session: Session) -> list[dict[str, str | int]]:
    """How much every community within reach has: facts, rosters, runs."""
    told: list[dict[str, str | int]] = []
    for scope in communities(session):
        number = session.scalar(
            select(Community.number)
            .join(District, Community.district == District.number)
            .where(District.id == scope.district, Community.id == scope.community)
        )
        rows = {
            name: sum(
                session.scalar(select(func.count()).select_from(table).where(table.community == number)) or 0
                for table in tables
            )
            for name, tables in (("facts", (*NOUNS.values(),)), ("rosters", (RosterRow,)), ("runs", (RunRow,)))
        }
        told.append({"district": scope.district, "community": str(scope.community), **rows})
    return told
