"""Phones: what a code opens, without an account."""

from __future__ import annotations

TEXT: dict[str, tuple[str, str]] = {}
