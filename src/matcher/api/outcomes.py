"""Outcomes over HTTP: who came, who did not, what was called off."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Query, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from matcher.api.ask_bodies import MOST_NEWS
from matcher.api.callers import AT, Call, calling
from matcher.api.paging import Page, Paged
from matcher.domain.base import IS_WHOLE, Fact, Id, Moment
from matcher.domain.history import Service
from matcher.service.accounts.access import Breadth
from matcher.service.rosters import outcomes
from matcher.service.rosters.outcomes import Outcome, OutcomeName
from matcher.store import facts
from matcher.store.facts import Stored

router = APIRouter(tags=["outcomes"])


class OutcomeAsked(Fact):
    """What became of one person's part in one visit."""

    visit: Id
    volunteer: Id
    outcome: OutcomeName = "done"
    minutes: Annotated[int, Field(ge=0, le=100_000), IS_WHOLE] | None = None
    """Left away: as planned; none unless it was done."""
    role: Id | None = None
    start: Moment | None = None
    stepped_in: bool = False
    """Came without having been told; needs `role` and `start`."""


class OutcomesAsked(Fact):
    """Outcomes, all kept or none."""

    outcomes: Annotated[tuple[OutcomeAsked, ...], Field(min_length=1, max_length=MOST_NEWS)]


class OutcomeTold(BaseModel):
    """A record of history."""

    model_config = ConfigDict(extra="forbid")

    key: str
    version: int
    fact: Service


class OutcomesTold(BaseModel):
    """The records, in the order told."""

    model_config = ConfigDict(extra="forbid")

    items: list[OutcomeTold]


_EXAMPLE = {"done": {
    "summary": "December's driver came; it took four hours",
    "value": {"outcomes": [{"visit": "wu-escort/2026-12", "volunteer": "v01", "outcome": "done", "minutes": 240}]},
}}


@router.put(
    f"{AT}/outcomes", operation_id="outcomes.put", response_model=None, summary="What became of visits",
    responses={200: {"model": OutcomesTold, "description": "On record."}},
)
def put(
    asked: Annotated[OutcomesAsked, Body(openapi_examples=_EXAMPLE)], call: Annotated[Call, Depends(calling("outcomes.put"))],
) -> Response:
    """One record per visit and person, however often it is said; saying otherwise corrects it.

    Done and no-show need the visit to have begun. The programme's own moment moves on to the latest of them.
    """
    told = [Outcome(**dict(one)) for one in asked.outcomes]
    with call.writing() as session:
        kept = outcomes.record(session, told, team=call.caller.team or "" if call.breadth is Breadth.TEAM else None)
    return JSONResponse({"items": [_told(row) for row in kept]})


@router.get(
    f"{AT}/outcomes", operation_id="outcomes.list", response_model=None, summary="Outcomes on record",
    responses={200: {"model": Page[OutcomeTold], "description": "A page."}},
)
def list_(
    response: Response, paging: Paged, call: Annotated[Call, Depends(calling("outcomes.list"))],
    visit: Annotated[str | None, Query(max_length=120)] = None,
    volunteer: Annotated[str | None, Query(max_length=120)] = None,
) -> Any:
    """Of a visit or a person, or all. A volunteer sees their own, a team lead the team's, a viewer no names."""
    having = {name: value for name, value in (("visit", visit), ("volunteer", volunteer)) if value is not None}
    if call.breadth is Breadth.OWN:
        having["volunteer"] = call.caller.volunteer or ""
    with call.reading() as session:
        rows = facts.page(session, "history", after=paging.after, limit=paging.limit + 1, **having)
        team = _team(session, rows, call)
    page = paging.page(response, rows, lambda row: row.sequence, _masked if call.breadth is Breadth.MASKED else _told)
    if team is not None:
        page["items"] = [item for item in page["items"] if item["fact"]["volunteer"] in team]
    return page


def _team(session: Any, rows: tuple[Stored, ...], call: Call) -> set[str] | None:
    """Of the people of these records, those of the caller's team; None if all may be seen."""
    if call.breadth is not Breadth.TEAM:
        return None
    mine = set()
    for name in {row.document["volunteer"] for row in rows}:
        try:
            person = facts.get(session, "volunteers", name).document
        except facts.NotFound:
            continue
        if person.get("team") == (call.caller.team or ""):
            mine.add(name)
    return mine


def _told(row: Stored) -> dict[str, Any]:
    return {"key": row.key, "version": row.version, "fact": row.document}


def _masked(row: Stored) -> dict[str, Any]:
    """Without who it was, and for whom."""
    shown = {name: value for name, value in row.document.items() if name != "resident"} | {"volunteer": "**"}
    return {"key": row.key, "version": row.version, "fact": shown}
