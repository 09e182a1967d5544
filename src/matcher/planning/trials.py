"""Trials: a roster changed by one seat, a swap or another start, and what the judge says about it.

Rules and prices come from the judge alone; nothing here knows how a roster was made.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from matcher.problem.check import Judge
from matcher.problem.expand import Visit
from matcher.problem.problem import Problem
from matcher.problem.roster import Roster, RosterVisit, Seat, Violation


class Bench:
    """One roster before the judge, ready to be tried with changes."""

    def __init__(self, problem: Problem, roster: Roster) -> None:
        self.problem = problem
        self.roster = roster
        self.entries = {entry.id: entry for entry in roster.visits}

    def judge(self, roster: Roster) -> Judge:
        """A judge of that roster who looks eligibility and prices up where they are already known."""
        judge = Judge(self.problem.expanded, roster)
        judge.eligibility, judge.prices = self.problem.eligibility, self.problem.prices
        return judge

    @cached_property
    def before(self) -> Verdict:
        """The verdict on the roster as it is."""
        return self.verdict(self.roster)

    def verdict(self, roster: Roster) -> Verdict:
        """What the judge says about any roster of the same facts."""
        judge = self.judge(roster)
        violations = tuple(judge.violations())
        hard = tuple(violation for violation in violations if violation.price is None)
        return Verdict(roster, judge, violations, hard)

    def newly_broken(self, after: Verdict) -> tuple[Violation, ...]:
        """The hard violations a change brings."""
        known = set(self.before.hard)
        return tuple(violation for violation in after.hard if violation not in known)

    # -------------------------------------------------------------------------------------- changes

    def entry(self, visit: Visit) -> RosterVisit | None:
        """The visit as the roster has it, if anybody is on it."""
        entry = self.entries.get(visit.id)
        return entry if entry is not None and entry.assigned else None

    def with_entry(self, entry: RosterVisit) -> Roster:
        """The roster with one visit put in or replaced."""
        kept = [other for other in self.roster.visits if other.id != entry.id]
        return Roster(
            program=self.roster.program, scenario=self.roster.scenario, visits=(*kept, entry)
        )

    def put_in(self, visit: Visit, role: str, volunteer: str, start: int | None) -> Roster:
        """The roster with one more seat filled; a visit nobody serves yet begins at ``start``."""
        entry = self.entry(visit)
        if entry is None:
            moment = self.problem.expanded.calendar.moment
            entry = RosterVisit(
                id=visit.id,
                wish=visit.wish.id,
                start=None if start is None else moment(start),
                end=None if start is None else moment(start + visit.minutes),
            )
        return self.with_entry(_changed(
            entry, assigned=(*entry.assigned, Seat(role=role, volunteer=volunteer)),
            standbys=(seat for seat in entry.standbys if seat.volunteer != volunteer),
        ))


@dataclass(frozen=True)
class Verdict:
    """What the judge says about one roster: its violations, and on demand its terms."""

    roster: Roster
    judge: Judge
    violations: tuple[Violation, ...]
    hard: tuple[Violation, ...]

    @cached_property
    def terms(self) -> dict[str, int]:
        """Every term's value in points."""
        return self.judge.terms(self.violations)


def _changed(entry: RosterVisit, *, assigned: Iterable[Seat], standbys: Iterable[Seat]) -> RosterVisit:
    return RosterVisit(
        id=entry.id, wish=entry.wish, start=entry.start, end=entry.end,
        assigned=tuple(assigned), standbys=tuple(standbys),
    )
