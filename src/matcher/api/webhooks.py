"""Webhooks over HTTP: who is told of what; what became of every delivery; dead ones sent again."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Depends, Path, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from matcher.api.callers import AT, Call, calling, settings_of
from matcher.api.conditional import Conditional, Conditions, not_modified
from matcher.api.once import Done, OnlyOnce
from matcher.api.paging import Page, Paged
from matcher.domain.base import YesNo
from matcher.service.webhooks.courier import SECONDS
from matcher.service.webhooks.receivers import check_url
from matcher.store import webhooks
from matcher.store.webhook_words import say
from matcher.store.webhooks import Delivery, Webhook

router = APIRouter(tags=["webhooks"])
ONE = f"{AT}/webhooks/{{webhook}}"
WebhookId = Annotated[str, Path(min_length=1, max_length=64, description="The webhook's id.")]
DeliveryId = Annotated[str, Path(min_length=1, max_length=64, description="The delivery's id.")]
State = Literal["waiting", "delivered", "dead"]
_EXAMPLE: dict[str, Any] = {
    "url": "https://app.example.org/matcher", "topics": ["roster.published", "claim.*"], "note": "惠民小程序", "active": True,
}


class WebhookAsked(BaseModel):
    """A webhook: an address, and the topics it hears."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_EXAMPLE]})

    url: Annotated[str, Field(min_length=1, max_length=2000)]
    """https, to a public address."""
    topics: Annotated[list[Annotated[str, Field(min_length=1, max_length=60)]], Field(min_length=1, max_length=50)]
    """Names, `run.*` for all of a kind, or `*`."""
    note: Annotated[str, Field(max_length=500)] = ""
    active: YesNo = True
    """While it is not, deliveries wait."""


class WebhookTold(WebhookAsked):
    """A webhook as it stands; its secret is not told again."""

    id: str
    failures: int
    """Deliveries that failed since the last that arrived."""
    resting_until: datetime | None
    """After a failure nothing is sent until then."""
    version: int
    created_at: datetime
    changed_at: datetime
    changed_by: str


class WebhookMade(WebhookTold):
    """A webhook with the secret that signs what is sent to it, told this once."""

    secret: str


class DeliveryTold(BaseModel):
    """One message for one webhook."""

    model_config = ConfigDict(extra="forbid")

    id: str
    """The `id` in what is sent, the same at every attempt."""
    webhook: str
    topic: str
    state: State
    attempts: int
    due_at: datetime | None
    """When it is tried next; null once it has ended."""
    status: int | None
    """What the receiver answered last."""
    reason: str
    """Why the last attempt failed, as a code; empty if it did not."""
    message: str
    """The same in words."""
    queued_at: datetime
    ended_at: datetime | None


class Revived(BaseModel):
    """How many dead deliveries are tried again."""

    model_config = ConfigDict(extra="forbid")

    revived: int


class Sent(BaseModel):
    """The delivery of a test message."""

    model_config = ConfigDict(extra="forbid")

    delivery: str


# ------------------------------------------------------------------------------------------------ webhooks


@router.get(
    f"{AT}/webhooks", operation_id="webhooks.list", response_model=None, summary="The webhooks of a community",
    responses={200: {"model": Page[WebhookTold], "description": "A page."}},
)
def list_(response: Response, paging: Paged, call: Annotated[Call, Depends(calling("webhooks.list"))]) -> Any:
    """The oldest first, without their secrets."""
    with call.reading() as session:
        found = webhooks.page(session, after=paging.after, limit=paging.limit + 1)
    return paging.page(response, found, lambda one: one.number, told)


@router.post(
    f"{AT}/webhooks", operation_id="webhooks.create", response_model=None, status_code=201, summary="Make a webhook",
    responses={201: {"model": WebhookMade, "description": "Made; the secret is told this once."}},
)
def create(
    asked: Annotated[WebhookAsked, Body()], request: Request, call: Annotated[Call, Depends(calling("webhooks.create"))]
) -> Response:
    """The answer is the only place where the secret stands, so no retry can repeat it: if it got lost, renew the secret.

    What is sent is signed: `Matcher-Signature: t=<seconds>,v1=<HMAC-SHA256 of time, dot and body>`. Answer 2xx within ten
    seconds. Whatever else happens, it is sent again, ten times in all, each time twice as late.
    """
    _check(request, asked, call)
    with call.writing() as session:
        made, secret = webhooks.create(session, asked.url, asked.topics, note_=asked.note, active=asked.active)
    headers = {"ETag": made.etag, "Location": f"{request.url.path}/{made.id}"}
    return JSONResponse(told(made) | {"secret": secret}, 201, headers)


@router.get(
    ONE, operation_id="webhooks.get", response_model=None, summary="One webhook",
    responses={200: {"model": WebhookTold, "description": "The webhook."}},
)
def get(
    webhook: WebhookId, conditions: Conditional, call: Annotated[Call, Depends(calling("webhooks.get"))]
) -> Response:
    """As it stands, without its secret, with the ETag a change must name."""
    with call.reading() as session:
        found = webhooks.get(session, webhook)
    if conditions.knows(found.etag):
        return not_modified(found.etag)
    return JSONResponse(told(found), headers={"ETag": found.etag})


@router.put(
    ONE, operation_id="webhooks.put", response_model=None, summary="Change a webhook",
    responses={200: {"model": WebhookTold, "description": "Changed."}},
)
def put(
    webhook: WebhookId, asked: Annotated[WebhookAsked, Body()], request: Request, conditions: Conditional,
    call: Annotated[Call, Depends(calling("webhooks.put"))],
) -> Response:
    """Its address, topics, and whether it is active. A rest after failures is over."""
    _check(request, asked, call)
    with call.writing() as session:
        expected = _expected(session, conditions, webhook)
        done = webhooks.change(
            session, webhook, asked.url, asked.topics, note_=asked.note, active=asked.active, expected=expected
        )
    return JSONResponse(told(done), headers={"ETag": done.etag})


