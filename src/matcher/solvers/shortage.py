"""shortage: a proven optimum of the needs tier where a whole model would be too large, and repair of a few wishes.

What cannot be filled is scarce in few people, so the wishes that lack somebody are solved by themselves: everybody
free, that is a bound. Where the roster does not reach it, the wishes that stand in the way join them. Once they are
many, a linear programme says first what they lack, and which of them matter for it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from math import ceil
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.problem.problem import Candidates, Problem, Triple
from matcher.solvers.exact import Needs, solve_exact, solve_needs, triples_of
from matcher.solvers.flow import NeedsBound
from matcher.solvers.highs import SCALE, safe_bound, solve_programme
from matcher.solvers.load import PERIODS, Elsewhere
from matcher.solvers.nearly_whole import NeedsArrays, NeedsProgramme
from matcher.solvers.part import Part, needs_only, seats_of, subproblem
from matcher.solvers.result import Step
from matcher.solvers.search import Search
from matcher.solvers.stop import Progress, Stop, Timer
from matcher.solvers.tables import tables_of

MOST_CANDIDATES = 600_000
"""Wishes are left out, those with most candidates first, until no more are in one model."""
LINEAR_CANDIDATES = 12_000
"""From so many on, a linear programme comes first."""
FIRST_CANDIDATES = 400_000
"""No more in the first round."""
TOGETHER_CANDIDATES = 40_000
"""Wishes whose crews are planned anew in the roster have no more, unlikely people included."""
MANY_TOGETHER_CANDIDATES = 300_000
"""The same where a programme plans them."""
BATCH_CANDIDATES = 60_000
"""So many at once where a first programme plans them, before anything is known of which wishes matter."""
MANY_CANDIDATES = 40_000
"""From so many on, wishes that do not matter for the bound are forgotten."""
_MORE = 1.5
"""So many times the candidates of one round may be in the next."""
_PER_WORK = 20_000
"""Candidates of a linear programme that count as one unit of work."""
_FIRST_STEPS = 4
"""Models after which better crews are sought only where the bound rises no more by a linear programme."""
_SLOW = 0.15
"""Whole numbers are asked for once a linear programme has closed no more than this part of the gap."""
LEAST_GROWTH = 1_000
"""Wishes of so many candidates may join in any round; beyond that, no more than there are already."""
NEAR, MANY_NEAR = (12, 4), (3, 2)
"""People a repair looks at for a role, beside those who have it: so many, and so many per seat; and of many wishes."""
_SHARE, _WHOLE_SHARE = 0.5, 0.6
"""Of the time that is left, what one model may take; and a programme in whole numbers."""
_STRAIN = 5 / SCALE
"""Points that a duty in the same week counts, so that of equally good crews those in few people's way are found."""
_EXACT = 1e-6


Crews = tuple[list[Triple], list[Triple]]
"""Crew and stand-bys of a roster."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What is proven about the needs tier, and the best crews found; OPTIMAL if they reach the bound."""

    bound: int
    value: int
    crew: list[Triple]
    standbys: list[Triple]
    status: str
    trace: tuple[Step, ...]
    lacking: tuple[tuple[str, ...], int] | None = None
    """Wishes that by themselves, with everybody free, lack at least so many points: what the bound rests on."""


def prove_needs(
    problem: Problem,
    crew: Iterable[Triple],
    standbys: Iterable[Triple],
    bound: NeedsBound,
    *,
    timer: Timer,
    seed: int = 0,
    workers: int = 1,
    progress: Progress | None = None,
    search: Search | None = None,
) -> Proof:
    """Raise the needs bound and improve the crews until they meet, or the timer or the size says stop.

    ``crew`` and ``standbys`` are a valid roster. Only what serves the needs better is changed; stand-bys whom
    that puts out are missing afterwards. ``search`` is one of the problem's, in any state;
    it is left in another.
    """
    proof = _Proving(problem, list(crew), list(standbys), bound.value, timer, seed, workers, progress or Progress(), search)
    proof.begin_with({problem.visits[visit].wish.id for group in bound.bottlenecks for visit, _ in group.needed})
    while proof.least < proof.value and not timer.over and proof.goes_on():
        pass
    status = "OPTIMAL" if proof.least >= proof.value else "FEASIBLE"
    return Proof(
        proof.least, proof.value, proof.crew, proof.standbys, status, tuple(proof.trace), proof.lacking
    )


