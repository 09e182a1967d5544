"""Vacancies: every role with empty seats, and how many people each reason keeps away from it.

First the facts about a pair (skill, time, way …), then, for people whom no such fact keeps away, what
happens when they are really put in: the judge names the rules the changed roster breaks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from matcher.domain.wishes import Role
from matcher.planning.trials import Bench
from matcher.planning.words import Phrase
from matcher.problem.eligibility import LASTING, OF_THE_DAY, OF_THE_HOUR, OF_THE_VISIT
from matcher.problem.expand import Visit
from matcher.problem.problem import Problem
from matcher.problem.roster import Reason, Roster, Unfilled
from matcher.problem.rules import PAIR_RULES

TRIED_PER_ROLE = 40
"""The nearest people who are put in for a trial, per role."""
TRIED_IN_ALL = 200
"""People tried per roster; roles that come later say how many were not tried."""

_CHANGING = (*OF_THE_DAY, *OF_THE_HOUR)
"""Pair rules that may say something else at another start."""
_NUMBER_OF_BITS = np.array([bin(bits).count("1") for bits in range(1 << len(PAIR_RULES))], dtype=np.int8)


def unfilled(problem: Problem, roster: Roster, known: Iterable[Unfilled] = ()) -> tuple[Unfilled, ...]:
    """Every role with empty seats, and what keeps people away from it, most frequent first.

    Where as many seats were empty as ``known`` tells, its reasons are taken over.
    """
    language = problem.scenario.program.settings.language
    bench, left, found = Bench(problem, roster), TRIED_IN_ALL, []
    before = {(one.visit, one.role, one.count): one for one in known}
    for visit, role, empty in empty_roles(problem, roster):
        if (same := before.get((visit.id, role.id, empty))) is not None:
            found.append(same)
            continue
        codes, tried = why_empty(bench, visit, role, min(TRIED_PER_ROLE, left))
        left -= tried
        reasons = tuple(
            Reason(code=code, count=count, message=why(code, count, role).say(language))
            for code, count in codes.most_common()
        )
        found.append(Unfilled(visit=visit.id, role=role.id, count=empty, reasons=reasons))
    return tuple(found)


def why(code: str, count: int, role: Role) -> Phrase:
    """A reason with its count as a phrase."""
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
    others = rows_not_on(bench, visit, role)
    codes: Counter[str] = Counter()
    for number, name in enumerate(PAIR_RULES):
        codes[name] = int((refused[others] >> np.uint16(number) & 1).sum())
    able = nearest_first(bench, visit, role, others[refused[others] == 0])
    for row in able[:most_tried]:
        trial = bench.best_seat(visit, role, int(row))
        codes.update(sorted(trial.blockers if trial else {"is_available"}))
    codes["not_looked_at"] = max(0, len(able) - most_tried)
    return +codes or Counter({"nobody_left": 1}), min(len(able), most_tried)


def least_refused(bench: Bench, visit: Visit, role: Role) -> NDArray[np.uint16] | None:
    """Per volunteer, the pair rules that refuse them at the start that suits them best; None without a start."""
    refused_by, starts = bench.problem.eligibility.refused_by, bench.starts(visit)
    if not starts:
        return None
    lasting = refused_by((*LASTING, *OF_THE_VISIT), visit, role, starts[0], False, None)
    fewest = refused_by(_CHANGING, visit, role, starts[0], False, None)
    for start in starts[1:]:
        left = np.flatnonzero(fewest)  # everybody else has found a start that suits them
        now = refused_by(_CHANGING, visit, role, start, False, left)
        better = _NUMBER_OF_BITS[now] < _NUMBER_OF_BITS[fewest[left]]
        fewest[left[better]] = now[better]
    return lasting | fewest


def rows_not_on(bench: Bench, visit: Visit, role: Role) -> NDArray[np.int64]:
    """Everybody without a seat of that role."""
    there = [bench.expanded.volunteer_index[name] for name in bench.crew(visit, role)]
    return np.delete(np.arange(len(bench.scenario.volunteers)), there)


def nearest_first(bench: Bench, visit: Visit, role: Role, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """These people by the length of their way there."""
    minutes = bench.problem.eligibility.minutes_there(visit, role, rows)
    return rows[np.argsort(minutes, kind="stable")]
