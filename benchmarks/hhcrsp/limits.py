"""How long a benchmark run may take."""

from __future__ import annotations

import time


class CpuSeconds:
    """So many seconds of this thread's own CPU time: the same on a machine that others use too."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._began = time.thread_time()

    @property
    def elapsed(self) -> float:
        """Seconds of CPU so far."""
        return time.thread_time() - self._began

    @property
    def used(self) -> float:
        """The part used up, 0 to 1."""
        return min(1.0, self.elapsed / self.seconds) if self.seconds > 0 else 1.0

    @property
    def over(self) -> bool:
        """Nothing is left."""
        return self.elapsed >= self.seconds

    def worked(self, amount: float) -> None:
        """Work is not what this limit counts."""
