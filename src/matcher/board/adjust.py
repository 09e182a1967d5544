"""Adjusting: the roster by person, by resident and on the map; dragging is the business of static/adjust.js."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any
from urllib.parse import quote

from anyio import to_thread
from fastapi import APIRouter, Request
from starlette.responses import Response

from matcher.board.adjust_views import VIEWS, Grid, days_of, grid_of, steps, words_of
from matcher.board.pages import Here, InCommunity

router = APIRouter()
_VERSIONS = 30
"""Rosters the chooser offers, the newest."""


@router.get("/board/{district}/{community}/adjust", operation_id="board.adjust")
async def page(here: InCommunity, request: Request) -> Response:
    """The newest draft, else what is published, as a table or a map."""
    asked = request.query_params
    rows = (await here.api.get(f"{here.at}/rosters", newest=True, limit=_VERSIONS))["items"]
    current = chosen(rows, asked.get("roster"))
    if current is None:
        return here.render("adjust_none.html", step="adjust")
    sheet = await _sheet(here, str(current), request)
    view = next((name for name in VIEWS if name == asked.get("view")), VIEWS[0])
    days = days_of(sheet, _day(asked.get("from")), asked.get("span"))
    later = next((row["id"] for row in rows if row["replaces"] == sheet["id"] and row["state"] == "draft"), None)
    context = {
        "step": "adjust", "sheet": sheet, "view": view, "days": days, "versions": rows, "later": later,
        "before": steps(days)[0], "behind": steps(days)[1],
        "grid": Grid((), ()) if view == "map" else grid_of(sheet, view, days, here.lang),
        "data": json_in_page(data_of(here, sheet, view, days, later)), "query": str(asked.get("q", "")),
        "tiles": tiles_of(request) if view == "map" else None,
    }
    return await to_thread.run_sync(partial(here.render, "adjust.html", **context))


@router.get("/board/{district}/{community}/adjust/gaps", operation_id="board.adjust-gaps")
async def gaps(here: InCommunity, request: Request) -> Response:
    """The places that are empty, as a part of the page."""
    sheet = await here.api.get(f"{here.at}/rosters/{quote(request.query_params.get('roster', ''), safe='')}/sheet")
    return here.render("adjust_gaps.html", sheet=sheet)


async def _sheet(here: Here, roster: str, request: Request) -> dict[str, Any]:
    places = request.query_params.get("view") == "map"
    found: dict[str, Any] = await here.api.get(f"{here.at}/rosters/{quote(roster, safe='')}/sheet", places=places or None)
    return found


def chosen(rows: Sequence[Mapping[str, Any]], asked: str | None) -> str | None:
    """The roster to show of a list, the newest first: the one asked for, else the newest draft or published one.

    A draft older than what was published last is not meant.

    >>> chosen([{"id": "b", "state": "archived"}, {"id": "a", "state": "published"}, {"id": "0", "state": "draft"}], None)
    'a'
    """
    if asked:
        return asked
    for row in rows:
        if row["state"] in ("draft", "published"):
            return str(row["id"])
    return str(rows[0]["id"]) if rows else None


def data_of(
    here: Here, sheet: Mapping[str, Any], view: str, days: Sequence[date], later: str | None
) -> dict[str, Any]:
    """What the scripts know: the roster, names, and the sentences they say."""
    names = ("id", "version", "state", "edition", "visits", "wishes", "pins", "teams", "unfilled")
    told = {name: sheet[name] for name in names}
    if view == "map":
        told |= {"places": sheet["places"], "homes": {one["id"]: one["home"] for one in sheet["people"]}}
        told["reach"] = {one["id"]: [one["mode"], one["reach"]] for one in sheet["people"]}
    return told | {
        "api": here.at, "page": f"{here.base}/adjust", "view": view, "lang": here.lang, "me": _me(here), "later": later,
        "days": [day.isoformat() for day in days], "names": {one["id"]: one["name"] for one in sheet["people"]},
        "words": words_of(here.lang), "tiles": tiles_of(here.request),
    }


def _me(here: Here) -> str:
    return str(here.me.get("actor") or here.me.get("login") or "")


def tiles_of(request: Request) -> str | None:
    """Where the map's pictures come from; None: the plain ground."""
    found: str | None = request.app.state.settings.map_tiles
    return found


def json_in_page(value: Any) -> str:
    r"""JSON that may stand in a page's script element.

    >>> json_in_page({"name": "</script>"})
    '{"name":"\\u003c/script>"}'
    """
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c").replace("&", "\\u0026")


def _day(told: str | None) -> date | None:
    """A day as the address tells it; None for none, and for one no calendar page can be turned from.

    >>> _day("2026-12-01"), _day("9999-12-31"), _day("soon")
    (datetime.date(2026, 12, 1), None, None)
    """
    try:
        found = date.fromisoformat(told or "")
    except ValueError:
        return None
    return found if 1970 <= found.year < 2200 else None