def repair(
    problem: Problem,
    crew: Iterable[Triple],
    standbys: Iterable[Triple],
    wishes: Collection[str],
    *,
    stop: Stop,
    seed: int = 0,
    workers: int = 1,
    least_needs: int = 0,
) -> tuple[list[Triple], list[Triple]] | None:
    """The roster with these wishes solved anew on all tiers, the others' duties frozen; None if nothing changed.

    ``least_needs`` is a proven bound of the whole. People unlikely for a seat are not looked at, and tours are
    those of the part, so the caller says whether the roster became better.
    """
    crew, standbys = list(crew), list(standbys)
    part = subproblem(problem, wishes, crew, standbys)
    own_crew, own_standbys = part.inside(crew), part.inside(standbys)
    known = {volunteer for _, _, volunteer in (*own_crew, *own_standbys)}
    part = _likely(part, own_crew, own_standbys, known)
    least = least_needs - needs_of(problem, crew) + needs_of(part.problem, own_crew)
    start = part.problem.roster(own_crew, own_standbys)
    result = solve_exact(
        part.problem, stop=stop, seed=seed, workers=workers, start=start, least_needs=max(0, least)
    )
    if result.roster is None:
        return None
    found = triples_of(part.problem, result.roster)
    if [set(own) for own in found] == [set(own_crew), set(own_standbys)]:
        return None
    inside = set(part.options.tolist())
    new_crew, new_standbys = (
        sorted([*(triple for triple in old if triple[0] not in inside), *part.whole(own)])
        for old, own in zip((crew, standbys), found)
    )
    return new_crew, new_standbys


def needs_of(problem: Problem, crew: Iterable[Triple]) -> int:
    """What the seats that a crew leaves empty come to."""
    filled = Counter(problem.options[option].visit for option, _, _ in crew)
    return sum(
        problem.prices.empty_seat(visit.wish) * (visit.seats - filled[number])
        for number, visit in enumerate(problem.visits)
    )


# ------------------------------------------------------------------------------------------- proving


@dataclass(frozen=True, slots=True)
class _Alone:
    """Crews that wishes would have by themselves, the other wishes in their way, and whether they are the best."""

    crew: list[Triple]
    in_the_way: set[str]
    proven: bool
    bound: int


