"""Checking: what the facts say, and what is doubtful about them."""

from __future__ import annotations

TEXT: dict[str, tuple[str, str]] = {}
