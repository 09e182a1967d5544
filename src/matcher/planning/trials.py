"""Trials: a roster changed by one seat, a swap or another start, and what the judge says about it.

Rules and prices come from the judge alone; nothing here knows how a roster was made.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Set
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from matcher.domain.wishes import Role
from matcher.planning.words import Phrase
from matcher.problem.check import Judge
from matcher.problem.expand import Visit
from matcher.problem.memory import Memory
from matcher.problem.objective import NEEDS_TERMS, PROMISE_TERMS
from matcher.problem.problem import Problem
from matcher.problem.roster import TIERS, Roster, RosterVisit, Seat, Violation
from matcher.problem.rules import PAIR_RULES, Language
from matcher.solvers.load import Elsewhere

STARTS_PER_PERSON = 4
"""How many starts of a visit nobody serves are tried with one person."""


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


@dataclass(frozen=True, slots=True)
class Delta:
    """What a change adds to each tier, and to each term that changes; below 0: what it saves."""

    needs: int
    promises: int
    quality: int
    terms: dict[str, int]

    @property
    def tiers(self) -> tuple[int, int, int]:
        """The three tiers in order; smaller is better."""
        return self.needs, self.promises, self.quality

    def say(self, language: Language) -> str:
        """What it costs or saves, tier by tier, with the terms.

        >>> Delta(0, 0, 37, {"fairness": 20, "travel": 17}).say("zh")
        '多花37分（公平 +20，路程 +17）'
        """
        changed = [(name, points) for name, points in zip(TIERS, self.tiers) if points]
        if not changed:
            return Phrase("delta_none").say(language)
        prefix = "delta_" if changed == [("quality", self.quality)] else "delta_tier_"
        return ("；" if language == "zh" else "; ").join(
            Phrase(
                prefix + ("more" if points > 0 else "less"),
                {
                    "tier": Phrase(name),
                    "points": abs(points),
                    "terms": TermSum(terms_of(name, self.terms)),
                },
            ).say(language)
            for name, points in changed
        )


@dataclass(frozen=True, slots=True)
class TermSum:
    """Terms with their signed points, as they stand between brackets."""

    terms: dict[str, int]

    def say(self, language: Language) -> str:
        """For example ``fairness +20, travel −3``, the largest first."""
        parts = sorted(self.terms.items(), key=lambda term: (-abs(term[1]), term[0]))
        return ("，" if language == "zh" else ", ").join(
            f"{Phrase(name).say(language)} {'+' if points > 0 else '−'}{abs(points)}" for name, points in parts
        )


def terms_of(tier: str, terms: dict[str, int]) -> dict[str, int]:
    """The terms that make up one tier."""
    first = {"needs": NEEDS_TERMS, "promises": PROMISE_TERMS}
    if tier in first:
        return {name: points for name, points in terms.items() if name in first[tier]}
    return {name: points for name, points in terms.items() if name not in (*NEEDS_TERMS, *PROMISE_TERMS)}


@dataclass(frozen=True)
class Trial:
    """One person put on one seat: at which start, whom they replace, what breaks, and what it costs.

    ``is_short``: nothing else breaks, yet the crew is not whole, and the visit is served whole or not at all.
    """

    visit: Visit
    role: Role
    row: int
    start: int | None
    instead_of: str | None
    before: Verdict
    after: Verdict
    broken: tuple[Violation, ...]
    is_short: bool

    @cached_property
    def delta(self) -> Delta:
        """What the change costs."""
        return delta_between(self.before, self.after)

    @property
    def works(self) -> bool:
        """Whether the changed roster breaks no rule it did not break before, and the crew is whole."""
        return not self.broken and not self.is_short

    @property
    def blockers(self) -> frozenset[str]:
        """The rules broken; ``crew_incomplete`` or ``could_serve`` where there are none."""
        if self.broken:
            return frozenset(violation.rule for violation in self.broken)
        return frozenset({"crew_incomplete" if self.is_short else "could_serve"})

    @property
    def rank(self) -> tuple[bool, int, tuple[int, int, int]]:
        """Better trials first."""
        return not self.works, len(self.blockers), self.delta.tiers


@dataclass(frozen=True, slots=True)
class Exchange:
    """Two people exchange their turns at one wish: whom with, for which visit, and what it costs."""

    partner: str
    visit: Visit
    delta: Delta


class Bench:
    """One roster before the judge, ready to be tried with changes."""

    def __init__(self, problem: Problem, roster: Roster, about: Set[str] | None = None) -> None:
        """``about``: the only visits the judge is to look at."""
        self.problem = problem
        self.expanded = problem.expanded
        self.scenario = problem.scenario
        self.language = problem.scenario.program.settings.language
        self.roster = roster
        self.about = about
        self._around: Memory[Bench] = Memory(64)
        self.entries = {entry.id: entry for entry in roster.visits}

    @cached_property
    def before(self) -> Verdict:
        """The verdict on the roster as it is."""
        return self.verdict(self.roster)

    @cached_property
    def elsewhere(self) -> Elsewhere:
        """What people have taken on outside the plan."""
        return Elsewhere(self.problem)

    def verdict(self, roster: Roster) -> Verdict:
        """What the judge says about any roster of the same facts.

        The judge looks pair-level eligibility and prices up where this problem already knows them.
        """
        judge = Judge(self.expanded, roster, self.problem.prices, self.about)
        violations = tuple(judge.violations())
        return Verdict(roster, judge, violations, tuple(v for v in violations if v.price is None))

    def newly_broken(self, after: Verdict) -> tuple[Violation, ...]:
        """The hard violations a change brings."""
        known = set(self.before.hard)
        return tuple(violation for violation in after.hard if violation not in known)

    # ---------------------------------------------------------------------------------------- facts

    def entry(self, visit: Visit) -> RosterVisit | None:
        """The visit as the roster has it, if anybody is on it."""
        entry = self.entries.get(visit.id)
        return entry if entry is not None and entry.assigned else None

    def start(self, visit: Visit) -> int | None:
        """The start a visit has in the roster, in minutes; None for goods and for what nobody serves."""
        entry = self.entry(visit)
        if entry is None or entry.start is None or visit.is_goods:
            return None
        return self.expanded.calendar.minute_of(entry.start)

    def starts(self, visit: Visit) -> list[int | None]:
        """The start a visit has in the roster, or every start it might have; goods have the start None."""
        start = self.start(visit)
        if visit.is_goods or start is not None:
            return [start]
        return list(visit.starts(self.scenario.program.settings.step_minutes))

    def refused_at(self, visit: Visit, role: Role, row: int) -> list[tuple[int | None, int]]:
        """Per possible start, the bits of the pair rules that refuse one volunteer."""
        refused, rows = self.problem.eligibility.refused, np.array([row])
        return [(start, int(refused(visit, role, start, rows=rows)[0])) for start in self.starts(visit)]

    def starts_for(self, visit: Visit, role: Role, row: int) -> list[int | None]:
        """Starts at which the facts do not keep somebody away: a few, spread over the days."""
        narrowed, rows = self.problem.eligibility.narrowed, np.array([row])
        able = [
            start for start in self.starts(visit) if len(narrowed(PAIR_RULES, visit, role, start, False, rows))
        ]
        if len(able) <= STARTS_PER_PERSON:
            return able
        return [able[number * (len(able) - 1) // (STARTS_PER_PERSON - 1)] for number in range(STARTS_PER_PERSON)]

    def crew(self, visit: Visit, role: Role) -> tuple[str, ...]:
        """Who has a seat of that role."""
        entry = self.entry(visit)
        return () if entry is None else tuple(seat.volunteer for seat in entry.assigned if seat.role == role.id)

    # --------------------------------------------------------------------------------------- trials

    def best_seat(self, visit: Visit, role: Role, row: int) -> Trial | None:
        """The best way to have somebody on a role: an empty seat if there is one, else instead of somebody.

        None if no start suits them.
        """
        trials: list[Trial] = []
        for start in self.starts_for(visit, role, row):
            trials += self._trials_at(visit, role, row, start)
            if any(trial.works for trial in trials):
                break
        return trials[0] if len(trials) == 1 else min(trials, key=lambda trial: trial.rank, default=None)

    def _trials_at(self, visit: Visit, role: Role, row: int, start: int | None) -> list[Trial]:
        there = self.crew(visit, role)
        people: tuple[str | None, ...] = there if len(there) >= role.count else (None,)
        return [self._trial(visit, role, row, start, other) for other in people]

    def _trial(self, visit: Visit, role: Role, row: int, start: int | None, instead_of: str | None) -> Trial:
        person = self.scenario.volunteers[row].id
        near = self.around(visit, {person} if instead_of is None else {person, instead_of})
        roster = (
            near.put_in(visit, role.id, person, start)
            if instead_of is None
            else near.swap(visit, role, instead_of, person)
        )
        after = near.verdict(roster)
        broken = near.newly_broken(after)
        is_short = False
        if instead_of is None and not visit.wish.partial and len(roster.visits[-1].assigned) < visit.seats:
            broken = tuple(violation for violation in broken if violation.rule != "is_crewed_together")
            is_short = True
        return Trial(visit, role, row, start, instead_of, near.before, after, broken, is_short)

    def best_exchange(self, visit: Visit, role: Role, row: int) -> Exchange | None:
        """The cheapest exchange of turns at one wish that brings somebody to this visit, or None if none works."""
        person = self.scenario.volunteers[row].id
        found: list[Exchange] = []
        for number in self.problem.visits_of_wish[visit.wish.id]:
            other = self.problem.visits[number]
            if other.id == visit.id or person not in self.crew(other, role):
                continue
            for partner in self.crew(visit, role):
                near = self.around(visit, {person, partner})
                halfway = Bench(self.problem, near.swap(visit, role, partner, person), near.about)
                after = near.verdict(halfway.swap(other, role, person, partner))
                if not near.newly_broken(after):
                    found.append(Exchange(partner, other, delta_between(near.before, after)))
        return min(found, key=lambda exchange: exchange.delta.tiers, default=None)

    def without_seat(self, visit: Visit, seat: Seat) -> Delta:
        """What it would change if a seat were empty."""
        near = self.around(visit, {seat.volunteer})
        return delta_between(near.before, near.verdict(near.without(visit, seat)))

    def at_start(self, visit: Visit, start: int) -> tuple[frozenset[str], Delta]:
        """The rules newly broken, and the cost, if the same people served a visit at another start."""
        entry = self.entries[visit.id]
        near = self.around(visit, {seat.volunteer for seat in (*entry.assigned, *entry.standbys)})
        after = near.verdict(near.moved(visit, start))
        return frozenset(violation.rule for violation in near.newly_broken(after)), delta_between(near.before, after)

    def around(self, visit: Visit, people: Set[str]) -> Bench:
        """A bench with only the part of the roster that a change of this visit and these people can touch.

        Every rule and every term looks at one visit, one wish or one person's duties. So all other visits judge
        alike before and after, and a large roster is tried as fast as a small one.
        """
        places = {place for name in people for place in self._places_of_person.get(name, ())}
        kept = tuple(
            self.roster.visits[place] for place in sorted(places.union(self._places_of_wish.get(visit.wish.id, ())))
        )
        about = frozenset({visit.id, *(entry.id for entry in kept)})

        def make() -> Bench:
            roster = Roster(program=self.roster.program, scenario=self.roster.scenario, visits=kept)
            return Bench(self.problem, roster, about)

        return self._around.get(about, make)

    @cached_property
    def _places_of_wish(self) -> dict[str, list[int]]:
        """Where in the roster each wish's visits stand."""
        places: dict[str, list[int]] = defaultdict(list)
        for place, entry in enumerate(self.roster.visits):
            places[entry.wish].append(place)
        return dict(places)

    @cached_property
    def _places_of_person(self) -> dict[str, list[int]]:
        """Where in the roster each volunteer's visits stand."""
        places: dict[str, list[int]] = defaultdict(list)
        for place, entry in enumerate(self.roster.visits):
            for name in {seat.volunteer for seat in (*entry.assigned, *entry.standbys)}:
                places[name].append(place)
        return dict(places)

    # -------------------------------------------------------------------------------------- changes

    def put_in(self, visit: Visit, role: str, volunteer: str, start: int | None) -> Roster:
        """The roster with one more seat filled; a visit nobody serves yet begins at ``start``."""
        entry = self.entry(visit) or self._entry_at(visit, start)
        return self._with(
            _changed(
                entry,
                assigned=(*entry.assigned, Seat(role=role, volunteer=volunteer)),
                standbys=(seat for seat in entry.standbys if seat.volunteer != volunteer),
            )
        )

    def swap(self, visit: Visit, role: Role, out: str, into: str) -> Roster:
        """The roster with one person instead of another; a stand-by of that visit changes places with them."""
        entry = self.entries[visit.id]
        assigned = list(entry.assigned)
        assigned[assigned.index(Seat(role=role.id, volunteer=out))] = Seat(role=role.id, volunteer=into)
        standbys = []
        for seat in entry.standbys:
            if seat.volunteer != into:
                standbys.append(seat)
            elif self._may_stand_by(visit, seat.role, out):
                standbys.append(Seat(role=seat.role, volunteer=out))
        return self._with(_changed(entry, assigned=assigned, standbys=standbys))

    def without(self, visit: Visit, seat: Seat) -> Roster:
        """The roster with one seat emptied."""
        entry = self.entries[visit.id]
        assigned = list(entry.assigned)
        assigned.remove(seat)
        return self._with(_changed(entry, assigned=assigned, standbys=entry.standbys))

    def moved(self, visit: Visit, start: int) -> Roster:
        """The roster with one visit, its people unchanged, at another start."""
        entry, there = self.entries[visit.id], self._entry_at(visit, start)
        return self._with(
            RosterVisit(
                id=entry.id,
                wish=entry.wish,
                start=there.start,
                end=there.end,
                assigned=entry.assigned,
                standbys=entry.standbys,
            )
        )

    def _may_stand_by(self, visit: Visit, role_id: str, volunteer: str) -> bool:
        role = visit.role(role_id)
        row = self.expanded.volunteer_index[volunteer]
        return role is not None and bool(
            self.problem.eligibility.fits(visit, role, self.start(visit), True, np.array([row]))[0]
        )

    def _entry_at(self, visit: Visit, start: int | None) -> RosterVisit:
        moment = self.expanded.calendar.moment
        return RosterVisit(
            id=visit.id,
            wish=visit.wish.id,
            start=None if start is None else moment(start),
            end=None if start is None else moment(start + visit.minutes),
        )

    def _with(self, entry: RosterVisit) -> Roster:
        kept = (other for other in self.roster.visits if other.id != entry.id)
        return Roster(program=self.roster.program, scenario=self.roster.scenario, visits=(*kept, entry))


def delta_between(before: Verdict, after: Verdict) -> Delta:
    """What a change costs, per tier and term."""
    terms = {name: points - before.terms[name] for name, points in after.terms.items()}
    return Delta(
        needs=sum(terms_of("needs", terms).values()),
        promises=sum(terms_of("promises", terms).values()),
        quality=sum(terms_of("quality", terms).values()),
        terms={name: points for name, points in terms.items() if points},
    )


def _changed(entry: RosterVisit, *, assigned: Iterable[Seat], standbys: Iterable[Seat]) -> RosterVisit:
    return RosterVisit(
        id=entry.id,
        wish=entry.wish,
        start=entry.start,
        end=entry.end,
        assigned=tuple(assigned),
        standbys=tuple(standbys),
    )
