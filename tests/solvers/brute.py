"""Brute force: every roster of a tiny scenario, judged from the facts; knows nothing of any solver.

A visit's states are: nobody comes, or a start with every way to seat people and stand-bys. A roster is one
state per visit. What depends on one visit alone (``VISIT_RULES``, ``VISIT_TERMS``) is judged once per state, on
the roster that holds this visit only; the rest is judged on the whole roster. Every term is ≥ 0, so what a
roster's visits cost alone is a bound below what it costs, and rosters that cannot win are not judged further.
``judge_long`` is the long way, for showing that ``judge_short``, the short one, says the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any

from matcher.domain.scenario import Scenario
from matcher.problem.check import ROSTER_RULES, Judge, check
from matcher.problem.expand import Expanded, Visit, expand
from matcher.problem.objective import PROMISE_TERMS, QUALITY_TERMS
from matcher.problem.roster import Roster, RosterVisit, Seat

Values = tuple[int, int, int]
"""(needs, promises, quality)."""

VISIT_RULES = frozenset({
    "_pair_level", "happens_at_an_asked_time", "fills_each_role_once", "is_crewed_together", "stays_paired",
    "keeps_what_is_published", "keeps_what_is_pinned", "newcomers_go_with_experience",
})
LASTING_RULES = frozenset({"is_in_one_place_at_a_time", "stands_by_separately"})
"""A violation names one duty or two, so whatever else joins the roster, it stays."""
VISIT_TERMS = frozenset({
    "empty_seats", "published_seat", "published_time", "published_standby", "pairing_broken", "missing_standby",
    "undesired_time", "locality", "preferences",
})
TERMS_OF_TIER = (("empty_seats",), PROMISE_TERMS, QUALITY_TERMS)


class TooManyRostersError(Exception):
    """The scenario has more rosters than anybody wants to try."""


@dataclass(frozen=True, slots=True)
class State:
    """What becomes of one visit. ``alone``: what this state adds to each tier by itself."""

    entry: RosterVisit | None
    served: Any
    alone: Values


@dataclass(frozen=True, slots=True)
class Answer:
    """The best values and a roster that has them; None where no roster keeps all rules."""

    values: Values | None
    roster: Roster | None
    rosters: int


def verdict(expanded: Expanded, roster: Roster) -> Values | None:
    """The judge's tier values of a valid roster, else None."""
    report = check(expanded, roster)
    return (report.tier("needs"), report.tier("promises"), report.tier("quality")) if report.valid else None


