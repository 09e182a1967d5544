"""Another key: every document encrypted anew with the first key of the ring, a batch at a time, while others work."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Connection,
    LargeBinary,
    Table,
    bindparam,
    delete,
    insert,
    select,
    tuple_,
    type_coerce,
    update,
)

from matcher.errors import BadInput, Fault
from matcher.store.account_tables import EncryptionRow
from matcher.store.crypto import key_of, key_of_document
from matcher.store.database import Database
from matcher.store.schema import METADATA
from matcher.store.types import Document, Sealed
from matcher.store.words import say

_BATCH = 200


def reseal(database: Database) -> int:
    """Encrypt with the current key whatever is not; how many rows were. Also what was plain before the first key.

    Every server on this database must know the new key before: they go on reading and writing meanwhile. Raises
    ``BadInput`` without a key, ``StoreUnavailable`` if a key of the documents is missing.
    """
    current = database.keys.current
    if current is None:
        raise BadInput([Fault(say("no-key-here", database.lang), say("bad-key-advice", database.lang), code="no-key-here")])
    database.refuse_other_version()
    _note(database, current)
    changed = sum(_reseal_table(database, table, current) for table in METADATA.sorted_tables)
    with database.connection(writes=True) as connection:
        connection.execute(delete(EncryptionRow).where(EncryptionRow.key != current))
    _sweep(database)
    return changed


def _note(database: Database, current: str) -> None:
    """Known before the first row is written with it: whoever lacks it is told so."""
    if current not in database.sealed_with():
        with database.connection(writes=True) as connection:
            connection.execute(insert(EncryptionRow), [{"key": current, "since": datetime.now(UTC)}])


def _reseal_table(database: Database, table: Table, current: str) -> int:
    sealed = [column for column in table.columns if isinstance(column.type, (Document, Sealed))]
    if not sealed:
        return 0
    changed, last = 0, None
    while True:
        with database.connection(writes=True) as connection:
            rows = _batch(connection, table, sealed, last)
            changed += _write(connection, table, sealed, rows, current, database)
        if not rows:
            return changed
        last = [rows[-1][column.name] for column in table.primary_key]


def _batch(connection: Connection, table: Table, sealed: list[Any], last: list[Any] | None) -> list[dict[str, Any]]:
    """The next rows, with their documents as they are kept."""
    keys = list(table.primary_key)
    raw = [
        type_coerce(column, JSON(none_as_null=True) if isinstance(column.type, Document) else LargeBinary()).label(column.name)
        for column in sealed
    ]
    wanted = select(*keys, *raw).order_by(*keys).limit(_BATCH)
    if last is not None:
        wanted = wanted.where(tuple_(*keys) > tuple_(*last))
    if connection.dialect.name != "sqlite":
        wanted = wanted.with_for_update()
    return [dict(row._mapping) for row in connection.execute(wanted)]


def _write(
    connection: Connection, table: Table, sealed: list[Any], rows: list[dict[str, Any]], current: str, database: Database
) -> int:
    keys = [column.name for column in table.primary_key]
    stale = [row for row in rows if any(_is_stale(row[column.name], current) for column in sealed)]
    if not stale:
        return 0
    statement = (
        update(table)
        .where(*(table.columns[name] == bindparam(f"old_{name}") for name in keys))
        .values({column.name: bindparam(f"new_{column.name}", type_=column.type) for column in sealed})
    )
    connection.execute(statement, [
        {f"old_{name}": row[name] for name in keys}
        | {f"new_{column.name}": _opened(database, row[column.name]) for column in sealed}
        for row in stale
    ])
    return len(stale)


def _is_stale(kept: Any, current: str) -> bool:
    if kept is None:
        return False
    return (key_of(kept) if isinstance(kept, bytes) else key_of_document(kept)) != current


def _opened(database: Database, kept: Any) -> Any:
    if kept is None:
        return None
    return database.keys.open(kept) if isinstance(kept, bytes) else database.keys.open_document(kept)


def _sweep(database: Database) -> None:
    """What stood there before is still in the free pages of the file, and in its log: away with it.

    PostgreSQL clears dead rows away by itself, in time; its own log (WAL) is the server's.
    """
    for statement in _statements(database):
        with database.telling(), database.engine.connect() as plain:
            plain.connection.driver_connection.execute(statement)  # type: ignore[union-attr]


def _statements(database: Database) -> Iterator[str]:
    if database.file is not None:
        yield "VACUUM"
        yield "PRAGMA wal_checkpoint(TRUNCATE)"
