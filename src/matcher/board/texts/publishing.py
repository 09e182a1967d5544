"""Publishing: what changes for whom, and everything to hand out."""

from __future__ import annotations

TEXT: dict[str, tuple[str, str]] = {}
