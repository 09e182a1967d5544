"""Around every request: its number and language, its limits, the security headers, and what happens when we fail."""

from __future__ import annotations

import asyncio
import logging
import re
import uuid
from collections.abc import Mapping

from anyio import to_thread
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from matcher.api.limits import INLINE_BYTES, is_json, refuse_bad_json
from matcher.api.problems import MEDIA_TYPE, Problem, body_of, refusal
from matcher.api.settings import ServerSettings
from matcher.api.words import say
from matcher.errors import Fault
from matcher.service.logs import place_of

logger = logging.getLogger("matcher.api")

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Resource-Policy": "same-origin",
    # Nearly every answer holds personal data; what does not may say otherwise.
    "Cache-Control": "no-store",
}


class Envelope:
    """ASGI middleware, the outermost. Leaves in ``request.state``: ``request_id``, ``lang`` and the ``body`` as bytes."""

    def __init__(self, app: ASGIApp, *, settings: ServerSettings) -> None:
        self.app, self.settings = app, settings
        self.headers = dict(_HEADERS)
        if settings.is_https:
            self.headers["Strict-Transport-Security"] = "max-age=31536000"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        state = scope.setdefault("state", {})
        request_id = state.get("request_id") or request_id_of(headers)
        lang = language_of(headers.get("accept-language", ""))
        state.update(request_id=request_id, lang=lang, body=b"")
        begun = False

        async def sending(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                self._sign(MutableHeaders(scope=message), request_id, lang)
            await send(message)

        try:
            state["body"] = await self._body(scope, headers, receive, lang)
            await self.app(scope, _again(state["body"], receive), sending)
        except _Gone:
            return
        except Problem as problem:
            await _send(sending, problem, lang, request_id)
        except Exception as error:
            # The sentence of an exception may hold somebody's data: its kind and its place are enough to find it.
            logger.error("bug %s in %s: %s", type(error).__name__, request_id, place_of(error))
            if begun:
                raise
            await _send(sending, bug(lang, request_id), lang, request_id)

    def _sign(self, headers: MutableHeaders, request_id: str, lang: str) -> None:
        headers["X-Request-Id"] = request_id
        headers.setdefault("Content-Language", lang)
        headers.add_vary_header("Accept-Language")
        for name, value in self.headers.items():
            headers.setdefault(name, value)

    async def _body(self, scope: Scope, headers: Headers, receive: Receive, lang: str) -> bytes:
        """The whole body; raises ``Problem`` for what nobody should have to read."""
        if "\0" in scope["path"] or "%00" in scope.get("query_string", b"").decode("latin-1"):
            raise refusal(400, "bad-request", lang, "zero", name=say("the-address", lang))
        packed = headers.get("content-encoding", "identity").strip().lower()
        if packed not in ("", "identity"):
            raise refusal(415, "unsupported-media-type", lang, "encoded", given=packed[:40])
        most = self.settings.max_body_mb * 2**20
        told = headers.get("content-length", "")
        if told.isdigit() and (len(told) > 15 or int(told) > most):
            raise self._too_large(lang)
        try:
            body = await asyncio.wait_for(_collected(receive, most), self.settings.body_seconds)
        except TimeoutError as error:
            raise refusal(408, "body-too-slow", lang, "too-slow", seconds=self.settings.body_seconds) from error
        if body is None:
            raise self._too_large(lang)
        if body and is_json(headers.get("content-type", "")):
            await self._judge(body, lang)
        return body

    def _too_large(self, lang: str) -> Problem:
        problem = refusal(413, "body-too-large", lang, "too-large", most=self.settings.max_body_mb)
        problem.headers["Connection"] = "close"  # nobody will read the rest
        return problem

    async def _judge(self, body: bytes, lang: str) -> None:
        depth = self.settings.max_json_depth
        if len(body) <= INLINE_BYTES:
            refuse_bad_json(body, lang, most_depth=depth)
        else:
            await to_thread.run_sync(lambda: refuse_bad_json(body, lang, most_depth=depth))


class _Gone(Exception):
    """The caller went away before the request was whole."""


async def _collected(receive: Receive, most: int) -> bytes | None:
    """The body; None if it is larger than ``most`` bytes."""
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _Gone
        part = message.get("body", b"")
        size += len(part)
        if size > most:
            return None
        parts.append(part)
        if not message.get("more_body", False):
            return b"".join(parts)


def _again(body: bytes, receive: Receive) -> Receive:
    """A ``receive`` that hands out the body once more, then what else comes."""
    read = False

    async def receiving() -> Message:
        nonlocal read
        if read:
            return await receive()
        read = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receiving


async def _send(send: Send, problem: Problem, lang: str, request_id: str) -> None:
    body = body_of(problem, lang, request_id)
    headers = {"content-type": MEDIA_TYPE, "content-length": str(len(body)), **problem.headers}
    raw = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": problem.status, "headers": raw})
    await send({"type": "http.response.body", "body": body})


def bug(lang: str, request_id: str) -> Problem:
    """The problem of a fault of ours: nothing but its number."""
    fault = Fault(say("bug-detail", lang), say("bug-advice", lang, request=request_id), code="bug")
    return Problem(500, "bug", [fault])


def request_id_of(headers: Mapping[str, str]) -> str:
    """The number the caller gave the request, if it is a plain one, else a new one."""
    told = headers.get("x-request-id", "")
    return told if _REQUEST_ID.fullmatch(told) else uuid.uuid4().hex


def language_of(accepted: str) -> str:
    """Chinese or English, whichever the caller likes better (RFC 9110, 12.5.4); Chinese if neither is named.

    >>> language_of("fr, en;q=0.8, zh;q=0.5"), language_of("")
    ('en', 'zh')
    """
    liked = {"zh": -1.0, "en": -1.0}
    for part in accepted.split(",")[:20]:
        tag, _, rest = part.strip().partition(";")
        name = tag.strip().lower().partition("-")[0]
        if name in liked:
            liked[name] = max(liked[name], _quality(rest))
    return "en" if liked["en"] > max(liked["zh"], 0.0) else "zh"


def _quality(told: str) -> float:
    found = re.fullmatch(r"\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*", told)
    return float(found[1]) if found else 0.0 if told.strip() else 1.0
