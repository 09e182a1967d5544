"""Recording: what became of each visit."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from matcher.board.pages import InCommunity

router = APIRouter()


@router.get("/board/{district}/{community}/record", operation_id="board.record")
async def page(here: InCommunity) -> Response:
    """The step's page."""
    return here.render("record.html", step="record")
