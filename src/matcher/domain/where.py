"""Where: places in one coordinate system, with fallbacks for those nobody located, and travel minutes.

Every coordinate is converted to wgs84 once, here. Distances are whole metres and minutes whole minutes,
rounded up, so that one pair asked alone and ten thousand asked together give the same numbers.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, cast, get_args

import numpy as np
from numpy.typing import NDArray

from matcher.domain.coordinates import Floats, from_wgs84, to_wgs84
from matcher.domain.gazetteer import Fallback, Gazetteer
from matcher.domain.places import CoordinateSystem, Place, TravelMode, TravelTime
from matcher.domain.settings import Speed, Travel

__all__ = ["Atlas", "Ends", "Fallback", "from_wgs84", "metres", "to_wgs84"]

_SEMI_MAJOR = 6_378_137.0  # metres; WGS 84
_ECCENTRICITY_SQUARED = 6.69437999014e-3
_MEAN_RADIUS = 6_371_008.8  # metres
_MODES: tuple[TravelMode, ...] = get_args(TravelMode)
_NOWHERE = -1
_REMEMBERED_WAYS = 250_000


@dataclass(frozen=True, slots=True)
class Ends:
    """Many people's places and travel modes as arrays of one length, looked up once: where their ways begin or end."""

    positions: NDArray[np.int64]
    modes: NDArray[np.int64]
    axes: tuple[Floats, Floats, Floats]

    def __len__(self) -> int:
        return len(self.positions)

    def some(self, rows: NDArray[np.integer]) -> Ends:
        """Those in the given rows."""
        x, y, z = (axis[rows] for axis in self.axes)
        return Ends(self.positions[rows], self.modes[rows], (x, y, z))


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
        self._axes = _on_ellipsoid(self.lat, self.lon)
        self._points = list(zip(*(axis.tolist() for axis in self._axes)))
        self._unknown_minutes = travel.unknown_minutes
        self._paces = [_Pace(_speed(travel, mode)) for mode in _MODES]
        self._measured = self._read_measured(travel_times)
        self._measured_back = _turned(self._measured)
        self._known_minutes: dict[tuple[str | None, str | None, TravelMode], int] = {}

    def metres(self, origin: str | None, destination: str | None) -> int | None:
        """Whole metres in a straight line; None if either place cannot be located."""
        here, there = self._position(origin), self._position(destination)
        return None if here == _NOWHERE or there == _NOWHERE else self._metres(here, there)

    def minutes(self, origin: str | None, destination: str | None, mode: TravelMode) -> int:
        """Whole travel minutes, rounded up.

        The same place is 0; a measured time wins over the estimate (of this mode, then of every mode; both ways
        unless the way back is given too); a place that cannot be located is ``travel.unknown_minutes`` away.
        """
        key = (origin, destination, mode)
        minutes = self._known_minutes.get(key)
        if minutes is None:
            if len(self._known_minutes) >= _REMEMBERED_WAYS:
                self._known_minutes.clear()
            minutes = self._known_minutes[key] = self._work_out(origin, destination, mode)
        return minutes

    def _work_out(self, origin: str | None, destination: str | None, mode: TravelMode) -> int:
        here, there = self._position(origin), self._position(destination)
        if here == there != _NOWHERE:
            return 0
        known = self._measured.get((there, _MODES.index(mode)))
        if known is not None and here in known:
            return known[here]
        away = None if here == _NOWHERE or there == _NOWHERE else self._metres(here, there)
        return self._unknown_minutes if away is None else int(self._paces[_MODES.index(mode)].minutes(away))

    def ends(self, places: Sequence[str | None], modes: Sequence[TravelMode]) -> Ends:
        """Places and the modes beside them, ready to be asked about again and again."""
        positions = np.fromiter((self._position(place) for place in places), dtype=np.int64, count=len(places))
        if not self.index:  # nowhere at all: nan stands at the only position there is
            nowhere = np.full(len(places), np.nan)
            return Ends(positions, _mode_numbers(modes), (nowhere, nowhere, nowhere))
        x, y, z = (axis[positions] for axis in self._axes)
        return Ends(positions, _mode_numbers(modes), (x, y, z))

    def minutes_to(
        self, origins: Sequence[str | None], destination: str | None, modes: Sequence[TravelMode]
    ) -> NDArray[np.int64]:
        """``minutes`` from each origin by the mode beside it; element by element the same numbers."""
        return self.minutes_there(self.ends(origins, modes), destination)

    def minutes_there(self, origins: Ends, destination: str | None) -> NDArray[np.int64]:
        """``minutes`` from each of the ends to one destination."""
        return self._many(origins, self._position(destination), self._measured)

    def minutes_back(self, origin: str | None, destinations: Ends) -> NDArray[np.int64]:
        """``minutes`` from one origin to each of the ends."""
        return self._many(destinations, self._position(origin), self._measured_back)

    def _many(self, ends: Ends, hub: int, measured: Mapping[tuple[int, int], dict[int, int]]) -> NDArray[np.int64]:
        result = np.full(len(ends), self._unknown_minutes, dtype=np.int64)
        if hub == _NOWHERE or len(ends) == 0:
            return result
        away = np.rint(_arc_metres(ends.axes, self._points[hub], np.sqrt))
        located = (ends.positions != _NOWHERE) & ~np.isnan(away)
        for number, pace in enumerate(self._paces):
            rows = np.flatnonzero(located & (ends.modes == number))
            result[rows] = pace.minutes(away[rows].astype(np.int64))
            if (hub, number) in measured:
                known = self._measured_row(measured[hub, number])[ends.positions]
                told = (ends.positions != _NOWHERE) & (ends.modes == number) & (known >= 0)
                result[told] = known[told]
        result[ends.positions == hub] = 0
        return result

    def numbers(self) -> tuple[Floats, NDArray[np.int64], NDArray[np.int64]]:
        """What ``minutes`` is worked out from, as arrays for compiled code; modes in the order of ``TravelMode``.

        [places, 3] earth-centred coordinates in mean radii (nan: unknown); [modes, 3] fixed minutes, and the
        fraction of minutes per metre; [measured, 2] keys ``(to · places + from) · modes + mode``, sorted, and minutes.
        """
        measured = sorted(
            ((there * len(self.index) + here) * len(_MODES) + mode, minutes)
            for (there, mode), ways in self._measured.items() for here, minutes in ways.items()
        )
        return (
            np.column_stack([*self._axes]).reshape(-1, 3),
            np.array([pace.fraction for pace in self._paces], dtype=np.int64),
            np.array(measured, dtype=np.int64).reshape(-1, 2),
        )

    def _measured_row(self, measured: Mapping[int, int]) -> NDArray[np.int64]:
        """Measured minutes by position; -1 where nobody measured."""
        row = np.full(len(self.index), -1, dtype=np.int64)
        for position, minutes in measured.items():
            row[position] = minutes
        return row

    def _position(self, place: str | None) -> int:
        return _NOWHERE if place is None else self.index.get(place, _NOWHERE)

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


