"""Tables: a problem as flat integer arrays, the one form compiled code reads.

Matrices hold one row per visit, option, person or wish, and their columns are named by the constants below;
ragged lists are kept as ``<name>_ptr`` (where each begins) beside ``<name>``. Nothing here decides anything.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

from matcher.domain.places import TravelMode
from matcher.problem.check import history_binds, last_done, paired_people, told_day
from matcher.problem.expand import published_in_plan
from matcher.problem.problem import Candidates, Problem
from matcher.solvers.load import Elsewhere

Ints = NDArray[np.int64]
Int32s = NDArray[np.int32]

FAR = 1 << 20
"""More visits, minutes or days than anybody has: no limit."""
HARD = -1
"""The price of a rule that may not be broken."""

# Columns of ``visit``.
V_WISH, V_MINUTES, V_NEED, V_WHOLE, V_ONE_TEAM, V_GOODS, V_PLACE, V_END_PLACE, V_PAIR_MUST, V_TOLD_START, \
    V_TOLD_TIME, V_ORDER = range(12)
# Columns of ``option``.
O_VISIT, O_START, O_END, O_DAY, O_WEEK, O_MONTH, O_ALLOWED = range(7)
# Columns of ``row``: one (visit, role).
R_VISIT, R_ROLE, R_COUNT, R_CAR, R_EXPERIENCED, R_STANDBYS = range(6)
# Columns of ``person``.
P_HOME, P_MODE, P_TEAM, P_EXPERIENCED, P_TURNS_BEFORE, P_TURNS_OFFERED, P_DAY, P_WEEK, P_MONTH, P_DAY_MINUTES, \
    P_WEEK_MINUTES, P_MONTH_MINUTES, P_REST_DAYS, P_MIN_REST, P_LEAST = range(15)
# Columns of ``wish``.
W_POLICY, W_MAX_TURNS, W_TURNS_DAYS, W_MAX_HELPERS, W_MIN_GAP, W_MAX_GAP, W_LAST_DONE, W_HISTORY_BINDS, W_SPACED, \
    W_PRIORITY, W_ONE_SPAN, W_PAST_FACES = range(12)
ANY, STEADY, ROTATE, PAIR = range(4)
"""Values of W_POLICY."""
_POLICIES = {"any": ANY, "steady": STEADY, "rotate": ROTATE, "pair": PAIR}
# Entries of ``price``.
C_FAIRNESS, C_FACES, C_TURNS, C_MISSING_STANDBY, C_STANDBY_TURNS, C_TRAVEL, C_PAIRING, C_LEAST, C_CLAIMANT, \
    C_SPACING, C_TURN, C_FEW_FACES, C_NEWCOMERS, C_ANYBODY_EXPERIENCED = range(14)

CAR = 0
"""The number of the mode by car; P_MODE and ``pace`` follow the order of ``TravelMode``."""
_MODES: tuple[TravelMode, ...] = get_args(TravelMode)


@dataclass(frozen=True)
class Tables:
    """A problem in integers. Minutes count from 1970 (UTC), days from the first day of any option."""

    problem: Problem
    visit: Ints
    """[visits, V_*]. V_PAIR_MUST: a paired person must be on a served crew. V_TOLD_START/TIME: the start people were told
    (−1: none) and the price of another."""
    option: Ints
    """[options, O_*]; options of one visit lie together. Goods have start and end −1. O_ALLOWED 0: a fixed start forbids it,
    or nobody can crew it."""
    option_ptr: Ints
    """[visits + 1]."""
    row: Ints
    """[rows, R_*]: the (visit, role) pairs, visit by visit. R_STANDBYS: stand-bys asked for."""
    row_ptr: Ints
    """[visits + 1]."""
    cell_ptr: Ints
    """[options + 1]: the first cell of an option; cell ``cell_ptr[o] + r`` is its role r."""
    crew_ptr: Ints
    """[cells + 1] into the candidates, sorted by volunteer within a cell."""
    crew: Int32s
    """[candidates] volunteer."""
    crew_price: Int32s
    """[candidates] seat price, without travel."""
    crew_tour: Int32s
    """[candidates] price of the day's tour with this visit alone."""
    may_serve: NDArray[np.bool_]
    """[candidates] whether rules about crews leave them a chance."""
    standby_ptr: Ints
    standby: Int32s
    person: Ints
    """[volunteers, P_*]; a limit that is not set is FAR."""
    wish: Ints
    """[wishes, W_*]; W_LAST_DONE a day (may be negative) or −FAR; W_MAX_* −1: none. W_ONE_SPAN: everything done and planned
    lies within one ``turns_days``; W_PAST_FACES: different people who ever served it."""
    wish_ptr: Ints
    wish_visit: Ints
    """Visits of each wish, in order."""
    price: Ints
    """[C_*]: weights; prices of soft rules, HARD where the rule is hard."""
    day_week: Ints
    day_month: Ints
    """[days] number of the ISO week, of the month."""
    months: tuple[tuple[int, int], ...]
    """Year and month of each month's number."""
    month_asked: NDArray[np.bool_]
    """[months] whether a month is one of the planning window's."""
    taken_day: NDArray[np.int16]
    taken_week: NDArray[np.int16]
    taken_month: NDArray[np.int16]
    """[volunteers, periods] visits done or promised outside the plan."""
    minutes_day: Int32s
    minutes_week: Int32s
    minutes_month: Int32s
    busy_days: NDArray[np.uint8]
    """[volunteers, weeks] bit per weekday with a visit outside the plan."""
    outside_ptr: Ints
    outside: Ints
    """[seats, 5] published seats outside the plan by volunteer: start, end, place, end place, is a stand-by."""
    known_ptr: Ints
    known: Ints
    """Known faces of each wish."""
    past_ptr: Ints
    past: Ints
    """[services, 4] of each wish: day, person (departed ones negative), stepped in, of the last done visit."""
    turns_ptr: Ints
    turns: Ints
    """[people, 2] of each rotating wish: volunteer, turns before."""
    pair_ptr: Ints
    pair: Ints
    """Paired people of each wish."""
    told_ptr: Ints
    told: Ints
    """[seats, 4] published seats of each visit: role, volunteer (−1 gone), is a stand-by, price of losing it."""
    claim_ptr: Ints
    claim: Ints
    """[people, 2] of each wish: number of the chosen claim, volunteer who satisfies it."""
    fixed_ptr: Ints
    fixed: Ints
    """[seats, 3] demanded seats of each visit: role (−1: any), volunteer, is a stand-by."""
    axes: NDArray[np.float64]
    """[places, 3] earth-centred, in mean radii; nan where nobody knows."""
    pace: Ints
    """[modes, 3]: fixed minutes, and minutes per metre as a fraction."""
    measured: Ints
    """[pairs, 2] sorted: (to · places + from) · modes + mode, and minutes somebody measured."""
    unknown_minutes: int

    @property
    def visits(self) -> int:
        return len(self.visit)

    @property
    def volunteers(self) -> int:
        return len(self.person)

    @property
    def rows(self) -> int:
        return len(self.row)


