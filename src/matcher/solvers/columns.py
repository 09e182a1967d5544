"""Columns: a linear programme over whole plans of volunteers, and the true bound its duals prove.

A column is one person's plan. The restricted programme is solved by PDLP, a first-order method whose duals need
not be exact: what counts is only L, the bound that any duals prove (docs/certificates.md), worked out in whole
milli-points from exact pricing. Raw and smoothed duals are priced side by side (Wentges 1997).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.problem.certificate import Certificate
from matcher.solvers import tables as t
from matcher.solvers.lp import Effort, Programme, Solve, solve_lp
from matcher.solvers.plan_search import MILLI
from matcher.solvers.pricing import Plans, Pricer
from matcher.solvers.stop import Stop, Timer
from matcher.solvers.tables import Ints, Tables

_SMOOTHING = 0.6
"""The share of the best duals so far in the duals priced beside the raw ones."""
_PRECISIONS = (1e-3, 1e-4, 1e-5)
_NODES = (500, 2_000, 20_000)
"""At each precision: nodes of one person's search before a bound stands in for the value."""
_GAPS = (1e-2, 1e-3)
"""Below such gaps between the programme's value and L, PDLP works at the next precision."""
_CLOSED = 1e-5
_ITERATIONS = 6_000
"""Of PDLP in one step."""
_LARGEST_LAMBDA = 1_000.0
"""Points of quality a point of needs is worth at most; beyond it the programme may exceed its needs."""
_WORK_PER_ENTRY = 4e-9
_WORK_PER_NODE = 1e-6
_WORK_PER_CANDIDATE = 1e-8


@dataclass(frozen=True, slots=True)
class Duals:
    """Prices of seats in whole milli-points, the bound they prove, and whether all of it was priced exactly."""

    row: Ints
    """[rows]."""
    needs: int
    """λ: what a point of needs is worth."""
    bound: int
    """L, in milli-points."""

    @property
    def points(self) -> int:
        """The bound in whole points."""
        return max(0, -(-self.bound // MILLI))


@dataclass(frozen=True, slots=True)
class Advance:
    """What one step did: L and the programme's value in milli-points, columns, and deterministic work."""

    bound: int
    value: int
    new_columns: int
    columns: int
    work: float

    @property
    def gap(self) -> float:
        """(value − L) / value."""
        return (self.value - self.bound) / max(1, abs(self.value))


def lagrangian_bound(
    tables: Tables, needs: int, duals: Ints, needs_dual: int, plans_value: int, demand: Ints | None = None
) -> int:
    """L in milli-points: what any duals prove; ``plans_value`` is the sum of everybody's (negative) best value.

    ``demand`` [rows] stands for the seats of each row where some are already taken.
    """
    count = tables.row[:, t.R_COUNT] if demand is None else demand
    price = needs_dual * tables.visit[tables.row[:, t.R_VISIT], t.V_NEED]
    empty = count * (price - duals)
    whole = tables.visit[:, t.V_WHOLE] != 0
    of_visit = np.zeros(tables.visits, dtype=np.int64)
    np.add.at(of_visit, tables.row[:, t.R_VISIT], empty)
    partial = ~whole[tables.row[:, t.R_VISIT]]
    return int(
        (count * duals).sum() - needs_dual * needs + plans_value
        + np.minimum(0, of_visit[whole]).sum() + np.minimum(0, empty[partial]).sum()
    )


class Pool:
    """Columns without doubles, as flat arrays; the position of a column changes only when some are dropped."""

    def __init__(self) -> None:
        self._parts: list[Plans] = []
        self._known: set[bytes] = set()
        self.plans = Plans.of([])

    def __len__(self) -> int:
        return len(self.plans)

    def add(self, plans: Plans) -> int:
        """Add what is new; how many were."""
        new = []
        for number in range(len(plans)):
            seats = np.sort(plans.seats(number))
            key = seats.tobytes()  # Seats belong to one volunteer.
            if len(seats) and key not in self._known:
                self._known.add(key)
                new.append(number)
        if new:
            self.plans = joined([self.plans, chosen(plans, np.array(new))])
        return len(new)

    def keep(self, wanted: NDArray[np.bool_]) -> None:
        """Drop all other columns."""
        self.plans = chosen(self.plans, np.flatnonzero(wanted))
        self._known = {np.sort(self.plans.seats(number)).tobytes() for number in range(len(self.plans))}


def chosen(plans: Plans, numbers: Ints) -> Plans:
    """Some of the plans."""
    sizes = np.diff(plans.ptr)[numbers]
    ptr = np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes)])
    at = np.repeat(plans.ptr[numbers] - ptr[:-1], sizes) + np.arange(ptr[-1])
    return Plans(plans.volunteer[numbers], ptr, plans.seat[at], plans.cost[numbers])


