"""annealing: compiled search over whole rosters on the real objective, every rule kept at every step.

A state is each visit's option and each slot's person. A move changes a few slots; the costs of the people
and wishes it touches are worked out anew, so there is one place per rule, and a move that breaks one is undone.
Simulated annealing: Kirkpatrick, Gelatt, Vecchi, "Optimization by simulated annealing", Science 220 (1983).
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numba as nb
import numpy as np
from numpy.typing import NDArray

from matcher.solvers.tables import (
    C_ANYBODY_EXPERIENCED,
    C_CLAIMANT,
    C_FACES,
    C_FEW_FACES,
    C_LEAST,
    C_MISSING_STANDBY,
    C_NEWCOMERS,
    C_PAIRING,
    C_SPACING,
    C_STANDBY_TURNS,
    C_TRAVEL,
    C_TURN,
    C_TURNS,
    CAR,
    FAR,
    O_ALLOWED,
    O_DAY,
    O_END,
    O_MONTH,
    O_START,
    O_VISIT,
    O_WEEK,
    P_DAY,
    P_DAY_MINUTES,
    P_EXPERIENCED,
    P_HOME,
    P_LEAST,
    P_MIN_REST,
    P_MODE,
    P_MONTH,
    P_MONTH_MINUTES,
    P_REST_DAYS,
    P_TEAM,
    P_WEEK,
    P_WEEK_MINUTES,
    PAIR,
    R_COUNT,
    R_EXPERIENCED,
    R_STANDBYS,
    R_VISIT,
    ROTATE,
    STEADY,
    V_END_PLACE,
    V_NEED,
    V_ONE_TEAM,
    V_PAIR_MUST,
    V_PLACE,
    V_TOLD_START,
    V_TOLD_TIME,
    V_WHOLE,
    V_WISH,
    W_HISTORY_BINDS,
    W_LAST_DONE,
    W_MAX_GAP,
    W_MAX_HELPERS,
    W_MAX_TURNS,
    W_MIN_GAP,
    W_ONE_SPAN,
    W_PAST_FACES,
    W_POLICY,
    W_SPACED,
    W_TURNS_DAYS,
)
from matcher.solvers.travel import minutes_between

Ints = NDArray[np.int64]

KNOWN, PAST, TURNS, PAIRED, CLAIMS, TOLD, FIXED, STEPS_IN, OUTSIDE = range(9)
"""Which ragged list of LISTS: of a wish (the first five), a visit (three), a person. STEPS_IN: who was told to stand by."""
BROKEN = 1 << 60
"""The cost of what breaks a hard rule."""


# The tables of ``Facts.table``, matrices of so many columns; a list is a matrix of one.
VISIT, OPTION, ROW, PERSON, WISH, SLOT, BUSY, LIST_AT, TAKEN, OPTION_PTR, ROW_PTR, CELL_PTR, CREW_PTR, STANDBY_PTR, \
    WISH_PTR, WISH_VISIT, PRICE, LISTS, MONTH_ASKED, SLOT_PTR, VISIT_SLOT, DUTY_PTR, SIZE = range(23)
WIDTHS = {VISIT: 16, OPTION: 8, ROW: 8, PERSON: 16, WISH: 16, SLOT: 4}
"""Columns of the tables that are asked most, padded to whole parts of a cache line; those of others are found in front."""
PROMISED = 12
"""A column of WISH beyond those of ``Tables``: whether somebody was told, paired or chosen there."""
S_ROW, S_VISIT, S_STANDBY, S_CAR = range(4)
"""Columns of SLOT."""
Z_DAYS, Z_WEEKS, Z_MONTHS, Z_FAR, Z_UNKNOWN, Z_PLACES, Z_MODES, Z_MEASURED, Z_SLACK = range(9)
"""Entries of SIZE."""
START, END, DAY, WEEK, MONTH, OF_VISIT, ASIDE, MODE, SEAT, PLACE, END_PLACE = range(11)
"""Columns of ``State.scratch``."""
WHO, PRICE_OF_SEAT, TOUR, CHEAP = range(4)
"""Columns of ``Facts.crew``."""


class Facts(NamedTuple):
    """What does not change: ``Tables``, packed into few arrays.

    ``table``: at 2·T where table T begins, at 2·T + 1 how many columns it has, then the tables. Beside those of
    ``Tables``: LIST_AT, where in LISTS each owner's entries begin, by kind; TAKEN, visits and minutes taken outside the
    plan by (day, week, month); SLOT_PTR, a row's slots, first its crew's, then its stand-bys'; VISIT_SLOT, a visit's;
    DUTY_PTR, room for each person's duties; SIZE: days, weeks, months, minutes from which on nothing collides, minutes
    to an unknown place, places, modes, measured ways, points that a move may save beside seats and turns.
    ``crew``: [candidates, 4] volunteer, seat price, price of a day's tour with it alone, the cell's candidates cheapest
    first; then the stand-by candidates. ``fair``: price of so many new turns, from none on, at DUTY_PTR[i] + i.
    """

    table: NDArray[np.int32]
    crew: NDArray[np.int32]
    fair: Ints
    axes: NDArray[np.float64]
    pace: Ints
    measured: Ints


class State(NamedTuple):
    """What changes. ``cost`` [people, 2] promises and quality; ``wish_cost`` [wishes, 4] needs, promises, quality."""

    chosen: NDArray[np.int32]
    who: NDArray[np.int32]
    candidate: NDArray[np.int32]
    duty: NDArray[np.int32]
    duties: NDArray[np.int32]
    turns: NDArray[np.int32]
    cost: Ints
    wish_cost: Ints
    total: Ints
    random: NDArray[np.uint64]
    log: Ints
    """What the move under way has changed: [entries, 4] kind and slot/visit, old person/option, old candidate."""
    touched: Ints
    """Counts of log entries, touched people, touched wishes; then the people and wishes themselves."""
    old: Ints
    """Costs of the touched before the move."""
    scratch: Ints
    """[duties, 16] the person at hand: START … END_PLACE of their duties, in order of time."""


class Memory(NamedTuple):
    """Where the arrays of ``Facts`` and ``State`` lie. An array by value is seven words, a pointer one."""

    table: Any
    crew: Any
    fair: Any
    axes: Any
    pace: Any
    measured: Any
    chosen: Any
    who: Any
    candidate: Any
    duty: Any
    duties: Any
    turns: Any
    cost: Any
    wish_cost: Any
    total: Any
    random: Any
    log: Any
    touched: Any
    old: Any
    scratch: Any


_njit: Any = nb.njit
_pointer_to: Any = nb.types.CPointer
_inner = _njit(nogil=True, no_cpython_wrapper=True, no_cfunc_wrapper=True, error_model="numpy")
"""For what only compiled functions call: without an entry from Python it compiles in half the time."""
_inlined = _njit(nogil=True, no_cpython_wrapper=True, no_cfunc_wrapper=True, error_model="numpy", forceinline=True)
"""For the smallest: a call takes longer than what they do."""


def _address(_typing: Any, array: Any) -> Any:
    def data(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return context.make_array(signature.args[0])(context, builder, arguments[0]).data

    return _pointer_to(array.dtype)(array), data


_pointer: Any = nb.extending.intrinsic(_address)
"""Where an array begins. Whoever asks keeps the array alive."""


@_inlined
def _memory(f: Facts, s: State) -> Memory:
    return Memory(
        _pointer(f.table), _pointer(f.crew), _pointer(f.fair), _pointer(f.axes), _pointer(f.pace), _pointer(f.measured),
        _pointer(s.chosen), _pointer(s.who), _pointer(s.candidate), _pointer(s.duty), _pointer(s.duties),
        _pointer(s.turns), _pointer(s.cost), _pointer(s.wish_cost), _pointer(s.total), _pointer(s.random), _pointer(s.log),
        _pointer(s.touched), _pointer(s.old), _pointer(s.scratch),
    )


@_inlined
def _of(m: Memory, table: int, row: int, column: int) -> int:
    """An entry of a table; with a constant table the width is one too."""
    if table == OPTION or table == ROW:
        width = 8
    elif table == SLOT:
        width = 4
    elif table < SLOT:
        width = 16
    else:
        width = int(m.table[2 * table + 1])
    return int(m.table[m.table[2 * table] + row * width + column])


@_inlined
def _at(m: Memory, table: int, row: int) -> int:
    return int(m.table[m.table[2 * table] + row])


@_inlined
def _taken(m: Memory, i: int, period: int, column: int) -> int:
    return _of(m, TAKEN, i, 2 * period + column)


@_inlined
def _visit_of(m: Memory, slot: int) -> int:
    return _of(m, SLOT, slot, S_VISIT)


@_inlined
def _first_slot(m: Memory, v: int) -> int:
    return _at(m, VISIT_SLOT, v)


@_inlined
def _is_standby(m: Memory, slot: int) -> bool:
    return _of(m, SLOT, slot, S_STANDBY) != 0


@_inlined
def _next(random: Any) -> int:
    """A random 64-bit number (xorshift64*; Vigna, "An experimental exploration of Marsaglia's xorshift generators")."""
    x = random[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    random[0] = x
    return x * np.uint64(2685821657736338717)


@_inlined
def _uniform(random: Any) -> float:
    return (_next(random) >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@_inlined
def _below(random: Any, count: int) -> int:
    return min(int(_uniform(random) * count), count - 1)


@_inlined
def _list(m: Memory, kind: int, owner: int) -> tuple[int, int]:
    return _of(m, LIST_AT, kind, owner), _of(m, LIST_AT, kind, owner + 1)


@_inner
def _way(m: Memory, here: int, there: int, mode: int) -> int:
    return minutes_between(
        m.axes, m.pace, m.measured, _at(m, SIZE, Z_PLACES), _at(m, SIZE, Z_MODES), _at(m, SIZE, Z_MEASURED),
        _at(m, SIZE, Z_UNKNOWN), here, there, mode,
    )


# -------------------------------------------------------------------------------------- cost of a person


@_inner
def person_cost(m: Memory, i: int) -> tuple[int, int]:
    """(promises, quality) of one person's duties, BROKEN if they cannot all be kept."""
    first, count = _at(m, DUTY_PTR, i), int(m.duties[i])
    _look_up(m, i, first, count)
    if count > 0 and not (_is_free(m, i, count) and _is_within_limits(m, i, count)):
        return BROKEN, BROKEN
    served, quality = _seats_and_tours(m, i, count)
    return _least_missing(m, i, count), quality + m.fair[first + i + served]


