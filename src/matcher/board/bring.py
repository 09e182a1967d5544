"""Bringing in: the week's workbook, its faults, what differs from before."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from matcher.board.pages import InCommunity

router = APIRouter()


@router.get("/board/{district}/{community}/bring", operation_id="board.bring")
async def page(here: InCommunity) -> Response:
    """The step's page."""
    return here.render("bring.html", step="bring")
