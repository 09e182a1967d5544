"""Screening: who of those who claimed takes part."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from matcher.board.pages import InCommunity

router = APIRouter()


@router.get("/board/{district}/{community}/screen", operation_id="board.screen")
async def page(here: InCommunity) -> Response:
    """The step's page."""
    return here.render("screen.html", step="screen")
