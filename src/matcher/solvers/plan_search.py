"""Plan search: kernels that find one volunteer's best plan, or all good ones, for given prices of the seats.

Candidates that cannot pay are dropped; a day's seats form patterns (sets that fit together, with the price of that
day's tour); a dynamic programme over days bounds what the rest of the calendar can add, where visits that could lie on
several days pay a toll each time if a search is long otherwise (Lagrange multipliers: a visit is served once); a
depth-first branch and bound over days applies the true rules. Money is whole milli-points.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar, cast

import numba
import numpy as np

from matcher.solvers import tables as t
from matcher.solvers.travel import minutes_between

MILLI = 1000
"""Milli-points in a point."""
_NOTHING = -(1 << 60)
_MOST_IN_A_DAY = 6
_MOST_PATTERNS = 30_000
NODES = 20_000
"""Nodes of one person's search after which its bound stands in for its value."""
_NODES_AT_FIRST = 300
"""A search that takes longer is begun anew with tolls."""
_TOLL_ROUNDS = 40
_PATIENCE = 3
"""Rounds without a lower bound after which the tolls' steps are halved."""
_MOST_TOLD_APART = 4
"""Patterns of more visits are not compared with each other."""

# Columns of the local matrix: one surviving candidate of the volunteer at hand.
(
    CAND, ROW, VISIT, START, END, DAY, WEEK, MONTH, MINUTES, GOODS, WISH, ORDER, KIND, PLACE, END_PLACE, MODE, CAR,
    DAY_LEFT, WEEK_LEFT, MONTH_LEFT, DAY_MINUTES, WEEK_MINUTES, MONTH_MINUTES, REST_LEFT, BUSY, PAST, PAST_END,
    MAX_TURNS, SPAN, NET, GROSS, TOUR, SHARE, TOLL, ENDING, FIRST_SLOT,
    LAST_SLOT, SAME_FIRST, SAME_NEXT, FACE_FIRST, FACE_NEXT, FEE,
) = range(42)
_COLUMNS = 42
# Values of KIND.
PLAIN, NEW_FACE, IN_TURN, IN_TURN_STRICTLY = range(4)
"""IN_TURN is paid for like a turn and bound by no rule of turns: who was told to stand by steps in so."""


_Function = TypeVar("_Function", bound=Callable[..., Any])


def _kernel(function: _Function) -> _Function:
    """Compiled, kept on disk, and free of the interpreter's lock."""
    return cast("_Function", numba.njit(cache=True, nogil=True, error_model="numpy")(function))


def _part(function: _Function) -> _Function:
    """What only kernels call: compiled with them, without an entrance from Python."""
    options: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    return cast("_Function", numba.njit(nogil=True, error_model="numpy", **options)(function))


# Columns of ``Facts.offer``, after which follow those of ``Facts.visit``, ``row`` and ``person``.
C_OPTION, C_ROW, C_PRICE, C_TOUR, C_EXTRA, C_KIND, C_DUAL = range(7)
V_IN_ORDER, R_KAPPA = t.V_ORDER + 1, t.R_STANDBYS + 1
# Entries of ``Facts.numbers`` beyond the prices.
N_UNKNOWN, N_LONGEST, N_DAYS, N_WEEKS, N_MONTHS, N_FEES, N_PLACES, N_MODES, N_MEASURED = range(
    t.C_ANYBODY_EXPERIENCED + 1, t.C_ANYBODY_EXPERIENCED + 10
)


class Facts(NamedTuple):
    """What the kernels read. Few arrays: each one more makes the compiler slower."""

    option: Any
    visit: Any
    """[visits, V_* and V_IN_ORDER: its place within the wish's order]."""
    row: Any
    """[rows, R_* and R_KAPPA: the least a seat adds for stand-bys, in milli-points]."""
    person: Any
    wish: Any
    left: Any
    """[volunteers, days + weeks + months, twice, weeks, days]: visits and minutes still free in each period, days
    still free in each week, whether a day is taken already."""
    past: Any
    """[turns, 2] person · wishes + wish (sorted), and the day of turns had at rotating wishes."""
    axes: Any
    """Row after row, as ``pace`` and ``measured``."""
    pace: Any
    measured: Any
    numbers: Any
    """[C_* and N_*]. N_FEES: where in the duals those of new faces begin, wish by wish."""
    ptr: Any
    offer: Any
    """[candidates, C_*]: C_PRICE is the seat's price, and in a rotating wish that of a first turn; C_EXTRA the least
    its visit adds to any tour of the day."""


@_part
def _minutes(f: Facts, here: int, there: int, mode: int) -> int:
    sizes = f.numbers[N_PLACES], f.numbers[N_MODES], f.numbers[N_MEASURED]
    return minutes_between(f.axes, f.pace, f.measured, *sizes, f.numbers[N_UNKNOWN], here, there, mode)


