"""Bringing in: the week's workbook, its faults, what differs from before."""

from __future__ import annotations

TEXT: dict[str, tuple[str, str]] = {}
