"""Phones: what a code opens, without an account."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter()
