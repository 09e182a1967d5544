"""Planning: start, watch, stop, compare."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from matcher.board.pages import InCommunity

router = APIRouter()


@router.get("/board/{district}/{community}/plan", operation_id="board.plan")
async def page(here: InCommunity) -> Response:
    """The step's page."""
    return here.render("plan.html", step="plan")
