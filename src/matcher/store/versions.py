"""The versions of the tables, oldest first; the same as the files in ``migrations/versions`` (a test compares)."""

from __future__ import annotations

REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006", "0007")
HEAD = REVISIONS[-1]
