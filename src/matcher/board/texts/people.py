"""Accounts: who may sign in, and choosing a password."""

from __future__ import annotations

TEXT: dict[str, tuple[str, str]] = {}
