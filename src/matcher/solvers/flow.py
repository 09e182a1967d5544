"""flow: how many seats anyone could fill, as a min-cost flow, with the bottleneck that proves it.

Volunteer → month → week → day → seat, each with what is left of the volunteer's limits. What a flow
cannot say (whole crews, spacing, turns, travel) is left out, so the bound stays valid; ``relaxed``
names it, and where it is empty the bound is exact.
"""

from __future__ import annotations

import math
from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.domain.wishes import Wish
from matcher.problem.problem import Problem, longest_way
from matcher.solvers.load import Elsewhere


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


class _Network:
    """Nodes named by keys, arcs as they come; solved once."""

    def __init__(self) -> None:
        self.node: dict[Any, int] = {}
        self.tail: list[int] = []
        self.head: list[int] = []
        self.capacity: list[int] = []
        self.cost: list[int] = []

    def at(self, key: Any) -> int:
        return self.node.setdefault(key, len(self.node))

    def arc(self, tail: Any, head: Any, capacity: int, cost: int = 0) -> None:
        self.tail.append(self.at(tail))
        self.head.append(self.at(head))
        self.capacity.append(capacity)
        self.cost.append(cost)


def needs_bound(problem: Problem) -> NeedsBound:
    """Bound the needs tier from below by a min-cost flow, with the bottlenecks."""
    from ortools.graph.python import min_cost_flow

    network = _build(problem)
    solver = min_cost_flow.SimpleMinCostFlow()
    total = sum(visit.seats for visit in problem.visits)
    solver.add_arcs_with_capacity_and_unit_cost(
        np.array(network.tail, dtype=np.int32), np.array(network.head, dtype=np.int32),
        np.array(network.capacity, dtype=np.int64), np.array(network.cost, dtype=np.int64),
    )
    solver.set_node_supply(network.at("source"), total)
    solver.set_node_supply(network.at("sink"), -total)
    status = solver.solve()
    if status != solver.OPTIMAL:
        raise RuntimeError(f"the needs flow ended with {status}")
    flows = [solver.flow(arc) for arc in range(len(network.tail))]
    keys = {node: key for key, node in network.node.items()}
    wanted, skipped = set(), 0
    for arc, flow in enumerate(flows):
        tail, head = keys[network.tail[arc]], keys[network.head[arc]]
        if tail == "source" and head == "sink":
            skipped = flow
        elif flow and head[0] == "seat" and tail[0] in ("day", "week", "on", "turns"):
            wanted.add((head[1], head[2], tail[1]))
    return NeedsBound(
        value=_value(problem, flows, network, keys),
        filled=total - skipped,
        seats=total,
        relaxed=tuple(_relaxed(problem)),
        bottlenecks=tuple(_bottlenecks(problem, network, flows, keys)),
        wanted=frozenset(wanted),
    )


def _build(problem: Problem) -> _Network:
    network, elsewhere = _Network(), Elsewhere(problem)
    total = sum(visit.seats for visit in problem.visits)
    network.arc("source", "sink", total)
    for number, visit in enumerate(problem.visits):
        price = problem.prices.empty_seat(visit.wish)
        for role, seat in enumerate(visit.wish.roles):
            network.arc(("seat", number, role), "sink", seat.count, -price)
    days, roles = _days_and_roles(problem)
    on_day: dict[tuple[int, date], set[int]] = defaultdict(set)
    for (volunteer, number), when in days.items():
        goods = problem.visits[number].is_goods
        sources = [_week_key(volunteer, day) if goods else ("day", volunteer, day) for day in sorted(when)]
        if not goods:
            for day in when:
                on_day[volunteer, day].add(number)
        turns = _turns_left(problem, volunteer, problem.visits[number].wish)
        if turns is not None:
            # Turns are counted per wish, so its visits share one node; which day a unit came from is let go.
            for source in sources:
                network.arc(source, ("turns in", volunteer, problem.visits[number].wish.id), 1)
            sources = [("turns", volunteer, problem.visits[number].wish.id)]
        _connect(network, sources, volunteer, number, sorted(roles[volunteer, number]))
    for volunteer, wish in sorted({(volunteer, problem.visits[number].wish.id) for volunteer, number in days}):
        turns = _turns_left(problem, volunteer, problem.scenario.wish[wish])
        if turns is not None:
            network.arc(("turns in", volunteer, wish), ("turns", volunteer, wish), turns)
    _limit(problem, network, elsewhere, on_day, days)
    return network


def _days_and_roles(problem: Problem) -> tuple[dict[tuple[int, int], set[date]], dict[tuple[int, int], set[int]]]:
    """By (volunteer, visit): the days on which somebody might serve a visit, and the roles."""
    crew, far = problem.crew, len(problem.visits)
    visit_of = np.array([option.visit for option in problem.options], dtype=np.int64)
    day_of = np.array([option.day.toordinal() for option in problem.options], dtype=np.int64)
    if not len(crew):
        return {}, {}
    pairs = crew.volunteer.astype(np.int64) * far + visit_of[crew.option]
    days = {
        divmod(pair, far): {date.fromordinal(day) for day in own}
        for pair, own in _values_of(pairs, day_of[crew.option]).items()
    }
    roles = {divmod(pair, far): own for pair, own in _values_of(pairs, crew.role.astype(np.int64)).items()}
    return days, roles


