"""routes_check: what tours cost and which rules they break, worked out plainly from the day. Knows nothing of the search."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from matcher.solvers.routes import Tours
from matcher.solvers.routes_tables import APART, NEVER, TOGETHER, Day


@dataclass(slots=True)
class Verdict:
    """What the tours cost, and every rule they break."""

    cost: int = 0
    faults: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Stop:
    start: int
    lasts: int
    place: int
    service: int
    """−1: a break"""


@dataclass(slots=True)
class _Round:
    """One person's day."""

    travel: int = 0
    served: int = 0
    waited: int = 0
    """Waiting that has a price: not for what follows a break that opens the day."""
    idle: int = 0
    over: int = 0


def judge_tours(day: Day, tours: Tours) -> Verdict:
    """Cost and faults of tours. What is ruled out by a price (``HARD``) is cost, not fault."""
    verdict = Verdict()
    rounds = [_round(day, tours, i, verdict) for i in range(len(tours.routes))]
    _check_visits(day, tours, verdict)
    prices = day.prices
    late = [lateness(day, v, int(tours.start[v])) for route in tours.routes for v in route]
    verdict.cost = (
        prices.travel * sum(r.travel for r in rounds)
        + prices.late * sum(late)
        + prices.worst_late * max(late, default=0)
        + prices.waiting * sum(r.waited for r in rounds)
        + prices.overtime * sum(r.over for r in rounds)
        + (prices.idle * max(r.idle for r in rounds) if prices.idle else 0)
        + prices.missed_break * sum(bool(due) and rest is None for due, rest in zip(day.due_break, tours.breaks))
        + prices.balance * _imbalance([r.travel + r.served for r in rounds], day.unit)
        + sum(int(day.seat_price[i, v]) for i, route in enumerate(tours.routes) for v in route)
        + sum(int(price) for j, price in enumerate(day.left_out) if not _is_served(day, tours, j))
    )
    return verdict


def lateness(day: Day, v: int, start: int) -> int:
    """Of a service that starts then, against the last window that has begun."""
    begun = [last for first, last in day.windows[v].tolist() if first <= start and first < NEVER]
    return max(0, start - begun[-1]) if begun else 0


def _imbalance(busy: list[int], unit: int) -> int:
    """Σ ⌈|x − mean|⌉, rounded up to whole units: ⌈|n·x − total| / n⌉ in whole numbers."""
    people = len(busy)
    return sum(-(-abs(people * x - sum(busy)) // (people * unit)) * unit for x in busy)


def _round(day: Day, tours: Tours, i: int, verdict: Verdict) -> _Round:
    begin, end = (int(x) for x in day.shift[i])
    stops = _stops(day, tours, i, verdict)
    out = _Round()
    if not stops:
        out.idle = end - begin
        return out
    here = int(day.home[i, 0])
    now = begin if day.leave_at_start else stops[0].start - int(day.travel[here, stops[0].place])
    if now < begin:
        verdict.faults.append(f"person {i} sets out at {now}, before {begin}")
    gaps = now - begin
    for x, stop in enumerate(stops):
        way = int(day.travel[here, stop.place])
        wait = stop.start - now - way
        if wait < 0:
            verdict.faults.append(f"person {i} begins at {stop.start} what can be reached at {now + way}")
        gaps += wait
        if not (x == 1 and stops[0].service < 0):
            out.waited += wait
        out.travel += way
        out.served += stop.lasts if stop.service >= 0 else 0
        now, here = stop.start + stop.lasts, stop.place
    way = int(day.travel[here, day.home[i, 1]])
    out.travel += way
    out.over = max(0, now + way - end)
    out.idle = gaps + max(0, end - now - way)
    return out


def _stops(day: Day, tours: Tours, i: int, verdict: Verdict) -> list[_Stop]:
    """Services and break in order, the break at the place it is taken."""
    stops = [_Stop(int(tours.start[v]), int(day.lasts[v]), int(day.place[v]), v) for v in tours.routes[i]]
    for stop in stops:
        if not day.able[i, stop.service]:
            verdict.faults.append(f"person {i} cannot give service {stop.service}")
        if stop.start < day.windows[stop.service, 0, 0]:
            verdict.faults.append(f"service {stop.service} starts at {stop.start}, before its first window")
    rest = tours.breaks[i]
    if rest is None:
        return stops
    first, last, lasts = day.break_window
    if not day.due_break[i] or not first <= rest.start <= last:
        verdict.faults.append(f"person {i} has a break at {rest.start} that is none")
    at = rest.after if rest.on_arrival else rest.after - 1
    place = stops[at].place if 0 <= at < len(stops) else int(day.home[i, 0])
    stops.insert(rest.after, _Stop(rest.start, lasts, place, -1))
    return stops


def _is_served(day: Day, tours: Tours, j: int) -> bool:
    return bool(np.all(tours.start[day.visit == j] >= 0))


def _check_visits(day: Day, tours: Tours, verdict: Verdict) -> None:
    """Each service of a served visit once, visits that must be are, and links hold."""
    given = [v for route in tours.routes for v in route]
    if sorted(given) != np.flatnonzero(tours.start >= 0).tolist():
        verdict.faults.append("the services on routes are not those that have a start, once each")
    who = {v: i for i, route in enumerate(tours.routes) for v in route}
    for j in range(len(day.link)):
        own = np.flatnonzero(day.visit == j).tolist()
        if not _is_served(day, tours, j):
            if any(v in who for v in own) or not day.left_out[j]:
                verdict.faults.append(f"visit {j} lacks a service")
        elif day.link[j] != APART:
            least, most = (0, 0) if day.link[j] == TOGETHER else day.lag[j]
            if who.get(own[0]) == who.get(own[1]):
                verdict.faults.append(f"one person gives both services of visit {j}")
            if not least <= tours.start[own[1]] - tours.start[own[0]] <= most:
                verdict.faults.append(f"the services of visit {j} start {tours.start[own[1]] - tours.start[own[0]]} apart")


__all__ = ["Verdict", "judge_tours", "lateness"]
