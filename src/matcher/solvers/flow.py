"""flow: how many seats anyone could fill, as a min-cost flow, with the bottleneck that proves it.

Volunteer → month → week → day → seat, each with what is left of the volunteer's limits. What a flow
cannot say (whole crews, spacing, turns, travel) is left out, so the bound stays valid; ``relaxed``
names it, and where it is empty the bound is exact.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from matcher.problem.problem import Problem, longest_way
from matcher.solvers.network import Network
from matcher.solvers.ways import Frame, Ints, Use, Ways

WORTH_OF_A_SEAT = 30_000
"""Points a filled seat is worth in the flow of little cost, besides its price: more than it may cost."""
MOST_QUALITY = 20_000
"""Turns dearer than this many points count as much."""
ALL_WAYS = 200_000
"""Up to so many ways all of them are likely."""
LIKELY, LIKELY_PER_SEAT = 12, 4
"""People who are likely for a role beyond that: so many, and so many per seat."""
MOST_BOTTLENECKS = 200
"""So many bottlenecks are told at most, the largest."""


@dataclass(frozen=True, slots=True)
class Bottleneck:
    """A Hall violator: these seats share only these people, who have fewer places to give.

    ``seats`` counts places needed, ``places`` what the people can give to them; at least
    ``seats − places`` stay empty.
    """

    needed: tuple[tuple[int, int], ...]
    """(visit, role) numbers."""
    people: tuple[int, ...]
    seats: int
    places: int

    @property
    def empty(self) -> int:
        return self.seats - self.places


@dataclass(frozen=True, slots=True)
class NeedsBound:
    """The least the needs tier can come to, the seats a flow fills, and why not more."""

    value: int
    filled: int
    seats: int
    relaxed: tuple[str, ...]
    bottlenecks: tuple[Bottleneck, ...]
    wanted: frozenset[tuple[int, int, int]]
    """(visit, role, volunteer) triples the flow used; a start for others."""

    @property
    def is_exact(self) -> bool:
        return not self.relaxed


def needs_bound(problem: Problem) -> NeedsBound:
    """Bound the needs tier from below by a flow, with the bottlenecks.

    The flow fills the dearest seats it can, and among such flows one of little cost is begun with: ``wanted`` is a
    fair and near start where no rule is in its way.
    """
    frame = Frame(problem)
    ways = frame.all_ways(_seat_cost(frame))
    price = _prices(frame)
    use = ways.whole(*_cheap_flow(ways, price))
    network = _network(ways, use)
    lacking = network.fill(_seats(frame), price)
    return NeedsBound(
        value=int((lacking * price).sum()),
        filled=int(_seats(frame).sum() - lacking.sum()),
        seats=int(_seats(frame).sum()),
        relaxed=tuple(_relaxed(problem)),
        bottlenecks=tuple(_bottlenecks(ways, network, lacking)),
        wanted=_wanted(ways, ways.use(network.flow_as_given())),
    )


def _seats(frame: Frame) -> Ints:
    """Seats of each (visit, role) row."""
    return np.array([role.count for visit in frame.problem.visits for role in visit.wish.roles], dtype=np.int64)


def _prices(frame: Frame) -> Ints:
    """The price of an empty seat of each row."""
    prices = frame.problem.prices
    return np.array([prices.empty_seat(visit.wish) for visit in frame.problem.visits], dtype=np.int64)[frame.row_visit]


def _network(ways: Ways, use: Use) -> Network:
    """All ways with a flow on them."""
    tail, head, capacity = (np.concatenate(parts) for parts in zip(*ways.blocks))
    return Network(ways.source + 1, ways.frame.rows, tail, head, capacity, ways.flow(use))


def _wanted(ways: Ways, use: Use) -> frozenset[tuple[int, int, int]]:
    used = np.flatnonzero(use.in_role)
    pair = ways.role_pair[used]
    roles = ways.in_role[used] % ways.frame.roles
    return frozenset(zip(ways.visit[pair].tolist(), roles.tolist(), ways.volunteer[pair].tolist()))


# ------------------------------------------------------------------------------------ a flow of little cost


def _cheap_flow(ways: Ways, price: Ints) -> tuple[Ways, Use]:
    """A min-cost flow over the likeliest ways: needs first, then fair turns and what a seat itself costs."""
    from ortools.graph.python import min_cost_flow

    ways = _likely(ways)
    tail, head, capacity, cost = _priced_arcs(ways, price)
    solver = min_cost_flow.SimpleMinCostFlow()
    arcs = solver.add_arcs_with_capacity_and_unit_cost(
        tail.astype(np.int32), head.astype(np.int32), capacity, cost
    )
    total = int(_seats(ways.frame).sum())
    solver.set_nodes_supplies(np.array([ways.source, ways.source + 1], dtype=np.int32), np.array([total, -total]))
    status = solver.solve()
    if status != solver.OPTIMAL:
        raise RuntimeError(f"the needs flow ended with {status}")
    return ways, ways.use(solver.flows(arcs))


def _priced_arcs(ways: Ways, price: Ints) -> tuple[Ints, Ints, Ints, Ints]:
    """(tail, head, capacity, cost) of the ways' arcs first, then of seats to the sink and of people's turns."""
    frame, sink = ways.frame, ways.source + 1
    tail, head, capacity = (np.concatenate(parts) for parts in zip(*ways.blocks))
    cost = np.zeros(len(tail), dtype=np.int64)
    direct = ways.direct[ways.role_pair]
    cost[np.flatnonzero(ways.direct[ways.day_pair])] = ways.cost[direct]
    cost[len(ways.on_day) + np.arange(int((~direct).sum()))] = ways.cost[~direct]
    seats, total = _seats(frame), int(_seats(frame).sum())
    months = len(ways.months_used)
    person = ways.months_used // max(1, len(frame.periods.months))
    tail[len(tail) - months:] = sink + 1 + person
    turns, turn_cost = _turns(ways, person)
    parts = (
        (tail, head, capacity, cost),
        (np.arange(frame.rows), np.full(frame.rows, sink), seats, -price - WORTH_OF_A_SEAT),
        (np.full(len(turns), ways.source), sink + 1 + turns, np.ones(len(turns), np.int64), turn_cost),
        (np.array([ways.source]), np.array([sink]), np.array([total]), np.zeros(1, np.int64)),
    )
    tail, head, capacity, cost = (np.concatenate(columns).astype(np.int64) for columns in zip(*parts))
    return tail, head, capacity, cost


def _turns(ways: Ways, person: Ints) -> tuple[Ints, Ints]:
    """One arc per turn somebody might take, and its price in fairness, rising from turn to turn."""
    frame = ways.frame
    people = len(frame.limits["day"])
    left = np.bincount(person, ways.blocks[-1][2], people)
    most = np.minimum(left, np.bincount(ways.volunteer, minlength=people)).astype(np.int64)
    row = np.repeat(np.arange(people), most)
    turn = np.arange(len(row)) - np.repeat(np.cumsum(most) - most, most) + 1
    return row, _turn_price(ways, row, turn)


def _turn_price(ways: Ways, row: Ints, turn: Ints) -> Ints:
    """The price in fairness of people's turns."""
    prices = ways.frame.problem.prices
    before = np.array(prices.turns_before, dtype=np.int64)[row]
    offered = np.array(prices.turns_offered, dtype=np.int64)[row]
    points: Ints = prices.weights.fairness * (100 * (2 * (before + turn) - 1) // offered)
    return np.minimum(points, MOST_QUALITY)


def _likely(ways: Ways) -> Ways:
    """The cheapest people of each seat, at one day where a crew or a spacing must agree on it."""
    roles = np.ones(len(ways.in_role), dtype=bool)
    days = _on_settled_days(ways)
    if len(ways.on_day) > ALL_WAYS:
        prices = ways.frame.problem.prices
        turn = _turn_price(ways, np.arange(len(prices.turns_before)), np.array([1], dtype=np.int64))
        order = np.argsort((ways.row << 20) | (ways.cost + turn[ways.volunteer[ways.role_pair]]), kind="stable")
        size = np.bincount(ways.row, minlength=ways.frame.rows)
        place = np.arange(len(order)) - np.repeat(np.cumsum(size) - size, size)
        roles[order] = place < (LIKELY + LIKELY_PER_SEAT * _seats(ways.frame))[ways.row[order]]
    return ways.part(roles, days)


def _seat_cost(frame: Frame) -> Ints:
    """Points each candidate's seat costs by itself, with the way there; dear where a rule would be in its way."""
    problem, expanded = frame.problem, frame.problem.expanded
    crew = problem.crew
    cost = crew.price + problem.solo_tour
    first = np.searchsorted(crew.option, np.arange(len(problem.options) + 1, dtype=crew.option.dtype))
    for visit, people in enumerate(problem.paired):
        options = problem.options_of[visit]
        if people and options:
            own = slice(first[options[0]], first[options[-1] + 1])
            cost[own] += MOST_QUALITY * ~np.isin(crew.volunteer[own], people)
    roles = [role for visit in problem.visits for role in visit.wish.roles]
    asks = np.array([role.experienced and expanded.anybody_experienced for role in roles], dtype=bool)
    if asks.any():
        row = frame.row_first[frame.visit_of_option[crew.option]] + crew.role
        cost += MOST_QUALITY * (asks[row] & ~np.array(expanded.is_experienced)[crew.volunteer])
    return cost


# ------------------------------------------------------------------------------------------ settled days


def _on_settled_days(ways: Ways) -> NDArray[np.bool_]:
    """Which of the ways lie on the one day a crew or a spacing was settled on, or belong to a visit that needs none."""
    settled = np.full(ways.frame.visits, -1, dtype=np.int64)
    for visit, day in _settled_days(ways.frame).items():
        settled[visit] = day
    own = settled[ways.visit[ways.day_pair]]
    on_settled: NDArray[np.bool_] = (own < 0) | (own == ways.day)
    return on_settled


def _settled_days(frame: Frame) -> dict[int, int]:
    """A day for each visit whose crew must agree on one, or that must keep its distance to others of its wish.

    Days with many people for each seat are taken, wish by wish such that the spacing is kept where that can be done.
    """
    problem, scores = frame.problem, _people_by_day(frame)
    settled: dict[int, int] = {}
    for visits in problem.visits_of_wish.values():
        wish = problem.visits[visits[0]].wish
        when = wish.recurrence
        if when is not None and len(visits) > 1 and (when.least_gap_days or when.max_gap_days is not None):
            most = 1 << 20 if when.max_gap_days is None else when.max_gap_days
            settled |= _spaced([(visit, scores[visit]) for visit in visits if scores[visit]], when.least_gap_days, most)
        elif problem.visits[visits[0]].seats > 1:
            settled |= {visit: max(scores[visit], key=lambda day: (own[day], -day))
                        for visit in visits if (own := scores[visit])}
    return settled


def _spaced(visits: list[tuple[int, dict[int, float]]], least: int, most: int) -> dict[int, int]:
    """The days of highest score for visits in order, neighbours ``least`` to ``most`` days apart (if it can be done)."""
    best: list[dict[int, tuple[float, int]]] = []
    for number, (_, score) in enumerate(visits):
        before = best[-1] if number else {}
        here = {}
        for day, own in score.items():
            total, last = max(
                ((value, earlier) for earlier, (value, _) in before.items() if least <= day - earlier <= most),
                default=(0.0 if not number else -1e9, -1),
            )
            here[day] = (total + own, last)
        best.append(here)
    settled = {}
    day = max(best[-1], key=lambda day: (best[-1][day][0], -day)) if best else -1
    for (visit, _), here in zip(reversed(visits), reversed(best)):
        if day < 0:  # the spacing could not be kept from here on
            day = max(here, key=lambda day: (here[day][0], -day))
        settled[visit] = day
        day = here[day][1]
    return settled


def _people_by_day(frame: Frame) -> list[dict[int, float]]:
    """Per visit and day, how rich in candidates the scarcest role is (a logarithm: doubling few helps like many)."""
    crew, periods = frame.problem.crew, frame.periods
    row = frame.row_first[frame.visit_of_option[crew.option]] + crew.role
    key = row * frame.days + periods.of_option[crew.option]
    counts = np.bincount(key, minlength=frame.rows * frame.days).reshape(frame.rows, frame.days)
    score = np.log1p(counts / np.maximum(1, _seats(frame))[:, None])
    scarcest = np.full((frame.visits, frame.days), np.inf)
    np.minimum.at(scarcest, frame.row_visit, score)
    found: list[dict[int, float]] = [{} for _ in range(frame.visits)]
    for option, visit in enumerate(frame.visit_of_option.tolist()):
        day = int(periods.of_option[option])
        found[visit][day] = float(scarcest[visit, day])
    return found


# ------------------------------------------------------------------------------------------ what is left out


def _relaxed(problem: Problem) -> Iterator[str]:
    """Rules the flow leaves out although they might bind here."""
    wishes, limits = [visit.wish for visit in problem.visits], problem.expanded.limits
    if any(visit.wish.as_one_team or (visit.seats > 1 and not visit.wish.partial) for visit in problem.visits):
        yield "is_crewed_together"
    if any(own.visits_per_day not in (0, 1) for own in limits) or _days_meet(problem):
        yield "is_in_one_place_at_a_time"
    if _weeks_are_split(problem) or any(
        own.rest_days or own.min_rest_minutes
        or not own.minutes_per_day is own.minutes_per_week is own.minutes_per_month is None
        for own in limits
    ):
        yield "keeps_own_limits"
    repeating = [wish.recurrence for wish in wishes if wish.recurrence is not None]
    if any(when.least_gap_days or when.max_gap_days is not None or when.times is not None for when in repeating):
        yield "keeps_the_spacing"
    if any(wish.staffing.policy == "rotate" for wish in wishes):
        yield "keeps_the_turn"
    if any(wish.staffing.max_helpers for wish in wishes):
        yield "keeps_faces_few"
    if any(problem.paired):
        yield "stays_paired"
    if problem.published:
        yield "keeps_what_is_published"
    if problem.pins:
        yield "keeps_what_is_pinned"
    if problem.expanded.anybody_experienced and not all(problem.expanded.is_experienced):
        yield "newcomers_go_with_experience"


def _days_meet(problem: Problem) -> bool:
    """Whether visits have a choice of starts, or of two on different days one might keep from the other."""
    if any(len({problem.options[option].start for option in options}) > 1 for options in problem.options_of):
        return True
    timed = [(option.start, option.end, option.day) for option in problem.options if option.start is not None]
    timed += [(seat.start, seat.end, seat.day) for seat in problem.expanded.outside if seat.start is not None]
    if any(seat.standby or seat.start is None for seat in problem.expanded.outside):
        return True
    way = longest_way(problem.expanded)
    latest: dict[date, int] = defaultdict(int)
    for _, end, day in timed:
        latest[day] = max(latest[day], end or 0)
    return any(other < day and start < end + way for start, _, day in timed for other, end in latest.items())


def _weeks_are_split(problem: Problem) -> bool:
    """Whether an ISO week with visits lies in two months, so that both limits meet in it."""
    months: dict[tuple[int, int], set[int]] = defaultdict(set)
    for option in problem.options:
        months[option.day.isocalendar()[:2]].add(option.day.month)
    return any(len(split) > 1 for split in months.values())


# ------------------------------------------------------------------------------------------ bottlenecks


def _bottlenecks(ways: Ways, network: Network, lacking: Ints) -> list[Bottleneck]:
    """One violator per group of empty seats: everything that could still send a unit to them, and cannot.

    The largest come first where there are more than ``MOST_BOTTLENECKS``; the others are left out.
    """
    frame, seats = ways.frame, _seats(ways.frame)
    groups = network.starved()
    if len(groups) > MOST_BOTTLENECKS:
        groups = sorted(groups, key=lambda rows: -int(lacking[rows].sum()))[:MOST_BOTTLENECKS]
    concerned = np.flatnonzero(np.isin(ways.row, np.concatenate([np.zeros(0, np.int64), *groups])))
    order = concerned[np.argsort(ways.row[concerned], kind="stable")]
    first = np.searchsorted(ways.row[order], np.arange(frame.rows + 1))
    person = ways.volunteer[ways.role_pair[order]]
    return [
        Bottleneck(
            needed=tuple(zip(frame.row_visit[rows].tolist(), (rows - frame.row_first[frame.row_visit[rows]]).tolist())),
            people=tuple(np.unique(np.concatenate([person[first[row]:first[row + 1]] for row in rows])).tolist()),
            seats=int(seats[rows].sum()),
            places=int((seats - lacking)[rows].sum()),
        )
        for rows in groups
    ]
