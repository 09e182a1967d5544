"""Steps of a fix: what each kind of change costs by the table, and what it says. docs/fixes.md explains the prices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from matcher.planning.words import Phrase

VISIT_LIMITS = ("visits_per_day", "visits_per_week", "visits_per_month")
MINUTE_LIMITS = ("minutes_per_day", "minutes_per_week", "minutes_per_month")


@dataclass(frozen=True, slots=True)
class Rate:
    """The price of one kind of step: ``base``, and ``per`` for every ``unit`` begun."""

    base: int
    per: int = 0
    unit: int = 1

    def of(self, amount: int) -> int:
        """The price of a step of that amount.

        >>> Rate(3, 1, 10).of(11)
        5
        """
        return self.base + self.per * -(-amount // self.unit)


RATES: dict[str, Rate] = {
    # At the coordinator's own desk: nobody has been told anything yet.
    "promoted": Rate(1),
    "standby": Rate(2),
    "start": Rate(2),
    "handover": Rate(3),
    # One exception asked of one person who is known.
    "claim": Rate(3),
    "reach": Rate(3, 1, 10),
    **{name: Rate(3, 1) for name in VISIT_LIMITS},
    **{name: Rate(3, 1, 30) for name in MINUTE_LIMITS},
    "rest_days": Rate(3, 1),
    "min_rest_minutes": Rate(3, 1, 30),
    "availability": Rate(4, 1, 60),
    # What was agreed with the resident.
    "turns": Rate(6, 1),
    "helpers": Rate(6, 1),
    "time": Rate(8, 1),
    # Less than was asked for.
    "partial": Rate(10),
    "level": Rate(10, 2),
    # Somebody nobody knows yet.
    "volunteer": Rate(20, 1, 60),
    "experienced": Rate(25, 1, 60),
}
"""Every kind of step with its price. Units: minutes of travel, visits, minutes, days, faces, levels."""

KINDS = tuple(RATES)


class Tariff:
    """The table of prices in force: ``RATES``, with the bases a programme has set for itself."""

    def __init__(self, bases: Mapping[Any, int] | None = None) -> None:
        """``bases``: a kind's own base price, as in ``settings.fix_prices``."""
        own = bases or {}
        self.rates = {
            kind: Rate(own.get(kind, rate.base), rate.per, rate.unit) for kind, rate in RATES.items()
        }

    def of(self, kind: str, amount: int = 0) -> int:
        """The price of one step."""
        return self.rates[kind].of(amount)


@dataclass(frozen=True, slots=True)
class Step:
    """One change: of a fact, or of a seat nobody has been told about.

    ``volunteer``: whom it asks, or who gives a seat away; ``other``: who takes it over. ``visit``: the visit it is about; ``name``: a
    skill, a claim, or a day. ``before`` and ``after``: values, starts in minutes, or clock times, as the kind asks.
    """

    kind: str
    price: int
    visit: str
    phrase: Phrase = field(compare=False, hash=False)
    volunteer: str | None = None
    role: str | None = None
    other: str | None = None
    name: str | None = None
    before: int | str | None = None
    after: int | str | None = None

    @property
    def is_of_facts(self) -> bool:
        """Whether it changes a fact, not only who has which seat."""
        return self.kind not in ("standby", "start", "handover")


def total(steps: tuple[Step, ...]) -> int:
    """The price of several steps."""
    return sum(step.price for step in steps)