@dataclass
class _Proving:
    """A proof under way: the best crews, the bound, and the wishes looked at."""

    problem: Problem
    crew: list[Triple]
    standbys: list[Triple]
    least: int
    timer: Timer
    seed: int
    workers: int
    progress: Progress
    search: Search | None = None
    trace: list[Step] = field(default_factory=list)
    grown: set[str] = field(default_factory=set)
    """Wishes that stand in the way of those with empty seats."""
    core: set[str] = field(default_factory=set)
    """Of all wishes of the last linear programme those that matter for its bound."""
    lacking: tuple[tuple[str, ...], int] | None = None

    def __post_init__(self) -> None:
        self.value = needs_of(self.problem, self.crew)
        self.elsewhere = Elsewhere(self.problem)
        self.sizes = _sizes(self.problem)
        self.most = min(MOST_CANDIDATES, FIRST_CANDIDATES)

    def begin_with(self, wishes: set[str]) -> None:
        """Where many wishes lack somebody, look at these from the first round on, and at better crews before bounds."""
        lacking = _lacking(self.problem, self.crew)
        if self._size_of(lacking | wishes) > LINEAR_CANDIDATES:
            self.grown = wishes
            if self.timer.stop.work is None and not self.timer.over:  # HiGHS counts no work
                for batch in self._batches(lacking | wishes):
                    if not self.timer.over:
                        self._many_together(batch, [])

    def goes_on(self) -> bool:
        """One round: the bound of the wishes by themselves, then better crews for them; whether more may come."""
        lacking = _lacking(self.problem, self.crew)
        wishes = self._fitting(lacking | self.core, self.grown, self.most)
        before = self.least
        alone = self._alone(wishes) if self._size_of(wishes) <= LINEAR_CANDIDATES else self._nearly_alone(wishes)
        if alone is None or self.least >= self.value or self.timer.over:
            return False
        in_the_way, better = alone.in_the_way, False
        if self.core and alone.bound >= before and self.least - before <= _SLOW * (self.value - before):
            # The linear programme has said what it can; the wishes that matter are few enough for whole numbers.
            alone = self._whole_alone(alone)
            in_the_way |= alone.in_the_way
            if self.least >= self.value or self.timer.over:
                return False
            better = self._together(lacking | in_the_way, alone.crew)
        elif len(self.trace) < _FIRST_STEPS or not self.core:
            better = self._together(lacking | in_the_way, alone.crew)
        # Where the search for the bound ended early, more wishes would end it earlier.
        room = max(LEAST_GROWTH, self._size_of(wishes)) if alone.proven else 0
        if self.least > before and self._size_of(self.grown) > MANY_CANDIDATES:
            self.grown &= self.core  # while the bound rises nothing goes round in circles
        self.grown |= lacking | set(self._fitting(in_the_way, set(), room))
        self.most = min(MOST_CANDIDATES, int(self.most * _MORE))
        again = self._fitting(_lacking(self.problem, self.crew) | self.core, self.grown, self.most)
        return better or again != wishes

    def _size_of(self, wishes: Iterable[str]) -> int:
        return sum(self.sizes[wish] for wish in wishes)

    def _fitting(self, first: set[str], then: set[str], most: int) -> list[str]:
        """As many of the wishes as come to so many candidates, those with few first: what is scarce is there."""
        chosen, size = [], 0
        for wish in (*sorted(first, key=self._size), *sorted(then - first, key=self._size)):
            if size + self.sizes[wish] <= most:
                chosen.append(wish)
                size += self.sizes[wish]
        return sorted(chosen)

    def _size(self, wish: str) -> tuple[int, str]:
        return self.sizes[wish], wish

    # ----------------------------------------------------------------------------- by themselves

    def _alone(self, wishes: list[str]) -> _Alone:
        """Raise the bound by the wishes with everybody free; which others stand in the way of the crews found."""
        part = needs_only(subproblem(self.problem, wishes))
        duties = self._duties(set(wishes))
        strain = [len(self._blockers(duties, triple, [triple])) for triple in part.whole(_all(part.problem.crew))]
        answer = self._solve("needs alone", part, strain=strain, known=self.value)
        self._raise(answer.bound, wishes)
        crew = part.whole(answer.crew)
        return _Alone(crew, self._in_the_way(duties, crew), answer.proven, answer.bound)

    def _raise(self, bound: int, wishes: Iterable[str]) -> None:
        if bound > self.least:
            self.least = min(bound, self.value)
            self.lacking = tuple(wishes), self.least
            self.progress.bound_rises("needs", self.least)

    def _nearly_alone(self, wishes: list[str]) -> _Alone | None:
        """As ``_alone`` by a linear programme, which also says which wishes matter; None if there was no time."""
        began = self.timer.elapsed
        work = self._size_of(wishes) / _PER_WORK
        if self.timer.work_left is not None and self.timer.work_left < work:
            return None
        duties = self._duties(set(wishes))
        needs = self._programme(wishes)
        cost = needs.programme.cost.copy()
        cost[:needs.seats] += _STRAIN * self._strain(needs, duties)
        solved = solve_programme(needs.programme._replace(cost=cost), self.timer, whole=False, share=_WHOLE_SHARE)
        self.timer.worked(work)
        bound = None
        found: list[Triple] = []
        if solved is not None and solved.primal is not None and solved.dual is not None:
            bound = ceil(safe_bound(needs.programme, solved.dual) - _EXACT) + needs.beyond
            self._raise(bound, wishes)
            self.core = _core(self.problem, wishes, needs, solved.primal, solved.dual)
            found = _seated(self.problem, needs, solved.primal > _EXACT)
        self.trace.append(Step("needs nearly", self.timer.elapsed - began, {
            "wishes": len(wishes), "candidates": needs.seats, "value": None, "bound": bound,
        }))
        return None if bound is None else _Alone(found, self._in_the_way(duties, found), True, bound)

    @cached_property
    def _arrays(self) -> NeedsArrays:
        return NeedsArrays(self._search.tables)

    def _programme(self, wishes: Collection[str]) -> NeedsProgramme:
        """The programme of some wishes."""
        chosen = np.array([name in wishes for name in self.problem.visits_of_wish], dtype=bool)
        return self._arrays.programme(chosen)

    def _strain(self, needs: NeedsProgramme, duties: dict[int, list[tuple[Triple, bool]]]) -> NDArray[np.float64]:
        """How many duties each of the programme's candidates has in the same week; three at most."""
        week = np.array([option.day.toordinal() - option.day.weekday() for option in self.problem.options]) // 7
        first = int(week.min(initial=0))
        busy = np.zeros((len(self.problem.scenario.volunteers), int(week.max(initial=0)) - first + 1))
        for volunteer, own in duties.items():
            for (option, _, _), _ in own:
                busy[volunteer, week[option] - first] += 1
        crew = self.problem.crew
        own_week = week[crew.option[needs.candidate]] - first
        strain: NDArray[np.float64] = np.minimum(busy[crew.volunteer[needs.candidate], own_week], 3.0)
        return strain

    def _whole_alone(self, alone: _Alone) -> _Alone:
        """The wishes that matter by themselves, in whole numbers; the same answer if that takes too long."""
        wishes = sorted(self.core)
        duties = self._duties(self.core)
        if self.timer.stop.work is not None:  # HiGHS counts no work
            whole = needs_only(subproblem(self.problem, wishes))
            answer = self._solve("needs alone", whole, known=self.value)
            self._raise(answer.bound, wishes)
            crew = whole.whole(answer.crew)
        else:
            began = self.timer.elapsed
            needs = self._programme(self.core)
            cost = needs.programme.cost.copy()
            cost[:needs.seats] += _STRAIN * self._strain(needs, duties)
            solved = solve_programme(needs.programme._replace(cost=cost), self.timer, whole=True, share=_WHOLE_SHARE)
            strained = _STRAIN * 3 * sum(visit.seats for visit in self.problem.visits if visit.wish.id in self.core)
            bound = None if solved is None else ceil(solved.bound - strained - _EXACT) + needs.beyond
            self.trace.append(Step("needs alone", self.timer.elapsed - began, {
                "wishes": len(wishes), "candidates": needs.seats, "value": None, "bound": bound,
            }))
            if solved is None or bound is None or solved.primal is None:
                return alone
            self._raise(bound, wishes)
            crew = _seated(self.problem, needs, solved.primal > 0.5)
        return replace(alone, crew=[*crew, *alone.crew], in_the_way=alone.in_the_way | self._in_the_way(duties, crew))

    def _in_the_way(self, duties: dict[int, list[tuple[Triple, bool]]], crew: Sequence[Triple]) -> set[str]:
        """The other wishes that keep these crews out of the roster."""
        seats: dict[int, list[Triple]] = defaultdict(list)
        for triple in crew:
            seats[triple[2]].append(triple)
        new = sorted(set(crew) - set(self.crew))
        found = {wish for triple in new for wish in self._blockers(duties, triple, seats[triple[2]])}
        if found:
            return found
        # Several people's duties together may do what none of them does alone.
        return {self._wish(other[0]) for triple in new for other, _ in duties.get(triple[2], ())}

    def _duties(self, wishes: set[str]) -> dict[int, list[tuple[Triple, bool]]]:
        """Everybody's duties at other wishes, and whether they are to stand by."""
        duties: dict[int, list[tuple[Triple, bool]]] = defaultdict(list)
        for triples, standby in ((self.crew, False), (self.standbys, True)):
            for triple in triples:
                if self._wish(triple[0]) not in wishes:
                    duties[triple[2]].append((triple, standby))
        return dict(duties)

    def _blockers(
        self, duties: dict[int, list[tuple[Triple, bool]]], triple: Triple, seats: Sequence[Triple]
    ) -> set[str]:
        """The other wishes whose duties keep somebody from this seat, one of the ``seats`` they are to have."""
        option, role, volunteer = triple
        if volunteer not in duties:
            return set()
        day, limits = self.problem.options[option].day, self.problem.expanded.limits[volunteer]
        full = [
            (period, period(day)) for unit, period in PERIODS.items()
            if self._is_full([*(duty for duty, standby in duties[volunteer] if not standby), *seats], triple, unit)
        ]
        return {
            self._wish(other)
            for (other, other_role, _), standby in duties[volunteer]
            for then in [self.problem.options[other].day]
            if (not standby and any(period(then) == name for period, name in full))
            or (not standby and limits.rest_days and PERIODS["week"](then) == PERIODS["week"](day))
            or (abs((then - day).days) <= 1 and (
                (not standby and limits.min_rest_minutes)
                or self.problem.too_close(volunteer, option, role, other, other_role)
            ))
        }

    def _is_full(self, duties: Sequence[Triple], triple: Triple, unit: str) -> bool:
        """Whether somebody's duties go beyond a limit of the day, week or month this seat lies in."""
        option = self.problem.options[triple[0]]
        limits = self.problem.expanded.limits[triple[2]]
        most, most_minutes = getattr(limits, f"visits_per_{unit}"), getattr(limits, f"minutes_per_{unit}")
        if most is None and most_minutes is None:
            return False
        period: Any = PERIODS[unit]
        visits, minutes = self.elsewhere.load_on(triple[2], unit, option.day)
        for number, _, _ in duties:
            other = self.problem.options[number]
            if period(other.day) == period(option.day) and (unit != "day" or other.start is not None):
                visits += 1
                minutes += self.problem.visits[other.visit].minutes
        return (most is not None and visits > most) or (most_minutes is not None and minutes > most_minutes)

    # ------------------------------------------------------------------------------- in the roster

    def _together(self, wishes: set[str], wanted: Sequence[Triple]) -> bool:
        """Better crews of the wishes while the others' duties stay; whether there were any.

        The seats in ``wanted`` are looked at, and of other people those who are likely.
        """
        if self.core and self.timer.stop.work is None:
            better = self._many_together(self._fitting(wishes, self.grown, MANY_TOGETHER_CANDIDATES), wanted)
            if better is not None:
                return better
        chosen = self._fitting(wishes, self.grown, TOGETHER_CANDIDATES)
        part = needs_only(subproblem(self.problem, chosen, self.crew, self.standbys))
        part = _likely(part, {*part.inside(self.crew), *part.inside(wanted)}, part.inside(self.standbys))
        start = part.inside(self.crew), _fixed_standbys(part, part.inside(self.standbys))
        own = set(start[0])
        strain = [int(triple not in own) for triple in _all(part.problem.crew)]
        known = needs_of(part.problem, start[0])
        answer = self._solve("needs in the roster", part, strain=strain, start=start, known=known)
        if answer.value is None or answer.value >= known:
            return False
        self._take(*self._with(part, answer.crew, answer.standbys))
        return True

    def _with(self, part: Part, crew: Sequence[Triple], standbys: Sequence[Triple]) -> Crews:
        """The roster with a part's crews, and its stand-bys who have to be."""
        inside = set(part.options.tolist())
        new = sorted([*(own for own in self.crew if own[0] not in inside), *part.whole(crew)])
        held = [*(own for own in self.standbys if own[0] not in inside), *part.whole(standbys)]
        return new, _still_standing_by(self.problem, new, held, self.standbys)

    def _take(self, crew: list[Triple], standbys: list[Triple]) -> None:
        self.crew, self.standbys = crew, standbys
        self.value = needs_of(self.problem, crew)
        self.progress.better("needs", self.value, self.least)

    def _batches(self, wishes: Iterable[str]) -> list[list[str]]:
        """Wishes in parts of so many candidates, those that ask for the same skills together."""
        facts = self.problem.scenario.wish
        batches: list[list[str]] = [[]]
        size = 0
        for _, wish in sorted(
            (sorted({skill.name for role in facts[wish].roles for skill in role.skills}), wish) for wish in wishes
        ):
            if size + self.sizes[wish] > BATCH_CANDIDATES and batches[-1]:
                batches.append([])
                size = 0
            batches[-1].append(wish)
            size += self.sizes[wish]
        return batches

    def _many_together(self, chosen: list[str], wanted: Sequence[Triple]) -> bool | None:
        """As ``_together`` with many wishes, by a programme in whole numbers.

        None if there was no time for it, or if its crews break a rule that it leaves out.
        """
        began = self.timer.elapsed
        part = needs_only(subproblem(self.problem, chosen, self.crew, self.standbys))
        own, held = part.inside(self.crew), part.inside(self.standbys)
        near = MANY_NEAR if self._size_of(chosen) > MANY_CANDIDATES else NEAR
        part = _likely(part, {*own, *part.inside(wanted)}, held, near=near)
        known = needs_of(part.problem, own)
        needs = NeedsArrays(tables_of(part.problem), ways=True).programme(
            np.ones(len(part.problem.visits_of_wish), dtype=bool)
        )
        cost = needs.programme.cost.copy()
        cost[:needs.seats] += _STRAIN * ~_are(part.problem.crew, own)[needs.candidate]
        solved = solve_programme(needs.programme._replace(cost=cost), self.timer, whole=True, share=_WHOLE_SHARE)
        value = None
        if solved is not None and solved.primal is not None:
            crew = _seated(part.problem, needs, solved.primal > 0.5)
            value = needs_of(part.problem, crew)
        self.trace.append(Step("needs in the roster", self.timer.elapsed - began, {
            "wishes": len(chosen), "candidates": needs.seats, "value": value, "bound": None,
        }))
        if value is None or value >= known:
            return None if value is None else False
        found = self._with(part, crew, _fixed_standbys(part, held))
        if not self._is_valid(*found):
            return None
        self._take(*found)
        return True

    def _is_valid(self, crew: list[Triple], standbys: list[Triple]) -> bool:
        """Whether a roster keeps every rule."""
        try:
            self._search.load(crew, standbys)
        except ValueError:
            return False
        return True

    @cached_property
    def _search(self) -> Search:
        return self.search or Search(tables_of(self.problem))

    def _solve(self, name: str, part: Part, **more: Any) -> Needs:
        began, left = self.timer.elapsed, self.timer.stop
        own = Timer(replace(
            left,
            seconds=None if self.timer.seconds_left is None else self.timer.seconds_left * _SHARE,
            work=None if self.timer.work_left is None else self.timer.work_left * _SHARE,
        ))
        answer = solve_needs(part.problem, timer=own, seed=self.seed, workers=self.workers, **more)
        if own.stop.work is not None and own.work_left is not None:
            self.timer.worked(own.stop.work - own.work_left)
        self.trace.append(Step(name, self.timer.elapsed - began, {
            "wishes": len(part.problem.visits_of_wish), "candidates": len(part.problem.crew), "value": answer.value, "bound": answer.bound,
        }))
        return answer

    def _wish(self, option: int) -> str:
        return self.problem.visits[self.problem.options[option].visit].wish.id


