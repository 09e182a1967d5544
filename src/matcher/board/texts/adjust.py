"""Adjusting: the roster by person, by resident and on the map."""

from __future__ import annotations

TEXT: dict[str, tuple[str, str]] = {}
