"""Checking: what the facts say, where people are short, and what is doubtful, before anybody plans."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from matcher.board.inside import Refused
from matcher.board.naming import wish_namer
from matcher.board.pages import Here, InCommunity

router = APIRouter()

COUNTED = ("volunteers", "residents", "wishes", "claims", "teams", "pairings", "history", "pins")
KINDS = ("workday", "day_off")
PARTS = ("morning", "afternoon", "evening")
SHOWN = 40
"""Names shown of a list; the others are counted."""
_AT = "/board/{district}/{community}/check"
_KEPT = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9}){2}")
"""New, changed and removed rows, as ``bring`` tells them."""


@dataclass(frozen=True, slots=True)
class Cell:
    """Supply of one skill in one half-day: ``state`` is ``short``, ``tight`` or ``enough``."""

    needed: int
    flexible: int
    people: int
    available: int
    gap: int

    @property
    def state(self) -> str:
        """Short of people whatever anybody does; tight where there is hardly one turn and a half for each seat."""
        if self.gap:
            return "short"
        return "tight" if 2 * self.available < 3 * self.needed else "enough"


@router.get(_AT, operation_id="board.check")
async def page(here: InCommunity, kept: str = "", whole: bool = False) -> Response:
    """What the facts say. What takes a moment comes behind the page; ``whole``: with it, for browsers without script."""
    brought = [int(part) for part in kept.split(".")] if _KEPT.fullmatch(kept) else None
    has_facts = bool(here.counts.get("wishes") or here.counts.get("volunteers"))
    context = (await _facts(here) | await _supply(here)) if whole and has_facts else {}
    counts = [(name, here.counts.get(name, 0)) for name in COUNTED]
    return here.render(
        "check.html", step="check", brought=brought, has_facts=has_facts, whole=whole and has_facts,
        shown=[(name, count) for name, count in counts if count or name in COUNTED[:4]], **context,
    )


@router.get(f"{_AT}/facts", operation_id="board.check-facts")
async def facts(here: InCommunity) -> Response:
    """Warnings, and people of whom something is missing."""
    return here.render("parts/check_facts.html", **await _facts(here))


@router.get(f"{_AT}/supply", operation_id="board.check-supply")
async def supply(here: InCommunity) -> Response:
    """Supply against demand, and the wishes nobody can serve."""
    return here.render("parts/check_supply.html", **await _supply(here))


async def _facts(here: Here) -> dict[str, Any]:
    told = await here.api.get(f"{here.at}/facts:check")
    missing = {
        name: [one["name"] for one in told["people"] if name in one["missing"]] for name in ("hours", "place", "skills")
    }
    return {
        "warnings": grouped(told["warnings"]), "missing": {name: people for name, people in missing.items() if people},
        "most": SHOWN,
    }


async def _supply(here: Here) -> dict[str, Any]:
    try:
        told = await here.api.get(f"{here.at}/supply")
    except Refused as refused:
        if refused.status != 422:
            raise
        return {"supply": None, "faults": refused.faults, "columns": (), "rows": (), "gap": 0, "onward": "mend"}
    columns, rows = heat(told["rows"])
    if told["nobody"] or told["shortages"]:
        with_names = await wish_namer(here)
        for one in (*told["nobody"], *told["shortages"]):
            one["text"] = with_names(one["text"])
    return {
        "supply": told, "faults": (), "columns": columns, "rows": rows, "gap": told["seats"] - told["fillable"],
        "onward": await _onward(here, told),
    }


async def _onward(here: Here, told: Mapping[str, Any]) -> str:
    """What to do next: ``mend`` facts nobody can be planned from, ``screen`` claims that wait, or ``plan``."""
    if told["seats"] and not told["fillable"]:
        return "mend"
    steps = (await here.api.get(f"{here.at}/week"))["steps"]
    return "screen" if steps["screen"]["state"] == "now" else "plan"


def grouped(warnings: Iterable[Mapping[str, Any]]) -> list[list[Mapping[str, Any]]]:
    """Warnings of one kind together, in the order in which the kinds come."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for warning in warnings:
        found.setdefault(str(warning["code"] or warning["message"]), []).append(warning)
    return list(found.values())


def heat(rows: Sequence[Mapping[str, Any]]) -> tuple[list[str], list[tuple[str, list[Cell | None]]]]:
    """The half-days that occur, and per skill what is needed and there in each of them.

    >>> row = {"half_day": {"code": "any_time"}, "skill": {"text": "Car"}, "needed": 1, "flexible": 0, "people": 2,
    ...        "available": 1, "gap": 0}
    >>> columns, table = heat([row])
    >>> columns, table[0][0], table[0][1][0].state
    (['any'], 'Car', 'tight')
    """
    order = [f"{kind}.{part}" for kind in KINDS for part in PARTS] + ["any"]
    cells: dict[str, dict[str, Cell]] = {}
    for row in rows:
        told = Cell(*(row[name] for name in ("needed", "flexible", "people", "available", "gap")))
        cells.setdefault(row["skill"]["text"], {})[_half_day(row["half_day"])] = told
    columns = [name for name in order if any(name in own for own in cells.values())]
    return columns, [(skill, [own.get(name) for name in columns]) for skill, own in cells.items()]


def _half_day(told: Mapping[str, Any]) -> str:
    if told["code"] == "any_time":
        return "any"
    return f"{told['kind']['code'].removeprefix('on_')}.{told['part']['code'].removeprefix('in_')}"
