"""routes_kernel: compiled ruin and recreate over linked routes of services.

Routes are linked lists; every service starts as early as its route, its windows and its partner let it. To insert a
service raises starts along routes and between partners, through a queue with a log to undo them, and ends as soon as
it costs more than the best known. Where starting later can be cheaper (waiting), ``_settle`` moves starts at the end.

One file, long as it is: numba keeps compiled code on disk until the file of ``search`` changes, and looks at no other.

Ruin by strings: Christiaens, Vanden Berghe, "Slack induction by string removals for vehicle routing problems",
Transportation Science 54 (2020), sections 3 to 5.
"""

from __future__ import annotations

import math
from typing import Any

import numba as nb
import numpy as np
from numba.core.typing.templates import AttributeTemplate
from numba.extending import infer_getattr, lower_getattr_generic, models, register_model

from matcher.solvers.routes_tables import (
    BEFORE,
    BREAK_FROM,
    BREAK_LASTS,
    BREAK_TO,
    BUSY,
    CHOICES,
    DUE,
    EARLY,
    ENDS_MATTER,
    FIRST,
    HAS_BREAK,
    IDLE,
    LAG,
    LASTS,
    LEAVES_AT_START,
    LEFT_OUT,
    N_NEAR,
    N_PEOPLE,
    N_PLACES,
    N_SERVICES,
    N_VISITS,
    NEVER,
    NEXT,
    NODE_WIDTH,
    OUT,
    PARTNER,
    PERSON,
    PERSON_WIDTH,
    PLACE,
    PRICE_LATE,
    REST,
    RESTED,
    ROUTES_MATTER,
    SECOND,
    SEEN,
    SHIFT_END,
    SHIFT_START,
    START,
    TOO_DEAR,
    TOUCHED,
    UNIT,
    VISIT,
    VISIT_WIDTH,
    W_BALANCE,
    W_BREAK,
    W_IDLE,
    W_TRAVEL,
    W_WAITING,
    W_WORST,
    WAITED,
    WINDOW_COUNT,
    WINDOWS,
    WINDOWS_BIND,
)

(
    TRAVEL, LATE, WORST, SEATS, LEFT, ROUTES, ORDERED, COST, TOP, LOGGED, GONE, STAMP, CURRENT, BEST, TRIED, MOST_IDLE, NEXT_IDLE,
    SPREAD, ALL_BUSY, APART_NOW,
) = range(20)
"""Entries of TOTAL. What the plan at hand costs: TRAVEL, LATE (overtime too), SEATS, LEFT (visits left out), ROUTES (waiting,
idle, balance, breaks), and WORST, the largest lateness. COST, TOP, LOGGED: of the insertion that was tried last.
MOST_IDLE and NEXT_IDLE: the two largest idle times noted. SPREAD: how much insertions care about the idle time of others
than the one who idles most: for a while nobody would help two who idle equally long."""
TOTALS = 24
MEAN_RUIN, LONGEST_STRING, STRINGS, NEARBY, BLINK, LATE_ONES = range(6)
"""Entries of KNOB: visits removed on average, services in a string at most, parts of ruins that are strings and nearby ones
(the rest takes late ones), how often a place is overlooked, unused."""
KNOBS = 8


class Memory:
    """The arrays of a search. Compiled, each field is a pointer to where its array begins, read when it is asked for.

    A search has many arrays; handed from function to function one by one they would take longer than the work. So what
    is handed on is the place of a list of their addresses.
    """

    size: Any
    travel: Any
    node: Any
    visit: Any
    person: Any
    window: Any
    able_from: Any
    able: Any
    seat: Any
    near: Any
    order: Any
    total: Any
    log: Any
    queue: Any
    gap: Any
    gap_cost: Any
    out: Any
    key: Any
    kept_node: Any
    kept_person: Any
    kept_order: Any
    kept_total: Any
    best_node: Any
    best_person: Any
    when: Any
    wait_after: Any
    free: Any
    knob: Any
    random: Any


FIELDS = tuple(Memory.__annotations__)
"""The arrays in the order of their addresses."""
_OTHERWISE = {
    "size": nb.int64, "total": nb.int64, "gap_cost": nb.int64, "kept_total": nb.int64, "key": nb.float64, "knob": nb.float64,
    "random": nb.uint64,
}
"""What the entries of an array are, if not 32-bit integers."""


class _MemoryType(nb.types.Type):
    """``Memory`` as numba knows it: a pointer."""

    def __init__(self) -> None:
        super().__init__(name="Memory")


_memory_type: Any = _MemoryType()
_opaque: Any = register_model(_MemoryType)
_opaque(models.OpaqueModel)
_pointer_to: Any = nb.types.CPointer


@infer_getattr
class _MemoryAttributes(AttributeTemplate):
    key = _MemoryType

    def generic_resolve(self, typ: Any, attr: str) -> Any:  # type: ignore[override]
        return _pointer_to(_OTHERWISE.get(attr, nb.int32)) if attr in FIELDS else None


@lower_getattr_generic(_MemoryType)
def _read_address(context: Any, builder: Any, _type: Any, value: Any, field: str) -> Any:
    pointer = context.get_value_type(_pointer_to(_OTHERWISE.get(field, nb.int32)))
    addresses = builder.bitcast(value, pointer.as_pointer())
    return builder.load(builder.gep(addresses, [context.get_constant(nb.intp, FIELDS.index(field))]))


