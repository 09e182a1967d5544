"""Calendar feeds over HTTP: an address with a secret for each person, and the calendar behind it."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict

from matcher.api.callers import AT, Call, calling, settings_of
from matcher.api.conditional import Conditional, not_modified
from matcher.api.once import Done, OnlyOnce
from matcher.api.paging import Page, Paged
from matcher.domain.base import Fact, Id
from matcher.errors import Fault
from matcher.service.accounts.access import Breadth
from matcher.service.plan_words import say
from matcher.service.rosters.feeds import feed_of
from matcher.store import facts, feeds
from matcher.store.facts import NotFound
from matcher.store.feeds import Feed

router = APIRouter(tags=["feeds"])


class FeedAsked(Fact):
    """Whose calendar."""

    volunteer: Id


class FeedTold(BaseModel):
    """An address of a calendar; the address itself is told once, when it is made."""

    model_config = ConfigDict(extra="forbid")

    id: str
    volunteer: str
    created_at: datetime
    created_by: str
    url: str | None = None


@router.post(
    f"{AT}/feeds", operation_id="feeds.create", response_model=None, status_code=201, summary="A calendar address for a person",
    responses={201: {"model": FeedTold, "description": "Made; `url` is told only now."}},
)
def create(
    asked: FeedAsked, request: Request, once: OnlyOnce, call: Annotated[Call, Depends(calling("feeds.create"))],
) -> Response:
    """For a phone to subscribe to. Whoever has the address can read the calendar; a new one makes the old one useless.

    A repeated request with the same Idempotency-Key is answered without `url`: the secret is not kept.
    """
    with call.writing() as session:
        _refuse_others(session, call, asked.volunteer)
        secrets: list[str] = []

        def act() -> Done:
            made, secret = feeds.create(session, asked.volunteer)
            secrets.append(secret)
            return Done(201, _told(made))

        response = once.answer(session, act)
    if not secrets:
        return response
    told = json.loads(bytes(response.body)) | {"url": feed_url(request, secrets[0])}
    return JSONResponse(told, 201)


@router.get(
    f"{AT}/feeds", operation_id="feeds.list", response_model=None, summary="The calendar addresses that work",
    responses={200: {"model": Page[FeedTold], "description": "A page, without the addresses themselves."}},
)
def list_(
    response: Response, paging: Paged, call: Annotated[Call, Depends(calling("feeds.list"))],
    volunteer: Annotated[str | None, Query(max_length=120)] = None,
) -> Any:
    """Whose calendars are subscribed to, since when."""
    if call.breadth is Breadth.OWN:
        volunteer = call.caller.volunteer or ""
    with call.reading() as session:
        found = feeds.page(session, after=paging.after, limit=paging.limit + 1, volunteer=volunteer)
        page = paging.page(response, found, lambda row: row.number, _told)
        if call.breadth is Breadth.TEAM:
            page["items"] = [item for item in page["items"] if _is_of_team(session, call, item["volunteer"])]
    return page


@router.delete(
    f"{AT}/feeds/{{feed}}", operation_id="feeds.delete", response_model=None, status_code=204, summary="Revoke a calendar address"
)
def delete(
    feed: Annotated[str, Path(min_length=1, max_length=64)], call: Annotated[Call, Depends(calling("feeds.delete"))]
) -> Response:
    """From now on it is not there."""
    with call.writing() as session:
        _refuse_others(session, call, feeds.get(session, feed).volunteer)
        feeds.revoke(session, feed)
    return Response(status_code=204)


@router.get(
    "/v1/feeds/{secret}.ics", operation_id="feeds.get", response_model=None, summary="A person's calendar",
    responses={200: {"description": "RFC 5545; for calendars to subscribe to.", "content": {"text/calendar": {}}}},
)
def get(
    secret: Annotated[str, Path(min_length=1, max_length=200)], conditions: Conditional,
    call: Annotated[Call, Depends(calling("feeds.get"))],
) -> Response:
    """What the person has been told: own visits and stand-by turns, nobody's phone number. 304 if nothing has changed."""
    with call.database.everyone("lookup", lang=call.lang) as session:
        found = feeds.find(session, secret)
    if found is None:
        raise NotFound([Fault(say("no-feed", call.lang), say("no-feed-advice", call.lang), code="no-feed")])
    body = feed_of(call.database, *found, lang=call.lang)
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    if conditions.knows(etag):
        return not_modified(etag)
    headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
    return Response(body, media_type="text/calendar; charset=utf-8", headers=headers)


def feed_url(request: Request, secret: str) -> str:
    """Where a calendar is to be subscribed to."""
    return f"{settings_of(request).base_url}/v1/feeds/{secret}.ics"


def _refuse_others(session: Any, call: Call, volunteer: str) -> None:
    """Raise ``NotFound`` for a person who is not the caller's own, or not of their team."""
    if call.breadth is Breadth.ALL:
        return
    is_own = call.breadth is Breadth.OWN and volunteer == call.caller.volunteer
    if not is_own and not (call.breadth is Breadth.TEAM and _is_of_team(session, call, volunteer)):
        raise facts.no_row(session, "volunteers", volunteer)


def _is_of_team(session: Any, call: Call, volunteer: str) -> bool:
    found = feeds.documents(session, "volunteers", [volunteer])
    return bool(found) and call.caller.team is not None and found[0].get("team") == call.caller.team


def _told(feed: Feed) -> dict[str, Any]:
    return {
        "id": feed.id, "volunteer": feed.volunteer, "created_at": feed.created_at.isoformat(), "created_by": feed.created_by,
    }

