"""Progress for many listeners: one look at the database for all of them, a few times a second.

A listener holds no thread and no session of the database while it waits.
"""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from weakref import WeakKeyDictionary

from matcher.errors import BadInput
from matcher.store.database import Database
from matcher.store.runs import ProgressEvent
from matcher.store.watching import News, news

LOOK_SECONDS = 0.25
"""Between looks at the database while anybody listens."""


class _Watched:
    """A run somebody listens to: its events from the first listener's place on, shared by all."""

    def __init__(self, after: int) -> None:
        self.first = after
        self.events: list[ProgressEvent] = []
        self.is_over = False
        self.listeners = 0
        self.changed = asyncio.Event()

    @property
    def last(self) -> int:
        return self.events[-1].sequence if self.events else self.first

    def take(self, told: News) -> None:
        self.events += told.events
        self.is_over = told.is_over
        self.changed.set()
        self.changed = asyncio.Event()


class _Hub:
    """The runs watched on one event loop."""

    def __init__(self, database: Database, is_closing: Callable[[], bool]) -> None:
        self.database, self.is_closing = database, is_closing
        self.watched: dict[str, list[_Watched]] = {}
        self.task: asyncio.Task[None] | None = None

    def join(self, run: str, after: int) -> _Watched:
        """A listener comes; one that begins further back than the others gets a look of its own."""
        shared = next((own for own in self.watched.get(run, ()) if own.first <= after), None)
        if shared is None:
            shared = _Watched(after)
            self.watched.setdefault(run, []).append(shared)
        shared.listeners += 1
        if self.task is None or self.task.done():
            self.task = asyncio.create_task(self._look_on())
        return shared

    def leave(self, run: str, shared: _Watched) -> None:
        shared.listeners -= 1
        if not shared.listeners:
            self.watched[run].remove(shared)
            if not self.watched[run]:
                del self.watched[run]

    async def _look_on(self) -> None:
        while self.watched:
            if self.is_closing():
                for own in [own for watched in self.watched.values() for own in watched]:
                    own.take(News((), is_over=True))
                return
            seen = {run: min(own.last for own in watched) for run, watched in self.watched.items()}
            with suppress(BadInput):  # the database is away: it may come back
                found = await asyncio.to_thread(self._look, seen)
                for run, told in found.items():
                    for own in self.watched.get(run, ()):
                        fresh = tuple(event for event in told.events if event.sequence > own.last)
                        if fresh or told.is_over:
                            own.take(News(fresh, told.is_over))
            await asyncio.sleep(LOOK_SECONDS)

    def _look(self, seen: dict[str, int]) -> dict[str, News]:
        with self.database.everyone("progress") as session:
            return news(session, seen)


class ProgressHub:
    """Listens to runs of one database, for as many as want to hear, until ``is_closing`` says that all has to end."""

    def __init__(self, database: Database, is_closing: Callable[[], bool] = lambda: False) -> None:
        self._database, self._is_closing = database, is_closing
        self._hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, _Hub] = WeakKeyDictionary()

    async def listen(self, run: str, *, after: int = 0, heartbeat: float = 15.0) -> AsyncIterator[ProgressEvent | None]:
        """The events of a run behind ``after``, as they come, until it has ended; None after so many quiet seconds."""
        loop = asyncio.get_running_loop()
        hub = self._hubs.setdefault(loop, _Hub(self._database, self._is_closing))
        shared = hub.join(run, after)
        try:
            place = after
            while True:
                changed = shared.changed
                at = bisect_right(shared.events, place, key=lambda event: event.sequence)
                for event in shared.events[at:]:
                    place = event.sequence
                    yield event
                if changed is not shared.changed:
                    continue
                if shared.is_over:
                    return
                try:
                    await asyncio.wait_for(changed.wait(), heartbeat)
                except TimeoutError:
                    yield None
        finally:
            hub.leave(run, shared)
