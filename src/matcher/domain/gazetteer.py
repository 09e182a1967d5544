"""What stands in for a place nobody located: its building, estate, grid or community, looked up among the others."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Literal

from matcher.domain.coordinates import Floats
from matcher.domain.places import Place

Fallback = Literal["building", "estate", "grid", "community", "unknown"]
Point = tuple[float, float]
"""lat and lon, wgs84."""
_UNKNOWN: tuple[Fallback, Point] = ("unknown", (math.nan, math.nan))


class Gazetteer:
    """Located places by what surrounds them. A stand-in is a mean over places in order of id: row order is nothing."""

    def __init__(self, places: Sequence[Place], lat: Floats, lon: Floats) -> None:
        located = sorted(
            ((place, (float(lat[number]), float(lon[number]))) for number, place in enumerate(places)
             if place.lat is not None),
            key=lambda entry: entry[0].id,
        )
        self._named: dict[str, list[tuple[Place, Point]]] = defaultdict(list)
        self._by_estate: dict[str | None, list[tuple[Place, Point]]] = defaultdict(list)
        self._by_grid: dict[str | None, list[tuple[Place, Point]]] = defaultdict(list)
        self._by_community: dict[str | None, list[tuple[Place, Point]]] = defaultdict(list)
        for entry in located:
            place = entry[0]
            for name in {place.id, place.name} - {""}:
                self._named[name].append(entry)
            self._by_estate[place.estate].append(entry)
            self._by_grid[place.grid].append(entry)
            self._by_community[place.community].append(entry)
        self._seen: dict[tuple[str | None, ...], tuple[Fallback, Point]] = {}

    def look_up(self, place: Place) -> tuple[Fallback, Point]:
        """What stands in for a place without coordinates, the nearest first, and where that is."""
        key = (place.community, place.grid, place.estate, place.building)
        if key not in self._seen:
            self._seen[key] = self._search(place)
        return self._seen[key]

    def _search(self, place: Place) -> tuple[Fallback, Point]:
        levels: tuple[tuple[Fallback, Callable[[Place], list[Point]]], ...] = (
            ("building", self._building),
            ("estate", self._estate),
            ("grid", self._grid),
            ("community", self._community),
        )
        for level, points_of in levels:
            if points := points_of(place):
                return level, _mean(points)
        return _UNKNOWN

    def _building(self, place: Place) -> list[Point]:
        # 3栋 alone is anywhere: it takes an estate, or at least a community, to say which one.
        if place.building is None or (place.estate is None and place.community is None):
            return []
        return [point for other, point in self._by_estate.get(place.estate, ())
                if other.building == place.building and _same_community(place, other, strict=place.estate is None)]

    def _estate(self, place: Place) -> list[Point]:
        if place.estate is None:
            return []
        named = [point for other, point in self._named.get(place.estate, ()) if _same_community(place, other)]
        return named or [point for other, point in self._by_estate.get(place.estate, ())
                         if _same_community(place, other)]

    def _grid(self, place: Place) -> list[Point]:
        # Every community has a grid 03.
        if place.grid is None:
            return []
        named = [point for other, point in self._named.get(place.grid, ())
                 if _same_community(place, other, strict=True)]
        return named or [point for other, point in self._by_grid.get(place.grid, ())
                         if _same_community(place, other, strict=True)]

    def _community(self, place: Place) -> list[Point]:
        if place.community is None:
            return []
        entries = self._named.get(place.community) or self._by_community.get(place.community, [])
        return [point for _, point in entries]


def _same_community(place: Place, other: Place, strict: bool = False) -> bool:
    """Whether both name the same community, or (unless strict) one of them names none."""
    if place.community == other.community:
        return True
    return not strict and (place.community is None or other.community is None)


def _mean(points: Sequence[Point]) -> Point:
    return sum(lat for lat, _ in points) / len(points), sum(lon for _, lon in points) / len(points)
