"""Columns: a linear programme over whole plans of volunteers, and the true bound its duals prove.

A column is one person's plan. The restricted programme is solved by PDLP, a first-order method whose duals need
not be exact: what counts is only L, the bound that any duals prove (docs/certificates.md), worked out in whole
milli-points from exact pricing. Where people are few, raw and smoothed duals are priced side by side (Wentges 1997).
Where they are many, duals begin with what a roster's seats cost, and stay in a box around the best (``solvers.box``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matcher.problem.certificate import Certificate, Lacking
from matcher.solvers import tables as t
from matcher.solvers.box import BOXED_PEOPLE, LARGEST_PRICE, NARROW_PEOPLE, SHARES, Box, marginal_prices
from matcher.solvers.lp import Effort, Programme, Solve, solve_lp
from matcher.solvers.plan_search import MILLI
from matcher.solvers.presence import PresenceRows
from matcher.solvers.pricing import Plans, Priced, Pricer
from matcher.solvers.sides import NONE, Entries, Lack, PatternSide, RowSide
from matcher.solvers.stop import Stop, Timer
from matcher.solvers.tables import Ints

_SMOOTHING = 0.6
"""The share of the best duals so far in the duals priced beside the raw ones."""
_PRECISIONS = (1e-3, 1e-4, 1e-5, 0.0)
"""Of PDLP; at last HiGHS solves exactly, in case prices that are nearly right hide what could be gained."""
_NODES = (500, 2_000, 20_000, 20_000)
"""At each precision: nodes of one person's search before a bound stands in for the value."""
_THOROUGH = (20_000, 50_000, 200_000, 200_000)
"""Nodes of a second search of those whose value was not exact, where it may make the best bound."""
_NEAR = 0.03
"""The gap below which that is worth its time."""
_AS_MUCH_AGAIN = 1.2
"""Second searches may bring so many times what the last ones brought."""
_GAPS, _BOXED_GAPS = (1e-2, 1e-3), (3e-2, 1e-3)
"""Below such gaps between the programme's value and L, PDLP works at the next precision."""
_CLOSED = 1e-5
_SMALL_LAMBDA, _LARGEST_LAMBDA = 16.0, 4_096.0
"""Points of quality that a point of needs beyond the limit costs the programme: raised by steps while it pays them,
because large duals take long to settle. What duals prove does not depend on it.
"""
_PRESENT = (0.1, 0.02, 1e-3, 1e-4)
"""At each precision: what somebody may be on a crew beyond what its start is chosen before a row forbids it."""
_BEYOND = 0.5
"""Points of needs beyond the limit that are no rounding."""
_ITERATIONS, _BOXED_ITERATIONS = (6_000, 6_000, 6_000, 6_000), (600, 1_200, 6_000)
"""Of PDLP in one step, at each precision."""
_MOST_DROPPED = 3
"""Times as many dropped columns are remembered as a programme may have."""
_WORK_PER_ENTRY = 4e-9
_WORK_PER_NODE = 1e-6
_WORK_PER_CANDIDATE = 1e-8