class Bench:
    """A scenario laid out for trying rosters on it."""

    def __init__(self, scenario: Scenario | Expanded, most: int = 20_000) -> None:
        self.expanded = scenario if isinstance(scenario, Expanded) else expand(scenario)
        self.scenario = self.expanded.scenario
        self.most = most
        self.soft = self.scenario.program.settings.soft_rules
        self.together = tuple(rule for rule in ROSTER_RULES if rule.__name__ not in VISIT_RULES)
        self.lasting = tuple(rule for rule in ROSTER_RULES if rule.__name__ in LASTING_RULES)
        self.by_visit = tuple(rule for rule in ROSTER_RULES if rule.__name__ in VISIT_RULES)
        self._judge = Judge(self.expanded, self.roster([]))
        _remember(self._judge.prices, "undesired_time", lambda visit, start, *rows: (visit.id, start, str(rows)))
        self.empty = self._terms(self._judge, VISIT_TERMS)

    def roster(self, entries: Sequence[RosterVisit]) -> Roster:
        """A roster of these entries."""
        return Roster(program=self.scenario.program.name, scenario=self.scenario.fingerprint, visits=tuple(entries))

    def entries(self, visit: Visit) -> list[RosterVisit | None]:
        """Every way a visit can go that seats only people fit for their seats, and none too many."""
        return list(_entries(self.expanded, self._judge, visit))

    def states(self, visit: Visit) -> list[State]:
        """Every state of a visit that breaks no rule by itself."""
        found = []
        for entry in self.entries(visit):
            judge = self._judge_of([entry] if entry is not None else [])
            soft = self._soft_price(judge, self.by_visit, visit.id)
            if soft is None or any(True for rule in self.lasting for _ in rule(judge)):
                continue
            terms = self._terms(judge, VISIT_TERMS)
            needs, promises, quality = (new - old for new, old in zip(terms, self.empty))
            served = judge.served[0] if judge.served else None
            found.append(State(entry, served, (needs, promises, quality + soft)))
        return found

    def best(self) -> Answer:
        """The lexicographically best values over all rosters that keep every hard rule."""
        choices = [self.states(visit) for visit in self.expanded.visits]
        count = prod(len(states) for states in choices)
        if count > self.most:
            raise TooManyRostersError(count)
        best: tuple[Values, tuple[State, ...]] | None = None
        rosters = ((_sum(state.alone for state in states), states) for states in product(*choices))
        for alone, states in sorted(rosters, key=lambda roster: roster[0]):
            bound = tuple(value + more for value, more in zip(self.empty, alone))
            if best is not None and bound[0] > best[0][0]:
                break
            if best is not None and bound >= best[0]:
                continue
            values = self._values(states, bound)
            if values is not None and (best is None or values < best[0]):
                best = values, states
        if best is None:
            return Answer(None, None, count)
        return Answer(best[0], self.roster([s.entry for s in best[1] if s.entry is not None]), count)

    def _values(self, states: Sequence[State], alone: Sequence[int]) -> Values | None:
        """What a roster of states comes to; None if it breaks a hard rule."""
        judge = self._fresh()
        judge.roster = Roster.model_construct(visits=tuple(s.entry for s in states if s.entry is not None))
        judge.served = tuple(s.served for s in states if s.served is not None)
        soft = self._soft_price(judge, self.together, None)
        if soft is None:
            return None
        _, promises, quality = self._terms(judge, None)
        return alone[0], alone[1] + promises, alone[2] + quality + soft

    def judge_long(self, entries: Sequence[RosterVisit | None]) -> Values | None:
        """What ``check`` says of a roster; None if it breaks a hard rule."""
        return verdict(self.expanded, self.roster([entry for entry in entries if entry is not None]))

    def judge_short(self, entries: Sequence[RosterVisit | None]) -> Values | None:
        """The same, the short way."""
        states = []
        for visit, entry in zip(self.expanded.visits, entries):
            state = next((state for state in self.states(visit) if state.entry == entry), None)
            if state is None:
                return None
            states.append(state)
        alone = _sum(state.alone for state in states)
        return self._values(states, tuple(value + more for value, more in zip(self.empty, alone)))

    def _fresh(self) -> Judge:
        judge = Judge.__new__(Judge)
        judge.__dict__.update(self._judge.__dict__)
        for name in ("served", "crewed", "by_wish", "duties"):
            judge.__dict__.pop(name, None)
        return judge

    def _judge_of(self, entries: Sequence[RosterVisit]) -> Judge:
        judge = self._fresh()
        judge.roster = self.roster(entries)
        judge.served = tuple(judge._resolved())
        return judge

    def _soft_price(self, judge: Judge, rules: Sequence[Callable[[Judge], Any]], visit: str | None) -> int | None:
        """What broken soft rules cost, of one visit or of all; None if a hard one is broken."""
        price = 0
        for rule in rules:
            for violation in rule(judge):
                if visit is not None and violation.visit != visit:
                    continue
                points = self.soft.get(violation.rule)
                if points is None:
                    return None
                price += points * (violation.price or 1)
        return price

    def _terms(self, judge: Judge, names: frozenset[str] | None) -> Values:
        """The tiers' sums over ``VISIT_TERMS``, or over all other terms; without soft rules."""
        found = _each_term(judge)
        wanted = [name for name in found if (name in VISIT_TERMS) == (names is not None)]
        values = {name: found[name]() for name in wanted}
        return tuple(sum(values.get(name, 0) for name in names) for names in TERMS_OF_TIER)  # type: ignore[return-value]


