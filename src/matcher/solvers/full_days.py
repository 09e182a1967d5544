"""full_days: dates on which people have many visits, planned anew as routes. What comes out is a start for the search."""

from __future__ import annotations

import threading
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from matcher.problem.check import check
from matcher.problem.problem import Problem
from matcher.problem.roster import TIERS, Roster
from matcher.solvers.exact import triples_of
from matcher.solvers.full_day import FullDay
from matcher.solvers.result import Step
from matcher.solvers.routes import Tours, plan_day
from matcher.solvers.start import without_objections
from matcher.solvers.stop import Progress, Stop, Timer

FULL = 3
"""A day is full if whoever serves on it serves at least so often, on average."""
MOST_VISITS = 1_500
"""Days with more visits are left to the search: the table of their ways grows with the square."""
SHARE, SHARE_OF_ALL = 0.3, 0.95
"""The part of the limit that full days may take, all together; and where hardly anything else is planned."""
HARDLY = 0.1
"""The part of all visits that is hardly anything."""
ROUNDS, ROUNDS_OF_WAYS = (0.5, 0.5), (0.8, 0.2)
"""Each date is planned twice, in these parts of its time: for the way alone, then for even days too, if those are worth anything."""
DEARER = 10
"""Points by which a visit beyond somebody's limit makes each of their seats dearer in the next round."""
_SOON = 4.0
"""Loading what is compiled already takes less (seconds)."""

Value = tuple[int, ...]


def plan_full_days(
    problem: Problem, start: Roster, *, timer: Timer, seed: int = 0, progress: Progress | None = None
) -> tuple[Roster, Step | None]:
    """The roster with its full days planned as routes where that is better, and what ran; no step if no day is full.

    ``start`` is valid, and so is what comes back; none of its tiers is worse unless an earlier one is better.
    """
    days = list(full_days(problem, start))
    if not days or timer.over:
        return start, None
    began = timer.elapsed
    _warm_up(days[0], timer, progress or Progress())
    best = _Best(problem, start)
    before = best.value
    visits = sum(len(day.visits) for day in days)
    share = SHARE_OF_ALL if are_nearly_all(problem, visits) else SHARE
    for number, day in enumerate(days):
        _plan(best, day, timer, share / len(days), seed + number * len(ROUNDS))
    gained = {tier: old - new for tier, old, new in zip(TIERS, before, best.value)}
    return best.roster, Step("full days", timer.elapsed - began, {"days": len(days), "visits": visits, "gained": gained})


def are_nearly_all(problem: Problem, visits: int) -> bool:
    """Whether hardly anything is planned beside so many visits."""
    return len(problem.visits) - visits <= HARDLY * len(problem.visits)


class _Best:
    """The best roster so far."""

    def __init__(self, problem: Problem, roster: Roster) -> None:
        self.problem, self.roster = problem, roster
        self.value = self._value(roster)
        self.crew, self.standbys = triples_of(problem, roster)

    def _value(self, roster: Roster) -> Value:
        report = check(self.problem.expanded, roster, self.problem.prices)
        return tuple(report.tier(tier) for tier in TIERS)

    def offer(self, roster: Roster) -> None:
        """Take a valid roster if it is better."""
        value = self._value(roster)
        if value < self.value:
            self.roster, self.value = roster, value
            self.crew, self.standbys = triples_of(self.problem, roster)


def _plan(best: _Best, day: FullDay, timer: Timer, share: float, seed: int) -> None:
    """Plan one date in its rounds; ``best`` takes what is better."""
    problem, moving = best.problem, set(day.visits)
    standbys = best.standbys
    kept = [triple for triple in best.crew if problem.options[triple[0]].visit not in moving]
    wages: Counter[int] = Counter()
    for turn, part_of_it in enumerate(ROUNDS if day.price_of_a_minute else ROUNDS_OF_WAYS):
        part = _part(timer, share * part_of_it)
        tours = plan_day(day.as_routes(wages, even=turn > 0), part, seed + turn)
        timer.worked(part.used * (part.stop.work or 0.0))
        crew = [*kept, *day.seats_of(tours)]
        judged = without_objections(problem, problem.roster(crew, standbys, strategy=best.roster.strategy, seed=best.roster.seed))
        if judged is not None:
            best.offer(judged[0])
        if timer.over:
            return
        wages.update(_beyond_limits(day, tours))