@_part
def _fill(f: Facts, local: Any, at: int, i: int, c: int) -> None:
    """Row ``at`` of the local matrix: candidate ``c`` of volunteer ``i`` and what is left of its limits there."""
    o, r = f.offer[c, C_OPTION], f.offer[c, C_ROW]
    v = f.option[o, t.O_VISIT]
    w, person, left = f.visit[v, t.V_WISH], f.person[i], f.left[i]
    days, weeks = f.numbers[N_DAYS], f.numbers[N_WEEKS]
    day, week, month = f.option[o, t.O_DAY], f.option[o, t.O_WEEK], f.option[o, t.O_MONTH]
    own = local[at]
    own[CAND], own[ROW], own[VISIT], own[WISH], own[ORDER] = c, r, v, w, f.visit[v, V_IN_ORDER]
    own[START], own[END] = f.option[o, t.O_START], f.option[o, t.O_END]
    own[DAY], own[WEEK], own[MONTH] = day, week, month
    own[GOODS], own[KIND], own[CAR] = f.visit[v, t.V_GOODS], f.offer[c, C_KIND], f.row[r, t.R_CAR]
    own[MINUTES] = 0 if own[GOODS] else f.visit[v, t.V_MINUTES]
    own[PLACE], own[END_PLACE] = f.visit[v, t.V_PLACE], f.visit[v, t.V_END_PLACE]
    own[MODE] = t.CAR if own[CAR] else person[t.P_MODE]
    periods = days + weeks + f.numbers[N_MONTHS]
    own[DAY_LEFT], own[WEEK_LEFT], own[MONTH_LEFT] = left[day], left[days + week], left[days + weeks + month]
    own[DAY_MINUTES], own[WEEK_MINUTES] = left[periods + day], left[periods + days + week]
    own[MONTH_MINUTES] = left[periods + days + weeks + month]
    own[REST_LEFT], own[BUSY] = left[2 * periods + week], left[2 * periods + weeks + day]
    own[MAX_TURNS], own[SPAN] = f.wish[w, t.W_MAX_TURNS], f.wish[w, t.W_TURNS_DAYS]
    own[PAST], own[PAST_END] = 0, 0
    if own[KIND] == IN_TURN_STRICTLY and own[MAX_TURNS] >= 0:
        key = i * len(f.wish) + w
        own[PAST], own[PAST_END] = _first_past(f, key), _first_past(f, key + 1)
    own[TOUR], own[SHARE], own[TOLL], own[ENDING] = f.offer[c, C_TOUR], 0, 0, 0


@_part
def _first_past(f: Facts, key: int) -> int:
    """The first row of ``past`` whose key is at least this."""
    low, high = 0, len(f.past)
    while low < high:
        middle = (low + high) // 2
        if f.past[middle, 0] < key:
            low = middle + 1
        else:
            high = middle
    return low


@_part
def _joins(
    f: Facts, local: Any, plan: Any, size: int, c: int, least_rest: int
) -> bool:
    """Whether candidate ``c`` may join the first ``size`` of ``plan`` (all rows of the local matrix)."""
    own = local[c]
    if not _within_limits(local, plan, size, c):
        return False
    strictly = own[KIND] == IN_TURN_STRICTLY
    far = max(f.numbers[N_LONGEST], least_rest)
    for at in range(size):
        other = local[plan[at]]
        if other[VISIT] == own[VISIT]:
            return False
        running = other[WISH] == own[WISH] and abs(other[ORDER] - own[ORDER]) == 1
        if strictly and running and other[KIND] == IN_TURN_STRICTLY:
            return False
        if own[GOODS] or other[GOODS]:
            continue
        first, second = (own, other) if own[START] < other[START] else (other, own)
        gap = second[START] - first[END]
        if gap >= far:
            continue
        if gap < least_rest:
            return False
        between = _minutes(f, first[END_PLACE], second[PLACE], second[MODE])
        if gap < between:
            return False
    return not strictly or own[MAX_TURNS] < 0 or _within_turns(f, local, plan, size, c)


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
def _within_turns(f: Facts, local: Any, plan: Any, size: int, c: int) -> bool:
    """No stretch of SPAN days that holds the new day has more than MAX_TURNS turns; stretches begin on turns."""
    own = local[c]
    turns = np.empty(size + 1 + own[PAST_END] - own[PAST], dtype=np.int64)
    count = 1
    turns[0] = own[DAY]
    for at in range(size):
        if local[plan[at], WISH] == own[WISH] and local[plan[at], KIND] == IN_TURN_STRICTLY:
            turns[count] = local[plan[at], DAY]
            count += 1
    for at in range(own[PAST], own[PAST_END]):
        turns[count] = f.past[at, 1]
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
def _possible_alone(f: Facts, outside_ptr: Any, outside: Any, local: Any, i: int, c: int) -> bool:
    """Whether a plan of this one seat keeps the rules: limits, the turn, seats outside the plan."""
    own, nobody = local[c], np.empty(0, dtype=np.int64)
    least = f.person[i, t.P_MIN_REST]
    if not _joins(f, local, nobody, 0, c, least):
        return False
    if own[KIND] == IN_TURN_STRICTLY and own[ORDER] == 0:
        key = (len(f.person) + i) * len(f.wish) + own[WISH]
        at = _first_past(f, key)
        if at < len(f.past) and f.past[at, 0] == key:
            return False
    if own[GOODS]:
        return True
    for seat in range(outside_ptr[i], outside_ptr[i + 1]):
        start, end, place, end_place, standby = outside[seat]
        if standby:
            continue
        rest = max(own[START] - end, start - own[END])
        if 0 <= rest < least:
            return False
        way = _minutes(f, own[END_PLACE], place, f.person[i, t.P_MODE])
        back = _minutes(f, end_place, own[PLACE], own[MODE])
        if own[END] + way > start and end + back > own[START]:
            return False
    return True


