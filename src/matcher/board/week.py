"""The week at a glance: each step, what is done and what is missing."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from matcher.board.pages import InCommunity

router = APIRouter()


@router.get("/board/{district}/{community}", operation_id="board.week")
async def week(here: InCommunity) -> Response:
    """The steps of the week."""
    return here.render("week.html")
