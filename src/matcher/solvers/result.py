"""Result: a roster plus what is known about it: status, bounds, and a trace of what ran."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from matcher.problem.certificate import Certificate
from matcher.problem.roster import Roster, Status, TierValue


@dataclass(frozen=True, slots=True)
class Step:
    """One part of a solve: what ran, how long, what it gained."""

    name: str
    seconds: float
    detail: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Result:
    """What a solver returns. ``roster`` is None when there is none; an unknown bound is None, never 0."""

    roster: Roster | None
    status: Status
    tiers: tuple[TierValue, ...] = ()
    trace: tuple[Step, ...] = ()
    certificates: tuple[Certificate, ...] = ()
    """Bounds anybody can recompute."""


def tier_value(name: str, value: int, bound: int | None, proven: bool) -> TierValue:
    """A tier's value with its gap; a bound above the value is rounding and is cut.

    >>> tier_value("needs", 110, 100, False).gap
    0.0909
    """
    if proven:
        bound = value
    if bound is not None:
        bound = min(max(bound, 0), value)
    gap = None if bound is None else round((value - bound) / max(1, value), 4)
    return TierValue(
        name=name,
        value=value,
        bound=bound,
        gap=gap,
        status="OPTIMAL" if bound == value else "FEASIBLE",
    )