def _values_of(keys: NDArray[np.int64], values: NDArray[np.int64]) -> dict[int, set[int]]:
    """The different values beside each key; among candidates most pairs come many times, once per start."""
    span = int(values.max()) + 1
    found: dict[int, set[int]] = defaultdict(set)
    for pair in np.unique(keys * span + values).tolist():
        found[pair // span].add(pair % span)
    return found


def _turns_left(problem: Problem, volunteer: int, wish: Wish) -> int | None:
    """Turns somebody has left at a rotating wish if all its visits lie within one ``turns_days``, else None."""
    staffing, window = wish.staffing, problem.scenario.program.window
    hard = "keeps_the_turn" not in problem.scenario.program.settings.soft_rules
    if staffing.policy != "rotate" or staffing.max_turns is None or not hard:
        return None
    if (window.end - window.start).days + 1 >= staffing.turns_days:  # a night window may end a day later
        return None
    return staffing.max_turns


def _week_key(volunteer: int, day: date) -> tuple[Any, ...]:
    return ("week", volunteer, day.year, day.month, *day.isocalendar()[:2])


def _connect(
    network: _Network, sources: Sequence[tuple[Any, ...]], volunteer: int, visit: int, roles: Sequence[int]
) -> None:
    """Arcs from somebody's days to a visit's seats; one unit at most, whichever day and role."""
    if len(sources) == 1 and len(roles) == 1:
        network.arc(sources[0], ("seat", visit, roles[0]), 1)
        return
    for source in sources:
        network.arc(source, ("in", volunteer, visit), 1)
    network.arc(("in", volunteer, visit), ("on", volunteer, visit), 1)
    for role in roles:
        network.arc(("on", volunteer, visit), ("seat", visit, role), 1)


def _limit(
    problem: Problem, network: _Network, elsewhere: Elsewhere, on_day: dict[tuple[int, date], set[int]],
    days: dict[tuple[int, int], set[date]],
) -> None:
    far = len(problem.visits)
    weeks: set[tuple[int, date]] = {(volunteer, day) for (volunteer, _), when in days.items() for day in when}

    def left(volunteer: int, unit: str, day: date) -> int:
        most = getattr(problem.expanded.limits[volunteer], f"visits_per_{unit}")
        return far if most is None else max(0, most - elsewhere.load_on(volunteer, unit, day)[0])

    spans = _spans_by_day(problem)
    for (volunteer, day), visits in sorted(on_day.items()):
        most = left(volunteer, "day", day)
        if most > 1:
            most = _disjoint([span for visit in sorted(visits) for span in spans[visit, day]], most)
        network.arc(_week_key(volunteer, day), ("day", volunteer, day), most)
    seen: set[Any] = set()
    for volunteer, day in sorted(weeks):
        week, month = _week_key(volunteer, day), ("month", volunteer, day.year, day.month)
        if week not in seen:
            seen.add(week)
            network.arc(month, week, left(volunteer, "week", day))
        if month not in seen:
            seen.add(month)
            network.arc("source", month, left(volunteer, "month", day))


def _spans_by_day(problem: Problem) -> dict[tuple[int, date], list[tuple[int, int]]]:
    """(end, start) of each option by (visit, day)."""
    spans: dict[tuple[int, date], list[tuple[int, int]]] = defaultdict(list)
    for option in problem.options:
        if option.start is not None and option.end is not None:
            spans[option.visit, option.day].append((option.end, option.start))
    return spans


def _disjoint(spans: list[tuple[int, int]], most: int) -> int:
    """How many of these spans, ``most`` at most, one person could do if travel took no time (earliest end first)."""
    count, free = 0, -math.inf
    for end, start in sorted(spans):
        if start >= free:
            count, free = count + 1, float(end)
        if count == most:
            break
    return count


def _value(problem: Problem, flows: Sequence[int], network: _Network, keys: dict[int, Any]) -> int:
    total = sum(problem.prices.empty_seat(visit.wish) * visit.seats for visit in problem.visits)
    return total + sum(flow * cost for flow, cost in zip(flows, network.cost))


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


def _bottlenecks(
    problem: Problem, network: _Network, flows: Sequence[int], keys: dict[int, Any]
) -> Iterator[Bottleneck]:
    """One violator per group of empty seats: everything that could still send a unit to them, and cannot."""
    inward: dict[int, list[int]] = defaultdict(list)
    outward: dict[int, list[int]] = defaultdict(list)
    for arc, (tail, head) in enumerate(zip(network.tail, network.head)):
        inward[head].append(arc)
        outward[tail].append(arc)
    sink, source = network.at("sink"), network.at("source")
    groups: list[set[int]] = []
    for arc in inward[sink]:
        seat = network.tail[arc]
        if seat == source or flows[arc] == network.capacity[arc] or any(seat in group for group in groups):
            continue
        reached = _can_send_to(seat, network, flows, inward, outward, {sink, source})
        seats = {node for node in reached if keys[node][0] == "seat"}
        # Groups that share seats are one, or their empty seats would count twice.
        shared = [group for group in groups if group & seats]
        groups = [group for group in groups if not group & seats] + [seats.union(*shared)]
    for group in groups:
        needed = tuple(sorted(keys[node][1:] for node in group))
        yield Bottleneck(
            needed=needed,
            people=tuple(sorted({keys[network.tail[arc]][1] for node in group for arc in inward[node]})),
            seats=sum(problem.visits[visit].wish.roles[role].count for visit, role in needed),
            places=sum(flows[arc] for arc in inward[sink] if network.tail[arc] in group),
        )


def _can_send_to(
    seat: int, network: _Network, flows: Sequence[int], inward: dict[int, list[int]], outward: dict[int, list[int]],
    borders: set[int],
) -> set[int]:
    """Nodes from which a unit could reach the seat in the residual network."""
    reached, queue = {seat}, deque([seat])
    while queue:
        node = queue.popleft()
        before = [network.tail[arc] for arc in inward[node] if flows[arc] < network.capacity[arc]]
        after = [network.head[arc] for arc in outward[node] if flows[arc] > 0]
        for other in (*before, *after):
            if other not in reached and other not in borders:
                reached.add(other)
                queue.append(other)
    return reached
