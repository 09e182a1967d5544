"""Column types that mean the same in SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Integer, LargeBinary
from sqlalchemy.types import TypeDecorator

from matcher.store.crypto import NO_KEYS, Keyring

Number = BigInteger().with_variant(Integer, "sqlite")
"""A number the database gives out; SQLite counts up only what it calls INTEGER."""


class UtcTime(TypeDecorator[datetime]):
    """A moment, kept in UTC and read back with its offset. SQLite itself would forget the offset."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs an offset")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Document(TypeDecorator[Any]):
    """A JSON document: an object or a list, kept as text as it was written, or encrypted if the database has a key."""

    impl = JSON(none_as_null=True)
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        return None if value is None else keys_of(dialect).seal_document(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        return keys_of(dialect).open_document(value)


class Sealed(TypeDecorator[bytes]):
    """Bytes, encrypted if the database has a key."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        return None if value is None else keys_of(dialect).seal(value)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        return None if value is None else keys_of(dialect).open(value)


def keys_of(dialect: Dialect) -> Keyring:
    """The keys of the database a statement goes to; they are carried by its dialect, which no other database shares."""
    found = getattr(dialect, "matcher_keys", NO_KEYS)
    assert isinstance(found, Keyring)
    return found
