"""A first roster in an instant: the flow's choices where they fit, then whoever costs least, rule by rule.

Published seats and pins come first. Then everybody the flow wants is seated where all of a crew can come, then what is
left is staffed dearest first, and what is still left by moving one person on. What would break a rule is not done.
The judge has the last word: a visit it objects to is left unserved.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from matcher.problem.check import check
from matcher.problem.problem import Problem, Triple
from matcher.problem.roster import Roster
from matcher.solvers.draft import Draft
from matcher.solvers.stop import Timer


def first_roster(
    problem: Problem,
    wanted: frozenset[tuple[int, int, int]] = frozenset(),
    *,
    seed: int = 0,
    strategy: str = "flow",
    timer: Timer | None = None,
) -> Roster | None:
    """A valid roster found greedily, or None if pins and published seats were too much for it.

    ``wanted``: (visit, role, volunteer) triples to prefer, as ``needs_bound`` returns them. ``timer``: once it is
    over, the roster found so far has to do.
    """
    best: Roster | None = None
    least: int | None = None
    first: tuple[int, ...] = ()
    start = _Start(problem, wanted)
    for _ in range(_ROUNDS if len(problem.crew) <= _SMALL else 1):
        if best is not None and timer is not None and timer.over:
            break
        start.staff(first, timer)
        judged = without_objections(problem, start.draft.roster(strategy, seed))
        if judged is not None and (least is None or judged[1] < least):
            best, least = judged
        unserved = tuple(number for number in range(len(problem.visits)) if number not in start.draft.crew)
        if least == 0 or set(unserved) <= set(first):
            break
        first = (*unserved, *(number for number in first if number not in unserved))
    return best


_ROUNDS = 6
"""What went unserved comes first in the next round ("squeaky wheel"), this many times at most."""
_SMALL = 100_000
"""Beyond so many candidates one round has to do."""
_MOVES, _MOVES_PER_VISIT = 30_000, 200
"""How often somebody may be asked to move on, in all and for one visit."""


def without_objections(problem: Problem, roster: Roster) -> tuple[Roster, int] | None:
    """The roster less what the judge objects to, and its needs; None if that does not mend it."""
    while True:
        report = check(problem.expanded, roster)
        if report.valid:
            return roster, report.tier("needs")
        wrong = {v.visit for v in report.violations if v.price is None and v.visit is not None}
        kept = tuple(visit for visit in roster.visits if visit.id not in wrong)
        if len(kept) == len(roster.visits):
            return None  # a pin or a published seat is not kept, and leaving more out will not mend it
        roster = Roster(**{name: getattr(roster, name) for name in Roster.model_fields} | {"visits": kept})


class _Start:
    """Staffs a draft, step by step."""

    def __init__(self, problem: Problem, wanted: frozenset[tuple[int, int, int]]) -> None:
        self.problem = problem
        self.draft = Draft(problem, wanted)
        sizes = np.zeros(len(problem.visits), dtype=np.int64)
        if len(problem.crew):
            visit_of = np.array([option.visit for option in problem.options], dtype=np.int64)
            sizes = np.bincount(visit_of[problem.crew.option], minlength=len(sizes))
        prices, visits = problem.prices, problem.visits
        self._order = sorted(range(len(visits)), key=lambda visit: (
            visit not in self.draft.fixed, -prices.empty_seat(visits[visit].wish), int(sizes[visit]),
            visits[visit].wish.id, visits[visit].order,
        ))
        """Fixed visits, then by price of leaving them, scarcest first."""

    def staff(self, first: Sequence[int], timer: Timer | None) -> None:
        """Begin again: fixed visits, then ``first``, then the others; then stand-bys."""
        draft = self.draft
        draft.clear()
        self._staff_all(visit for visit in self._order if visit in draft.fixed)
        self._staff_all(first)
        self._staff_all(visit for visit in self._order if self.problem.paired[visit])
        self._staff_all(visit for visit in self._order if self._is_joint(visit))
        for visit in sorted(self._order, key=lambda visit: len(self.problem.options_of[visit])):
            if visit not in draft.crew:
                self._staff_as_wanted(visit)
        self._staff_all(self._order)
        for visit in self._order:
            if visit in draft.crew and draft.missing(visit):
                self._fill_up(visit)
        if timer is None or not timer.over:
            self._move_people_on()
        draft.name_standbys()

    def _staff_all(self, visits: Iterable[int]) -> None:
        for visit in visits:
            if visit not in self.draft.crew:
                self._staff(visit)

    def _is_joint(self, visit: int) -> bool:
        """Whether people must be chosen together, which the flow knows nothing of: one team, few faces."""
        wish = self.problem.visits[visit].wish
        return wish.as_one_team or wish.staffing.max_helpers is not None

    def _staff(self, visit: int) -> None:
        """Seat the largest crew, at the first option that has it; those first at which most of the wanted can serve."""
        options, best = self.draft.options(visit), list[Triple]()
        for option in sorted(options, key=lambda option: (-len(self._wanted_at(option)), option)):
            crew = self.draft.crew_for(option)
            best = crew if len(crew) > len(best) else best
            if len(best) == self.problem.visits[visit].seats:
                break
        for triple in best:
            self.draft.seat(visit, triple)

    def _wanted_at(self, option: int) -> list[Triple]:
        """The wanted people who may serve at an option."""
        visit = self.problem.options[option].visit
        return [
            (option, role, row)
            for role in range(len(self.problem.visits[visit].wish.roles))
            for row in sorted(self.draft.wanted.get((visit, role), ()))
            if self.draft.pool.index(option, role, row) is not None
        ]

    def _staff_as_wanted(self, visit: int) -> None:
        """Seat the people the flow wants if they can all come at one time and are the whole crew."""
        draft, wish = self.draft, self.problem.visits[visit].wish
        wanted = sum(len(draft.wanted.get((visit, role), ())) for role in range(len(wish.roles)))
        if not wanted or (wanted < self.problem.visits[visit].seats and not wish.partial):
            return
        crews = [(option, self._wanted_at(option)) for option in draft.options(visit)]
        for _, crew in sorted(crews, key=lambda choice: (self._price(choice[1]), choice[0])):
            if (
                len(crew) == wanted
                and all(draft.may_serve(*triple) for triple in crew)
                and draft.suits(visit, crew)
            ):
                for triple in crew:
                    draft.seat(visit, triple)
                return

    def _price(self, crew: Iterable[Triple]) -> int:
        at = (self.draft.pool.index(*triple) for triple in crew)
        return sum(int(self.draft.cost[place]) for place in at if place is not None)

    def _fill_up(self, visit: int) -> None:
        """Fill the empty seats of a visit that is served already."""
        draft = self.draft
        option = draft.crew[visit][0][0]
        for role, needed in enumerate(self.problem.visits[visit].wish.roles):
            missing = needed.count - sum(1 for _, other, _ in draft.crew[visit] if other == role)
            if missing <= 0:
                continue
            for row in list(draft.ranked(option, role)):
                if draft.suits(visit, [*draft.crew[visit], (option, role, row)]):
                    draft.seat(visit, (option, role, row))
                    missing -= 1
                if missing <= 0:
                    break

    # --------------------------------------------------------------------------------------- moving on

    def _move_people_on(self) -> None:
        """Serve what is unserved by taking somebody from a visit that another can do."""
        self._moves = _MOVES
        for visit in self._order:
            if visit in self.draft.fixed or not self.draft.missing(visit):
                continue
            until = self._moves - _MOVES_PER_VISIT
            options = [self.draft.crew[visit][0][0]] if visit in self.draft.crew else self.draft.options(visit)
            for option in sorted(options, key=lambda option: (-len(self._wanted_at(option)), option)):
                if self._moves <= max(0, until):
                    break
                if self._crew_by_moving(visit, option, max(0, until)):
                    break
            if self._moves <= 0:
                break

    def _crew_by_moving(self, visit: int, option: int, until: int) -> bool:
        """Seat a whole crew (or, where some are better than none, more of one) by moving people; or change nothing."""
        draft, whole = self.draft, not self.problem.visits[visit].wish.partial
        if self.problem.visits[visit].wish.as_one_team:
            return False
        done: list[tuple[int, Triple, bool]] = []
        before = draft.missing(visit)
        for role, needed in enumerate(self.problem.visits[visit].wish.roles):
            taken = sum(1 for _, other, _ in draft.crew.get(visit, ()) if other == role)
            for _ in range(needed.count - taken):
                if not self._one_seat(visit, option, role, done, until):
                    if whole:
                        self._undo(done)
                        return False
                    break
        crew = draft.crew.get(visit, [])
        if len(crew) > self.problem.visits[visit].seats - before and draft.suits(visit, crew):
            return True
        self._undo(done)
        return False

    def _one_seat(
        self, visit: int, option: int, role: int, done: list[tuple[int, Triple, bool]], until: int
    ) -> bool:
        """One more seat filled: by somebody free, or by somebody whose place another takes."""
        draft = self.draft
        for row in draft.ranked(option, role):
            self._do(visit, (option, role, row), done)
            return True
        rows = draft.pool.rows(option, role).tolist()
        for row in sorted(rows, key=lambda row: (len(draft.seats[row]), row)):
            for other, other_role in sorted(draft.seats[row]):
                if self._moves <= until:
                    return False
                if self._swap(visit, (option, role, row), (other, other_role, row), done):
                    return True
        return False

    def _swap(self, visit: int, new: Triple, old: Triple, done: list[tuple[int, Triple, bool]]) -> bool:
        """Move somebody from one seat to another, with a third person in the old one; or change nothing."""
        draft, given_up = self.draft, self.problem.options[old[0]].visit
        if given_up == visit or given_up in draft.fixed:
            return False
        self._moves -= 1
        began = len(done)
        self._undo_seat(given_up, old, done)
        if draft.may_serve(*new):
            self._do(visit, new, done)
            rest = list(draft.crew.get(given_up, ()))
            for row in draft.ranked(old[0], old[1]):
                if row != old[2] and draft.suits(given_up, [*rest, (old[0], old[1], row)]):
                    self._do(given_up, (old[0], old[1], row), done)
                    return True
        self._undo(done, began)
        return False

    def _do(self, visit: int, triple: Triple, done: list[tuple[int, Triple, bool]]) -> None:
        self.draft.seat(visit, triple)
        done.append((visit, triple, True))

    def _undo_seat(self, visit: int, triple: Triple, done: list[tuple[int, Triple, bool]]) -> None:
        self.draft.unseat(visit, triple)
        done.append((visit, triple, False))

    def _undo(self, done: list[tuple[int, Triple, bool]], began: int = 0) -> None:
        """Take back what was done since ``began``, the last first."""
        while len(done) > began:
            visit, triple, seated = done.pop()
            if seated:
                self.draft.unseat(visit, triple)
            else:
                self.draft.seat(visit, triple)
