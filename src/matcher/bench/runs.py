"""One run of the benchmark: what it is, what comes of it, and the process of its own in which it happens."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from matcher.bench.machine import memory_mb, resident_mb
from matcher.bench.verdict import Values

Status = Literal["done", "no answer", "refused", "missing", "stopped", "failed"]


@dataclass(frozen=True, slots=True)
class Task:
    """A scenario, a strategy of ours or a peer, a seed and a limit in seconds.

    ``limit`` None: a method that is done when it is done. ``one_day``: on the scenario's busiest day only.
    """

    scenario: str
    path: Path
    method: str
    peer: bool
    seed: int = 0
    limit: float | None = None
    workers: int = 1
    one_day: bool = False


@dataclass(frozen=True, slots=True)
class Run:
    """What came of a task; everything but the machine it ran on."""

    scenario: str
    method: str
    peer: bool
    seed: int
    limit: float | None
    workers: int
    status: Status
    note: str = ""
    """Why there is no roster, or what to know of it."""
    size: Mapping[str, int] = field(default_factory=dict)
    """Volunteers, visits, seats, options, candidates."""
    seconds: Mapping[str, float] = field(default_factory=dict)
    """import, warm-up, read, problem, model, search, judge."""
    peak_mb: int = 0
    valid: bool = False
    violations: int = 0
    values: Values | None = None
    """(needs, promises, quality) by the judge."""
    bounds: tuple[int | None, int | None, int | None] = (None, None, None)
    """Proven by the run itself, tier by tier; each holds for the values of the tiers before it."""
    seats_filled: int = 0
    terms: Mapping[str, int] = field(default_factory=dict)
    curve: tuple[tuple[float, str, int], ...] = ()
    """(seconds, tier, value) of every improvement on the way."""
    bound_curve: tuple[tuple[float, str, int], ...] = ()
    trace: tuple[Mapping[str, Any], ...] = ()

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        return asdict(self)

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> Run:
        """The run that ``to_json`` wrote."""
        tuples = {name: _tuples(told[name]) for name in ("values", "bounds", "curve", "bound_curve", "trace")}
        return cls(**{**told, **tuples})

    @property
    def key(self) -> tuple[str, str, int, float | None]:
        """What makes it another run."""
        return self.scenario, self.method, self.seed, self.limit


def _tuples(value: Any) -> Any:
    return tuple(_tuples(part) for part in value) if isinstance(value, list) else value


def without_answer(task: Task, status: Status, note: str, **more: Any) -> Run:
    """The run of a task that came to nothing."""
    return Run(task.scenario, task.method, task.peer, task.seed, task.limit, task.workers, status, note, **more)


def run_alone(task: Task, most_mb: int | None = None) -> Run:
    """Do a task in a process of its own; it is ended if it forgets its limit or takes more than ``most_mb``."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(task, theirs))
    process.start()
    theirs.close()
    try:
        return _hear(task, process, ours, most_mb or round(0.85 * memory_mb()))
    finally:
        _end(process)
        ours.close()


PATIENCE = 900.0
"""Seconds beyond twice the limit that reading, modelling and judging may take."""


def _hear(task: Task, process: Any, pipe: Any, most_mb: int) -> Run:
    last = time.monotonic() + 2 * (task.limit or 0) + PATIENCE
    peak = 0
    while time.monotonic() < last:
        if pipe.poll(0.25):
            try:
                run: Run = pipe.recv()
            except EOFError:
                process.join(5)
                return without_answer(task, "failed", f"its process ended with {process.exitcode}", peak_mb=peak)
            return run
        peak = max(peak, resident_mb(process.pid))
        if most_mb and peak > most_mb:
            return without_answer(task, "stopped", f"it took more than {most_mb:,} MB", peak_mb=peak)
    return without_answer(task, "stopped", "it did not end in time", peak_mb=peak)


def _end(process: Any) -> None:
    """End the process with everything it has started: it leads a group of its own."""
    if process.is_alive():
        process.join(1)
    if process.is_alive():
        with suppress(ProcessLookupError, PermissionError):
            if os.getpgid(process.pid) == process.pid:
                os.killpg(process.pid, signal.SIGKILL)
        process.kill()
    process.join()


def _work(task: Task, pipe: Any) -> None:
    """The process's work. Whatever goes wrong is an answer too."""
    from matcher.bench.measure import measure

    with suppress(OSError):
        os.setpgid(0, 0)
    pipe.send(measure(task))
    pipe.close()
