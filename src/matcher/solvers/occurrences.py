"""What a wish's other served visits leave open: whose turn it is, and which days lie neither too near nor too far.

For rosters in the making that are built visit by visit; ``crews`` is what they have seated so far, by visit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matcher.problem.check import history_binds, last_crew, last_done
from matcher.problem.problem import Problem, Triple

Crews = Mapping[int, Sequence[Triple]]


def is_spaced(problem: Problem, crews: Crews, visit: int, option: int) -> bool:
    """Whether an option lies neither too near nor too far from the wish's other served visits, the last done included."""
    wish = problem.visits[visit].wish
    when, day = wish.recurrence, problem.options[option].day
    if when is None or "keeps_the_spacing" in problem.scenario.program.settings.soft_rules:
        return True
    numbers = problem.visits_of_wish[wish.id]
    at = numbers.index(visit)
    for position, other in enumerate(numbers):
        if other == visit or other not in crews:
            continue
        gap = (problem.options[crews[other][0][0]].day - day).days * (1 if position > at else -1)
        if gap < when.least_gap_days:
            return False
        if abs(position - at) == 1 and when.max_gap_days is not None and gap > when.max_gap_days:
            return False
    last = last_done(problem.expanded, wish)
    if last is None:
        return True
    gap = (day - last[1]).days
    binds = at == 0 and history_binds(problem.expanded, problem.visits[visit], last[1])
    return gap >= when.least_gap_days and not (binds and when.max_gap_days is not None and gap > when.max_gap_days)


def is_their_turn(problem: Problem, crews: Crews, option: int, row: int) -> bool:
    """Whether somebody would serve a rotating wish neither twice running nor more often than their turns."""
    expanded, visit = problem.expanded, problem.options[option].visit
    wish = problem.visits[visit].wish
    if wish.staffing.policy != "rotate" or "keeps_the_turn" in problem.scenario.program.settings.soft_rules:
        return True
    if row in expanded.standing_by.get(problem.visits[visit].id, ()):
        return True  # stepping in uses up no turn
    numbers = [other for other in problem.visits_of_wish[wish.id] if other == visit or other in crews]
    at = numbers.index(visit)
    before = _in_turn(problem, crews, numbers[at - 1]) if at else last_crew(expanded, wish)
    after = _in_turn(problem, crews, numbers[at + 1]) if at + 1 < len(numbers) else set()
    if row in before or row in after:
        return False
    most, span = wish.staffing.max_turns, wish.staffing.turns_days
    if most is None:
        return True
    days = [problem.options[option].day]
    days += [
        problem.options[o].day for number in numbers if row in _in_turn(problem, crews, number)
        for o, _, own in crews[number] if own == row
    ]
    days += [
        expanded.calendar.day_of(expanded.calendar.minute_of(service.start))
        for service in expanded.done.get(wish.id, ())
        if not service.stepped_in and expanded.row_of(service.volunteer) == row
    ]
    return all(sum(0 <= (day - first).days < span for day in days) <= most for first in days)


def _in_turn(problem: Problem, crews: Crews, visit: int) -> set[int]:
    """A visit's crew but for who steps in."""
    crew = {row for _, _, row in crews.get(visit, ())}
    return crew - problem.expanded.standing_by.get(problem.visits[visit].id, frozenset())
