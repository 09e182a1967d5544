"""Pricing: everybody's best plan for given prices of the seats, exactly, in compiled code.

A plan is the set of crew seats one person takes. ``Pricer`` keeps the candidates sorted by volunteer and day. For
given duals it drops candidates that cannot pay, forms a day's patterns (sets of seats that fit together, with the
price of that day's tour), bounds what the rest of the calendar can add, and searches depth first with the true
rules: branch and bound over days. Money is whole milli-points.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar, cast

import numba
import numpy as np
from numpy.typing import NDArray

from matcher.problem.problem import longest_way
from matcher.solvers import tables as t
from matcher.solvers.tables import Ints, Tables
from matcher.solvers.travel import minutes_between

MILLI = 1000
"""Milli-points in a point."""
_NOTHING = -(1 << 60)
_MOST_IN_A_DAY = 6
_MOST_PATTERNS = 30_000
_NODES = 20_000
"""Nodes of one person's search after which its bound stands in for its value."""
_NODES_AT_FIRST = 300
_BITS_AT_FIRST = 3
_BITS = 6
"""Visits with several days that the bound keeps apart at a time, where a search without would be long."""

# Columns of the local matrix: one surviving candidate of the volunteer at hand.
(
    CAND, ROW, VISIT, START, END, DAY, WEEK, MONTH, MINUTES, GOODS, WISH, ORDER, KIND, PLACE, END_PLACE, MODE, CAR,
    DAY_LEFT, WEEK_LEFT, MONTH_LEFT, DAY_MINUTES, WEEK_MINUTES, MONTH_MINUTES, REST_LEFT, BUSY, PAST, PAST_END,
    MAX_TURNS, SPAN, NET, GROSS, TOUR, SHARE, LAST_SLOT, BIT,
) = range(35)
_COLUMNS = 35
# Values of KIND.
PLAIN, NEW_FACE, IN_TURN, IN_TURN_STRICTLY = range(4)


_Function = TypeVar("_Function", bound=Callable[..., Any])


def _kernel(function: _Function) -> _Function:
    """Compiled, kept on disk, and free of the interpreter's lock."""
    return cast("_Function", numba.njit(cache=True, nogil=True, error_model="numpy")(function))


def _part(function: _Function) -> _Function:
    """What only kernels call: compiled with them, without an entrance from Python."""
    options: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    return cast("_Function", numba.njit(nogil=True, error_model="numpy", **options)(function))


class Facts(NamedTuple):
    """What the kernels read: tables, and the candidates sorted by volunteer, day and visit."""

    option: Any
    visit: Any
    order: Any
    row: Any
    kappa: Any
    person: Any
    wish: Any
    price: Any
    taken_day: Any
    taken_week: Any
    taken_month: Any
    minutes_day: Any
    minutes_week: Any
    minutes_month: Any
    busy_days: Any
    outside_ptr: Any
    outside: Any
    past_key: Any
    past_day: Any
    axes: Any
    pace: Any
    measured: Any
    numbers: Any
    """[2] unknown_minutes, the longest way."""
    ptr: Any
    seat: Any
    """[candidates] index into ``Problem.crew``."""
    c_option: Any
    c_row: Any
    c_price: Any
    """Seat price, and in a rotating wish that of a first turn."""
    c_tour: Any
    c_extra: Any
    """The least its visit adds to any tour of the day."""
    c_kind: Any


class Priced(NamedTuple):
    """``value`` [volunteers] milli-points, ≤ 0: the best plan's cost less its duals, or a bound below it."""

    value: Ints
    exact: NDArray[np.bool_]
    plans: Plans
    """The best plans found, of those with a negative value."""
    nodes: int


@dataclass(frozen=True)
class Plans:
    """Plans as flat arrays: whose, which candidates (indices into ``Problem.crew``), and their cost in milli-points."""

    volunteer: Ints
    ptr: Ints
    seat: Ints
    cost: Ints

    def __len__(self) -> int:
        return len(self.volunteer)

    def seats(self, number: int) -> Ints:
        """The candidates of one plan."""
        return self.seat[self.ptr[number]:self.ptr[number + 1]]

    @classmethod
    def of(cls, plans: Iterable[tuple[int, Sequence[int], int]]) -> Plans:
        """From (volunteer, candidates, cost) triples."""
        found = list(plans)
        return cls(
            np.array([plan[0] for plan in found], dtype=np.int64),
            np.concatenate([[0], np.cumsum([len(plan[1]) for plan in found])]).astype(np.int64),
            np.array([seat for plan in found for seat in plan[1]], dtype=np.int64),
            np.array([plan[2] for plan in found], dtype=np.int64),
        )


