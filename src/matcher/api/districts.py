"""Districts and communities: the tenants of a server."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Response
from pydantic import BaseModel, ConfigDict, StringConstraints

from matcher.api.callers import AT, Call, calling
from matcher.api.paging import Page, Paged
from matcher.service.week import week
from matcher.store import tenants
from matcher.store.facts import facts_version
from matcher.store.scope import Scope

router = APIRouter(tags=["districts"])

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
Id = Annotated[str, Path(min_length=1, max_length=120)]


class Called(BaseModel):
    """What a district or community is called; its id, if nothing else is said."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"name": "东河社区"}})

    name: Name | None = None


class District(BaseModel):
    """A district."""

    model_config = ConfigDict(extra="forbid")

    district: str
    name: str


class Community(District):
    """A community of a district."""

    community: str


class CommunityWithCounts(Community):
    """A community, and how much it has."""

    facts_version: int
    counts: dict[str, int]


class StepTold(BaseModel):
    """One step of the week: its state, and the numbers that say why."""

    model_config = ConfigDict(extra="forbid")

    state: Literal["done", "now", "todo", "trouble"]
    facts: dict[str, Any]


class WeekTold(BaseModel):
    """The steps of the week, in order."""

    model_config = ConfigDict(extra="forbid")

    steps: dict[str, StepTold]


@router.get(
    "/v1/districts", operation_id="districts.list", response_model=Page[District], summary="The districts you reach",
)
def list_districts(
    response: Response, paging: Paged, call: Annotated[Call, Depends(calling("districts.list"))]
) -> Any:
    """All of them for accounts of the whole server, else your own."""
    mine = call.caller.district
    reading = (
        call.database.everyone(call.caller.actor, lang=call.lang) if mine is None
        else call.database.reading(Scope(mine), lang=call.lang)
    )
    with reading as session:
        rows = [row for row in tenants.districts(session) if row.district > (paging.text or "")]
    return paging.page(response, rows[: paging.limit + 1], lambda row: row.district, _district)


@router.put(
    "/v1/districts/{district}", operation_id="districts.put", response_model=District,
    responses={201: {"model": District, "description": "Made."}}, summary="Make a district, or call it otherwise",
)
def put_district(
    district: Id, told: Called, response: Response, call: Annotated[Call, Depends(calling("districts.put"))]
) -> Any:
    """Putting it again changes nothing but its name."""
    response.status_code = _put(call, told)
    return {"district": district, "name": told.name or district}


@router.get(
    "/v1/districts/{district}/communities", operation_id="communities.list", response_model=Page[Community],
    summary="The communities of a district that you reach",
)
def list_communities(
    response: Response, paging: Paged, call: Annotated[Call, Depends(calling("communities.list"))]
) -> Any:
    """All of them for accounts of the whole district, else your own."""
    with call.reading() as session:
        rows = [
            row for row in tenants.named_communities(session)
            if call.caller.reaches(Scope(row.district, row.community)) and str(row.community) > (paging.text or "")
        ]
    return paging.page(response, rows[: paging.limit + 1], lambda row: str(row.community), _community)


@router.get(
    AT, operation_id="communities.get", response_model=CommunityWithCounts, summary="A community, and how much it has",
)
def get_community(call: Annotated[Call, Depends(calling("communities.get"))]) -> Any:
    """``facts_version`` rises with every change of any fact."""
    with call.reading() as session:
        row = tenants.named(session, call.here)
        assert row is not None
        version, counts = facts_version(session), tenants.counts_by_noun(session)
    return _community(row) | {"facts_version": version, "counts": counts}


@router.get(
    f"{AT}/week", operation_id="communities.week", response_model=WeekTold, summary="Where the week stands",
)
def get_week(call: Annotated[Call, Depends(calling("communities.week"))]) -> Any:
    """Step by step, from bringing in to recording: what is done, under way, missing or in trouble, with the numbers."""
    with call.reading() as session:
        return {"steps": {name: asdict(step) for name, step in week(session).items()}}


@router.put(
    AT, operation_id="communities.put", response_model=Community,
    responses={201: {"model": Community, "description": "Made."}}, summary="Make a community, or call it otherwise",
)
def put_community(
    told: Called, response: Response, call: Annotated[Call, Depends(calling("communities.put"))]
) -> Any:
    """Its district must be there. Putting it again changes nothing but its name."""
    with call.database.reading(Scope(call.here.district), lang=call.lang):
        pass  # the district is there, or this says that it is not
    response.status_code = _put(call, told)
    here = call.here
    return {"district": here.district, "community": here.community, "name": told.name or here.community}


def _put(call: Call, told: Called) -> int:
    """The status: 201 if it was not there."""
    scope, actor = call.here, call.caller.actor
    with call.database.everyone(actor, lang=call.lang) as session:
        before = tenants.named(session, scope)
    if before is None:
        tenants.ensure(call.database, scope, actor, lang=call.lang)
    name = told.name or scope.community or scope.district
    if name != (before.name if before else scope.community or scope.district):
        tenants.call(call.database, scope, name, actor)
    return 200 if before else 201


def _district(row: tenants.Named) -> dict[str, Any]:
    return {"district": row.district, "name": row.name}


def _community(row: tenants.Named) -> dict[str, Any]:
    return {"district": row.district, "community": row.community, "name": row.name}
