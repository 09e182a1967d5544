"""Roster: a decision. Report: an independent verdict on one. Both immutable, both JSON."""

from __future__ import annotations

import json
from typing import Literal

from matcher.domain.base import Count, Fact, Id, Moment

Status = Literal["OPTIMAL", "FEASIBLE", "INFEASIBLE", "NO_ANSWER_IN_TIME"]
TierName = Literal["needs", "promises", "quality"]
TIERS: tuple[TierName, ...] = ("needs", "promises", "quality")


class Seat(Fact):
    """One person in one role of one visit."""

    role: Id
    volunteer: Id


class RosterVisit(Fact):
    """A served visit: its chosen time (goods have none), its crew and stand-bys."""

    id: Id
    wish: Id
    start: Moment | None = None
    end: Moment | None = None
    assigned: tuple[Seat, ...] = ()
    standbys: tuple[Seat, ...] = ()


class Reason(Fact):
    """Why: a rule's name (or another reason code), how many people it keeps away, and the sentence."""

    code: str
    count: Count = 1
    message: str = ""


class Unfilled(Fact):
    """Empty seats of one role at one visit, with the reasons."""

    visit: Id
    role: Id
    count: Count
    reasons: tuple[Reason, ...] = ()


class TierValue(Fact):
    """What a tier came to. ``bound`` None: not known. ``gap`` = (value − bound) / max(1, value)."""

    name: TierName
    value: int
    bound: int | None = None
    gap: float | None = None
    status: Status = "FEASIBLE"


class Roster(Fact):
    """Visits with chosen times and named people, and stand-bys; what stays empty; what is proven."""

    format: Literal["matcher-roster/1"] = "matcher-roster/1"
    program: str = ""
    scenario: str
    """The fingerprint of the scenario it was made from."""
    visits: tuple[RosterVisit, ...] = ()
    unfilled: tuple[Unfilled, ...] = ()
    tiers: tuple[TierValue, ...] = ()
    strategy: str = ""
    seed: int = 0

    def to_json(self) -> str:
        """The same roster gives the same bytes."""
        return json.dumps(self.model_dump(mode="json"), ensure_ascii=False, indent=1)


class Violation(Fact):
    """A rule broken: by its name, where, by whom, in a sentence. ``price`` if the rule is made soft."""

    rule: str
    visit: str | None = None
    volunteer: str | None = None
    message: str = ""
    price: Count | None = None


class FairnessRow(Fact):
    """One volunteer's share: turns before (last ``history_days``), new turns, turns offered, minutes away."""

    volunteer: Id
    before: Count
    new: Count
    offered: Count
    minutes: Count


class Report(Fact):
    """The judge's verdict. ``valid``: no hard rule is broken. ``violations`` hold broken soft rules too, priced."""

    valid: bool
    violations: tuple[Violation, ...] = ()
    tiers: tuple[TierValue, ...] = ()
    fairness: tuple[FairnessRow, ...] = ()
    terms: dict[str, int] = {}  # noqa: RUF012 - pydantic copies it
    """Every named term of tiers 2 and 3, and of the needs tier, in points."""
    warnings: tuple[str, ...] = ()

    def tier(self, name: str) -> int:
        """The value of one tier."""
        return next(tier.value for tier in self.tiers if tier.name == name)