def _seated(problem: Problem, needs: NeedsProgramme, used: NDArray[np.bool_]) -> list[Triple]:
    """The seats of some of a programme's columns."""
    own, crew = needs.candidate[used[:needs.seats]], problem.crew
    return list(zip(crew.option[own].tolist(), crew.role[own].tolist(), crew.volunteer[own].tolist()))


def _lacking(problem: Problem, crew: Iterable[Triple]) -> set[str]:
    """Wishes with an empty seat."""
    filled = Counter(problem.options[option].visit for option, _, _ in crew)
    return {visit.wish.id for number, visit in enumerate(problem.visits) if filled[number] < visit.seats}


def _core(
    problem: Problem, wishes: Collection[str], needs: NeedsProgramme, primal: NDArray[np.float64],
    dual: NDArray[np.float64],
) -> set[str]:
    """The wishes with an empty seat, or with somebody whose time has a price; without the others the bound is the same."""
    programme, seats = needs.programme, needs.seats
    names = list(problem.visits_of_wish)
    wish = np.full(len(programme.cost), -1)
    wish[:seats] = needs.wish
    seated = wish[programme.column] >= 0
    row, own = programme.row[seated], wish[programme.column[seated]]
    lowest, highest = np.full(len(programme.lower), len(names)), np.full(len(programme.lower), -1)
    np.minimum.at(lowest, row, own)
    np.maximum.at(highest, row, own)
    price = np.where(highest > lowest, dual, 0.0)  # of what several wishes share: people's time
    paid = np.zeros(len(programme.cost))
    np.subtract.at(paid, programme.column, programme.entry * price[programme.row])
    matters = (primal[:seats] > _EXACT) & (paid[:seats] > 4 * _STRAIN)
    filled = np.bincount(needs.visit, primal[:seats], len(problem.visits))
    mine = set(wishes)
    return {names[at] for at in np.unique(needs.wish[matters]).tolist()} | {
        visit.wish.id for at, visit in enumerate(problem.visits)
        if visit.wish.id in mine and filled[at] < visit.seats - _EXACT
    }


