"""Where: places in one coordinate system, with fallbacks for those nobody located, and travel minutes.

Every coordinate is converted to wgs84 once, here. Distances are whole metres and minutes whole minutes,
rounded up, so that one pair asked alone and ten thousand asked together give the same numbers.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Any, Literal, TypeVar, cast, get_args

import numpy as np
from numpy.typing import NDArray

from matcher.domain.places import CoordinateSystem, Place, TravelMode, TravelTime
from matcher.domain.settings import Speed, Travel

Number = TypeVar("Number", float, NDArray[np.float64])
Floats = NDArray[np.float64]
Fallback = Literal["building", "estate", "grid", "community", "unknown"]

_EARTH_RADIUS = 6_371_008.8  # metres; mean radius (IUGG)
_MODES: tuple[TravelMode, ...] = get_args(TravelMode)
_NOWHERE = -1


# --- Coordinate systems -------------------------------------------------------------------------------------------


def to_wgs84(lat: Number, lon: Number, crs: CoordinateSystem) -> tuple[Number, Number]:
    """Coordinates as wgs84, to 1e-9 degrees or better; numbers or arrays.

    gcj02 is what Chinese maps show, bd09 what Baidu shows. Both are defined by their forward formula only;
    the way back is its fixed point. gcj02 outside China's bounding box is wgs84 already.
    """
    return _converted(lat, lon, _INTO_WGS84[crs])


def from_wgs84(lat: Number, lon: Number, crs: CoordinateSystem) -> tuple[Number, Number]:
    """wgs84 coordinates in another system, for example to show them on a Chinese map."""
    return _converted(lat, lon, _OUT_OF_WGS84[crs])


_Pair = tuple[Floats, Floats]
_Conversion = Callable[[Floats, Floats], _Pair]


def _converted(lat: Number, lon: Number, conversion: _Conversion) -> tuple[Number, Number]:
    new_lat, new_lon = conversion(np.asarray(lat, dtype=np.float64), np.asarray(lon, dtype=np.float64))
    if isinstance(lat, np.ndarray):
        return new_lat, new_lon
    return float(new_lat), float(new_lon)


def _unchanged(lat: Floats, lon: Floats) -> _Pair:
    return lat, lon


def _in_china(lat: Floats, lon: Floats) -> NDArray[np.bool_]:
    """The bounding box inside which gcj02 differs from wgs84."""
    return (lon >= 72.004) & (lon <= 137.8347) & (lat >= 0.8293) & (lat <= 55.8271)


def _gcj02_from_wgs84(lat: Floats, lon: Floats) -> _Pair:
    shift_lat, shift_lon = _gcj02_shift(lat, lon)
    inside = _in_china(lat, lon)
    return np.where(inside, lat + shift_lat, lat), np.where(inside, lon + shift_lon, lon)


def _wgs84_from_gcj02(lat: Floats, lon: Floats) -> _Pair:
    def forward(lat: Floats, lon: Floats) -> _Pair:
        shift_lat, shift_lon = _gcj02_shift(lat, lon)
        return lat + shift_lat, lon + shift_lon

    inside = _in_china(lat, lon)
    back_lat, back_lon = _inverse(forward, lat, lon)
    return np.where(inside, back_lat, lat), np.where(inside, back_lon, lon)


def _bd09_from_wgs84(lat: Floats, lon: Floats) -> _Pair:
    return _bd09_from_gcj02(*_gcj02_from_wgs84(lat, lon))


def _wgs84_from_bd09(lat: Floats, lon: Floats) -> _Pair:
    return _wgs84_from_gcj02(*_inverse(_bd09_from_gcj02, lat, lon))


def _inverse(forward: _Conversion, lat: Floats, lon: Floats) -> _Pair:
    """The point that ``forward`` moves to (lat, lon). The shift hardly varies, so each round gains about 3 digits."""
    guess_lat, guess_lon = lat, lon
    for _ in range(8):
        there_lat, there_lon = forward(guess_lat, guess_lon)
        guess_lat, guess_lon = guess_lat + (lat - there_lat), guess_lon + (lon - there_lon)
    return guess_lat, guess_lon


def _gcj02_shift(lat: Floats, lon: Floats) -> _Pair:
    """How far gcj02 lies from wgs84 at a wgs84 point, in degrees (Krasovsky 1940 ellipsoid)."""
    semi_major, eccentricity_squared = 6_378_245.0, 0.00669342162296594323
    x, y = lon - 105.0, lat - 35.0
    common = (20 * np.sin(6 * np.pi * x) + 20 * np.sin(2 * np.pi * x)) * 2 / 3
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * np.sqrt(np.abs(x)) + common
    north = north + (20 * np.sin(np.pi * y) + 40 * np.sin(np.pi * y / 3)) * 2 / 3
    north = north + (160 * np.sin(np.pi * y / 12) + 320 * np.sin(np.pi * y / 30)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * np.sqrt(np.abs(x)) + common
    east = east + (20 * np.sin(np.pi * x) + 40 * np.sin(np.pi * x / 3)) * 2 / 3
    east = east + (150 * np.sin(np.pi * x / 12) + 300 * np.sin(np.pi * x / 30)) * 2 / 3
    latitude = np.radians(lat)
    flattening = 1 - eccentricity_squared * np.sin(latitude) ** 2
    metres_north = semi_major * (1 - eccentricity_squared) / (flattening * np.sqrt(flattening))
    metres_east = semi_major / np.sqrt(flattening) * np.cos(latitude)
    return np.degrees(north / metres_north), np.degrees(east / metres_east)


def _bd09_from_gcj02(lat: Floats, lon: Floats) -> _Pair:
    wave = np.pi * 3000 / 180
    radius = np.sqrt(lon * lon + lat * lat) + 0.00002 * np.sin(lat * wave)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * wave)
    return radius * np.sin(angle) + 0.006, radius * np.cos(angle) + 0.0065


_INTO_WGS84: dict[str, _Conversion] = {
    "wgs84": _unchanged, "gcj02": _wgs84_from_gcj02, "bd09": _wgs84_from_bd09,
}
_OUT_OF_WGS84: dict[str, _Conversion] = {
    "wgs84": _unchanged, "gcj02": _gcj02_from_wgs84, "bd09": _bd09_from_wgs84,
}


# --- Distance -----------------------------------------------------------------------------------------------------


def metres(lat1: Any, lon1: Any, lat2: Any, lon2: Any) -> Any:
    """Great-circle metres between wgs84 points, numbers or arrays (broadcast); nan stays nan.

    >>> round(metres(0.0, 0.0, 0.0, 1.0))
    111195
    """
    return _arc_metres(_on_sphere(lat1, lon1), _on_sphere(lat2, lon2), np.sqrt)


def _on_sphere(lat: Any, lon: Any) -> tuple[Any, Any, Any]:
    latitude, longitude = np.radians(lat), np.radians(lon)
    return np.cos(latitude) * np.cos(longitude), np.cos(latitude) * np.sin(longitude), np.sin(latitude)


def _arc_metres(here: tuple[Any, Any, Any], there: tuple[Any, Any, Any], root: Callable[[Any], Any]) -> Any:
    """Metres between points of the unit sphere.

    Only + − × ÷ √, which IEEE 754 rounds alike for one number and for an array; library sines and arcsines
    may differ in the last bit.
    """
    x, y, z = here[0] - there[0], here[1] - there[1], here[2] - there[2]
    # The sine of half the angle; at most 1, whatever rounding did.
    sine = root(x * x + y * y + z * z) / 2
    cosine_squared = 1 - sine * sine
    cosine_squared = (cosine_squared + abs(cosine_squared)) / 2
    for _ in range(3):  # halve the angle thrice: then the series needs few terms
        cosine = root(cosine_squared)
        cosine_squared = (1 + cosine) / 2
        sine = sine / (2 * root(cosine_squared))
    square = sine * sine
    series = 1 + square * (1 / 6 + square * (3 / 40 + square * (15 / 336 + square * (105 / 3456))))
    return 16 * _EARTH_RADIUS * sine * series


# --- Atlas --------------------------------------------------------------------------------------------------------


class Atlas:
    """Where every place lies (wgs84), which places had to fall back, and travel minutes.

    ``lat`` and ``lon`` follow ``index`` (place id → position); nan where nothing is known. ``fallbacks`` says for
    each place without coordinates what stands in for them.
    """

    def __init__(self, places: Sequence[Place], travel: Travel, travel_times: Sequence[TravelTime] = ()) -> None:
        self.index: dict[str, int] = {place.id: number for number, place in enumerate(places)}
        self.lat, self.lon = _own_coordinates(places)
        self.fallbacks: dict[str, Fallback] = _fill_gaps(places, self.lat, self.lon)
        for array in (self.lat, self.lon):
            array.setflags(write=False)
        self._sphere = _on_sphere(self.lat, self.lon)
        self._points = list(zip(*(axis.tolist() for axis in self._sphere)))
        self._unknown_minutes = travel.unknown_minutes
        self._paces = [_Pace(_speed(travel, mode)) for mode in _MODES]
        self._measured = self._read_measured(travel_times)
        self._positions = lru_cache(maxsize=256)(self._find_positions)

    def metres(self, origin: str | None, destination: str | None) -> int | None:
        """Whole metres in a straight line; None if either place cannot be located."""
        here, there = self._position(origin), self._position(destination)
        return None if here == _NOWHERE or there == _NOWHERE else self._metres(here, there)

    def minutes(self, origin: str | None, destination: str | None, mode: TravelMode) -> int:
        """Whole travel minutes, rounded up.

        The same place is 0; a measured time wins over the estimate (of this mode, then of every mode; both ways
        unless the way back is given too); a place that cannot be located is ``travel.unknown_minutes`` away.
        """
        here, there = self._position(origin), self._position(destination)
        if here == there != _NOWHERE:
            return 0
        known = self._measured.get((there, _MODES.index(mode)))
        if known is not None and here in known:
            return known[here]
        away = None if here == _NOWHERE or there == _NOWHERE else self._metres(here, there)
        return self._unknown_minutes if away is None else int(self._paces[_MODES.index(mode)].minutes(away))

    def minutes_to(
        self, origins: Sequence[str | None], destination: str | None, modes: Sequence[TravelMode]
    ) -> NDArray[np.int64]:
        """``minutes`` from each origin by the mode beside it; element by element the same numbers."""
        here, there = self._positions(tuple(origins)), self._position(destination)
        by_mode = _mode_numbers(tuple(modes))
        result = np.full(len(here), self._unknown_minutes, dtype=np.int64)
        if there == _NOWHERE or len(here) == 0:
            return result
        axes = cast("tuple[Floats, Floats, Floats]", tuple(axis[here] for axis in self._sphere))
        away = np.rint(_arc_metres(axes, self._points[there], np.sqrt))
        located = (here != _NOWHERE) & ~np.isnan(away)
        for number, pace in enumerate(self._paces):
            rows = located & (by_mode == number)
            result[rows] = pace.minutes(away[rows].astype(np.int64))
            if (there, number) in self._measured:
                known = self._measured_row(there, number)[here]
                rows = (here != _NOWHERE) & (by_mode == number) & (known >= 0)
                result[rows] = known[rows]
        result[here == there] = 0
        return result

    def _measured_row(self, there: int, mode: int) -> NDArray[np.int64]:
        """Measured minutes from every place; -1 where nobody measured."""
        row = np.full(len(self.index), -1, dtype=np.int64)
        for origin, minutes in self._measured[there, mode].items():
            row[origin] = minutes
        return row

    def _position(self, place: str | None) -> int:
        return _NOWHERE if place is None else self.index.get(place, _NOWHERE)

    def _find_positions(self, places: tuple[str | None, ...]) -> NDArray[np.int64]:
        return np.fromiter((self._position(place) for place in places), dtype=np.int64, count=len(places))

    def _metres(self, here: int, there: int) -> int | None:
        away = _arc_metres(self._points[here], self._points[there], math.sqrt)
        return None if math.isnan(away) else round(away)

    def _read_measured(self, travel_times: Sequence[TravelTime]) -> dict[tuple[int, int], dict[int, int]]:
        """Minutes by (destination, mode), then origin: the way as given, the way back unless it was given too."""
        measured: dict[tuple[int, int], dict[int, int]] = defaultdict(dict)
        for specific in (True, False):
            for back in (False, True):
                legs = [leg for leg in travel_times if (leg.mode is not None) == specific]
                for (origin, destination, modes), minutes in self._legs(legs, back).items():
                    for mode in modes:
                        measured[destination, mode].setdefault(origin, minutes)
        return dict(measured)

    def _legs(self, legs: Iterable[TravelTime], back: bool) -> dict[tuple[int, int, tuple[int, ...]], int]:
        """Given legs by (origin, destination, modes); of two that say the same, the later counts."""
        found: dict[tuple[int, int, tuple[int, ...]], int] = {}
        for leg in legs:
            origin, destination = self._position(leg.origin), self._position(leg.destination)
            modes = tuple(range(len(_MODES))) if leg.mode is None else (_MODES.index(leg.mode),)
            if _NOWHERE not in (origin, destination):
                found[(destination, origin, modes) if back else (origin, destination, modes)] = leg.minutes
        return found


class _Pace:
    """Minutes for whole metres by one mode, in integers: ceil(fixed + metres · detour ÷ speed), free of rounding."""

    def __init__(self, speed: Speed) -> None:
        per_metre = _decimal(speed.detour) * 60 / (_decimal(speed.km_per_hour) * 1000)
        self._per_metre = per_metre.limit_denominator(10**9)
        self._fixed = speed.fixed_minutes

    def minutes(self, away: Any) -> Any:
        """For an int, or an int64 array."""
        return self._fixed - (-away * self._per_metre.numerator // self._per_metre.denominator)


def _decimal(value: float) -> Fraction:
    # 4.5 as people wrote it, not its nearest binary fraction.
    return Fraction(repr(value))


def _speed(travel: Travel, mode: TravelMode) -> Speed:
    return cast(Speed, getattr(travel, mode.replace("-", "_")))


@lru_cache(maxsize=256)
def _mode_numbers(modes: tuple[TravelMode, ...]) -> NDArray[np.int64]:
    return np.array([_MODES.index(mode) for mode in modes], dtype=np.int64)


# --- Places nobody located ----------------------------------------------------------------------------------------


def _own_coordinates(places: Sequence[Place]) -> _Pair:
    lat, lon = np.full(len(places), np.nan), np.full(len(places), np.nan)
    by_system: dict[CoordinateSystem, list[int]] = defaultdict(list)
    for number, place in enumerate(places):
        if place.crs is not None and place.lat is not None and place.lon is not None:
            by_system[place.crs].append(number)
            lat[number], lon[number] = place.lat, place.lon
    for crs, numbers in by_system.items():
        lat[numbers], lon[numbers] = to_wgs84(lat[numbers], lon[numbers], crs)
    return lat, lon


def _fill_gaps(places: Sequence[Place], lat: Floats, lon: Floats) -> dict[str, Fallback]:
    """Write stand-in coordinates for places without any, and say what stands in."""
    lost = [number for number, place in enumerate(places) if place.lat is None]
    if not lost:
        return {}
    gazetteer = _Gazetteer(places, lat, lon)
    found = {number: gazetteer.look_up(places[number]) for number in lost}
    for number, (_, point) in found.items():
        lat[number], lon[number] = point
    return {places[number].id: level for number, (level, _) in found.items()}


_Point = tuple[float, float]
_UNKNOWN: tuple[Fallback, _Point] = ("unknown", (math.nan, math.nan))


class _Gazetteer:
    """Located places by what surrounds them. A stand-in is a mean over places in order of id: row order is nothing."""

    def __init__(self, places: Sequence[Place], lat: Floats, lon: Floats) -> None:
        located = sorted(
            ((place, (float(lat[number]), float(lon[number]))) for number, place in enumerate(places)
             if place.lat is not None),
            key=lambda entry: entry[0].id,
        )
        self._named: dict[str, list[tuple[Place, _Point]]] = defaultdict(list)
        self._by_estate: dict[str | None, list[tuple[Place, _Point]]] = defaultdict(list)
        self._by_grid: dict[str | None, list[tuple[Place, _Point]]] = defaultdict(list)
        self._by_community: dict[str | None, list[tuple[Place, _Point]]] = defaultdict(list)
        for entry in located:
            place = entry[0]
            for name in {place.id, place.name} - {""}:
                self._named[name].append(entry)
            self._by_estate[place.estate].append(entry)
            self._by_grid[place.grid].append(entry)
            self._by_community[place.community].append(entry)
        self._seen: dict[tuple[str | None, ...], tuple[Fallback, _Point]] = {}

    def look_up(self, place: Place) -> tuple[Fallback, _Point]:
        """What stands in for a place without coordinates, the nearest first, and where that is."""
        key = (place.community, place.grid, place.estate, place.building)
        if key not in self._seen:
            self._seen[key] = self._search(place)
        return self._seen[key]

    def _search(self, place: Place) -> tuple[Fallback, _Point]:
        levels: tuple[tuple[Fallback, Callable[[Place], list[_Point]]], ...] = (
            ("building", self._building),
            ("estate", self._estate),
            ("grid", self._grid),
            ("community", self._community),
        )
        for level, points_of in levels:
            if points := points_of(place):
                return level, _mean(points)
        return _UNKNOWN

    def _building(self, place: Place) -> list[_Point]:
        # 3栋 alone is anywhere: it takes an estate, or at least a community, to say which one.
        if place.building is None or (place.estate is None and place.community is None):
            return []
        return [point for other, point in self._by_estate.get(place.estate, ())
                if other.building == place.building and _same_community(place, other, strict=place.estate is None)]

    def _estate(self, place: Place) -> list[_Point]:
        if place.estate is None:
            return []
        named = [point for other, point in self._named.get(place.estate, ()) if _same_community(place, other)]
        return named or [point for other, point in self._by_estate.get(place.estate, ())
                         if _same_community(place, other)]

    def _grid(self, place: Place) -> list[_Point]:
        # Every community has a grid 03.
        if place.grid is None:
            return []
        named = [point for other, point in self._named.get(place.grid, ())
                 if _same_community(place, other, strict=True)]
        return named or [point for other, point in self._by_grid.get(place.grid, ())
                         if _same_community(place, other, strict=True)]

    def _community(self, place: Place) -> list[_Point]:
        if place.community is None:
            return []
        entries = self._named.get(place.community) or self._by_community.get(place.community, [])
        return [point for _, point in entries]


def _same_community(place: Place, other: Place, strict: bool = False) -> bool:
    """Whether both name the same community, or (unless strict) one of them names none."""
    if place.community == other.community:
        return True
    return not strict and (place.community is None or other.community is None)


def _mean(points: Sequence[_Point]) -> _Point:
    return sum(lat for lat, _ in points) / len(points), sum(lon for _, lon in points) / len(points)
