"""Who saw personal data: counted in memory, written into the audit log every few seconds. Reading stays cheap.

A line says who, which noun, how many rows in how many requests, and the key where it was one row. A server that is
killed loses the last seconds of it; one that is stopped does not.
"""

from __future__ import annotations

import atexit
import threading
from dataclasses import dataclass
from weakref import WeakSet

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
_MOST_TRIES = 3


@dataclass(slots=True)
class _Count:
    rows: int = 0
    requests: int = 0
    tries: int = 0


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
        if rows == 0 or noun not in PERSONAL or scope.community is None:
            return
        with self._lock:
            if len(self._waiting) >= _MOST_KEPT:
                return
            count = self._waiting.setdefault((scope, actor, noun, key), _Count())
            count.rows += rows
            count.requests += 1
            if self._thread is None and not self._ends.is_set():
                self._thread = threading.Thread(target=self._run, name="sightings", daemon=True)
                self._thread.start()

    def flush(self) -> None:
        """Write down what waits; raises nothing: what cannot be written is tried again, up to three times."""
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
                tell("sightings-not-written", code=error.faults[0].code, lines=len(lines))
                self._keep(scope, actor, lines)

    def close(self) -> None:
        """Write down the rest, and stop."""
        self._ends.set()
        thread = self._thread
        if thread is not None:
            thread.join(timeout=10)
        self.flush()

    def _keep(self, scope: Scope, actor: str, lines: list[tuple[str, str, _Count]]) -> None:
        with self._lock:
            for noun, key, count in lines:
                if count.tries < _MOST_TRIES:
                    new = self._waiting.setdefault((scope, actor, noun, key), _Count())
                    new.rows, new.requests = new.rows + count.rows, new.requests + count.requests
                    new.tries = count.tries + 1

    def _run(self) -> None:
        """Lives while there is anything to write."""
        while True:
            self._ends.wait(EVERY_SECONDS)
            self.flush()
            with self._lock:
                if not self._waiting or self._ends.is_set():
                    self._thread = None
                    return


_OPEN: WeakSet[Database] = WeakSet()
_MAKING = threading.Lock()


def sightings_of(database: Database) -> Sightings:
    """The sightings of a database, one for all its requests; they are written down at the latest when it is closed."""
    with _MAKING:
        if database.sightings is None:
            database.sightings = Sightings(database)
            _OPEN.add(database)
        found = database.sightings
    assert isinstance(found, Sightings)
    return found


@atexit.register
def _write_the_rest() -> None:
    for one in list(_OPEN):
        one.close()
