"""VROOM on one day: jobs with windows, skills for who may do what, vehicles that are people at home.

What it cannot say: prices of single pairs (locality, preferences, undesired times) and that a second turn costs more
than the first. Needs are priorities of 1 to 100, so nearly equal needs count as equal.
"""

from __future__ import annotations

import time
from datetime import timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import vroom
from numpy.typing import NDArray

from matcher.bench.answers import Answer, Effort
from matcher.bench.peers.day_routes import Day, Route, as_roster
from matcher.problem.problem import Problem


def routes(problem: Problem, effort: Effort) -> Answer:
    """VROOM's own heuristics at their most thorough; it stops by itself, mostly long before any limit."""
    began = time.perf_counter()
    day = Day(problem)
    if not day.visits:
        return as_roster(day, [], "vroom", 0.0, 0.0)
    model = _model(day)
    built = time.perf_counter()
    timeout = timedelta(seconds=effort.seconds) if effort.seconds else None
    solution = model.solve(exploration_level=5, nb_threads=effort.workers, timeout=timeout)
    found = list(_routes(solution))
    return as_roster(day, found, "vroom", built - began, time.perf_counter() - built)


def _model(day: Day) -> Any:
    model = vroom.Input()
    homes = {row: len(day.visits) + place for place, row in enumerate(day.people)}
    for mode in sorted({day.mode(row) for row in day.people}):
        durations, costs = _matrices(day, mode, homes)
        model.set_durations_matrix(profile=mode, matrix_input=durations)
        model.set_costs_matrix(profile=mode, matrix_input=costs)
    model.add_job([_job(day, place, visit) for place, visit in enumerate(day.visits)])
    model.add_vehicle([_vehicle(day, row, homes[row]) for row in day.people])
    return model


def _matrices(day: Day, mode: Any, homes: dict[int, int]) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """Minutes and prices between visits and homes for one way of travelling; home legs take no time."""
    size, visits = len(day.visits) + len(homes), len(day.visits)
    durations, costs = np.zeros((2, size, size), dtype=np.uint32)
    between = day.between(mode)
    durations[:visits, :visits] = between
    costs[:visits, :visits] = between * day.problem.prices.weights.travel
    for row, place in homes.items():
        if day.mode(row) == mode:
            costs[place, :visits], costs[:visits, place] = day.from_home(row), day.to_home(row)
    return durations, costs


def _job(day: Day, place: int, visit: int) -> Any:
    prices, facts = day.problem.prices, day.problem.visits[visit]
    dearest = max(prices.empty_seat(day.problem.visits[other].wish) for other in day.visits)
    return vroom.Job(
        visit, location=place, default_service=facts.minutes, skills={visit + 1},
        priority=max(1, round(100 * prices.empty_seat(facts.wish) / dearest)),
        time_windows=[vroom.TimeWindow(low, high) for low, high in day.starts(visit)],
    )


def _vehicle(day: Day, row: int, home: int) -> Any:
    hours = day.hours(row)
    pauses = [(end, later) for (_, end), (later, _) in pairwise(hours)]
    return vroom.Vehicle(
        row, start=home, end=home, profile=day.mode(row), time_window=vroom.TimeWindow(hours[0][0], hours[-1][1]),
        skills={visit + 1 for visit in day.visits if (visit, row) in day.options},
        breaks=[
            vroom.Break(number, time_windows=[vroom.TimeWindow(low, low)], service=high - low)
            for number, (low, high) in enumerate(pauses)
        ],
        costs=vroom.VehicleCosts(fixed=day.problem.prices.fairness(row, 1)), max_tasks=day.most_visits(row),
    )


def _routes(solution: Any) -> list[Route]:
    steps = solution.routes
    jobs = steps[steps["type"] == "job"]
    return [
        (int(row), [int(visit) for visit in own["id"]]) for row, own in jobs.groupby("vehicle_id", sort=True)
    ]
