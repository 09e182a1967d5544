"""Adjusting: the roster by person, by resident and on the map."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from matcher.board.pages import InCommunity

router = APIRouter()


@router.get("/board/{district}/{community}/adjust", operation_id="board.adjust")
async def page(here: InCommunity) -> Response:
    """The step's page."""
    return here.render("adjust.html", step="adjust")