def tables_of(problem: Problem) -> Tables:
    """The tables of a problem."""
    builder = _Builder(problem)
    return Tables(problem=problem, **builder.parts())


class _Builder:
    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.expanded = problem.expanded
        self.prices = problem.prices
        self.scenario = problem.scenario
        self.wishes = [self.scenario.wish[name] for name in problem.visits_of_wish]
        self.wish_number = {wish.id: number for number, wish in enumerate(self.wishes)}
        days = [option.day.toordinal() for option in problem.options] or [self.expanded.today.toordinal()]
        # Whole weeks, so that a week's days have numbers even where no option lies on them.
        self.first = min(days) - (date.fromordinal(min(days)).isoweekday() - 1)
        last = max(days) + (7 - date.fromordinal(max(days)).isoweekday())
        self.days = [date.fromordinal(day) for day in range(self.first, last + 1)]
        self.months = sorted({(day.year, day.month) for day in self.days})
        self.place = self.expanded.atlas.index
        self.possible = problem.possible

    def parts(self) -> dict[str, Any]:
        """Every field of ``Tables`` but the problem."""
        return {
            **self._visits(), **self._options(), **self._rows(), **self._candidates(), **self._people(),
            **self._wishes(), **self._elsewhere(), **self._demands(), **self._where(),
            "price": self._prices(),
        }

    # ------------------------------------------------------------------------------------- the plan

    def _visits(self) -> dict[str, Any]:
        table = np.zeros((len(self.problem.visits), 12), dtype=np.int64)
        table[:, V_TOLD_START] = -1
        told = {
            visit.id: self.expanded.calendar.minute_of(seat.start)
            for seat, visit in published_in_plan(self.expanded) if seat.start is not None
        }
        for number, visit in enumerate(self.problem.visits):
            table[number, :V_TOLD_START] = (
                self.wish_number[visit.wish.id], visit.minutes, self.prices.empty_seat(visit.wish),
                not visit.wish.partial, visit.wish.as_one_team, visit.is_goods,
                self._place(visit.place), self._place(visit.end_place), bool(self.problem.paired[number]),
            )
            table[number, V_ORDER] = visit.order
            if visit.id in told:
                near = self.prices.near(told_day(self.expanded, visit.id))
                table[number, V_TOLD_START] = told[visit.id]
                table[number, V_TOLD_TIME] = self.prices.weights.published_time * near
        return {"visit": table}

    def _options(self) -> dict[str, Any]:
        problem = self.problem
        starts: dict[int, set[int]] = defaultdict(set)
        for seat in (*problem.pins, *problem.published):
            if seat.fixes_start and seat.start is not None:
                starts[seat.visit].add(seat.start)
        table = np.array([
            (
                o.visit, -1 if o.start is None else o.start, -1 if o.end is None else o.end,
                o.day.toordinal() - self.first, 0, 0,
                bool(can) and (o.visit not in starts or starts[o.visit] == {o.start}),
            )
            for o, can in zip(problem.options, self.possible.options)
        ], dtype=np.int64).reshape(-1, 7)
        weeks = np.arange(len(self.days)) // 7
        month = {name: number for number, name in enumerate(self.months)}
        months = np.array([month[day.year, day.month] for day in self.days], dtype=np.int64)
        table[:, O_WEEK], table[:, O_MONTH] = weeks[table[:, O_DAY]], months[table[:, O_DAY]]
        counts = [len(options) for options in problem.options_of]
        return {
            "option": table, "option_ptr": pointers(counts), "day_week": weeks.astype(np.int64), "day_month": months,
            "months": tuple(self.months),
            "month_asked": np.array([name in self.prices.months for name in self.months], dtype=bool),
        }

    def _rows(self) -> dict[str, Any]:
        table = [
            (
                number, position, role.count, role.vehicle is not None, role.experienced,
                visit.wish.staffing.standbys,
            )
            for number, visit in enumerate(self.problem.visits) for position, role in enumerate(visit.wish.roles)
        ]
        return {
            "row": np.array(table, dtype=np.int64).reshape(-1, 6),
            "row_ptr": pointers([len(visit.wish.roles) for visit in self.problem.visits]),
        }

    def _candidates(self) -> dict[str, Any]:
        problem = self.problem
        cells = pointers([len(problem.visits[option.visit].wish.roles) for option in problem.options])
        return {
            "cell_ptr": cells,
            "may_serve": self.possible.candidates,
            "crew_ptr": _cell_pointers(problem.crew, cells), "crew": problem.crew.volunteer,
            "crew_price": problem.crew.price.astype(np.int32), "crew_tour": problem.solo_tour,
            "standby_ptr": _cell_pointers(problem.standbys, cells), "standby": problem.standbys.volunteer,
        }

    # ---------------------------------------------------------------------------------- people, wishes

    def _people(self) -> dict[str, Any]:
        team = {name.id: number for number, name in enumerate(self.scenario.teams)}
        table = np.zeros((len(self.scenario.volunteers), 15), dtype=np.int64)
        for number, (person, own) in enumerate(zip(self.scenario.volunteers, self.expanded.limits)):
            table[number] = (
                self._place(person.home), _MODES.index(person.travel_mode),
                -1 if person.team is None else team[person.team], self.expanded.is_experienced[number],
                self.prices.turns_before[number], self.prices.turns_offered[number],
                *(
                    FAR if most is None else min(most, FAR)
                    for most in (
                        own.visits_per_day, own.visits_per_week, own.visits_per_month, own.minutes_per_day,
                        own.minutes_per_week, own.minutes_per_month,
                    )
                ),
                own.rest_days or 0, own.min_rest_minutes or 0, own.least_visits_per_month or 0,
            )
        return {"person": table}

    def _wishes(self) -> dict[str, Any]:
        expanded, prices = self.expanded, self.prices
        table = np.zeros((len(self.wishes), 12), dtype=np.int64)
        known, past, turns, paired = [], [], [], []
        for number, wish in enumerate(self.wishes):
            when, staffing, last = wish.recurrence, wish.staffing, last_done(expanded, wish)
            first = self.problem.visits[self.problem.visits_of_wish[wish.id][0]]
            spaced = when is not None and (
                when.least_gap_days > 0 or when.max_gap_days is not None or when.times is not None
            )
            table[number] = (
                _POLICIES[staffing.policy], _or_none(staffing.max_turns), staffing.turns_days,
                _or_none(staffing.max_helpers), 0 if when is None else when.least_gap_days,
                _or_none(None if when is None else when.max_gap_days),
                -FAR if last is None else last[1].toordinal() - self.first,
                last is not None and history_binds(expanded, first, last[1]), spaced, wish.priority, 0, 0,
            )
            known.append(sorted(prices.known_faces(wish)))
            done = expanded.done.get(wish.id, ())
            past.append([
                (
                    self._day(service.start), expanded.row_of(service.volunteer), service.stepped_in,
                    (service.visit, service.start) == (done[-1].visit, done[-1].start),
                )
                for service in done
            ])
            earliest = min((day for day, *_ in past[-1]), default=0)
            table[number, W_ONE_SPAN] = max(len(self.days), 1) - 1 - earliest < staffing.turns_days
            table[number, W_PAST_FACES] = len({row for _, row, *_ in past[-1]})
            turns.append(sorted(prices.wish_turns_before(wish).items()) if staffing.policy == "rotate" else [])
            paired.append(list(paired_people(expanded, wish)))
        claims: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for claim, (name, people) in enumerate(prices.claims_to_honour):
            claims[name] += [(claim, row) for row in sorted(people)]
        in_order = list(self.problem.visits_of_wish.values())
        return {
            "wish": table,
            **_ragged("wish_visit", in_order, name="wish"), **_ragged("known", known), **_ragged("past", past, 4),
            **_ragged("turns", turns, 2), **_ragged("pair", paired),
            **_ragged("claim", [claims.get(wish.id, []) for wish in self.wishes], 2),
        }

    def _elsewhere(self) -> dict[str, Any]:
        people = len(self.scenario.volunteers)
        periods: dict[str, dict[Any, int]] = {
            "day": {day: number for number, day in enumerate(self.days)},
            "week": {tuple(day.isocalendar()[:2]): number // 7 for number, day in enumerate(self.days)},
            "month": {name: number for number, name in enumerate(self.months)},
        }
        elsewhere = Elsewhere(self.problem)
        taken = {unit: np.zeros((people, max(names.values()) + 1), np.int16) for unit, names in periods.items()}
        minutes = {unit: np.zeros((people, max(names.values()) + 1), np.int32) for unit, names in periods.items()}
        for (row, unit, name), visits, spent in elsewhere.loads():
            at = periods[unit].get(name)
            if at is not None:
                taken[unit][row, at] = visits
                minutes[unit][row, at] = spent
        busy = np.zeros((people, len(self.days) // 7), np.uint8)
        for (row, name), days in elsewhere.days.items():
            at = periods["week"].get(name)
            if at is not None:
                for day in days:
                    busy[row, at] |= 1 << (day.isoweekday() - 1)
        outside: list[list[tuple[int, ...]]] = [[] for _ in range(people)]
        for seat in self.expanded.outside:
            if seat.start is not None and seat.end is not None:
                outside[seat.volunteer].append((
                    seat.start, seat.end, self._place(seat.place), self._place(seat.end_place), seat.standby,
                ))
        return {
            **{f"taken_{unit}": array for unit, array in taken.items()},
            **{f"minutes_{unit}": array for unit, array in minutes.items()},
            "busy_days": busy, **_ragged("outside", outside, 5),
        }

    # --------------------------------------------------------------------------------------- demands

    def _demands(self) -> dict[str, Any]:
        weights, rows = self.prices.weights, self.expanded.volunteer_index
        told: list[list[tuple[int, ...]]] = [[] for _ in self.problem.visits]
        for seat, visit in published_in_plan(self.expanded):
            number = self.expanded.visit_index[visit.id]
            role = next((at for at, role in enumerate(visit.wish.roles) if role.id == seat.role), -1)
            near = self.prices.near(told_day(self.expanded, visit.id))
            price = (weights.published_standby if seat.standby else weights.published_seat) * near
            told[number].append((role, rows.get(seat.volunteer, -1), seat.standby, price))
        fixed: list[list[tuple[int, ...]]] = [[] for _ in self.problem.visits]
        for demand in (*self.problem.pins, *self.problem.published):
            if demand.volunteer is not None:
                fixed[demand.visit].append((
                    -1 if demand.role is None else demand.role, demand.volunteer, demand.standby,
                ))
        return {**_ragged("told", told, 4), **_ragged("fixed", fixed, 3)}

    def _prices(self) -> Ints:
        weights, soft = self.prices.weights, self.scenario.program.settings.soft_rules
        return np.array([
            weights.fairness, weights.faces, weights.turns, weights.missing_standby, weights.standby_turns,
            weights.travel, weights.pairing_broken, weights.least_visit_missing, weights.claimant_without_turn,
            soft.get("keeps_the_spacing", HARD), soft.get("keeps_the_turn", HARD), soft.get("keeps_faces_few", HARD),
            soft.get("newcomers_go_with_experience", HARD), self.expanded.anybody_experienced,
        ], dtype=np.int64)

    def _where(self) -> dict[str, Any]:
        axes, pace, measured = self.expanded.atlas.numbers()
        return {
            "axes": axes, "pace": pace, "measured": measured,
            "unknown_minutes": self.scenario.program.settings.travel.unknown_minutes,
        }

    def _place(self, name: str | None) -> int:
        return -1 if name is None else self.place.get(name, -1)

    def _day(self, moment: Any) -> int:
        calendar = self.expanded.calendar
        return calendar.day_of(calendar.minute_of(moment)).toordinal() - self.first


def promises_nobody_keeps(tables: Tables) -> int:
    """Promises that no roster can keep: points that every roster of this problem pays in the second tier.

    Least visits of months the plan has nothing in, and chosen claims of wishes it does not contain.
    """
    problem, prices = tables.problem, tables.problem.prices
    lost = sum(name not in problem.visits_of_wish for name, _ in prices.claims_to_honour)
    lost_points = lost * prices.weights.claimant_without_turn
    people = np.flatnonzero(tables.person[:, P_LEAST])
    if not len(people):
        return lost_points
    elsewhere = Elsewhere(problem)
    missing = sum(
        max(0, int(tables.person[row, P_LEAST]) - elsewhere.load(int(row), "month", month)[0])
        for row in people for month in prices.months if month not in tables.months
    )
    return lost_points + missing * prices.weights.least_visit_missing


def _or_none(value: int | None) -> int:
    return -1 if value is None else value


def pointers(counts: Sequence[int] | Ints) -> Ints:
    """Where each of so many lists begins in one flat list, and where the last one ends."""
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(np.asarray(counts, dtype=np.int64))])


def _cell_pointers(candidates: Candidates, cells: Ints) -> Ints:
    number = cells[candidates.option] + candidates.role
    return np.searchsorted(number, np.arange(cells[-1] + 1)).astype(np.int64)


def _ragged(field: str, lists: Iterable[Sequence[Any]], width: int = 0, name: str = "") -> dict[str, Any]:
    """``<name>_ptr`` and the flat list; ``width`` numbers an entry."""
    own = [list(entries) for entries in lists]
    flat = np.array([entry for entries in own for entry in entries], dtype=np.int64)
    return {
        f"{name or field}_ptr": pointers([len(entries) for entries in own]),
        field: flat.reshape((-1, width)) if width else flat,
    }
