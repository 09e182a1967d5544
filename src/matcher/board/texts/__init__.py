"""What pages say, in Chinese and English: one table per page, each key beginning with the page's name."""

from __future__ import annotations

from functools import cache
from importlib import import_module

TABLES = (
    "common", "entrance", "people", "week", "bring", "checking", "screening", "planning", "adjust", "why", "publishing",
    "recording", "codes", "phones", "members", "trouble",
)
"""Modules of this package, each with ``TEXT``: key → (Chinese, English)."""


@cache
def _texts() -> dict[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}
    for name in TABLES:
        table = import_module(f"{__name__}.{name}").TEXT
        assert not found.keys() & table.keys()
        found |= table
    return found


def say(key: str, lang: str, /, **values: object) -> str:
    """The sentence for ``key`` with its values; Chinese unless English is asked for. Raises ``KeyError``.

    >>> say("step.plan", "en")
    'Plan'
    """
    return _texts()[key][lang == "en"].format(**values)


def knows(key: str) -> bool:
    """Whether there is a sentence for ``key``."""
    return key in _texts()
