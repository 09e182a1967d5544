"""What ends badly, as pages: the API's words, and a way on."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from matcher.api.problems import document_of, language_of, problem_of
from matcher.board.inside import Refused
from matcher.board.pages import is_part, render
from matcher.board.texts import say
from matcher.errors import MatcherError

LOGIN = "/board/login"


def install(app: FastAPI) -> None:
    """Turn everything a page may raise into pages."""
    app.add_exception_handler(Refused, _on_refused)
    app.add_exception_handler(MatcherError, _on_error)
    app.add_exception_handler(RequestValidationError, _on_nowhere)
    app.add_exception_handler(HTTPException, _on_nowhere)


def told(request: Request, status: int, problem: dict[str, Any]) -> Response:
    """A problem as a page; as a part of one for a script, which shows it as a notice."""
    problem = {"title": "", "detail": "", "code": "other", "faults": [], "demands": [], "request_id": ""} | problem
    name = "parts/problem.html" if is_part(request) else "problem.html"
    return render(request, name, status, problem=problem, status=status)


def _on_refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    if error.status == 401:
        return _to_login(request)
    return told(request, error.status, error.problem)


def _to_login(request: Request) -> Response:
    back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    address = f"{LOGIN}?next={quote(back)}" if request.method == "GET" and not is_part(request) else LOGIN
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