@_inlined
def _look_up(m: Memory, i: int, first: int, count: int) -> None:
    """Bring a person's duties into order of time (goods, start −1, come first) and write their facts beside each other."""
    own, duty = m.scratch, m.duty
    for a in range(count):
        slot = int(duty[first + a])
        start = _of(m, OPTION, m.chosen[_visit_of(m, slot)], O_START)
        b = a
        while b > 0 and own[16 * (b - 1) + START] > start:
            own[16 * b + START], duty[first + b] = own[16 * (b - 1) + START], duty[first + b - 1]
            b -= 1
        own[16 * b + START], duty[first + b] = start, slot
    own_mode = _of(m, PERSON, i, P_MODE)
    for a in range(count):
        slot = int(duty[first + a])
        v, at = _visit_of(m, slot), 16 * a
        o = int(m.chosen[v])
        own[at + END], own[at + DAY] = _of(m, OPTION, o, O_END), _of(m, OPTION, o, O_DAY)
        own[at + WEEK], own[at + MONTH] = _of(m, OPTION, o, O_WEEK), _of(m, OPTION, o, O_MONTH)
        own[at + OF_VISIT], own[at + ASIDE] = v, _of(m, SLOT, slot, S_STANDBY)
        own[at + MODE] = CAR if _of(m, SLOT, slot, S_CAR) else own_mode
        own[at + SEAT] = m.candidate[slot]
        own[at + PLACE], own[at + END_PLACE] = _of(m, VISIT, v, V_PLACE), _of(m, VISIT, v, V_END_PLACE)


@_inlined
def _seats_and_tours(m: Memory, i: int, count: int) -> tuple[int, int]:
    """Turns taken, and the price of seats and of each day's tour: a day's only visit has its price among the candidates'."""
    own, home = m.scratch, _of(m, PERSON, i, P_HOME)
    served = quality = 0
    previous, on_day, way = -1, 0, 0
    for a in range(count):
        at = 16 * a
        if own[at + ASIDE]:
            continue
        served += 1
        c = own[at + SEAT]
        quality += m.crew[4 * c + PRICE_OF_SEAT]
        if own[at + START] < 0:
            quality += m.crew[4 * c + TOUR]
            continue
        if previous < 0 or own[at + DAY] != own[previous + DAY]:
            if on_day > 1:
                quality += _at(m, PRICE, C_TRAVEL) * (way + _way(m, own[previous + END_PLACE], home, own[previous + MODE]))
            on_day, way = 0, 0
        on_day += 1
        if on_day == 1:
            quality += m.crew[4 * c + TOUR]
        else:
            if on_day == 2:
                # A second visit that day: the tour is worked out leg by leg instead.
                quality -= m.crew[4 * own[previous + SEAT] + TOUR]
                way = _way(m, home, own[previous + PLACE], own[previous + MODE])
            way += _way(m, own[previous + END_PLACE], own[at + PLACE], own[at + MODE])
        previous = at
    if on_day > 1:
        quality += _at(m, PRICE, C_TRAVEL) * (way + _way(m, own[previous + END_PLACE], home, own[previous + MODE]))
    return served, quality


@_inlined
def _least_missing(m: Memory, i: int, count: int) -> int:
    least = _of(m, PERSON, i, P_LEAST)
    if least == 0:
        return 0
    missing = 0
    for month in range(_at(m, SIZE, Z_MONTHS)):
        if _at(m, MONTH_ASKED, month):
            done = _taken(m, i, _at(m, SIZE, Z_DAYS) + _at(m, SIZE, Z_WEEKS) + month, 0)
            for a in range(count):
                done += not m.scratch[16 * a + ASIDE] and m.scratch[16 * a + MONTH] == month
            missing += max(0, least - done)
    return _at(m, PRICE, C_LEAST) * missing


@_inlined
def _is_free(m: Memory, i: int, count: int) -> bool:
    """No two of the person's duties collide, travel between them counted; rests are kept."""
    low, high = _list(m, OUTSIDE, i)
    rest = _of(m, PERSON, i, P_MIN_REST)
    far = max(_at(m, SIZE, Z_FAR), rest)
    own = m.scratch
    for a in range(count):
        at = 16 * a
        start, end, v, aside = own[at + START], own[at + END], own[at + OF_VISIT], own[at + ASIDE]
        for b in range(a + 1, count):
            next_at = 16 * b
            if own[next_at + OF_VISIT] == v:
                return False
            if start < 0:
                continue
            begin = own[next_at + START]
            if begin - end >= far:
                break
            if begin < end:
                return False
            way = _way(m, own[at + END_PLACE], own[next_at + PLACE], own[next_at + MODE])
            if end + way > begin or (rest > begin - end and not aside and not own[next_at + ASIDE]):
                return False
        if start >= 0 and low < high and not _is_free_outside(m, i, at, low, high):
            return False
    return True