def _each_term(judge: Judge) -> dict[str, Callable[[], int]]:
    """The judge's own terms, each on demand (``Judge.terms`` works all of them out)."""
    prices = judge.prices
    return {
        "empty_seats": judge._empty_seats,
        "published_seat": lambda: judge._published_seats(standby=False),
        "published_time": judge._published_times,
        "published_standby": lambda: judge._published_seats(standby=True),
        "pairing_broken": judge._pairings_broken,
        "least_visit_missing": judge._least_visits_missing,
        "claimant_without_turn": judge._claimants_without_turn,
        "fairness": judge._fairness,
        "faces": judge._faces,
        "turns": judge._turns,
        "missing_standby": judge._missing_standbys,
        "standby_turns": judge._standby_turns,
        "undesired_time": lambda: judge._seat_prices(lambda s, role, rows: prices.undesired_time(s.visit, s.start)[rows]),
        "travel": judge._travel,
        "locality": lambda: judge._seat_prices(lambda s, role, rows: prices.locality(s.visit)[rows]),
        "preferences": lambda: judge._seat_prices(lambda s, role, rows: prices.preferences(s.visit, role)[rows]),
    }


def _entries(expanded: Expanded, judge: Judge, visit: Visit) -> Iterator[RosterVisit | None]:
    """Every way a visit can go: not at all; or at some start with every seating of eligible people."""
    yield None
    for start in _starts(expanded, visit):
        ways = [list(_ways(judge, visit, start, row)) for row in range(len(expanded.scenario.volunteers))]
        for seating in product(*ways):
            crew = [seat for seat in seating if seat is not None and not seat[0]]
            standbys = [seat for seat in seating if seat is not None and seat[0]]
            if not crew and not standbys:
                continue
            taken = [role for _, role, _ in crew]
            if any(taken.count(role.id) > role.count for role in visit.wish.roles):
                continue
            moment = expanded.calendar.moment
            yield RosterVisit(
                id=visit.id, wish=visit.wish.id,
                start=moment(start) if start is not None else None,
                end=moment(start + visit.minutes) if start is not None else None,
                assigned=tuple(Seat(role=role, volunteer=who) for _, role, who in crew),
                standbys=tuple(Seat(role=role, volunteer=who) for _, role, who in standbys),
            )


def _ways(judge: Judge, visit: Visit, start: int | None, row: int) -> Iterator[tuple[bool, str, str] | None]:
    """What one person can be at a visit: nothing, on the crew, or a stand-by, in each role they are fit for."""
    yield None
    who = judge.scenario.volunteers[row].id
    for role in visit.wish.roles:
        for standby in (False, True):
            if standby and not visit.wish.staffing.standbys:
                continue
            if not judge.eligibility.refusals(row, visit, role, start, standby):
                yield standby, role.id, who


def _starts(expanded: Expanded, visit: Visit) -> list[int | None]:
    """The grid's starts, and whatever people were told or a coordinator pinned."""
    if visit.is_goods:
        return [None]
    told = [fact for fact in (*expanded.scenario.published, *expanded.scenario.pins) if fact.visit == visit.id]
    named = {expanded.calendar.minute_of(fact.start) for fact in told if fact.start is not None}
    return [*sorted({*visit.starts(expanded.scenario.program.settings.step_minutes), *named})]


def _sum(values: Iterator[Values]) -> Values:
    return tuple(map(sum, zip((0, 0, 0), *values)))  # type: ignore[return-value]


def _remember(owner: Any, name: str, key: Callable[..., Any]) -> None:
    """Keep the answers of a method of one object."""
    ask, known = getattr(owner, name), {}

    def answer(*arguments: Any) -> Any:
        at = key(*arguments)
        if at not in known:
            known[at] = ask(*arguments)
        return known[at]

    setattr(owner, name, answer)


assert {rule.__name__ for rule in ROSTER_RULES} >= VISIT_RULES | LASTING_RULES
