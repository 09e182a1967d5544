"""What ends badly, as pages: the API's words, and a way on."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from matcher.api.problems import MEDIA_TYPE, document_of, language_of, problem_of
from matcher.board.inside import Refused
from matcher.board.pages import is_part, page_of, render
from matcher.board.phones import show
from matcher.board.texts import say
from matcher.errors import MatcherError

LOGIN = "/board/login"


class AsPages:
    """ASGI middleware around the envelope: what that refuses, or where we fail, is a page and not a program's document."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        start: Message = {}
        parts: list[bytes] = []

        async def sending(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start" and Headers(raw=message["headers"]).get("content-type") == MEDIA_TYPE:
                start = message
            elif not start:
                await send(message)
            else:
                parts.append(message.get("body", b""))

        await self.app(scope, receive, sending)
        if start:
            await _as_page(Request(scope), start, b"".join(parts), receive, send)


async def _as_page(request: Request, start: Message, body: bytes, receive: Receive, send: Send) -> None:
    page = told(request, start["status"], json.loads(body))
    for name, value in Headers(raw=start["headers"]).items():
        if name not in ("content-type", "content-length"):
            page.headers.setdefault(name, value)
    await page(request.scope, receive, send)


def install(app: FastAPI) -> None:
    """Turn everything a page may raise into pages."""
    app.add_exception_handler(Refused, _on_refused)
    app.add_exception_handler(MatcherError, _on_error)
    app.add_exception_handler(RequestValidationError, _on_nowhere)
    app.add_exception_handler(HTTPException, _on_nowhere)


def told(request: Request, status: int, problem: dict[str, Any]) -> Response:
    """A problem as a page; as a part of one for a script, which shows it as a notice."""
    problem = {"title": "", "detail": "", "code": "other", "faults": [], "demands": [], "request_id": ""} | problem
    if status >= 500 and request.url.path.startswith("/p/"):
        return show(request, "phone/gone.html", status, here_at=request.url.path, reason="trouble")
    name = "parts/problem.html" if is_part(request) else "problem.html"
    return render(request, name, status, problem=problem, status=status)


def _on_refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    if error.status == 401:
        return _to_login(request)
    return told(request, error.status, error.problem)


def _to_login(request: Request) -> Response:
    address = f"{LOGIN}?next={quote(page_of(request))}"
    if is_part(request):
        return Response(status_code=204, headers={"HX-Redirect": address})
    return Response(status_code=303, headers={"Location": address})


def _on_error(request: Request, error: Exception) -> Response:
    problem = problem_of(error)
    if problem is None:
        raise error
    number = str(getattr(request.state, "request_id", ""))
    return told(request, problem.status, document_of(problem, language_of(request), number))


def _on_nowhere(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 422
    lang = language_of(request)
    fault = {"message": say("error.not-there", lang), "advice": say("error.not-there-advice", lang)}
    return told(request, status, {"title": say("error.not-there", lang), "faults": [fault]})