@_inner
def _is_free_outside(m: Memory, i: int, at: int, low: int, high: int) -> bool:
    """One duty against what was promised outside the plan."""
    own, rest = m.scratch, _of(m, PERSON, i, P_MIN_REST)
    start, end = own[at + START], own[at + END]
    for x in range(low, high, 5):
        begin, finish = _at(m, LISTS, x), _at(m, LISTS, x + 1)
        both_serve = own[at + ASIDE] == 0 and _at(m, LISTS, x + 4) == 0
        if (begin, finish) < (start, end):
            if finish + _way(m, _at(m, LISTS, x + 3), own[at + PLACE], own[at + MODE]) > start:
                return False
            if both_serve and start - finish < rest:
                return False
        else:
            if end + _way(m, own[at + END_PLACE], _at(m, LISTS, x + 2), _of(m, PERSON, i, P_MODE)) > begin:
                return False
            if both_serve and begin - end < rest:
                return False
    return True


@_inlined
def _goods_in(m: Memory, count: int, column: int, period: int) -> int:
    """A person's goods that are due in a week or month; they lie in front."""
    goods = 0
    for a in range(count):
        if m.scratch[16 * a + START] >= 0:
            break
        goods += m.scratch[16 * a + column] == period
    return goods


@_inlined
def _is_within_limits(m: Memory, i: int, count: int) -> bool:
    """Visits and minutes per day, ISO week and month, and days of rest: one pass, for the duties lie in order."""
    days, weeks = _at(m, SIZE, Z_DAYS), _at(m, SIZE, Z_WEEKS)
    own = m.scratch
    day = week = month = -1
    on_day = on_week = on_month = minutes_day = minutes_week = minutes_month = busy = 0
    for a in range(count):
        if own[16 * a + ASIDE]:
            continue
        if own[16 * a + START] < 0:
            if not _may_take_goods(m, i, a, count):
                return False
            continue
        if own[16 * a + MONTH] != month:
            month = own[16 * a + MONTH]
            on_month = _taken(m, i, days + weeks + month, 0) + _goods_in(m, count, MONTH, month)
            minutes_month = _taken(m, i, days + weeks + month, 1)
        if own[16 * a + WEEK] != week:
            week = own[16 * a + WEEK]
            on_week = _taken(m, i, days + week, 0) + _goods_in(m, count, WEEK, week)
            minutes_week = _taken(m, i, days + week, 1)
            busy = _of(m, BUSY, i, week)
        if own[16 * a + DAY] != day:
            day = own[16 * a + DAY]
            on_day, minutes_day = _taken(m, i, day, 0), _taken(m, i, day, 1)
            busy |= 1 << (day - 7 * week)
        spent = own[16 * a + END] - own[16 * a + START]
        on_day, on_week, on_month = on_day + 1, on_week + 1, on_month + 1
        minutes_day, minutes_week, minutes_month = minutes_day + spent, minutes_week + spent, minutes_month + spent
        if (
            on_day > _of(m, PERSON, i, P_DAY) or on_week > _of(m, PERSON, i, P_WEEK)
            or on_month > _of(m, PERSON, i, P_MONTH) or minutes_day > _of(m, PERSON, i, P_DAY_MINUTES)
            or minutes_week > _of(m, PERSON, i, P_WEEK_MINUTES) or minutes_month > _of(m, PERSON, i, P_MONTH_MINUTES)
        ):
            return False
        rest = _of(m, PERSON, i, P_REST_DAYS)
        if rest > 0 and _ones(busy) > 7 - rest:
            return False
    return True


@_inlined
def _ones(bits: int) -> int:
    count = 0
    while bits:
        bits &= bits - 1
        count += 1
    return count


@_inlined
def _may_take_goods(m: Memory, i: int, a: int, count: int) -> bool:
    """Whether the week and the month in which goods are due have room for them."""
    days, weeks = _at(m, SIZE, Z_DAYS), _at(m, SIZE, Z_WEEKS)
    week, month = m.scratch[16 * a + WEEK], m.scratch[16 * a + MONTH]
    on_week, on_month = _taken(m, i, days + week, 0), _taken(m, i, days + weeks + month, 0)
    for b in range(count):
        if not m.scratch[16 * b + ASIDE]:
            on_week += m.scratch[16 * b + WEEK] == week
            on_month += m.scratch[16 * b + MONTH] == month
    if _taken(m, i, days + week, 1) > _of(m, PERSON, i, P_WEEK_MINUTES):
        return False
    if _taken(m, i, days + weeks + month, 1) > _of(m, PERSON, i, P_MONTH_MINUTES):
        return False
    return on_week <= _of(m, PERSON, i, P_WEEK) and on_month <= _of(m, PERSON, i, P_MONTH)


# ---------------------------------------------------------------------------------------- cost of a wish


@_inner
def wish_cost(m: Memory, w: int) -> tuple[int, int, int]:
    """(needs, promises, quality) of one wish's visits together, BROKEN if a rule about them is broken."""
    needs = promises = quality = 0
    low, high = _at(m, WISH_PTR, w), _at(m, WISH_PTR, w + 1)
    for at in range(low, high):
        n, p, q = _visit_cost(m, w, _at(m, WISH_VISIT, at))
        if n >= BROKEN:
            return BROKEN, BROKEN, BROKEN
        needs += n
        promises += p
        quality += q
    for kept in (_spacing(m, w), _turns(m, w), _faces(m, w), _standby_turns(m, w)):
        if kept >= BROKEN:
            return BROKEN, BROKEN, BROKEN
        quality += kept
    return needs, promises + _claimants(m, w), quality


@_inlined
def _serves(m: Memory, v: int, person: int) -> bool:
    """Whether somebody is on a visit's crew."""
    for slot in range(_at(m, VISIT_SLOT, v), _at(m, VISIT_SLOT, v + 1)):
        if m.who[slot] == person and not _is_standby(m, slot):
            return True
    return False


@_inner
def _takes_turn(m: Memory, v: int, i: int) -> bool:
    """Whether serving a visit uses up a turn: not of somebody told to stand by, who steps in."""
    low, high = _list(m, STEPS_IN, v)
    for x in range(low, high):
        if _at(m, LISTS, x) == i:
            return False
    return True


@_inlined
def _has_turn(m: Memory, v: int, i: int) -> bool:
    return _serves(m, v, i) and _takes_turn(m, v, i)


