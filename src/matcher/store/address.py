"""Where the database is: a file for SQLite, or the URL of a PostgreSQL server."""

from __future__ import annotations

import os
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from matcher.errors import BadInput
from matcher.store.words import say

VARIABLE = "MATCHER_DATABASE"
DEFAULT = "matcher.db"


def address_of(told: str | None, lang: str = "zh") -> URL:
    """The database named by ``told``, else by ``MATCHER_DATABASE``, else ``matcher.db`` in the current folder.

    Raises ``BadInput`` for anything but a file, ``sqlite:///FILE`` or ``postgresql://…``.

    >>> address_of("donghe.db").render_as_string(), address_of("postgres://me@host/matcher").drivername
    ('sqlite:///donghe.db', 'postgresql+psycopg')
    """
    text = told or os.environ.get(VARIABLE) or DEFAULT
    if "://" not in text:
        return URL.create("sqlite", database=text)
    try:
        url = make_url(text)
    except (ArgumentError, ValueError) as error:
        raise _bad(text.partition("://")[0], lang) from error
    if url.drivername in ("postgres", "postgresql", "postgresql+psycopg"):
        return url.set(drivername="postgresql+psycopg")
    if url.drivername == "sqlite" and url.database and url.database != ":memory:":
        return url
    raise _bad(url.drivername, lang)


def _bad(scheme: str, lang: str) -> BadInput:
    # What follows the scheme may hold a password.
    return BadInput(say("bad-address", lang, address=f"{scheme}://…"), say("bad-address-advice", lang))


def shown(url: URL) -> str:
    """The address as it may be shown: a file's name, or a URL without its password and options."""
    if url.drivername == "sqlite":
        return str(url.database)
    return url.set(drivername="postgresql", query={}).render_as_string(hide_password=True)


def file_of(url: URL) -> Path | None:
    """The file of a SQLite database; None for a server."""
    return Path(str(url.database)) if url.drivername == "sqlite" else None
