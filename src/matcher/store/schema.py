"""Every table of the database: import this where the whole must be known."""

from __future__ import annotations

from matcher.store.tables import Base

METADATA = Base.metadata
