"""The week at a glance."""

from __future__ import annotations

TEXT: dict[str, tuple[str, str]] = {}
