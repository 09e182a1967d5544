"""Screening: who of those who claimed takes part."""

from __future__ import annotations

TEXT: dict[str, tuple[str, str]] = {}