def metres(lat1: Any, lon1: Any, lat2: Any, lon2: Any) -> Any:
    """Metres between wgs84 points along the Earth, numbers or arrays (broadcast); nan stays nan.

    The chord between points of the ellipsoid, bent to the mean radius: within a millionth of the geodesic up to
    100 km, where a great circle of the mean sphere may be 0.5 % off; within 4 % even at the antipodes.

    >>> round(metres(0.0, 0.0, 0.0, 1.0))
    111319
    """
    return _arc_metres(_on_ellipsoid(lat1, lon1), _on_ellipsoid(lat2, lon2), np.sqrt)


def _on_ellipsoid(lat: Any, lon: Any) -> tuple[Any, Any, Any]:
    """Earth-centred x, y, z of a wgs84 point, in mean radii."""
    latitude, longitude = np.radians(lat), np.radians(lon)
    normal = _SEMI_MAJOR / _MEAN_RADIUS / np.sqrt(1 - _ECCENTRICITY_SQUARED * np.sin(latitude) ** 2)
    from_axis = normal * np.cos(latitude)
    north = normal * (1 - _ECCENTRICITY_SQUARED) * np.sin(latitude)
    return from_axis * np.cos(longitude), from_axis * np.sin(longitude), north


def _arc_metres(here: tuple[Any, Any, Any], there: tuple[Any, Any, Any], root: Callable[[Any], Any]) -> Any:
    """Metres along the arc over the chord between two points, given in mean radii.

    Only + − × ÷ √, which IEEE 754 rounds alike for one number and for an array; library sines and arcsines
    may differ in the last bit.
    """
    x, y, z = here[0] - there[0], here[1] - there[1], here[2] - there[2]
    sine = root(x * x + y * y + z * z) / 2  # of half the angle
    cosine_squared = 1 - sine * sine
    cosine_squared = (cosine_squared + abs(cosine_squared)) / 2  # at the antipodes the ellipsoid bulges out
    for _ in range(3):  # halve the angle thrice: then the series needs few terms
        cosine = root(cosine_squared)
        cosine_squared = (1 + cosine) / 2
        sine = sine / (2 * root(cosine_squared))
    square = sine * sine
    series = 1 + square * (1 / 6 + square * (3 / 40 + square * (15 / 336 + square * (105 / 3456))))
    return 16 * _MEAN_RADIUS * sine * series


class _Pace:
    """Minutes for whole metres by one mode, in integers: ceil(fixed + metres · detour ÷ speed), free of rounding."""

    def __init__(self, speed: Speed) -> None:
        per_metre = _decimal(speed.detour) * 60 / (_decimal(speed.km_per_hour) * 1000)
        self._per_metre = per_metre.limit_denominator(10**9)
        self._fixed = speed.fixed_minutes

    @property
    def fraction(self) -> tuple[int, int, int]:
        """Fixed minutes, numerator and denominator of the minutes per metre."""
        return self._fixed, self._per_metre.numerator, self._per_metre.denominator

    def minutes(self, away: Any) -> Any:
        """For an int, or an int64 array."""
        return self._fixed - (-away * self._per_metre.numerator // self._per_metre.denominator)


def _decimal(value: float) -> Fraction:
    # 4.5 as people wrote it, not its nearest binary fraction.
    return Fraction(repr(value))


def _speed(travel: Travel, mode: TravelMode) -> Speed:
    return cast(Speed, getattr(travel, mode.replace("-", "_")))


def _mode_numbers(modes: Sequence[TravelMode]) -> NDArray[np.int64]:
    number_of = {mode: number for number, mode in enumerate(_MODES)}
    return np.array([number_of[mode] for mode in modes], dtype=np.int64)


def _turned(measured: Mapping[tuple[int, int], dict[int, int]]) -> dict[tuple[int, int], dict[int, int]]:
    """Minutes by (origin, mode), then destination, of those by (destination, mode), then origin."""
    turned: dict[tuple[int, int], dict[int, int]] = defaultdict(dict)
    for (there, mode), origins in measured.items():
        for here, minutes in origins.items():
            turned[here, mode][there] = minutes
    return dict(turned)


def _own_coordinates(places: Sequence[Place]) -> tuple[Floats, Floats]:
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
    gazetteer = Gazetteer(places, lat, lon)
    found = {number: gazetteer.look_up(places[number]) for number in lost}
    for number, (_, point) in found.items():
        lat[number], lon[number] = point
    return {places[number].id: level for number, (level, _) in found.items()}
