"""When a solve ends: seconds, counted work, or somebody's wish; and who watches it."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Stop:
    """Ends a solve after ``seconds``, after ``work``, at a proven ``gap``, after ``unimproved`` seconds, or on ``cancel()``.

    Whichever comes first. Counted work makes a run repeatable; seconds do not. A unit of work is one of CP-SAT's
    deterministic units, or ``MOVES_PER_WORK`` moves of the search: about a second either way.
    """

    seconds: float | None = 60.0
    work: float | None = None
    gap: float | None = None
    """Of the quality tier, with needs and promises proven: 0.01 ends the solve at one per cent."""
    unimproved: float | None = None
    """Seconds without a better roster or bound."""
    _cancelled: threading.Event = field(default_factory=threading.Event, repr=False, compare=False)

    def cancel(self) -> None:
        """Ask the solve to end with the best roster so far; may be called from a signal handler."""
        self._cancelled.set()

    @property
    def cancelled(self) -> bool:
        return self._cancelled.is_set()


MOVES_PER_WORK = 600_000
"""Moves of the search that count as one unit of work."""


class Timer:
    """What is left of a ``Stop``, from now on."""

    def __init__(self, stop: Stop) -> None:
        self.stop = stop
        self._began = time.monotonic()
        self._work_done = 0.0

    @property
    def elapsed(self) -> float:
        return time.monotonic() - self._began

    def forgive(self, seconds: float) -> None:
        """Do not count so many seconds, spent on what happens once per installation."""
        self._began += seconds

    @property
    def used(self) -> float:
        """The part of the limit that is used up, 0 to 1; without a limit 0."""
        parts = [0.0]
        if self.stop.seconds is not None:
            parts.append(self.elapsed / self.stop.seconds if self.stop.seconds else 1.0)
        if self.stop.work is not None:
            parts.append(self._work_done / self.stop.work if self.stop.work else 1.0)
        return min(1.0, max(parts))

    @property
    def seconds_left(self) -> float | None:
        return None if self.stop.seconds is None else max(0.0, self.stop.seconds - self.elapsed)

    @property
    def work_left(self) -> float | None:
        return None if self.stop.work is None else max(0.0, self.stop.work - self._work_done)

    @property
    def over(self) -> bool:
        """Nothing is left."""
        return self.stop.cancelled or self.seconds_left == 0.0 or self.work_left == 0.0

    def worked(self, amount: float) -> None:
        """Count deterministic work done."""
        self._work_done += amount


class Progress:
    """Hooks a solve calls as it goes; all do nothing. Subclass what you want to see."""

    def compiling(self) -> None:
        """The search is being compiled: once per installation, some seconds."""

    def tier_begins(self, tier: str) -> None:
        """A tier's search begins."""

    def better(self, tier: str, value: int, bound: int | None) -> None:
        """A better roster was found."""

    def bound_rises(self, tier: str, bound: int) -> None:
        """A tier's bound was raised."""

    def tier_ends(self, tier: str, value: int, bound: int | None, status: str) -> None:
        """A tier's search ended."""