def _sizes(problem: Problem) -> dict[str, int]:
    """Crew candidates of each wish."""
    edges = np.array([own.start for own in problem.options_of] + [len(problem.options)], dtype=problem.crew.option.dtype)
    size = np.diff(np.searchsorted(problem.crew.option, edges)).tolist()
    return {wish: sum(size[visit] for visit in visits) for wish, visits in problem.visits_of_wish.items()}


def _all(candidates: Candidates) -> list[Triple]:
    return list(zip(candidates.option.tolist(), candidates.role.tolist(), candidates.volunteer.tolist()))


# --------------------------------------------------------------------------------- fewer candidates


def _likely(
    part: Part, crew: Collection[Triple], standbys: Collection[Triple], known: Collection[int] = (),
    near: tuple[int, int] = NEAR,
) -> Part:
    """The part with the cheapest people of each role, these seats, the ``known`` people, and who must have a seat."""
    problem = part.problem
    fixed = {seat.volunteer for seat in (*problem.published, *problem.pins) if seat.volunteer is not None}
    always = sorted({*known, *fixed, *(row for people in problem.paired for row in people)})
    own, seats = problem.crew, seats_of(problem)
    place = _place_by_cost(problem, own.option.astype(np.int64) * seats.shape[1] + own.role)
    likely = place < near[0] + near[1] * seats[own.option, own.role]
    likely |= np.isin(own.volunteer, always) | _are(own, crew)
    people = [*np.unique(own.volunteer[likely]).tolist(), *always]
    return part.narrowed(likely, np.isin(problem.standbys.volunteer, people) | _are(problem.standbys, standbys))


