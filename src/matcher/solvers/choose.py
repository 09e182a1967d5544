"""choose: which claimants serve one wish best, and of those sets the one first in a given order.

The needs tier decides; among the sets that leave no more seats empty, whoever comes earlier in the order is in.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, field
from typing import Any, Literal

from matcher.problem.problem import Problem
from matcher.solvers.exact import CONSTRAINTS, Model, empty_seats
from matcher.solvers.stop import Timer

Why = Literal["full", "needs"]


@dataclass(frozen=True, slots=True)
class Group:
    """A claim as the choice sees it: who may serve if it is chosen, and how many places it takes.

    ``members``: of these at most ``unnamed`` different people serve; a team has not said yet who.
    """

    places: int
    people: frozenset[int]
    members: frozenset[int] = frozenset()
    unnamed: int = 0
    is_fixed: bool = False
    """Chosen already."""


@dataclass(frozen=True)
class Choice:
    """Numbers of the chosen groups, and why the others are not: no place left, or seats would stay empty."""

    chosen: frozenset[int]
    empty: int
    """Seats that stay empty whoever of the claimants is chosen, within the places."""
    passed: dict[int, Why] = field(default_factory=dict)
    proven: bool = True


class Chooser:
    """The rules of exact over one wish, and a variable per group: its people serve only if it is taken.

    ``problem`` holds the visits of one wish, whose claimants are the people of the groups; ``groups`` stand in the
    order of preference. Where the timer ends a proof, ``proven`` turns False.
    """

    def __init__(self, problem: Problem, groups: Sequence[Group], timer: Timer) -> None:
        model = Model(problem)
        for constraint in CONSTRAINTS:
            constraint(model)
        self.cp, self.timer, self.groups = model.cp, timer, tuple(groups)
        self.proven = True
        self._taken = [model.new_bool() for _ in groups]
        self._places = sum(group.places * taken for group, taken in zip(groups, self._taken))
        self._used: set[int] = set()
        self._serving = self._allow(model)
        self._empty = self._empty_seats(model)
        for group, taken in zip(groups, self._taken):
            if group.is_fixed:
                self.cp.add(taken == 1)

    def able(self) -> frozenset[int]:
        """The groups of whom somebody could take a visit in some roster; empty too if no roster is possible at all."""
        serves = {}
        for number, variables in self._serving.items():
            serves[number] = self.cp.new_bool_var("")
            self.cp.add_bool_or([~serves[number], *variables])
        found: set[int] = set()
        while len(found) < len(serves):
            # As many of those left as one roster can hold, then the rest.
            most = self._least(-sum(literal for number, literal in serves.items() if number not in found))
            if not most:
                break
            found |= self._used
        return frozenset(found)

    def fewest(self) -> int | None:
        """With how few places nothing stays empty that all together could fill; None if no roster is possible."""
        empty = self._least(self._empty)
        if empty is None:
            return None
        self.cp.add(self._empty <= empty)
        return self._least(self._places)

    def choose(self, most: int, among: Set[int]) -> Choice | None:
        """The first set in order among those of at most ``most`` places that leave fewest seats empty.

        First means: whoever comes earlier is in, if any best set with all those taken before holds them too. Groups
        outside ``among`` are not taken, unless they are fixed. None if no roster is possible.
        """
        self.cp.add(self._places <= most)
        accepted = {number for number, group in enumerate(self.groups) if group.is_fixed}
        for number, taken in enumerate(self._taken):
            if number not in among and number not in accepted:
                self.cp.add(taken == 0)
        empty = self._least(self._empty)
        if empty is None:
            return None
        self.cp.add(self._empty <= empty)
        passed: dict[int, Why] = {}
        for number in sorted(set(among) - accepted):
            if self._count(accepted | {number}) > most:
                passed[number] = "full"
                continue
            # Whoever serves no visit in the roster found last gives way without a search.
            is_in = self._count(accepted | self._used | {number}) <= most or self._can_take(number)
            self.cp.add(self._taken[number] == is_in)
            if is_in:
                accepted.add(number)
            else:
                passed[number] = "needs"
        return Choice(frozenset(accepted), empty, passed, self.proven)

    def _count(self, numbers: Iterable[int]) -> int:
        return sum(self.groups[number].places for number in numbers)

    def _empty_seats(self, model: Model) -> Any:
        visits = model.problem.visits
        empty = self.cp.new_int_var(0, sum(visit.seats for visit in visits), "empty seats")
        # All visits are of one wish, so all its seats have one price.
        price = model.problem.prices.empty_seat(visits[0].wish) if visits else 1
        self.cp.add(empty_seats(model) == price * empty)
        return empty

    def _allow(self, model: Model) -> dict[int, list[Any]]:
        """Nobody serves without a place; per group, the variables that say somebody does."""
        places: dict[int, list[Any]] = defaultdict(list)
        serving: dict[int, list[Any]] = defaultdict(list)
        for number, (group, taken) in enumerate(zip(self.groups, self._taken)):
            for person in group.people:
                places[person].append(taken)
            # Sorted, so that the same facts make the same model.
            sent = {person: model.new_bool() for person in sorted(group.members)}
            self.cp.add(sum(sent.values()) <= group.unnamed * taken)
            for person, literal in sent.items():
                places[person].append(literal)
                served = [item.variable for item in model.crew_by_volunteer.get(person, ())]
                self.cp.add_bool_or([~literal, *served])
            serving[number] += sent.values()
        for person, items in model.crew_by_volunteer.items():
            for item in items:
                self.cp.add_bool_or([~item.variable, *places[person]])
            for number, group in enumerate(self.groups):
                if person in group.people:
                    serving[number] += [item.variable for item in items]
        return serving

    def _least(self, goal: Any) -> int | None:
        """The least value of a goal; the best one found if the timer ends first, None if nothing is possible."""
        self.cp.minimize(goal)
        value = self._solve()
        self.cp.clear_objective()  # type: ignore[no-untyped-call]
        return value

    def _can_take(self, number: int) -> bool:
        """Whether some set as good holds this group beside those taken."""
        self.cp.add_assumptions([self._taken[number]])
        value = self._solve()
        self.cp.clear_assumptions()
        return value is not None

    def _solve(self) -> int | None:
        from ortools.sat.python import cp_model

        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.catch_sigint_signal = False
        solver.parameters.symmetry_detection_deterministic_time_limit = 0.05
        solver.parameters.linearization_level = 2
        if self.timer.work_left is not None:
            solver.parameters.max_deterministic_time = max(0.01, self.timer.work_left)
        if self.timer.seconds_left is not None:
            solver.parameters.max_time_in_seconds = max(0.05, self.timer.seconds_left)
        status = solver.solve(self.cp)
        self.timer.worked(solver.response_proto.deterministic_time)
        self.proven = self.proven and status in (cp_model.OPTIMAL, cp_model.INFEASIBLE)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return None
        self._keep(solver)
        return round(solver.objective_value)

    def _keep(self, solver: Any) -> None:
        """Remember who serves, and begin the next search there."""
        self._used = {
            number
            for number, variables in self._serving.items()
            if any(solver.boolean_value(variable) for variable in variables)
        }
        self.cp.clear_hints()  # type: ignore[no-untyped-call]
        solution = solver.response_proto.solution
        self.cp.model_proto.solution_hint.vars.extend(range(len(solution)))
        self.cp.model_proto.solution_hint.values.extend(solution)
