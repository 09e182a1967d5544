"""Codes: links with QR codes to print, and one person's own."""

from __future__ import annotations

TEXT: dict[str, tuple[str, str]] = {}
