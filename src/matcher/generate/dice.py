"""Chance: every draw comes from one numpy generator, seeded by the run's seed and the subject drawn for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar
from zlib import crc32

import numpy as np

Item = TypeVar("Item")
Shares = Sequence[tuple[Item, float]]
"""Things with their weights; the weights need not sum to 1."""

_AT_ONCE = 1 << 14


class Dice:
    """Draws for one subject. Subjects have streams of their own, so more wishes change no volunteer.

    >>> Dice(0, "doc").whole(1, 6) == Dice(0, "doc").whole(1, 6)
    True
    """

    def __init__(self, seed: int, *subject: str) -> None:
        self._generator = np.random.default_rng([seed, crc32("/".join(subject).encode())])
        self._rolls: list[float] = []

    def roll(self) -> float:
        """A number in [0, 1)."""
        if not self._rolls:
            self._rolls = self._generator.random(_AT_ONCE).tolist()
        return self._rolls.pop()

    def chance(self, share: float) -> bool:
        """True in that share of cases."""
        return self.roll() < share

    def whole(self, low: int, high: int) -> int:
        """A whole number from low to high, both included."""
        return low + int(self.roll() * (high - low + 1))

    def near(self, spread: float) -> float:
        """A number around 0 with this standard deviation, never further than 3.5 of them away."""
        return (self.roll() + self.roll() + self.roll() + self.roll() - 2) * 1.7320508 * spread

    def pick(self, items: Sequence[Item]) -> Item:
        """One of the items, each as likely."""
        return items[int(self.roll() * len(items))]

    def weighted(self, shares: Shares[Item]) -> Item:
        """One of the items, by weight."""
        left = self.roll() * sum(weight for _, weight in shares)
        for item, weight in shares:
            left -= weight
            if left < 0:
                return item
        return shares[-1][0]

    def some(self, items: Iterable[Item], count: int) -> list[Item]:
        """``count`` of the items (all, if there are fewer) in random order."""
        return list(islice(self.in_any_order(items), count))

    def in_any_order(self, items: Iterable[Item]) -> Iterator[Item]:
        """The items in random order, drawn one by one."""
        pool = list(items)
        for place in range(len(pool)):
            other = self.whole(place, len(pool) - 1)
            pool[place], pool[other] = pool[other], pool[place]
            yield pool[place]


def apportion(total: int, shares: Sequence[float]) -> list[int]:
    """Whole numbers in proportion to the shares that sum to ``total`` (largest remainders first).

    >>> apportion(10, [1, 1, 1])
    [4, 3, 3]
    """
    whole = sum(shares)
    exact = [total * share / whole for share in shares]
    counts = [int(number) for number in exact]
    by_remainder = sorted(range(len(shares)), key=lambda number: (counts[number] - exact[number], number))
    for number in by_remainder[: total - sum(counts)]:
        counts[number] += 1
    return counts
