"""annealing: compiled search over whole rosters on the real objective, every rule kept at every step.

A state is each visit's option and each slot's person. A move changes a few slots; the costs of the people
and wishes it touches are worked out anew, so there is one place per rule, and a move that breaks one is undone.
Simulated annealing: Kirkpatrick, Gelatt, Vecchi, "Optimization by simulated annealing", Science 220 (1983).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numba as nb
import numpy as np
from numpy.typing import NDArray

from matcher.solvers.tables import (
    C_ANYBODY_EXPERIENCED,
    C_CLAIMANT,
    C_FACES,
    C_FAIRNESS,
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
    P_TURNS_BEFORE,
    P_TURNS_OFFERED,
    P_WEEK,
    P_WEEK_MINUTES,
    PAIR,
    R_CAR,
    R_COUNT,
    R_EXPERIENCED,
    R_STANDBYS,
    R_VISIT,
    ROTATE,
    STEADY,
    V_END_PLACE,
    V_GOODS,
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

KNOWN, PAST, TURNS, PAIRED, CLAIMS, TOLD, FIXED, OUTSIDE = range(8)
"""Which ragged list of ``Facts.lists``: of a wish (the first five), a visit (two), a person."""
_WIDTH = (1, 4, 2, 1, 2, 4, 3, 5)
BROKEN = 1 << 60
"""The cost of what breaks a hard rule."""


# The tables of ``Facts.table``, each a matrix of so many columns; a list is a matrix of one.
VISIT, OPTION, ROW, PERSON, WISH, BUSY, LIST_AT, TAKEN, OPTION_PTR, ROW_PTR, CELL_PTR, CREW_PTR, STANDBY_PTR, WISH_PTR, \
    WISH_VISIT, PRICE, LISTS, MONTH_ASKED, SLOT_PTR, SLOT_ROW, SLOT_STANDBY, DUTY_PTR, SIZE = range(23)
START, END, DAY, WEEK, MONTH, OF_VISIT, ASIDE = range(7)
"""Columns of ``State.scratch``."""
WHO, PRICE_OF_SEAT, TOUR, CHEAP = range(4)
"""Columns of ``Facts.crew``."""


class Facts(NamedTuple):
    """What does not change: ``Tables``, packed into few arrays, for the compiled functions pass every array by value.

    ``table``: at 2·T where table T begins, at 2·T + 1 how many columns it has, then the tables. Beside those of
    ``Tables``: LIST_AT, where in LISTS each owner's entries begin, by kind; TAKEN, visits and minutes taken outside the
    plan by (day, week, month); SLOT_PTR, a row's slots, first its crew's, then its stand-bys'; DUTY_PTR, room for each
    person's duties; SIZE: days, weeks, minutes to an unknown place, minutes from which on nothing collides, months.
    ``crew``: [candidates, 4] volunteer, seat price, price of a day's tour with it alone, the cell's candidates cheapest
    first; then the stand-by candidates.
    """

    table: Ints
    crew: NDArray[np.int32]
    axes: NDArray[np.float64]
    pace: Ints
    measured: Ints


class State(NamedTuple):
    """What changes. ``cost`` [people, 2] promises and quality; ``wish_cost`` [wishes, 3] needs, promises, quality."""

    chosen: Ints
    who: Ints
    candidate: Ints
    duty: Ints
    duties: Ints
    cost: Ints
    wish_cost: Ints
    total: Ints
    random: NDArray[np.uint64]
    log: Ints
    """What the move under way has changed: [entries, 3] kind and slot/visit, old person/option, old candidate."""
    touched: Ints
    """Counts of log entries, touched people, touched wishes; then the people and wishes themselves."""
    old: Ints
    """Costs of the touched before the move."""
    scratch: Ints
    """[duties, 7] the person at hand: START … ASIDE of their duties, in order of time."""


_njit: Any = nb.njit
_inner = _njit(nogil=True, no_cpython_wrapper=True, no_cfunc_wrapper=True)
"""For what only compiled functions call: without an entry from Python it compiles in half the time."""


_inlined = _njit(nogil=True, no_cpython_wrapper=True, no_cfunc_wrapper=True, forceinline=True)
"""For the smallest: a call hands over every array by value, which takes longer than what they do."""


@_inlined
def _of(f: Facts, table: int, row: int, column: int) -> int:
    return f.table[f.table[2 * table] + row * f.table[2 * table + 1] + column]


@_inlined
def _at(f: Facts, table: int, row: int) -> int:
    return f.table[f.table[2 * table] + row]


@_inlined
def _taken(f: Facts, i: int, period: int, column: int) -> int:
    return _of(f, TAKEN, i, 2 * period + column)


@_inlined
def _visit_of(f: Facts, slot: int) -> int:
    return _of(f, ROW, _at(f, SLOT_ROW, slot), R_VISIT)


@_inlined
def _next(random: NDArray[np.uint64]) -> int:
    """A random 64-bit number (xorshift64*; Vigna, "An experimental exploration of Marsaglia's xorshift generators")."""
    x = random[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    random[0] = x
    return x * np.uint64(2685821657736338717)


@_inlined
def _uniform(random: NDArray[np.uint64]) -> float:
    return (_next(random) >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@_inlined
def _below(random: NDArray[np.uint64], count: int) -> int:
    return min(int(_uniform(random) * count), count - 1)


@_inlined
def _list(f: Facts, kind: int, owner: int) -> tuple[int, int]:
    return _of(f, LIST_AT, kind, owner), _of(f, LIST_AT, kind, owner + 1)


@_inlined
def _way(f: Facts, here: int, there: int, mode: int) -> int:
    return minutes_between(f.axes, f.pace, f.measured, _at(f, SIZE, 2), here, there, mode)


# -------------------------------------------------------------------------------------- cost of a person


@_inner
def person_cost(f: Facts, s: State, i: int) -> tuple[int, int]:
    """(promises, quality) of one person's duties, BROKEN if they cannot all be kept."""
    first, count = _at(f, DUTY_PTR, i), s.duties[i]
    duty = s.duty
    # In order of time; goods (start −1) come first.
    for a in range(first + 1, first + count):
        slot = duty[a]
        start = _of(f, OPTION, s.chosen[_visit_of(f, slot)], O_START)
        b = a
        while b > first and _of(f, OPTION, s.chosen[_visit_of(f, duty[b - 1])], O_START) > start:
            duty[b] = duty[b - 1]
            b -= 1
        duty[b] = slot
    _look_up(f, s, first, count)
    if not _is_free(f, s, i, first, count) or not _is_within_limits(f, s, i, count):
        return BROKEN, BROKEN
    served = 0
    quality = 0
    previous_day, previous_place, home_by = -1, -1, 0
    day_price = 0
    on_day = 0
    home, own_mode = _of(f, PERSON, i, P_HOME), _of(f, PERSON, i, P_MODE)
    for a in range(first, first + count):
        slot = duty[a]
        if _at(f, SLOT_STANDBY, slot):
            continue
        served += 1
        c = s.candidate[slot]
        quality += f.crew[c, PRICE_OF_SEAT]
        r = _at(f, SLOT_ROW, slot)
        v = _of(f, ROW, r, R_VISIT)
        if _of(f, VISIT, v, V_GOODS):
            quality += f.crew[c, TOUR]
            continue
        day = _of(f, OPTION, s.chosen[v], O_DAY)
        mode = CAR if _of(f, ROW, r, R_CAR) else own_mode
        if day != previous_day:
            if on_day > 1:
                day_price += _way(f, previous_place, home, home_by)
                quality += _at(f, PRICE, C_TRAVEL) * day_price
            previous_day, on_day, day_price = day, 0, 0
        on_day += 1
        if on_day == 1:
            quality += f.crew[c, TOUR]
        elif on_day == 2:
            # A second visit that day: the tour is worked out leg by leg instead.
            before = duty[a - 1]
            b = a - 1
            while _at(f, SLOT_STANDBY, before):
                b -= 1
                before = duty[b]
            quality -= f.crew[s.candidate[before], TOUR]
            other = _visit_of(f, before)
            by = CAR if _of(f, ROW, _at(f, SLOT_ROW, before), R_CAR) else own_mode
            day_price = _way(f, home, _of(f, VISIT, other, V_PLACE), by)
            day_price += _way(f, previous_place, _of(f, VISIT, v, V_PLACE), mode)
        else:
            day_price += _way(f, previous_place, _of(f, VISIT, v, V_PLACE), mode)
        previous_place, home_by = _of(f, VISIT, v, V_END_PLACE), mode
    if on_day > 1:
        day_price += _way(f, previous_place, home, home_by)
        quality += _at(f, PRICE, C_TRAVEL) * day_price
    before, offered = _of(f, PERSON, i, P_TURNS_BEFORE), _of(f, PERSON, i, P_TURNS_OFFERED)
    for t in range(1, served + 1):
        quality += _at(f, PRICE, C_FAIRNESS) * (100 * (2 * (before + t) - 1) // offered)
    return _least_missing(f, s, i, first, count), quality


@_inlined
def _least_missing(f: Facts, s: State, i: int, first: int, count: int) -> int:
    least = _of(f, PERSON, i, P_LEAST)
    if least == 0:
        return 0
    missing = 0
    for month in range(_at(f, SIZE, 4)):
        if _at(f, MONTH_ASKED, month):
            done = _taken(f, i, _at(f, SIZE, 0) + _at(f, SIZE, 1) + month, 0)
            for a in range(first, first + count):
                slot = s.duty[a]
                if not _at(f, SLOT_STANDBY, slot):
                    done += _of(f, OPTION, s.chosen[_visit_of(f, slot)], O_MONTH) == month
            missing += max(0, least - done)
    return _at(f, PRICE, C_LEAST) * missing


@_inlined
def _look_up(f: Facts, s: State, first: int, count: int) -> None:
    """Write the times of a person's duties, which lie in order, beside each other."""
    for a in range(count):
        slot = s.duty[first + a]
        v = _visit_of(f, slot)
        o = s.chosen[v]
        s.scratch[a, START], s.scratch[a, END] = _of(f, OPTION, o, O_START), _of(f, OPTION, o, O_END)
        s.scratch[a, DAY], s.scratch[a, WEEK] = _of(f, OPTION, o, O_DAY), _of(f, OPTION, o, O_WEEK)
        s.scratch[a, MONTH], s.scratch[a, OF_VISIT] = _of(f, OPTION, o, O_MONTH), v
        s.scratch[a, ASIDE] = _at(f, SLOT_STANDBY, slot)


@_inlined
def _is_free(f: Facts, s: State, i: int, first: int, count: int) -> bool:
    """No two of the person's duties collide, travel between them counted; rests are kept."""
    low, high = _list(f, OUTSIDE, i)
    rest, own_mode = _of(f, PERSON, i, P_MIN_REST), _of(f, PERSON, i, P_MODE)
    far = max(_at(f, SIZE, 3), rest)
    own = s.scratch
    for a in range(count):
        start, end, v, aside = own[a, START], own[a, END], own[a, OF_VISIT], own[a, ASIDE]
        for b in range(a + 1, count):
            if own[b, OF_VISIT] == v:
                return False
            if start < 0:
                continue
            begin = own[b, START]
            if begin - end >= far:
                break
            if begin < end:
                return False
            r = _at(f, SLOT_ROW, s.duty[first + b])
            mode = CAR if _of(f, ROW, r, R_CAR) else own_mode
            way = _way(f, _of(f, VISIT, v, V_END_PLACE), _of(f, VISIT, own[b, OF_VISIT], V_PLACE), mode)
            if end + way > begin or (rest > begin - end and not aside and not own[b, ASIDE]):
                return False
        if start < 0:
            continue
        for x in range(low, high, 5):
            begin, finish = _at(f, LISTS, x), _at(f, LISTS, x + 1)
            both_serve = not aside and _at(f, LISTS, x + 4) == 0
            if (begin, finish) < (start, end):
                mode = CAR if _of(f, ROW, _at(f, SLOT_ROW, s.duty[first + a]), R_CAR) else own_mode
                if finish + _way(f, _at(f, LISTS, x + 3), _of(f, VISIT, v, V_PLACE), mode) > start:
                    return False
                if both_serve and start - finish < rest:
                    return False
            else:
                if end + _way(f, _of(f, VISIT, v, V_END_PLACE), _at(f, LISTS, x + 2), own_mode) > begin:
                    return False
                if both_serve and begin - end < rest:
                    return False
    return True


@_inlined
def _goods_in(s: State, count: int, column: int, period: int) -> int:
    """A person's goods that are due in a week or month; they lie in front."""
    goods = 0
    for a in range(count):
        if s.scratch[a, START] >= 0:
            break
        goods += s.scratch[a, column] == period
    return goods


@_inlined
def _is_within_limits(f: Facts, s: State, i: int, count: int) -> bool:
    """Visits and minutes per day, ISO week and month, and days of rest: one pass, for the duties lie in order."""
    days, weeks = _at(f, SIZE, 0), _at(f, SIZE, 1)
    own = s.scratch
    day = week = month = -1
    on_day = on_week = on_month = minutes_day = minutes_week = minutes_month = busy = 0
    for a in range(count):
        if own[a, ASIDE]:
            continue
        if own[a, START] < 0:
            if not _may_take_goods(f, s, i, a, count):
                return False
            continue
        if own[a, MONTH] != month:
            month = own[a, MONTH]
            on_month = _taken(f, i, days + weeks + month, 0) + _goods_in(s, count, MONTH, month)
            minutes_month = _taken(f, i, days + weeks + month, 1)
        if own[a, WEEK] != week:
            week = own[a, WEEK]
            on_week = _taken(f, i, days + week, 0) + _goods_in(s, count, WEEK, week)
            minutes_week = _taken(f, i, days + week, 1)
            busy = _of(f, BUSY, i, week)
        if own[a, DAY] != day:
            day = own[a, DAY]
            on_day, minutes_day = _taken(f, i, day, 0), _taken(f, i, day, 1)
            busy |= 1 << (day - 7 * week)
        spent = own[a, END] - own[a, START]
        on_day, on_week, on_month = on_day + 1, on_week + 1, on_month + 1
        minutes_day, minutes_week, minutes_month = minutes_day + spent, minutes_week + spent, minutes_month + spent
        if (
            on_day > _of(f, PERSON, i, P_DAY) or on_week > _of(f, PERSON, i, P_WEEK)
            or on_month > _of(f, PERSON, i, P_MONTH) or minutes_day > _of(f, PERSON, i, P_DAY_MINUTES)
            or minutes_week > _of(f, PERSON, i, P_WEEK_MINUTES) or minutes_month > _of(f, PERSON, i, P_MONTH_MINUTES)
        ):
            return False
        rest = _of(f, PERSON, i, P_REST_DAYS)
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
def _may_take_goods(f: Facts, s: State, i: int, a: int, count: int) -> bool:
    """Whether the week and the month in which goods are due have room for them."""
    days, weeks = _at(f, SIZE, 0), _at(f, SIZE, 1)
    week, month = s.scratch[a, WEEK], s.scratch[a, MONTH]
    on_week, on_month = _taken(f, i, days + week, 0), _taken(f, i, days + weeks + month, 0)
    for b in range(count):
        if not s.scratch[b, ASIDE]:
            on_week += s.scratch[b, WEEK] == week
            on_month += s.scratch[b, MONTH] == month
    if _taken(f, i, days + week, 1) > _of(f, PERSON, i, P_WEEK_MINUTES):
        return False
    if _taken(f, i, days + weeks + month, 1) > _of(f, PERSON, i, P_MONTH_MINUTES):
        return False
    return on_week <= _of(f, PERSON, i, P_WEEK) and on_month <= _of(f, PERSON, i, P_MONTH)


# ---------------------------------------------------------------------------------------- cost of a wish


@_inner
def wish_cost(f: Facts, s: State, w: int) -> tuple[int, int, int]:
    """(needs, promises, quality) of one wish's visits together, BROKEN if a rule about them is broken."""
    needs = promises = quality = 0
    low, high = _at(f, WISH_PTR, w), _at(f, WISH_PTR, w + 1)
    for at in range(low, high):
        n, p, q = _visit_cost(f, s, w, _at(f, WISH_VISIT, at))
        if n >= BROKEN:
            return BROKEN, BROKEN, BROKEN
        needs += n
        promises += p
        quality += q
    for kept in (_spacing(f, s, w), _turns(f, s, w), _faces(f, s, w), _standby_turns(f, s, w)):
        if kept >= BROKEN:
            return BROKEN, BROKEN, BROKEN
        quality += kept
    return needs, promises + _claimants(f, s, w), quality


@_inlined
def _serves(f: Facts, s: State, v: int, person: int) -> bool:
    """Whether somebody is on a visit's crew."""
    for slot in range(_at(f, SLOT_PTR, _at(f, ROW_PTR, v)), _at(f, SLOT_PTR, _at(f, ROW_PTR, v + 1))):
        if s.who[slot] == person and not _at(f, SLOT_STANDBY, slot):
            return True
    return False


@_inner
def _visit_cost(f: Facts, s: State, w: int, v: int) -> tuple[int, int, int]:
    needs = promises = quality = 0
    o = s.chosen[v]
    crew = experienced = 0
    team = -2
    for r in range(_at(f, ROW_PTR, v), _at(f, ROW_PTR, v + 1)):
        filled = aside = 0
        for slot in range(_at(f, SLOT_PTR, r), _at(f, SLOT_PTR, r + 1)):
            i = s.who[slot]
            if i < 0:
                continue
            if _at(f, SLOT_STANDBY, slot):
                aside += 1
                continue
            filled += 1
            if _of(f, PERSON, i, P_EXPERIENCED):
                experienced += 1
            elif _of(f, ROW, r, R_EXPERIENCED) and _at(f, PRICE, C_ANYBODY_EXPERIENCED):
                if _at(f, PRICE, C_NEWCOMERS) < 0:
                    return BROKEN, BROKEN, BROKEN
                quality += _at(f, PRICE, C_NEWCOMERS)
            if team == -2:
                team = _of(f, PERSON, i, P_TEAM)
            if _of(f, VISIT, v, V_ONE_TEAM) and (team < 0 or team != _of(f, PERSON, i, P_TEAM)):
                return BROKEN, BROKEN, BROKEN
        empty = _of(f, ROW, r, R_COUNT) - filled
        needs += empty * _of(f, VISIT, v, V_NEED)
        if o >= 0 and empty > 0 and _of(f, VISIT, v, V_WHOLE):
            return BROKEN, BROKEN, BROKEN
        if filled > 0:
            quality += _at(f, PRICE, C_MISSING_STANDBY) * max(0, _of(f, ROW, r, R_STANDBYS) - aside)
        crew += filled
    if (o >= 0) != (crew > 0):
        return BROKEN, BROKEN, BROKEN
    if crew > 1 and experienced == 0 and _at(f, PRICE, C_ANYBODY_EXPERIENCED):
        if _at(f, PRICE, C_NEWCOMERS) < 0:
            return BROKEN, BROKEN, BROKEN
        quality += _at(f, PRICE, C_NEWCOMERS)
    low, high = _list(f, PAIRED, w)
    if crew > 0 and high > low:
        comes = False
        for x in range(low, high):
            comes = comes or _serves(f, s, v, _at(f, LISTS, x))
        if not comes:
            if _of(f, VISIT, v, V_PAIR_MUST):
                return BROKEN, BROKEN, BROKEN
            promises += _at(f, PRICE, C_PAIRING)
    if not _has_the_fixed(f, s, v):
        return BROKEN, BROKEN, BROKEN
    return needs, promises + _told(f, s, v), quality


@_inlined
def _holds(f: Facts, s: State, v: int, role: int, person: int, standby: bool) -> bool:
    low = _at(f, ROW_PTR, v) if role < 0 else _at(f, ROW_PTR, v) + role
    high = _at(f, ROW_PTR, v + 1) if role < 0 else low + 1
    for slot in range(_at(f, SLOT_PTR, low), _at(f, SLOT_PTR, high)):
        if s.who[slot] == person and _at(f, SLOT_STANDBY, slot) == standby:
            return True
    return False


@_inlined
def _has_the_fixed(f: Facts, s: State, v: int) -> bool:
    low, high = _list(f, FIXED, v)
    for x in range(low, high, 3):
        if not _holds(f, s, v, _at(f, LISTS, x), _at(f, LISTS, x + 1), _at(f, LISTS, x + 2) != 0):
            return False
    return True


@_inlined
def _told(f: Facts, s: State, v: int) -> int:
    promises = 0
    low, high = _list(f, TOLD, v)
    for x in range(low, high, 4):
        held = _at(f, LISTS, x) >= 0 and _at(f, LISTS, x + 1) >= 0 and _holds(
            f, s, v, _at(f, LISTS, x), _at(f, LISTS, x + 1), _at(f, LISTS, x + 2) != 0
        )
        if not held:
            promises += _at(f, LISTS, x + 3)
    told = _of(f, VISIT, v, V_TOLD_START)
    if told >= 0 and s.chosen[v] >= 0 and _of(f, OPTION, s.chosen[v], O_START) != told:
        promises += _of(f, VISIT, v, V_TOLD_TIME)
    return promises


@_inner
def _spacing(f: Facts, s: State, w: int) -> int:
    if not _of(f, WISH, w, W_SPACED):
        return 0
    least, most, price = _of(f, WISH, w, W_MIN_GAP), _of(f, WISH, w, W_MAX_GAP), _at(f, PRICE, C_SPACING)
    last, adjacent = _of(f, WISH, w, W_LAST_DONE), _of(f, WISH, w, W_HISTORY_BINDS) != 0
    known = last > -FAR
    broken = 0
    for at in range(_at(f, WISH_PTR, w), _at(f, WISH_PTR, w + 1)):
        o = s.chosen[_at(f, WISH_VISIT, at)]
        if o < 0:
            adjacent = False
            continue
        day = _of(f, OPTION, o, O_DAY)
        if known:
            gap = day - last
            if gap < least or (adjacent and most >= 0 and gap > most):
                broken += 1
        last, adjacent, known = day, True, True
    if broken == 0:
        return 0
    return BROKEN if price < 0 else broken * price


@_inner
def _turns(f: Facts, s: State, w: int) -> int:
    """keeps_the_turn and the price of turns, for a rotating wish."""
    if _of(f, WISH, w, W_POLICY) != ROTATE:
        return 0
    broken = 0
    quality = 0
    first, past = _list(f, PAST, w)
    low, high = _list(f, TURNS, w)
    previous = -1
    for at in range(_at(f, WISH_PTR, w), _at(f, WISH_PTR, w + 1)):
        v = _at(f, WISH_VISIT, at)
        if s.chosen[v] < 0:
            continue
        for slot in range(_at(f, SLOT_PTR, _at(f, ROW_PTR, v)), _at(f, SLOT_PTR, _at(f, ROW_PTR, v + 1))):
            i = s.who[slot]
            if i < 0 or _at(f, SLOT_STANDBY, slot):
                continue
            if previous >= 0:
                broken += _serves(f, s, previous, i)
            else:
                for x in range(first, past, 4):
                    if _at(f, LISTS, x + 1) == i and _at(f, LISTS, x + 3):
                        broken += 1
                        break
            turn = 1
            for earlier in range(_at(f, WISH_PTR, w), at):
                u = _at(f, WISH_VISIT, earlier)
                turn += s.chosen[u] >= 0 and _serves(f, s, u, i)
            before = 0
            for x in range(low, high, 2):
                if _at(f, LISTS, x) == i:
                    before = _at(f, LISTS, x + 1)
            quality += _at(f, PRICE, C_TURNS) * (2 * (before + turn) - 1)
            if _of(f, WISH, w, W_MAX_TURNS) >= 0:
                if _of(f, WISH, w, W_ONE_SPAN):
                    excess = before + turn - _of(f, WISH, w, W_MAX_TURNS)
                    broken += max(0, excess) - (max(0, excess - 1) if turn > 1 else 0)
                else:
                    broken += _turns_beyond(f, s, w, at, i)
        previous = v
    if broken == 0:
        return quality
    return BROKEN if _at(f, PRICE, C_TURN) < 0 else quality + broken * _at(f, PRICE, C_TURN)


@_inner
def _turns_beyond(f: Facts, s: State, w: int, at: int, i: int) -> int:
    """By how many a person exceeds their turns in any stretch, told at their last visit only."""
    for later in range(at + 1, _at(f, WISH_PTR, w + 1)):
        v = _at(f, WISH_VISIT, later)
        if s.chosen[v] >= 0 and _serves(f, s, v, i):
            return 0
    low, high = _list(f, PAST, w)
    span, most, excess = _of(f, WISH, w, W_TURNS_DAYS), _of(f, WISH, w, W_MAX_TURNS), 0
    # Every stretch worth looking at begins on one of the person's own days.
    for begin in range(low, high + 4 * (at - _at(f, WISH_PTR, w) + 1), 4):
        if begin < high:
            if _at(f, LISTS, begin + 1) != i or _at(f, LISTS, begin + 2):
                continue
            day = _at(f, LISTS, begin)
        else:
            v = _at(f, WISH_VISIT, _at(f, WISH_PTR, w) + (begin - high) // 4)
            if s.chosen[v] < 0 or not _serves(f, s, v, i):
                continue
            day = _of(f, OPTION, s.chosen[v], O_DAY)
        count = new = 0
        for x in range(low, high, 4):
            if _at(f, LISTS, x + 1) == i and not _at(f, LISTS, x + 2) and 0 <= _at(f, LISTS, x) - day < span:
                count += 1
        for other in range(_at(f, WISH_PTR, w), at + 1):
            v = _at(f, WISH_VISIT, other)
            if s.chosen[v] >= 0 and _serves(f, s, v, i) and 0 <= _of(f, OPTION, s.chosen[v], O_DAY) - day < span:
                count += 1
                new += 1
        if new > 0:
            excess = max(excess, count - most)
    return excess


@_inlined
def _is_known(f: Facts, w: int, i: int) -> bool:
    low, high = _list(f, KNOWN, w)
    for x in range(low, high):
        if _at(f, LISTS, x) == i:
            return True
    return False


@_inlined
def _came_before(f: Facts, s: State, w: int, at: int, slot: int, i: int) -> bool:
    """Whether somebody served this wish at an earlier visit, or an earlier seat of this one."""
    for earlier in range(_at(f, WISH_PTR, w), at):
        u = _at(f, WISH_VISIT, earlier)
        if s.chosen[u] >= 0 and _serves(f, s, u, i):
            return True
    for other in range(_at(f, SLOT_PTR, _at(f, ROW_PTR, _at(f, WISH_VISIT, at))), slot):
        if s.who[other] == i and not _at(f, SLOT_STANDBY, other):
            return True
    return False


@_inlined
def _is_served(f: Facts, s: State, w: int) -> bool:
    for at in range(_at(f, WISH_PTR, w), _at(f, WISH_PTR, w + 1)):
        if s.chosen[_at(f, WISH_VISIT, at)] >= 0:
            return True
    return False


@_inner
def _faces(f: Facts, s: State, w: int) -> int:
    """The price of new faces, and keeps_faces_few."""
    policy, most = _of(f, WISH, w, W_POLICY), _of(f, WISH, w, W_MAX_HELPERS)
    if policy != STEADY and policy != PAIR and most < 0:
        return 0
    new = 0
    for at in range(_at(f, WISH_PTR, w), _at(f, WISH_PTR, w + 1)):
        v = _at(f, WISH_VISIT, at)
        if s.chosen[v] < 0:
            continue
        for slot in range(_at(f, SLOT_PTR, _at(f, ROW_PTR, v)), _at(f, SLOT_PTR, _at(f, ROW_PTR, v + 1))):
            i = s.who[slot]
            if i >= 0 and not _at(f, SLOT_STANDBY, slot) and not _came_before(f, s, w, at, slot, i):
                new += not _is_known(f, w, i)
    quality = _at(f, PRICE, C_FACES) * new if policy == STEADY or policy == PAIR else 0
    if most < 0:
        return quality
    if _of(f, WISH, w, W_ONE_SPAN):
        excess = _of(f, WISH, w, W_PAST_FACES) + new - most if new > 0 or _is_served(f, s, w) else 0
    else:
        excess = _faces_beyond(f, s, w, most)
    if excess <= 0:
        return quality
    return BROKEN if _at(f, PRICE, C_FEW_FACES) < 0 else quality + excess * _at(f, PRICE, C_FEW_FACES)


@_inner
def _faces_beyond(f: Facts, s: State, w: int, most: int) -> int:
    """By how many the different people of any stretch of ``turns_days`` exceed the agreed number."""
    low, high = _list(f, PAST, w)
    span, first, last = _of(f, WISH, w, W_TURNS_DAYS), _at(f, WISH_PTR, w), _at(f, WISH_PTR, w + 1)
    excess = 0
    for begin in range(low, high + 4 * (last - first), 4):
        if begin < high:
            day = _at(f, LISTS, begin)
        else:
            v = _at(f, WISH_VISIT, first + (begin - high) // 4)
            if s.chosen[v] < 0:
                continue
            day = _of(f, OPTION, s.chosen[v], O_DAY)
        faces = new = 0
        for x in range(low, high, 4):
            if 0 <= _at(f, LISTS, x) - day < span:
                seen = False
                for y in range(low, x, 4):
                    if _at(f, LISTS, y + 1) == _at(f, LISTS, x + 1) and 0 <= _at(f, LISTS, y) - day < span:
                        seen = True
                        break
                faces += not seen
        for at in range(first, last):
            v = _at(f, WISH_VISIT, at)
            if s.chosen[v] < 0 or not 0 <= _of(f, OPTION, s.chosen[v], O_DAY) - day < span:
                continue
            new += 1
            for slot in range(_at(f, SLOT_PTR, _at(f, ROW_PTR, v)), _at(f, SLOT_PTR, _at(f, ROW_PTR, v + 1))):
                i = s.who[slot]
                if i < 0 or _at(f, SLOT_STANDBY, slot):
                    continue
                seen = False
                for y in range(low, high, 4):
                    if _at(f, LISTS, y + 1) == i and 0 <= _at(f, LISTS, y) - day < span:
                        seen = True
                        break
                for other in range(first, at):
                    u = _at(f, WISH_VISIT, other)
                    if (
                        s.chosen[u] >= 0 and 0 <= _of(f, OPTION, s.chosen[u], O_DAY) - day < span
                        and _serves(f, s, u, i)
                    ):
                        seen = True
                        break
                faces += not seen
        if new > 0:
            excess = max(excess, faces - most)
    return excess


@_inner
def _standby_turns(f: Facts, s: State, w: int) -> int:
    quality = 0
    for at in range(_at(f, WISH_PTR, w), _at(f, WISH_PTR, w + 1)):
        v = _at(f, WISH_VISIT, at)
        for slot in range(_at(f, SLOT_PTR, _at(f, ROW_PTR, v)), _at(f, SLOT_PTR, _at(f, ROW_PTR, v + 1))):
            if not _at(f, SLOT_STANDBY, slot) or s.who[slot] < 0:
                continue
            turn = 1
            for earlier in range(_at(f, WISH_PTR, w), at + 1):
                u = _at(f, WISH_VISIT, earlier)
                for other in range(_at(f, SLOT_PTR, _at(f, ROW_PTR, u)), _at(f, SLOT_PTR, _at(f, ROW_PTR, u + 1))):
                    if other < slot or u != v:
                        turn += _at(f, SLOT_STANDBY, other) and s.who[other] == s.who[slot]
            quality += _at(f, PRICE, C_STANDBY_TURNS) * (2 * turn - 1)
    return quality


@_inner
def _claimants(f: Facts, s: State, w: int) -> int:
    """Chosen claims without a turn; a claim's people lie side by side."""
    low, high = _list(f, CLAIMS, w)
    promises = 0
    x = low
    while x < high:
        claim, served = _at(f, LISTS, x), False
        while x < high and _at(f, LISTS, x) == claim:
            for at in range(_at(f, WISH_PTR, w), _at(f, WISH_PTR, w + 1)):
                v = _at(f, WISH_VISIT, at)
                served = served or (s.chosen[v] >= 0 and _serves(f, s, v, _at(f, LISTS, x + 1)))
            x += 2
        if not served:
            promises += _at(f, PRICE, C_CLAIMANT)
    return promises


# ------------------------------------------------------------------------------------------------ changes

_LOG, _PEOPLE, _WISHES, _FOCUS, _GIVER = range(5)
"""Entries of ``State.touched``: lengths of the three lists, the option a move is about, who gave a seat up."""
ROOM = 256
"""A move changes at most so many slots, people and wishes."""
_FIRST_PERSON, _FIRST_WISH = 8, 8 + ROOM


@_inlined
def _begin(s: State) -> None:
    s.touched[_LOG] = s.touched[_PEOPLE] = s.touched[_WISHES] = 0
    s.touched[_FOCUS] = s.touched[_GIVER] = -1


@_inlined
def _touch(s: State, count: int, first: int, what: int) -> None:
    known = s.touched[count]
    for x in range(first, first + known):
        if s.touched[x] == what:
            return
    s.touched[first + known] = what
    s.touched[count] = known + 1


@_inlined
def _note(s: State, kind: int, what: int, old: int, more: int) -> None:
    at = s.touched[_LOG]
    s.log[at, 0], s.log[at, 1], s.log[at, 2], s.log[at, 3] = kind, what, old, more
    s.touched[_LOG] = at + 1


@_inlined
def _drop_duty(f: Facts, s: State, slot: int) -> None:
    i = s.who[slot]
    first, count = _at(f, DUTY_PTR, i), s.duties[i]
    for x in range(first, first + count):
        if s.duty[x] == slot:
            s.duty[x] = s.duty[first + count - 1]
            break
    s.duties[i] = count - 1


@_inlined
def _take_duty(f: Facts, s: State, slot: int, i: int) -> None:
    s.duty[_at(f, DUTY_PTR, i) + s.duties[i]] = slot
    s.duties[i] += 1


@_inner
def _put(f: Facts, s: State, slot: int, i: int, c: int) -> None:
    """Give a slot to somebody (−1: nobody); costs are worked out later."""
    _note(s, 0, slot, s.who[slot], s.candidate[slot])
    if s.who[slot] >= 0:
        _touch(s, _PEOPLE, _FIRST_PERSON, s.who[slot])
        _drop_duty(f, s, slot)
    s.who[slot], s.candidate[slot] = i, c
    if i >= 0:
        _touch(s, _PEOPLE, _FIRST_PERSON, i)
        _take_duty(f, s, slot, i)
    _touch(s, _WISHES, _FIRST_WISH, _of(f, VISIT, _visit_of(f, slot), V_WISH))


@_inner
def _move_to(f: Facts, s: State, v: int, o: int) -> None:
    """Choose a visit's option (−1: none)."""
    _note(s, 1, v, s.chosen[v], 0)
    s.chosen[v] = o
    for slot in range(_at(f, SLOT_PTR, _at(f, ROW_PTR, v)), _at(f, SLOT_PTR, _at(f, ROW_PTR, v + 1))):
        if s.who[slot] >= 0:
            _touch(s, _PEOPLE, _FIRST_PERSON, s.who[slot])
    _touch(s, _WISHES, _FIRST_WISH, _of(f, VISIT, v, V_WISH))


@_inner
def _undo(f: Facts, s: State) -> None:
    for at in range(s.touched[_LOG] - 1, -1, -1):
        what, old = s.log[at, 1], s.log[at, 2]
        if s.log[at, 0] == 1:
            s.chosen[what] = old
            continue
        if s.who[what] >= 0:
            _drop_duty(f, s, what)
        s.who[what], s.candidate[what] = old, s.log[at, 3]
        if old >= 0:
            _take_duty(f, s, what, old)


@_inner
def _evaluate(f: Facts, s: State) -> int:
    """Work out the costs of what was touched into ``old``: −1 fine, −2 a wish is broken, else the person who cannot."""
    people, wishes = s.touched[_PEOPLE], s.touched[_WISHES]
    for x in range(people):
        promises, quality = person_cost(f, s, s.touched[_FIRST_PERSON + x])
        if quality >= BROKEN:
            return s.touched[_FIRST_PERSON + x]
        s.old[2 * x], s.old[2 * x + 1] = promises, quality
    for x in range(wishes):
        needs, promises, quality = wish_cost(f, s, s.touched[_FIRST_WISH + x])
        if quality >= BROKEN:
            return -2
        at = 2 * ROOM + 3 * x
        s.old[at], s.old[at + 1], s.old[at + 2] = needs, promises, quality
    return -1


@_inlined
def _difference(s: State) -> tuple[int, int, int]:
    """By how much an evaluated move changes needs, promises and quality."""
    needs = promises = quality = 0
    for x in range(s.touched[_PEOPLE]):
        i = s.touched[_FIRST_PERSON + x]
        promises += s.old[2 * x] - s.cost[i, 0]
        quality += s.old[2 * x + 1] - s.cost[i, 1]
    for x in range(s.touched[_WISHES]):
        w, at = s.touched[_FIRST_WISH + x], 2 * ROOM + 3 * x
        needs += s.old[at] - s.wish_cost[w, 0]
        promises += s.old[at + 1] - s.wish_cost[w, 1]
        quality += s.old[at + 2] - s.wish_cost[w, 2]
    return needs, promises, quality


@_inlined
def _keep(s: State, needs: int, promises: int, quality: int) -> None:
    for x in range(s.touched[_PEOPLE]):
        i = s.touched[_FIRST_PERSON + x]
        s.cost[i, 0], s.cost[i, 1] = s.old[2 * x], s.old[2 * x + 1]
    for x in range(s.touched[_WISHES]):
        w, at = s.touched[_FIRST_WISH + x], 2 * ROOM + 3 * x
        s.wish_cost[w, 0], s.wish_cost[w, 1], s.wish_cost[w, 2] = s.old[at], s.old[at + 1], s.old[at + 2]
    s.total[0] += needs
    s.total[1] += promises
    s.total[2] += quality


@nb.njit(cache=True, nogil=True)
def count_duties(f: Facts, s: State) -> None:
    """Make everybody's list of duties from the slots."""
    s.duties[:] = 0
    for slot in range(len(s.who)):
        if s.who[slot] >= 0:
            _take_duty(f, s, slot, s.who[slot])


@nb.njit(cache=True, nogil=True)
def settle(f: Facts, s: State) -> bool:
    """Work every cost out from nothing; False if a rule is broken."""
    s.total[:] = 0
    for i in range(len(s.duties)):
        s.cost[i, 0], s.cost[i, 1] = person_cost(f, s, i)
        if s.cost[i, 1] >= BROKEN:
            return False
        s.total[1] += s.cost[i, 0]
        s.total[2] += s.cost[i, 1]
    for w in range(len(s.wish_cost)):
        s.wish_cost[w, 0], s.wish_cost[w, 1], s.wish_cost[w, 2] = wish_cost(f, s, w)
        if s.wish_cost[w, 0] >= BROKEN:
            return False
        for x in range(3):
            s.total[x] += s.wish_cost[w, x]
    return True


# -------------------------------------------------------------------------------------------------- moves


@_inlined
def _is_on(f: Facts, s: State, v: int, i: int) -> bool:
    for slot in range(_at(f, SLOT_PTR, _at(f, ROW_PTR, v)), _at(f, SLOT_PTR, _at(f, ROW_PTR, v + 1))):
        if s.who[slot] == i:
            return True
    return False


@_inner
def _find(f: Facts, slot: int, o: int, i: int) -> int:
    """Somebody's candidate for a slot at an option, or −1."""
    r = _at(f, SLOT_ROW, slot)
    cell = _at(f, CELL_PTR, o) + r - _at(f, ROW_PTR, _of(f, ROW, r, R_VISIT))
    low, high = _at(f, CREW_PTR, cell), _at(f, CREW_PTR, cell + 1)
    if _at(f, SLOT_STANDBY, slot):
        low, high = _at(f, STANDBY_PTR, cell), _at(f, STANDBY_PTR, cell + 1)
    end = high
    while low < high:
        middle = (low + high) // 2
        if f.crew[middle, WHO] < i:
            low = middle + 1
        else:
            high = middle
    return low if low < end and f.crew[low, WHO] == i else -1


@_inner
def _draw(f: Facts, s: State, slot: int, o: int) -> int:
    """A random candidate for a slot at an option who is not on the visit yet, rather a cheap one; −1 if none came up."""
    r = _at(f, SLOT_ROW, slot)
    v = _of(f, ROW, r, R_VISIT)
    cell = _at(f, CELL_PTR, o) + r - _at(f, ROW_PTR, v)
    low, high = _at(f, CREW_PTR, cell), _at(f, CREW_PTR, cell + 1)
    if _at(f, SLOT_STANDBY, slot):
        low, high = _at(f, STANDBY_PTR, cell), _at(f, STANDBY_PTR, cell + 1)
    if high == low:
        return -1
    for _ in range(4):
        if _at(f, SLOT_STANDBY, slot):
            c = low + _below(s.random, high - low)
        else:
            u = _uniform(s.random)
            c = f.crew[low + min(int((high - low) * u * u), high - low - 1), CHEAP]
        if not _is_on(f, s, v, f.crew[c, WHO]):
            return c
    return -1


@_inlined
def _draw_option(f: Facts, s: State, v: int) -> int:
    low, high = _at(f, OPTION_PTR, v), _at(f, OPTION_PTR, v + 1)
    if high == low:
        return -1
    o = low + _below(s.random, high - low)
    return o if _of(f, OPTION, o, O_ALLOWED) and o != s.chosen[v] else -1


@_inner
def _reassign(f: Facts, s: State, slot: int) -> bool:
    v = _visit_of(f, slot)
    o = s.chosen[v]
    c = _draw(f, s, slot, o)
    if c < 0:
        return False
    s.touched[_FOCUS], s.touched[_GIVER] = o, s.who[slot]
    _put(f, s, slot, f.crew[c, WHO], c)
    return True


@_inner
def _reassign_wish(f: Facts, s: State, slot: int) -> bool:
    """All of one person's seats at a wish to another."""
    i = s.who[slot]
    v = _visit_of(f, slot)
    c = _draw(f, s, slot, s.chosen[v])
    if i < 0 or c < 0:
        return False
    j = f.crew[c, WHO]
    s.touched[_FOCUS], s.touched[_GIVER] = s.chosen[v], i
    w = _of(f, VISIT, v, V_WISH)
    moved = False
    for at in range(_at(f, WISH_PTR, w), _at(f, WISH_PTR, w + 1)):
        u = _at(f, WISH_VISIT, at)
        if s.chosen[u] < 0 or _is_on(f, s, u, j):
            continue
        for other in range(_at(f, SLOT_PTR, _at(f, ROW_PTR, u)), _at(f, SLOT_PTR, _at(f, ROW_PTR, u + 1))):
            if s.who[other] == i and _at(f, SLOT_STANDBY, other) == _at(f, SLOT_STANDBY, slot):
                c = _find(f, other, s.chosen[u], j)
                if c >= 0 and s.touched[_LOG] < ROOM // 4:
                    _put(f, s, other, j, c)
                    moved = True
                break
    return moved


@_inner
def _shift(f: Facts, s: State, v: int, keep: float) -> bool:
    """A visit at another time: with the same people where they can, with others where they cannot."""
    o = _draw_option(f, s, v)
    first, last = _at(f, SLOT_PTR, _at(f, ROW_PTR, v)), _at(f, SLOT_PTR, _at(f, ROW_PTR, v + 1))
    if o < 0 or last - first > ROOM // 4:
        return False
    s.touched[_FOCUS] = o
    _move_to(f, s, v, o)
    for slot in range(first, last):
        i = s.who[slot]
        if i < 0:
            continue
        c = _find(f, slot, o, i)
        if c < 0 or _uniform(s.random) > keep:
            c = _draw(f, s, slot, o)
        if c < 0 and _at(f, SLOT_STANDBY, slot):
            _put(f, s, slot, -1, -1)
        elif c < 0:
            return False
        else:
            _put(f, s, slot, f.crew[c, WHO], c)
    return True


@_inner
def _draw_for_crew(f: Facts, s: State, slot: int, o: int, team: int) -> int:
    """A candidate for an empty crew: a paired one if somebody must be, one of the team if all must be."""
    v = _visit_of(f, slot)
    if _of(f, VISIT, v, V_PAIR_MUST):
        low, high = _list(f, PAIRED, _of(f, VISIT, v, V_WISH))
        i = _at(f, LISTS, low + _below(s.random, high - low))
        c = _find(f, slot, o, i)
        if c >= 0 and not _is_on(f, s, v, i):
            return c
    c = -1
    for _ in range(12 if _of(f, VISIT, v, V_ONE_TEAM) else 1):
        c = _draw(f, s, slot, o)
        if c < 0 or team == -2 or not _of(f, VISIT, v, V_ONE_TEAM) or _of(f, PERSON, f.crew[c, WHO], P_TEAM) == team:
            break
    return c


@_inner
def _serve(f: Facts, s: State, v: int) -> bool:
    """Crew a visit nobody serves, stand-bys included."""
    o = _draw_option(f, s, v)
    first, last = _at(f, SLOT_PTR, _at(f, ROW_PTR, v)), _at(f, SLOT_PTR, _at(f, ROW_PTR, v + 1))
    if o < 0 or last - first > ROOM // 4:
        return False
    s.touched[_FOCUS] = o
    _move_to(f, s, v, o)
    team = -2
    for slot in range(first, last):
        if _at(f, SLOT_STANDBY, slot):
            c = _draw(f, s, slot, o)
            if c >= 0:
                _put(f, s, slot, f.crew[c, WHO], c)
            continue
        c = _draw_for_crew(f, s, slot, o, team)
        if c >= 0:
            _put(f, s, slot, f.crew[c, WHO], c)
            team = _of(f, PERSON, f.crew[c, WHO], P_TEAM)
        elif _of(f, VISIT, v, V_WHOLE):
            return False
    return True


@_inner
def _leave(f: Facts, s: State, v: int) -> bool:
    """Serve a visit no more."""
    first, last = _at(f, SLOT_PTR, _at(f, ROW_PTR, v)), _at(f, SLOT_PTR, _at(f, ROW_PTR, v + 1))
    if last - first > ROOM // 4 or s.touched[_LOG] + last - first > ROOM // 2:
        return False
    for slot in range(first, last):
        if s.who[slot] >= 0:
            _put(f, s, slot, -1, -1)
    _move_to(f, s, v, -1)
    return True


@_inlined
def _closeness(f: Facts, o: int, other: int) -> int:
    if _of(f, OPTION, o, O_DAY) == _of(f, OPTION, other, O_DAY):
        return 3
    if _of(f, OPTION, o, O_WEEK) == _of(f, OPTION, other, O_WEEK):
        return 2
    return 1 if _of(f, OPTION, o, O_MONTH) == _of(f, OPTION, other, O_MONTH) else 0


@_inner
def _eject(f: Facts, s: State, i: int, leaving: bool) -> bool:
    """Free somebody who has taken on too much of a duty near the one they were given: somebody else takes it."""
    focus = s.touched[_FOCUS]
    if focus < 0:
        return False
    chosen, best, ties = -1, -1, 0
    for x in range(_at(f, DUTY_PTR, i), _at(f, DUTY_PTR, i) + s.duties[i]):
        slot = s.duty[x]
        v = _visit_of(f, slot)
        if v == _of(f, OPTION, focus, O_VISIT) or _is_logged(s, slot):
            continue
        near = _closeness(f, focus, s.chosen[v])
        if near > best:
            chosen, best, ties = slot, near, 1
        elif near == best:
            ties += 1
            if _below(s.random, ties) == 0:
                chosen = slot
    if chosen < 0:
        return False
    v = _visit_of(f, chosen)
    o = s.chosen[v]
    giver = s.touched[_GIVER]
    c = -1
    if giver >= 0 and not _is_on(f, s, v, giver) and _uniform(s.random) < 0.6:
        c = _find(f, chosen, o, giver)
    if c < 0 and _at(f, SLOT_STANDBY, chosen) and _uniform(s.random) < 0.1:
        _put(f, s, chosen, -1, -1)
        return True
    if c < 0 and leaving and _uniform(s.random) < 0.1:
        return _leave(f, s, v)
    if c < 0:
        c = _draw(f, s, chosen, o)
    if c < 0:
        return False
    s.touched[_FOCUS], s.touched[_GIVER] = o, i
    _put(f, s, chosen, f.crew[c, WHO], c)
    return True


@_inlined
def _is_logged(s: State, slot: int) -> bool:
    for at in range(s.touched[_LOG]):
        if s.log[at, 0] == 0 and s.log[at, 1] == slot:
            return True
    return False


@_inner
def _propose(f: Facts, s: State, slot: int) -> bool:
    """One random change around a slot; False if there is none."""
    v = _visit_of(f, slot)
    if s.chosen[v] < 0:
        return _serve(f, s, v)
    u = _uniform(s.random)
    w = _of(f, VISIT, v, V_WISH)
    many = _at(f, WISH_PTR, w + 1) - _at(f, WISH_PTR, w) > 1
    free = _at(f, OPTION_PTR, v + 1) - _at(f, OPTION_PTR, v) > 1
    if free and u < 0.35 and not _at(f, SLOT_STANDBY, slot):
        return _shift(f, s, v, 0.5)
    if many and u > 0.65 and s.who[slot] >= 0:
        return _reassign_wish(f, s, slot)
    return _reassign(f, s, slot)


@nb.njit(cache=True, nogil=True)
def anneal(f: Facts, s: State, moves: int, hot: float, cold: float, needs_weight: float, promises_weight: float) -> int:
    """Try ``moves`` moves while the temperature falls from ``hot`` to ``cold`` (points of quality); how many were kept."""
    slots = len(s.who)
    kept = 0
    unserved = np.empty(len(s.chosen), np.int64)
    waiting = 0
    for move in range(moves):
        if move % 16384 == 0:
            waiting = 0
            for v in range(len(s.chosen)):
                if s.chosen[v] < 0 and _at(f, OPTION_PTR, v + 1) > _at(f, OPTION_PTR, v):
                    unserved[waiting] = v
                    waiting += 1
        temperature = hot * (cold / hot) ** (move / moves)
        _begin(s)
        slot = _below(s.random, slots)
        if waiting > 0 and _uniform(s.random) < 0.04:
            slot = _at(f, SLOT_PTR, _at(f, ROW_PTR, unserved[_below(s.random, waiting)]))
        inserting = s.chosen[_visit_of(f, slot)] < 0
        fine = _propose(f, s, slot)
        broken = _evaluate(f, s) if fine else -2
        for _ in range(3):
            if broken < 0 or not _eject(f, s, broken, inserting):
                break
            broken = _evaluate(f, s)
        if broken != -1:
            _undo(f, s)
            continue
        needs, promises, quality = _difference(s)
        worse = needs_weight * needs + promises_weight * promises + quality
        if worse <= 0 or _uniform(s.random) < np.exp(-worse / temperature):
            _keep(s, needs, promises, quality)
            kept += 1
        else:
            _undo(f, s)
    return kept
