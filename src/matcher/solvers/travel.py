"""Travel: minutes between two places in compiled code, the same whole numbers as ``Atlas.minutes``."""

from __future__ import annotations

import math
from typing import Any

import numba
import numpy as np

_METRES = 16 * 6_371_008.8
"""Sixteen mean radii: the series below works on an eighth of the half angle."""


@numba.njit(cache=True, nogil=True)
def minutes_between(
    axes: Any, pace: Any, measured: Any, unknown: int, here: int, there: int, mode: int
) -> int:
    """Whole minutes from place ``here`` to ``there`` (−1: nobody knows where) by a mode's number.

    ``axes``, ``pace`` and ``measured`` are those of ``Tables``; ``unknown`` is its ``unknown_minutes``.
    """
    if here < 0 or there < 0:
        return unknown
    if here == there:
        return 0
    known = _measured_minutes(measured, (there * len(axes) + here) * len(pace) + mode)
    if known >= 0:
        return known
    away = metres_between(axes, here, there)
    if away < 0:
        return unknown
    return int(pace[mode, 0] - (-away * pace[mode, 1]) // pace[mode, 2])


@numba.njit(cache=True, nogil=True)
def metres_between(axes: Any, here: int, there: int) -> int:
    """Whole metres between two places; −1 if either cannot be located. The steps of ``Atlas``, one by one."""
    x = axes[here, 0] - axes[there, 0]
    y = axes[here, 1] - axes[there, 1]
    z = axes[here, 2] - axes[there, 2]
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


@numba.njit(cache=True, nogil=True)
def _measured_minutes(measured: Any, key: int) -> int:
    low, high = 0, len(measured)
    while low < high:
        middle = (low + high) // 2
        if measured[middle, 0] < key:
            low = middle + 1
        else:
            high = middle
    if low < len(measured) and measured[low, 0] == key:
        return int(measured[low, 1])
    return -1