@_kernel
def examine(f: Facts, outside_ptr: Any, outside: Any) -> Any:
    """Per candidate: the least it adds to a tour, and whether it is needed at all."""
    extra, needed = f.offer[:, C_TOUR].copy(), np.zeros(len(f.offer), dtype=np.uint8)
    for i in range(len(f.ptr) - 1):
        first, last = f.ptr[i], f.ptr[i + 1]
        local = np.empty((last - first, _COLUMNS), dtype=np.int64)
        most = 0
        for c in range(first, last):
            _fill(f, local, c - first, i, c)
            needed[c] = _possible_alone(f, outside_ptr, outside, local, i, c - first)
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
            legs[x, y] = f.numbers[t.C_TRAVEL] * _minutes(f, stops[x, 1], stops[y, 0], mode)
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
        total[turn] = total[turn - 1] + MILLI * f.numbers[t.C_FAIRNESS] * ((100 * (2 * (before + turn) - 1)) // offered)
    return total


@_part
def _survivors(f: Facts, i: int, duals: Any, allowed: Any, paid: bool, least: int) -> Any:
    """The local matrix of candidates whose seat might gain more than ``least``: GROSS, and NET with the solo tour."""
    first, last = f.ptr[i], f.ptr[i + 1]
    turn = _fairness(f, i, 1)[1] if paid else 0
    count = 0
    for c in range(first, last):
        count += _gross(f, c, duals, paid) - turn > least and allowed[f.offer[c, C_OPTION]]
    local = np.empty((count, _COLUMNS), dtype=np.int64)
    at = 0
    for c in range(first, last):
        gross = _gross(f, c, duals, paid) - turn
        if gross > least and allowed[f.offer[c, C_OPTION]]:
            _fill(f, local, at, i, c)
            local[at, GROSS] = gross
            local[at, NET] = duals[f.offer[c, C_DUAL]]
            local[at, FEE] = MILLI * f.numbers[t.C_FACES] * paid + duals[f.numbers[N_FEES] + local[at, WISH]]
            if paid:
                local[at, NET] -= MILLI * (f.offer[c, C_PRICE] + f.offer[c, C_TOUR]) + f.row[f.offer[c, C_ROW], R_KAPPA]
            at += 1
    return local


@_part
def _gross(f: Facts, c: int, duals: Any, paid: bool) -> Any:
    if not paid:
        return duals[f.offer[c, C_DUAL]]
    return duals[f.offer[c, C_DUAL]] - f.row[f.offer[c, C_ROW], R_KAPPA] - MILLI * (f.offer[c, C_PRICE] + f.offer[c, C_EXTRA])


@_part
def _worth_their_faces(local: Any, least: int, of_visit: Any, of_wish: Any) -> Any:
    """The rows whose wish is worth a new face; each visit's SHARE of the face, in proportion to what it gains.

    Shares of one wish sum to at most its FEE, so charging them never charges more than the face itself.
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
            keep[c] = gain - local[c, FEE] > least
            local[c, SHARE] = (local[c, FEE] * of_visit[local[c, VISIT]]) // gain if gain > 0 else 0
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
    """``value`` less the shares of faces, and less the tolls of visits that could still be served later."""
    first: Any
    """[slots + 1] the first pattern of each slot."""
    week: Any
    begin: Any
    """[slots + 1] the first row of each slot."""
    loose: Any
    """[slots] whether there were too many patterns: single seats stand for them, ``best`` is a bound above all."""
    best: Any
    """[slots, sizes] the best bound among patterns of a size, less all tolls; ``which`` pattern that is, or −1."""
    which: Any
    ending: Any
    """[slots] the tolls of bonds that no later slot has a seat of."""


class Bonds(NamedTuple):
    """Seats of which one at most can be in a plan, in different slots: a visit's, or those of two visits in turn."""

    of: Any
    """[rows, 3] the bonds of the visit whose first row it is; −1 after the last."""
    last: Any
    """[bonds] the last slot with a seat of it."""
    toll: Any
    """[bonds] milli-points each seat pays; ``met``: seats of it in the best way through the slots."""
    met: Any


@_part
def _patterns(f: Facts, i: int, local: Any, paid: bool, prune: bool) -> Patterns:
    """All patterns of the rows of the local matrix, which lie in order of day, then deliveries.

    ``prune``: only the best of those that differ in nothing but starts.
    """
    count, slots = len(local), _slots(local)[1]
    most = 1
    for c in range(count):
        if not local[c, GOODS]:
            most = max(most, min(local[c, DAY_LEFT], _MOST_IN_A_DAY + 1))
    capacity = count if most == 1 else count + _MOST_PATTERNS
    members = np.empty((capacity, min(most, _MOST_IN_A_DAY)), dtype=np.int64)
    size, value = np.empty(capacity, dtype=np.int64), np.empty(capacity, dtype=np.int64)
    first, begins = np.zeros(slots + 1, dtype=np.int64), np.zeros(slots + 1, dtype=np.int64)
    week, loose = np.zeros(slots, dtype=np.int64), np.zeros(slots, dtype=np.bool_)
    before, after = np.empty(count, dtype=np.int64), np.empty(count, dtype=np.int64)
    if most > 1:
        _neighbours_in_time(local, before, after)
    far = max(f.numbers[N_LONGEST], f.person[i, t.P_MIN_REST])
    filled, begin = 0, 0
    for s in range(slots):
        end = _end_of_slot(local, begin)
        week[s] = local[begin, WEEK]
        top = filled
        if most > 1 and not local[begin, GOODS] and end - begin > 1:
            filled = _day_patterns(f, i, local, begin, end, paid, members, size, value, filled, capacity - count + begin)
        if filled < 0 or (most > _MOST_IN_A_DAY and _reached(size, top, filled)):
            loose[s] = True
            filled = top
        if filled == top:
            for c in range(begin, end):
                members[filled, 0], size[filled], value[filled] = c, 1, local[c, NET]
                filled += 1
        elif prune and filled > top + end - begin:
            filled = _without_doubles(local, members, size, value, top, filled, before, after, far)
        first[s + 1], begins[s + 1] = filled, end
        begin = end
    which = np.full((slots, _MOST_IN_A_DAY + 1), -1, dtype=np.int64)
    best, ending = np.empty((slots, _MOST_IN_A_DAY + 1), dtype=np.int64), np.zeros(slots, dtype=np.int64)
    bound = np.empty(filled, dtype=np.int64)
    return Patterns(members, size, value, bound, first, week, begins, loose, best, which, ending)


@_part
def _without_doubles(
    local: Any, members: Any, size: Any, value: Any, top: int, filled: int, before: Any, after: Any, far: int
) -> int:
    """Of patterns of the same visits that no other day is near enough to collide with, the one of most value."""
    key = np.empty(filled - top, dtype=np.int64)
    bits = 60 // _MOST_TOLD_APART
    own = np.empty(_MOST_TOLD_APART, dtype=np.int64)
    for p in range(top, filled):
        many = size[p]
        first, last = members[p, 0], members[p, many - 1]
        near = local[first, START] - before[first] < far or after[last] - local[last, END] < far
        if near or many > _MOST_TOLD_APART or len(local) >> bits:
            key[p - top] = -1 - p
            continue
        for at in range(many):
            own[at] = local[members[p, at], SAME_FIRST]
        key[p - top] = 0
        for c in np.sort(own[:many]):
            key[p - top] = key[p - top] << bits | c + 1
    keep = np.ones(filled - top, dtype=np.bool_)
    by_key = np.argsort(key, kind="mergesort")
    best = by_key[0]
    for at in range(1, len(by_key)):
        p = by_key[at]
        if key[p] != key[best]:
            best = p
        elif value[top + p] > value[top + best]:
            keep[best] = False
            best = p
        else:
            keep[p] = False
    to = top
    for p in range(top, filled):
        if keep[p - top]:
            members[to], size[to], value[to] = members[p], size[p], value[p]
            to += 1
    return to


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
        if depth > 0 and local[c, START] < local[plan[depth - 1], END]:
            continue
        if not _joins(f, local, plan, depth, c, least):
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
        minutes += _minutes(f, here, stop[PLACE], mode)
        here = stop[END_PLACE]
    minutes += _minutes(f, here, home, mode)
    return int(f.numbers[t.C_TRAVEL] * minutes)


@_part
def _appraise(f: Facts, i: int, local: Any, patterns: Patterns, bonds: Bonds, paid: bool) -> None:
    """Bounds of the patterns, and each slot's best, with the tolls as they are."""
    patterns.ending[:], patterns.best[:], patterns.which[:] = 0, _NOTHING, -1
    for bond in range(len(bonds.toll)):
        patterns.ending[bonds.last[bond]] += bonds.toll[bond]
    if len(bonds.toll):
        _charge_rows(local, patterns, bonds)
    for s in range(len(patterns.week)):
        best, which = patterns.best[s], patterns.which[s]
        for p in range(patterns.first[s], patterns.first[s + 1]):
            bound, ending = patterns.value[p], 0
            for at in range(patterns.size[p]):
                c = patterns.members[p, at]
                bound -= local[c, SHARE] + local[c, TOLL]
                ending += local[c, ENDING]
            patterns.bound[p] = bound
            if bound - ending > best[patterns.size[p]]:
                best[patterns.size[p]], which[patterns.size[p]] = bound - ending, p
        if patterns.loose[s]:
            which[:] = -1
            _sums_of_best(f, i, local, patterns.begin[s], patterns.begin[s + 1], paid, best)


@_part
def _charge_rows(local: Any, patterns: Patterns, bonds: Bonds) -> None:
    """Each row's tolls: TOLL those of bonds with seats in later slots, ENDING all others."""
    for s in range(len(patterns.week)):
        for c in range(patterns.begin[s], patterns.begin[s + 1]):
            local[c, TOLL], local[c, ENDING] = 0, 0
            for bond in bonds.of[local[c, SAME_FIRST]]:
                if bond < 0:
                    break
                local[c, TOLL if bonds.last[bond] > s else ENDING] += bonds.toll[bond]


@_part
def _sums_of_best(f: Facts, i: int, local: Any, begin: int, end: int, paid: bool, best: Any) -> None:
    """A bound above all patterns of a day: the best visits' gains, each with the least it adds to a tour."""
    turn = _fairness(f, i, 1)[1] if paid else 0
    gains, visits = np.empty(end - begin, dtype=np.int64), 0
    for c in range(begin, end):
        gain = local[c, GROSS] - local[c, SHARE] - local[c, TOLL] - local[c, ENDING] + turn
        if c > begin and local[c, VISIT] == local[c - 1, VISIT]:
            gains[visits - 1] = max(gains[visits - 1], gain)
        else:
            gains[visits] = gain
            visits += 1
    gains = -np.sort(-gains[:visits])
    total = 0
    for many in range(1, min(visits, _MOST_IN_A_DAY) + 1):
        total += gains[many - 1]
        best[many] = total
    for many in range(_MOST_IN_A_DAY, visits):
        best[_MOST_IN_A_DAY] += max(0, gains[many])


@_part
def _sort(patterns: Patterns) -> None:
    """Each slot's patterns by bound, best first."""
    for s in range(len(patterns.week)):
        begin, end = patterns.first[s], patterns.first[s + 1]
        by_bound = begin + np.argsort(-patterns.bound[begin:end], kind="mergesort")
        patterns.members[begin:end], patterns.size[begin:end] = patterns.members[by_bound], patterns.size[by_bound]
        patterns.value[begin:end], patterns.bound[begin:end] = patterns.value[by_bound], patterns.bound[by_bound]


@_part
def _link(local: Any, of_visit: Any, of_wish: Any) -> None:
    """Chains the rows of each visit, and of each wish the first rows of its visits; notes the slots of a visit.

    ``of_visit`` and ``of_wish`` are scratch.
    """
    slot, _ = _slots(local)
    for c in range(len(local)):
        of_visit[local[c, VISIT]], of_wish[local[c, WISH]] = -1, -1
    for c in range(len(local) - 1, -1, -1):
        local[c, SAME_NEXT], local[c, FACE_NEXT] = of_visit[local[c, VISIT]], -1
        of_visit[local[c, VISIT]] = c
    for c in range(len(local) - 1, -1, -1):
        first = of_visit[local[c, VISIT]]
        local[c, SAME_FIRST] = first
        if first == c and local[c, KIND] == NEW_FACE:
            local[c, FACE_NEXT] = of_wish[local[c, WISH]]
            of_wish[local[c, WISH]] = c
    for c in range(len(local)):
        local[c, FACE_FIRST] = of_wish[local[c, WISH]]
        local[local[c, SAME_FIRST], LAST_SLOT] = slot[c]
    for c in range(len(local)):
        first = local[c, SAME_FIRST]
        local[c, FIRST_SLOT], local[c, LAST_SLOT] = slot[first], local[first, LAST_SLOT]


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
                if patterns.best[s, many] > _NOTHING:
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
def _complete(local: Any, patterns: Patterns, fairness: Any, rest: Any) -> None:
    """Fills ``rest`` [slots + 1, visits this week, visits so far]: a bound above what slots from there on can add.

    It knows week limits, fairness, shares of faces and tolls: those that are not paid in the end are in it.
    """
    slots, most_in_week, most = len(patterns.week), rest.shape[1] - 1, rest.shape[2] - 1
    for s in range(slots - 1, -1, -1):
        goes_on = s + 1 < slots and patterns.week[s + 1] == patterns.week[s]
        left = min(most_in_week, local[patterns.begin[s], WEEK_LEFT])
        for k in range(most_in_week + 1):
            for n in range(k, most + 1):
                rest[s, k, n] = patterns.ending[s] + rest[s + 1, k if goes_on else 0, n]
        for many in range(1, _MOST_IN_A_DAY + 1):
            gain = patterns.best[s, many]
            if gain == _NOTHING:
                continue
            gain += patterns.ending[s]
            for k in range(left - many + 1):
                for n in range(k, most - many + 1):
                    here = gain + fairness[n] - fairness[n + many] + rest[s + 1, k + many if goes_on else 0, n + many]
                    rest[s, k, n] = max(rest[s, k, n], here)


@_part
def _no_bonds(rows: int) -> Bonds:
    none = np.empty(0, dtype=np.int64)
    return Bonds(np.full((rows, 3), -1, dtype=np.int64), none, none, none)


@_part
def _bonds(local: Any) -> Bonds:
    """All bonds of a volunteer's rows, without tolls."""
    of, last, count = np.full((len(local), 3), -1, dtype=np.int64), np.empty(2 * len(local), dtype=np.int64), 0
    for c in range(len(local)):
        if local[c, SAME_FIRST] != c:
            continue
        if local[c, FIRST_SLOT] < local[c, LAST_SLOT]:
            _bind(of, c, count)
            last[count] = local[c, LAST_SLOT]
            count += 1
        if local[c, KIND] != IN_TURN_STRICTLY:
            continue
        for other in range(len(local)):
            in_turn = local[other, WISH] == local[c, WISH] and local[other, ORDER] == local[c, ORDER] + 1
            if in_turn and local[other, SAME_FIRST] == other and local[other, KIND] == IN_TURN_STRICTLY:
                last[count] = max(local[c, LAST_SLOT], local[other, LAST_SLOT])
                if min(local[c, FIRST_SLOT], local[other, FIRST_SLOT]) < last[count]:
                    _bind(of, c, count)
                    _bind(of, other, count)
                    count += 1
                break
    return Bonds(of, last[:count], np.zeros(count, np.int64), np.zeros(count, np.int64))


@_part
def _bind(of: Any, c: int, bond: int) -> None:
    at = 0
    while of[c, at] >= 0:
        at += 1
    of[c, at] = bond


@_part
def _set_tolls(
    f: Facts, i: int, local: Any, patterns: Patterns, bonds: Bonds, paid: bool, fairness: Any, rest: Any, target: int
) -> None:
    """Tolls that bring the bound down towards ``target``, by subgradient steps of Polyak's length.

    A bond of which the best way through the slots has two seats gets dearer, one of which it has none gets cheaper.
    """
    _appraise(f, i, local, patterns, bonds, paid)
    tolls, least = bonds.toll.copy(), rest[0, 0, 0]
    length, failed = 1.0, 0
    for _ in range(_TOLL_ROUNDS):
        _meet(local, patterns, bonds, fairness, rest)
        norm = 0
        for bond in range(len(tolls)):
            if bonds.met[bond] > 1 or (bonds.met[bond] == 0 and bonds.toll[bond] > 0):
                norm += (bonds.met[bond] - 1) ** 2
        if norm == 0 or least <= target:
            break
        step = length * (rest[0, 0, 0] - target) / norm
        for bond in range(len(tolls)):
            bonds.toll[bond] = max(0, bonds.toll[bond] + int(step * (bonds.met[bond] - 1)))
        _appraise(f, i, local, patterns, bonds, paid)
        _complete(local, patterns, fairness, rest)
        failed += 1
        if rest[0, 0, 0] < least:
            least, failed = rest[0, 0, 0], 0
            tolls[:] = bonds.toll
        elif failed == _PATIENCE:
            length, failed = length / 2, 0
    bonds.toll[:] = tolls
    _appraise(f, i, local, patterns, bonds, paid)
    _complete(local, patterns, fairness, rest)


@_part
def _meet(local: Any, patterns: Patterns, bonds: Bonds, fairness: Any, rest: Any) -> None:
    """How many seats of each bond the best way through the slots has."""
    bonds.met[:] = 0
    slots, most = len(patterns.week), rest.shape[2] - 1
    k, n = 0, 0
    for s in range(slots):
        goes_on = s + 1 < slots and patterns.week[s + 1] == patterns.week[s]
        left = min(rest.shape[1] - 1, local[patterns.begin[s], WEEK_LEFT])
        taken = 0
        for many in range(1, min(_MOST_IN_A_DAY, left - k, most - n) + 1):
            gain = patterns.best[s, many]
            if gain > _NOTHING and rest[s, k, n] == patterns.ending[s] + gain + fairness[n] - fairness[n + many] + rest[
                s + 1, k + many if goes_on else 0, n + many
            ]:
                taken = many
        p = patterns.which[s, taken]
        if taken > 0 and p >= 0:
            for at in range(taken):
                for bond in bonds.of[local[patterns.members[p, at], SAME_FIRST]]:
                    if bond >= 0:
                        bonds.met[bond] += 1
        k, n = k + taken if goes_on else 0, n + taken


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
    f: Facts, i: int, local: Any, patterns: Patterns, bonds: Bonds, rest: Any, fairness: Any, paid: bool, threshold: int,
    node_limit: int, room: int,
) -> Found:
    """Depth-first branch and bound over slots with the true rules.

    ``room`` 0: the best plan worth more than ``threshold``. Otherwise all of them, in at most ``room`` numbers.
    """
    slots, most = len(patterns.week), rest.shape[2] - 1
    plan, charge = np.empty(most + 1, dtype=np.int64), np.zeros(most + 1, dtype=np.int64)
    step, value = np.zeros(slots + 1, dtype=np.int64), np.zeros(slots + 1, dtype=np.int64)
    above, k, n = np.zeros(slots + 1, dtype=np.int64), np.zeros(slots + 1, np.int64), np.zeros(slots + 1, np.int64)
    goes_on = False
    best_plan, best = np.empty(0, dtype=np.int64), threshold
    out, used = np.empty(room, dtype=np.int64), 0
    least_rest = f.person[i, t.P_MIN_REST]
    nodes, s = 0, 0
    while s >= 0:
        if s == slots or nodes > node_limit:
            break
        goes_on = s + 1 < slots and patterns.week[s + 1] == patterns.week[s]
        p = _next_choice(local, patterns, rest, fairness, s, step, above[s], k[s], n[s], best, goes_on)
        if p == _DONE:
            s -= 1
            continue
        nodes += 1
        child_value, child_above, size = value[s], above[s], n[s]
        if p != _SKIP:
            size += patterns.size[p]
            fits, cost, cost_in_the_end = _join_pattern(f, local, patterns, plan, charge, p, n[s], s, least_rest, paid)
            if not fits:
                continue
            gain = patterns.value[p] + fairness[n[s]] - fairness[size]
            child_value += gain - cost
            child_above += gain - cost_in_the_end - _tolls_later(local, patterns, p)
            if child_value > best and room == 0:
                best, best_plan = child_value, plan[:size].copy()
            elif child_value > best:
                used = _note_plan(local, plan, size, child_value, out, used)
                if used < 0:
                    return Found(best, 0, -1, best_plan, out[:0])
        if s + 1 == slots:
            continue
        next_k = k[s] + size - n[s] if goes_on else 0
        if child_above + rest[s + 1, next_k, size] <= best:
            continue
        s += 1
        child_above += _tolls_over(local, bonds, plan, size, s)
        step[s], value[s], above[s], k[s], n[s] = 0, child_value, child_above, next_k, size
    bound = best
    for level in range(min(s, slots - 1) + 1):
        bound = max(bound, _left_to_try(local, patterns, rest, fairness, level, step[level], above[level], k[level], n[level]))
    return Found(best, bound, nodes, best_plan, out[:used])


