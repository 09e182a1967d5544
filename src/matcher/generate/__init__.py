"""Synthetic scenarios at real programmes' sizes, for trying things out and for measuring."""

from __future__ import annotations

from matcher.generate.build import generate
from matcher.generate.presets import PRESETS

__all__ = ["PRESETS", "generate"]
