"""The least a wish's visits can come to, when every seat has a price: which are served, and at which start.

A pattern chooses for each visit of a wish one of its starts, or none. A served visit costs what its crew's seats bring
at that start, an unserved one its needs; where spacing is a hard rule, a pattern keeps it. All seats of a crew meet at
one start: that is what prices per start are for. Knows no solver.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.domain.wishes import Wish
from matcher.problem.check import history_binds, last_done
from matcher.problem.crewable import teams_of_people
from matcher.problem.problem import Problem

Ints = NDArray[np.int64]

_LONG_AGO = -(1 << 30)
"""The day of a last visit that never was."""


def cells_of(problem: Problem) -> Ints:
    """[options + 1]: where the cells of each option begin, one per role, in arrays of all cells."""
    return np.cumsum(
        [0, *(len(problem.visits[option.visit].wish.roles) for option in problem.options)], dtype=np.int64
    )


def allowed_options(problem: Problem) -> NDArray[np.bool_]:
    """[options] which of them no pin, no published start and no rule about crews rules out."""
    starts: dict[int, set[int]] = defaultdict(set)
    for seat in (*problem.pins, *problem.published):
        if seat.fixes_start and seat.start is not None:
            starts[seat.visit].add(seat.start)
    return np.array([
        option.visit not in starts or starts[option.visit] == {option.start} for option in problem.options
    ], dtype=bool) & problem.possible.options


def least_of_wishes(
    problem: Problem,
    prices: Ints,
    empty: Ints,
    by_person: Mapping[int, Ints] | None = None,
    paid: Ints | None = None,
) -> int:
    """What the best patterns of all wishes come to together, at ``prices`` [cells] and a price of each ``empty`` seat [visits].

    ``by_person``: at some options of visits that one team must serve, prices [candidates there] in place of these.
    ``paid`` [options]: what a visit gets for being served there, from people who are charged for it.
    """
    served = _crews(problem, prices, empty).tolist()
    for option, own in (by_person or {}).items():
        served[option] = _cheapest_team(problem, option, own, empty)
    if paid is not None:
        served = (np.array(served) - paid).tolist()
    allowed = allowed_options(problem).tolist()
    total = 0
    for numbers in problem.visits_of_wish.values():
        wish = problem.visits[numbers[0]].wish
        days = [
            _by_day((problem.options[at].day.toordinal(), served[at]) for at in problem.options_of[visit] if allowed[at])
            for visit in numbers
        ]
        unserved = [int(empty[visit]) * problem.visits[visit].seats for visit in numbers]
        spacing = _Spacing.of(problem, wish, numbers)
        if spacing is None:
            total += sum(min(left, *own.values()) if own else left for own, left in zip(days, unserved))
        else:
            total += spacing.least_of(days, unserved)
    return total


def _crews(problem: Problem, prices: Ints, empty: Ints) -> Ints:
    """[options] what the seats of a visit served then bring; where some are better than none, no more than needs are."""
    if not problem.options:
        return np.zeros(0, dtype=np.int64)
    dearest = int(prices.max())
    count, most = [], []
    for option in problem.options:
        wish = problem.visits[option.visit].wish
        cap = min(dearest, int(empty[option.visit])) if wish.partial else dearest
        count += [role.count for role in wish.roles]
        most += [cap] * len(wish.roles)
    return np.add.reduceat(np.array(count) * np.minimum(prices, np.array(most)), cells_of(problem)[:-1])


def _cheapest_team(problem: Problem, option: int, prices: Ints, empty: Ints) -> int:
    """What the cheapest crew of one team brings at an option, where each candidate there has a price."""
    wish, crew = problem.visits[problem.options[option].visit].wish, problem.crew
    need = int(empty[problem.options[option].visit])
    own = candidates_at(problem, option)
    may, role = problem.possible.candidates[own], crew.role[own]
    team = teams_of_people(problem)[crew.volunteer[own]]
    values = []
    for name in problem.possible.teams.get(option, ()):
        value = 0
        for position, wanted in enumerate(wish.roles):
            cheapest = np.sort(prices[may & (team == name) & (role == position)])[:wanted.count]
            if wish.partial:
                cheapest = np.minimum(cheapest, need)
            value += int(cheapest.sum()) + need * (wanted.count - len(cheapest))
        values.append(value)
    return min(values, default=0)


def candidates_at(problem: Problem, option: int) -> slice:
    """Where the crew candidates of an option lie."""
    low, high = np.searchsorted(problem.crew.option, np.array([option, option + 1], dtype=problem.crew.option.dtype))
    return slice(int(low), int(high))


def _by_day(served: Iterable[tuple[int, int]]) -> dict[int, int]:
    """The least on each day."""
    best: dict[int, int] = {}
    for day, value in served:
        best[day] = min(value, best.get(day, value))
    return best


@dataclass(frozen=True, slots=True)
class _Spacing:
    """The days that must lie between a wish's served visits, and the last done one. Days are ordinals."""

    least: int
    most: int | None
    last: int
    binds: bool
    """Whether the largest gap counts from the last done visit to the first planned one."""

    @classmethod
    def of(cls, problem: Problem, wish: Wish, numbers: Sequence[int]) -> _Spacing | None:
        """The spacing a wish asks for; None where it asks for none, or as a preference only."""
        when = wish.recurrence
        if when is None or "keeps_the_spacing" in problem.scenario.program.settings.soft_rules:
            return None
        if when.least_gap_days == 0 and when.max_gap_days is None and when.times is None:
            return None
        last = last_done(problem.expanded, wish)
        binds = last is not None and history_binds(problem.expanded, problem.visits[numbers[0]], last[1])
        return cls(when.least_gap_days, when.max_gap_days, _LONG_AGO if last is None else last[1].toordinal(), binds)

    def least_of(self, visits: Iterable[Mapping[int, int]], unserved: Iterable[int]) -> int:
        """The least of all patterns; ``visits``: what each visit comes to by the day it is served, or unserved."""
        # Patterns so far by the day last served: those that left the visit before this one out, and those that did not.
        apart, beside = ({}, {self.last: 0}) if self.binds else ({self.last: 0}, dict[int, int]())
        for days, left in zip(visits, unserved):
            following = {}
            for day, value in days.items():
                latest = day - self.least
                earliest = _LONG_AGO if self.most is None else day - self.most
                before = [own for last, own in apart.items() if last <= latest]
                before += [own for last, own in beside.items() if earliest <= last <= latest]
                if before:
                    following[day] = min(before) + value
            apart = _undominated((last, own + left) for last, own in (*apart.items(), *beside.items()))
            beside = following
        return min((*apart.values(), *beside.values()))


def _undominated(patterns: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Of patterns that left the last visit out, those for which no other was last served as early and comes to less."""
    kept: dict[int, int] = {}
    least: int | None = None
    for last, own in sorted(patterns):
        if least is None or own < least:
            kept[last] = least = own
    return kept
