"""Codes: links with QR codes to print, and one person's own."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter()
