"""Recording: what became of each visit."""

from __future__ import annotations

TEXT: dict[str, tuple[str, str]] = {}
