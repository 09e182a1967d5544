"""What happens in a plan, as it happens: server-sent events (WHATWG HTML, 9.2), to be resumed where they broke off."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.responses import StreamingResponse

from matcher.api.callers import Call, calling
from matcher.api.plan_bodies import PlanKey
from matcher.api.plans import scope_of_plan
from matcher.api.problems import refusal
from matcher.service.accounts.access import Breadth
from matcher.service.solving.progress import ProgressHub
from matcher.store.runs import ProgressEvent

router = APIRouter(tags=["plans"])

HEARTBEAT_SECONDS = 15.0
"""A comment after so much silence, so that no proxy takes the stream for dead."""
_RETRY_MS = 2000
_LARGEST = 2**53


@dataclass(frozen=True, slots=True)
class _Listening:
    """Who may listen to which plan, and from where on."""

    hub: ProgressHub
    plan: str
    after: int
    masked: bool


def _listening(
    plan: PlanKey, request: Request, call: Annotated[Call, Depends(calling("plans.events"))],
    after: Annotated[int, Query(ge=0, le=_LARGEST, description="Events up to this one are known.")] = 0,
    last_event_id: Annotated[str | None, Header(
        description="The id of the last event that arrived.", json_schema_extra={"pattern": "^[0-9]{1,15}$"}
    )] = None,
) -> _Listening:
    scope_of_plan(call, plan)
    if last_event_id is not None:
        if not (last_event_id.isascii() and last_event_id.isdigit() and len(last_event_id) < 16):
            raise refusal(400, "bad-request", call.lang, "bad-cursor", given=last_event_id[:40])
        after = int(last_event_id)
    return _Listening(hub_of(request, call), plan, after, call.breadth is Breadth.MASKED)


def hub_of(request: Request, call: Call) -> ProgressHub:
    """The app's one look at what happens, for everybody who listens."""
    state = request.app.state
    found: ProgressHub | None = getattr(state, "progress", None)
    if found is None:
        found = state.progress = ProgressHub(call.database, lambda: bool(getattr(state, "is_closing", bool)()))
    return found


@router.get(
    "/v1/plans/{plan}/events", operation_id="plans.events", response_model=None,
    responses={200: {"description": "A stream of events; `id` counts from 1.", "content": {"text/event-stream": {}}}},
    summary="What happens in a plan, as it happens",
)
async def events(listening: Annotated[_Listening, Depends(_listening)]) -> StreamingResponse:
    """Every event with its number as `id`; after a break, `Last-Event-ID` (or `after`) goes on behind it.

    The stream ends behind the event `ended`, and when the server does: come again then. A comment comes every 15 quiet seconds.
    """
    return StreamingResponse(
        _stream(listening), media_type="text/event-stream", headers={"X-Accel-Buffering": "no"}
    )


async def _stream(listening: _Listening) -> AsyncIterator[bytes]:
    yield f"retry: {_RETRY_MS}\n\n".encode()
    async for event in listening.hub.listen(listening.plan, after=listening.after, heartbeat=HEARTBEAT_SECONDS):
        yield b": still here\n\n" if event is None else _event(event, masked=listening.masked)


def _event(event: ProgressEvent, *, masked: bool) -> bytes:
    """An event as it goes over the wire; masked, without warnings, which may quote names."""
    shown = {name: value for name, value in event.event.items() if not (masked and name == "warnings")}
    told: dict[str, Any] = {"sequence": event.sequence, "at": event.at.isoformat(), **shown}
    data = json.dumps(told, ensure_ascii=False)
    return f"id: {event.sequence}\nevent: {event.event['kind']}\ndata: {data}\n\n".encode()