@_part
def _tolls_over(local: Any, bonds: Bonds, plan: Any, size: int, s: int) -> int:
    """Tolls the plan paid for bonds that end in slot ``s``: after it they are not in the completions any more."""
    total = 0
    if len(bonds.toll):
        for at in range(size):
            for bond in bonds.of[local[plan[at], SAME_FIRST]]:
                if bond >= 0 and bonds.last[bond] == s:
                    total += bonds.toll[bond]
    return total


@_part
def _tolls_later(local: Any, patterns: Patterns, p: int) -> int:
    """What a pattern pays for bonds with seats in later slots."""
    total = 0
    for at in range(patterns.size[p]):
        total += local[patterns.members[p, at], TOLL]
    return total


@_part
def _left_to_try(
    local: Any, patterns: Patterns, rest: Any, fairness: Any, s: int, step: int, above: int, k: int, n: int
) -> int:
    """A bound above what was not tried in slot ``s`` when a search was given up."""
    goes_on = s + 1 < len(patterns.week) and patterns.week[s + 1] == patterns.week[s]
    bound = _NOTHING if step < 0 else above + rest[s + 1, k if goes_on else 0, n]
    left = min(rest.shape[1] - 1, local[patterns.begin[s], WEEK_LEFT])
    for p in range(patterns.first[s] + max(0, abs(step) - 1), patterns.first[s + 1]):
        many = patterns.size[p]
        if k + many <= left and n + many < rest.shape[2]:
            gain = patterns.bound[p] + fairness[n] - fairness[n + many]
            bound = max(bound, above + gain + rest[s + 1, k + many if goes_on else 0, n + many])
    return bound


