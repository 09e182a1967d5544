"""Databases for the store's tests: SQLite in a file, and a PostgreSQL the tests start themselves."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from databases import address, database, server

__all__ = ["address", "database", "server"]
