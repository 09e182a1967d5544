"""An instance of the benchmark as a ``Day``."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from matcher.solvers.routes_tables import APART, HARD, IN_ORDER, NEVER, TOGETHER, Day, Prices

COMPONENTS = {
    "travel_time": "travel",
    "total_tardiness": "late",
    "highest_tardiness": "worst_late",
    "total_waiting_time": "waiting",
    "total_extra_time": "overtime",
    "max_idle_time": "idle",
    "workload_balance": "balance",
    "missed_lunch_break": "missed_break",
}
"""The benchmark's cost components that are ``Prices``."""
CASES = ("caregiver_preferences", "optional_patients", "missed_lunch_break")
"""Components that count cases, not time."""
LEAVES_AT_START = ("bazirha", "bazirha-caie")
LINKS = {"simultaneous": TOGETHER, "sequential": IN_ORDER}


class Unreadable(ValueError):
    """The file is not an instance this package knows."""


@dataclass(frozen=True)
class Instance:
    """A day, and what its numbers are called in the files."""

    name: str
    day: Day
    caregivers: tuple[str, ...]
    services: tuple[tuple[str, str], ...]
    """Patient and service of each of the day's services."""

    def cost(self, value: int) -> float:
        """The day's value in the benchmark's own cost."""
        return value / self.day.unit


def read_instance(path: Path) -> Instance:
    """Read any of the six families' files. Raises Unreadable."""
    try:
        return instance_of(json.loads(path.read_text(encoding="utf-8")), path.stem)
    except (OSError, KeyError, IndexError, TypeError, json.JSONDecodeError) as fault:
        raise Unreadable(f"{path} is no instance of HHCRSP or UHHC ({fault!r})") from fault


def instance_of(facts: dict[str, Any], name: str) -> Instance:
    """The instance that the JSON object describes."""
    meta = facts.get("metadata") or {}
    weights = {k: w for k, w in (meta.get("cost_components") or {}).items() if w}
    weights = weights or {"travel_time": 1, "total_tardiness": 1, "highest_tardiness": 1}
    unknown = set(weights) - set(COMPONENTS) - set(CASES)
    if unknown:
        raise Unreadable(f"{name} prices what is not known here: {', '.join(sorted(unknown))}")
    unit = 1 if _is_whole(facts) else 1000
    durations = {s["id"]: s.get("default_duration") for s in facts["services"]}
    at_end = meta.get("time_window_met") == "at_service_end"
    patients, people = facts["patients"], facts["caregivers"]
    asked = [(j, p, r["service"], r.get("duration") or durations[r["service"]])
             for j, p in enumerate(patients) for r in p["required_services"]]
    bases = {t["id"]: t["distance_matrix_index"] for t in facts["terminal_points"]}
    lasts = np.array([_up(lasts, unit) for *_, lasts in asked], np.int64)
    day = Day(
        travel=np.array([[_up(x, unit) for x in row] for row in facts["distances"]], np.int64),
        visit=np.array([j for j, *_ in asked], np.int64),
        place=np.array([p["distance_matrix_index"] for _, p, *_ in asked], np.int64),
        lasts=lasts,
        windows=_windows(asked, lasts, unit, at_end),
        link=np.array([LINKS.get(str((p.get("synchronization") or {}).get("type")), APART) for p in patients], np.int64),
        lag=np.array([_lag(p, unit) for p in patients], np.int64),
        left_out=np.array([weights.get("optional_patients", 0) * unit if p.get("optional") else 0 for p in patients], np.int64),
        able=np.array([[_is_able(c, p, service) for _, p, service, _ in asked] for c in people], np.bool_),
        seat_price=np.array([[_seat(c, p, weights, unit) for _, p, *_ in asked] for c in people], np.int64),
        home=np.array([[bases[c["departing_point"]], bases[c["arrival_point"]]] for c in people], np.int64),
        shift=np.array([_shift(c, unit) for c in people], np.int64),
        due_break=np.array([bool(c.get("lunch_break")) and weights.get("missed_lunch_break", 0) != 0 for c in people], np.bool_),
        prices=Prices(**{COMPONENTS[k]: _price(k, w, unit) for k, w in weights.items() if k in COMPONENTS} | _no_travel(weights)),
        break_window=_break_window(facts, unit, at_end),
        leave_at_start=meta.get("origin") in LEAVES_AT_START,
        unit=unit,
    )
    return Instance(name, day, tuple(c["id"] for c in people), tuple((p["id"], service) for _, p, service, _ in asked))


def _is_whole(facts: dict[str, Any]) -> bool:
    """All times are whole minutes."""
    numbers = [x for row in facts["distances"] for x in row]
    for p in facts["patients"]:
        numbers += [x for w in p["time_windows"] for x in w.values()]
        numbers += [r.get("duration") or 0 for r in p["required_services"]]
        numbers += list(_lag(p, 1000))
    return all(x == int(x) for x in numbers)


def _up(x: float, unit: int) -> int:
    """Times that must have passed are rounded up, deadlines down."""
    return math.ceil(x * unit - 1e-6)


def _down(x: float, unit: int) -> int:
    return math.floor(x * unit + 1e-6)


def _no_travel(weights: dict[str, Any]) -> dict[str, int]:
    return {} if "travel_time" in weights else {"travel": 0}


def _price(component: str, weight: Any, unit: int) -> int:
    if weight == "HARD":
        return HARD
    return int(weight) * (unit if component in CASES else 1)


def _windows(asked: list[Any], lasts: np.ndarray, unit: int, at_end: bool) -> np.ndarray:
    """[services, windows, 2] first and last start."""
    most = max((len(p["time_windows"]) for _, p, *_ in asked), default=1)
    windows = np.full((len(asked), most, 2), NEVER, np.int64)
    for v, (_, p, *_) in enumerate(asked):
        for x, w in enumerate(sorted(p["time_windows"], key=lambda w: w["start"])):
            end = _down(w["end"], unit) - (int(lasts[v]) if at_end else 0)
            windows[v, x] = _up(w["start"], unit), end
    return windows


def _lag(patient: dict[str, Any], unit: int) -> tuple[int, int]:
    link = patient.get("synchronization")
    if not link or link["type"] != "sequential":
        return 0, 0
    return _up(link["distance"]["min"], unit), _down(link["distance"]["max"], unit)


def _is_able(caregiver: dict[str, Any], patient: dict[str, Any], service: str) -> bool:
    return service in caregiver["abilities"] and caregiver["id"] not in (patient.get("incompatible_caregivers") or ())


def _seat(caregiver: dict[str, Any], patient: dict[str, Any], weights: dict[str, Any], unit: int) -> int:
    preferred = patient.get("preferred_caregivers")
    strange = preferred is not None and caregiver["id"] not in preferred
    return int(weights.get("caregiver_preferences", 0)) * unit if strange else 0


def _shift(caregiver: dict[str, Any], unit: int) -> tuple[int, int]:
    shift = caregiver.get("working_shift")
    return (_up(shift["start"], unit), _down(shift["end"], unit)) if shift else (0, NEVER)


def _break_window(facts: dict[str, Any], unit: int, at_end: bool) -> tuple[int, int, int]:
    rest = facts.get("lunch_breaks")
    if not rest:
        return 0, 0, 0
    lasts = _up(rest["min_duration"], unit)
    return _up(rest["start"], unit), _down(rest["end"], unit) - (lasts if at_end else 0), lasts