@dataclass(frozen=True, slots=True)
class Duals:
    """Prices of seats in whole milli-points, the bound they prove, and whether all of it was priced exactly."""

    row: Ints
    """[rows of the side]."""
    needs: int
    """λ: what a point of needs is worth."""
    bound: int
    """L, in milli-points."""
    lacking: Ints
    """[what is known to lack then] σ: what a point of each is worth."""
    faces: Ints
    """[``Numbering.few_faces``] φ: what a new face there is charged."""
    presence: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    """[rows of ``PresenceRows`` then] ψ: what that person is charged for being there."""

    @property
    def points(self) -> int:
        """The bound in whole points."""
        return max(0, -(-self.bound // MILLI))


class _Prices(NamedTuple):
    """Prices as the programme has them, before they are whole: of seats, needs, what lacks, faces, presence; in
    milli-points.
    """

    row: NDArray[np.float64]
    needs: float
    lacking: NDArray[np.float64]
    faces: NDArray[np.float64]
    presence: NDArray[np.float64]

    def near(self, best: Duals) -> _Prices:
        """Between the best duals and these."""
        keep, move = _SMOOTHING, 1 - _SMOOTHING
        presence, lacking = move * self.presence, move * self.lacking
        presence[:len(best.presence)] += keep * best.presence
        lacking[:len(best.lacking)] += keep * best.lacking
        return _Prices(
            keep * best.row + move * self.row, keep * best.needs + move * self.needs, lacking,
            keep * best.faces + move * self.faces, presence,
        )

    def whole(self, bound: int) -> Duals:
        """Rounded, with the bound they prove."""
        return Duals(
            np.rint(self.row).astype(np.int64), round(self.needs), bound,
            np.rint(self.lacking).astype(np.int64), np.rint(self.faces).astype(np.int64), np.rint(self.presence).astype(np.int64),
        )


@dataclass(frozen=True, slots=True)
class Advance:
    """What one step did: L and the programme's value in milli-points, columns, and deterministic work."""

    bound: int
    value: int
    new_columns: int
    """Rows of presence included."""
    columns: int
    work: float

    @property
    def gap(self) -> float:
        """(value − L) / value."""
        return (self.value - self.bound) / max(1, abs(self.value))


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
        self.volunteers = volunteers
        self.allowed = allowed
        self._solve_lp = solve
        self.pool = Pool()
        self._added = self.pool.plans
        self.work = 0.0
        self.best: Duals | None = None
        self.closed = False
        """Nothing more to gain: no column pays, and the programme's value is L."""
        self.side: PatternSide | RowSide = (
            PatternSide(self.tables, pricer.numbering) if demand is None
            else RowSide(self.tables, demand, pricer.numbering)
        )
        self.presence = PresenceRows(pricer)
        people = self.tables.volunteers if volunteers is None else len(volunteers)
        self._most_columns = most_columns or 10 * people + 5_000
        self._dropped = Pool()
        self._primal: NDArray[np.float64] | None = None
        self._dual: NDArray[np.float64] | None = None
        self._precision = 0
        self._value = 0
        """Of the last programme, in milli-points."""
        self._hidden: float = np.inf
        """What the last second searches brought."""
        boxed = isinstance(self.side, PatternSide) and people >= BOXED_PEOPLE
        self._box: Box | None = Box(self.side, self.tables.volunteers, wide=people < NARROW_PEOPLE) if boxed else None
        self._fixed = self._fixed_columns()
        self._largest_lambda = _SMALL_LAMBDA
        self._shape = (0, 0)
        """Plans and patterns in the last programme."""
        whole_plans = pricer.demanded if volunteers is None else np.where(
            np.isin(np.arange(self.tables.volunteers), volunteers), pricer.demanded, 0
        )
        self._least_plans = (whole_plans > 0).astype(np.float64)
        if seeds is not None:
            self.add(seeds)

    def know_lacking(self, lack: Lack) -> None:
        """No roster's empty seats come to less than that: what is saved of needs must be saved elsewhere."""
        if not isinstance(self.side, PatternSide):
            return
        row = self.side.needs_row(self.tables.volunteers) + 1 + len(self.side.lacking)
        self.side.lacking.append(lack)
        self._fixed = self._fixed_columns()
        self.closed = False
        if self._dual is not None:
            self._dual = np.insert(self._dual, row, 0.0)

    @property
    def filled(self) -> NDArray[np.float64] | None:
        """[visits] the seats that the last programme fills, parts of them too; None before the first."""
        if self._primal is None:
            return None
        fixed, plans = len(self._fixed.cost), self._shape[0]
        pool, crew = self.pool.plans, self.tables.problem.crew
        seats = pool.seat[:pool.ptr[plans]]
        chosen = np.repeat(self._primal[fixed:fixed + plans], np.diff(pool.ptr[:plans + 1]))
        visit = self.tables.option[crew.option[seats], t.O_VISIT]
        filled = np.bincount(visit, np.maximum(chosen, 0), self.tables.visits)
        most = np.bincount(self.tables.row[:, t.R_VISIT], self.tables.row[:, t.R_COUNT], self.tables.visits)
        return np.minimum(filled, most)

    @property
    def gap(self) -> float:
        """(value − L) / value of the last programme; 1 before the first."""
        return 1.0 if self.best is None or self._value <= 0 else max(0.0, (self._value - self.best.bound) / self._value)

    def solve_with(self, solve: Solve) -> None:
        """Have programmes solved by somebody else from now on."""
        self._solve_lp = solve

    def add(self, plans: Plans) -> int:
        """Columns found elsewhere, such as a roster's; how many were new."""
        self._added = plans
        return self.pool.add(plans)

    def step(self, seconds: float | None = None) -> Advance:
        """Solve the programme over the columns so far, price its duals, add what pays."""
        if self.best is None and self._box is not None:
            self.begin_from(self.pool.plans)
        before, boxed = self.best, self._is_boxed
        value, prices, reduced = self._solve(seconds)
        self._value = value
        rows = self._separate()
        alone = before is None or (boxed and self._precision == 0)  # while programmes are quick
        trials = [prices] if before is None or alone else [prices.near(before), prices]
        new = sum(self._price(own.whole(0)) for own in trials)
        assert self.best is not None
        advance = Advance(self.best.bound, value, new + rows, len(self.pool), self.work)
        if boxed and before is not None:
            self._adapt_box(advance, before.bound)
        else:
            self._tighten(advance)
        self._drop(reduced)
        return advance

    @property
    def _is_boxed(self) -> bool:
        """Whether duals are kept near the best."""
        return self._box is not None and self._box.is_closed and self.best is not None

    def begin_from(self, plans: Plans) -> None:
        """Where prices are kept in a box: price parts of what the seats of a roster cost its people."""
        if self._box is None:
            return
        found = marginal_prices(self.pricer, plans)
        if found is None:
            self._box = None if self.best is None else self._box
            self._fixed = self._fixed_columns()
            return
        row, needs = found
        none = np.zeros(self.side.faces, dtype=np.int64)
        for share in SHARES:
            self._price(Duals(np.rint(share * row).astype(np.int64), round(share * needs), 0, NONE, none))

    def _adapt_box(self, advance: Advance, before: int) -> None:
        """The box by how the bound rose; a higher precision once the gap inside is small, or no column is new."""
        assert self._box is not None
        assert self._primal is not None
        assert self.best is not None
        done = advance.new_columns == 0 or advance.gap < _CLOSED
        self._box.adapt(advance.bound - before, advance.value - before)
        if done and self._precision == len(_BOXED_ITERATIONS) - 1:
            self._box.give_way(self._primal)
            self._largest_lambda = max(_SMALL_LAMBDA, 4 * self.best.needs / MILLI)
        wanted = sum(advance.gap < gap for gap in _BOXED_GAPS)
        self._precision = min(max(self._precision + done, wanted), len(_BOXED_ITERATIONS) - 1)

    def run(self, stop: Stop, watch: Callable[[Advance], None] = lambda advance: None) -> Duals | None:
        """Steps until the bound meets the programme's value, or the stop; the best duals."""
        timer = Timer(stop)
        while not (timer.over or self.closed):
            before = self.work
            watch(self.step(timer.seconds_left))
            timer.worked(self.work - before)
        return self.best

    def certificate(self) -> Certificate | None:
        """The best bound with what anybody needs to recompute it; None for a part of the problem."""
        if self.best is None or not isinstance(self.side, PatternSide):
            return None
        return Certificate(
            scenario=self.tables.problem.scenario.fingerprint, tier="quality", needs=self.needs,
            bound=self.best.points, lambda_milli=self.best.needs, duals=self.side.prices(self.best.row),
            lacking=tuple(
                Lacking(weights=self._weights(lack), least=lack.least, sigma_milli=sigma)
                for lack, sigma in zip(self.side.lacking, self.best.lacking.tolist()) if sigma
            ),
            faces=self._prices_of_faces(self.best.faces), people=self.side.prices_of_people(self.best.row),
            presence=self.presence.charges_by_visit(self.best.presence),
        )

    def _weights(self, lack: Lack) -> dict[str, int]:
        visits = self.tables.problem.visits
        return {visits[at].id: int(lack.weight[at]) for at in np.flatnonzero(lack.weight).tolist()}

    def _prices_of_faces(self, prices: Ints) -> dict[str, int]:
        names = list(self.tables.problem.visits_of_wish)
        few = self.pricer.numbering.few_faces
        return {names[wish]: price for wish, price in zip(few.tolist(), prices.tolist()) if price}

    @property
    def plans(self) -> Plans:
        """The columns, and those that were dropped of late: somebody may have use for them."""
        return joined([self.pool.plans, self._dropped.plans])

    def add_roster(self, chosen: Ints) -> None:
        """The patterns of a roster's wishes, whose plans were the last to be added: the option of each visit, or −1."""
        if isinstance(self.side, PatternSide):
            self.side.add_roster(chosen, self._added.seat)

    # ------------------------------------------------------------------------------------------ pricing

    def _price(self, duals: Duals) -> int:
        """Bound and new columns of one set of duals, by the side's rows."""
        priced = self._best_plans(duals, self.volunteers, _NODES[self._precision])
        charged = self.presence.by_option(duals.presence) if duals.presence.any() else None
        bound = self.side.least(duals.row, duals.needs, duals.lacking, charged)
        bound += sum(sigma * lack.least for sigma, lack in zip(duals.lacking.tolist(), self.side.lacking))
        bound += int(priced.value.sum()) - duals.needs * self.needs
        if self.side.faces:
            bound -= int(duals.faces @ self.pricer.numbering.most_faces)
        new = self.pool.add(priced.plans)
        if self._may_be_best(bound) and not priced.exact.all():
            more, new_too = self._search_again(duals, priced)
            bound, new = bound + more, new + new_too
        if self.best is None or bound > self.best.bound:
            self.best = replace(duals, bound=bound)
        return new

    def _best_plans(self, duals: Duals, volunteers: Ints | None, nodes: int) -> Priced:
        """Everybody's at these prices, or those of some."""
        priced = self.pricer.price(
            self.side.expanded(duals.row), volunteers, self.allowed, nodes=nodes,
            faces=duals.faces if self.side.faces else None,
            presence=self.presence.charges(duals.presence) if duals.presence.any() else None,
        )
        self.work += _WORK_PER_NODE * priced.nodes + _WORK_PER_CANDIDATE * len(self.pricer.seat)
        return priced

    def _may_be_best(self, bound: int) -> bool:
        """Whether a second search of who was not searched to the end could make this the best bound, and a good one."""
        if self.best is None or not isinstance(self.side, PatternSide) or not self._value:
            return False
        if self._value - bound > _NEAR * abs(self._value):
            return False
        return bound + _AS_MUCH_AGAIN * self._hidden > self.best.bound

    def _search_again(self, duals: Duals, priced: Priced) -> tuple[int, int]:
        """How much the bound gains by a longer search of those whose value was not exact, and how many columns are new."""
        people = np.arange(self.tables.volunteers) if self.volunteers is None else self.volunteers
        again = self._best_plans(duals, people[~priced.exact], _THOROUGH[self._precision])
        gained = int(np.maximum(again.value - priced.value[~priced.exact], 0).sum())
        self._hidden = gained
        return gained, self.pool.add(again.plans)

    def _tighten(self, advance: Advance) -> None:
        """A higher precision once the gap is small, or once no column is new."""
        wanted = sum(advance.gap < gap for gap in _GAPS)
        nothing_new = advance.new_columns == 0 or advance.gap < _CLOSED
        if self._exceeds_needs() and (nothing_new or advance.gap < _GAPS[0]) and self._largest_lambda < _LARGEST_LAMBDA:
            self._largest_lambda *= 4
            return
        if nothing_new:
            last = len(_PRECISIONS) - 1
            self.closed = self._precision == last or (self._precision == last - 1 and abs(advance.gap) < _CLOSED)
            wanted = max(wanted, self._precision + 1)
        self._precision = min(max(self._precision, wanted), len(_PRECISIONS) - 1)

    def _separate(self) -> int:
        """Rows for people who are on a crew more than its start is chosen; how many were new."""
        if not isinstance(self.side, PatternSide) or self._primal is None:
            return 0
        fixed, (plans, patterns) = len(self._fixed.cost), self._shape
        pattern, options = self.side.options_of_patterns()
        now = pattern < patterns
        chosen = self._primal[fixed + plans:][pattern[now]]
        return self.presence.separate(
            self.pool.plans, self._primal[fixed:fixed + plans], options[now], chosen, _PRESENT[self._precision],
        )

    def _exceeds_needs(self) -> bool:
        """Whether the programme would rather pay for needs beyond the limit."""
        return self._primal is not None and float(self._primal[len(self._fixed.cost) - 1]) > _BEYOND

    # ---------------------------------------------------------------------------------------- programme

    def _solve(self, seconds: float | None) -> tuple[int, _Prices, NDArray[np.float64]]:
        """(value, prices, reduced costs of plans); in milli-points."""
        programme, fixed = self._programme(), len(self._fixed.cost)
        iterations = _BOXED_ITERATIONS if self._is_boxed else _ITERATIONS
        effort = Effort(_PRECISIONS[self._precision], iterations[self._precision], seconds)
        answer = self._solve_lp(programme, effort, self._warm(len(programme.cost)))
        self._primal, self._dual = answer.primal, answer.dual
        self._shape = (len(self.pool), len(programme.cost) - fixed - len(self.pool))
        self.work += _WORK_PER_ENTRY * len(programme.entry) * answer.iterations
        duals = MILLI * self.side.as_prices(np.clip(answer.dual[:self.side.seats], 0, LARGEST_PRICE))
        value = MILLI * float(programme.cost @ answer.primal)
        at = self.side.needs_row(self.tables.volunteers)
        faces = MILLI * np.maximum(-answer.dual[at - self.side.faces:at], 0)
        needs_dual = MILLI * abs(float(answer.dual[at])) / self.side.unit
        known = len(self.side.lacking)
        lacking = MILLI * np.maximum(answer.dual[at + 1:at + 1 + known], 0) / self.side.unit
        presence = MILLI * np.clip(-answer.dual[at + 1 + known:], 0, LARGEST_PRICE)
        prices = _Prices(duals, needs_dual, lacking, faces, presence)
        return round(value), prices, MILLI * answer.reduced[fixed:fixed + len(self.pool)]

    def _warm(self, columns: int) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
        """The last solution, with new columns and new rows at 0."""
        if self._primal is None or self._dual is None:
            return None
        rows = self.side.needs_row(self.tables.volunteers) + 1 + len(self.side.lacking) + len(self.presence)
        dual = np.concatenate([self._dual, np.zeros(rows - len(self._dual))])
        fixed, (plans, patterns) = len(self._fixed.cost), self._shape
        primal = np.zeros(columns)
        primal[:fixed + plans] = self._primal[:fixed + plans]
        first = fixed + len(self.pool)
        primal[first:first + patterns] = self._primal[fixed + plans:]
        return primal, dual

    def _fixed_columns(self) -> Entries:
        """Those of the wishes' side, behind those of the box."""
        fixed = self.side.fixed(self.tables.volunteers)
        return fixed if self._box is None else self._box.before(fixed)

    def _costs(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Of fixed columns: costs and upper bounds, as the box has them at present."""
        cost, most = self._fixed.cost.copy(), self._fixed.most.copy()
        cost[-1] = self._largest_lambda
        if self._box is not None and self._box.is_closed and self.best is not None:
            cost[-1] = self._box.close_around(self.side.as_duals(self.best.row), self.best.needs, cost, most)
        return cost, most

    def _programme(self) -> Programme:
        """Columns: the box, what stays empty, needs beyond the limit, plans, patterns.

        Rows: seats, one plan per volunteer, one pattern per linked wish, new faces, needs, what lacks, presence.
        """
        plans, side, fixed = self.pool.plans, self.side, self._fixed
        people = self.tables.volunteers
        owner = np.repeat(np.arange(len(plans)), np.diff(plans.ptr))
        seat = side.row_of_crew[plans.seat]
        patterns = side.patterns(people)
        first, last = len(fixed.cost), len(fixed.cost) + len(plans)
        unbounded, few = np.full(side.seats, np.inf), self.pricer.numbering.most_faces[:side.faces]
        face, with_face = self._new_faces(owner)
        known = len(side.lacking)
        fixed_cost, fixed_most = self._costs()
        presence = side.needs_row(people) + 1 + known
        present, with_person = self.presence.of_plans(plans)
        met, with_start = self._met()
        own, with_own = self._own_rows(owner)
        return Programme(
            cost=np.concatenate([fixed_cost, plans.cost / MILLI, patterns.cost]),
            most=np.concatenate([fixed_most, np.full(len(plans), np.inf), patterns.most]),
            lower=np.concatenate([
                side.lower, np.where(self._least_plans > 0, 1.0, -np.inf), np.ones(side.wishes),
                np.full(side.faces, -np.inf), [-np.inf], [lack.least / side.unit for lack in side.lacking],
                np.full(len(self.presence), -np.inf),
            ]),
            upper=np.concatenate([
                unbounded, np.ones(people), np.ones(side.wishes), few, [self.needs / side.unit], np.full(known, np.inf),
                np.zeros(len(self.presence)),
            ]),
            row=np.concatenate([
                fixed.row, seat, plans.volunteer + side.seats, face + side.needs_row(people) - side.faces,
                present + presence, own, patterns.row, met + presence,
            ]),
            column=np.concatenate([
                fixed.column, owner + first, np.arange(len(plans)) + first, with_face + first, with_person + first,
                with_own + first, patterns.column + last, with_start + last,
            ]),
            entry=np.concatenate([
                fixed.entry, np.ones(len(owner) + len(plans) + len(face) + len(present)), -np.ones(len(own)),
                patterns.entry, -np.ones(len(met)),
            ]),
        )

    def _own_rows(self, owner: Ints) -> tuple[Ints, Ints]:
        """(row, plan) of every seat at one team's visits; ``owner`` [seats] its plan."""
        numbering = self.pricer.numbering
        row = numbering.of_crew[self.pool.plans.seat]
        at = np.flatnonzero((row >= numbering.cell_rows) & isinstance(self.side, PatternSide))
        return row[at], owner[at]

    def _met(self) -> tuple[Ints, Ints]:
        """(row of presence, pattern) of every pattern that chooses that start."""
        if not isinstance(self.side, PatternSide):
            return self.presence.key, self.presence.key
        pattern, options = self.side.options_of_patterns()
        row, at = self.presence.of_options(options)
        return row, pattern[at]

    def _new_faces(self, owner: Ints) -> tuple[Ints, Ints]:
        """(place among the wishes that limit new faces, plan): once for each plan and wish; ``owner`` [seats] its plan."""
        if not self.side.faces:
            return owner[:0], owner[:0]
        face = self.pricer.face_of[self.pool.plans.seat]
        own = np.unique((owner * self.side.faces + face)[face >= 0])
        return own % self.side.faces, own // self.side.faces

    def _drop(self, reduced: NDArray[np.float64]) -> None:
        """Keep memory bounded: the dearest columns by reduced cost that the programme does not use."""
        if len(self.pool) <= self._most_columns or self._primal is None:
            return
        fixed, (plans, patterns) = len(self._fixed.cost), self._shape
        used = self._primal[fixed:fixed + plans] > 1e-7
        rank = np.where(used, -np.inf, reduced)
        keep = np.ones(len(self.pool), dtype=bool)
        keep[np.argsort(rank, kind="stable")[self._most_columns // 2:]] = False
        keep[:plans] |= used
        keep[plans:] = True
        if len(self._dropped) > _MOST_DROPPED * self._most_columns:
            self._dropped = Pool()
        self._dropped.add(chosen(self.pool.plans, np.flatnonzero(~keep)))
        self.pool.keep(keep)
        self._primal = np.concatenate([
            self._primal[:fixed], self._primal[fixed:fixed + plans][keep[:plans]], self._primal[fixed + plans:],
        ])
        self._shape = (int(keep[:plans].sum()), patterns)
