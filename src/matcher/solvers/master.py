"""Master: the best roster that can be put together from given plans, as an integer programme.

Plans keep each volunteer's own rules; here come together the rules of visits and wishes: whole crews at one start,
one team, somebody experienced along, pairs, spacing, turns and faces. Stand-bys and promises are decided elsewhere;
the judge has the last word.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np

from matcher.problem.check import last_crew
from matcher.solvers import tables as t
from matcher.solvers.columns import ColumnGeneration, chosen
from matcher.solvers.highs import solve_programme
from matcher.solvers.linear_rows import Rows
from matcher.solvers.pricing import Plans, Pricer
from matcher.solvers.stop import Timer
from matcher.solvers.tables import Ints, Tables

NOBODY: Ints = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Assembled:
    """The chosen plans, what they cost in milli-points, and whether nothing better can be assembled."""

    plans: Plans
    cost: int
    optimal: bool
    work: float
    """CP-SAT's deterministic units."""


def integer_master(
    pricer: Pricer,
    plans: Plans,
    needs: int,
    *,
    standing: Ints = NOBODY,
    hint: Plans | None = None,
    seconds: float | None = 10.0,
    work: float | None = None,
    workers: int = 1,
    seed: int = 0,
    limit: Timer | None = None,
) -> Assembled | None:
    """The cheapest choice among ``plans``, at most one per volunteer, whose needs come to at most ``needs``.

    ``standing``: candidates (indices into ``Problem.crew``) of people without a plan here, whose seats are taken.
    ``limit``: HiGHS works it out in a process of its own until then, instead of CP-SAT here. None if nothing was found in
    time, or nothing exists.
    """
    from ortools.sat.python import cp_model

    master = _Master(pricer, plans, standing, needs, too_many=limit is not None)
    for rule in RULES:
        rule(master)
    master.cp.minimize(sum(int(cost) * take for cost, take in zip(plans.cost, master.take)))
    if limit is not None:
        return _by_highs(master, limit)
    if hint is not None:
        master.hint(hint)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = workers
    solver.parameters.random_seed = seed
    solver.parameters.catch_sigint_signal = False
    solver.parameters.symmetry_detection_deterministic_time_limit = 0.05
    if seconds is not None:
        solver.parameters.max_time_in_seconds = max(0.01, seconds)
    if work is not None:
        solver.parameters.max_deterministic_time = max(0.001, work)
    status = solver.solve(master.cp)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None
    taken = np.array([number for number, take in enumerate(master.take) if solver.boolean_value(take)], dtype=np.int64)
    best = chosen(plans, taken)
    return Assembled(
        best, int(best.cost.sum()), status == cp_model.OPTIMAL, solver.response_proto.deterministic_time
    )


def _by_highs(master: _Master, limit: Timer) -> Assembled | None:
    solved = solve_programme(Rows(master.cp.model_proto).programme(), limit, whole=True)
    if solved is None or solved.primal is None:
        return None
    values = solved.primal > 0.5
    happening = {option for option, happens in master.happens.items() if values[happens.index]}
    best = _without_too_many(master, chosen(master.plans, np.flatnonzero(values[:len(master.take)])), happening)
    cost = int(best.cost.sum())
    return Assembled(best, cost, cost <= solved.bound + 0.5, 0.0)


def _without_too_many(master: _Master, plans: Plans, happening: set[int]) -> Plans:
    """The plans without seats at starts that do not happen, and without whoever is one too many: the dearest first."""
    pricer, tables = master.pricer, master.tables
    seats = {int(plans.volunteer[number]): plans.seats(number).tolist() for number in range(len(plans))}
    cells: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    for volunteer, own in seats.items():
        for seat in own:
            cells[int(pricer.option_of[seat]), int(pricer.row_of[seat])].append((volunteer, seat))
    for (option, row), there in cells.items():
        left = int(tables.row[row, t.R_COUNT]) - len(master.standing.get((option, row), ())) if option in happening else 0
        while len(there) > left:
            volunteer, seat = min(there, key=lambda one: _worth_keeping(master, seats[one[0]], *one))
            there.remove((volunteer, seat))
            seats[volunteer].remove(seat)
    return Plans.of((volunteer, own, pricer.cost(volunteer, own)) for volunteer, own in seats.items() if own)


