"""Whether a server can do its work: the database, its version, room on the disk, a worker, encryption."""

from __future__ import annotations

import shutil
import threading
import time
from dataclasses import dataclass

from matcher.store.database import Database, Encryption, encryption
from matcher.store.troubles import StoreUnavailable
from matcher.store.versions import HEAD
from matcher.store.workers import present

LEAST_ROOM_MB = 256
"""With less on the disk of a SQLite file, requests are better sent elsewhere."""
FRESH = 1.0
"""Seconds for which an answer holds: anybody may ask."""


@dataclass(frozen=True, slots=True)
class Readiness:
    """What was found. ``trouble`` is a code of the store's, None if the database answers and has our version."""

    trouble: str | None
    revision: str | None
    workers: int
    slots: int
    free_mb: int | None
    """Room on the disk of a SQLite file; None for a server's, which it watches itself."""
    encryption: Encryption
    """``partly``: what is older than the key is not encrypted yet."""

    @property
    def has_room(self) -> bool:
        """Whether the disk has room; what is not known counts as enough."""
        return self.free_mb is None or self.free_mb >= LEAST_ROOM_MB

    @property
    def is_ready(self) -> bool:
        """Whether requests can be answered. Without a worker they can: runs wait."""
        return self.trouble is None and self.has_room


class Health:
    """Looks at most once a second, however many ask."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._looked = float("-inf")
        self._found: Readiness | None = None

    def readiness(self) -> Readiness:
        """What was found last, or is found now."""
        with self._lock:
            if self._found is None or time.monotonic() - self._looked > FRESH:
                self._found, self._looked = look(self._database), time.monotonic()
            return self._found


def look(database: Database) -> Readiness:
    """Ask the database, and the disk."""
    trouble, revision, workers, slots = None, None, 0, 0
    sealed: Encryption = "off" if database.keys.current is None else "on"
    try:
        database.refuse_other_version()
        revision = HEAD
        with database.everyone("health") as session:
            workers, slots = present(session)
        sealed = encryption(database)
    except StoreUnavailable as error:
        trouble = error.code
    return Readiness(trouble, revision, workers, slots, _free_mb(database), sealed)


def _free_mb(database: Database) -> int | None:
    if database.file is None:
        return None
    try:
        return shutil.disk_usage(database.file.absolute().parent).free // 2**20
    except OSError:
        return None
