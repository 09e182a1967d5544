"""The Chinese lunar calendar, computed: months begin on the day of the new moon in China (UTC+8).

New moons after Meeus, Astronomical Algorithms, chapter 49, to about a minute; solar longitude after chapter 25, to
about a quarter of an hour. Month 11 holds the winter solstice; of thirteen months between two of them the first
without a major solar term is the leap month.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise
from math import floor, radians, sin

_CHINA_DAYS = 8 / 24
_DELTA_T_DAYS = 72 / 86400
"""Terrestrial time is ahead of universal time; close enough from 2000 to 2060."""
_JD_OF_ORDINAL_ZERO = 1721424.5
_YEARS = (1900, 2200)
"""Outside these years the formulas are not good enough; nothing is said about them."""


@dataclass(frozen=True, slots=True)
class LunarDay:
    """A day in the lunar calendar: month 1–12 (a leap month bears the number of the one before), day 1–30."""

    month: int
    day: int
    leap: bool = False


def lunar_day(day: date) -> LunarDay:
    """The lunar day of a solar date.

    >>> lunar_day(date(2027, 9, 15))
    LunarDay(month=8, day=15, leap=False)
    """
    for year in (day.year, day.year + 1):
        for start, length, month, leap in _months(year):
            if start <= day < start + timedelta(length):
                return LunarDay(month, (day - start).days + 1, leap)
    raise AssertionError(f"{day} lies in no lunar month")


def lunar_dates(days: tuple[int, ...], first: date, last: date) -> tuple[date, ...]:
    """The solar dates from first to last that fall on these days of any lunar month.

    >>> lunar_dates((1, 15), date(2026, 12, 1), date(2027, 1, 10))
    (datetime.date(2026, 12, 9), datetime.date(2026, 12, 23), datetime.date(2027, 1, 8))
    """
    if not (_YEARS[0] < first.year and last.year < _YEARS[1]):
        return ()
    span = (first + timedelta(step) for step in range((last - first).days + 1))
    return tuple(day for day in span if lunar_day(day).day in days)


def solar_date(year: int, month: int, day: int) -> date | None:
    """The date of a lunar month and day in the lunar year that begins in this solar year; None if it has no such day.

    >>> solar_date(2027, 8, 15), solar_date(2027, 1, 1)
    (datetime.date(2027, 9, 15), datetime.date(2027, 2, 6))
    """
    if not _YEARS[0] < year < _YEARS[1]:
        return None
    for sui in (year, year + 1):
        for start, length, number, leap in _months(sui):
            in_this_year = (sui == year) == (number <= 10)
            if number == month and not leap and in_this_year:
                return start + timedelta(day - 1) if day <= length else None
    return None


def solar_term(year: int, longitude: int) -> date:
    """The day in China on which the sun reaches this longitude, in a solar year: 清明 15°, 冬至 270°.

    >>> solar_term(2027, 15), solar_term(2026, 270)
    (datetime.date(2027, 4, 5), datetime.date(2026, 12, 22))
    """
    moment = _julian(date(year, 3, 20)) + longitude * 365.2422 / 360
    if longitude >= 280:
        moment -= 365.2422
    for _ in range(6):
        off = (longitude - _solar_longitude(moment) + 180) % 360 - 180
        moment += off * 365.2422 / 360
    return _china_day(moment)


@lru_cache(maxsize=64)
def _months(year: int) -> tuple[tuple[date, int, int, bool], ...]:
    """(start, length, number, leap) from month 11 of the year before up to and with month 10 of this year."""
    first = _month_of_solstice(year - 1)
    last = _month_of_solstice(year)
    starts = [_new_moon_day(first + step) for step in range(last - first + 1)]
    leap = _leap_month(starts)
    months, number = [], 10
    for step, (start, following) in enumerate(pairwise(starts)):
        if step != leap:
            number += 1
        months.append((start, (following - start).days, (number - 1) % 12 + 1, step == leap))
    return tuple(months)


def _leap_month(starts: list[date]) -> int | None:
    if len(starts) < 14:
        return None
    for step, (start, following) in enumerate(pairwise(starts)):
        if _china_term(start) == _china_term(following):
            return step
    return None


def _china_term(day: date) -> int:
    """Which twelfth of the sun's course has been entered before this day begins in China."""
    return floor(_solar_longitude(_julian(day) - _CHINA_DAYS + _DELTA_T_DAYS) / 30)


def _month_of_solstice(year: int) -> int:
    """The number of the new moon on or before the winter solstice."""
    solstice = solar_term(year, 270)
    moon = floor((year + 0.95 - 2000) * 12.3685) + 1
    while _new_moon_day(moon) > solstice:
        moon -= 1
    return moon


def _julian(day: date) -> float:
    return day.toordinal() + _JD_OF_ORDINAL_ZERO


def _china_day(moment: float) -> date:
    return date.fromordinal(floor(moment - _DELTA_T_DAYS + _CHINA_DAYS - _JD_OF_ORDINAL_ZERO))


@lru_cache(maxsize=2048)
def _new_moon_day(moon: int) -> date:
    t = moon / 1236.85
    eccentricity = 1 - 0.002516 * t - 0.0000074 * t * t
    sun = radians(2.5534 + 29.10535670 * moon - 0.0000014 * t * t)
    anomaly = radians(201.5643 + 385.81693528 * moon + 0.0107582 * t * t)
    latitude = radians(160.7108 + 390.67050284 * moon - 0.0016118 * t * t)
    node = radians(124.7746 - 1.56375588 * moon + 0.0020672 * t * t)
    moment = 2451550.09766 + 29.530588861 * moon + 0.00015437 * t * t
    moment += (
        -0.40720 * sin(anomaly)
        + 0.17241 * eccentricity * sin(sun)
        + 0.01608 * sin(2 * anomaly)
        + 0.01039 * sin(2 * latitude)
        + 0.00739 * eccentricity * sin(anomaly - sun)
        - 0.00514 * eccentricity * sin(anomaly + sun)
        + 0.00208 * eccentricity**2 * sin(2 * sun)
        - 0.00111 * sin(anomaly - 2 * latitude)
        - 0.00057 * sin(anomaly + 2 * latitude)
        + 0.00056 * eccentricity * sin(2 * anomaly + sun)
        - 0.00042 * sin(3 * anomaly)
        + 0.00042 * eccentricity * sin(sun + 2 * latitude)
        + 0.00038 * eccentricity * sin(sun - 2 * latitude)
        - 0.00024 * eccentricity * sin(2 * anomaly - sun)
        - 0.00017 * sin(node)
    )
    return _china_day(moment)


def _solar_longitude(moment: float) -> float:
    t = (moment - 2451545.0) / 36525
    anomaly = radians(357.52911 + 35999.05029 * t - 0.0001537 * t * t)
    centre = (1.914602 - 0.004817 * t) * sin(anomaly) + 0.019993 * sin(2 * anomaly) + 0.000289 * sin(3 * anomaly)
    longitude = 280.46646 + 36000.76983 * t + 0.0003032 * t * t + centre
    return (longitude - 0.00569 - 0.00478 * sin(radians(125.04 - 1934.136 * t))) % 360