def _worth_keeping(master: _Master, own: list[int], volunteer: int, seat: int) -> tuple[bool, bool, int]:
    """Paired and experienced people stay where others can go; of equals whoever's plan saves least."""
    tables, pricer = master.tables, master.pricer
    visit = int(tables.row[pricer.row_of[seat], t.R_VISIT])
    wish = int(tables.visit[visit, t.V_WISH])
    paired = volunteer in tables.pair[tables.pair_ptr[wish]:tables.pair_ptr[wish + 1]]
    rest = [other for other in own if other != seat]
    saved = pricer.cost(volunteer, own) - (pricer.cost(volunteer, rest) if rest else 0)
    return bool(paired), bool(tables.person[volunteer, t.P_EXPERIENCED]), -saved


def improve_block(
    pricer: Pricer,
    plans: Plans,
    volunteers: Ints,
    needs: int,
    *,
    steps: int = 15,
    more: Plans | None = None,
    seconds: float | None = 5.0,
    work: float | None = None,
    workers: int = 1,
    seed: int = 0,
    limit: Timer | None = None,
) -> Plans | None:
    """Cheaper plans for a block of volunteers while everybody else keeps theirs; None if none were found.

    ``plans``: everybody's, those of the block among them. ``more``: plans worth trying. The block's own column
    generation runs ``steps`` times, then the pool is assembled; by HiGHS if it has a ``limit``.
    """
    inside = np.isin(plans.volunteer, volunteers)
    own, others = chosen(plans, np.flatnonzero(inside)), chosen(plans, np.flatnonzero(~inside))
    demand, allowed = _left_to_fill(pricer, others.seat)
    generation = ColumnGeneration(
        pricer, needs, own, volunteers=np.asarray(volunteers, dtype=np.int64), demand=demand, allowed=allowed
    )
    if more is not None:
        generation.add(_fitted(pricer, more, volunteers, demand, allowed))
    for _ in range(steps):
        if generation.closed:
            break
        generation.step(None if seconds is None else seconds / steps)
    found = integer_master(
        pricer, generation.pool.plans, needs, standing=others.seat, hint=own, seconds=seconds, work=work,
        workers=workers, seed=seed, limit=limit,
    )
    return found.plans if found is not None and found.cost < int(own.cost.sum()) else None


def _left_to_fill(pricer: Pricer, standing: Ints) -> tuple[Ints, Any]:
    """(seats left of each row, options still open) where the standing seats are taken."""
    tables = pricer.tables
    demand = tables.row[:, t.R_COUNT].copy()
    np.subtract.at(demand, pricer.row_of[standing], 1)
    options = np.unique(pricer.option_of[standing])
    begun = np.zeros(tables.visits, dtype=bool)
    begun[tables.option[options, t.O_VISIT]] = True
    allowed = ~begun[tables.option[:, t.O_VISIT]]
    allowed[options] = True
    return demand, allowed.astype(np.uint8)


def _fitted(pricer: Pricer, plans: Plans, volunteers: Ints, demand: Ints, allowed: Any) -> Plans:
    """Plans of these volunteers without the seats that are taken: less of a plan is a plan too."""
    free = (allowed[pricer.option_of[plans.seat]] != 0) & (demand[pricer.row_of[plans.seat]] > 0)
    inside = np.isin(plans.volunteer, volunteers)
    found = []
    for number in np.flatnonzero(inside).tolist():
        low, high = plans.ptr[number:number + 2].tolist()
        kept = plans.seat[low:high][free[low:high]]
        if len(kept):
            volunteer = int(plans.volunteer[number])
            whole = len(kept) == high - low
            found.append((volunteer, kept, int(plans.cost[number]) if whole else pricer.cost(volunteer, kept)))
    return Plans.of(found)


# ------------------------------------------------------------------------------------------------ model