class Pricer:
    """Prices plans of one problem; built once, asked for many duals."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.facts = _facts(tables)
        crew = tables.problem.crew
        self.row_of: Ints = tables.row_ptr[tables.option[crew.option, t.O_VISIT]] + crew.role
        """[candidates of ``Problem.crew``] the row each fills."""
        self.option_of: Ints = crew.option.astype(np.int64)
        self.kappa: Ints = self.facts.kappa
        self._position = np.full(len(crew), -1, dtype=np.int64)
        self._position[self.facts.seat] = np.arange(len(self.facts.seat))
        self._everybody = np.arange(tables.volunteers, dtype=np.int64)
        self._open = np.ones(len(tables.option), dtype=np.uint8)

    def price(
        self,
        duals: Ints,
        volunteers: Ints | None = None,
        allowed: NDArray[np.uint8] | None = None,
        *,
        with_costs: bool = True,
    ) -> Priced:
        """The best plan of everybody (or of ``volunteers``) for ``duals`` [rows] in milli-points.

        ``allowed`` [options]: 0 forbids an option. ``with_costs`` False: plans cost nothing (for the needs tier).
        """
        people = self._everybody if volunteers is None else np.asarray(volunteers, dtype=np.int64)
        value, exact, owner, sizes, seats, cost, nodes = _price_people(
            self.facts, people, duals.astype(np.int64), self._open if allowed is None else allowed, with_costs, _NODES
        )
        plans = Plans(owner, np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes)]), seats, cost)
        return Priced(value, exact, plans, int(nodes))

    def enumerate(
        self, duals: Ints, slack: Ints, limit: int = 1_000_000, allowed: NDArray[np.uint8] | None = None
    ) -> Plans | None:
        """All plans whose cost less their duals is at most ``slack`` [volunteers]; None if more than ``limit``.

        Starts that nothing can tell apart for one person are all named where others have to come along.
        """
        priced = self.price(duals, allowed=allowed)
        if not priced.exact.all():
            return None
        done, owner, sizes, seats, cost = _all_plans(
            self.facts, self._everybody, duals.astype(np.int64), self._open if allowed is None else allowed,
            priced.value, slack.astype(np.int64), limit, 100 * limit + 1_000_000,
        )
        if not done:
            return None
        return Plans(owner, np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes)]), seats, cost)

    def cost(self, volunteer: int, seats: Sequence[int] | Ints) -> int:
        """What a plan costs, in milli-points, the least price of stand-bys (κ) included.

        Raises ``ValueError`` if the volunteer cannot do all of it.
        """
        at = self._position[np.asarray(seats, dtype=np.int64)]
        cost = int(_cost_of_plan(self.facts, volunteer, at)) if (at >= 0).all() else -1
        if cost < 0:
            raise ValueError(f"volunteer {volunteer} cannot take these seats together: {list(seats)}")
        return cost

    def is_plan(self, volunteer: int, seats: Sequence[int] | Ints) -> bool:
        """Whether the volunteer can do all of it."""
        at = self._position[np.asarray(seats, dtype=np.int64)]
        return bool((at >= 0).all()) and int(_cost_of_plan(self.facts, volunteer, at)) >= 0


# ------------------------------------------------------------------------------------------------ facts


def _facts(tables: Tables) -> Facts:
    """The candidates that count, sorted, and what the kernels need beside them."""
    crew = tables.problem.crew
    option, visit = tables.option, tables.visit
    owner = crew.volunteer.astype(np.int64)
    row = tables.row_ptr[option[crew.option, t.O_VISIT]] + crew.role
    counts = _may_count(tables, owner, row)
    goods = visit[option[crew.option, t.O_VISIT], t.V_GOODS]
    key = owner * (len(tables.day_week) + 1) + option[crew.option, t.O_DAY]
    key = (key * 2 + goods) * max(1, tables.visits) + option[crew.option, t.O_VISIT]
    at = np.flatnonzero(counts)
    at = at[np.argsort(key[at], kind="stable")]
    kind, first_turn = _kinds(tables, owner[at], row[at])
    past_key, past_day = _past(tables)
    facts = Facts(
        option, visit, _orders(tables), tables.row, _kappa(tables), tables.person, tables.wish, tables.price,
        tables.taken_day, tables.taken_week, tables.taken_month, tables.minutes_day, tables.minutes_week,
        tables.minutes_month, tables.busy_days, tables.outside_ptr, tables.outside, past_key, past_day, tables.axes,
        tables.pace, tables.measured,
        np.array([tables.unknown_minutes, longest_way(tables.problem.expanded)], dtype=np.int64),
        np.searchsorted(owner[at], np.arange(tables.volunteers + 1)).astype(np.int64), at.astype(np.int64),
        crew.option[at].astype(np.int32), row[at].astype(np.int32),
        (tables.crew_price[at] + first_turn).astype(np.int32), tables.crew_tour[at].astype(np.int32),
        tables.crew_tour[at].astype(np.int32), kind,
    )
    return _only_possible(facts)


def _may_count(tables: Tables, owner: Ints, row: Ints) -> NDArray[np.bool_]:
    """Candidates at allowed starts; of a pair's visit with one seat, the paired people only."""
    crew, visit = tables.problem.crew, tables.visit
    counts = tables.option[crew.option, t.O_ALLOWED] != 0
    seats = np.zeros(tables.visits, dtype=np.int64)
    np.add.at(seats, tables.row[:, t.R_VISIT], tables.row[:, t.R_COUNT])
    visits = tables.row[row, t.R_VISIT]
    only_paired = (visit[visits, t.V_PAIR_MUST] != 0) & (seats[visits] == 1)
    at = np.flatnonzero(only_paired)
    pairs = _pair_keys(tables.pair_ptr, tables.pair, tables.volunteers)
    counts[at] &= np.isin(visit[visits[at], t.V_WISH] * tables.volunteers + owner[at], pairs)
    return np.asarray(counts)


def _pair_keys(ptr: Ints, people: Ints, volunteers: int) -> Ints:
    """The numbers wish · volunteers + person, sorted, for a ragged list of people by wish."""
    return np.sort(np.repeat(np.arange(len(ptr) - 1), np.diff(ptr)) * volunteers + people)


def _kinds(tables: Tables, owner: Ints, row: Ints) -> tuple[NDArray[np.uint8], Ints]:
    """What a candidate's wish asks for beside the seat, and the price of a first turn."""
    wish = tables.visit[tables.row[row, t.R_VISIT], t.V_WISH]
    policy = tables.wish[wish, t.W_POLICY]
    kind = np.zeros(len(row), dtype=np.uint8)
    known = _pair_keys(tables.known_ptr, tables.known, tables.volunteers)
    key = wish * tables.volunteers + owner
    kind[((policy == t.STEADY) | (policy == t.PAIR)) & ~np.isin(key, known)] = NEW_FACE
    kind[policy == t.ROTATE] = IN_TURN_STRICTLY if tables.price[t.C_TURN] == t.HARD else IN_TURN
    before = np.zeros(len(row), dtype=np.int64)
    if len(tables.turns):
        wishes = np.repeat(np.arange(len(tables.turns_ptr) - 1), np.diff(tables.turns_ptr))
        keys = wishes * tables.volunteers + tables.turns[:, 0]
        by_key = np.argsort(keys)
        at = np.minimum(np.searchsorted(keys[by_key], key), len(keys) - 1)
        before = np.where(keys[by_key][at] == key, tables.turns[by_key[at], 1], 0)
    return kind, np.where(policy == t.ROTATE, tables.price[t.C_TURNS] * (2 * before + 1), 0)


def _orders(tables: Tables) -> Ints:
    """[visits] place within the wish's order."""
    order = np.zeros(tables.visits, dtype=np.int64)
    order[tables.wish_visit] = np.arange(len(tables.wish_visit)) - np.repeat(
        tables.wish_ptr[:-1], np.diff(tables.wish_ptr)
    )
    return order


def _kappa(tables: Tables) -> Ints:
    """[rows] the least a seat adds for the stand-bys its role asks for, in milli-points."""
    least = min(int(tables.price[t.C_STANDBY_TURNS]), int(tables.price[t.C_MISSING_STANDBY]))
    return (MILLI * tables.row[:, t.R_STANDBYS] * least) // np.maximum(tables.row[:, t.R_COUNT], 1)


def _past(tables: Tables) -> tuple[Ints, Ints]:
    """Turns had at rotating wishes: person · wishes + wish (sorted), and the day; stepping in is no turn.

    A second list follows for the last crew: the same key, beyond all others, with day −1.
    """
    wish = np.repeat(np.arange(len(tables.past_ptr) - 1), np.diff(tables.past_ptr))
    rotates = tables.wish[wish, t.W_POLICY] == t.ROTATE if len(wish) else np.zeros(0, dtype=bool)
    here = rotates & (tables.past[:, 1] >= 0)
    wishes = max(1, len(tables.wish))
    key = tables.past[:, 1] * wishes + wish
    beyond = tables.volunteers * wishes
    turns, last = here & (tables.past[:, 2] == 0), here & (tables.past[:, 3] != 0)
    keys = np.concatenate([key[turns], key[last] + beyond])
    days = np.concatenate([tables.past[turns, 0], np.full(int(last.sum()), -1)])
    by_key = np.argsort(keys, kind="stable")
    return keys[by_key].astype(np.int64), days[by_key].astype(np.int64)


def _only_possible(facts: Facts) -> Facts:
    """Without candidates that are impossible even alone, and without starts that others make needless."""
    extra, alone = _examine(facts)
    at = np.flatnonzero(alone)
    owner = np.repeat(np.arange(len(facts.ptr) - 1), np.diff(facts.ptr))[at]
    return facts._replace(
        ptr=np.searchsorted(owner, np.arange(len(facts.ptr))).astype(np.int64), seat=facts.seat[at],
        c_option=facts.c_option[at], c_row=facts.c_row[at], c_price=facts.c_price[at], c_tour=facts.c_tour[at],
        c_extra=extra[at], c_kind=facts.c_kind[at],
    )


