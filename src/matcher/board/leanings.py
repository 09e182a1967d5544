"""What a roster leans towards: a few sliders in plain words, each standing for weights of the settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from matcher.domain.settings import Weights

MIDDLE = 2
"""Where a slider stands by default."""


@dataclass(frozen=True, slots=True)
class Leaning:
    """A slider: its weights, and their values at each of its five places. The middle one has the defaults."""

    name: str
    weights: tuple[str, ...]
    places: tuple[tuple[int, ...], ...]


LEANINGS = (
    Leaning("fair", ("fairness", "travel"), ((1, 10), (1, 3), (1, 1), (2, 1), (5, 1))),
    Leaning("faces", ("faces",), ((0,), (20,), (60,), (150,), (400,))),
    Leaning("standby", ("missing_standby",), ((0,), (80,), (200,), (500,), (1500,))),
    Leaning("near", ("locality",), ((0,), (2,), (5,), (15,), (50,))),
    Leaning("liking", ("undesired_time", "preferences"), ((0, 0), (20, 8), (50, 20), (150, 60), (500, 200))),
    Leaning(
        "keep", ("published_seat", "published_time", "published_standby"),
        ((20, 20, 5), (50, 50, 10), (100, 100, 20), (300, 300, 60), (1000, 1000, 200)),
    ),
)
"""In the order of the page."""


@dataclass(frozen=True, slots=True)
class Leant:
    """Where a slider stands; ``own``: between its places, set by hand elsewhere."""

    leaning: Leaning
    place: int
    own: bool


def leant(weights: Mapping[str, int]) -> list[Leant]:
    """Where every slider stands by these weights; whatever is not named has its default.

    >>> [(one.leaning.name, one.place) for one in leant({"fairness": 5, "travel": 1})][:2]
    [('fair', 4), ('faces', 2)]
    """
    known = Weights().model_dump() | dict(weights)
    found = []
    for leaning in LEANINGS:
        values = tuple(known[name] for name in leaning.weights)
        exact = next((place for place, told in enumerate(leaning.places) if told == values), None)
        near = min(range(5), key=lambda place: _distance(leaning.places[place], values))
        found.append(Leant(leaning, near if exact is None else exact, exact is None))
    return found


def changed(weights: Mapping[str, int], told: Mapping[str, Any]) -> dict[str, int]:
    """The weights to set for sliders that were moved: ``told`` has places by slider; what is not a place is left alone.

    >>> changed({}, {"faces": "4", "near": "2", "keep": "x"})
    {'faces': 400}
    """
    wanted: dict[str, int] = {}
    for now in leant(weights):
        place = str(told.get(now.leaning.name, ""))
        if place in ("0", "1", "2", "3", "4") and int(place) != now.place:
            wanted |= dict(zip(now.leaning.weights, now.leaning.places[int(place)]))
    return wanted


def all_weights(weights: Mapping[str, int]) -> list[tuple[str, int, int]]:
    """Every weight by name, with its value and its default."""
    defaults = Weights().model_dump()
    return [(name, int(weights.get(name, value)), value) for name, value in defaults.items()]


def _distance(place: tuple[int, ...], values: tuple[int, ...]) -> float:
    return sum(abs(own - value) / max(1, own, value) for own, value in zip(place, values))