class _Master:
    """The model: ``take`` one variable per plan, ``happens`` one per option anybody has a seat at."""

    def __init__(
        self, pricer: Pricer, plans: Plans, standing: Ints, needs: int, *, too_many: bool = False
    ) -> None:
        from ortools.sat.python import cp_model

        self.pricer = pricer
        self.tables: Tables = pricer.tables
        self.plans = plans
        self.needs = needs
        self.too_many = too_many
        """Whether a whole crew may have people too many, who are left away afterwards: easier to find."""
        self.cp = cp_model.CpModel()
        self.take = [self.cp.new_bool_var("") for _ in range(len(plans))]
        self.by_cell: dict[tuple[int, int], list[int]] = defaultdict(list)
        """Plans by (option, row)."""
        self.by_visit: dict[int, list[int]] = defaultdict(list)
        """Plans with a seat at a visit; nobody has two."""
        owner = np.repeat(np.arange(len(plans)), np.diff(plans.ptr))
        for plan, option, row in zip(owner, pricer.option_of[plans.seat], pricer.row_of[plans.seat]):
            self.by_cell[int(option), int(row)].append(int(plan))
            self.by_visit[int(self.tables.row[row, t.R_VISIT])].append(int(plan))
        self.standing: dict[tuple[int, int], list[int]] = defaultdict(list)
        """People who keep their seat, by (option, row)."""
        crew = pricer.tables.problem.crew.volunteer
        for seat in standing:
            self.standing[int(pricer.option_of[seat]), int(pricer.row_of[seat])].append(int(crew[seat]))
        options = sorted({option for option, _ in (*self.by_cell, *self.standing)})
        self.happens = {option: self.cp.new_bool_var("") for option in options}
        self.options_of: dict[int, list[int]] = defaultdict(list)
        for option in options:
            self.options_of[self.visit_of(option)].append(option)

    def visit_of(self, option: int) -> int:
        return int(self.tables.option[option, t.O_VISIT])

    def day_of(self, option: int) -> int:
        return int(self.tables.option[option, t.O_DAY])

    def rows_of(self, visit: int) -> range:
        return range(int(self.tables.row_ptr[visit]), int(self.tables.row_ptr[visit + 1]))

    def served(self, visit: int) -> Any:
        """1 if the visit takes place, as an expression."""
        return sum(self.happens[option] for option in self.options_of[visit])

    def taken(self, plans: Iterable[int]) -> Any:
        """How many of these plans are chosen, as an expression."""
        return sum(self.take[plan] for plan in plans)

    def standing_at(self, visit: int) -> list[int]:
        """People who keep a seat at a visit."""
        return [
            person for option in self.options_of[visit] for row in self.rows_of(visit)
            for person in self.standing.get((option, row), ())
        ]

    def owner(self, plan: int) -> int:
        return int(self.plans.volunteer[plan])

    @cached_property
    def visits_of(self) -> list[list[int]]:
        """The visits of each plan."""
        visits = self.tables.row[self.pricer.row_of[self.plans.seat], t.R_VISIT]
        return [visits[first:last].tolist() for first, last in pairwise(self.plans.ptr)]

    @cached_property
    def wishes(self) -> list[list[int]]:
        """The visits of each wish, in order."""
        ptr = self.tables.wish_ptr
        return [self.tables.wish_visit[first:last].tolist() for first, last in pairwise(ptr)]

    def is_hard(self, rule: int) -> bool:
        return int(self.tables.price[rule]) == t.HARD

    def hint(self, plans: Plans) -> None:
        """Begin from a choice of plans."""
        known = {tuple(sorted(plans.seats(number).tolist())) for number in range(len(plans))}
        mine = [tuple(sorted(self.plans.seats(number).tolist())) in known for number in range(len(self.plans))]
        happening = {
            int(option) for number in np.flatnonzero(mine) for option in self.pricer.option_of[self.plans.seats(int(number))]
        } | {option for option, _ in self.standing}
        for take, is_known in zip(self.take, mine):
            self.cp.add_hint(take, is_known)
        for option, happens in self.happens.items():
            self.cp.add_hint(happens, option in happening)


def one_plan_each(m: _Master) -> None:
    """Nobody follows two plans."""
    groups: dict[int, list[Any]] = defaultdict(list)
    for plan, take in enumerate(m.take):
        groups[m.owner(plan)].append(take)
    for takes in groups.values():
        m.cp.add_at_most_one(takes)


def whole_crews(m: _Master) -> None:
    """A visit takes place at one option at most, with its whole crew, unless some is better than none."""
    for visit, options in m.options_of.items():
        m.cp.add_at_most_one(m.happens[option] for option in options)
        whole = m.tables.visit[visit, t.V_WHOLE] != 0
        for option in options:
            if any((option, row) in m.standing for row in m.rows_of(visit)):
                m.cp.add(m.happens[option] == 1)
            for row in m.rows_of(visit):
                filled = m.taken(m.by_cell.get((option, row), ())) + len(m.standing.get((option, row), ()))
                count = int(m.tables.row[row, t.R_COUNT])
                if whole and m.too_many:
                    m.cp.add(filled >= count * m.happens[option])
                elif whole:
                    m.cp.add(filled == count * m.happens[option])
                else:
                    m.cp.add(filled <= count * m.happens[option])
            if not whole:
                people = sum(
                    m.taken(m.by_cell.get((option, row), ())) + len(m.standing.get((option, row), ()))
                    for row in m.rows_of(visit)
                )
                m.cp.add(people >= m.happens[option])


