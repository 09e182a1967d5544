"""The one judge of the benchmark, and how two of its verdicts compare: needs, then promises, then quality."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from matcher.problem.check import check
from matcher.problem.problem import Problem
from matcher.problem.roster import TIERS, Roster, RosterVisit, Violation

Values = tuple[int, int, int]
"""(needs, promises, quality), each ≥ 0, lower is better."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What ``matcher.problem.check.check`` says of a roster."""

    valid: bool
    violations: int
    values: Values
    seats_filled: int
    terms: Mapping[str, int]


def judge(problem: Problem, roster: Roster) -> Verdict:
    """The judge's verdict on anybody's roster."""
    report = check(problem.expanded, roster)
    return Verdict(
        valid=report.valid,
        violations=sum(violation.price is None for violation in report.violations),
        values=(report.tier("needs"), report.tier("promises"), report.tier("quality")),
        seats_filled=sum(len(visit.assigned) for visit in roster.visits),
        terms={name: points for name, points in report.terms.items() if points},
    )


def without_objections(problem: Problem, roster: Roster) -> tuple[Roster, int] | None:
    """The roster less the visits the judge objects to, and how many those were; None if that does not mend it.

    Where a pinned or published visit is in the way of another one of the same person, the other one goes.
    """
    fixed = {problem.visits[seat.visit].id for seat in (*problem.pins, *problem.published)}
    dropped = 0
    while True:
        report = check(problem.expanded, roster)
        if report.valid:
            return roster, dropped
        wrong = {_to_drop(roster, broken, fixed) for broken in report.violations if broken.price is None}
        kept = tuple(visit for visit in roster.visits if visit.id not in wrong)
        if len(kept) == len(roster.visits):
            return None  # a pin or a published seat is not kept: leaving more out will not mend that
        dropped += len(roster.visits) - len(kept)
        roster = Roster.model_validate({**dict(roster), "visits": kept})


def _to_drop(roster: Roster, broken: Violation, fixed: set[str]) -> str | None:
    """The visit to leave out for a violation: the one it names, or the nearest in time that is not fixed."""
    if broken.visit not in fixed or broken.volunteer is None:
        return broken.visit
    starts = {visit.id: visit.start for visit in roster.visits}
    named = starts.get(broken.visit)
    others = [
        visit for visit in roster.visits
        if visit.id not in fixed
        and any(seat.volunteer == broken.volunteer for seat in (*visit.assigned, *visit.standbys))
    ]

    def away(visit: RosterVisit) -> float:
        return 0.0 if visit.start is None or named is None else abs((visit.start - named).total_seconds())

    return min(others, key=away).id if others else broken.visit


@dataclass(frozen=True, slots=True)
class Comparison:
    """How another roster stands beside ours: the first tier in which they differ decides."""

    outcome: Literal["worse", "equal", "better"]
    """Of the other one."""
    tier: str | None
    by: int
    """Points in that tier; negative if the other one is better."""
    share: float | None
    """``by`` relative to our value; None where ours is 0."""

    def __str__(self) -> str:
        """``needs +12.5 %``, or ``equal``."""
        if self.tier is None:
            return "equal"
        if self.share is None:
            return f"{self.tier} {self.by:+d}"
        return f"{self.tier} {100 * self.share:+.1f} %"


def compare(ours: Values, theirs: Values) -> Comparison:
    """Lexicographic comparison of two rosters' values.

    >>> str(compare((100, 0, 50), (100, 0, 60)))
    'quality +20.0 %'
    >>> str(compare((0, 7, 50), (200, 0, 10)))
    'needs +200'
    >>> compare((300, 0, 50), (200, 9, 99)).outcome
    'better'
    """
    for tier, own, other in zip(TIERS, ours, theirs):
        if own != other:
            share = (other - own) / own if own else None
            return Comparison("worse" if other > own else "better", tier, other - own, share)
    return Comparison("equal", None, 0, 0.0)
