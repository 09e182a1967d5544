"""Checking: what the facts say, and what is doubtful about them."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from matcher.board.pages import InCommunity

router = APIRouter()


@router.get("/board/{district}/{community}/check", operation_id="board.check")
async def page(here: InCommunity) -> Response:
    """The step's page."""
    return here.render("check.html", step="check")
