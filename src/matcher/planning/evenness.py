"""Evenness: how evenly turns are spread over people."""

from __future__ import annotations

from collections.abc import Iterable


def spread(turns: Iterable[int]) -> int:
    """Most turns less fewest; 0 of nobody.

    >>> spread([3, 1, 2]), spread([])
    (2, 0)
    """
    counts = list(turns)
    return max(counts) - min(counts) if counts else 0


def gini(shares: Iterable[float]) -> float:
    """The Gini coefficient: 0 where everybody bears the same share, towards 1 where one bears all.

    >>> gini([1, 1, 1]), gini([0, 0, 0, 4]), gini([])
    (0.0, 0.75, 0.0)
    """
    ordered = sorted(shares)
    total, count = sum(ordered), len(ordered)
    if not total:
        return 0.0
    return sum((2 * place - count - 1) * share for place, share in enumerate(ordered, start=1)) / (count * total)