@_part
def _join_pattern(
    f: Facts, local: Any, patterns: Patterns, plan: Any, charge: Any, p: int, size: int, s: int, least_rest: int,
    paid: bool,
) -> Any:
    """Puts a pattern's seats into the plan: whether they fit, and what they cost beside themselves (see ``_ties``)."""
    turn = 2 * MILLI * f.numbers[t.C_TURNS] * paid
    cost, cost_in_the_end = 0, 0
    for at in range(patterns.size[p]):
        c = patterns.members[p, at]
        if not _joins(f, local, plan, size + at, c, least_rest):
            return False, 0, 0
        more, more_in_the_end = _ties(local, plan, charge, size + at, c, s, turn)
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
    best: int, goes_on: bool,
) -> Any:
    """The next pattern of slot ``s`` that may still lead beyond ``best``; _SKIP; or _DONE.

    Steps: 0 nothing chosen yet; then patterns; whichever of skipping and the best pattern promises more is first.
    """
    begin, end = patterns.first[s], patterns.first[s + 1]
    skip = above + rest[s + 1, k if goes_on else 0, n]
    left = min(rest.shape[1] - 1, local[patterns.begin[s], WEEK_LEFT])
    if step[s] == 0:
        step[s] = 1
        many, promised = patterns.size[begin], _NOTHING
        if k + many <= left and n + many < rest.shape[2]:
            promised = patterns.bound[begin] + fairness[n] - fairness[n + many]
            promised += above + rest[s + 1, k + many if goes_on else 0, n + many]
        if skip > best and skip >= promised:
            step[s] = -1  # Skipped already: patterns follow, and then nothing.
            return _SKIP
    skipped = step[s] < 0
    at = begin + abs(step[s]) - 1
    # One more visit leaves no more to gain than ``skip``, and patterns come best first.
    least = best - skip + fairness[min(n + 1, len(fairness) - 1)] - fairness[n]
    while at < end and patterns.bound[at] > least:
        many = patterns.size[at]
        at += 1
        if k + many > left or n + many >= rest.shape[2]:
            continue
        gain = patterns.bound[at - 1] + fairness[n] - fairness[n + many]
        if above + gain + rest[s + 1, k + many if goes_on else 0, n + many] > best:
            step[s] = -(at - begin + 1) if skipped else at - begin + 1
            return at - 1
    step[s] = -(end - begin + 1)
    return _SKIP if not skipped and skip > best else _DONE


