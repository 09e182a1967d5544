"""Migrations: every version up and down on both databases, with rows in it, and never half."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib.resources import files

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from databases import fresh_database
from sqlalchemy import MetaData, inspect, select, text

from matcher.errors import BadInput
from matcher.store.address import address_of
from matcher.store.database import Database
from matcher.store.migrate import downgrade, upgrade
from matcher.store.schema import METADATA
from matcher.store.troubles import StoreUnavailable
from matcher.store.versions import HEAD, REVISIONS

NOON = datetime(2026, 11, 24, 4, tzinfo=UTC)


@pytest.fixture
def empty(address):
    made = Database(address_of(address), lang="en", busy_seconds=1)
    yield made
    made.close()


def test_the_versions_are_those_of_the_files():
    names = sorted(file.name for file in files("matcher.store.migrations.versions").iterdir())
    assert [name[1:5] for name in names if name.startswith("v")] == list(REVISIONS)


def test_migrating_makes_exactly_the_tables_of_the_models(database):
    with database.connection() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []


def _fill(connection, revision):
    """A row in every table of that version, with a value in every column."""
    schema = MetaData()
    schema.reflect(connection)
    for table in schema.sorted_tables:
        if table.name != "alembic_version":
            connection.execute(table.insert().values({column.name: _value(column) for column in table.columns}))


def _value(column):
    kind = column.type.python_type
    if column.name == "state":
        return {"runs": "done", "rosters": "draft"}.get(column.table.name, "open")
    if column.name == "role" and column.table.name in ("users", "api_keys"):
        return "viewer"
    moment = NOON.replace(tzinfo=None) if not getattr(column.type, "timezone", False) else NOON
    return {int: 1, bool: True, bytes: b"\x00\xff", datetime: moment, dict: {"名": ["吴伯", 1.5, None]}}.get(
        kind, NOON.date() if kind.__name__ == "date" else "x"
    )


def _rows(connection):
    schema = MetaData()
    schema.reflect(connection)
    return {
        table.name: [dict(row._mapping) for row in connection.execute(select(table))]
        for table in schema.sorted_tables
        if table.name != "alembic_version"
    }


def test_up_from_a_filled_earlier_version_and_down_again_keeps_every_row(empty):
    upgrade(empty, "0001")
    with empty.connection(writes=True) as connection:
        _fill(connection, "0001")
        before = _rows(connection)
    upgrade(empty)
    with empty.connection() as connection:
        after = _rows(connection)
    assert empty.revision() == HEAD
    for name, rows in before.items():
        for row, now in zip(rows, after[name], strict=True):
            assert row.items() <= now.items(), name
    downgrade(empty, "0001")
    with empty.connection() as connection:
        assert _rows(connection) == before


def test_going_back_asks_before_rows_are_lost(database):
    with database.connection(writes=True) as connection:
        _fill(connection, HEAD)
    with pytest.raises(BadInput, match=r"drops what is in: .*outbox, rosters, runs, schedules"):
        downgrade(database, "0001")
    assert database.revision() == HEAD
    downgrade(database, "0001", even_if_lost=True)
    with pytest.raises(BadInput, match="drops what is in"):
        downgrade(database, "base")
    downgrade(database, "base", even_if_lost=True)
    assert database.revision() is None
    with database.connection() as connection:
        assert inspect(connection).get_table_names() in ([], ["alembic_version"])
    upgrade(database)
    assert database.revision() == HEAD


def test_a_migration_that_fails_leaves_everything_as_it_was(empty):
    upgrade(empty, "0001")
    with empty.connection(writes=True) as connection:
        connection.execute(text("CREATE TABLE outbox (number INTEGER)"))
        before = sorted(inspect(connection).get_table_names())
    with pytest.raises(Exception, match="outbox"):
        upgrade(empty)
    with empty.connection() as connection:
        assert sorted(inspect(connection).get_table_names()) == before
    assert empty.revision() == "0001"


def test_foreign_keys_hold_again_after_a_migration(database):
    with pytest.raises(Exception, match=r"(?i)foreign key"), database.connection(writes=True) as connection:
        connection.execute(text("INSERT INTO communities VALUES (1, 99, 'x', 'x', 0, 0, '2026-01-01', NULL)"))


def test_other_versions_are_told_apart(empty):
    with pytest.raises(StoreUnavailable) as gone:
        empty.refuse_other_version()
    assert gone.value.code in ("database-gone", "database-empty")
    upgrade(empty, "0001")
    with pytest.raises(StoreUnavailable, match="matcher db upgrade") as older:
        empty.refuse_other_version()
    assert older.value.code == "database-older"
    upgrade(empty)
    empty.refuse_other_version()
    with empty.connection(writes=True) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0999'"))
    for use in (empty.refuse_other_version, lambda: upgrade(empty), lambda: downgrade(empty, "0001")):
        with pytest.raises(StoreUnavailable) as newer:
            use()
        assert newer.value.code == "database-newer"


def test_two_migrations_at_once_do_it_once(address):
    import threading

    troubles = []

    def go():
        try:
            with fresh_database(address):
                pass
        except Exception as error:
            troubles.append(error)

    threads = [threading.Thread(target=go) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert troubles == []
