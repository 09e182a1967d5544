"""What the benchmark asks of a method, and what it gets back: an effort, an answer, or a refusal with its reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from matcher.problem.problem import Problem
from matcher.problem.roster import Roster


@dataclass(frozen=True, slots=True)
class Effort:
    """How long a method may search, with which seed, on how many threads.

    ``seconds`` count from when the method's own model is built: writing a model in Python is the adapter's
    slowness, not the method's, and is reported apart.
    """

    seconds: float
    seed: int = 0
    workers: int = 1


@dataclass(frozen=True, slots=True)
class Improvement:
    """A better roster on the way: seconds since the search began, the tier it improves, its value there."""

    seconds: float
    tier: str
    value: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What a method returned. ``roster`` None: no answer in time."""

    roster: Roster | None
    improvements: tuple[Improvement, ...] = ()
    model_seconds: float = 0.0
    """Writing the model down, before any search."""
    search_seconds: float = 0.0
    note: str = ""
    detail: dict[str, Any] = field(default_factory=dict)


class Refusal(Exception):
    """A method cannot be asked this; the message says why."""


Method = Callable[[Problem, Effort], Answer]
"""Problem and effort in, answer out. Raises ``Refusal``."""
