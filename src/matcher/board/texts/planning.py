"""Planning: start, watch, stop, compare."""

from __future__ import annotations

TEXT: dict[str, tuple[str, str]] = {}