def needs_are_met(m: _Master) -> None:
    """What stays empty comes to no more than the limit."""
    total: Any = 0
    for row, (visit, _, count, *_) in enumerate(m.tables.row.tolist()):
        whole = m.tables.visit[visit, t.V_WHOLE] != 0
        filled = count * m.served(visit) if whole else sum(
            m.taken(m.by_cell.get((option, row), ())) + len(m.standing.get((option, row), ()))
            for option in m.options_of.get(visit, ())
        )
        total += int(m.tables.visit[visit, t.V_NEED]) * (count - filled)
    m.cp.add(total <= m.needs)


def one_team(m: _Master) -> None:
    """The crew of one team's wish is of one team."""
    team = m.tables.person[:, t.P_TEAM]
    for visit, plans in m.by_visit.items():
        if not m.tables.visit[visit, t.V_ONE_TEAM]:
            continue
        chosen_team = {int(name): m.cp.new_bool_var("") for name in {int(team[m.owner(plan)]) for plan in plans}}
        for person in m.standing_at(visit):
            name = int(team[person])
            m.cp.add(chosen_team.setdefault(name, m.cp.new_bool_var("")) == 1)
        m.cp.add_at_most_one(chosen_team.values())
        for plan in plans:
            name = int(team[m.owner(plan)])
            if name < 0:
                m.cp.add(m.take[plan] == 0)
            else:
                m.cp.add_implication(m.take[plan], chosen_team[name])


def newcomers_go_with_experience(m: _Master) -> None:
    """Seats for the experienced go to them; a crew of two or more is not all newcomers."""
    if not m.is_hard(t.C_NEWCOMERS) or not m.tables.price[t.C_ANYBODY_EXPERIENCED]:
        return
    experienced = m.tables.person[:, t.P_EXPERIENCED] != 0
    for (_, row), plans in m.by_cell.items():
        if m.tables.row[row, t.R_EXPERIENCED]:
            for plan in plans:
                if not experienced[m.owner(plan)]:
                    m.cp.add(m.take[plan] == 0)
    for visit, plans in m.by_visit.items():
        seats = int(m.tables.row[list(m.rows_of(visit)), t.R_COUNT].sum())
        if seats < 2:
            continue
        standing = m.standing_at(visit)
        old = m.taken(p for p in plans if experienced[m.owner(p)]) + sum(bool(experienced[i]) for i in standing)
        new = m.taken(p for p in plans if not experienced[m.owner(p)]) + sum(not experienced[i] for i in standing)
        m.cp.add(new <= 1 + (seats - 1) * old)


def stays_paired(m: _Master) -> None:
    """A paired person is on the crew where somebody paired can come."""
    for visit in m.options_of:
        if not m.tables.visit[visit, t.V_PAIR_MUST]:
            continue
        wish = int(m.tables.visit[visit, t.V_WISH])
        paired = set(m.tables.pair[m.tables.pair_ptr[wish]:m.tables.pair_ptr[wish + 1]].tolist())
        there = m.taken(plan for plan in m.by_visit[visit] if m.owner(plan) in paired)
        m.cp.add(there + len(paired & set(m.standing_at(visit))) >= m.served(visit))


def keeps_demanded_seats(m: _Master) -> None:
    """Pins and published seats of those who have plans here."""
    fixed, ptr = m.tables.fixed, m.tables.fixed_ptr
    for visit in range(m.tables.visits):
        for role, person, standby in fixed[ptr[visit]:ptr[visit + 1]].tolist():
            if standby or person in m.standing_at(visit):
                continue
            rows = m.rows_of(visit) if role < 0 else [int(m.tables.row_ptr[visit]) + role]
            m.cp.add(m.taken(
                plan for option in m.options_of.get(visit, ()) for row in rows
                for plan in m.by_cell.get((option, row), ()) if m.owner(plan) == person
            ) >= 1)


def keeps_the_spacing(m: _Master) -> None:
    """Served visits of a wish lie neither too close together nor too far apart; the last done one included."""
    if not m.is_hard(t.C_SPACING):
        return
    for number, visits in enumerate(m.wishes):
        wish = m.tables.wish[number]
        if not wish[t.W_SPACED]:
            continue
        least, most = int(wish[t.W_MIN_GAP]), int(wish[t.W_MAX_GAP])
        for at, first in enumerate(visits):
            for later in range(at + 1, len(visits)):
                _keep_apart(m, first, visits[later], least, most if later == at + 1 else -1)
        if wish[t.W_LAST_DONE] > -t.FAR:
            _keep_from_history(m, visits, wish)


