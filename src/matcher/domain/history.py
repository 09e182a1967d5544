"""Past visits with their outcome: the source of fairness, rotation and reliability."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from matcher.domain.base import Count, Fact, Id, Moment, YesNo


class Service(Fact):
    """One person's part in one past visit."""

    wish: Id | None = None
    visit: Id | None = None
    resident: Id | None = None
    volunteer: Id
    role: str | None = None
    start: Moment
    minutes: Count = 60
    outcome: Literal["done", "no-show", "cancelled"] = "done"
    stepped_in: YesNo = False
    """Served as a stand-by who stepped in; does not use up a turn."""
    confirmed: YesNo = Field(default=False, exclude_if=lambda told: not told)
    """The resident's side has confirmed it; left out while it has not."""
