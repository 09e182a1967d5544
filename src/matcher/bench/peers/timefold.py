"""Timefold's local search, on the whole problem, with rules as constraint streams in Python.

Left to the judge: rest, limits in minutes, seats published outside the plan, turns and gaps across an unserved visit
or beyond the window, a paired volunteer on a crew of several. Not in the price: least loads, teams' claims, shared
travel of several visits a day (each is a trip from home; between two, the ways to both are kept free).
The Python package translates our rules into Java byte code. One thread: more need the commercial edition.
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

import jpype
from timefold.solver import SolverFactory
from timefold.solver.config import (
    Duration,
    EnvironmentMode,
    ScoreDirectorFactoryConfig,
    SolverConfig,
    TerminationConfig,
)

from matcher.bench.answers import Answer, Effort, Improvement, Refusal
from matcher.bench.peers import timefold_model as model
from matcher.bench.verdict import without_objections
from matcher.domain.wishes import Wish
from matcher.problem.check import history_binds, last_crew, last_done
from matcher.problem.problem import Candidates, FixedSeat, Problem
from matcher.problem.roster import TIERS
from matcher.solvers.load import PERIODS, Elsewhere

MOST_CANDIDATES = 600_000
"""Every candidate is an object on both sides of the bridge."""


def local_search(problem: Problem, effort: Effort) -> Answer:
    """Timefold's defaults: a construction, then late acceptance, until the time is over."""
    began = time.perf_counter()
    size = len(problem.crew) + len(problem.standbys)
    if size > MOST_CANDIDATES:
        raise Refusal(f"{size:,} candidates are too many objects for the bridge to Java (most: {MOST_CANDIDATES:,})")
    places = list(_Places(problem).all())
    plan = model.Plan(places, list(_owed(problem)))
    solver = SolverFactory.create(_settings(effort)).build_solver()
    improvements: list[Improvement] = []
    built = time.perf_counter()
    _listen(solver, built, improvements)
    best = solver.solve(plan)
    ended = time.perf_counter()
    return _answer(problem, best, improvements, built - began, ended - built)


def _settings(effort: Effort) -> Any:
    return SolverConfig(
        solution_class=model.Plan,
        entity_class_list=[model.Place],
        environment_mode=EnvironmentMode.NON_REPRODUCIBLE,
        random_seed=effort.seed,
        score_director_factory_config=ScoreDirectorFactoryConfig(constraint_provider_function=model.rules),
        termination_config=TerminationConfig(spent_limit=Duration(milliseconds=round(1000 * effort.seconds))),
    )


def _listen(solver: Any, built: float, improvements: list[Improvement]) -> None:
    """Write down scores as they come, once no hard rule is broken.

    On the Java side: the package's own listeners turn the whole solution into Python objects every time.
    """

    @jpype.JImplements("ai.timefold.solver.core.api.solver.event.SolverEventListener")
    class Listener:
        @jpype.JOverride
        def bestSolutionChanged(self, event: Any) -> None:  # noqa: N802 - Java's name
            score = event.getNewBestScore()
            if not any(score.hardScores()):
                seconds = time.perf_counter() - built
                improvements.extend(
                    Improvement(seconds, tier, -int(value)) for tier, value in zip(TIERS, score.softScores())
                )

    solver._delegate.addEventListener(Listener())


def _answer(
    problem: Problem, best: Any, improvements: Sequence[Improvement], model_seconds: float, search_seconds: float
) -> Answer:
    chosen: list[tuple[int, int, int]] = []
    aside: list[tuple[int, int, int]] = []
    for place in best.places:
        if place.choice is not None:
            (aside if place.standby else chosen).append((place.choice.option, place.role, place.choice.volunteer))
    detail = {"score": str(best.score)}
    judged = without_objections(problem, _whole(problem, chosen, aside))
    if judged is None:
        note = "pins or published seats are not kept"
        return Answer(None, tuple(improvements), model_seconds, search_seconds, note, detail)
    roster, dropped = judged
    return Answer(roster, tuple(improvements), model_seconds, search_seconds, detail=detail | {"dropped visits": dropped})