def _place_by_cost(problem: Problem, cell: NDArray[np.int64]) -> NDArray[np.int64]:
    """Each crew candidate's place among those of the same cell, the cheapest first."""
    own, fairness = problem.crew, problem.prices.fairness
    turn = np.zeros(len(problem.scenario.volunteers), dtype=np.int64)
    people = np.unique(own.volunteer)
    turn[people] = [fairness(row, 1) for row in people.tolist()]
    order = np.lexsort((own.volunteer, own.price + problem.solo_tour + turn[own.volunteer], cell))
    size = np.bincount(cell)
    place = np.empty(len(own), dtype=np.int64)
    place[order] = np.arange(len(own)) - np.repeat(np.cumsum(size) - size, size)
    return place


def _are(candidates: Candidates, triples: Collection[Triple]) -> NDArray[np.bool_]:
    """Which candidates are among the triples."""
    chosen = set(triples)
    return np.array([triple in chosen for triple in _all(candidates)], dtype=bool)


# ----------------------------------------------------------------------------------------- stand-bys


def _fixed_standbys(part: Part, standbys: Sequence[Triple]) -> list[Triple]:
    """Of a part's stand-bys those it still has candidates for."""
    there = set(_all(part.problem.standbys))
    return [triple for triple in standbys if triple in there]


def _still_standing_by(
    problem: Problem, crew: Sequence[Triple], held: Sequence[Triple], before: Sequence[Triple]
) -> list[Triple]:
    """``held``, and of the stand-bys there were before those whom the crews leave free and whose visit stands."""
    duties: dict[int, list[Triple]] = defaultdict(list)
    for triple in (*crew, *held):
        duties[triple[2]].append(triple)
    happening = {option for option, _, _ in crew}
    filled = Counter((option, role) for option, role, _ in held)
    kept = list(held)
    for option, role, volunteer in sorted(set(before) - set(held)):
        visit = problem.options[option].visit
        most = problem.visits[visit].wish.staffing.standbys
        if option not in happening or filled[option, role] >= most or any(
            problem.options[other].visit == visit or problem.too_close(volunteer, option, role, other, other_role)
            for other, other_role, _ in duties[volunteer]
        ):
            continue
        kept.append((option, role, volunteer))
        duties[volunteer].append((option, role, volunteer))
        filled[option, role] += 1
    return sorted(kept)
