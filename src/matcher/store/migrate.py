"""Migrations: to the newest version, or back to an earlier one; all of it or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, func, inspect, select, table, text

from matcher.errors import BadInput, Fault
from matcher.store.database import Database
from matcher.store.troubles import StoreUnavailable
from matcher.store.versions import HEAD, REVISIONS
from matcher.store.words import say

_LOCK = 7_100_511
"""The number whose lock keeps two migrations of one PostgreSQL database apart."""
_ADDED: dict[str, tuple[str, ...]] = {
    "0002": ("rosters", "runs", "schedules", "outbox"),
    "0003": ("api_keys", "encryption", "failed_attempts", "one_time_tokens", "user_sessions", "users"),
    "0004": ("invitations", "links", "messages", "orders", "tickets", "visit_orders"),
    "0005": ("deliveries", "webhooks"),
    "0006": ("feed_entries", "feeds"),
    "0007": ("audit_above",),
}
"""Tables of each version whose contents going back would drop; those of the first are all the rest."""


def upgrade(database: Database, revision: str = HEAD) -> None:
    """Bring the tables to ``revision``, creating the database if there is none.

    Raises ``StoreUnavailable`` for a database of a newer version or of another program, ``BadInput`` for an
    unknown revision.
    """
    _refuse_unknown(revision, database.lang)
    found = database.revision()
    if found is not None and found not in REVISIONS:
        raise StoreUnavailable("database-newer", database.url, database.lang, found=found, head=HEAD)
    with _altering(database) as connection:
        _run(connection, revision, down=False)


def downgrade(database: Database, revision: str, *, even_if_lost: bool = False) -> None:
    """Go back to an earlier version (``base``: no tables at all).

    Raises ``BadInput`` if rows would be lost, unless ``even_if_lost``.
    """
    if revision != "base":
        _refuse_unknown(revision, database.lang)
    found = database.revision()
    if found is None or found not in REVISIONS:
        database.refuse_other_version()
    with _altering(database) as connection:
        lost = _lost(connection, revision)
        if lost and not even_if_lost:
            message = say("downgrade-drops", database.lang, to=revision, tables=", ".join(lost))
            raise BadInput([Fault(message, say("downgrade-drops-advice", database.lang), code="downgrade-drops")])
        _run(connection, revision, down=True)


def _refuse_unknown(revision: str, lang: str) -> None:
    if revision not in REVISIONS:
        message = say("no-revision", lang, name=revision)
        raise BadInput(message, say("no-revision-advice", lang, known=", ".join(REVISIONS)))


def _lost(connection: Connection, revision: str) -> list[str]:
    if revision == "base":
        names = set(inspect(connection).get_table_names()) - {"alembic_version", "workers"}
    else:
        later = REVISIONS[REVISIONS.index(revision) + 1 :]
        names = {name for version in later for name in _ADDED[version]} & set(inspect(connection).get_table_names())
    return sorted(name for name in names if connection.scalar(select(func.count()).select_from(table(name))))


@contextmanager
def _altering(database: Database) -> Iterator[Connection]:
    """A connection that may rebuild tables; nobody else migrates meanwhile."""
    if database.file is None:
        with database.connection(writes=True) as connection:
            connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
            yield connection
        return
    try:
        database.file.touch(0o600)  # it will hold personal data; what SQLite puts beside it is no more open
    except OSError as error:
        raise StoreUnavailable("database-gone", database.url, database.lang) from error
    with database.telling(), database.engine.connect() as plain:
        # Rebuilding a table drops it, and foreign keys would take all rows that refer to it along.
        # Said to the driver itself: within a transaction the switch does nothing.
        plain.connection.execute("PRAGMA foreign_keys=OFF")
        try:
            connection = plain.execution_options(matcher_writes=True)
            with connection.begin():
                yield connection
                broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
                assert not broken, f"rows that refer to nothing: {broken[:3]}"
        finally:
            plain.invalidate()  # its foreign keys are off


def _run(connection: Connection, revision: str, *, down: bool) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "matcher.store:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    (command.downgrade if down else command.upgrade)(config, revision)
