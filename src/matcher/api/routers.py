"""Every router of the API, in the order in which they are asked; the facts come last, their addresses hold anything."""

from __future__ import annotations

from importlib import import_module

from fastapi import APIRouter

ROUTERS = (
    "health",
    "plans",
    "events",
    "asks",
    "rosters",
    "outcomes",
    "ledger",
    "feeds",
    "schedules",
    "districts",
    "scenarios",
    "sessions",
    "users",
    "keys",
    "audit",
    "persons",
    "webhooks",
    "claims",
    "orders",
    "links",
    "messages",
    "turns",
    "open",
    "facts",
)
"""Modules of this package, each with a ``router``. Add yours before ``facts``."""


def routers() -> tuple[APIRouter, ...]:
    """The routers, loaded."""
    found = [import_module(f"matcher.api.{name}").router for name in ROUTERS]
    assert all(isinstance(router, APIRouter) for router in found)
    return tuple(found)