@_inner
def _visit_cost(m: Memory, w: int, v: int) -> tuple[int, int, int]:
    needs = promises = quality = 0
    o = m.chosen[v]
    crew = experienced = 0
    team = -2
    for r in range(_at(m, ROW_PTR, v), _at(m, ROW_PTR, v + 1)):
        filled = aside = 0
        for slot in range(_at(m, SLOT_PTR, r), _at(m, SLOT_PTR, r + 1)):
            i = m.who[slot]
            if i < 0:
                continue
            if _is_standby(m, slot):
                aside += 1
                continue
            filled += 1
            if _of(m, PERSON, i, P_EXPERIENCED):
                experienced += 1
            elif _of(m, ROW, r, R_EXPERIENCED) and _at(m, PRICE, C_ANYBODY_EXPERIENCED):
                if _at(m, PRICE, C_NEWCOMERS) < 0:
                    return BROKEN, BROKEN, BROKEN
                quality += _at(m, PRICE, C_NEWCOMERS)
            if team == -2:
                team = _of(m, PERSON, i, P_TEAM)
            if _of(m, VISIT, v, V_ONE_TEAM) and (team < 0 or team != _of(m, PERSON, i, P_TEAM)):
                return BROKEN, BROKEN, BROKEN
        empty = _of(m, ROW, r, R_COUNT) - filled
        needs += empty * _of(m, VISIT, v, V_NEED)
        if o >= 0 and empty > 0 and _of(m, VISIT, v, V_WHOLE):
            return BROKEN, BROKEN, BROKEN
        if filled > 0:
            quality += _at(m, PRICE, C_MISSING_STANDBY) * max(0, _of(m, ROW, r, R_STANDBYS) - aside)
        crew += filled
    if (o >= 0) != (crew > 0):
        return BROKEN, BROKEN, BROKEN
    if crew > 1 and experienced == 0 and _at(m, PRICE, C_ANYBODY_EXPERIENCED):
        if _at(m, PRICE, C_NEWCOMERS) < 0:
            return BROKEN, BROKEN, BROKEN
        quality += _at(m, PRICE, C_NEWCOMERS)
    low, high = _list(m, PAIRED, w)
    if crew > 0 and high > low:
        comes = False
        for x in range(low, high):
            comes = comes or _serves(m, v, _at(m, LISTS, x))
        if not comes:
            if _of(m, VISIT, v, V_PAIR_MUST):
                return BROKEN, BROKEN, BROKEN
            promises += _at(m, PRICE, C_PAIRING)
    if not _has_the_fixed(m, v):
        return BROKEN, BROKEN, BROKEN
    return needs, promises + _told(m, v), quality


@_inlined
def _holds(m: Memory, v: int, role: int, person: int, standby: bool) -> bool:
    low = _at(m, ROW_PTR, v) if role < 0 else _at(m, ROW_PTR, v) + role
    high = _at(m, ROW_PTR, v + 1) if role < 0 else low + 1
    for slot in range(_at(m, SLOT_PTR, low), _at(m, SLOT_PTR, high)):
        if m.who[slot] == person and _is_standby(m, slot) == standby:
            return True
    return False


@_inlined
def _has_the_fixed(m: Memory, v: int) -> bool:
    low, high = _list(m, FIXED, v)
    for x in range(low, high, 3):
        if not _holds(m, v, _at(m, LISTS, x), _at(m, LISTS, x + 1), _at(m, LISTS, x + 2) != 0):
            return False
    return True


@_inlined
def _told(m: Memory, v: int) -> int:
    promises = 0
    low, high = _list(m, TOLD, v)
    for x in range(low, high, 4):
        held = _at(m, LISTS, x) >= 0 and _at(m, LISTS, x + 1) >= 0 and _holds(
            m, v, _at(m, LISTS, x), _at(m, LISTS, x + 1), _at(m, LISTS, x + 2) != 0
        )
        if not held:
            promises += _at(m, LISTS, x + 3)
    told = _of(m, VISIT, v, V_TOLD_START)
    if told >= 0 and m.chosen[v] >= 0 and _of(m, OPTION, m.chosen[v], O_START) != told:
        promises += _of(m, VISIT, v, V_TOLD_TIME)
    return promises


@_inner
def _spacing(m: Memory, w: int) -> int:
    if not _of(m, WISH, w, W_SPACED):
        return 0
    least, most, price = _of(m, WISH, w, W_MIN_GAP), _of(m, WISH, w, W_MAX_GAP), _at(m, PRICE, C_SPACING)
    last, adjacent = _of(m, WISH, w, W_LAST_DONE), _of(m, WISH, w, W_HISTORY_BINDS) != 0
    known = last > -FAR
    broken = 0
    for at in range(_at(m, WISH_PTR, w), _at(m, WISH_PTR, w + 1)):
        o = m.chosen[_at(m, WISH_VISIT, at)]
        if o < 0:
            adjacent = False
            continue
        day = _of(m, OPTION, o, O_DAY)
        if known:
            gap = day - last
            if gap < least or (adjacent and most >= 0 and gap > most):
                broken += 1
        last, adjacent, known = day, True, True
    if broken == 0:
        return 0
    return BROKEN if price < 0 else broken * price


@_inner
def _turns(m: Memory, w: int) -> int:
    """keeps_the_turn and the price of turns, for a rotating wish."""
    if _of(m, WISH, w, W_POLICY) != ROTATE:
        return 0
    broken = 0
    quality = 0
    first, past = _list(m, PAST, w)
    low, high = _list(m, TURNS, w)
    previous = -1
    for at in range(_at(m, WISH_PTR, w), _at(m, WISH_PTR, w + 1)):
        v = _at(m, WISH_VISIT, at)
        if m.chosen[v] < 0:
            continue
        for slot in range(_at(m, VISIT_SLOT, v), _at(m, VISIT_SLOT, v + 1)):
            i = m.who[slot]
            if i < 0 or _is_standby(m, slot):
                continue
            takes_turn = _takes_turn(m, v, i)
            if previous >= 0:
                broken += takes_turn and _has_turn(m, previous, i)
            elif takes_turn:
                for x in range(first, past, 4):
                    if _at(m, LISTS, x + 1) == i and _at(m, LISTS, x + 3) and not _at(m, LISTS, x + 2):
                        broken += 1
                        break
            turn = own = 1
            for earlier in range(_at(m, WISH_PTR, w), at):
                u = _at(m, WISH_VISIT, earlier)
                if m.chosen[u] >= 0 and _serves(m, u, i):
                    turn += 1
                    own += _takes_turn(m, u, i)
            before = 0
            for x in range(low, high, 2):
                if _at(m, LISTS, x) == i:
                    before = _at(m, LISTS, x + 1)
            quality += _at(m, PRICE, C_TURNS) * (2 * (before + turn) - 1)
            if takes_turn and _of(m, WISH, w, W_MAX_TURNS) >= 0:
                if _of(m, WISH, w, W_ONE_SPAN):
                    excess = before + own - _of(m, WISH, w, W_MAX_TURNS)
                    broken += max(0, excess) - (max(0, excess - 1) if own > 1 else 0)
                else:
                    broken += _turns_beyond(m, w, at, i)
        previous = v
    if broken == 0:
        return quality
    return BROKEN if _at(m, PRICE, C_TURN) < 0 else quality + broken * _at(m, PRICE, C_TURN)


