"""Tenancy: no query without a scope, and none that reaches beyond it."""

from __future__ import annotations

import pytest
from keeping import HERE, kept, wu
from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.orm import Session, aliased

from matcher.errors import BadInput
from matcher.generate import generate
from matcher.store import facts, tenants
from matcher.store.scope import OutsideScopeError, Scope
from matcher.store.tables import ClaimRow, Community, VolunteerRow, WishRow

THERE = Scope("huizhou", "xihe")
FAR = Scope("guilin", "donghe")


@pytest.fixture
def database(database):
    kept(database, wu())
    for scope in (THERE, FAR):
        kept(database, generate("donghe", 1, volunteers=20, visits=20), scope)
    return database


def count(database, table, scope):
    with database.reading(scope) as session:
        return session.scalar(select(func.count()).select_from(table))


def test_a_session_without_a_scope_refuses_every_query(database):
    with Session(database.engine) as session:
        for query in (select(VolunteerRow), select(Community), text("SELECT 1"), delete(VolunteerRow)):
            with pytest.raises(OutsideScopeError):
                session.execute(query)
        session.add(VolunteerRow(community=1, key="x"))
        with pytest.raises(OutsideScopeError):
            session.flush()


def test_a_query_sees_its_community_only_and_a_districts_query_its_communities(database):
    assert count(database, VolunteerRow, HERE) == len(wu().volunteers)
    assert count(database, VolunteerRow, THERE) == 20
    assert count(database, VolunteerRow, Scope("huizhou")) == len(wu().volunteers) + 20
    assert count(database, Community, Scope("huizhou")) == 2
    assert count(database, Community, FAR) == 1


def test_joins_aliases_and_subqueries_are_kept_within_scope_too(database):
    with database.reading(HERE) as session:
        other = aliased(VolunteerRow)
        pairs = session.execute(select(VolunteerRow.community, other.community).join(other, other.sequence != VolunteerRow.sequence))
        assert {(one, two) for one, two in pairs} == {(1, 1)}
        of_wishes = select(WishRow.key).scalar_subquery()
        found = session.scalars(select(ClaimRow.community).where(ClaimRow.wish.in_(select(WishRow.key))))
        assert set(found) == {1}
        assert session.scalar(select(func.count()).select_from(select(WishRow.key).subquery())) == len(wu().wishes)
        assert of_wishes is not None


def test_changes_and_deletions_do_not_reach_beyond(database):
    with database.writing(HERE, "eve") as session:
        session.execute(update(VolunteerRow).values(team="x").execution_options(synchronize_session=False))
        session.execute(delete(ClaimRow).execution_options(synchronize_session=False))
    with database.everyone("test") as session:
        assert set(session.scalars(select(VolunteerRow.community).where(VolunteerRow.team == "x"))) == {1}
    for scope in (THERE, FAR):
        with database.reading(scope) as session:
            assert session.scalar(select(func.count()).select_from(VolunteerRow)) == 20


def test_rows_of_another_community_cannot_be_written(database):
    with pytest.raises(OutsideScopeError), database.writing(HERE, "eve") as session:
        session.execute(insert(VolunteerRow), [{"community": 2, "key": "x"}])
    with pytest.raises(OutsideScopeError), database.writing(HERE, "eve") as session:
        session.add(VolunteerRow(community=2, key="x"))
    with pytest.raises(OutsideScopeError), database.writing(HERE, "eve") as session:
        session.add(Community(id="mine", name="mine", district=1))
    with pytest.raises(OutsideScopeError), database.writing(HERE, "eve") as session:
        session.execute(text("DELETE FROM volunteers"))


def test_facts_are_written_in_one_community_never_in_a_district(database):
    with pytest.raises(OutsideScopeError), database.writing(Scope("huizhou"), "li") as session:
        facts.put(session, "teams", {"id": "t"})


def test_an_unknown_tenant_is_named(database):
    for scope, said in ((Scope("nowhere"), "no district"), (Scope("guilin", "xihe"), "no community")):
        with pytest.raises(BadInput, match=said), database.reading(scope):
            pass


@pytest.mark.parametrize("name", ["", " a", "a/b", "a\nb", "x" * 121])
def test_unusable_ids_are_refused(database, name):
    with pytest.raises(BadInput, match="cannot be used"):
        tenants.ensure(database, Scope("huizhou", name), "li")
