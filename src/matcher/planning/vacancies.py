"""Vacancies: every role with empty seats, and how many people each reason keeps away from it.

First the facts about a pair (skill, time, way …), then, for people whom no such fact keeps away, what
happens when they are really put in: the judge names the rules the changed roster breaks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from matcher.domain.wishes import Role
from matcher.planning.trials import Bench
from matcher.planning.words import Phrase
from matcher.problem.expand import Visit
from matcher.problem.problem import Problem
from matcher.problem.roster import Reason, Roster, Unfilled
from matcher.problem.rules import PAIR_RULES

TRIED_PER_ROLE = 40
"""The nearest people who are put in for a trial, per role."""
TRIED_IN_ALL = 400
"""Trials per roster; roles that come later say how many people were not tried."""
STARTS_PER_PERSON = 4

_FEW_BITS = np.array([bin(bits).count("1") for bits in range(1 << len(PAIR_RULES))], dtype=np.int8)


def unfilled(problem: Problem, roster: Roster) -> tuple[Unfilled, ...]:
    """Every role with empty seats, and what keeps people away from it, most frequent first."""
    language = problem.scenario.program.settings.language
    bench, left, found = Bench(problem, roster), TRIED_IN_ALL, []
    for visit, role, empty in empty_roles(problem, roster):
        codes, tried = why_empty(bench, visit, role, min(TRIED_PER_ROLE, left))
        left -= tried
        reasons = tuple(
            Reason(code=code, count=count, message=reason(code, count, role).say(language))
            for code, count in codes.most_common()
        )
        found.append(Unfilled(visit=visit.id, role=role.id, count=empty, reasons=reasons))
    return tuple(found)


def reason(code: str, count: int, role: Role) -> Phrase:
    """A reason as a phrase."""
    return Phrase(code, {"count": count, "skills": tuple(need.name for need in role.skills)})


def empty_roles(problem: Problem, roster: Roster) -> Iterator[tuple[Visit, Role, int]]:
    """(visit, role, empty seats) of every role that is not full."""
    taken = {entry.id: Counter(seat.role for seat in entry.assigned) for entry in roster.visits}
    for visit in problem.visits:
        for role in visit.wish.roles:
            empty = role.count - taken.get(visit.id, Counter())[role.id]
            if empty > 0:
                yield visit, role, empty


def why_empty(bench: Bench, visit: Visit, role: Role, most_tried: int = TRIED_PER_ROLE) -> tuple[Counter[str], int]:
    """How many people each reason keeps away from a role, and how many people were tried.

    Somebody with two reasons counts at both; who already has such a seat counts nowhere.
    """
    refused = least_refused(bench, visit, role)
    if refused is None:
        return Counter({"no_start_left": 1}), 0
    there = on_role(bench, visit, role)
    codes: Counter[str] = Counter()
    for number, name in enumerate(PAIR_RULES):
        keeps_away = refused >> np.uint16(number) & 1
        codes[name] = int(keeps_away.sum()) - sum(int(keeps_away[row]) for row in there)
    able = np.array([row for row in np.flatnonzero(refused == 0) if row not in there], dtype=np.int64)
    nearest = able[np.argsort(bench.problem.eligibility.minutes_there(visit, role)[able], kind="stable")]
    for row in nearest[:most_tried]:
        codes.update(blockers(bench, visit, role, int(row)))
    codes["not_looked_at"] = max(0, len(able) - most_tried)
    return +codes or Counter({"nobody_left": 1}), min(len(able), most_tried)


def on_role(bench: Bench, visit: Visit, role: Role) -> frozenset[int]:
    """Who has a seat of that role already."""
    entry = bench.entry(visit)
    seats = () if entry is None else entry.assigned
    return frozenset(bench.problem.expanded.volunteer_index[s.volunteer] for s in seats if s.role == role.id)


def least_refused(bench: Bench, visit: Visit, role: Role) -> NDArray[np.uint16] | None:
    """Per volunteer, the pair rules that refuse them at the start that suits them best; None without a start."""
    fewest: NDArray[np.uint16] | None = None
    for start in possible_starts(bench, visit):
        refused = bench.problem.eligibility.refused(visit, role, start)
        fewest = refused if fewest is None else np.where(_FEW_BITS[refused] < _FEW_BITS[fewest], refused, fewest)
    return fewest


def possible_starts(bench: Bench, visit: Visit) -> list[int | None]:
    """The start a visit has in the roster, or every start it might have; goods have the start None."""
    entry = bench.entry(visit)
    if visit.is_goods:
        return [None]
    if entry is not None and entry.start is not None:
        return [bench.problem.expanded.calendar.minute_of(entry.start)]
    return list(visit.starts(bench.problem.scenario.program.settings.step_minutes))


def blockers(bench: Bench, visit: Visit, role: Role, row: int) -> frozenset[str]:
    """What stands in the way of an able person, found by putting them in: never empty.

    Of the starts that suit them, the one that breaks the fewest rules counts.
    """
    fewest: frozenset[str] | None = None
    for start in starts_for(bench, visit, role, row):
        found = _blockers_at(bench, visit, role, row, start)
        if fewest is None or len(found) < len(fewest) or found == {"could_serve"}:
            fewest = found
        if found <= {"could_serve", "crew_incomplete"}:
            break
    return fewest or frozenset({"is_available"})


def starts_for(bench: Bench, visit: Visit, role: Role, row: int) -> list[int | None]:
    """Starts at which the facts do not keep somebody away: a few, spread over the days."""
    fits = bench.problem.eligibility.fits
    able = [start for start in possible_starts(bench, visit) if fits(visit, role, start)[row]]
    if len(able) <= STARTS_PER_PERSON:
        return able
    return [able[number * (len(able) - 1) // (STARTS_PER_PERSON - 1)] for number in range(STARTS_PER_PERSON)]


def _blockers_at(bench: Bench, visit: Visit, role: Role, row: int, start: int | None) -> frozenset[str]:
    person = bench.problem.scenario.volunteers[row].id
    after = bench.verdict(bench.put_in(visit, role.id, person, start))
    broken = {violation.rule for violation in bench.newly_broken(after)}
    if is_short(len(after.roster.visits[-1].assigned), visit):
        broken.discard("is_crewed_together")
        return frozenset(broken or {"crew_incomplete"})
    return frozenset(broken or {"could_serve"})


def is_short(people: int, visit: Visit) -> bool:
    """Whether a visit that is served whole or not at all still lacks people."""
    return not visit.wish.partial and people < visit.seats