def _keep_apart(m: _Master, first: int, second: int, least: int, most: int) -> None:
    early, late = m.options_of.get(first, ()), m.options_of.get(second, ())
    for day in sorted({m.day_of(option) for option in early}):
        too_soon = [m.happens[option] for option in late if m.day_of(option) < day + least]
        if too_soon:
            m.cp.add_at_most_one([*(m.happens[option] for option in early if m.day_of(option) >= day), *too_soon])
        too_late = [m.happens[option] for option in late if most >= 0 and m.day_of(option) > day + most]
        if too_late:
            m.cp.add_at_most_one([*(m.happens[option] for option in early if m.day_of(option) <= day), *too_late])


def _keep_from_history(m: _Master, visits: list[int], wish: Ints) -> None:
    least, most, last = int(wish[t.W_MIN_GAP]), int(wish[t.W_MAX_GAP]), int(wish[t.W_LAST_DONE])
    for at, visit in enumerate(visits):
        wrong = [
            m.happens[option] for option in m.options_of.get(visit, ())
            if m.day_of(option) - last < least
            or (at == 0 and wish[t.W_HISTORY_BINDS] and 0 <= most < m.day_of(option) - last)
        ]
        if wrong:
            m.cp.add(sum(wrong) <= sum(m.served(other) for other in visits[:at]))


def keeps_the_turn(m: _Master) -> None:
    """Nobody serves twice running where visits between stay unserved; a plan knows neighbours and turns already."""
    if not m.is_hard(t.C_TURN):
        return
    problem = m.tables.problem
    told = problem.expanded.standing_by  # they step in, which uses up no turn
    for number, visits in enumerate(m.wishes):
        if m.tables.wish[number, t.W_POLICY] != t.ROTATE:
            continue
        before = last_crew(problem.expanded, problem.visits[visits[0]].wish)
        place = {visit: at for at, visit in enumerate(visits)}
        for plan in sorted({plan for visit in visits for plan in m.by_visit.get(visit, ())}):
            own = sorted(
                place[visit] for visit in m.visits_of[plan]
                if visit in place and m.owner(plan) not in told.get(problem.visits[visit].id, ())
            )
            if m.owner(plan) in before:
                own.insert(0, -1)
            for one, other in pairwise(own):
                m.cp.add(m.take[plan] <= sum(m.served(visit) for visit in visits[one + 1:other]))


def keeps_faces_few(m: _Master) -> None:
    """At most so many different people per wish within any stretch of days."""
    if not m.is_hard(t.C_FEW_FACES):
        return
    for number, visits in enumerate(m.wishes):
        if m.tables.wish[number, t.W_MAX_HELPERS] >= 0:
            _few_faces(m, number, visits)


def _few_faces(m: _Master, number: int, visits: list[int]) -> None:
    most, span = int(m.tables.wish[number, t.W_MAX_HELPERS]), int(m.tables.wish[number, t.W_TURNS_DAYS])
    past = m.tables.past[m.tables.past_ptr[number]:m.tables.past_ptr[number + 1], :2].tolist()
    days: dict[int, set[int]] = defaultdict(set)
    standing: list[tuple[int, int]] = []
    for visit in visits:
        for option in m.options_of.get(visit, ()):
            day = m.day_of(option)
            for row in m.rows_of(visit):
                days[day].update(m.by_cell.get((option, row), ()))
                standing += [(day, person) for person in m.standing.get((option, row), ())]
    for first in sorted({*days, *(day for day, _ in (*past, *standing))}):
        known = {person for day, person in (*past, *standing) if first <= day < first + span}
        plans = {plan for day, own in days.items() if first <= day < first + span for plan in own}
        new = [plan for plan in sorted(plans) if m.owner(plan) not in known]
        if len(known) > most:
            m.cp.add(m.taken(sorted(plans)) == 0)
        elif new:
            m.cp.add(m.taken(new) <= most - len(known))


RULES: tuple[Callable[[_Master], None], ...] = (
    one_plan_each, whole_crews, needs_are_met, one_team, newcomers_go_with_experience, stays_paired,
    keeps_demanded_seats, keeps_the_spacing, keeps_the_turn, keeps_faces_few,
)
"""The table of contents: what plans must keep together."""

