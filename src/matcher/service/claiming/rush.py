"""Claims under rush: those that wait at the same time are taken in one transaction, each answered after its commit."""

from __future__ import annotations

import threading
from collections import defaultdict, deque
from dataclasses import dataclass, field

from matcher.errors import BadInput, MatcherError
from matcher.store.claims import Taken, Wanted, take
from matcher.store.database import Database
from matcher.store.scope import Scope

MOST_AT_ONCE = 200
"""Claims of one transaction at most: nobody waits long for those before."""


@dataclass(slots=True, eq=False)
class _Waiting:
    """One claim on its way in. ``called``: it has been answered, or it is first in the queue and takes the next batch."""

    wanted: Wanted
    called: threading.Event = field(default_factory=threading.Event)
    answer: Taken | BadInput | None = None
    failure: BaseException | None = None

    @property
    def is_over(self) -> bool:
        return self.answer is not None or self.failure is not None


class Rush:
    """Takes claims of many threads. The disk is asked once per batch, not once per claim (group commit).

    Whoever comes while a batch is being written waits; the first of them then takes the next batch, with everybody
    who has come meanwhile. Processes do not know of each other: the database keeps them apart.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._queues: dict[Scope, deque[_Waiting]] = defaultdict(deque)
        self._busy: set[Scope] = set()

    def claim(self, scope: Scope, wanted: Wanted) -> Taken:
        """The claim, once it is on the disk; raises ``BadInput`` where it is refused or the database cannot take it."""
        mine = _Waiting(wanted)
        with self._lock:
            self._queues[scope].append(mine)
            leads = scope not in self._busy
            self._busy.add(scope)
        if not leads:
            mine.called.wait()
        if not mine.is_over:
            self._take_next(scope)
        if mine.failure is not None:
            raise mine.failure
        if isinstance(mine.answer, BadInput):
            raise mine.answer
        assert mine.answer is not None
        return mine.answer

    def _take_next(self, scope: Scope) -> None:
        with self._lock:
            queue = self._queues[scope]
            batch = [queue.popleft() for _ in range(min(len(queue), MOST_AT_ONCE))]
        try:
            with self._database.writing(scope, "rush") as session:
                answers = take(session, [one.wanted for one in batch])
            for one, answer in zip(batch, answers):
                one.answer = answer
        except MatcherError as error:
            for one in batch:
                one.failure = error
        finally:
            for one in batch:
                if not one.is_over:
                    one.failure = RuntimeError("the claims of this moment were not taken")
            self._hand_over(scope, batch)

    def _hand_over(self, scope: Scope, batch: list[_Waiting]) -> None:
        with self._lock:
            queue = self._queues[scope]
            if queue:
                queue[0].called.set()
            else:
                self._busy.discard(scope)
        for one in batch:
            one.called.set()
