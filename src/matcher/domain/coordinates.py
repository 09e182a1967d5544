"""Coordinate systems: wgs84, and the two that Chinese maps use instead."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from matcher.domain.places import CoordinateSystem

Floats = NDArray[np.float64]
Number = TypeVar("Number", float, Floats)
_Pair = tuple[Floats, Floats]
_Conversion = Callable[[Floats, Floats], _Pair]


def to_wgs84(lat: Number, lon: Number, crs: CoordinateSystem) -> tuple[Number, Number]:
    """Coordinates as wgs84, to 1e-9 degrees or better; numbers or arrays.

    gcj02 is what Chinese maps show, bd09 what Baidu shows. Both are defined by their forward formula only;
    the way back is its fixed point. gcj02 outside China's bounding box is wgs84 already.
    """
    return _converted(lat, lon, _INTO_WGS84[crs])


def from_wgs84(lat: Number, lon: Number, crs: CoordinateSystem) -> tuple[Number, Number]:
    """wgs84 coordinates in another system, for example to show them on a Chinese map."""
    return _converted(lat, lon, _OUT_OF_WGS84[crs])


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