@_part
def _ties(
    local: Any, plan: Any, charge: Any, size: int, c: int, s: int, turn: int
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
    later, other = 0, own[FACE_FIRST]
    while other >= 0:
        row = local[other]
        if row[LAST_SLOT] > s and row[VISIT] != own[VISIT]:
            taken = False
            for at in range(size):
                taken = taken or local[plan[at], VISIT] == row[VISIT]
            if not taken:
                later += row[SHARE]
        other = row[FACE_NEXT]
    charge[size] = own[FEE] - later
    return own[FEE] * (same == 0), charge[size] - before


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
    local = _worth_their_faces(local, least, of_visit, of_wish)
    if prune and len(local) > 0 and np.max(local[:, DAY_LEFT] * (1 - local[:, GOODS])) <= 1:
        local = _without_needless_starts(local, max(f.numbers[N_LONGEST], f.person[i, t.P_MIN_REST]))
    _link(local, of_visit, of_wish)
    return local


class Sketch(NamedTuple):
    """What a search needs: patterns, completions, fairness."""

    patterns: Patterns
    rest: Any
    fairness: Any


@_part
def _sketch(f: Facts, i: int, local: Any, paid: bool, least: int, prune: bool) -> Sketch:
    """Of one volunteer's offers, without tolls."""
    patterns = _patterns(f, i, local, paid, prune)
    _appraise(f, i, local, patterns, _no_bonds(len(local)), paid)
    most, in_week = _most_visits(local, patterns)
    fairness = _fairness(f, i, most + 1) * paid
    if paid:
        most = min(most, _most_turns_that_pay(fairness, local, least))
    rest = np.zeros((len(patterns.week) + 1, min(in_week, most) + 1, most + 1), dtype=np.int64)
    _complete(local, patterns, fairness, rest)
    return Sketch(patterns, rest, fairness)


@_part
def _best_plan(f: Facts, i: int, local: Any, paid: bool, node_limit: int) -> Any:
    """(found, whether it is the best). Where the first search is long, tolls make its bounds better."""
    patterns, rest, fairness = _sketch(f, i, local, paid, 0, True)
    loose, bonds = np.any(patterns.loose), _no_bonds(len(local))
    best, bound, nodes, plans = 0, rest[0, 0, 0], 0, np.empty(0, dtype=np.int64)
    for again in range(2):
        if again:
            bonds = _bonds(local)
            _set_tolls(f, i, local, patterns, bonds, paid, fairness, rest, best)
        _sort(patterns)
        limit = node_limit if again else min(node_limit, _NODES_AT_FIRST)
        found = _search(f, i, local, patterns, bonds, rest, fairness, paid, best, limit, 0)
        nodes += found.nodes
        if found.best > best:
            best, plans = found.best, _noted(local, found)
        bound = max(best, min(bound, rest[0, 0, 0] if loose else found.bound))
        if bound == best:
            break
    return Found(best, bound, nodes, found.plan, plans), bound == best


@_part
def _noted(local: Any, found: Found) -> Any:
    """A plan found as ``Found.plans`` has it."""
    size = len(found.plan)
    plans = np.empty(2 + size, dtype=np.int64)
    plans[0], plans[1] = size, found.best
    for at in range(size):
        plans[2 + at] = local[found.plan[at], CAND]
    return plans


@_part
def _every_plan(f: Facts, i: int, local: Any, slack: int, best: int, node_limit: int, room: int) -> Found:
    """All plans worth at least −slack, of somebody whose best plan is worth ``best``; ``nodes`` −1 if too many."""
    patterns, rest, fairness = _sketch(f, i, local, True, -slack - best - 1, False)
    bonds = _bonds(local)
    _set_tolls(f, i, local, patterns, bonds, True, fairness, rest, best)
    _sort(patterns)
    found = _search(f, i, local, patterns, bonds, rest, fairness, True, -slack - 1, node_limit, room)
    if np.any(patterns.loose) or found.nodes > node_limit:
        return Found(best, 0, -1, found.plan, found.plans)
    return found


class Listed(NamedTuple):
    """What ``price_people`` lists: plans one after the other, seats as candidates of ``Facts.offer``."""

    value: Any
    exact: Any
    owner: Any
    size: Any
    cost: Any
    seat: Any
    nodes: int


@_kernel
def price_people(
    f: Facts, people: Any, duals: Any, allowed: Any, paid: bool, node_limit: int, best: Any, slack: Any, limit: int
) -> Listed:
    """Everybody's best plan; or with ``limit`` > 0 all plans worth −slack or more, given what the best are worth.

    Where all are asked for and there are more than ``limit``, nobody's value is exact.
    """
    value, exact = np.zeros(len(people), dtype=np.int64), np.ones(len(people), dtype=np.bool_)
    most = max(limit, len(people))
    owner, sizes, cost = np.empty(most, np.int64), np.empty(most, np.int64), np.empty(most, np.int64)
    seats, used, plans, nodes = np.empty(4 * most + 64, dtype=np.int64), 0, 0, 0
    of_visit, of_wish = np.empty(len(f.visit), dtype=np.int64), np.empty(len(f.wish), dtype=np.int64)
    for at in range(len(people)):
        i = people[at]
        least = 0 if limit == 0 else -slack[at] + best[at] - 1
        local = _offers(f, i, duals, allowed, paid, least, limit == 0, of_visit, of_wish)
        if len(local) == 0:
            continue
        if limit == 0:
            found, exact[at] = _best_plan(f, i, local, paid, node_limit)
            value[at] = -found.best if exact[at] else -found.bound
        else:
            found = _every_plan(f, i, local, slack[at], -best[at], node_limit - nodes, 8 * (limit - plans) + 64)
        nodes += found.nodes
        start = 0
        while start < len(found.plans) and plans < most:
            size = found.plans[start]
            if used + size > len(seats):
                seats = np.concatenate((seats, np.empty_like(seats)))
            owner[plans], sizes[plans], cost[plans] = i, size, -found.plans[start + 1]
            for c in found.plans[start + 2:start + 2 + size]:
                seats[used] = c
                cost[plans] += duals[f.offer[c, C_DUAL]]
                used += 1
            cost[plans] -= _fees(f, duals, seats[used - size:used])
            plans += 1
            start += 2 + size
        if limit > 0 and (found.nodes < 0 or start < len(found.plans)):
            exact[:] = False
            break
    return Listed(
        value, exact, owner[:plans].copy(), sizes[:plans].copy(), cost[:plans].copy(), seats[:used].copy(), nodes
    )


@_part
def _fees(f: Facts, duals: Any, seats: Any) -> int:
    """What the duals of new faces come to in one plan: they are no part of its cost."""
    total = 0
    for at in range(len(seats)):
        wish = f.visit[f.option[f.offer[seats[at], C_OPTION], t.O_VISIT], t.V_WISH]
        known = f.offer[seats[at], C_KIND] != NEW_FACE
        for before in range(at):
            known |= f.visit[f.option[f.offer[seats[before], C_OPTION], t.O_VISIT], t.V_WISH] == wish
        if not known:
            total += duals[f.numbers[N_FEES] + wish]
    return total


@_kernel
def cost_of_plan(f: Facts, i: int, candidates: Any) -> int:
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
        if not _joins(f, local, plan, at, at, f.person[i, t.P_MIN_REST]):
            return -1
        plan[at] = at
        total += f.row[own[ROW], R_KAPPA] + MILLI * f.offer[own[CAND], C_PRICE]
        same = 0
        for other in range(at):
            same += local[other, WISH] == own[WISH]
        if own[KIND] == NEW_FACE and same == 0:
            total += MILLI * f.numbers[t.C_FACES]
        if own[KIND] >= IN_TURN:
            total += 2 * MILLI * f.numbers[t.C_TURNS] * same
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
