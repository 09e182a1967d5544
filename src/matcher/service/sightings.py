"""Who saw personal data: counted in memory, written into the audit log every few seconds. Reading stays cheap.

A line says who, which noun, how many rows in how many requests, and the key where it was one row. A server that is
killed loses the last seconds of it; one that is stopped does not.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from matcher.errors import BadInput
from matcher.service.logs import tell
from matcher.store import audit
from matcher.store.database import Database
from matcher.store.scope import Scope

PERSONAL = frozenset(("residents", "volunteers", "places", "wishes", "persons", "facts", "rosters", "messages", "audit"))
"""Nouns whose rows name people, or say how to reach them."""
EVERY_SECONDS = 5.0
_MOST_KEPT = 10_000
"""Different lines waiting at most; a database that stays away must not fill the memory."""


@dataclass(slots=True)
class _Count:
    rows: int = 0
    requests: int = 0


class Sightings:
    """What has been seen through one database and is not yet in its log."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._waiting: dict[tuple[Scope, str, str, str], _Count] = {}
        self._ends = threading.Event()
        self._thread: threading.Thread | None = None

    def saw(self, scope: Scope, actor: str, noun: str, rows: int, *, key: str = "") -> None:
        """Somebody has been shown rows of a noun; ``key`` names the one, if it was one."""
        if rows == 0 or scope.community is None:
            return
        with self._lock:
            if len(self._waiting) >= _MOST_KEPT:
                return
            count = self._waiting.setdefault((scope, actor, noun, key), _Count())
            count.rows += rows
            count.requests += 1
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="sightings", daemon=True)
                self._thread.start()

    def flush(self) -> None:
        """Write down what waits; raises nothing: what cannot be written is tried again next time."""
        with self._lock:
            waiting, self._waiting = self._waiting, {}
        by_whom: dict[tuple[Scope, str], list[tuple[str, str, _Count]]] = {}
        for (scope, actor, noun, key), count in waiting.items():
            by_whom.setdefault((scope, actor), []).append((noun, key, count))
        for (scope, actor), lines in by_whom.items():
            try:
                with self._database.writing(scope, actor) as session:
                    for noun, key, count in lines:
                        audit.note(session, "see", noun, key, rows=count.rows, requests=count.requests)
            except BadInput as error:
                tell("sightings-not-written", code=error.faults[0].code)
                with self._lock:
                    for noun, key, count in lines:
                        self._waiting.setdefault((scope, actor, noun, key), count)

    def close(self) -> None:
        """Write down the rest, and stop."""
        self._ends.set()
        if self._thread is not None:
            self._thread.join(timeout=10)
        self.flush()

    def _run(self) -> None:
        while not self._ends.wait(EVERY_SECONDS):
            if self._waiting:
                self.flush()


_OF: WeakKeyDictionary[Database, Sightings] = WeakKeyDictionary()
_MAKING = threading.Lock()


def sightings_of(database: Database) -> Sightings:
    """The sightings of a database, one for all its requests."""
    with _MAKING:
        return _OF.setdefault(database, Sightings(database))
