"""Who has which name and number, remembered: under rush nobody reads all volunteers for every claim."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from matcher.exchange.link import name_key
from matcher.store.scope import community_of
from matcher.store.tables import VolunteerRow

_OVERLAP = timedelta(minutes=2)
"""Rows changed so shortly before the last look are read again: clocks differ, and transactions take time."""


class _Book:
    """One community's people by number, as far as they have been read."""

    def __init__(self) -> None:
        self.seen: datetime | None = None
        self.by_phone: dict[str, dict[str, str]] = {}


_LOCK = threading.Lock()
_BOOKS: WeakKeyDictionary[Engine, dict[int, _Book]] = WeakKeyDictionary()


def find(session: Session, phone: str, name: str) -> str | None:
    """The volunteer of that number and name, however the name is spaced; None if there is none."""
    community, wanted = community_of(session), name_key(name)
    with _LOCK:
        book = _BOOKS.setdefault(session.get_bind().engine, {}).setdefault(community, _Book())
        _read_on(session, book)
        candidates = [key for key, known in book.by_phone.get(phone, {}).items() if known == wanted]
    for key in candidates:  # what was remembered may be gone, or never was committed
        row = session.scalar(select(VolunteerRow).where(VolunteerRow.key == key))
        told = {} if row is None else row.document
        if told.get("phone") == phone and name_key(str(told.get("name", ""))) == wanted:
            return key
    return None


def _read_on(session: Session, book: _Book) -> None:
    wanted = select(VolunteerRow.key, VolunteerRow.document, VolunteerRow.changed_at)
    if book.seen is not None:
        wanted = wanted.where(VolunteerRow.changed_at >= book.seen - _OVERLAP)
    for key, document, changed_at in session.execute(wanted):
        book.seen = changed_at if book.seen is None else max(book.seen, changed_at)
        if phone := document.get("phone"):
            book.by_phone.setdefault(phone, {})[key] = name_key(str(document.get("name", "")))
