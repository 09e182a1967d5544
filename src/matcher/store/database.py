"""The database: its engine, and sessions that read or write within a scope."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import Any, Literal, Protocol

from sqlalchemy import URL, Connection, Engine, create_engine, event, func, insert, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import Session

from matcher.errors import BadInput, Fault
from matcher.store.account_tables import EncryptionRow
from matcher.store.address import file_of
from matcher.store.crypto import Keyring, SealedError, keyring
from matcher.store.scope import Reach, Scope, limit_to
from matcher.store.tables import Community, District
from matcher.store.troubles import StoreUnavailable, trouble_of
from matcher.store.versions import HEAD, REVISIONS
from matcher.store.words import say

PLAIN = "plain"
"""Stands among the ids of keys while documents from before the first key are not encrypted yet."""
BUSY_SECONDS = 10.0
"""How long to wait for somebody else's write."""


Encryption = Literal["on", "off", "partly"]


class Closes(Protocol):
    """Something kept beside a database until it is closed."""

    def close(self) -> None:
        """Finish, while the database is still there."""


class Database:
    """One database. Sessions come from ``reading`` and ``writing``, which need a scope.

    Everything a driver refuses for reasons outside matcher becomes ``StoreUnavailable``, a ``BadInput``. ``keys``
    encrypt documents; without, those of ``MATCHER_KEY`` do, or none.
    """

    def __init__(
        self, url: URL, *, lang: str = "zh", busy_seconds: float = BUSY_SECONDS, keys: Keyring | None = None
    ) -> None:
        self.url, self.lang, self.busy_seconds = url, lang, busy_seconds
        self.keys = keyring(lang=lang) if keys is None else keys
        self.file = file_of(url)
        self._one_writes = threading.Lock()
        self.engine = _engine(url, busy_seconds)
        self.engine.dialect.matcher_keys = self.keys  # type: ignore[attr-defined]  # see ``types.keys_of``
        self._keys_fit, self._key_is_told = False, False
        self.sightings: Closes | None = None
        """Who saw what, kept by ``service.sightings`` until it is written down: at the latest when this is closed."""
        self._reads: Engine
        self._writes: Engine
        if self.file is not None:
            self._reads = self.engine
            self._writes = self.engine.execution_options(matcher_writes=True)
        else:
            self._reads = self.engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            self._writes = self.engine

    # -------------------------------------------------------------------------------------- sessions

    @contextmanager
    def reading(self, scope: Scope, *, lang: str | None = None) -> Iterator[Session]:
        """A session that sees one moment of what lies within scope, and writes nothing that lasts."""
        with self._session(self._reads, "", lang) as session:
            self._enter(session, scope)
            yield session

    @contextmanager
    def writing(self, scope: Scope, actor: str, *, lang: str | None = None) -> Iterator[Session]:
        """A session whose changes are kept whole when it ends well, or not at all; ``actor`` signs them."""
        with self._session(self._writes, actor, lang) as session:
            self._enter(session, scope)
            yield session

    @contextmanager
    def everyone(self, actor: str, *, writes: bool = False, lang: str | None = None) -> Iterator[Session]:
        """A session for matcher's own work across all tenants: workers, backup, status. Never for a request."""
        with self._session(self._writes if writes else self._reads, actor, lang) as session:
            limit_to(session, Reach(None, None))
            yield session

    @contextmanager
    def connection(self, *, writes: bool = False) -> Iterator[Connection]:
        """A plain connection in a transaction, for migrations and backups."""
        with self.telling(), (self._writes if writes else self._reads).begin() as connection:
            yield connection

    @contextmanager
    def telling(self, lang: str | None = None) -> Iterator[None]:
        """What the driver refuses meanwhile is said as ``StoreUnavailable``."""
        try:
            yield
        except SealedError as error:
            raise self._sealed(error.key, lang) from error
        except (DBAPIError, PoolTimeoutError) as error:
            trouble = trouble_of(error, self.url, lang or self.lang)
            if trouble is None:
                raise
            raise trouble from error

    @contextmanager
    def _session(self, engine: Engine, actor: str, lang: str | None) -> Iterator[Session]:
        if self.file is not None and not self.file.is_file():
            raise StoreUnavailable("database-gone", self.url, lang or self.lang)
        self._look_at_keys(lang)
        if engine is self._writes:
            self._tell_key(lang)
        try:
            with (
                self._turn(engine, lang), self.telling(lang),
                Session(engine, expire_on_commit=False) as session, session.begin(),
            ):
                session.info.update(actor=actor, lang=lang or self.lang)
                yield session
        except (OperationalError, ProgrammingError):  # a table or column is not there: perhaps another program migrated
            self.refuse_other_version()
            raise

    @contextmanager
    def _turn(self, engine: Engine, lang: str | None) -> Iterator[None]:
        """SQLite lets one writer in at a time; threads of one process wait here, not by asking again and again."""
        if self.file is None or engine is self._reads:
            yield
            return
        if not self._one_writes.acquire(timeout=self.busy_seconds):
            raise StoreUnavailable("database-locked", self.url, lang or self.lang)
        try:
            yield
        finally:
            self._one_writes.release()

    def _enter(self, session: Session, scope: Scope) -> None:
        limit_to(session, Reach(None, None))
        lang = session.info["lang"]
        district = session.scalar(select(District.number).where(District.id == scope.district))
        if district is None:
            raise _unknown("district", scope.district, lang)
        wanted = select(Community.number).where(Community.district == district)
        if scope.community is not None:
            wanted = wanted.where(Community.id == scope.community)
        found = frozenset(session.scalars(wanted))
        if scope.community is not None and not found:
            raise _unknown("community", scope.community, lang)
        session.info.update(scope=scope, single=scope.community is not None)
        limit_to(session, Reach(district, found))

    # ------------------------------------------------------------------------------------------- keys

    def sealed_with(self) -> frozenset[str]:
        """The ids of the keys that documents may be encrypted with; ``PLAIN`` among them while some are not."""
        with self.telling(), self._reads.connect() as connection:
            if not _has_table(connection, EncryptionRow.__tablename__):
                return frozenset()
            return frozenset(connection.scalars(select(EncryptionRow.__table__.c.key)))

    def _look_at_keys(self, lang: str | None) -> None:
        """Refuse a database that needs a key which is not here: once, at the first session."""
        if self._keys_fit:
            return
        missing = self.sealed_with() - {PLAIN} - self.keys.keys.keys()
        if missing:
            raise self._sealed(", ".join(sorted(missing)), lang)
        self._keys_fit = True

    def _tell_key(self, lang: str | None) -> None:
        """Note in the database, before the first change, that documents get encrypted with this key from now on."""
        name = self.keys.current
        if self._key_is_told or name is None:
            return
        if name not in self.sealed_with():
            # Somebody else may have noted it meanwhile.
            with self._turn(self._writes, lang), self.telling(lang), suppress(IntegrityError), self._writes.begin() as one:
                _note_key(one, name)
        self._key_is_told = name in self.sealed_with()  # tables of an older version have no place for it

    def _sealed(self, key: str | None, lang: str | None) -> StoreUnavailable:
        return StoreUnavailable("key-missing" if key else "document-damaged", self.url, lang or self.lang, key=key)

    # --------------------------------------------------------------------------------------- versions

    def revision(self) -> str | None:
        """The version the tables are of; None for an empty or missing database. Raises ``StoreUnavailable``."""
        if self.file is not None and not self.file.is_file():
            return None
        with self.connection() as connection:
            if not _has_table(connection, "alembic_version"):
                if _has_any_table(connection):
                    raise StoreUnavailable("database-broken", self.url, self.lang)
                return None
            found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
            return found

    def refuse_other_version(self) -> None:
        """Raise ``StoreUnavailable`` unless the tables are of exactly the version this program knows."""
        found = self.revision()
        if found == HEAD:
            self._keys_fit = False
            self._look_at_keys(None)
            return
        code = "database-empty" if found is None else "database-older" if found in REVISIONS else "database-newer"
        if found is None and self.file is not None and not self.file.is_file():
            code = "database-gone"
        raise StoreUnavailable(code, self.url, self.lang, found=found, head=HEAD)

    def close(self) -> None:
        """Write down what waits to be, and let go of all connections."""
        if self.sightings is not None:
            self.sightings.close()
            self.sightings = None
        self.engine.dispose()


