"""PyVRP on one day: optional clients with prizes, a vehicle and a profile of legs for every person.

A profile holds a person's own prices: legs from and to home, what each seat costs by itself, and a price no prize
outweighs for visits that person may not serve. Visits per day are a capacity. What it cannot say: that a second
turn costs more than the first.
"""

from __future__ import annotations

import time

import numpy as np
from numpy.typing import NDArray
from pyvrp import (
    Client,
    ClientGroup,
    Depot,
    Location,
    PenaltyParams,
    ProblemData,
    SolveParams,
    VehicleType,
    solve,
)
from pyvrp.stop import MaxRuntime

from matcher.bench.answers import Answer, Effort, Refusal
from matcher.bench.peers.day_routes import Day, Route, as_roster
from matcher.problem.problem import Problem

MOST_BYTES = 2_000_000_000
"""Of all profiles' matrices together."""

NEEDS_BEFORE_QUALITY = 1000
"""A point of needs weighs as much as so many of quality."""

MOST_PENALTY = 1e10
"""PyVRP's default is less than our prizes: it would serve everybody late and return nothing feasible."""


def routes(problem: Problem, effort: Effort) -> Answer:
    """PyVRP's iterated local search."""
    began = time.perf_counter()
    day = Day(problem)
    if not day.visits or not day.people:
        return as_roster(day, [], "pyvrp", 0.0, 0.0)
    size = 16 * len(day.people) * (len(day.visits) + 1) ** 2
    if size > MOST_BYTES:
        raise Refusal(
            f"a profile for each of {len(day.people):,} people over {len(day.visits):,} visits "
            f"would take {size / 1e9:.0f} GB"
        )
    data, visit_of = _data(day)
    built = time.perf_counter()
    parameters = SolveParams(penalty=PenaltyParams(max_penalty=MOST_PENALTY))
    result = solve(
        data, MaxRuntime(effort.seconds), seed=effort.seed, collect_stats=False, display=False, params=parameters
    )
    seconds = time.perf_counter() - built
    found: list[Route] = []
    for route in result.best.routes() if result.is_feasible() else ():
        stops = [visit_of[activity.idx] for activity in route if activity.is_client()]
        found.append((day.people[route.vehicle_type()], stops))
    return as_roster(day, found, "pyvrp", built - began, seconds)


def _data(day: Day) -> tuple[ProblemData, list[int]]:
    """PyVRP's facts, and the visit each client stands for."""
    prices = day.problem.prices
    prize = {
        visit: NEEDS_BEFORE_QUALITY * prices.empty_seat(day.problem.visits[visit].wish) for visit in day.visits
    }
    clients: list[Client] = []
    groups: list[ClientGroup] = []
    visit_of: list[int] = []
    for place, visit in enumerate(day.visits, start=1):
        stretches = day.starts(visit)
        group = len(groups) if len(stretches) > 1 else None
        if group is not None:
            members = list(range(len(clients), len(clients) + len(stretches)))
            groups.append(ClientGroup(members, required=False))
        for low, high in stretches:
            visit_of.append(visit)
            clients.append(Client(
                place, delivery=[1], service_duration=day.problem.visits[visit].minutes, tw_early=low, tw_late=high,
                prize=prize[visit], required=False, group=group,
            ))
    distances, durations = _profiles(day, 10 * max(prize.values()))
    vehicles = [_vehicle(day, row, number) for number, row in enumerate(day.people)]
    locations = [Location(0, 0) for _ in range(len(day.visits) + 1)]
    return ProblemData(locations, clients, [Depot(0)], vehicles, distances, durations, groups), visit_of


def _vehicle(day: Day, row: int, profile: int) -> VehicleType:
    hours = day.hours(row)
    return VehicleType(
        capacity=[day.most_visits(row)], fixed_cost=day.problem.prices.fairness(row, 1), tw_early=hours[0][0],
        tw_late=hours[-1][1], profile=profile,
    )


def _profiles(day: Day, never: int) -> tuple[list[NDArray[np.int64]], list[NDArray[np.int64]]]:
    """Prices and minutes between visits for every person; place 0 is their home."""
    weight = day.problem.prices.weights.travel
    between = {mode: day.between(mode) for mode in {day.mode(row) for row in day.people}}
    durations = {}
    for mode, minutes in between.items():
        durations[mode] = np.zeros((len(day.visits) + 1,) * 2, dtype=np.int64)
        durations[mode][1:, 1:] = minutes
    distances = []
    for row in day.people:
        price = np.zeros((len(day.visits) + 1,) * 2, dtype=np.int64)
        price[1:, 1:] = weight * between[day.mode(row)]
        price[0, 1:], price[1:, 0] = day.from_home(row), day.to_home(row)
        price[:, 1:] += np.array([day.seat_price.get((visit, row), never) for visit in day.visits])
        np.fill_diagonal(price, 0)
        distances.append(price)
    return distances, [durations[day.mode(row)] for row in day.people]
