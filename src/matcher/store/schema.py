"""Every table of the database: import this where the whole must be known."""

from __future__ import annotations

from matcher.store import account_tables, feed_tables, link_tables, webhook_tables  # noqa: F401 - its tables are part of the whole
from matcher.store.tables import Base

METADATA = Base.metadata
