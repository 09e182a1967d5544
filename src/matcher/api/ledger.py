"""The ledger over HTTP: what service has come to."""

from __future__ import annotations

from base64 import b64decode
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import JSONResponse

from matcher.api.ask_bodies import AnyAnswer, Timed
from matcher.api.asking import answer
from matcher.api.asks import stored_ask
from matcher.api.callers import AT, Call, calling
from matcher.domain.base import Day
from matcher.service.accounts.access import Breadth

router = APIRouter(tags=["ledger"])


@router.get(
    f"{AT}/ledger", operation_id="ledger.get", response_model=None, summary="Turns, hours, stars, time bank",
    responses={200: {
        "model": AnyAnswer, "description": "People, residents, hours to report, totals.",
        "content": {"text/csv": {}, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": {}},
    }},
)
async def get(
    request: Request, call: Annotated[Call, Depends(calling("ledger.get"))],
    since: Annotated[Day | None, Query(description="The first day that counts.")] = None,
    until: Annotated[Day | None, Query(description="The last day that counts.")] = None,
    form: Annotated[
        Literal["json", "csv", "xlsx"], Query(description="`csv`: hours.csv for the platforms; `xlsx`: ledger.xlsx.")
    ] = "json",
) -> Response:
    """Only history counts. A team lead sees the team, a volunteer their own line, a viewer totals."""
    caller, breadth = call.caller, call.breadth
    values: dict[str, Any] = {
        "since": since and since.isoformat(), "until": until and until.isoformat(),
        "form": "json" if breadth is Breadth.MASKED else form, "totals": breadth is Breadth.MASKED,
        "team": caller.team or "" if breadth is Breadth.TEAM else None,
        "volunteer": caller.volunteer or "" if breadth is Breadth.OWN else None,
    }
    told = await answer(request, stored_ask("ledger", call, (), Timed(), values))
    if "content" not in told:
        return JSONResponse(told)
    name = "hours.csv" if form == "csv" else "ledger.xlsx"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(b64decode(told["content"]), media_type=told["media"], headers=headers)
