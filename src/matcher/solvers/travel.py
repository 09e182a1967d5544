"""Travel: minutes between two places in compiled code, the same whole numbers as ``Atlas.minutes``."""

from __future__ import annotations

import math
from typing import Any

import numba
import numpy as np

_METRES = 16 * 6_371_008.8
"""Sixteen mean radii: the series below works on an eighth of the half angle."""


@numba.njit(nogil=True, error_model="numpy")
def minutes_between(
    axes: Any, pace: Any, measured: Any, places: int, modes: int, ways: int, unknown: int, here: int, there: int, mode: int
) -> int:
    """Whole minutes from place ``here`` to ``there`` (−1: nobody knows where) by a mode's number.

    ``axes``, ``pace`` and ``measured`` are those of ``Tables`` row after row, or pointers to them; they have so many
    ``places``, ``modes`` and ``ways``. ``unknown`` is its ``unknown_minutes``.
    """
    if here < 0 or there < 0:
        return unknown
    if here == there:
        return 0
    if ways > 0:
        known = _measured_minutes(measured, ways, (there * places + here) * modes + mode)
        if known >= 0:
            return int(known)
    away = metres_between(axes, here, there)
    if away < 0:
        return unknown
    return int(pace[3 * mode] - (-away * pace[3 * mode + 1]) // pace[3 * mode + 2])


@numba.njit(nogil=True, error_model="numpy")
def metres_between(axes: Any, here: int, there: int) -> int:
    """Whole metres between two places; −1 if either cannot be located. The steps of ``Atlas``, one by one."""
    x = axes[3 * here] - axes[3 * there]
    y = axes[3 * here + 1] - axes[3 * there + 1]
    z = axes[3 * here + 2] - axes[3 * there + 2]
    sine = math.sqrt(x * x + y * y + z * z) / 2
    if math.isnan(sine):
        return -1
    cosine_squared = 1 - sine * sine
    cosine_squared = (cosine_squared + abs(cosine_squared)) / 2
    for _ in range(3):
        cosine = math.sqrt(cosine_squared)
        cosine_squared = (1 + cosine) / 2
        sine = sine / (2 * math.sqrt(cosine_squared))
    square = sine * sine
    series = 1 + square * (1 / 6 + square * (3 / 40 + square * (15 / 336 + square * (105 / 3456))))
    return int(np.rint(_METRES * sine * series))


@numba.njit(nogil=True, error_model="numpy")
def _measured_minutes(measured: Any, ways: int, key: int) -> int:
    low, high = 0, ways
    while low < high:
        middle = (low + high) // 2
        if measured[2 * middle] < key:
            low = middle + 1
        else:
            high = middle
    if low < ways and measured[2 * low] == key:
        return int(measured[2 * low + 1])
    return -1
