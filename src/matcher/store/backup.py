"""Backups: every row of every table in one packed file, whole or not at all, to be restored into either database.

The file is gzip of JSON lines: a head with the version of the tables, a line per row, and a foot with the number of
rows and the SHA-256 of everything before. It is read by its own version's tables, then migrated.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import zlib
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, DateTime, LargeBinary, MetaData, Table, func, select, text
from sqlalchemy import Date as DateType

from matcher.errors import BadInput
from matcher.exchange.files import write_whole
from matcher.store.database import Database
from matcher.store.migrate import upgrade
from matcher.store.versions import REVISIONS
from matcher.store.words import say

FORMAT = "matcher-backup/1"
_BATCH = 500


def back_up(database: Database, path: Path) -> int:
    """Write the whole database to a file, as of one moment, while others go on working; the number of rows.

    The file holds personal data: only its owner may read it. Raises ``BadInput`` if it cannot be written.
    """
    database.refuse_other_version()
    written = 0

    def write(target: Path) -> None:
        nonlocal written
        with database.connection() as connection, gzip.open(target, "wb", compresslevel=6) as packed:
            digest, written = hashlib.sha256(), 0
            for line in _lines(connection):
                digest.update(line)
                packed.write(line)
                written += 1
            packed.write(_line({"rows": written - 1, "sha256": digest.hexdigest()}))

    write_whole(path, write, database.lang, mode=0o600)
    return written - 1


def restore(database: Database, path: Path) -> int:
    """Fill a new or empty database from a backup, and migrate it; the number of rows.

    Whole or not at all: a file of SQLite is put in place when it is complete, PostgreSQL commits at the end. Raises
    ``BadInput`` for an incomplete backup, one of a newer version, or a database that is not empty.
    """
    head = _verified(path, database.lang)
    if head["revision"] not in REVISIONS:
        raise BadInput(
            say("database-newer", database.lang, address=path.name, found=head["revision"], head=REVISIONS[-1]),
            say("database-newer-advice", database.lang),
        )
    if database.file is None:
        _refuse_filled(database)
        return _fill(database, path, head["revision"])
    if database.file.exists():
        _refuse_filled(database)
    rows = 0

    def write(target: Path) -> None:
        nonlocal rows
        aside = Database(database.url.set(database=str(target)), lang=database.lang, busy_seconds=database.busy_seconds)
        try:
            rows = _fill(aside, path, head["revision"])
            with aside.engine.connect() as connection:
                # Everything into the one file that is moved.
                connection.connection.execute("PRAGMA journal_mode=DELETE")
        finally:
            aside.close()

    database.close()
    write_whole(database.file, write, database.lang, mode=0o600)
    for suffix in ("-wal", "-shm"):  # of the empty database that was there
        Path(f"{database.file}{suffix}").unlink(missing_ok=True)
    return rows


# ------------------------------------------------------------------------------------------------- writing


def _lines(connection: Connection) -> Iterator[bytes]:
    schema = MetaData()
    schema.reflect(connection)
    revision = connection.scalar(text("SELECT version_num FROM alembic_version"))
    yield _line({"format": FORMAT, "revision": revision})
    for table in schema.sorted_tables:
        if table.name == "alembic_version":
            continue
        found = connection.execution_options(yield_per=_BATCH).execute(select(table).order_by(*table.primary_key))
        for row in found:
            yield _line([table.name, {name: _plain(value) for name, value in row._mapping.items()}])


def _line(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (bytes, memoryview)):
        return base64.b64encode(value).decode()
    return value


# ------------------------------------------------------------------------------------------------- reading


def _verified(path: Path, lang: str) -> dict[str, Any]:
    """The head of a backup that is complete; raises ``BadInput`` otherwise."""
    try:
        digest, rows, last, head = hashlib.sha256(), -1, b"", b""
        with gzip.open(path, "rb") as packed:
            for line in packed:
                head = head or line
                if last:
                    digest.update(last)
                    rows += 1
                last = line
        told, foot = json.loads(head), json.loads(last)
        if told["format"] == FORMAT and foot == {"rows": rows, "sha256": digest.hexdigest()}:
            return dict(told)
    except FileNotFoundError as error:
        raise BadInput(say("bad-backup", lang, path=path.name), say("bad-backup-advice", lang)) from error
    except (OSError, EOFError, ValueError, KeyError, TypeError, zlib.error) as error:
        raise BadInput(say("bad-backup", lang, path=path.name), say("bad-backup-advice", lang)) from error
    raise BadInput(say("bad-backup", lang, path=path.name), say("bad-backup-advice", lang))


def _refuse_filled(database: Database) -> None:
    if database.revision() is None:
        return
    with database.connection() as connection:
        if connection.scalar(text("SELECT count(*) FROM districts")):
            from matcher.store.address import shown

            address = shown(database.url)
            raise BadInput(say("not-empty", database.lang, address=address), say("not-empty-advice", database.lang))


def _fill(database: Database, path: Path, revision: str) -> int:
    from matcher.store.migrate import downgrade

    if database.revision() is not None:
        downgrade(database, "base")
    upgrade(database, revision)
    rows = 0
    with database.connection(writes=True) as connection:
        schema = MetaData()
        schema.reflect(connection)
        for name, batch in _batches(path):
            table = schema.tables[name]
            connection.execute(table.insert(), [_typed(table, row, connection.dialect.name) for row in batch])
            rows += len(batch)
        _count_on(connection, schema)
    upgrade(database)
    return rows


def _batches(path: Path) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    name = ""
    batch: list[dict[str, Any]] = []
    with gzip.open(path, "rb") as packed:
        for line in packed:
            told = json.loads(line)
            if isinstance(told, dict):
                continue  # head and foot
            if batch and (told[0] != name or len(batch) >= _BATCH):
                yield name, batch
                batch = []
            name = told[0]
            batch.append(told[1])
    if batch:
        yield name, batch


def _typed(table: Table, row: dict[str, Any], dialect: str) -> dict[str, Any]:
    return {name: _value(table.columns[name].type, value, dialect) for name, value in row.items()}


def _value(kind: Any, value: Any, dialect: str) -> Any:
    if value is None:
        return None
    if isinstance(kind, DateTime):
        moment = datetime.fromisoformat(value)
        return moment.replace(tzinfo=None) if dialect == "sqlite" else moment
    if isinstance(kind, DateType):
        return date.fromisoformat(value)
    return base64.b64decode(value) if isinstance(kind, LargeBinary) else value


def _count_on(connection: Connection, schema: MetaData) -> None:
    """PostgreSQL's counters go on behind the numbers that were restored; SQLite's do by themselves."""
    if connection.dialect.name != "postgresql":
        return
    for table in schema.sorted_tables:
        if list(table.primary_key.columns.keys()) == ["number"]:
            following = select(func.coalesce(func.max(table.columns.number), 0) + 1).scalar_subquery()
            counter = func.pg_get_serial_sequence(table.name, "number")
            connection.execute(select(func.setval(counter, following, False)))