def joined(parts: Sequence[Plans]) -> Plans:
    """Plans one after the other."""
    sizes = np.concatenate([np.diff(part.ptr) for part in parts])
    return Plans(
        np.concatenate([part.volunteer for part in parts]),
        np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes)]).astype(np.int64),
        np.concatenate([part.seat for part in parts]),
        np.concatenate([part.cost for part in parts]),
    )


def plans_of_roster(pricer: Pricer, crew: Iterable[tuple[int, int, int]]) -> Plans:
    """The plans in a roster's (option, role, volunteer) triples; a plan that breaks a rule is left out."""
    cells = pricer.tables.cell_ptr
    seats: dict[int, list[int]] = {}
    for option, role, volunteer in crew:
        first, last = pricer.tables.crew_ptr[cells[option] + role:cells[option] + role + 2]
        at = first + int(np.searchsorted(pricer.tables.crew[first:last], volunteer))
        if at < last and pricer.tables.crew[at] == volunteer:
            seats.setdefault(volunteer, []).append(int(at))
    return Plans.of(
        (volunteer, own, pricer.cost(volunteer, own))
        for volunteer, own in sorted(seats.items()) if pricer.is_plan(volunteer, own)
    )


class ColumnGeneration:
    """The programme's columns, duals and bound; each ``step`` solves it and prices everybody once or twice.

    A bound for rosters whose needs tier is at most ``needs``. ``volunteers``, ``demand`` [rows] and ``allowed``
    [options] restrict it to a part of the problem whose other seats are filled. ``solve`` solves the programmes:
    ``LpProcess.solve`` leaves the interpreter free meanwhile.
    """

    def __init__(
        self,
        pricer: Pricer,
        needs: int,
        seeds: Plans | None = None,
        *,
        volunteers: Ints | None = None,
        demand: Ints | None = None,
        allowed: NDArray[np.uint8] | None = None,
        most_columns: int = 0,
        solve: Solve = solve_lp,
    ) -> None:
        self.pricer = pricer
        self.tables = pricer.tables
        self.needs = needs
        self.demand: Ints = (pricer.tables.row[:, t.R_COUNT] if demand is None else demand).astype(np.int64)
        self.volunteers = volunteers
        self.allowed = allowed
        self._solve_lp = solve
        self.pool = Pool()
        self.work = 0.0
        self.best: Duals | None = None
        self.closed = False
        """Nothing more to gain: no column pays, and the programme's value is L."""
        people = self.tables.volunteers if volunteers is None else len(volunteers)
        self._most_columns = most_columns or 40 * people + 10_000
        self._primal: NDArray[np.float64] | None = None
        self._dual: NDArray[np.float64] | None = None
        self._precision = 0
        self._empties = _Empties(self.tables, self.demand)
        if seeds is not None:
            self.add(seeds)

    def add(self, plans: Plans) -> int:
        """Columns found elsewhere; how many were new."""
        return self.pool.add(plans)

    def step(self, seconds: float | None = None) -> Advance:
        """Solve the programme over the columns so far, price its duals, add what pays."""
        value, rows, needs_dual, reduced = self._solve(seconds)
        new = 0
        best = self.best
        trials = [(rows, needs_dual)]
        if best is not None:
            trials.insert(0, (
                _SMOOTHING * best.row + (1 - _SMOOTHING) * rows, _SMOOTHING * best.needs + (1 - _SMOOTHING) * needs_dual
            ))
        for row_duals, own_needs_dual in trials:
            new += self._price(np.rint(row_duals).astype(np.int64), round(own_needs_dual))
        assert self.best is not None
        advance = Advance(self.best.bound, value, new, len(self.pool), self.work)
        self._tighten(advance)
        self._drop(reduced)
        return advance

    def run(self, stop: Stop, watch: Callable[[Advance], None] = lambda advance: None) -> Duals | None:
        """Steps until the bound meets the programme's value, or the stop; the best duals."""
        timer = Timer(stop)
        while not (timer.over or self.closed):
            before = self.work
            watch(self.step(timer.seconds_left))
            timer.worked(self.work - before)
        return self.best

    def certificate(self) -> Certificate | None:
        """The best bound with what anybody needs to recompute it."""
        if self.best is None:
            return None
        ptr, visits = self.tables.row_ptr, self.tables.problem.visits
        own = [self.best.row[ptr[number]:ptr[number + 1]].tolist() for number in range(len(visits))]
        return Certificate(
            scenario=self.tables.problem.scenario.fingerprint, tier="quality", needs=self.needs,
            bound=self.best.points, lambda_milli=self.best.needs,
            duals={visit.id: tuple(duals) for visit, duals in zip(visits, own) if any(duals)},
        )

    # ------------------------------------------------------------------------------------------ pricing

    def _price(self, duals: Ints, needs_dual: int) -> int:
        """Bound and new columns of one set of duals."""
        priced = self.pricer.price(duals, self.volunteers, self.allowed, nodes=_NODES[self._precision])
        bound = lagrangian_bound(self.tables, self.needs, duals, needs_dual, int(priced.value.sum()), self.demand)
        if self.best is None or bound > self.best.bound:
            self.best = Duals(duals, needs_dual, bound)
        self.work += _WORK_PER_NODE * priced.nodes + _WORK_PER_CANDIDATE * len(self.pricer.seat)
        return self.add(priced.plans)

    def _tighten(self, advance: Advance) -> None:
        """A higher precision once the gap is small, or once no column is new."""
        wanted = sum(advance.gap < gap for gap in _GAPS)
        nothing_new = advance.new_columns == 0 or advance.gap < _CLOSED
        if nothing_new:
            self.closed = self._precision == len(_PRECISIONS) - 1
            wanted = max(wanted, self._precision + 1)
        self._precision = min(max(self._precision, wanted), len(_PRECISIONS) - 1)

    # ---------------------------------------------------------------------------------------- programme

    def _solve(self, seconds: float | None) -> tuple[int, NDArray[np.float64], float, NDArray[np.float64]]:
        """(value, duals of rows, of needs, reduced costs of columns) of the programme; money in milli-points."""
        programme = self._programme()
        effort = Effort(_PRECISIONS[self._precision], _ITERATIONS, seconds)
        answer = self._solve_lp(programme, effort, self._warm())
        self._primal, self._dual = answer.primal, answer.dual
        self.work += _WORK_PER_ENTRY * len(programme.entry) * answer.iterations
        duals = MILLI * np.maximum(answer.dual[:self.tables.rows], 0)
        value = MILLI * float(programme.cost @ answer.primal)
        needs_dual = MILLI * abs(float(answer.dual[-1])) / self._empties.unit
        return round(value), duals, needs_dual, MILLI * answer.reduced[self._empties.many:]

    def _warm(self) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
        """The last solution, with new columns at 0."""
        if self._primal is None or self._dual is None:
            return None
        more = self._empties.many + len(self.pool) - len(self._primal)
        return np.concatenate([self._primal, np.zeros(more)]), self._dual

    def _programme(self) -> Programme:
        """Columns: empty seats, needs beyond the limit, plans. Rows: seats, one plan per volunteer, needs."""
        plans, rows, empties = self.pool.plans, self.tables.rows, self._empties
        people = self.tables.volunteers
        owner = np.repeat(np.arange(len(plans)), np.diff(plans.ptr))
        return Programme(
            cost=np.concatenate([empties.cost, plans.cost / MILLI]),
            most=np.concatenate([empties.most, np.full(len(plans), np.inf)]),
            lower=np.concatenate([self.demand, np.full(people + 1, -np.inf)]),
            upper=np.concatenate([np.full(rows, np.inf), np.ones(people), [self.needs / empties.unit]]),
            row=np.concatenate([empties.row, self.pricer.row_of[plans.seat], plans.volunteer + rows]),
            column=np.concatenate([empties.column, owner + empties.many, np.arange(len(plans)) + empties.many]),
            entry=np.concatenate([empties.entry, np.ones(len(owner) + len(plans))]),
        )

    def _drop(self, reduced: NDArray[np.float64]) -> None:
        """Keep memory bounded: the dearest columns by reduced cost that the programme does not use."""
        if len(self.pool) <= self._most_columns or self._primal is None:
            return
        used = self._primal[self._empties.many:] > 1e-7
        rank = np.where(used, -np.inf, reduced)
        keep = np.ones(len(self.pool), dtype=bool)
        keep[np.argsort(rank, kind="stable")[self._most_columns // 2:]] = False
        keep[:len(used)] |= used
        keep[len(used):] = True
        self.pool.keep(keep)
        self._primal = np.concatenate([
            self._primal[:self._empties.many], self._primal[self._empties.many:][keep[:len(used)]],
        ])


class _Empties:
    """Columns for what stays empty: a whole visit, or single seats where some are better than none; then a slack.

    The slack is needs beyond the limit, at the largest λ, so that the programme always has a solution. Needs are
    counted in units of the dearest seat: PDLP's precision is relative to the largest numbers.
    """

    def __init__(self, tables: Tables, demand: Ints) -> None:
        visit = tables.row[:, t.R_VISIT]
        whole = tables.visit[visit, t.V_WHOLE] != 0
        visits = np.flatnonzero(tables.visit[:, t.V_WHOLE] != 0)
        place = np.full(tables.visits, -1, dtype=np.int64)
        place[visits] = np.arange(len(visits))
        partial = np.flatnonzero(~whole)
        rows_of_whole = np.flatnonzero(whole)
        needs_row = tables.rows + tables.volunteers
        need = tables.visit[visit, t.V_NEED]
        self.unit = float(max(1, need.max(initial=1)))
        self.many = len(visits) + len(partial) + 1
        of_visit = np.zeros(len(visits))
        np.add.at(of_visit, place[visit[rows_of_whole]], (need * demand)[rows_of_whole])
        seats, slack = np.arange(len(partial)) + len(visits), self.many - 1
        self.column = np.concatenate([
            place[visit[rows_of_whole]], np.arange(len(visits)), seats, seats, [slack],
        ]).astype(np.int64)
        self.row = np.concatenate([
            rows_of_whole, np.full(len(visits), needs_row), partial, np.full(len(partial), needs_row), [needs_row],
        ]).astype(np.int64)
        self.entry = np.concatenate([
            demand[rows_of_whole], of_visit / self.unit, np.ones(len(partial)), need[partial] / self.unit, [-1 / self.unit],
        ]).astype(np.float64)
        self.cost = np.concatenate([np.zeros(self.many - 1), [_LARGEST_LAMBDA]])
        self.most = np.concatenate([np.ones(len(visits)), demand[partial], [np.inf]]).astype(np.float64)