def _whole(problem: Problem, chosen: list[tuple[int, int, int]], aside: list[tuple[int, int, int]]) -> Any:
    """A roster of every visit at the option most of its crew is on; who is on another one is left out."""
    people: dict[int, Counter[int]] = defaultdict(Counter)
    for option, _, _ in chosen:
        people[problem.options[option].visit][option] += 1
    sure = {votes.most_common(1)[0][0] for votes in people.values()}
    return problem.roster(
        {triple for triple in chosen if triple[0] in sure}, {triple for triple in aside if triple[0] in sure},
        strategy="timefold",
    )


def _owed(problem: Problem) -> Iterator[Any]:
    """Claims of one person each; a team's claim, which any member may honour, is left out."""
    wishes = {wish.id: number for number, wish in enumerate(problem.scenario.wishes)}
    weight = problem.prices.weights.claimant_without_turn
    for number, (wish, people) in enumerate(problem.prices.claims_to_honour):
        if len(people) == 1:
            yield model.Owed(number, wishes[wish], next(iter(people)), weight)


class _Places:
    """Every seat and stand-by of every visit, with its choices."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.elsewhere = Elsewhere(problem)
        self.wishes = {wish.id: number for number, wish in enumerate(problem.scenario.wishes)}
        self.fixed: dict[tuple[int, bool], list[FixedSeat]] = defaultdict(list)
        self.starts: dict[int, set[int | None]] = defaultdict(set)
        for seat in (*problem.pins, *problem.published):
            if seat.volunteer is not None:
                self.fixed[seat.visit, seat.standby].append(seat)
            if seat.fixes_start:
                self.starts[seat.visit].add(seat.start)
        self.known = {wish.id: problem.prices.known_faces(wish) for wish in problem.scenario.wishes}
        self.turns = {wish.id: problem.prices.wish_turns_before(wish) for wish in problem.scenario.wishes}
        self.teams = {team.id: number for number, team in enumerate(problem.scenario.teams)}
        self._choices = 0
        self._places = 0

    def all(self) -> Iterator[Any]:
        """Places by visit and role, crew before stand-bys; none for a visit that can never have its whole crew."""
        crew = self._by_seat(self.problem.crew, standby=False)
        for seats, standby in ((crew, False), (self._by_seat(self.problem.standbys, standby=True), True)):
            for (visit, role), own in seats.items():
                wish = self.problem.visits[visit].wish
                if not wish.partial and any((visit, other) not in crew for other in range(len(wish.roles))):
                    continue
                count = wish.staffing.standbys if standby else wish.roles[role].count
                fixed = self._take_fixed(visit, role, standby, {choice.volunteer for choice in own})
                for number in range(count):
                    who = fixed[number] if number < len(fixed) else None
                    yield self._place(visit, role, standby, self._allowed(visit, own, who), who is not None)

    def _take_fixed(self, visit: int, role: int, standby: bool, eligible: set[int]) -> list[int]:
        """People fixed on this role; whoever is fixed on any role has the first they are eligible for."""
        found: list[int] = []
        left: list[FixedSeat] = []
        for seat in self.fixed[visit, standby]:
            mine = seat.role == role or (seat.role is None and seat.volunteer in eligible)
            if mine and seat.volunteer is not None and seat.volunteer not in found:
                found.append(seat.volunteer)
            elif not mine:
                left.append(seat)
        self.fixed[visit, standby] = left
        return found

    def _by_seat(self, candidates: Candidates, standby: bool) -> dict[tuple[int, int], list[Any]]:
        found: dict[tuple[int, int], list[Any]] = defaultdict(list)
        columns = (candidates.option, candidates.role, candidates.volunteer, candidates.price)
        for option, role, row, price in zip(*(column.tolist() for column in columns)):
            found[self.problem.options[option].visit, role].append(self._choice(option, role, row, price, standby))
        return found

    def _allowed(self, visit: int, choices: list[Any], who: int | None) -> list[Any]:
        """The choices at a fixed start; a fixed person's own; for a paired resident's only seat the paired people's."""
        starts, options = self.starts.get(visit), self.problem.options
        choices = [choice for choice in choices if self._follows_history(visit, choice)]
        if starts:
            choices = [choice for choice in choices if starts == {options[choice.option].start}]
        if who is not None:
            return [choice for choice in choices if choice.volunteer == who]
        paired = self.problem.paired[visit]
        if paired and self.problem.visits[visit].seats == 1:
            return [choice for choice in choices if choice.volunteer in paired]
        return choices

    def _follows_history(self, visit: int, choice: Any) -> bool:
        """Whether the last done visit of the wish leaves this choice open: the gap, and nobody twice running."""
        expanded, facts = self.problem.expanded, self.problem.visits[visit]
        wish, last = facts.wish, last_done(expanded, facts.wish)
        if last is None or wish.recurrence is None:
            return True
        gap, most = choice.day - last[1].toordinal(), wish.recurrence.max_gap_days
        first = visit == self.problem.visits_of_wish[wish.id][0]
        if first and wish.staffing.policy == "rotate" and choice.volunteer in last_crew(expanded, wish):
            return False
        too_late = first and most is not None and gap > most and history_binds(expanded, facts, last[1])
        return gap >= wish.recurrence.least_gap_days and not too_late

    def _place(self, visit: int, role: int, standby: bool, choices: list[Any], fixed: bool) -> Any:
        facts, prices = self.problem.visits[visit], self.problem.prices
        wish, staffing, weights = facts.wish, facts.wish.staffing, prices.weights
        when = wish.recurrence
        rotates = staffing.policy == "rotate"
        self._places += 1
        return model.Place(
            id=self._places, visit=visit, wish=self.wishes[wish.id], order=facts.order, role=role,
            standby=int(standby), partial=int(wish.partial), one_team=int(wish.as_one_team), fixed=int(fixed),
            worth=weights.missing_standby if standby else prices.empty_seat(wish),
            least_gap=when.least_gap_days if when else 0, most_gap=(when.max_gap_days or 0) if when else 0,
            rotates=int(rotates), most_turns=(staffing.max_turns or 0) if rotates else 0,
            most_helpers=self._helpers_left(wish),
            new_face=weights.faces if staffing.policy in ("steady", "pair") else 0,
            again=2 * weights.standby_turns if standby else 2 * weights.turns if rotates else 0,
            choices=choices,
        )

    def _helpers_left(self, wish: Wish) -> int:
        most = wish.staffing.max_helpers
        return -1 if most is None else max(0, most - len(self.known[wish.id]))

    def _choice(self, option: int, role: int, row: int, price: int, standby: bool) -> Any:
        facts, prices = self.problem.options[option], self.problem.prices
        visit = self.problem.visits[facts.visit]
        offered, staffing = prices.turns_offered[row], visit.wish.staffing
        turns = self.turns[visit.wish.id].get(row, 0)
        if standby:
            price = prices.weights.standby_turns
        else:
            price += prices.tour(row, [(visit, visit.wish.roles[role])]) + prices.fairness(row, 1)
            if staffing.policy == "rotate":
                price += prices.wish_turn(turns, 1)
        self._choices += 1
        return model.Choice(
            id=self._choices, option=option, volunteer=row,
            start=-1 if facts.start is None else facts.start, end=-1 if facts.end is None else facts.end,
            reach=self._reach(row, facts.visit, role), day=facts.day.toordinal(),
            week=PERIODS["week"](facts.day)[0] * 100 + PERIODS["week"](facts.day)[1],
            month=facts.day.year * 100 + facts.day.month,
            left_today=self._left(row, "day", facts.day), left_week=self._left(row, "week", facts.day),
            left_month=self._left(row, "month", facts.day),
            price=int(price), again=prices.weights.fairness * 200 // offered,
            experienced=int(self.problem.expanded.is_experienced[row]),
            known=int(row in self.known[visit.wish.id]), wish_turns=turns,
            team=self.teams.get(self.problem.scenario.volunteers[row].team or "", -1),
        )

    def _reach(self, row: int, visit: int, role: int) -> int:
        """The way from home: between two visits, the sum of both is never too short."""
        facts = self.problem.visits[visit]
        there = self.problem.eligibility.minutes_there(facts, facts.wish.roles[role])
        return int(there[row])

    def _left(self, row: int, unit: str, day: Any) -> int:
        most = getattr(self.problem.expanded.limits[row], f"visits_per_{unit}")
        return 1000 if most is None else max(0, most - self.elsewhere.load_on(row, unit, day)[0])