@_inner
def _turns_beyond(m: Memory, w: int, at: int, i: int) -> int:
    """By how many a person exceeds their turns in any stretch, told at their last visit only."""
    for later in range(at + 1, _at(m, WISH_PTR, w + 1)):
        v = _at(m, WISH_VISIT, later)
        if m.chosen[v] >= 0 and _has_turn(m, v, i):
            return 0
    low, high = _list(m, PAST, w)
    span, most, excess = _of(m, WISH, w, W_TURNS_DAYS), _of(m, WISH, w, W_MAX_TURNS), 0
    # Every stretch worth looking at begins on one of the person's own days.
    for begin in range(low, high + 4 * (at - _at(m, WISH_PTR, w) + 1), 4):
        if begin < high:
            if _at(m, LISTS, begin + 1) != i or _at(m, LISTS, begin + 2):
                continue
            day = _at(m, LISTS, begin)
        else:
            v = _at(m, WISH_VISIT, _at(m, WISH_PTR, w) + (begin - high) // 4)
            if m.chosen[v] < 0 or not _has_turn(m, v, i):
                continue
            day = _of(m, OPTION, m.chosen[v], O_DAY)
        count = new = 0
        for x in range(low, high, 4):
            if _at(m, LISTS, x + 1) == i and not _at(m, LISTS, x + 2) and 0 <= _at(m, LISTS, x) - day < span:
                count += 1
        for other in range(_at(m, WISH_PTR, w), at + 1):
            v = _at(m, WISH_VISIT, other)
            if m.chosen[v] >= 0 and _has_turn(m, v, i) and 0 <= _of(m, OPTION, m.chosen[v], O_DAY) - day < span:
                count += 1
                new += 1
        if new > 0:
            excess = max(excess, count - most)
    return excess


@_inlined
def _is_known(m: Memory, w: int, i: int) -> bool:
    low, high = _list(m, KNOWN, w)
    for x in range(low, high):
        if _at(m, LISTS, x) == i:
            return True
    return False


@_inlined
def _came_before(m: Memory, w: int, at: int, slot: int, i: int) -> bool:
    """Whether somebody served this wish at an earlier visit, or an earlier seat of this one."""
    for earlier in range(_at(m, WISH_PTR, w), at):
        u = _at(m, WISH_VISIT, earlier)
        if m.chosen[u] >= 0 and _serves(m, u, i):
            return True
    for other in range(_at(m, VISIT_SLOT, _at(m, WISH_VISIT, at)), slot):
        if m.who[other] == i and not _is_standby(m, other):
            return True
    return False


@_inlined
def _is_served(m: Memory, w: int) -> bool:
    for at in range(_at(m, WISH_PTR, w), _at(m, WISH_PTR, w + 1)):
        if m.chosen[_at(m, WISH_VISIT, at)] >= 0:
            return True
    return False


@_inner
def _faces(m: Memory, w: int) -> int:
    """The price of new faces, and keeps_faces_few."""
    policy, most = _of(m, WISH, w, W_POLICY), _of(m, WISH, w, W_MAX_HELPERS)
    if policy != STEADY and policy != PAIR and most < 0:
        return 0
    new = 0
    for at in range(_at(m, WISH_PTR, w), _at(m, WISH_PTR, w + 1)):
        v = _at(m, WISH_VISIT, at)
        if m.chosen[v] < 0:
            continue
        for slot in range(_at(m, VISIT_SLOT, v), _at(m, VISIT_SLOT, v + 1)):
            i = m.who[slot]
            if i >= 0 and not _is_standby(m, slot) and not _came_before(m, w, at, slot, i):
                new += not _is_known(m, w, i)
    quality = _at(m, PRICE, C_FACES) * new if policy == STEADY or policy == PAIR else 0
    if most < 0:
        return quality
    if _of(m, WISH, w, W_ONE_SPAN):
        excess = _of(m, WISH, w, W_PAST_FACES) + new - most if new > 0 or _is_served(m, w) else 0
    else:
        excess = _faces_beyond(m, w, most)
    if excess <= 0:
        return quality
    return BROKEN if _at(m, PRICE, C_FEW_FACES) < 0 else quality + excess * _at(m, PRICE, C_FEW_FACES)


@_inner
def _faces_beyond(m: Memory, w: int, most: int) -> int:
    """By how many the different people of any stretch of ``turns_days`` exceed the agreed number."""
    low, high = _list(m, PAST, w)
    span, first, last = _of(m, WISH, w, W_TURNS_DAYS), _at(m, WISH_PTR, w), _at(m, WISH_PTR, w + 1)
    excess = 0
    for begin in range(low, high + 4 * (last - first), 4):
        if begin < high:
            day = _at(m, LISTS, begin)
        else:
            v = _at(m, WISH_VISIT, first + (begin - high) // 4)
            if m.chosen[v] < 0:
                continue
            day = _of(m, OPTION, m.chosen[v], O_DAY)
        faces = new = 0
        for x in range(low, high, 4):
            if 0 <= _at(m, LISTS, x) - day < span:
                seen = False
                for y in range(low, x, 4):
                    if _at(m, LISTS, y + 1) == _at(m, LISTS, x + 1) and 0 <= _at(m, LISTS, y) - day < span:
                        seen = True
                        break
                faces += not seen
        for at in range(first, last):
            v = _at(m, WISH_VISIT, at)
            if m.chosen[v] < 0 or not 0 <= _of(m, OPTION, m.chosen[v], O_DAY) - day < span:
                continue
            new += 1
            for slot in range(_at(m, VISIT_SLOT, v), _at(m, VISIT_SLOT, v + 1)):
                i = m.who[slot]
                if i < 0 or _is_standby(m, slot):
                    continue
                seen = False
                for y in range(low, high, 4):
                    if _at(m, LISTS, y + 1) == i and 0 <= _at(m, LISTS, y) - day < span:
                        seen = True
                        break
                for other in range(first, at):
                    u = _at(m, WISH_VISIT, other)
                    if (
                        m.chosen[u] >= 0 and 0 <= _of(m, OPTION, m.chosen[u], O_DAY) - day < span
                        and _serves(m, u, i)
                    ):
                        seen = True
                        break
                faces += not seen
        if new > 0:
            excess = max(excess, faces - most)
    return excess


@_inner
def _standby_turns(m: Memory, w: int) -> int:
    quality = 0
    for at in range(_at(m, WISH_PTR, w), _at(m, WISH_PTR, w + 1)):
        v = _at(m, WISH_VISIT, at)
        for slot in range(_at(m, VISIT_SLOT, v), _at(m, VISIT_SLOT, v + 1)):
            if not _is_standby(m, slot) or m.who[slot] < 0:
                continue
            turn = 1
            for earlier in range(_at(m, WISH_PTR, w), at + 1):
                u = _at(m, WISH_VISIT, earlier)
                for other in range(_at(m, VISIT_SLOT, u), _at(m, VISIT_SLOT, u + 1)):
                    if other < slot or u != v:
                        turn += _is_standby(m, other) and m.who[other] == m.who[slot]
            quality += _at(m, PRICE, C_STANDBY_TURNS) * (2 * turn - 1)
    return quality


@_inner
def _claimants(m: Memory, w: int) -> int:
    """Chosen claims without a turn; a claim's people lie side by side."""
    low, high = _list(m, CLAIMS, w)
    promises = 0
    x = low
    while x < high:
        claim, served = _at(m, LISTS, x), False
        while x < high and _at(m, LISTS, x) == claim:
            for at in range(_at(m, WISH_PTR, w), _at(m, WISH_PTR, w + 1)):
                v = _at(m, WISH_VISIT, at)
                served = served or (m.chosen[v] >= 0 and _serves(m, v, _at(m, LISTS, x + 1)))
            x += 2
        if not served:
            promises += _at(m, PRICE, C_CLAIMANT)
    return promises


# ------------------------------------------------------------------------------------------------ changes

_LOG, _PEOPLE, _WISHES, _FOCUS, _GIVER, _TAKER, _ESTIMATE, _SURE, _MISFIT = range(9)
"""Entries of ``State.touched``: lengths of the three lists, the option a move is about, who gave a seat up and who took it,
by how much seats and turns have become dearer, whether needs or promises may change, and who has no time for it."""
CHAIN = 4
"""A move is made of so many steps at most: who has taken a seat gives another away."""
PART, PART_MOVES = 1024, 8192
"""So many neighbouring slots are at hand for so many moves: what they need stays in the processor's cache."""
MISFITS = 0.25
"""The part of those without time for a seat who take it nevertheless, and give away what stands in the way."""
ROOM = 256
"""A move changes at most so many slots, people and wishes."""
_FIRST_PERSON, _FIRST_WISH = 16, 16 + ROOM


@_inlined
def _begin(m: Memory) -> None:
    m.touched[_LOG] = m.touched[_PEOPLE] = m.touched[_WISHES] = 0
    m.touched[_FOCUS] = m.touched[_GIVER] = m.touched[_TAKER] = -1
    m.touched[_ESTIMATE] = m.touched[_SURE] = 0
    m.touched[_MISFIT] = -1


@_inlined
def _touch(m: Memory, count: int, first: int, what: int) -> None:
    known = m.touched[count]
    for x in range(first, first + known):
        if m.touched[x] == what:
            return
    m.touched[first + known] = what
    m.touched[count] = known + 1


@_inlined
def _note(m: Memory, kind: int, what: int, old: int, more: int) -> None:
    at = m.touched[_LOG]
    m.log[4 * at + 0], m.log[4 * at + 1], m.log[4 * at + 2], m.log[4 * at + 3] = kind, what, old, more
    m.touched[_LOG] = at + 1


@_inlined
def _price_of_turn(m: Memory, i: int, turns: int, c: int) -> int:
    """What somebody's last turn of so many costs, if it is that seat."""
    at = _at(m, DUTY_PTR, i) + i + turns
    return int(m.crew[4 * c + PRICE_OF_SEAT] + m.crew[4 * c + TOUR] + m.fair[at] - m.fair[at - 1])


@_inlined
def _drop_duty(m: Memory, slot: int) -> None:
    i = m.who[slot]
    first, count = _at(m, DUTY_PTR, i), m.duties[i]
    for x in range(first, first + count):
        if m.duty[x] == slot:
            m.duty[x] = m.duty[first + count - 1]
            break
    m.duties[i] = count - 1
    if not _is_standby(m, slot):
        turns = m.turns[i]
        m.touched[_ESTIMATE] -= _price_of_turn(m, i, turns, m.candidate[slot])
        m.turns[i] = turns - 1


@_inlined
def _take_duty(m: Memory, slot: int, i: int) -> None:
    m.duty[_at(m, DUTY_PTR, i) + m.duties[i]] = slot
    m.duties[i] += 1
    if not _is_standby(m, slot):
        turns = m.turns[i] + 1
        m.touched[_ESTIMATE] += _price_of_turn(m, i, turns, m.candidate[slot])
        m.turns[i] = turns


@_inner
def _put(m: Memory, slot: int, i: int, c: int) -> None:
    """Give a slot to somebody (−1: nobody); costs are worked out later."""
    _note(m, 0, slot, m.who[slot], m.candidate[slot])
    m.touched[_SURE] |= (i < 0) != (m.who[slot] < 0)
    if m.who[slot] >= 0:
        _touch(m, _PEOPLE, _FIRST_PERSON, m.who[slot])
        _drop_duty(m, slot)
    m.who[slot], m.candidate[slot] = i, c
    if i >= 0:
        m.touched[_TAKER] = i
        m.touched[_SURE] |= _of(m, PERSON, i, P_LEAST) > 0
        _touch(m, _PEOPLE, _FIRST_PERSON, i)
        _take_duty(m, slot, i)
    w = _of(m, VISIT, _visit_of(m, slot), V_WISH)
    m.touched[_SURE] |= _of(m, WISH, w, PROMISED)
    _touch(m, _WISHES, _FIRST_WISH, w)


@_inner
def _move_to(m: Memory, v: int, o: int) -> None:
    """Choose a visit's option (−1: none)."""
    _note(m, 1, v, m.chosen[v], 0)
    if o < 0 or m.chosen[v] < 0:
        m.touched[_SURE] = 1
    m.chosen[v] = o
    for slot in range(_at(m, VISIT_SLOT, v), _at(m, VISIT_SLOT, v + 1)):
        if m.who[slot] >= 0:
            _touch(m, _PEOPLE, _FIRST_PERSON, m.who[slot])
    _touch(m, _WISHES, _FIRST_WISH, _of(m, VISIT, v, V_WISH))


@_inner
def _undo(m: Memory) -> None:
    for at in range(m.touched[_LOG] - 1, -1, -1):
        what, old = m.log[4 * at + 1], m.log[4 * at + 2]
        if m.log[4 * at + 0] == 1:
            m.chosen[what] = old
            continue
        if m.who[what] >= 0:
            _drop_duty(m, what)
        m.who[what], m.candidate[what] = old, m.log[4 * at + 3]
        if old >= 0:
            _take_duty(m, what, old)


@_inner
def _evaluate(m: Memory) -> int:
    """Work out the costs of what was touched into ``old``: −1 fine, −2 a wish is broken, else the person who cannot."""
    people, wishes = m.touched[_PEOPLE], m.touched[_WISHES]
    for x in range(people):
        promises, quality = person_cost(m, m.touched[_FIRST_PERSON + x])
        if quality >= BROKEN:
            return m.touched[_FIRST_PERSON + x]
        m.old[2 * x], m.old[2 * x + 1] = promises, quality
    for x in range(wishes):
        needs, promises, quality = wish_cost(m, m.touched[_FIRST_WISH + x])
        if quality >= BROKEN:
            return -2
        at = 2 * ROOM + 3 * x
        m.old[at], m.old[at + 1], m.old[at + 2] = needs, promises, quality
    return -1


@_inlined
def _difference(m: Memory) -> tuple[int, int, int]:
    """By how much an evaluated move changes needs, promises and quality."""
    needs = promises = quality = 0
    for x in range(m.touched[_PEOPLE]):
        i = m.touched[_FIRST_PERSON + x]
        promises += m.old[2 * x] - m.cost[2 * i + 0]
        quality += m.old[2 * x + 1] - m.cost[2 * i + 1]
    for x in range(m.touched[_WISHES]):
        w, at = m.touched[_FIRST_WISH + x], 2 * ROOM + 3 * x
        needs += m.old[at] - m.wish_cost[4 * w + 0]
        promises += m.old[at + 1] - m.wish_cost[4 * w + 1]
        quality += m.old[at + 2] - m.wish_cost[4 * w + 2]
    return needs, promises, quality


@_inlined
def _keep(m: Memory, needs: int, promises: int, quality: int) -> None:
    for x in range(m.touched[_PEOPLE]):
        i = m.touched[_FIRST_PERSON + x]
        m.cost[2 * i + 0], m.cost[2 * i + 1] = m.old[2 * x], m.old[2 * x + 1]
    for x in range(m.touched[_WISHES]):
        w, at = m.touched[_FIRST_WISH + x], 2 * ROOM + 3 * x
        m.wish_cost[4 * w + 0], m.wish_cost[4 * w + 1], m.wish_cost[4 * w + 2] = m.old[at], m.old[at + 1], m.old[at + 2]
    m.total[0] += needs
    m.total[1] += promises
    m.total[2] += quality


@nb.njit(cache=True, nogil=True, error_model="numpy")
def count_duties(f: Facts, s: State) -> None:
    """Make everybody's list of duties from the slots."""
    m = _memory(f, s)
    s.duties[:] = 0
    s.turns[:] = 0
    for slot in range(len(s.who)):
        if s.who[slot] >= 0:
            _take_duty(m, slot, s.who[slot])


@nb.njit(cache=True, nogil=True, error_model="numpy")
def settle(f: Facts, s: State) -> bool:
    """Work every cost out from nothing; False if a rule is broken."""
    m = _memory(f, s)
    s.total[:] = 0
    for i in range(len(s.duties)):
        s.cost[i, 0], s.cost[i, 1] = person_cost(m, i)
        if s.cost[i, 1] >= BROKEN:
            return False
        s.total[1] += s.cost[i, 0]
        s.total[2] += s.cost[i, 1]
    for w in range(len(s.wish_cost)):
        s.wish_cost[w, 0], s.wish_cost[w, 1], s.wish_cost[w, 2] = wish_cost(m, w)
        if s.wish_cost[w, 0] >= BROKEN:
            return False
        for x in range(3):
            s.total[x] += s.wish_cost[w, x]
    return True


# -------------------------------------------------------------------------------------------------- moves


@_inlined
def _is_on(m: Memory, v: int, i: int) -> bool:
    for slot in range(_at(m, VISIT_SLOT, v), _at(m, VISIT_SLOT, v + 1)):
        if m.who[slot] == i:
            return True
    return False


@_inner
def _find(m: Memory, slot: int, o: int, i: int) -> int:
    """Somebody's candidate for a slot at an option, or −1."""
    r = _of(m, SLOT, slot, S_ROW)
    cell = _at(m, CELL_PTR, o) + r - _at(m, ROW_PTR, _of(m, ROW, r, R_VISIT))
    low, high = _at(m, CREW_PTR, cell), _at(m, CREW_PTR, cell + 1)
    if _is_standby(m, slot):
        low, high = _at(m, STANDBY_PTR, cell), _at(m, STANDBY_PTR, cell + 1)
    end = high
    while low < high:
        middle = (low + high) // 2
        if m.crew[4 * middle + WHO] < i:
            low = middle + 1
        else:
            high = middle
    return low if low < end and m.crew[4 * low + WHO] == i else -1


@_inner
def _draw(m: Memory, slot: int, o: int) -> int:
    """A random candidate for a slot at an option who is not on the visit yet, rather a cheap one; −1 if none came up."""
    r = _of(m, SLOT, slot, S_ROW)
    v = _of(m, ROW, r, R_VISIT)
    cell = _at(m, CELL_PTR, o) + r - _at(m, ROW_PTR, v)
    low, high = _at(m, CREW_PTR, cell), _at(m, CREW_PTR, cell + 1)
    if _is_standby(m, slot):
        low, high = _at(m, STANDBY_PTR, cell), _at(m, STANDBY_PTR, cell + 1)
    if high == low:
        return -1
    aside = _is_standby(m, slot)
    for _ in range(4):
        if aside:
            c = low + _below(m.random, high - low)
        else:
            u = _uniform(m.random)
            c = int(m.crew[4 * (low + min(int((high - low) * u * u), high - low - 1)) + CHEAP])
        i = int(m.crew[4 * c + WHO])
        if _is_on(m, v, i):
            continue
        if _has_time(m, i, o, aside):
            return c
        if _uniform(m.random) < MISFITS:
            m.touched[_MISFIT] = i
            return c
    return -1


@_inner
def _has_time(m: Memory, i: int, o: int, aside: bool) -> bool:
    """Whether somebody's duties leave room for one more at an option, as far as can be seen at a glance."""
    start, end = _of(m, OPTION, o, O_START), _of(m, OPTION, o, O_END)
    week, day = _of(m, OPTION, o, O_WEEK), _of(m, OPTION, o, O_DAY)
    on_week, on_day = 1, 1
    first = _at(m, DUTY_PTR, i)
    for x in range(first, first + m.duties[i]):
        slot = int(m.duty[x])
        other = int(m.chosen[_visit_of(m, slot)])
        if _of(m, OPTION, other, O_WEEK) != week:
            continue
        begin = _of(m, OPTION, other, O_START)
        if start >= 0 and begin >= 0 and begin < end and start < _of(m, OPTION, other, O_END):
            return False
        if not _is_standby(m, slot):
            on_week += 1
            on_day += begin >= 0 and _of(m, OPTION, other, O_DAY) == day
    if aside:
        return True
    if start >= 0 and on_day + _taken(m, i, day, 0) > _of(m, PERSON, i, P_DAY):
        return False
    return on_week + _taken(m, i, _at(m, SIZE, Z_DAYS) + week, 0) <= _of(m, PERSON, i, P_WEEK)


@_inlined
def _draw_option(m: Memory, v: int) -> int:
    low, high = _at(m, OPTION_PTR, v), _at(m, OPTION_PTR, v + 1)
    if high == low:
        return -1
    o = low + _below(m.random, high - low)
    return o if _of(m, OPTION, o, O_ALLOWED) and o != m.chosen[v] else -1


@_inner
def _reassign(m: Memory, slot: int) -> bool:
    v = _visit_of(m, slot)
    o = m.chosen[v]
    c = _draw(m, slot, o)
    if c < 0:
        return False
    m.touched[_FOCUS], m.touched[_GIVER] = o, m.who[slot]
    _put(m, slot, m.crew[4 * c + WHO], c)
    return True


@_inner
def _reassign_wish(m: Memory, slot: int) -> bool:
    """All of one person's seats at a wish to another."""
    i = m.who[slot]
    v = _visit_of(m, slot)
    c = _draw(m, slot, m.chosen[v])
    if i < 0 or c < 0:
        return False
    j = m.crew[4 * c + WHO]
    m.touched[_FOCUS], m.touched[_GIVER] = m.chosen[v], i
    w = _of(m, VISIT, v, V_WISH)
    moved = False
    for at in range(_at(m, WISH_PTR, w), _at(m, WISH_PTR, w + 1)):
        u = _at(m, WISH_VISIT, at)
        if m.chosen[u] < 0 or _is_on(m, u, j):
            continue
        for other in range(_at(m, VISIT_SLOT, u), _at(m, VISIT_SLOT, u + 1)):
            if m.who[other] == i and _is_standby(m, other) == _is_standby(m, slot):
                c = _find(m, other, m.chosen[u], j)
                if c >= 0 and m.touched[_LOG] < ROOM // 4:
                    _put(m, other, j, c)
                    moved = True
                break
    return moved


@_inner
def _shift(m: Memory, v: int, keep: float) -> bool:
    """A visit at another time: with the same people where they can, with others where they cannot."""
    o = _draw_option(m, v)
    first, last = _at(m, VISIT_SLOT, v), _at(m, VISIT_SLOT, v + 1)
    if o < 0 or last - first > ROOM // 4:
        return False
    m.touched[_FOCUS] = o
    _move_to(m, v, o)
    for slot in range(first, last):
        i = m.who[slot]
        if i < 0:
            continue
        c = _find(m, slot, o, i)
        if c < 0 or _uniform(m.random) > keep:
            c = _draw(m, slot, o)
        if c < 0 and _is_standby(m, slot):
            _put(m, slot, -1, -1)
        elif c < 0:
            return False
        else:
            _put(m, slot, m.crew[4 * c + WHO], c)
    return True


@_inner
def _draw_for_crew(m: Memory, slot: int, o: int, team: int) -> int:
    """A candidate for an empty crew: a paired one if somebody must be, one of the team if all must be."""
    v = _visit_of(m, slot)
    if _of(m, VISIT, v, V_PAIR_MUST):
        low, high = _list(m, PAIRED, _of(m, VISIT, v, V_WISH))
        i = _at(m, LISTS, low + _below(m.random, high - low))
        c = _find(m, slot, o, i)
        if c >= 0 and not _is_on(m, v, i):
            return c
    c = -1
    for _ in range(12 if _of(m, VISIT, v, V_ONE_TEAM) else 1):
        c = _draw(m, slot, o)
        if c < 0 or team == -2 or not _of(m, VISIT, v, V_ONE_TEAM) or _of(m, PERSON, m.crew[4 * c + WHO], P_TEAM) == team:
            break
    return c


@_inner
def _serve(m: Memory, v: int) -> bool:
    """Crew a visit nobody serves, stand-bys included."""
    o = _draw_option(m, v)
    first, last = _at(m, VISIT_SLOT, v), _at(m, VISIT_SLOT, v + 1)
    if o < 0 or last - first > ROOM // 4:
        return False
    m.touched[_FOCUS] = o
    _move_to(m, v, o)
    team = -2
    for slot in range(first, last):
        if _is_standby(m, slot):
            c = _draw(m, slot, o)
            if c >= 0:
                _put(m, slot, m.crew[4 * c + WHO], c)
            continue
        c = _draw_for_crew(m, slot, o, team)
        if c >= 0:
            _put(m, slot, m.crew[4 * c + WHO], c)
            team = _of(m, PERSON, m.crew[4 * c + WHO], P_TEAM)
        elif _of(m, VISIT, v, V_WHOLE):
            return False
    return True


@_inner
def _leave(m: Memory, v: int) -> bool:
    """Serve a visit no more."""
    first, last = _at(m, VISIT_SLOT, v), _at(m, VISIT_SLOT, v + 1)
    if last - first > ROOM // 4 or m.touched[_LOG] + last - first > ROOM // 2:
        return False
    for slot in range(first, last):
        if m.who[slot] >= 0:
            _put(m, slot, -1, -1)
    _move_to(m, v, -1)
    return True


@_inlined
def _closeness(m: Memory, o: int, other: int) -> int:
    if _of(m, OPTION, o, O_DAY) == _of(m, OPTION, other, O_DAY):
        return 3
    if _of(m, OPTION, o, O_WEEK) == _of(m, OPTION, other, O_WEEK):
        return 2
    return 1 if _of(m, OPTION, o, O_MONTH) == _of(m, OPTION, other, O_MONTH) else 0


@_inner
def _eject(m: Memory, i: int, leaving: bool, nearest: bool) -> bool:
    """Free somebody who has taken on too much of a duty near the one they were given: somebody else takes it."""
    focus = m.touched[_FOCUS]
    if focus < 0:
        return False
    chosen, best, ties = -1, -1, 0
    for x in range(_at(m, DUTY_PTR, i), _at(m, DUTY_PTR, i) + m.duties[i]):
        slot = m.duty[x]
        v = _visit_of(m, slot)
        if v == _of(m, OPTION, focus, O_VISIT) or _is_logged(m, slot):
            continue
        near = _closeness(m, focus, m.chosen[v]) if nearest else 0
        if near > best:
            chosen, best, ties = slot, near, 1
        elif near == best:
            ties += 1
            if _below(m.random, ties) == 0:
                chosen = slot
    if chosen < 0:
        return False
    v = _visit_of(m, chosen)
    o = m.chosen[v]
    giver = m.touched[_GIVER]
    c = -1
    if giver >= 0 and not _is_on(m, v, giver) and _uniform(m.random) < 0.6:
        c = _find(m, chosen, o, giver)
    if c < 0 and _is_standby(m, chosen) and _uniform(m.random) < 0.1:
        _put(m, chosen, -1, -1)
        return True
    if c < 0 and leaving and _uniform(m.random) < 0.1:
        return _leave(m, v)
    if c < 0:
        c = _draw(m, chosen, o)
    if c < 0:
        return False
    m.touched[_FOCUS], m.touched[_GIVER] = o, i
    _put(m, chosen, m.crew[4 * c + WHO], c)
    return True


@_inlined
def _is_logged(m: Memory, slot: int) -> bool:
    for at in range(m.touched[_LOG]):
        if m.log[4 * at + 0] == 0 and m.log[4 * at + 1] == slot:
            return True
    return False


@_inner
def _propose(m: Memory, slot: int) -> bool:
    """One random change around a slot; False if there is none."""
    v = _visit_of(m, slot)
    if m.chosen[v] < 0:
        return _serve(m, v)
    u = _uniform(m.random)
    w = _of(m, VISIT, v, V_WISH)
    many = _at(m, WISH_PTR, w + 1) - _at(m, WISH_PTR, w) > 1
    free = _at(m, OPTION_PTR, v + 1) - _at(m, OPTION_PTR, v) > 1
    if free and u < 0.35 and not _is_standby(m, slot):
        return _shift(m, v, 0.5)
    if many and u > 0.65 and m.who[slot] >= 0:
        return _reassign_wish(m, slot)
    return _reassign(m, slot)


@nb.njit(cache=True, nogil=True, error_model="numpy")
def anneal(f: Facts, s: State, moves: int, hot: float, cold: float, needs_weight: float, promises_weight: float) -> int:
    """Try ``moves`` moves while the temperature falls from ``hot`` to ``cold`` (points of quality); how many were kept."""
    m = _memory(f, s)
    slots = len(s.who)
    kept = 0
    unserved = np.empty(len(s.chosen), np.int64)
    waiting = 0
    temperature = hot
    part = 0
    slack = _at(m, SIZE, Z_SLACK)
    for move in range(moves):
        if move % 256 == 0:
            temperature = hot * (cold / hot) ** (move / moves)
        if move % 16384 == 0:
            waiting = 0
            for v in range(len(s.chosen)):
                if m.chosen[v] < 0 and _at(m, OPTION_PTR, v + 1) > _at(m, OPTION_PTR, v):
                    unserved[waiting] = v
                    waiting += 1
        if move % PART_MOVES == 0:
            part = _below(m.random, slots)
        _begin(m)
        slot = part + _below(m.random, min(slots, PART))
        if slot >= slots:
            slot -= slots
        if waiting > 0 and _uniform(m.random) < 0.04:
            slot = _at(m, VISIT_SLOT, unserved[_below(m.random, waiting)])
        inserting = m.chosen[_visit_of(m, slot)] < 0
        # Drawn first, so that what is too dear already need not be worked out.
        limit = -temperature * math.log(1.0 - _uniform(m.random))
        fine = _propose(m, slot)
        for step in range(CHAIN):
            if not fine:
                break
            broken = m.touched[_MISFIT]
            m.touched[_MISFIT] = -1
            if broken < 0 and (m.touched[_SURE] or m.touched[_ESTIMATE] <= limit + slack):
                broken = _evaluate(m)
                if broken == -2:
                    break
                if broken == -1:
                    needs, promises, quality = _difference(m)
                    if needs_weight * needs + promises_weight * promises + quality <= limit:
                        _keep(m, needs, promises, quality)
                        kept += 1
                        m.touched[_LOG] = 0
                        break
            who = broken if broken >= 0 else m.touched[_TAKER]
            fine = step + 1 < CHAIN and who >= 0 and _eject(m, who, inserting, broken >= 0)
        _undo(m)
    return kept