def encryption(database: Database) -> Encryption:
    """Whether documents are encrypted: ``on``, ``off``, or ``partly`` while some from before the key are not."""
    found = database.sealed_with()
    if not found and database.keys.current is None:
        return "off"
    if found:
        return "partly" if PLAIN in found else "on"
    with database.connection() as connection:
        return "partly" if connection.scalar(select(func.count()).select_from(District.__table__)) else "on"


def now_of(session: Session) -> datetime:
    """The database's clock: workers on different machines agree on it."""
    if session.get_bind().dialect.name == "sqlite":
        return datetime.now(UTC)
    told = session.connection().scalar(select(func.clock_timestamp()))
    assert isinstance(told, datetime)
    return told.astimezone(UTC)


def _unknown(noun: str, name: str, lang: str) -> BadInput:
    return BadInput([Fault(say(f"no-{noun}", lang, name=name), say("no-community-advice", lang), code=f"no-{noun}")])


def _has_table(connection: Connection, name: str) -> bool:
    return connection.dialect.has_table(connection, name)


def _note_key(connection: Connection, name: str) -> None:
    """Add the key's id; and ``PLAIN``, if the database holds anything from before its first key."""
    if not _has_table(connection, EncryptionRow.__tablename__):
        return
    now = datetime.now(UTC)
    known = set(connection.scalars(select(EncryptionRow.__table__.c.key)))
    started = connection.scalar(select(func.count()).select_from(District.__table__))
    new = {name} if known or not started else {name, PLAIN}
    connection.execute(insert(EncryptionRow), [{"key": key, "since": now} for key in sorted(new - known)])


def _has_any_table(connection: Connection) -> bool:
    from sqlalchemy import inspect

    return bool(inspect(connection).get_table_names())


def _engine(url: URL, busy_seconds: float) -> Engine:
    if url.drivername != "sqlite":
        options = f"-c timezone=UTC -c lock_timeout={int(busy_seconds * 1000)}"
        arguments = {"connect_timeout": max(2, int(busy_seconds)), "options": options}
        return create_engine(url, connect_args=arguments, pool_pre_ping=True, pool_size=10, max_overflow=20)
    engine = create_engine(
        url, connect_args={"timeout": busy_seconds, "check_same_thread": False}, pool_size=10, max_overflow=40,
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # Transactions are begun by hand: the driver would begin them late, and take the write lock later still.
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("matcher_writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