# ---------------------------------------------------------------------------------------------- kernels


@_part
def _fill(f: Facts, local: Any, at: int, i: int, c: int) -> None:
    """Row ``at`` of the local matrix: candidate ``c`` of volunteer ``i`` and what is left of its limits there."""
    o, r = f.c_option[c], f.c_row[c]
    v = f.option[o, t.O_VISIT]
    w, person = f.visit[v, t.V_WISH], f.person[i]
    day, week, month = f.option[o, t.O_DAY], f.option[o, t.O_WEEK], f.option[o, t.O_MONTH]
    own = local[at]
    own[CAND], own[ROW], own[VISIT], own[WISH], own[ORDER] = c, r, v, w, f.order[v]
    own[START], own[END] = f.option[o, t.O_START], f.option[o, t.O_END]
    own[DAY], own[WEEK], own[MONTH] = day, week, month
    own[GOODS], own[KIND], own[CAR] = f.visit[v, t.V_GOODS], f.c_kind[c], f.row[r, t.R_CAR]
    own[MINUTES] = 0 if own[GOODS] else f.visit[v, t.V_MINUTES]
    own[PLACE], own[END_PLACE] = f.visit[v, t.V_PLACE], f.visit[v, t.V_END_PLACE]
    own[MODE] = t.CAR if own[CAR] else person[t.P_MODE]
    own[DAY_LEFT] = person[t.P_DAY] - f.taken_day[i, day]
    own[WEEK_LEFT] = person[t.P_WEEK] - f.taken_week[i, week]
    own[MONTH_LEFT] = person[t.P_MONTH] - f.taken_month[i, month]
    own[DAY_MINUTES] = person[t.P_DAY_MINUTES] - f.minutes_day[i, day]
    own[WEEK_MINUTES] = person[t.P_WEEK_MINUTES] - f.minutes_week[i, week]
    own[MONTH_MINUTES] = person[t.P_MONTH_MINUTES] - f.minutes_month[i, month]
    taken = 0
    for bit in range(7):
        taken += (f.busy_days[i, week] >> bit) & 1
    own[REST_LEFT] = 7 - person[t.P_REST_DAYS] - taken if person[t.P_REST_DAYS] > 0 else 99
    own[BUSY] = (f.busy_days[i, week] >> (day % 7)) & 1
    own[MAX_TURNS], own[SPAN] = f.wish[w, t.W_MAX_TURNS], f.wish[w, t.W_TURNS_DAYS]
    own[PAST], own[PAST_END] = 0, 0
    if own[KIND] == IN_TURN_STRICTLY and own[MAX_TURNS] >= 0:
        key = i * len(f.wish) + w
        own[PAST] = np.searchsorted(f.past_key, key)
        own[PAST_END] = np.searchsorted(f.past_key, key + 1)
    own[TOUR], own[SHARE], own[LAST_SLOT], own[BIT] = f.c_tour[c], 0, 0, 0


@_part
def _joins(
    local: Any, plan: Any, size: int, c: int, least_rest: int, past_day: Any, axes: Any, pace: Any, measured: Any,
    numbers: Any,
) -> bool:
    """Whether candidate ``c`` may join the first ``size`` of ``plan`` (all rows of the local matrix)."""
    own = local[c]
    if not _within_limits(local, plan, size, c):
        return False
    strictly = own[KIND] == IN_TURN_STRICTLY
    far = max(numbers[1], least_rest)
    for at in range(size):
        other = local[plan[at]]
        if other[VISIT] == own[VISIT]:
            return False
        if strictly and other[WISH] == own[WISH] and abs(other[ORDER] - own[ORDER]) == 1:
            return False
        if own[GOODS] or other[GOODS]:
            continue
        first, second = (own, other) if own[START] < other[START] else (other, own)
        gap = second[START] - first[END]
        if gap >= far:
            continue
        if gap < least_rest:
            return False
        between = minutes_between(
            axes, pace, measured, numbers[0], first[END_PLACE], second[PLACE], second[MODE]
        )
        if gap < between:
            return False
    return not strictly or own[MAX_TURNS] < 0 or _within_turns(local, plan, size, c, past_day)


@_part
def _within_limits(local: Any, plan: Any, size: int, c: int) -> bool:
    own = local[c]
    goods = own[GOODS]
    in_day, in_week, in_month = 1, 1, 1
    day, week, month = own[MINUTES], own[MINUTES], own[MINUTES]
    days = 0 if goods or own[BUSY] else 1
    for at in range(size):
        other = local[plan[at]]
        if other[MONTH] == own[MONTH]:
            in_month += 1
            month += other[MINUTES]
        if other[WEEK] != own[WEEK]:
            continue
        in_week += 1
        week += other[MINUTES]
        if other[GOODS]:
            continue
        if not goods and other[DAY] == own[DAY]:
            in_day += 1
            day += other[MINUTES]
        if not other[BUSY] and (goods or other[DAY] != own[DAY]) and _is_first_of_day(local, plan, at):
            days += 1
    if in_week > own[WEEK_LEFT] or in_month > own[MONTH_LEFT] or week > own[WEEK_MINUTES]:
        return False
    if month > own[MONTH_MINUTES] or days > own[REST_LEFT]:
        return False
    return bool(goods) or (in_day <= own[DAY_LEFT] and day <= own[DAY_MINUTES])


@_part
def _is_first_of_day(local: Any, plan: Any, at: int) -> bool:
    first = True
    for before in range(at):
        if local[plan[before], DAY] == local[plan[at], DAY] and not local[plan[before], GOODS]:
            first = False
    return first


@_part
def _within_turns(local: Any, plan: Any, size: int, c: int, past_day: Any) -> bool:
    """No stretch of SPAN days that holds the new day has more than MAX_TURNS turns; stretches begin on turns."""
    own = local[c]
    turns = np.empty(size + 1 + own[PAST_END] - own[PAST], dtype=np.int64)
    count = 1
    turns[0] = own[DAY]
    for at in range(size):
        if local[plan[at], WISH] == own[WISH]:
            turns[count] = local[plan[at], DAY]
            count += 1
    for at in range(own[PAST], own[PAST_END]):
        turns[count] = past_day[at]
        count += 1
    for anchor in range(count):
        first = turns[anchor]
        if not first <= own[DAY] < first + own[SPAN]:
            continue
        inside = 0
        for at in range(count):
            inside += first <= turns[at] < first + own[SPAN]
        if inside > own[MAX_TURNS]:
            return False
    return True


