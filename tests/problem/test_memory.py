"""What is kept is bounded: a memory forgets what was not asked for longest, and nobody can change what it holds."""

from __future__ import annotations

import doctest

import numpy as np
import pytest

from matcher.problem import memory
from matcher.problem.memory import Memory, frozen


def test_the_examples_of_a_memory_hold():
    assert doctest.testmod(memory).failed == 0


def test_what_was_asked_for_last_is_kept_and_made_once():
    made: list[str] = []
    kept: Memory[str] = Memory(2)

    def ask(name: str) -> str:
        return kept.get(name, lambda: made.append(name) or name)

    for name in ("a", "b", "a", "c", "a", "b"):
        assert ask(name) == name
    assert made == ["a", "b", "c", "b"]  # c pushed b out, which was not asked for longest
    assert len(kept) == 2


def test_arrays_are_kept_as_far_as_they_fit():
    kept: Memory[np.ndarray] = Memory.of_arrays(memory.ARRAY_BYTES // 8 // 20)
    for number in range(100):
        kept.get(number, lambda: np.zeros(1))
    assert len(kept) == 20


def test_what_is_frozen_cannot_be_changed():
    with pytest.raises(ValueError, match="read-only"):
        frozen(np.zeros(2))[0] = 1
