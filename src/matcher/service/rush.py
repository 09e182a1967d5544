"""Claims under rush: those that wait at the same time are taken in one transaction, each answered after its commit."""

from __future__ import annotations

import threading
from collections import defaultdict, deque
from dataclasses import dataclass

from matcher.errors import BadInput, MatcherError
from matcher.store.claims import Taken, Wanted, take
from matcher.store.database import Database
from matcher.store.scope import Scope

MOST_AT_ONCE = 200
"""Claims of one transaction at most: nobody waits long for those before."""


@dataclass(slots=True, eq=False)
class _Waiting:
    """One claim on its way in."""

    wanted: Wanted
    answer: Taken | BadInput | None = None
    failure: BaseException | None = None

    @property
    def is_over(self) -> bool:
        return self.answer is not None or self.failure is not None


class Rush:
    """Takes claims of many threads. The disk is asked once per batch, not once per claim (group commit).

    Whoever comes while a batch is being written waits for it; the first of them then takes the next batch, with
    everybody who has come meanwhile. Processes do not know of each other: the database keeps them apart.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._queues: dict[Scope, deque[_Waiting]] = defaultdict(deque)
        self._turns: dict[Scope, threading.Lock] = defaultdict(threading.Lock)

    def claim(self, scope: Scope, wanted: Wanted) -> Taken:
        """The claim, once it is on the disk; raises ``BadInput`` where it is refused or the database cannot take it."""
        mine = _Waiting(wanted)
        with self._lock:
            self._queues[scope].append(mine)
            turn = self._turns[scope]
        while not mine.is_over:
            with turn:
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
        except MatcherError as error:
            for one in batch:
                one.failure = error
        except BaseException as error:
            for one in batch:
                one.failure = one.failure or RuntimeError(f"claims were not taken: {type(error).__name__}")
            raise
        else:
            for one, answer in zip(batch, answers):
                one.answer = answer
