"""Accounts: who may sign in, and choosing a password."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter()
