"""One community to plan: how it travels to whoever plans it, what comes back, and how it is planned."""

from __future__ import annotations

import json
import time
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any

from matcher.service.solving.config import RunConfig
from matcher.service.solving.process import COMMAND, SolvingProcess

_STEP = 0.05
"""Seconds between looks at what the process has said."""
_LOOK = 0.2
"""Seconds between looks at its memory, and at whether anybody still wants the roster."""


@dataclass(frozen=True, slots=True)
class Task:
    """A community as it travels. Its facts are never shown: logs and errors print tasks."""

    community: str
    facts: bytes = field(repr=False)
    """The scenario's JSON, packed."""
    config: RunConfig
    notes: tuple[str, ...] = field(default=(), repr=False)
    """What was assumed on reading; it goes into the report."""
    pages: bool = False
    """Also make what is printed and sent."""
    attempt: int = 1
    version: str = field(default_factory=lambda: version("matcher"))
    """Of the program that asks; another one may plan otherwise."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the planning of a community ended: ``done``, a ``problem``, or neither, because nobody wants it any more."""

    community: str
    attempt: int
    done: bytes | None = field(default=None, repr=False)
    """``{"files": {name: base64}, "used": …}`` as JSON, packed."""
    problem: dict[str, Any] | None = field(default=None, repr=False)
    """As runs keep it: ``kind``, and ``message``, ``faults`` or ``demands``."""
    seconds: float = 0.0

    @property
    def made(self) -> dict[str, Any]:
        """What was made, unpacked."""
        assert self.done is not None
        return dict(json.loads(zlib.decompress(self.done)))


def packed(text: str) -> bytes:
    """JSON as it travels.

    >>> unpacked(packed('{"名": 1}'))
    '{"名": 1}'
    """
    return zlib.compress(text.encode(), 6)


def unpacked(data: bytes) -> str:
    """The text of ``packed``."""
    return zlib.decompress(data).decode()


def plan_one(task: Task, is_over: Callable[[], bool], command: Sequence[str] = COMMAND) -> Outcome:
    """Plan a community in a process of its own, bounded in time and memory, and ended once ``is_over()``.

    To be called by a thread that outlives the call: the process dies with it. Never raises for what becomes of the process.
    """
    config, began = task.config, time.monotonic()
    if task.version != version("matcher"):
        return _problem(task, {"kind": "other-version", "here": version("matcher"), "wanted": task.version}, began)
    job = {
        "scenario": unpacked(task.facts),
        "config": config.model_dump() | {"most_seconds": config.most_seconds},
        "notes": list(task.notes),
        "files": "pages" if task.pages else "data",
    }
    try:
        process = SolvingProcess(job, command)
    except OSError as error:  # no process to be had
        return _problem(task, {"kind": "crashed", "code": error.errno}, began)
    try:
        return _watch(process, task, is_over, began)
    finally:
        process.kill()


def _watch(process: SolvingProcess, task: Task, is_over: Callable[[], bool], began: float) -> Outcome:
    looked = began
    while True:
        code = process.ended()
        for said in process.heard():
            if "done" in said:
                done = packed(json.dumps(said["done"]))
                return Outcome(task.community, task.attempt, done, seconds=time.monotonic() - began)
            if "problem" in said:
                return _problem(task, said["problem"], began)
        if code is not None:
            return _problem(task, {"kind": "crashed", "code": code}, began)
        if (now := time.monotonic()) - looked >= _LOOK:
            looked = now
            if is_over():
                return Outcome(task.community, task.attempt, seconds=now - began)
            if now - began > task.config.most_seconds:
                return _problem(task, {"kind": "too-long"}, began)
            if process.memory_bytes() > task.config.memory_mb * 2**20:
                return _problem(task, {"kind": "too-large"}, began)
        time.sleep(_STEP)


def _problem(task: Task, problem: dict[str, Any], began: float) -> Outcome:
    return Outcome(task.community, task.attempt, problem=problem, seconds=time.monotonic() - began)
