"""Why this person, why not that one, why nobody: answers looked up from the rules and the prices."""

from __future__ import annotations

from collections import Counter

import numpy as np

from matcher.problem.problem import Problem
from matcher.problem.roster import Reason, Roster, Unfilled
from matcher.problem.rules import PAIR_RULES, RULES


def unfilled(problem: Problem, roster: Roster) -> tuple[Unfilled, ...]:
    """Every role with empty seats, and what keeps people away from it, most frequent first."""
    served = {visit.id: Counter(seat.role for seat in visit.assigned) for visit in roster.visits}
    found = []
    for number, visit in enumerate(problem.visits):
        for position, role in enumerate(visit.wish.roles):
            empty = role.count - served.get(visit.id, Counter())[role.id]
            if empty > 0:
                found.append(Unfilled(
                    visit=visit.id, role=role.id, count=empty, reasons=_reasons(problem, number, position)
                ))
    return tuple(found)


def _reasons(problem: Problem, number: int, position: int) -> tuple[Reason, ...]:
    visit, language = problem.visits[number], problem.scenario.program.settings.language
    role = visit.wish.roles[position]
    step = problem.scenario.program.settings.step_minutes
    starts: list[int | None] = [None] if visit.is_goods else list(visit.starts(step))
    if not starts:
        return ()
    bits = np.bitwise_and.reduce([problem.eligibility.refused(visit, role, start) for start in starts])
    counts = {name: int((bits >> np.uint16(bit) & 1).sum()) for bit, name in enumerate(PAIR_RULES)}
    return tuple(
        Reason(code=name, count=count, message=RULES[name].refusal(language))
        for name, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
        if count
    )
