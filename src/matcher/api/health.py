"""Is it alive, is it ready, and what does it count: for balancers and those who watch."""

from __future__ import annotations

import hmac
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict

from matcher.api.addresses import is_among
from matcher.api.callers import Call, calling, settings_of
from matcher.api.problems import refusal
from matcher.service.health import Health
from matcher.service.metrics import CONTENT_TYPE, Metrics

router = APIRouter(tags=["operation"])
_LOOPBACK = ("127.0.0.0/8", "::1/128")


class Alive(BaseModel):
    """The process answers."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"status": "alive"}]})

    status: Literal["alive"] = "alive"


class Ready(BaseModel):
    """What a server needs, and whether it has it."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"status": "ready", "database": "ok", "version": "0007", "workers": 1, "slots": 2, "disk": "ok",
                 "free_mb": 81234, "encryption": "on"}
            ]
        },
    )

    status: Literal["ready", "not-ready"]
    database: str
    """``ok``, or what is wrong: database-gone, database-locked, database-older, database-newer, …"""
    version: str | None
    """The version of the tables; null unless it is this program's."""
    workers: int
    """Workers that gave a sign of life within a minute. With none, runs wait; all else works."""
    slots: int
    disk: Literal["ok", "full", "unknown"]
    free_mb: int | None
    encryption: Literal["on", "off", "partly"]
    """``partly``: what is older than the key is not encrypted yet."""


@router.get("/healthz", operation_id="health.get", summary="Is it alive")
def health(call: Annotated[Call, Depends(calling("health.get"))]) -> Alive:
    """The process answers; says nothing about the database."""
    return Alive()


@router.get(
    "/readyz", operation_id="ready.get", summary="Is it ready",
    responses={503: {"model": Ready, "description": "Send requests elsewhere for now."}},
)
def ready(request: Request, response: Response, call: Annotated[Call, Depends(calling("ready.get"))]) -> Ready:
    """The database answers and is of the right version, and there is room on the disk. 503 otherwise."""
    health: Health = request.app.state.health
    found = health.readiness()
    if not found.is_ready:
        response.status_code = 503
    return Ready(
        status="ready" if found.is_ready else "not-ready", database=found.trouble or "ok", version=found.revision,
        workers=found.workers, slots=found.slots, free_mb=found.free_mb, encryption=found.encryption,
        disk="unknown" if found.free_mb is None else "ok" if found.has_room else "full",
    )


@router.get(
    "/metrics", operation_id="metrics.get", summary="What it counts, for Prometheus", response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}, "description": "Prometheus's text format."}},
)
def metrics(request: Request, call: Annotated[Call, Depends(calling("metrics.get"))]) -> Response:
    """Counts and latencies, without ids or names. From this machine itself, or with the token of ``MATCHER_METRICS_TOKEN``."""
    if not _may_watch(request):
        raise refusal(403, "forbidden", call.lang, "no-metrics")
    counted: Metrics = request.app.state.metrics
    return Response(counted.text(), headers={"Content-Type": CONTENT_TYPE})


def _may_watch(request: Request) -> bool:
    token = settings_of(request).metrics_token
    if token is not None:
        told = request.headers.get("authorization", "").removeprefix("Bearer ")
        return hmac.compare_digest(told.encode(), token.encode())
    # What a proxy on this machine passes on comes from elsewhere.
    is_passed_on = "x-forwarded-for" in request.headers or "forwarded" in request.headers
    return request.client is not None and is_among(request.client.host, _LOOPBACK) and not is_passed_on
