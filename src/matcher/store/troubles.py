"""What a database refused, said to the coordinator: locked, full, gone, broken, read-only."""

from __future__ import annotations

import sqlite3

from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from matcher.errors import BadInput, Fault
from matcher.store.address import file_of, shown
from matcher.store.words import say


class StoreUnavailable(BadInput):
    """The database cannot be used as it is. ``transient`` ones may pass: locked, full, gone."""

    def __init__(self, code: str, url: URL, lang: str, **values: object) -> None:
        advice = f"{code}-advice"
        if code == "database-gone":
            advice = f"{code}-{'file' if file_of(url) is not None else 'server'}"
        if code == "database-empty":
            advice = "database-gone-file"
        message = say(code, lang, address=shown(url), **values)
        super().__init__([Fault(message, say(advice, lang), code=code)])
        self.code = code

    @property
    def transient(self) -> bool:
        """Whether trying again later may help."""
        return self.code in ("database-locked", "database-full", "database-gone")


_SQLITE = {
    sqlite3.SQLITE_BUSY: "database-locked",
    sqlite3.SQLITE_LOCKED: "database-locked",
    sqlite3.SQLITE_FULL: "database-full",
    sqlite3.SQLITE_IOERR: "database-full",
    sqlite3.SQLITE_CANTOPEN: "database-gone",
    sqlite3.SQLITE_NOTADB: "database-broken",
    sqlite3.SQLITE_CORRUPT: "database-broken",
    sqlite3.SQLITE_READONLY: "database-read-only",
    sqlite3.SQLITE_PERM: "database-read-only",
}
_POSTGRESQL = {
    "55P03": "database-locked", "40P01": "database-locked", "40001": "database-locked", "57014": "database-locked",
    "53100": "database-full", "53200": "database-full", "53300": "database-locked",
    "25006": "database-read-only", "42501": "database-read-only",
    "57P01": "database-gone", "57P02": "database-gone", "57P03": "database-gone",
}


def trouble_of(error: Exception, url: URL, lang: str) -> StoreUnavailable | None:
    """The sentence for what a driver raised; None if it is a bug of ours."""
    if isinstance(error, PoolTimeoutError):
        return StoreUnavailable("database-locked", url, lang)
    if not isinstance(error, DBAPIError):
        return None
    code = _code(error)
    return StoreUnavailable(code, url, lang) if code else None


def _code(error: DBAPIError) -> str | None:
    raised = error.orig
    if isinstance(raised, sqlite3.Error):
        number = getattr(raised, "sqlite_errorcode", None)
        return None if number is None else _SQLITE.get(number & 0xFF)
    state = getattr(raised, "sqlstate", None)
    if state is None:  # no answer from any server
        return "database-gone" if type(raised).__name__ in ("OperationalError", "InterfaceError") else None
    if state[:2] in ("08", "28", "3D"):
        return "database-gone"
    return _POSTGRESQL.get(state)
