"""Who plans: something that takes tasks and gives outcomes. Here: this machine, without any scheduler."""

from __future__ import annotations

import queue
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

from matcher.cluster.task import Outcome, Task, plan_one
from matcher.service.solving.process import COMMAND

AHEAD = 2
"""Tasks in hand for each that is planned: the next one is there when it ends."""


class Engine(Protocol):
    """Plans communities side by side."""

    @property
    def room(self) -> int:
        """How many tasks it may have in hand now: those it plans, and as many that wait beside them."""

    def submit(self, task: Task) -> None:
        """Have a community planned; at once or when there is room."""

    def ended(self, seconds: float) -> Outcome | None:
        """The next outcome; None if there is none after so many seconds.

        Raises ``ClusterGone`` when nothing more is to be hoped for.
        """

    def close(self) -> None:
        """End what is going on, at once."""


class ThisMachine:
    """So many communities at once on this machine, a process each. A process that is killed harms no other."""

    def __init__(self, slots: int, command: Sequence[str] = COMMAND) -> None:
        self.room, self._command = AHEAD * slots, command
        self._over = threading.Event()
        self._outcomes: queue.SimpleQueue[Outcome] = queue.SimpleQueue()
        self._pool = ThreadPoolExecutor(slots, thread_name_prefix="plan")

    def submit(self, task: Task) -> None:
        """Plan the community when its turn comes."""
        self._pool.submit(self._plan, task)

    def _plan(self, task: Task) -> None:
        self._outcomes.put(
            Outcome(task.community, task.attempt)
            if self._over.is_set()
            else plan_one(task, self._over.is_set, self._command)
        )

    def ended(self, seconds: float) -> Outcome | None:
        """The next outcome; None if there is none after so many seconds."""
        try:
            return self._outcomes.get(timeout=seconds)
        except queue.Empty:
            return None

    def close(self) -> None:
        """End the processes, and wait until they are gone."""
        self._over.set()
        self._pool.shutdown(cancel_futures=True)