@_part
def _possible_alone(f: Facts, local: Any, i: int, c: int) -> bool:
    """Whether a plan of this one seat keeps the rules: limits, the turn, seats outside the plan."""
    own, nobody = local[c], np.empty(0, dtype=np.int64)
    least = f.person[i, t.P_MIN_REST]
    if not _joins(local, nobody, 0, c, least, f.past_day, f.axes, f.pace, f.measured, f.numbers):
        return False
    if own[KIND] == IN_TURN_STRICTLY and own[ORDER] == 0:
        key = (len(f.person) + i) * len(f.wish) + own[WISH]
        at = np.searchsorted(f.past_key, key)
        if at < len(f.past_key) and f.past_key[at] == key:
            return False
    if own[GOODS]:
        return True
    for seat in range(f.outside_ptr[i], f.outside_ptr[i + 1]):
        start, end, place, end_place, standby = f.outside[seat]
        if standby:
            continue
        rest = max(own[START] - end, start - own[END])
        if 0 <= rest < least:
            return False
        way = minutes_between(f.axes, f.pace, f.measured, f.numbers[0], own[END_PLACE], place, f.person[i, t.P_MODE])
        back = minutes_between(f.axes, f.pace, f.measured, f.numbers[0], end_place, own[PLACE], own[MODE])
        if own[END] + way > start and end + back > own[START]:
            return False
    return True


@_kernel
def _examine(f: Facts) -> Any:
    """Per candidate: the least it adds to a tour, and whether it is needed at all."""
    extra, needed = f.c_tour.copy(), np.zeros(len(f.seat), dtype=np.uint8)
    for i in range(len(f.ptr) - 1):
        first, last = f.ptr[i], f.ptr[i + 1]
        local = np.empty((last - first, _COLUMNS), dtype=np.int64)
        most = 0
        for c in range(first, last):
            _fill(f, local, c - first, i, c)
            needed[c] = _possible_alone(f, local, i, c - first)
            if needed[c] and not local[c - first, GOODS]:
                most = max(most, local[c - first, DAY_LEFT])
        if most > 1:
            _least_extras(f, local, i, first, needed, extra)
    return extra, needed


@_part
def _least_extras(f: Facts, local: Any, i: int, first: int, needed: Any, extra: Any) -> None:
    """The least a visit adds to a tour of its day, over all places it might lie between."""
    begin = 0
    while begin < len(local):
        end = begin + 1
        while end < len(local) and local[end, DAY] == local[begin, DAY]:
            end += 1
        _least_extras_of_day(f, local, i, first, begin, end, needed, extra)
        begin = end


@_part
def _least_extras_of_day(
    f: Facts, local: Any, i: int, first: int, begin: int, end: int, needed: Any, extra: Any
) -> None:
    home, own_mode = f.person[i, t.P_HOME], f.person[i, t.P_MODE]
    # Stop 0 is home; others are (place, end place, mode) of the day's seats, each once.
    stops = np.empty((end - begin + 1, 3), dtype=np.int64)
    which = np.zeros(end - begin, dtype=np.int64)
    stops[0] = (home, home, own_mode)
    count = 1
    for c in range(begin, end):
        if local[c, GOODS] or not needed[first + c]:
            continue
        found = 0
        for s in range(1, count):
            if stops[s, 0] == local[c, PLACE] and stops[s, 1] == local[c, END_PLACE] and stops[s, 2] == local[c, MODE]:
                found = s
        if found == 0:
            stops[count] = (local[c, PLACE], local[c, END_PLACE], local[c, MODE])
            found = count
            count += 1
        which[c - begin] = found
    if count <= 2 and end - begin <= 1:
        return
    least = _least_detours(f, stops, count)
    for c in range(begin, end):
        if which[c - begin] > 0:
            extra[first + c] = min(extra[first + c], least[which[c - begin]])


@_part
def _least_detours(f: Facts, stops: Any, count: int) -> Any:
    """Per stop s the least of leg(x, s) + leg(s, y) − leg(x, y) over stops and home, in points."""
    legs = np.empty((count, count), dtype=np.int64)
    for x in range(count):
        for y in range(count):
            # Homewards the mode is that of the stop before.
            mode = stops[y, 2] if y > 0 else stops[x, 2]
            legs[x, y] = f.price[t.C_TRAVEL] * minutes_between(
                f.axes, f.pace, f.measured, f.numbers[0], stops[x, 1], stops[y, 0], mode
            )
    least = np.empty(count, dtype=np.int64)
    legs[0, 0] = 0
    for s in range(count):
        best = legs[0, s] + legs[s, 0]
        for x in range(count):
            for y in range(count):
                best = min(best, legs[x, s] + legs[s, y] - legs[x, y])
        least[s] = best
    return least


