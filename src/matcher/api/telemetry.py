"""Around every request, outermost: its number for all that is logged meanwhile, a line when it has been answered, and its count."""

from __future__ import annotations

import time

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from matcher.api.envelope import request_id_of
from matcher.service import logs
from matcher.service.metrics import Metrics

NOWHERE = "none"
"""The operation of requests no route knows, or that did not come so far."""
_QUIET = frozenset({"health.get", "ready.get", "metrics.get"})
_BROKEN_OFF = 499
"""Counted where the caller went away before there was an answer."""


class Telemetry:
    """ASGI middleware. The address is logged as its operation's name: paths hold ids, and links hold secrets."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics) -> None:
        self.app, self.metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began, status, answered = time.perf_counter(), 0, 0.0
        state = scope.setdefault("state", {})
        state["request_id"] = request_id_of(Headers(scope=scope))

        async def sending(message: Message) -> None:
            nonlocal status, answered
            if message["type"] == "http.response.start":
                status, answered = message["status"], time.perf_counter() - began
                headers = MutableHeaders(scope=message)
                for name, value in state.get("rate_limit", {}).items():
                    headers[name] = value
            await send(message)

        with logs.about(request=state["request_id"]):
            try:
                await self.app(scope, receive, sending)
            finally:
                self._tell(scope, status or _BROKEN_OFF, answered or time.perf_counter() - began, began)

    def _tell(self, scope: Scope, status: int, answered: float, began: float) -> None:
        operation = getattr(scope.get("route"), "operation_id", None) or NOWHERE
        self.metrics.answered(operation, status, answered)
        if operation in _QUIET and status < 400:
            return
        caller = scope["state"].get("caller")
        logs.tell(
            "request", logger="matcher.requests", operation=operation, method=scope["method"], status=status,
            role=str(caller.role) if caller is not None else None, ms=round(1000 * answered, 1),
            total_ms=round(1000 * (time.perf_counter() - began), 1),
        )