def _beyond_limits(day: FullDay, tours: Tours) -> dict[int, int]:
    """What makes people dearer who were given more visits than they take in a day."""
    most = (day.problem.expanded.limits[person].visits_per_day for person in day.people)
    return {
        person: DEARER * (len(route) - limit)
        for person, limit, route in zip(day.people, most, tours.routes)
        if limit is not None and len(route) > limit
    }


def _part(timer: Timer, share: float) -> Timer:
    """A timer of a share of the whole limit, and of no more than is left."""
    stop = timer.stop
    seconds = None if stop.seconds is None else min(share * stop.seconds, timer.seconds_left or 0.0)
    work = None if stop.work is None else min(share * stop.work, timer.work_left or 0.0)
    return Timer(replace(stop, seconds=seconds, work=work))


def _warm_up(day: FullDay, timer: Timer, progress: Progress) -> None:
    """Compile what was never compiled on this machine; announced, and not counted against the limit."""
    began = timer.elapsed
    announce = threading.Timer(_SOON, progress.compiling)
    announce.start()
    try:
        plan_day(day.as_routes({}), Timer(Stop(seconds=0.0)))
    finally:
        announce.cancel()
    if timer.elapsed - began > _SOON:
        timer.forgive(timer.elapsed - began)


# ----------------------------------------------------------------------------------------------- which days


def full_days(problem: Problem, roster: Roster) -> Iterator[FullDay]:
    """The dates on which whoever serves has several visits, with the visits that may move and the people they are for."""
    crew, standbys = triples_of(problem, roster)
    options = problem.options
    served: dict[date, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for option, _, volunteer in crew:
        if options[option].start is not None:
            served[options[option].day][options[option].visit].append(volunteer)
    waiting = _waiting(problem, {options[option].visit for option, _, _ in crew})
    for day, visits in sorted(served.items()):
        serving = {volunteer for people in visits.values() for volunteer in people}
        if sum(map(len, visits.values())) < FULL * len(serving):
            continue
        held = {volunteer for option, _, volunteer in standbys if options[option].day == day}
        held |= {seat.volunteer for seat in problem.expanded.outside if seat.day == day and seat.start is not None}
        moving = _moving(problem, visits, held)
        found = FullDay(problem, day, tuple(sorted({*moving, *waiting[day]})), frozenset(held))
        if found.people and len(found.visits) <= MOST_VISITS:
            yield found


def _moving(problem: Problem, visits: dict[int, list[int]], held: set[int]) -> set[int]:
    """The visits of a date that may move; whoever is at one that may not is added to ``held``."""
    moving = {visit for visit in visits if _may_move(problem, visit)}
    while True:
        held |= {person for visit, people in visits.items() if visit not in moving for person in people}
        stay = {visit for visit in moving if held & set(visits[visit])}
        if not stay:
            return moving
        moving -= stay


def _waiting(problem: Problem, served: set[int]) -> dict[date, set[int]]:
    """By date, the visits nobody serves that might be then."""
    found: dict[date, set[int]] = defaultdict(set)
    for visit, own in enumerate(problem.options_of):
        if visit not in served and _may_move(problem, visit):
            for option in own:
                if problem.options[option].start is not None:
                    found[problem.options[option].day].add(visit)
    return found


def _may_move(problem: Problem, visit: int) -> bool:
    """Whether routes can say what the visit asks for: one person or two, nobody told, pinned, paired or standing by."""
    wish = problem.visits[visit].wish
    told = any(seat.visit == visit for seat in (*problem.published, *problem.pins))
    plain = not (wish.staffing.standbys or wish.as_one_team or problem.paired[visit] or told)
    return plain and 1 <= problem.visits[visit].seats <= 2 and not problem.visits[visit].is_goods


__all__ = ["are_nearly_all", "full_days", "plan_full_days"]
