"""Tours as the benchmark's solution file."""

from __future__ import annotations

from typing import Any

from matcher.solvers.routes import Break, Tours

from .instance import Instance

BREAK = "lunch_break"


def solution_of(instance: Instance, tours: Tours) -> dict[str, Any]:
    """The JSON object that the benchmark's checkers read."""
    return {
        "routes": [
            {"caregiver_id": name, "locations": _locations(instance, tours, i)}
            for i, name in enumerate(instance.caregivers)
        ]
    }


def _locations(instance: Instance, tours: Tours, i: int) -> list[dict[str, Any]]:
    day = instance.day
    stops = [_stop(*instance.services[v], int(tours.start[v]), int(day.lasts[v]), day.unit) for v in tours.routes[i]]
    rest = tours.breaks[i]
    if rest is not None:
        stops.insert(rest.after, _break(instance, tours.routes[i], rest))
    return stops


def _break(instance: Instance, route: tuple[int, ...], rest: Break) -> dict[str, Any]:
    """A break at the home of the patient before or after it, or at the base."""
    day = instance.day
    at = rest.after if rest.on_arrival else rest.after - 1
    patient = instance.services[route[at]][0] if 0 <= at < len(route) else None
    stop = _stop(patient, BREAK, rest.start, day.break_window[2], day.unit)
    return {key: value for key, value in stop.items() if value is not None}


def _stop(patient: str | None, service: str, start: int, lasts: int, unit: int) -> dict[str, Any]:
    return {"patient": patient, "service": service, "arrival_time": start / unit, "departure_time": (start + lasts) / unit}
