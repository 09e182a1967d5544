"""Publishing: what changes for whom, and everything to hand out."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from matcher.board.pages import InCommunity

router = APIRouter()


@router.get("/board/{district}/{community}/publish", operation_id="board.publish")
async def page(here: InCommunity) -> Response:
    """The step's page."""
    return here.render("publish.html", step="publish")