@router.delete(ONE, operation_id="webhooks.delete", status_code=204, response_model=None, summary="Take a webhook away")
def delete(
    webhook: WebhookId, conditions: Conditional, call: Annotated[Call, Depends(calling("webhooks.delete"))]
) -> Response:
    """With all its deliveries."""
    with call.writing() as session:
        webhooks.remove(session, webhook, expected=_expected(session, conditions, webhook))
    return Response(status_code=204)


@router.post(
    f"{ONE}/secret", operation_id="webhooks.secret", response_model=WebhookMade, summary="Renew a webhook's secret"
)
def renew(webhook: WebhookId, call: Annotated[Call, Depends(calling("webhooks.secret"))]) -> dict[str, Any]:
    """A new secret, told this once. For a day the one before signs too, so that the receiver can be changed in peace."""
    with call.writing() as session:
        found, secret = webhooks.renew_secret(session, webhook)
    return told(found) | {"secret": secret}


@router.post(
    f"{ONE}/test", operation_id="webhooks.test", response_model=None, status_code=202, summary="Try a webhook out",
    responses={202: {"model": Sent, "description": "On its way."}},
)
def test(webhook: WebhookId, once: OnlyOnce, call: Annotated[Call, Depends(calling("webhooks.test"))]) -> Response:
    """Send it a message of the topic `webhook.test`; what becomes of it is told as of any delivery."""
    with call.writing() as session:
        return once.answer(session, lambda: Done(202, {"delivery": webhooks.send_test(session, webhook)}))


@router.post(
    f"{ONE}/revive", operation_id="webhooks.revive", response_model=None, summary="Send all dead deliveries again",
    responses={200: {"model": Revived, "description": "How many."}},
)
def revive_all(webhook: WebhookId, once: OnlyOnce, call: Annotated[Call, Depends(calling("webhooks.revive"))]) -> Response:
    """From the start: ten attempts each."""
    with call.writing() as session:
        return once.answer(session, lambda: Done(200, {"revived": webhooks.revive_all(session, webhook)}))


# ---------------------------------------------------------------------------------------------- deliveries


@router.get(
    f"{AT}/deliveries", operation_id="deliveries.list", response_model=None, summary="What became of what was sent",
    responses={200: {"model": Page[DeliveryTold], "description": "A page, the newest first."}},
)
def list_deliveries(
    response: Response, paging: Paged, call: Annotated[Call, Depends(calling("deliveries.list"))],
    webhook: Annotated[str | None, Query(max_length=64, description="Of one webhook.")] = None,
    state: Annotated[State | None, Query(description="`dead` ones were given up.")] = None,
) -> Any:
    """The newest first; delivered ones are kept for thirty days."""
    with call.reading() as session:
        found = webhooks.deliveries(
            session, webhook=webhook, state=state, before=paging.after or None, limit=paging.limit + 1
        )
    return paging.page(response, found, lambda one: one.number, lambda one: told_delivery(one, call.lang))


@router.get(
    f"{AT}/deliveries/{{delivery}}", operation_id="deliveries.get", response_model=DeliveryTold, summary="One delivery"
)
def get_delivery(delivery: DeliveryId, call: Annotated[Call, Depends(calling("deliveries.get"))]) -> dict[str, Any]:
    """How it stands."""
    with call.reading() as session:
        return told_delivery(webhooks.delivery(session, delivery), call.lang)


@router.post(
    f"{AT}/deliveries/{{delivery}}/revive", operation_id="deliveries.revive", response_model=None,
    summary="Send a dead delivery again", responses={200: {"model": DeliveryTold, "description": "It waits again."}},
)
def revive(delivery: DeliveryId, once: OnlyOnce, call: Annotated[Call, Depends(calling("deliveries.revive"))]) -> Response:
    """From the start: ten attempts."""
    with call.writing() as session:
        return once.answer(session, lambda: Done(200, told_delivery(webhooks.revive(session, delivery), call.lang)))


# ------------------------------------------------------------------------------------------------- helpers


def _check(request: Request, asked: WebhookAsked, call: Call) -> None:
    check_url(asked.url, call.lang, private=settings_of(request).webhooks_to_private_addresses)


def _expected(session: Session, conditions: Conditions, key: str) -> int | None:
    found = webhooks.get(session, key)
    return conditions.expected(found, key)


def told(hook: Webhook) -> dict[str, Any]:
    """A webhook as JSON."""
    return {
        "id": hook.id, "url": hook.url, "topics": list(hook.topics), "note": hook.note, "active": hook.active,
        "failures": hook.failures, "resting_until": _moment(hook.resting_until), "version": hook.version,
        "created_at": _moment(hook.created_at), "changed_at": _moment(hook.changed_at), "changed_by": hook.changed_by,
    }


def told_delivery(one: Delivery, lang: str) -> dict[str, Any]:
    """A delivery as JSON, with the reason in words."""
    message = say(one.reason, lang, status=one.status, seconds=round(SECONDS)) if one.reason else ""
    return {
        "id": one.id, "webhook": one.webhook, "topic": one.topic, "state": one.state, "attempts": one.attempts,
        "due_at": _moment(one.due_at) if one.state == "waiting" else None, "status": one.status, "reason": one.reason or "",
        "message": message, "queued_at": _moment(one.queued_at), "ended_at": _moment(one.ended_at),
    }


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment is not None else None