@_part
def _fairness(f: Facts, i: int, most: int) -> Any:
    """[most + 1] what so many new turns cost, in milli-points."""
    total = np.zeros(most + 1, dtype=np.int64)
    before, offered = f.person[i, t.P_TURNS_BEFORE], f.person[i, t.P_TURNS_OFFERED]
    for turn in range(1, most + 1):
        total[turn] = total[turn - 1] + MILLI * f.price[t.C_FAIRNESS] * ((100 * (2 * (before + turn) - 1)) // offered)
    return total


@_part
def _survivors(f: Facts, i: int, duals: Any, allowed: Any, paid: bool, least: int) -> Any:
    """The local matrix of candidates whose seat might gain more than ``least``: GROSS, and NET with the solo tour."""
    first, last = f.ptr[i], f.ptr[i + 1]
    turn = _fairness(f, i, 1)[1] if paid else 0
    count = 0
    for c in range(first, last):
        count += _gross(f, c, duals, paid) - turn > least and allowed[f.c_option[c]]
    local = np.empty((count, _COLUMNS), dtype=np.int64)
    at = 0
    for c in range(first, last):
        gross = _gross(f, c, duals, paid) - turn
        if gross > least and allowed[f.c_option[c]]:
            _fill(f, local, at, i, c)
            local[at, GROSS] = gross
            local[at, NET] = duals[f.c_row[c]]
            if paid:
                local[at, NET] -= MILLI * (f.c_price[c] + f.c_tour[c]) + f.kappa[f.c_row[c]]
            at += 1
    return local


@_part
def _gross(f: Facts, c: int, duals: Any, paid: bool) -> int:
    if not paid:
        return duals[f.c_row[c]]
    return duals[f.c_row[c]] - f.kappa[f.c_row[c]] - MILLI * (f.c_price[c] + f.c_extra[c])


@_part
def _worth_their_faces(local: Any, face: int, least: int, of_visit: Any, of_wish: Any) -> Any:
    """The rows whose wish is worth a new face; each visit's SHARE of the face, in proportion to what it gains.

    Shares of one wish sum to at most ``face``, so charging them never charges more than the face itself.
    ``of_visit`` and ``of_wish`` are scratch.
    """
    for c in range(len(local)):
        of_visit[local[c, VISIT]], of_wish[local[c, WISH]] = _NOTHING, 0
    for c in range(len(local)):
        v, w = local[c, VISIT], local[c, WISH]
        own = max(0, local[c, GROSS])
        before = of_visit[v]
        if own > before:
            of_wish[w] += own - max(0, before)
            of_visit[v] = own
    keep = np.ones(len(local), dtype=np.bool_)
    for c in range(len(local)):
        gain = of_wish[local[c, WISH]]
        if local[c, KIND] == NEW_FACE:
            keep[c] = gain - face > least
            local[c, SHARE] = (face * of_visit[local[c, VISIT]]) // gain if gain > 0 else 0
    return local[keep]


@_part
def _without_needless_starts(local: Any, far: int) -> Any:
    """Of one seat's starts on one day, the dearest in value, where no other day is near enough to collide.

    Only for people who serve once a day at most.
    """
    count = len(local)
    before, after = np.empty(count, dtype=np.int64), np.empty(count, dtype=np.int64)
    _neighbours_in_time(local, before, after)
    keep = np.ones(count, dtype=np.bool_)
    for c in range(count):
        if local[c, START] - before[c] < far or after[c] - local[c, END] < far:
            continue
        other = c + 1
        while other < count and local[other, VISIT] == local[c, VISIT] and local[other, DAY] == local[c, DAY]:
            free = local[other, START] - before[other] >= far and after[other] - local[other, END] >= far
            if free and keep[c] and local[other, ROW] == local[c, ROW]:
                if local[other, NET] > local[c, NET]:
                    keep[c] = False
                else:
                    keep[other] = False
            other += 1
    return local[keep]


@_part
def _neighbours_in_time(local: Any, before: Any, after: Any) -> None:
    """Per row the latest end on earlier days, and the earliest start on later ones."""
    count, far = len(local), 1 << 50
    latest, today = -far, -far
    for c in range(count):
        if c > 0 and local[c, DAY] != local[c - 1, DAY]:
            latest = max(latest, today)
        before[c] = latest
        if not local[c, GOODS]:
            today = max(today, local[c, END])
    earliest, today = far, far
    for c in range(count - 1, -1, -1):
        if c < count - 1 and local[c, DAY] != local[c + 1, DAY]:
            earliest = min(earliest, today)
        after[c] = earliest
        if not local[c, GOODS]:
            today = min(today, local[c, START])


class Patterns(NamedTuple):
    """Sets of seats that fit into one slot (a day, or one delivery), best first within a slot."""

    members: Any
    size: Any
    value: Any
    """What its seats gain, less the day's tour; before fairness and faces."""
    bound: Any
    """``value`` less the shares of faces."""
    first: Any
    """[slots + 1] the first pattern of each slot."""
    week: Any
    use: Any
    """The bits of its members, and per slot (``live``) those of visits with another slot to come."""
    live: Any
    best: Any
    """[slots, sizes, bits] the best bound among patterns of a size with such bits."""
    exact: Any
    """[1] 0 if a day had too many patterns: ``best`` is then only a bound above them."""


@_part
def _patterns(f: Facts, i: int, local: Any, paid: bool, bits: int) -> Patterns:
    """All patterns of the rows of the local matrix, which lie in order of day, then deliveries."""
    count = len(local)
    live = _share_out_bits(local, bits)
    most = 1
    for c in range(count):
        if not local[c, GOODS]:
            most = max(most, min(local[c, DAY_LEFT], _MOST_IN_A_DAY + 1))
    capacity = count if most == 1 else count + _MOST_PATTERNS
    members = np.empty((capacity, min(most, _MOST_IN_A_DAY)), dtype=np.int64)
    size, value = np.empty(capacity, dtype=np.int64), np.empty(capacity, dtype=np.int64)
    bound, use = np.empty(capacity, dtype=np.int64), np.empty(capacity, dtype=np.int64)
    first, week = np.zeros(count + 1, dtype=np.int64), np.zeros(count, dtype=np.int64)
    best = np.full((len(live), _MOST_IN_A_DAY + 1, 1 << bits), _NOTHING, dtype=np.int64)
    exact = np.ones(1, dtype=np.int64)
    slots, filled, begin = 0, 0, 0
    while begin < count:
        end = _end_of_slot(local, begin)
        week[slots] = local[begin, WEEK]
        top = filled
        if most > 1 and not local[begin, GOODS] and end - begin > 1:
            filled = _day_patterns(f, i, local, begin, end, paid, members, size, value, filled, capacity - count + begin)
        if filled < 0 or (most > _MOST_IN_A_DAY and _reached(size, top, filled)):
            exact[0] = 0
            filled = top
            _sums_of_best(f, i, local, begin, end, paid, best[slots])
        if filled == top:
            for c in range(begin, end):
                members[filled, 0], size[filled], value[filled] = c, 1, local[c, NET]
                filled += 1
        _order_slot(local, members, size, value, bound, use, top, filled, best[slots])
        slots += 1
        first[slots] = filled
        begin = end
    _note_last_slots(local, members, size, first, slots)
    return Patterns(members, size, value, bound, first[:slots + 1], week[:slots], use, live, best, exact)


@_part
def _share_out_bits(local: Any, bits: int) -> Any:
    """BIT of the rows of visits with several slots, those that gain most first; [slots] the bits still in use after.

    A bit serves one visit after another. Returns an array as long as there are slots.
    """
    slot, slots = _slots(local)
    live, taken = np.zeros(slots, dtype=np.int64), np.zeros(slots, dtype=np.int64)
    if bits == 0:
        return live
    for c in np.argsort(-local[:, GROSS], kind="mergesort"):
        if local[c, GOODS] or local[c, BIT] != 0:
            continue
        same = np.flatnonzero(local[:, VISIT] == local[c, VISIT])
        first, last = np.min(slot[same]), np.max(slot[same])
        used, bit = 0, 1
        for s in range(first, last + 1):
            used |= taken[s]
        while used & bit:
            bit <<= 1
        if first == last or bit >> bits:
            continue
        for other in same:
            local[other, BIT] = bit
        taken[first:last + 1] |= bit
        live[first:last] |= bit
    return live


@_part
def _slots(local: Any) -> Any:
    """The slot of every row, and how many slots there are."""
    slot, slots, begin = np.empty(len(local), dtype=np.int64), 0, 0
    while begin < len(local):
        end = _end_of_slot(local, begin)
        slot[begin:end] = slots
        slots += 1
        begin = end
    return slot, slots


@_part
def _end_of_slot(local: Any, begin: int) -> int:
    """A slot is all timed seats of a day, or one delivery."""
    end = begin + 1
    goods = local[begin, GOODS]
    while end < len(local) and local[end, DAY] == local[begin, DAY] and local[end, GOODS] == goods:
        if goods and local[end, VISIT] != local[begin, VISIT]:
            break
        end += 1
    return end


@_part
def _reached(size: Any, begin: int, end: int) -> bool:
    """Whether some pattern is as large as patterns get, so that larger ones may be missing."""
    return bool(np.any(size[begin:end] == _MOST_IN_A_DAY))


@_part
def _day_patterns(
    f: Facts, i: int, local: Any, begin: int, end: int, paid: bool, members: Any, size: Any, value: Any, filled: int,
    capacity: int,
) -> int:
    """Every set of a day's seats that fits together, depth first in order of start; −1 if there are too many."""
    in_time = begin + np.argsort(local[begin:end, START])
    plan, step = np.empty(_MOST_IN_A_DAY, dtype=np.int64), np.zeros(_MOST_IN_A_DAY + 1, dtype=np.int64)
    least = f.person[i, t.P_MIN_REST]
    depth = 0
    while depth >= 0:
        if step[depth] == len(in_time):
            depth -= 1
            continue
        c = in_time[step[depth]]
        step[depth] += 1
        if not _joins(local, plan, depth, c, least, f.past_day, f.axes, f.pace, f.measured, f.numbers):
            continue
        if filled >= capacity:
            return -1
        plan[depth] = c
        for at in range(depth + 1):
            members[filled, at] = plan[at]
        size[filled] = depth + 1
        value[filled] = _gain_of_day(f, i, local, plan, depth + 1, paid)
        filled += 1
        if depth + 1 < members.shape[1]:
            depth += 1
            step[depth] = step[depth - 1]
    return filled


@_part
def _gain_of_day(f: Facts, i: int, local: Any, plan: Any, size: int, paid: bool) -> int:
    """What a day's seats, given in order of time, gain less their tour."""
    total = 0
    for at in range(size):
        total += local[plan[at], NET]
        if paid:
            total += MILLI * local[plan[at], TOUR]
    return total - MILLI * _tour(f, i, local, plan, size) if paid else total


@_part
def _tour(f: Facts, i: int, local: Any, plan: Any, size: int) -> int:
    """The price of home → seats in order → home, in points."""
    if size == 1:
        return int(local[plan[0], TOUR])
    home = f.person[i, t.P_HOME]
    here, minutes, mode = home, 0, f.person[i, t.P_MODE]
    for at in range(size):
        stop = local[plan[at]]
        mode = stop[MODE]
        minutes += minutes_between(f.axes, f.pace, f.measured, f.numbers[0], here, stop[PLACE], mode)
        here = stop[END_PLACE]
    minutes += minutes_between(f.axes, f.pace, f.measured, f.numbers[0], here, home, mode)
    return int(f.price[t.C_TRAVEL] * minutes)


@_part
def _sums_of_best(f: Facts, i: int, local: Any, begin: int, end: int, paid: bool, best: Any) -> None:
    """A bound above all patterns of a day: the best seats' gains, each with the least it adds to a tour."""
    turn = _fairness(f, i, 1)[1] if paid else 0
    gains = -np.sort(-(local[begin:end, GROSS] - local[begin:end, SHARE] + turn))
    total = 0
    for many in range(1, min(end - begin, _MOST_IN_A_DAY) + 1):
        total += gains[many - 1]
        best[many, 0] = total
    for many in range(_MOST_IN_A_DAY, end - begin):
        best[_MOST_IN_A_DAY, 0] += max(0, gains[many])


@_part
def _order_slot(
    local: Any, members: Any, size: Any, value: Any, bound: Any, use: Any, begin: int, end: int, best: Any
) -> None:
    """Sorts a slot's patterns by bound, best first, and notes the best of each size and bits."""
    for p in range(begin, end):
        bound[p], use[p] = value[p], 0
        for at in range(size[p]):
            bound[p] -= local[members[p, at], SHARE]
            use[p] |= local[members[p, at], BIT]
        best[size[p], use[p]] = max(best[size[p], use[p]], bound[p])
    by_bound = begin + np.argsort(-bound[begin:end], kind="mergesort")
    members[begin:end], size[begin:end] = members[by_bound], size[by_bound]
    value[begin:end], bound[begin:end], use[begin:end] = value[by_bound], bound[by_bound], use[by_bound]


@_part
def _note_last_slots(local: Any, members: Any, size: Any, first: Any, slots: int) -> None:
    """LAST_SLOT of every row: the last slot in which its visit can be served."""
    for s in range(slots):
        for p in range(first[s], first[s + 1]):
            for at in range(size[p]):
                local[members[p, at], LAST_SLOT] = s
    for c in range(len(local)):
        if local[c, KIND] == NEW_FACE:
            for other in range(c + 1, len(local)):
                if local[other, VISIT] == local[c, VISIT]:
                    local[c, LAST_SLOT] = max(local[c, LAST_SLOT], local[other, LAST_SLOT])


@_part
def _most_visits(local: Any, patterns: Patterns) -> Any:
    """(visits at most in all, in any one week): from the limits and from what there is."""
    slots = len(patterns.week)
    in_all, in_week = 0, 0
    s = 0
    while s < slots:
        here, left = 0, 0
        week = patterns.week[s]
        while s < slots and patterns.week[s] == week:
            largest = 0
            for many in range(_MOST_IN_A_DAY + 1):
                if np.max(patterns.best[s, many]) > _NOTHING:
                    largest = many
            here += largest
            left = local[patterns.members[patterns.first[s], 0], WEEK_LEFT]
            s += 1
        here = min(here, left)
        in_all += here
        in_week = max(in_week, here)
    in_all = min(in_all, _most_in_months(local))
    return in_all, min(in_week, in_all)


@_part
def _most_in_months(local: Any) -> int:
    """Visits at most by the limits of the months there are; by minutes as if the shortest visits were all chosen."""
    total = 0
    for c in range(len(local)):
        if c > 0 and local[c, MONTH] == local[c - 1, MONTH]:
            continue
        minutes = np.sort(local[local[:, MONTH] == local[c, MONTH], MINUTES])
        most, left = 0, local[c, MONTH_MINUTES]
        while most < len(minutes) and minutes[most] <= left:
            left -= minutes[most]
            most += 1
        total += min(local[c, MONTH_LEFT], most)
    return total


@_part
def _completions(local: Any, patterns: Patterns, most: int, most_in_week: int, fairness: Any) -> Any:
    """[slots + 1, visits this week, visits so far, bits] a bound above what slots from there on can add.

    It knows week limits, fairness, shares of faces, and for visits with a bit that they are served once.
    """
    slots, masks = len(patterns.week), patterns.best.shape[2]
    rest = np.zeros((slots + 1, most_in_week + 1, most + 1, masks), dtype=np.int64)
    sizes, uses = np.empty(_MOST_IN_A_DAY * masks, np.int64), np.empty(_MOST_IN_A_DAY * masks, np.int64)
    for s in range(slots - 1, -1, -1):
        goes_on = s + 1 < slots and patterns.week[s + 1] == patterns.week[s]
        left = min(most_in_week, local[patterns.members[patterns.first[s], 0], WEEK_LEFT])
        kinds = 0
        for many in range(1, _MOST_IN_A_DAY + 1):
            for use in range(masks):
                if patterns.best[s, many, use] > _NOTHING:
                    sizes[kinds], uses[kinds] = many, use
                    kinds += 1
        entering = patterns.live[s - 1] if s > 0 else 0
        for mask in range(masks):
            if mask & ~entering:
                continue
            for k in range(most_in_week + 1):
                for n in range(k, most + 1):
                    best = rest[s + 1, k if goes_on else 0, n, mask & patterns.live[s]]
                    for kind in range(kinds):
                        many, use = sizes[kind], uses[kind]
                        if use & mask or k + many > left or n + many > most:
                            continue
                        gain = patterns.best[s, many, use] + fairness[n] - fairness[n + many]
                        best = max(best, gain + rest[
                            s + 1, k + many if goes_on else 0, n + many, (mask | use) & patterns.live[s]
                        ])
                    rest[s, k, n, mask] = best
    return rest


class Found(NamedTuple):
    """What a search found."""

    best: int
    bound: int
    nodes: int
    plan: Any
    plans: Any
    """When collecting: plans one after the other, each led by its length and value."""


@_part
def _search(
    f: Facts, i: int, local: Any, patterns: Patterns, rest: Any, fairness: Any, paid: bool, threshold: int,
    node_limit: int, room: int,
) -> Found:
    """Depth-first branch and bound over slots with the true rules.

    ``room`` 0: the best plan worth more than ``threshold``. Otherwise all of them, in at most ``room`` numbers.
    """
    slots, most = len(patterns.week), rest.shape[2] - 1
    plan, charge = np.empty(most + 1, dtype=np.int64), np.zeros(most + 1, dtype=np.int64)
    step, value = np.zeros(slots + 1, dtype=np.int64), np.zeros(slots + 1, dtype=np.int64)
    above, k, n = np.zeros(slots + 1, dtype=np.int64), np.zeros(slots + 1, np.int64), np.zeros(slots + 1, np.int64)
    mask = np.zeros(slots + 1, dtype=np.int64)
    best_plan, best = np.empty(0, dtype=np.int64), threshold
    out, used = np.empty(room, dtype=np.int64), 0
    least_rest = f.person[i, t.P_MIN_REST]
    nodes, s = 0, 0
    while s >= 0:
        if s == slots or nodes > node_limit:
            break
        goes_on = s + 1 < slots and patterns.week[s + 1] == patterns.week[s]
        p = _next_choice(local, patterns, rest, fairness, s, step, above[s], k[s], n[s], mask[s], best, goes_on)
        if p == _DONE:
            s -= 1
            continue
        nodes += 1
        child_value, child_above, size, used_bits = value[s], above[s], n[s], mask[s]
        if p != _SKIP:
            size += patterns.size[p]
            used_bits |= patterns.use[p]
            fits, cost, cost_in_the_end = _join_pattern(f, local, patterns, plan, charge, p, n[s], s, least_rest, paid)
            if not fits:
                continue
            gain = patterns.value[p] + fairness[n[s]] - fairness[size]
            child_value += gain - cost
            child_above += gain - cost_in_the_end
            if child_value > best and room == 0:
                best, best_plan = child_value, plan[:size].copy()
            elif child_value > best:
                used = _note_plan(local, plan, size, child_value, out, used)
                if used < 0:
                    return Found(best, 0, -1, best_plan, out[:0])
        if s + 1 == slots:
            continue
        next_k = k[s] + size - n[s] if goes_on else 0
        used_bits &= patterns.live[s]
        if child_above + rest[s + 1, next_k, size, used_bits] <= best:
            continue
        s += 1
        mask[s] = used_bits
        step[s], value[s], above[s], k[s], n[s] = 0, child_value, child_above, next_k, size
    bound = best
    for level in range(min(s, slots - 1) + 1):
        bound = max(bound, above[level] + rest[level, k[level], n[level], mask[level]])
    return Found(best, bound, nodes, best_plan, out[:used])


@_part
def _join_pattern(
    f: Facts, local: Any, patterns: Patterns, plan: Any, charge: Any, p: int, size: int, s: int, least_rest: int,
    paid: bool,
) -> Any:
    """Puts a pattern's seats into the plan: whether they fit, and what they cost beside themselves (see ``_ties``)."""
    face, turn = MILLI * f.price[t.C_FACES] * paid, 2 * MILLI * f.price[t.C_TURNS] * paid
    cost, cost_in_the_end = 0, 0
    for at in range(patterns.size[p]):
        c = patterns.members[p, at]
        if not _joins(local, plan, size + at, c, least_rest, f.past_day, f.axes, f.pace, f.measured, f.numbers):
            return False, 0, 0
        more, more_in_the_end = _ties(local, plan, charge, size + at, c, s, face, turn)
        plan[size + at] = c
        cost += more
        cost_in_the_end += more_in_the_end
    return True, cost, cost_in_the_end


@_part
def _note_plan(local: Any, plan: Any, size: int, value: int, out: Any, used: int) -> int:
    """Writes a plan down; −1 if there is no room."""
    if used + 2 + size > len(out):
        return -1
    out[used], out[used + 1] = size, value
    for at in range(size):
        out[used + 2 + at] = local[plan[at], CAND]
    return used + 2 + size


_DONE, _SKIP = -2, -1


@_part
def _next_choice(
    local: Any, patterns: Patterns, rest: Any, fairness: Any, s: int, step: Any, above: int, k: int, n: int,
    mask: int, best: int, goes_on: bool,
) -> int:
    """The next pattern of slot ``s`` that may still lead beyond ``best``; _SKIP; or _DONE.

    Steps: 0 nothing chosen yet; then patterns; whichever of skipping and the best pattern promises more is first.
    """
    begin, end = patterns.first[s], patterns.first[s + 1]
    live = patterns.live[s]
    skip = above + rest[s + 1, k if goes_on else 0, n, mask & live]
    if step[s] == 0:
        step[s] = 1
        if skip > best and skip >= above + rest[s, k, n, mask]:
            step[s] = -1  # Skipped already: patterns follow, and then nothing.
            return _SKIP
    skipped = step[s] < 0
    at = begin + abs(step[s]) - 1
    left = min(rest.shape[1] - 1, local[patterns.members[begin, 0], WEEK_LEFT])
    while at < end:
        many = patterns.size[at]
        at += 1
        use = patterns.use[at - 1]
        if k + many > left or n + many >= rest.shape[2] or use & mask:
            continue
        gain = patterns.bound[at - 1] + fairness[n] - fairness[n + many]
        if above + gain + rest[s + 1, k + many if goes_on else 0, n + many, (mask | use) & live] > best:
            step[s] = -(at - begin + 1) if skipped else at - begin + 1
            return at - 1
    step[s] = -(end - begin + 1)
    return _SKIP if not skipped and skip > best else _DONE


@_part
def _ties(
    local: Any, plan: Any, charge: Any, size: int, c: int, s: int, face: int, turn: int
) -> Any:
    """What joining the plan costs beside the seat: (in truth, at least in the end).

    A face is charged when it first comes; in the end at least what later shares of its wish will not cover.
    """
    own = local[c]
    if own[KIND] == PLAIN:
        return 0, 0
    same, before = 0, 0
    for at in range(size):
        if local[plan[at], WISH] == own[WISH]:
            same += 1
            before = charge[at]
    if own[KIND] != NEW_FACE:
        return turn * same, turn * same
    later = 0
    for other in range(len(local)):
        row = local[other]
        if row[WISH] == own[WISH] and row[LAST_SLOT] > s and row[VISIT] != own[VISIT] and _leads(local, other):
            taken = False
            for at in range(size):
                taken = taken or local[plan[at], VISIT] == row[VISIT]
            if not taken:
                later += row[SHARE]
    charge[size] = face - later
    return face * (same == 0), charge[size] - before


@_part
def _leads(local: Any, c: int) -> bool:
    """Whether no earlier row is of the same visit."""
    leads = True
    for other in range(c):
        leads = leads and local[other, VISIT] != local[c, VISIT]
    return leads


@_part
def _most_turns_that_pay(fairness: Any, local: Any, least: int) -> int:
    """No plan worth having has more turns: its last turn would cost more than any seat gains."""
    gross = _NOTHING
    for c in range(len(local)):
        gross = max(gross, local[c, GROSS])
    gross += fairness[1] - least
    most = len(fairness) - 1
    while most > 0 and fairness[most] - fairness[most - 1] >= gross:
        most -= 1
    return most


@_part
def _offers(
    f: Facts, i: int, duals: Any, allowed: Any, paid: bool, least: int, prune: bool, of_visit: Any, of_wish: Any
) -> Any:
    """The local matrix of one volunteer, without what cannot belong to a plan worth having."""
    local = _survivors(f, i, duals, allowed, paid, least)
    local = _worth_their_faces(local, MILLI * f.price[t.C_FACES] * paid, least, of_visit, of_wish)
    if prune and len(local) > 0 and np.max(local[:, DAY_LEFT] * (1 - local[:, GOODS])) <= 1:
        local = _without_needless_starts(local, max(f.numbers[1], f.person[i, t.P_MIN_REST]))
    return local


@_part
def _bounded(f: Facts, i: int, local: Any, paid: bool, least: int, bits: int) -> Any:
    """(patterns, completions, fairness) of one volunteer's offers."""
    local[:, BIT] = 0
    patterns = _patterns(f, i, local, paid, bits)
    most, in_week = _most_visits(local, patterns)
    fairness = _fairness(f, i, most + 1) * paid
    if paid:
        most = min(most, _most_turns_that_pay(fairness, local, least))
    return patterns, _completions(local, patterns, most, min(in_week, most), fairness), fairness


@_part
def _best_plan(f: Facts, i: int, local: Any, paid: bool, node_limit: int) -> Any:
    """(found, whether it is the best). Searched with ever better bounds, as long as the search is long."""
    bits, nodes, plan, best = 0, 0, np.empty(0, dtype=np.int64), 0
    bound = -_NOTHING
    while True:
        patterns, rest, fairness = _bounded(f, i, local, paid, 0, bits)
        limit = node_limit if bits == _BITS else min(node_limit, _NODES_AT_FIRST * (1 + bits))
        found = _search(f, i, local, patterns, rest, fairness, paid, best, limit, 0)
        nodes += found.nodes
        if found.best > best:
            best, plan = found.best, local[found.plan, CAND]
        loose = patterns.exact[0] == 0
        bound = min(bound, max(found.bound, rest[0, 0, 0, 0] if loose else best))
        if (found.nodes <= limit and not loose) or bits == _BITS:
            return Found(best, bound, nodes, plan, plan), found.nodes <= limit and not loose
        bits = _BITS_AT_FIRST if bits == 0 else _BITS


@_kernel
def _price_people(
    f: Facts, people: Any, duals: Any, allowed: Any, paid: bool, node_limit: int
) -> Any:
    value, exact = np.zeros(len(people), dtype=np.int64), np.ones(len(people), dtype=np.bool_)
    owner, sizes, cost = np.empty_like(people), np.empty_like(people), np.empty_like(people)
    seats, used, plans, nodes = np.empty(4 * len(people) + 64, dtype=np.int64), 0, 0, 0
    of_visit, of_wish = np.empty(len(f.visit), dtype=np.int64), np.empty(len(f.wish), dtype=np.int64)
    for at in range(len(people)):
        i = people[at]
        local = _offers(f, i, duals, allowed, paid, 0, True, of_visit, of_wish)
        if len(local) == 0:
            continue
        found, exact[at] = _best_plan(f, i, local, paid, node_limit)
        nodes += found.nodes
        value[at] = -found.best if exact[at] else -found.bound
        if len(found.plan) == 0:
            continue
        while used + len(found.plan) > len(seats):
            seats = np.concatenate((seats, np.empty_like(seats)))
        owner[plans], sizes[plans], cost[plans] = i, len(found.plan), -found.best
        for c in found.plan:
            seats[used] = f.seat[c]
            cost[plans] += duals[f.c_row[c]]
            used += 1
        plans += 1
    return value, exact, owner[:plans].copy(), sizes[:plans].copy(), seats[:used].copy(), cost[:plans].copy(), nodes


@_kernel
def _all_plans(
    f: Facts, people: Any, duals: Any, allowed: Any, values: Any, slack: Any, limit: int, node_limit: int
) -> Any:
    """Every plan worth at least −slack; given up beyond ``limit`` plans."""
    owner, sizes = np.empty(limit, dtype=np.int64), np.empty(limit, dtype=np.int64)
    cost, seats, used, plans = np.empty(limit, dtype=np.int64), np.empty(4 * limit + 64, dtype=np.int64), 0, 0
    of_visit, of_wish = np.empty(len(f.visit), dtype=np.int64), np.empty(len(f.wish), dtype=np.int64)
    none = (False, owner[:0], sizes[:0], seats[:0], cost[:0])
    for at in range(len(people)):
        i = people[at]
        least = -slack[at] + values[at] - 1
        local = _offers(f, i, duals, allowed, True, least, False, of_visit, of_wish)
        if len(local) == 0:
            continue
        patterns, rest, fairness = _bounded(f, i, local, True, least, _BITS_AT_FIRST)
        if patterns.exact[0] == 0:
            return none
        found = _search(
            f, i, local, patterns, rest, fairness, True, -slack[at] - 1, node_limit, len(seats) - used + 2 * (limit - plans)
        )
        node_limit -= found.nodes
        if found.nodes < 0 or node_limit < 0:
            return none
        start = 0
        while start < len(found.plans):
            size = found.plans[start]
            if plans == limit or used + size > len(seats):
                return none
            owner[plans], sizes[plans], cost[plans] = i, size, -found.plans[start + 1]
            for c in found.plans[start + 2:start + 2 + size]:
                seats[used] = f.seat[c]
                cost[plans] += duals[f.c_row[c]]
                used += 1
            plans += 1
            start += 2 + size
    return True, owner[:plans].copy(), sizes[:plans].copy(), seats[:used].copy(), cost[:plans].copy()


@_kernel
def _cost_of_plan(f: Facts, i: int, candidates: Any) -> int:
    """What a plan costs in milli-points; −1 if it breaks a rule."""
    local, plan = np.empty((len(candidates), _COLUMNS), dtype=np.int64), np.empty(len(candidates), dtype=np.int64)
    for at in range(len(candidates)):
        if not f.ptr[i] <= candidates[at] < f.ptr[i + 1]:
            return -1
        _fill(f, local, at, i, candidates[at])
    local = local[np.argsort(local[:, START], kind="mergesort")]
    total = _fairness(f, i, len(candidates))[-1]
    for at in range(len(local)):
        own = local[at]
        if not _joins(
            local, plan, at, at, f.person[i, t.P_MIN_REST], f.past_day, f.axes, f.pace, f.measured, f.numbers
        ):
            return -1
        plan[at] = at
        total += f.kappa[own[ROW]] + MILLI * f.c_price[own[CAND]]
        same = 0
        for other in range(at):
            same += local[other, WISH] == own[WISH]
        if own[KIND] == NEW_FACE and same == 0:
            total += MILLI * f.price[t.C_FACES]
        if own[KIND] >= IN_TURN:
            total += 2 * MILLI * f.price[t.C_TURNS] * same
        if own[GOODS]:
            total += MILLI * own[TOUR]
    return int(total + MILLI * _tours(f, i, local))


@_part
def _tours(f: Facts, i: int, local: Any) -> int:
    """All days' tours of timed rows that lie in order of start, in points."""
    total, done = 0, np.zeros(len(local), dtype=np.bool_)
    day = np.empty(len(local), dtype=np.int64)
    for first in range(len(local)):
        if done[first] or local[first, GOODS]:
            continue
        size = 0
        for at in range(first, len(local)):
            if local[at, DAY] == local[first, DAY] and not local[at, GOODS]:
                done[at], day[size] = True, at
                size += 1
        total += _tour(f, i, local, day, size)
    return total