def _first(_typing: Any, addresses: Any) -> Any:
    def place(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        data = context.make_array(signature.args[0])(context, builder, arguments[0]).data
        return builder.bitcast(data, context.get_value_type(_memory_type))

    return _memory_type(addresses), place


_memory: Any = nb.extending.intrinsic(_first)
"""The ``Memory`` at these addresses. Whoever asks keeps the arrays alive."""

_njit: Any = nb.njit
_options = {"nogil": True, "no_cpython_wrapper": True, "no_cfunc_wrapper": True, "error_model": "numpy"}


def _wide(kind: Any) -> Any:
    kind = nb.types.unliteral(kind)
    return nb.int64 if kind == nb.int32 else kind


def _inner(function: Any, **options: bool) -> Any:
    """Compiled once, for 64-bit integers, whatever widths and constants it is called with: each form more would cost seconds."""
    compiled = _njit(**_options, **options)(function)
    if hasattr(compiled, "get_call_template"):
        template = compiled.get_call_template
        compiled.get_call_template = lambda kinds, named: template(tuple(map(_wide, kinds)), named)
    return compiled


def _inlined(function: Any) -> Any:
    return _inner(function, forceinline=True)


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
    return int(_uniform(random) * count)


@_inlined
def _way(m: Memory, here: int, there: int) -> int:
    return m.travel[m.node[NODE_WIDTH * here + PLACE] * m.size[N_PLACES] + m.node[NODE_WIDTH * there + PLACE]]


# ------------------------------------------------------------------------------------------------- time


@_inner
def _lateness_in_windows(m: Memory, v: int, start: int) -> int:
    """Lateness in the window in force: the last that has begun."""
    due = m.window[2 * WINDOWS * v + 1]
    for j in range(1, m.node[NODE_WIDTH * v + WINDOW_COUNT]):
        if m.window[2 * (WINDOWS * v + j)] > start:
            break
        due = m.window[2 * (WINDOWS * v + j) + 1]
    return max(0, start - due)


@_inlined
def _lateness(m: Memory, v: int, start: int) -> int:
    late = start - m.node[NODE_WIDTH * v + DUE]
    if late <= 0:
        return 0
    if m.node[NODE_WIDTH * v + WINDOW_COUNT] > 1:
        return _lateness_in_windows(m, v, start)
    return late


@_inner
def _in_window(m: Memory, v: int, start: int) -> int:
    """The first moment from ``start`` on within a window; after the last, ``start``."""
    for j in range(m.node[NODE_WIDTH * v + WINDOW_COUNT]):
        if start < m.window[2 * (WINDOWS * v + j)]:
            return m.window[2 * (WINDOWS * v + j)]
        if start <= m.window[2 * (WINDOWS * v + j) + 1]:
            return start
    return start


@_inlined
def _allowed(m: Memory, v: int, start: int) -> int:
    """``start``, or the next window's begin where lateness is ruled out."""
    if m.size[WINDOWS_BIND] and m.node[NODE_WIDTH * v + WINDOW_COUNT] > 1:
        return _in_window(m, v, start)
    return start


@_inner
def _after_rest(m: Memory, done: int, way: int) -> int:
    """When somebody who is done, rests and travels can begin; NEVER if it is too late for the break.

    They rest where they arrive, or, if that is too late, before they leave.
    """
    begin = m.size[BREAK_FROM]
    if max(done + way, begin) <= m.size[BREAK_TO]:
        return max(done + way, begin) + m.size[BREAK_LASTS]
    if max(done, begin) <= m.size[BREAK_TO]:
        return max(done, begin) + m.size[BREAK_LASTS] + way
    return NEVER


@_inlined
def _arrival(m: Memory, u: int, way: int) -> int:
    """When whoever serves ``u`` next can begin, so far away."""
    at = NODE_WIDTH * u
    done = m.node[at + START] + m.node[at + LASTS]
    if m.node[at + REST]:
        return _after_rest(m, done, way)
    return done + way


@_inner
def _propagate(m: Memory, tail: int, cost: int, top: int, limit: int) -> bool:
    """Raise starts from those of the first ``tail`` in the queue on, until all fits; False once the cost reaches the limit.

    ``cost`` and ``top`` are what the insertion costs before it, and the largest lateness. All raised is in the log.
    """
    node, log, queue = m.node, m.log, m.queue
    services = m.size[N_SERVICES]
    worst, price_of_worst = m.total[WORST], m.size[W_WORST]
    ends_matter = m.size[ENDS_MATTER] != 0
    most = 4 * services + 16
    head = logged = 0
    fits = cost + price_of_worst * (top - worst) < limit
    while fits and head < tail:
        v = queue[head]
        head += 1
        at = NODE_WIDTH * v
        start = node[at + START]
        for which in range(2):
            if which == 0:
                target = node[at + NEXT]
                if target >= services and not ends_matter:
                    continue
                begin = _arrival(m, v, node[at + OUT])
            else:
                target = node[at + PARTNER]
                if target < 0 or node[NODE_WIDTH * target + PERSON] < 0:
                    break
                begin = start + node[at + LAG]
            to = NODE_WIDTH * target
            old = node[to + START]
            if begin <= old:
                continue
            if begin >= NEVER:
                fits = False
                break
            begin = _allowed(m, target, begin)
            log[2 * logged], log[2 * logged + 1] = target, old
            logged += 1
            node[to + START] = begin
            if begin > node[to + DUE]:
                late = _lateness(m, target, begin)
                cost += node[to + PRICE_LATE] * (late - _lateness(m, target, old))
                if late > top and target < services:
                    top = late
                if cost + price_of_worst * (top - worst) >= limit:
                    fits = False
                    break
            if target < services:
                queue[tail] = target
                tail += 1
        if tail > most:
            # Somebody waits for themselves: starts rise for ever.
            fits = False
    m.total[COST], m.total[TOP], m.total[LOGGED] = cost + price_of_worst * (top - worst), top, logged
    return fits


@_inlined
def _undo(m: Memory) -> None:
    """Take back the raises of the log, the last first."""
    for x in range(m.total[LOGGED] - 1, -1, -1):
        m.node[NODE_WIDTH * m.log[2 * x] + START] = m.log[2 * x + 1]
    m.total[LOGGED] = 0


@_inner
def _earliest_starts(m: Memory) -> bool:
    """Every start as early as possible, in one pass if the order of the last starts still holds; False if none is."""
    _bring_into_order(m)
    count, services = m.total[ORDERED], m.size[N_SERVICES]
    for x in range(count):
        at = NODE_WIDTH * m.order[x]
        m.node[at + START] = m.node[at + EARLY]
    for _ in range(64):
        if not _pass_over_starts(m, count, services):
            _come_home(m)
            return True
    return False


@_inner
def _bring_into_order(m: Memory) -> None:
    """Who is served, by the starts known last."""
    count = 0
    for x in range(m.total[ORDERED]):
        v = m.order[x]
        if m.node[NODE_WIDTH * v + PERSON] < 0:
            continue
        start = m.node[NODE_WIDTH * v + START]
        y = count
        while y > 0 and m.node[NODE_WIDTH * m.order[y - 1] + START] > start:
            m.order[y] = m.order[y - 1]
            y -= 1
        m.order[y] = v
        count += 1
    m.total[ORDERED] = count


@_inner
def _pass_over_starts(m: Memory, count: int, services: int) -> bool:
    """Work out every start from those before it; whether another pass is needed."""
    node, order = m.node, m.order
    m.total[STAMP] += 1
    stamp = m.total[STAMP]
    again = False
    for x in range(count):
        v = order[x]
        at = NODE_WIDTH * v
        u = node[at + BEFORE]
        if u < services and node[NODE_WIDTH * u + SEEN] != stamp:
            again = True
        old = node[at + START]
        start = max(old, _arrival_or_drop(m, u))
        p = node[at + PARTNER]
        if p >= 0:
            to = NODE_WIDTH * p
            if node[at + LAG] == 0 and node[to + LAG] == 0:
                start = max(start, _arrival_or_drop(m, node[to + BEFORE]))
            start = _allowed(m, v, max(start, node[to + START] + node[to + LAG]))
            if node[to + START] < start + node[at + LAG]:
                node[to + START] = start + node[at + LAG]
                again |= node[to + SEEN] == stamp
        else:
            start = _allowed(m, v, start)
        node[at + START] = start
        node[at + SEEN] = stamp
    return again


@_inlined
def _arrival_or_drop(m: Memory, u: int) -> int:
    """Arrival after ``u``; a break there that has become too late is dropped."""
    begin = _arrival(m, u, m.node[NODE_WIDTH * u + OUT])
    if begin >= NEVER:
        m.node[NODE_WIDTH * u + REST] = 0
        m.person[PERSON_WIDTH * m.node[NODE_WIDTH * u + PERSON] + RESTED] = -1
        begin = _arrival(m, u, m.node[NODE_WIDTH * u + OUT])
    return begin


@_inner
def _come_home(m: Memory) -> None:
    services, people = m.size[N_SERVICES], m.size[N_PEOPLE]
    for i in range(people):
        end = services + people + i
        u = m.node[NODE_WIDTH * end + BEFORE]
        home = m.person[PERSON_WIDTH * i + SHIFT_START]
        if u < services:
            home = _arrival_or_drop(m, u)
        m.node[NODE_WIDTH * end + START] = home


# ------------------------------------------------------------------------------------------------ costs


@_inner
def _take_stock(m: Memory) -> None:
    """Work out what the plan at hand costs, all anew, but for seats and visits left out."""
    services, people = m.size[N_SERVICES], m.size[N_PEOPLE]
    travel = late = worst = 0
    for x in range(m.total[ORDERED]):
        v = m.order[x]
        at = NODE_WIDTH * v
        travel += m.node[at + OUT]
        if m.node[at + START] > m.node[at + DUE]:
            y = _lateness(m, v, m.node[at + START])
            late += m.node[at + PRICE_LATE] * y
            worst = max(worst, y)
    for i in range(people):
        travel += m.node[NODE_WIDTH * (services + i) + OUT]
        at = NODE_WIDTH * (services + people + i)
        late += m.node[at + PRICE_LATE] * max(0, m.node[at + START] - m.node[at + DUE])
    m.total[TRAVEL], m.total[LATE], m.total[WORST] = m.size[W_TRAVEL] * travel, late, worst
    if m.size[ROUTES_MATTER]:
        for i in range(people):
            _note_route(m, i)
        m.total[ROUTES] = _routes_cost(m)


@_inlined
def _cost(m: Memory) -> int:
    """Of the plan at hand, every start as early as possible."""
    return (
        m.total[TRAVEL] + m.total[LATE] + m.size[W_WORST] * m.total[WORST] + m.total[SEATS] + m.total[LEFT] + m.total[ROUTES]
    )


@_inlined
def _ready(m: Memory, u: int) -> int:
    """When whoever serves ``u`` could begin what follows, if nobody had to wait, for a break neither."""
    at = NODE_WIDTH * u
    ready = m.node[at + START] + m.node[at + LASTS] + m.node[at + OUT]
    return ready + m.size[BREAK_LASTS] if m.node[at + REST] else ready


@_inner
def _busy(m: Memory, i: int) -> int:
    """A person's time of service and travel. Notes how long they wait after each service."""
    services, people = m.size[N_SERVICES], m.size[N_PEOPLE]
    w = services + people + i
    u = m.node[NODE_WIDTH * w + BEFORE]
    m.wait_after[w] = 0
    busy = waited = 0
    while u < services:
        at = NODE_WIDTH * u
        busy += m.node[at + LASTS] + m.node[at + OUT]
        waited += max(0, m.node[NODE_WIDTH * w + START] - _ready(m, u))
        m.wait_after[u] = waited
        w, u = u, m.node[at + BEFORE]
    return busy + m.node[NODE_WIDTH * u + OUT]


@_inner
def _note_free(m: Memory, i: int) -> None:
    """Note how much later a person could begin each service at no cost, if they set out later."""
    services = m.size[N_SERVICES]
    u = services + i
    v = m.node[NODE_WIDTH * u + NEXT]
    waited, slack = 0, NEVER
    while v < services:
        at = NODE_WIDTH * v
        if slack > waited:
            slack = min(slack, waited + _own_slack(m, v, m.node[at + START]))
        m.free[v] = max(0, slack - waited)
        w = m.node[at + NEXT]
        waited += max(0, m.node[NODE_WIDTH * w + START] - _ready(m, v))
        v = w


@_inlined
def _idle_and_waited(m: Memory, i: int, busy: int) -> tuple[int, int]:
    """(idle, waited) of a person so busy: shift and overtime less busy and break; and waiting, as far as it has a price."""
    services, people = m.size[N_SERVICES], m.size[N_PEOPLE]
    person = PERSON_WIDTH * i
    shift = m.person[person + SHIFT_END] - m.person[person + SHIFT_START]
    v = m.node[NODE_WIDTH * (services + i) + NEXT]
    if v >= services:
        return shift, 0
    rested = m.person[person + RESTED]
    rests = m.size[BREAK_LASTS] if rested >= 0 else 0
    end = m.node[NODE_WIDTH * (services + people + i) + START]
    idle = shift - busy - rests + max(0, end - m.person[person + SHIFT_END])
    if not m.size[W_WAITING]:
        return idle, 0
    within = busy + rests if rested < services else busy
    if m.size[LEAVES_AT_START]:
        return idle, end - m.person[person + SHIFT_START] - within
    waited = end - m.node[NODE_WIDTH * v + START] - within + m.node[NODE_WIDTH * (services + i) + OUT]
    return idle, waited - _saved_by_leaving_late(m, v, waited) if waited > 0 else 0


@_inner
def _saved_by_leaving_late(m: Memory, first: int, most: int) -> int:
    """How much of so much waiting whoever begins with ``first`` saves by setting out as late as costs nobody anything.

    The slack of Savelsbergh, "The vehicle routing problem with time windows: minimizing route duration", ORSA Journal on
    Computing 4 (1992).
    """
    services = m.size[N_SERVICES]
    waited, slack = 0, most
    v = first
    while v < services and slack > waited:
        at = NODE_WIDTH * v
        start = m.node[at + START]
        slack = min(slack, waited + _own_slack(m, v, start))
        ready = _ready(m, v)
        v = m.node[at + NEXT]
        waited += m.node[NODE_WIDTH * v + START] - ready
    return slack


@_inlined
def _own_slack(m: Memory, v: int, start: int) -> int:
    """How much later a service may start at no cost, its partner and a break after it where they are."""
    at = NODE_WIDTH * v
    slack = max(0, m.node[at + DUE] - start)
    if m.node[at + WINDOW_COUNT] > 1:
        slack = max(slack, _slack_in_windows(m, v, start))
    p = m.node[at + PARTNER]
    if p >= 0 and m.node[NODE_WIDTH * p + PERSON] >= 0:
        slack = min(slack, m.node[NODE_WIDTH * p + START] - start - m.node[at + LAG])
    if m.node[at + REST]:
        slack = min(slack, max(0, m.size[BREAK_TO] - start - m.node[at + LASTS]))
    return slack


@_inner
def _slack_in_windows(m: Memory, v: int, start: int) -> int:
    for j in range(m.node[NODE_WIDTH * v + WINDOW_COUNT] - 1, -1, -1):
        if m.window[2 * (WINDOWS * v + j)] <= start:
            return max(0, m.window[2 * (WINDOWS * v + j) + 1] - start)
    return 0


@_inlined
def _note_route(m: Memory, i: int) -> None:
    busy = _busy(m, i)
    at = PERSON_WIDTH * i
    m.person[at + BUSY] = busy
    if m.size[W_WAITING] and not m.size[LEAVES_AT_START]:
        _note_free(m, i)
    m.person[at + IDLE], m.person[at + WAITED] = _idle_and_waited(m, i, busy)


@_inner
def _routes_cost(m: Memory) -> int:
    """Waiting, idle, balance and missed breaks by what is noted of each person."""
    waited = idle = second = missed = busy = 0
    for i in range(m.size[N_PEOPLE]):
        at = PERSON_WIDTH * i
        busy += m.person[at + BUSY]
        waited += m.person[at + WAITED]
        if m.person[at + IDLE] > idle:
            idle, second = m.person[at + IDLE], idle
        else:
            second = max(second, m.person[at + IDLE])
        missed += m.person[at + HAS_BREAK] != 0 and m.person[at + RESTED] < 0
    m.total[MOST_IDLE], m.total[NEXT_IDLE], m.total[ALL_BUSY] = idle, second, busy
    cost = m.size[W_WAITING] * waited + m.size[W_IDLE] * idle + m.size[W_BREAK] * missed
    if m.size[W_BALANCE]:
        m.total[APART_NOW] = _apart(m, -1, 0, -1, 0)
        cost += m.size[W_BALANCE] * m.total[APART_NOW]
    return int(cost)


@_inner
def _apart(m: Memory, i: int, more_i: int, j: int, more_j: int) -> int:
    """Σ ⌈|busy − mean|⌉ in whole units, if ``i`` and ``j`` were so much busier."""
    people, unit = m.size[N_PEOPLE], m.size[UNIT]
    total = m.total[ALL_BUSY] + (more_i if i >= 0 else 0) + (more_j if j >= 0 else 0)
    # A quotient is a whole number or at least 1 / (people · unit) above one, so rounding errors do not show.
    part = 1.0 / (people * unit)
    apart = 0.0
    for x in range(people):
        apart += math.ceil(abs(people * m.person[PERSON_WIDTH * x + BUSY] - total) * part - 1e-9)
    for which in range(2):
        x, more = (i, more_i) if which == 0 else (j, more_j)
        if x >= 0:
            busy = m.person[PERSON_WIDTH * x + BUSY]
            apart -= math.ceil(abs(people * busy - total) * part - 1e-9)
            apart += math.ceil(abs(people * (busy + more) - total) * part - 1e-9)
    return int(apart) * unit


@_inlined
def _later_end(m: Memory, v: int, u: int, start: int) -> int:
    """How much later, at least, a person comes home who begins ``v`` after ``u`` then: what waiting after it does not take up."""
    if not m.size[LEAVES_AT_START]:
        if u >= m.size[N_SERVICES]:
            return 0
        # Whoever sets out later need not wait here.
        start = min(start, max(start - m.free[u], _arrival(m, u, _way(m, u, v))))
    w = m.node[NODE_WIDTH * u + NEXT]
    ready = start + m.node[NODE_WIDTH * v + LASTS] + _way(m, v, w)
    return max(0, ready - m.node[NODE_WIDTH * w + START] - m.wait_after[w])


@_inner
def _change_at_least(m: Memory, i: int, more_i: int, later_i: int, j: int, more_j: int, later_j: int) -> int:
    """What waiting, idle and balance change at least if ``i`` and ``j`` (−1: only one) have so much more to do and end so much later.

    What they have to do decides idle (but for overtime, which only makes it longer) and balance, so those are exact.
    """
    change = 0
    at = PERSON_WIDTH * i
    if m.size[W_WAITING]:
        change -= m.size[W_WAITING] * min(more_i - later_i, m.person[at + WAITED])
        if j >= 0:
            change -= m.size[W_WAITING] * min(more_j - later_j, m.person[PERSON_WIDTH * j + WAITED])
    if m.size[W_IDLE]:
        idle_j = m.person[PERSON_WIDTH * j + IDLE] - more_j if j >= 0 else 0
        change += _idle_change(m, i, m.person[at + IDLE] - more_i, j, idle_j)
    if m.size[W_BALANCE]:
        change += m.size[W_BALANCE] * (_apart(m, i, more_i, j, more_j) - m.total[APART_NOW])
    return int(change)


@_inlined
def _idle_change(m: Memory, i: int, idle_i: int, j: int, idle_j: int) -> int:
    """What other idle times of ``i`` and ``j`` (−1: only one) cost more."""
    noted_i, most = m.person[PERSON_WIDTH * i + IDLE], m.total[MOST_IDLE]
    noted_j = m.person[PERSON_WIDTH * j + IDLE] if j >= 0 else 0
    others = most
    if noted_i == most or noted_j == most:
        others = m.total[NEXT_IDLE]
        if j >= 0 and max(noted_i, noted_j) == most and min(noted_i, noted_j) == others:
            others = 0
            for x in range(m.size[N_PEOPLE]):
                if x != i and x != j:
                    others = max(others, m.person[PERSON_WIDTH * x + IDLE])
    change = max(others, idle_i, idle_j) - most
    if m.total[SPREAD]:
        squares = (idle_i - noted_i) * (idle_i + noted_i)
        if j >= 0:
            squares += (idle_j - noted_j) * (idle_j + noted_j)
        # The squares' change, so that the longest count most.
        change += m.total[SPREAD] * squares // (2 * max(1, most) * m.size[N_PEOPLE])
    return int(m.size[W_IDLE] * change)


@_inner
def _routes_change(m: Memory, i: int, more_i: int, j: int, more_j: int) -> int:
    """What the routes of ``i`` and ``j`` (−1: only one) cost more than noted, so much busier, with the starts they have."""
    at = PERSON_WIDTH * i
    idle, waited = _idle_and_waited(m, i, m.person[at + BUSY] + more_i)
    idle_j = 0
    change = waited - m.person[at + WAITED]
    if j >= 0:
        at = PERSON_WIDTH * j
        idle_j, waited = _idle_and_waited(m, j, m.person[at + BUSY] + more_j)
        change += waited - m.person[at + WAITED]
    change *= m.size[W_WAITING]
    if m.size[W_IDLE]:
        change += _idle_change(m, i, idle, j, idle_j)
    if m.size[W_BALANCE]:
        change += m.size[W_BALANCE] * (_apart(m, i, more_i, j, more_j) - m.total[APART_NOW])
    return int(change)


# ----------------------------------------------------------------------------------------- later starts


@_inner
def _settle(m: Memory) -> int:
    """What the plan at hand costs when people set out as late as is best. The starts that cost so little are in ``when``.

    Starts are moved later, never earlier again: the cost is L-natural-convex in the starts (within the windows they are
    in), so a step that pays from the earliest starts on never has to be taken back (Murota, "Discrete convex analysis",
    SIAM 2003, section 10.3). Tried are the services that a person's first drags along, one person after the other.
    """
    services, people = m.size[N_SERVICES], m.size[N_PEOPLE]
    for v in range(services + 2 * people):
        m.when[v] = m.node[NODE_WIDTH * v + START]
    _take_stock(m)
    m.total[TOP] = m.total[WORST]
    if m.size[W_WAITING] and not m.size[LEAVES_AT_START]:
        most = 0
        for i in range(people):
            most = max(most, m.person[PERSON_WIDTH * i + IDLE])
        for i in range(people):
            v = m.node[NODE_WIDTH * (services + i) + NEXT]
            steps = 0
            while v < services and steps < 64 and _push(m, v, most):
                steps += 1
    return int(_settled_cost(m))


@_inner
def _push(m: Memory, first: int, most_idle: int) -> bool:
    """Start ``first``, and what it drags along, so much later that the next thing would change; False if that does not pay."""
    services, people = m.size[N_SERVICES], m.size[N_PEOPLE]
    m.total[STAMP] += 1
    stamp = m.total[STAMP]
    m.queue[0] = first
    m.node[NODE_WIDTH * first + SEEN] = stamp
    tail = 1
    head = rate = 0
    step = NEVER
    worst_grows = False
    while head < tail:
        v = m.queue[head]
        head += 1
        at = NODE_WIDTH * v
        start = m.when[v]
        if v >= services:
            rate += m.size[W_WAITING]
            if start < m.node[at + DUE]:
                step = min(step, m.node[at + DUE] - start)
            else:
                rate += m.node[at + PRICE_LATE]
                if m.person[PERSON_WIDTH * (v - services - people) + IDLE] >= most_idle:
                    rate += m.size[W_IDLE]
            continue
        if m.node[at + BEFORE] >= services:
            rate -= m.size[W_WAITING]
        late = _lateness(m, v, start)
        changes = _next_change(m, v, start)
        if changes > 0:
            step = min(step, changes)
        if _lateness(m, v, start + 1) > late:
            rate += m.node[at + PRICE_LATE]
            if late < m.total[TOP]:
                step = min(step, m.total[TOP] - late)
            else:
                worst_grows = True
        done = start + m.node[at + LASTS]
        ready = done + m.node[at + OUT]
        if m.node[at + REST]:
            ready += m.size[BREAK_LASTS]
            step = min(step, m.size[BREAK_TO] - done)
        tail, step = _drag(m, m.node[at + NEXT], ready, stamp, tail, step)
        p = m.node[at + PARTNER]
        if p >= 0:
            tail, step = _drag(m, p, start + m.node[at + LAG], stamp, tail, step)
    if worst_grows:
        rate += m.size[W_WORST]
    if rate >= 0 or step <= 0 or step >= NEVER:
        return False
    for x in range(tail):
        m.when[m.queue[x]] += step
    if worst_grows:
        m.total[TOP] += step
    return True


@_inlined
def _drag(m: Memory, v: int, ready: int, stamp: int, tail: int, step: int) -> tuple[int, int]:
    """Whether ``v`` must move too: then it is queued; otherwise it bounds the step."""
    at = NODE_WIDTH * v
    if m.node[at + SEEN] == stamp:
        return tail, step
    room = m.when[v] - ready
    if room > 0:
        return tail, min(step, room)
    m.node[at + SEEN] = stamp
    m.queue[tail] = v
    return tail + 1, step


@_inner
def _next_change(m: Memory, v: int, start: int) -> int:
    """How much later a start's lateness begins to change otherwise than now; 0 if never again."""
    for j in range(m.node[NODE_WIDTH * v + WINDOW_COUNT]):
        at = 2 * (WINDOWS * v + j)
        if start < m.window[at]:
            return int(m.window[at] - start)
        if start < m.window[at + 1] and (
            j + 1 == m.node[NODE_WIDTH * v + WINDOW_COUNT] or start < m.window[at + 2]
        ):
            return int(m.window[at + 1] - start)
    return 0


@_inner
def _settled_cost(m: Memory) -> int:
    """What the plan costs with the starts of ``when``."""
    services, people = m.size[N_SERVICES], m.size[N_PEOPLE]
    late = worst = 0
    for x in range(m.total[ORDERED]):
        v = m.order[x]
        y = _lateness(m, v, m.when[v])
        late += m.node[NODE_WIDTH * v + PRICE_LATE] * y
        worst = max(worst, y)
    for i in range(people):
        end = services + people + i
        over = max(0, m.when[end] - m.node[NODE_WIDTH * end + DUE])
        late += m.node[NODE_WIDTH * end + PRICE_LATE] * over
        v = m.node[NODE_WIDTH * (services + i) + NEXT]
        if v >= services:
            continue
        at = PERSON_WIDTH * i
        rests = m.size[BREAK_LASTS] if m.person[at + RESTED] >= 0 else 0
        within = m.person[at + BUSY] - m.node[NODE_WIDTH * (services + i) + OUT]
        if rests and m.person[at + RESTED] < services:
            within += rests
        if not m.size[LEAVES_AT_START]:
            m.person[at + WAITED] = m.when[end] - m.when[v] - within
        m.person[at + IDLE] = m.person[at + SHIFT_END] - m.person[at + SHIFT_START] - m.person[at + BUSY] - rests + over
    m.total[LATE], m.total[WORST] = late, worst
    m.total[ROUTES] = _routes_cost(m)
    return int(_cost(m))


# ------------------------------------------------------------------------------------------------ links


@_inlined
def _detour(m: Memory, v: int, u: int) -> int:
    w = m.node[NODE_WIDTH * u + NEXT]
    return _way(m, u, v) + _way(m, v, w) - m.node[NODE_WIDTH * u + OUT]


@_inlined
def _link(m: Memory, v: int, u: int, start: int) -> None:
    """Let ``v`` follow ``u`` in what ``_propagate`` reads; ``_settle_in`` does the rest."""
    at, before = NODE_WIDTH * v, NODE_WIDTH * u
    w = m.node[before + NEXT]
    m.node[at + NEXT], m.node[at + OUT] = w, _way(m, v, w)
    m.node[before + NEXT], m.node[before + OUT] = v, _way(m, u, v)
    m.node[at + PERSON], m.node[at + START] = m.node[before + PERSON], start


@_inlined
def _unlink(m: Memory, v: int, u: int, out: int) -> None:
    """Take ``_link`` back."""
    before = NODE_WIDTH * u
    m.node[before + NEXT], m.node[before + OUT] = m.node[NODE_WIDTH * v + NEXT], out
    m.node[NODE_WIDTH * v + PERSON] = -1


@_inlined
def _settle_in(m: Memory, v: int, u: int) -> None:
    m.node[NODE_WIDTH * v + BEFORE] = u
    m.node[NODE_WIDTH * m.node[NODE_WIDTH * v + NEXT] + BEFORE] = v
    m.order[m.total[ORDERED]] = v
    m.total[ORDERED] += 1
    m.total[SEATS] += m.seat[v * m.size[N_PEOPLE] + m.node[NODE_WIDTH * v + PERSON]]


@_inner
def _take_out(m: Memory, v: int) -> None:
    """Nobody gives the service any more. A break after it is taken after the one before."""
    at = NODE_WIDTH * v
    u, w, i = m.node[at + BEFORE], m.node[at + NEXT], m.node[at + PERSON]
    before = NODE_WIDTH * u
    m.node[before + NEXT], m.node[NODE_WIDTH * w + BEFORE] = w, u
    services = m.size[N_SERVICES]
    empty = u >= services and w >= services
    m.node[before + OUT] = 0 if empty else _way(m, u, w)
    if m.node[at + REST]:
        m.node[at + REST] = 0
        m.node[before + REST] = 0 if empty else 1
        m.person[PERSON_WIDTH * i + RESTED] = -1 if empty else u
    elif empty and m.node[before + REST]:
        m.node[before + REST] = 0
        m.person[PERSON_WIDTH * i + RESTED] = -1
    m.total[SEATS] -= m.seat[v * m.size[N_PEOPLE] + i]
    m.node[at + PERSON] = -1
    m.person[PERSON_WIDTH * i + TOUCHED] = 1


# --------------------------------------------------------------------------------------------- recreate


@_inlined
def _note_gap(m: Memory, x: int, cost: int, u: int, start: int, early: int) -> None:
    m.gap_cost[x] = cost
    m.gap[3 * x], m.gap[3 * x + 1], m.gap[3 * x + 2] = u, start, early


@_inner
def _gaps(m: Memory, v: int, first: int, limit: int, alone: bool) -> int:
    """Note where ``v`` may go: after whom, starting when, and at least at what cost. So many places, from ``first`` on.

    What the next service becomes late is in the cost, and, if ``alone``, what the largest lateness grows.
    """
    node, ways = m.node, m.travel
    count = first
    services, places, people = m.size[N_SERVICES], m.size[N_PLACES], m.size[N_PEOPLE]
    at = NODE_WIDTH * v
    early, lasts, price = node[at + EARLY], node[at + LASTS], node[at + PRICE_LATE]
    here, due = node[at + PLACE], node[at + DUE]
    chosen = node[at + WINDOW_COUNT] > 1 and not m.size[WINDOWS_BIND]
    if chosen:
        early = m.window[2 * WINDOWS * v]
    price_of_travel, price_of_worst, worst = m.size[W_TRAVEL], m.size[W_WORST], m.total[WORST]
    blink = m.knob[BLINK]
    row = here * places
    routes_matter, most_saved = m.size[ROUTES_MATTER] != 0, NEVER if m.size[ROUTES_MATTER] else 0
    # Two who become busier move the mean together: so much may balance gain beyond what each gains alone.
    together = -(-2 * m.size[W_BALANCE] // people)
    for x in range(m.able_from[v], m.able_from[v + 1]):
        i = m.able[x]
        seat = m.seat[v * people + i]
        u = services + i
        while u < services or u == services + i:
            before = NODE_WIDTH * u
            w = node[before + NEXT]
            to = NODE_WIDTH * w
            way, onward = ways[node[before + PLACE] * places + here], ways[row + node[to + PLACE]]
            detour = way + onward - node[before + OUT]
            arrival = _arrival(m, u, way)
            start = max(arrival, early)
            late = 0
            if start > due:
                start = _allowed(m, v, start)
                late = _lateness(m, v, start)
                if alone and not chosen and price * late >= limit + most_saved:
                    break
            cost = price_of_travel * detour + price * late + seat
            begin = start + lasts + onward
            if begin > node[to + DUE] and begin > node[to + START] and w < services:
                next_late = _lateness(m, w, _allowed(m, w, begin))
                cost += node[to + PRICE_LATE] * (next_late - _lateness(m, w, node[to + START]))
                late = max(late, next_late)
            if alone and late > worst:
                cost += price_of_worst * (late - worst)
            changes = 0
            if routes_matter and cost < limit + most_saved:
                later = 0
                if m.size[LEAVES_AT_START] or u < services:
                    ready = (start if m.size[LEAVES_AT_START] else max(arrival, start - m.free[u])) + lasts + onward
                    later = max(0, ready - node[to + START] - m.wait_after[w])
                changes = _change_at_least(m, i, detour + lasts, later, -1, 0, 0) - (0 if alone else together * (detour + lasts))
                cost += changes
            if (cost < limit or chosen) and arrival < NEVER and (blink == 0.0 or _uniform(m.random) >= blink):
                if cost < limit:
                    _note_gap(m, count, cost, u, start, early)
                    count += 1
                if chosen:
                    count = _later_windows(m, v, u, count, arrival, price_of_travel * detour + seat + changes, limit)
            u = w
    return count - first


@_inner
def _later_windows(m: Memory, v: int, u: int, count: int, arrival: int, cost: int, limit: int) -> int:
    """Note the same place with the start of each later window."""
    for j in range(1, m.node[NODE_WIDTH * v + WINDOW_COUNT]):
        begin = m.window[2 * (WINDOWS * v + j)]
        if begin > arrival and cost < limit:
            _note_gap(m, count, cost, u, begin, begin)
            count += 1
    return count


@_inner
def _try_one(m: Memory, v: int, u: int, start: int, limit: int) -> int:
    """What it costs to give ``v`` after ``u``, TOO_DEAR from ``limit`` on; nothing stays changed."""
    m.total[TRIED] += 1
    out = m.node[NODE_WIDTH * u + OUT]
    detour = _detour(m, v, u)
    late = _lateness(m, v, start)
    i = m.node[NODE_WIDTH * u + PERSON]
    cost = m.size[W_TRAVEL] * detour + m.node[NODE_WIDTH * v + PRICE_LATE] * late + m.seat[v * m.size[N_PEOPLE] + i]
    more = detour + m.node[NODE_WIDTH * v + LASTS]
    least = 0
    if m.size[ROUTES_MATTER]:
        least = _change_at_least(m, i, more, _later_end(m, v, u, start), -1, 0, 0)
    _link(m, v, u, start)
    m.queue[0] = v
    fits = _propagate(m, 1, cost, max(late, m.total[WORST]), limit - least)
    cost = m.total[COST]
    if fits and m.size[ROUTES_MATTER]:
        cost += _routes_change(m, i, more, -1, 0)
    _undo(m)
    _unlink(m, v, u, out)
    return cost if fits and cost < limit else TOO_DEAR


@_inner
def _put_one(m: Memory, v: int, u: int, start: int, early: int) -> None:
    detour = _detour(m, v, u)
    late = _lateness(m, v, start)
    _link(m, v, u, start)
    m.node[NODE_WIDTH * v + EARLY] = early
    m.queue[0] = v
    price = m.node[NODE_WIDTH * v + PRICE_LATE]
    _propagate(m, 1, price * late, max(late, m.total[WORST]), TOO_DEAR)
    _settle_in(m, v, u)
    _charge(m, detour)
    if m.size[ROUTES_MATTER]:
        _note_route(m, m.node[NODE_WIDTH * v + PERSON])
        m.total[ROUTES] = _routes_cost(m)


@_inlined
def _charge(m: Memory, detour: int) -> None:
    """Book what the insertion that was propagated last has cost."""
    m.total[LATE] += m.total[COST] - m.size[W_WORST] * (m.total[TOP] - m.total[WORST])
    m.total[TRAVEL] += m.size[W_TRAVEL] * detour
    m.total[WORST] = m.total[TOP]
    m.total[LOGGED] = 0


@_inner
def _insert_one(m: Memory, v: int, limit: int) -> bool:
    """Give ``v`` where it costs least, below ``limit``."""
    count = _gaps(m, v, 0, limit, True)
    if count == 0:
        return False
    likely = 0
    for x in range(1, count):
        if m.gap_cost[x] < m.gap_cost[likely]:
            likely = x
    best, place = limit, -1
    cost = _try_one(m, v, m.gap[3 * likely], m.gap[3 * likely + 1], best)
    if cost < best:
        best, place = cost, likely
    for x in range(count):
        if x != likely and m.gap_cost[x] < best:
            cost = _try_one(m, v, m.gap[3 * x], m.gap[3 * x + 1], best)
            if cost < best:
                best, place = cost, x
    if place < 0:
        return False
    _put_one(m, v, m.gap[3 * place], m.gap[3 * place + 1], m.gap[3 * place + 2])
    return True


@_inlined
def _lateness_of_next(m: Memory, v: int, start: int, w: int) -> int:
    """By how much the next service becomes later than due, and later than it is."""
    to = NODE_WIDTH * w
    begin = start + m.node[NODE_WIDTH * v + LASTS] + _way(m, v, w)
    if begin > m.node[to + DUE] and begin > m.node[to + START] and w < m.size[N_SERVICES]:
        return _lateness(m, w, _allowed(m, w, begin))
    return 0


@_inner
def _try_two(m: Memory, v: int, u: int, start: int, v2: int, u2: int, start2: int, limit: int, stays: bool) -> int:
    """What it costs to give both services of a visit after ``u`` and ``u2``; TOO_DEAR from ``limit`` on, and nothing stays."""
    at, at2 = NODE_WIDTH * v, NODE_WIDTH * v2
    start2 = _allowed(m, v2, max(start2, start + m.node[at + LAG]))
    start = _allowed(m, v, max(start, start2 + m.node[at2 + LAG]))
    late, late2 = _lateness(m, v, start), _lateness(m, v2, start2)
    detour, detour2 = _detour(m, v, u), _detour(m, v2, u2)
    i, i2 = m.node[NODE_WIDTH * u + PERSON], m.node[NODE_WIDTH * u2 + PERSON]
    price = m.node[at + PRICE_LATE]
    lateness = price * (late + late2)
    people = m.size[N_PEOPLE]
    cost = m.size[W_TRAVEL] * (detour + detour2) + lateness + m.seat[v * people + i] + m.seat[v2 * people + i2]
    worst = m.total[WORST]
    top = max(worst, late, late2)
    limit2 = limit
    busier, busier2 = detour + m.node[at + LASTS], detour2 + m.node[at2 + LASTS]
    if not stays:
        if m.size[ROUTES_MATTER]:
            later, later2 = _later_end(m, v, u, start), _later_end(m, v2, u2, start2)
            limit2 -= _change_at_least(m, i, busier, later, i2, busier2, later2)
        if cost + m.size[W_WORST] * (top - worst) >= limit2:
            return TOO_DEAR
        # Cheaper than to link and propagate, and mostly enough.
        w, w2 = m.node[NODE_WIDTH * u + NEXT], m.node[NODE_WIDTH * u2 + NEXT]
        late, late2 = _lateness_of_next(m, v, start, w), _lateness_of_next(m, v2, start2, w2)
        more = max(0, late - _lateness(m, w, m.node[NODE_WIDTH * w + START])) if late else 0
        more += max(0, late2 - _lateness(m, w2, m.node[NODE_WIDTH * w2 + START])) if late2 else 0
        if cost + price * more + m.size[W_WORST] * (max(top, late, late2) - worst) >= limit2:
            return TOO_DEAR
    m.total[TRIED] += 1
    out, out2 = m.node[NODE_WIDTH * u + OUT], m.node[NODE_WIDTH * u2 + OUT]
    _link(m, v, u, start)
    _link(m, v2, u2, start2)
    m.queue[0], m.queue[1] = v, v2
    if stays:
        _propagate(m, 2, lateness, top, TOO_DEAR)
        _settle_in(m, v, u)
        _settle_in(m, v2, u2)
        _charge(m, detour + detour2)
        if m.size[ROUTES_MATTER]:
            _note_route(m, i)
            _note_route(m, i2)
            m.total[ROUTES] = _routes_cost(m)
        return 0
    fits = _propagate(m, 2, cost, top, limit2)
    cost = m.total[COST]
    if fits and m.size[ROUTES_MATTER]:
        cost += _routes_change(m, i, busier, i2, busier2)
    _undo(m)
    _unlink(m, v2, u2, out2)
    _unlink(m, v, u, out)
    return cost if fits and cost < limit else TOO_DEAR


@_inlined
def _swap_gaps(m: Memory, x: int, y: int) -> None:
    m.gap_cost[x], m.gap_cost[y] = m.gap_cost[y], m.gap_cost[x]
    for z in range(3):
        m.gap[3 * x + z], m.gap[3 * y + z] = m.gap[3 * y + z], m.gap[3 * x + z]


@_inner
def _sift(m: Memory, first: int, count: int, limit: int) -> int:
    """Keep the places cheaper than ``limit``, the cheapest first; how many."""
    kept = first
    for x in range(first, first + count):
        if m.gap_cost[x] >= limit:
            continue
        cost, u, start, early = m.gap_cost[x], m.gap[3 * x], m.gap[3 * x + 1], m.gap[3 * x + 2]
        y = kept
        while y > first and m.gap_cost[y - 1] > cost:
            m.gap_cost[y] = m.gap_cost[y - 1]
            m.gap[3 * y], m.gap[3 * y + 1], m.gap[3 * y + 2] = m.gap[3 * y - 3], m.gap[3 * y - 2], m.gap[3 * y - 1]
            y -= 1
        _note_gap(m, y, cost, u, start, early)
        kept += 1
    return kept - first


@_inlined
def _cheapest(m: Memory, first: int, count: int) -> int:
    best = first
    for x in range(first + 1, first + count):
        if m.gap_cost[x] < m.gap_cost[best]:
            best = x
    return best


@_inner
def _insert_two(m: Memory, v: int, v2: int, limit: int) -> bool:
    """Give two linked services, by two people, where both together cost least."""
    count = _gaps(m, v, 0, limit, False)
    if count == 0:
        return False
    first = count
    least = m.gap_cost[_cheapest(m, 0, count)]
    count2 = _gaps(m, v2, first, limit - least, False)
    if count2 == 0:
        return False
    best, place, place2 = limit, -1, -1
    # The likeliest place of either with all of the other's gives a limit that makes both lists short.
    likely2 = _cheapest(m, first, count2)
    likely = _cheapest(m, 0, count)
    for side in range(2):
        for z in range(count if side == 0 else count2):
            x, y = (z, likely2) if side == 0 else (likely, first + z)
            if m.gap_cost[x] + m.gap_cost[y] >= best:
                continue
            cost = _try_pair(m, v, v2, x, y, best)
            if cost < best:
                best, place, place2 = cost, x, y
    u, start, early = 0, 0, 0
    u2, start2, early2 = 0, 0, 0
    if place >= 0:
        u, start, early = m.gap[3 * place], m.gap[3 * place + 1], m.gap[3 * place + 2]
        u2, start2, early2 = m.gap[3 * place2], m.gap[3 * place2 + 1], m.gap[3 * place2 + 2]
    least2 = m.gap_cost[likely2]
    count2 = _sift(m, first, count2, best - least)
    count = _sift(m, 0, count, best - least2)
    for x in range(count):
        if count2 == 0 or m.gap_cost[x] + m.gap_cost[first] >= best:
            break
        for y in range(first, first + count2):
            if m.gap_cost[x] + m.gap_cost[y] >= best:
                break
            cost = _try_pair(m, v, v2, x, y, best)
            if cost < best:
                best, place = cost, x
                u, start, early = m.gap[3 * x], m.gap[3 * x + 1], m.gap[3 * x + 2]
                u2, start2, early2 = m.gap[3 * y], m.gap[3 * y + 1], m.gap[3 * y + 2]
    if place < 0:
        return False
    m.node[NODE_WIDTH * v + EARLY], m.node[NODE_WIDTH * v2 + EARLY] = early, early2
    _try_two(m, v, u, start, v2, u2, start2, TOO_DEAR, True)
    return True


@_inlined
def _try_pair(m: Memory, v: int, v2: int, x: int, y: int, limit: int) -> int:
    u, u2 = m.gap[3 * x], m.gap[3 * y]
    if m.node[NODE_WIDTH * u + PERSON] == m.node[NODE_WIDTH * u2 + PERSON]:
        return TOO_DEAR
    return int(_try_two(m, v, u, m.gap[3 * x + 1], v2, u2, m.gap[3 * y + 1], limit, False))


@_inner
def _insert_visit(m: Memory, j: int, limit: int) -> bool:
    """Serve a visit where it costs least, below ``limit``; False, and nothing changed, if it cannot be."""
    at = VISIT_WIDTH * j
    v, v2 = m.visit[at + FIRST], m.visit[at + SECOND]
    if v2 < 0:
        return bool(_insert_one(m, v, limit))
    if m.node[NODE_WIDTH * v + PARTNER] >= 0:
        return bool(_insert_two(m, v, v2, limit))
    before = _cost(m)
    if not _insert_one(m, v, limit):
        return False
    if not _insert_one(m, v2, limit - (_cost(m) - before)):
        _take_out(m, v)
        _earliest_starts(m)
        _take_stock(m)
        return False
    return True


@_inner
def _insert_break(m: Memory, i: int) -> bool:
    """Let a person rest where it costs least; False if to miss the break is cheaper."""
    services = m.size[N_SERVICES]
    u = services + i
    if m.node[NODE_WIDTH * u + NEXT] >= services:
        return False
    best, place = m.size[W_BREAK], -1
    while u < services or u == services + i:
        cost = _try_break(m, i, u, best)
        if cost < best:
            best, place = cost, u
        u = m.node[NODE_WIDTH * u + NEXT]
    if place < 0:
        return False
    m.node[NODE_WIDTH * place + REST], m.person[PERSON_WIDTH * i + RESTED] = 1, place
    m.queue[0] = place
    _propagate(m, 1, 0, m.total[WORST], TOO_DEAR)
    _charge(m, 0)
    _note_route(m, i)
    m.total[ROUTES] = _routes_cost(m)
    return True


@_inner
def _try_break(m: Memory, i: int, u: int, limit: int) -> int:
    at = NODE_WIDTH * u
    m.node[at + REST], m.person[PERSON_WIDTH * i + RESTED] = 1, u
    m.queue[0] = u
    fits = _arrival(m, u, m.node[at + OUT]) < NEVER
    cost = TOO_DEAR
    if fits:
        saved = (m.size[W_WAITING] + m.size[W_IDLE] * (1 + m.total[SPREAD])) * m.size[BREAK_LASTS]
        fits = _propagate(m, 1, 0, m.total[WORST], limit + saved)
        if fits:
            cost = m.total[COST] + _routes_change(m, i, 0, -1, 0)
        _undo(m)
    m.node[at + REST], m.person[PERSON_WIDTH * i + RESTED] = 0, -1
    return int(cost)


# ------------------------------------------------------------------------------------------------- ruin


@_inner
def _remove(m: Memory, j: int) -> None:
    """Take a visit out, if it is served."""
    at = VISIT_WIDTH * j
    v = m.visit[at + FIRST]
    if m.node[NODE_WIDTH * v + PERSON] < 0:
        return
    _take_out(m, v)
    if m.visit[at + SECOND] >= 0:
        _take_out(m, m.visit[at + SECOND])
    m.out[m.total[GONE]] = j
    m.total[GONE] += 1
    m.total[LEFT] += m.visit[at + LEFT_OUT]


@_inner
def _ruin_strings(m: Memory, seed: int) -> None:
    """Pieces of routes near a visit, each from another route."""
    services, people = m.size[N_SERVICES], m.size[N_PEOPLE]
    longest = min(m.knob[LONGEST_STRING], services / people)
    strings = 1 + int(_uniform(m.random) * max(0.0, 4.0 * m.knob[MEAN_RUIN] / (1.0 + longest) - 1.0))
    m.total[STAMP] += 1
    stamp = m.total[STAMP]
    for x in range(-1, m.size[N_NEAR]):
        j = seed if x < 0 else m.near[seed * m.size[N_NEAR] + x]
        v = m.visit[VISIT_WIDTH * j + FIRST]
        if m.visit[VISIT_WIDTH * j + SECOND] >= 0 and _next(m.random) & np.uint64(1 << 40):
            v = m.visit[VISIT_WIDTH * j + SECOND]
        i = m.node[NODE_WIDTH * v + PERSON]
        if i < 0 or m.node[NODE_WIDTH * (services + i) + SEEN] == stamp:
            continue
        m.node[NODE_WIDTH * (services + i) + SEEN] = stamp
        _cut_string(m, v, i, longest)
        strings -= 1
        if strings == 0:
            return


@_inner
def _cut_string(m: Memory, v: int, i: int, longest: float) -> None:
    """Remove a piece of a route that holds ``v``, every other time with a part in its middle left in."""
    services = m.size[N_SERVICES]
    length = at = 0
    u = m.node[NODE_WIDTH * (services + i) + NEXT]
    while u < services:
        if u == v:
            at = length
        m.queue[length] = u
        length += 1
        u = m.node[NODE_WIDTH * u + NEXT]
    cut = 1 + _below(m.random, max(1, int(min(longest, length))))
    left = 0
    if 1 < cut < length and _uniform(m.random) < 0.5:
        left = 1
        while cut + left < length and _uniform(m.random) > 0.5:
            left += 1
    whole = cut + left
    low, high = max(0, at - whole + 1), min(at, length - whole)
    begin = low + _below(m.random, high - low + 1)
    skip = _below(m.random, cut + 1)
    for x in range(whole):
        if left == 0 or x < skip or x >= skip + left:
            _remove(m, m.node[NODE_WIDTH * m.queue[begin + x] + VISIT])


@_inner
def _ruin_nearby(m: Memory, seed: int) -> None:
    """Visits near one in place and time, most of them."""
    most = 1 + _below(m.random, max(1, int(2 * m.knob[MEAN_RUIN]) - 1))
    _remove(m, seed)
    near = m.size[N_NEAR]
    for x in range(near):
        if m.total[GONE] >= most:
            break
        if _uniform(m.random) < 0.6:
            _remove(m, m.near[seed * near + x])


@_inner
def _ruin_late(m: Memory, seed: int) -> None:
    """A late service, whom the person served before it, and some near it."""
    services, near = m.size[N_SERVICES], m.size[N_NEAR]
    late, by = -1, 0.0
    for _ in range(8):
        v = _below(m.random, services)
        y = (m.node[NODE_WIDTH * v + START] - m.node[NODE_WIDTH * v + DUE]) * (0.5 + _uniform(m.random))
        if m.node[NODE_WIDTH * v + PERSON] >= 0 and (late < 0 or y > by):
            late, by = v, y
    if m.total[WORST] > 0 and _uniform(m.random) < 0.3:
        for v in range(services):
            if m.node[NODE_WIDTH * v + PERSON] >= 0 and _lateness(m, v, m.node[NODE_WIDTH * v + START]) >= m.total[WORST]:
                late = v
    if late < 0:
        _remove(m, seed)
        return
    u = m.node[NODE_WIDTH * late + BEFORE]
    j = m.node[NODE_WIDTH * late + VISIT]
    _remove(m, j)
    for _ in range(_below(m.random, max(1, int(m.knob[MEAN_RUIN])))):
        if u >= services:
            break
        before = m.node[NODE_WIDTH * u + BEFORE]
        if m.node[NODE_WIDTH * u + PERSON] >= 0 and _uniform(m.random) < 0.7:
            _remove(m, m.node[NODE_WIDTH * u + VISIT])
        u = before
    more = _below(m.random, 3)
    for x in range(near):
        if more == 0:
            break
        if _uniform(m.random) < 0.5:
            _remove(m, m.near[j * near + x])
            more -= 1


@_inner
def _ruin(m: Memory) -> None:
    m.total[GONE] = 0
    for i in range(m.size[N_PEOPLE]):
        m.person[PERSON_WIDTH * i + TOUCHED] = 0
    seed = _below(m.random, m.size[N_VISITS])
    how = _uniform(m.random)
    if how < m.knob[STRINGS]:
        _ruin_strings(m, seed)
    elif how < m.knob[STRINGS] + m.knob[NEARBY]:
        _ruin_nearby(m, seed)
    else:
        _ruin_late(m, seed)


@_inner
def _queue_up(m: Memory) -> None:
    """Whom to serve first: by chance, by time either way, far ones first, or those whom few can serve."""
    how = _below(m.random, 10)
    services, visits = m.size[N_SERVICES], m.size[N_VISITS]
    for x in range(m.total[GONE]):
        j = m.out[x]
        key = _uniform(m.random)
        if j < visits and how >= 4:
            v = m.visit[VISIT_WIDTH * j + FIRST]
            if how < 6:
                key = m.node[NODE_WIDTH * v + EARLY]
            elif how < 7:
                key = -m.node[NODE_WIDTH * v + EARLY]
            elif how < 8:
                key = -_way(m, v, services)
            else:
                key += m.visit[VISIT_WIDTH * j + CHOICES] * (0.3 if m.visit[VISIT_WIDTH * j + SECOND] >= 0 else 1.0)
        y = x
        while y > 0 and m.key[y - 1] > key:
            m.key[y], m.out[y] = m.key[y - 1], m.out[y - 1]
            y -= 1
        m.key[y], m.out[y] = key, j


# ----------------------------------------------------------------------------------------------- search


@_inner
def _call_absent(m: Memory) -> None:
    """Visits left out and breaks that are missing get another chance."""
    visits, people = m.size[N_VISITS], m.size[N_PEOPLE]
    begin = _below(m.random, visits)
    absent, removed = 0, m.total[GONE]
    m.total[STAMP] += 1
    for x in range(visits):
        j = begin + x if begin + x < visits else begin + x - visits
        if m.visit[VISIT_WIDTH * j + LEFT_OUT] and m.node[NODE_WIDTH * m.visit[VISIT_WIDTH * j + FIRST] + PERSON] < 0:
            known = False
            for y in range(removed):
                known |= m.out[y] == j
            if not known:
                m.out[m.total[GONE]] = j
                m.total[GONE] += 1
                absent += 1
        if absent >= 8:
            break
    for i in range(people):
        if m.person[PERSON_WIDTH * i + HAS_BREAK]:
            u = m.person[PERSON_WIDTH * i + RESTED]
            chance = 0.3 if m.person[PERSON_WIDTH * i + TOUCHED] else 0.03
            if u >= 0 and _uniform(m.random) < chance:
                m.node[NODE_WIDTH * u + REST], m.person[PERSON_WIDTH * i + RESTED] = 0, -1
                u = -1
            if u < 0 and (chance == 0.3 or _uniform(m.random) < 0.2):
                m.out[m.total[GONE]] = visits + i
                m.total[GONE] += 1


@_inner
def _recreate(m: Memory, limit: int) -> bool:
    """Serve what was removed; False once it costs as much as ``limit`` (where costs only grow) or somebody cannot be served."""
    visits = m.size[N_VISITS]
    grows = not m.size[ROUTES_MATTER]
    for x in range(m.total[GONE]):
        j = m.out[x]
        if j >= visits:
            _insert_break(m, j - visits)
            continue
        allowed = limit - _cost(m) if grows else TOO_DEAR
        price = m.visit[VISIT_WIDTH * j + LEFT_OUT]
        if price > 0:
            if _insert_visit(m, j, price):
                m.total[LEFT] -= price
        elif not _insert_visit(m, j, allowed):
            return False
    return True


@_inner
def _keep(m: Memory) -> None:
    """The plan at hand becomes the current one."""
    nodes = NODE_WIDTH * (m.size[N_SERVICES] + 2 * m.size[N_PEOPLE])
    for x in range(nodes):
        m.kept_node[x] = m.node[x]
    for x in range(PERSON_WIDTH * m.size[N_PEOPLE]):
        m.kept_person[x] = m.person[x]
    for x in range(m.total[ORDERED]):
        m.kept_order[x] = m.order[x]
    for x in range(ORDERED + 1):
        m.kept_total[x] = m.total[x]


@_inner
def _go_back(m: Memory) -> None:
    """The current plan becomes the one at hand."""
    nodes = NODE_WIDTH * (m.size[N_SERVICES] + 2 * m.size[N_PEOPLE])
    for x in range(nodes):
        m.node[x] = m.kept_node[x]
    for x in range(PERSON_WIDTH * m.size[N_PEOPLE]):
        m.person[x] = m.kept_person[x]
    for x in range(ORDERED + 1):
        m.total[x] = m.kept_total[x]
    for x in range(m.total[ORDERED]):
        m.order[x] = m.kept_order[x]


@_inner
def _keep_best(m: Memory) -> None:
    m.total[BEST] = m.total[CURRENT]
    nodes = NODE_WIDTH * (m.size[N_SERVICES] + 2 * m.size[N_PEOPLE])
    for x in range(nodes):
        m.best_node[x] = m.node[x]
    for x in range(PERSON_WIDTH * m.size[N_PEOPLE]):
        m.best_person[x] = m.person[x]
    if m.size[ROUTES_MATTER]:
        for v in range(m.size[N_SERVICES] + 2 * m.size[N_PEOPLE]):
            m.best_node[NODE_WIDTH * v + START] = m.when[v]


@_inner
def _begin(m: Memory) -> bool:
    """Serve the visits of ``out`` in their order, each where it costs least; False if somebody must be and cannot."""
    m.total[GONE] = m.size[N_VISITS]
    if m.size[ROUTES_MATTER]:
        _call_absent(m)
    _earliest_starts(m)
    _take_stock(m)
    if not _recreate(m, TOO_DEAR):
        return False
    m.total[CURRENT] = _settle(m) if m.size[ROUTES_MATTER] else _cost(m)
    _keep(m)
    _keep_best(m)
    return True


@_njit(cache=True, nogil=True, error_model="numpy")
def search(addresses: Any, iterations: int, temperature: float) -> int:
    """Ruin and recreate so many times at a temperature (units of cost); how many new plans were taken. See ``Memory``.

    0 iterations: serve the visits of ``out`` in their order, each where it costs least; −1 if somebody must be and cannot.
    """
    m = _memory(addresses)
    if iterations == 0:
        return 0 if _begin(m) else -1
    taken = 0
    for _ in range(iterations):
        limit = m.total[CURRENT] + math.ceil(-temperature * math.log(1.0 - _uniform(m.random)))
        _ruin(m)
        if m.size[ROUTES_MATTER]:
            _call_absent(m)
            m.total[SPREAD] = 1 << _below(m.random, 3) if m.size[W_IDLE] and _uniform(m.random) < 0.75 else 0
        fine = _earliest_starts(m)
        _take_stock(m)
        _queue_up(m)
        fine = fine and _recreate(m, limit)
        cost = _cost(m)
        if fine and m.size[ROUTES_MATTER]:
            cost = _settle(m)
        if not fine or cost >= limit:
            _go_back(m)
            continue
        taken += 1
        m.total[CURRENT] = cost
        if cost < m.total[BEST]:
            _keep_best(m)
        _keep(m)
    return taken
