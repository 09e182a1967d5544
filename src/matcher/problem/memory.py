"""A memory of bounded size for what is worked out again and again: it forgets what was not asked for longest."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

Value = TypeVar("Value")
Item = TypeVar("Item", bound=np.generic)

ARRAY_BYTES = 64 * 1024 * 1024
"""What the arrays of one memory may take."""


class Memory(Generic[Value]):
    """Keeps the ``most`` answers asked for last.

    >>> squares: Memory[int] = Memory(2)
    >>> [squares.get(number, lambda: number * number) for number in (2, 3, 4)], len(squares)
    ([4, 9, 16], 2)
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._known: dict[Hashable, Value] = {}

    @classmethod
    def of_arrays(cls, length: int, bytes_each: int = 8) -> Memory[Any]:
        """A memory for arrays of that length: as many as fit into ``ARRAY_BYTES``, and a few at least."""
        return cls(max(16, ARRAY_BYTES // max(1, length * bytes_each)))

    def __len__(self) -> int:
        return len(self._known)

    def get(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """The answer under that key, made if it is not known (any more)."""
        value = self._known.pop(key, None)
        if value is None:
            value = make()
            if len(self._known) >= self._most:
                del self._known[next(iter(self._known))]
        self._known[key] = value  # now the last in line to be forgotten
        return value


def frozen(array: NDArray[Item]) -> NDArray[Item]:
    """The array, which nobody can change any more."""
    array.flags.writeable = False
    return array
