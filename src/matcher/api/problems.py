"""Everything that ends badly, as problem documents (RFC 9457), in the caller's language."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException
from starlette.routing import Match

from matcher.api.words import knows, say
from matcher.errors import BadInput, Contradiction, Fault, MatcherError
from matcher.exchange.faults import JsonPath, detail_faults
from matcher.service.accounts.auth import NotSignedIn, TooManyAttempts, WrongToken
from matcher.service.accounts.grants import BeyondYours
from matcher.store.facts import Conflict, NotFound
from matcher.store.troubles import StoreUnavailable

MEDIA_TYPE = "application/problem+json"
TYPE = "urn:matcher:problem:"
RETRY_SECONDS = 5
"""When to come back if the database is busy."""
_NOT_THERE = frozenset({"no-community", "no-district", "no-program", "no-row", "no-run", "no-roster", "no-schedule", "no-person"})
_TAKEN = frozenset({"taken", "bad-state", "not-a-draft", "has-facts"})


class Problem(MatcherError):
    """A request that ends with a problem document."""

    def __init__(
        self, status: int, code: str, faults: Sequence[Fault] = (), *, demands: Sequence[str] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.status, self.code = status, code
        self.faults, self.demands = tuple(faults), tuple(demands)
        self.headers = dict(headers or {})
        super().__init__("\n".join([code, *map(str, faults)]))


class FaultBody(BaseModel):
    """One thing that is wrong, where, and what to do about it."""

    model_config = ConfigDict(extra="forbid")

    message: str
    advice: str = ""
    code: str = ""
    where: str = ""
    sheet: str | None = None
    row: int | None = None
    column: str | None = None
    path: list[str | int] = []
    warning: bool = False


class ProblemBody(BaseModel):
    """A problem document (RFC 9457)."""

    model_config = ConfigDict(extra="forbid")

    type: str
    title: str
    status: int
    detail: str
    code: str
    faults: list[FaultBody] = []
    demands: list[str] = []
    request_id: str


def refusal(
    status: int, code: str, lang: str, sentence: str, /, *, at: tuple[str | int, ...] = (), **values: object
) -> Problem:
    """A problem of one sentence, with its advice if there is any."""
    advice = f"{sentence}-advice"
    fault = Fault(
        say(sentence, lang, **values), say(advice, lang, **values) if knows(advice) else "", path=at, code=sentence
    )
    return Problem(status, code, [fault])


def told_fault(fault: Fault) -> dict[str, Any]:
    """A fault as JSON."""
    return {
        "message": fault.message, "advice": fault.advice, "code": fault.code, "where": fault.where,
        "sheet": fault.sheet, "row": fault.row, "column": fault.column, "path": list(fault.path),
        "warning": fault.warning,
    }


def problem_of(error: Exception) -> Problem | None:
    """The problem an error of matcher's is; None for what is a bug."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, StoreUnavailable):
        return _unavailable(error)
    if isinstance(error, WrongToken):
        return Problem(403, "forbidden", error.faults)
    if isinstance(error, NotSignedIn):
        return Problem(401, "unauthenticated", error.faults, headers={"WWW-Authenticate": 'Bearer realm="matcher"'})
    if isinstance(error, TooManyAttempts):
        return Problem(429, "too-many-requests", error.faults, headers={"Retry-After": str(error.seconds)})
    if isinstance(error, BeyondYours):
        return Problem(403, "forbidden", error.faults)
    if isinstance(error, Contradiction):
        return Problem(409, "contradiction", [Fault(error.headline, code="contradiction")], demands=error.demands)
    if isinstance(error, BadInput):
        return Problem(*_kind(error), error.faults)
    return None


def _unavailable(error: StoreUnavailable) -> Problem:
    if error.code == "database-full":
        return Problem(507, "full", error.faults)
    headers = {"Retry-After": str(RETRY_SECONDS)} if error.transient else {}
    return Problem(503, "unavailable", error.faults, headers=headers)


def _kind(error: BadInput) -> tuple[int, str]:
    codes = {fault.code for fault in error.faults}
    if isinstance(error, NotFound) or (codes and codes <= _NOT_THERE):
        return 404, "not-found"
    if "key-reused" in codes:
        return 422, "key-reused"
    if "stale" in codes:
        return 412, "stale"
    if isinstance(error, Conflict) or (codes and codes <= _TAKEN):
        return 409, "conflict"
    return 422, "bad-input"


# ------------------------------------------------------------------------------------------------ responses


def language_of(request: Request) -> str:
    """The caller's language: ``zh`` or ``en``."""
    return str(getattr(request.state, "lang", "zh"))


def document_of(problem: Problem, lang: str, request_id: str) -> dict[str, Any]:
    """The problem document."""
    faults = problem.faults
    detail = faults[0].message if len(faults) == 1 else say("faults", lang, count=len(faults)) if faults else ""
    return {
        "type": TYPE + problem.code, "title": say(problem.code, lang) if knows(problem.code) else problem.code,
        "status": problem.status, "detail": detail or say("other", lang, status=problem.status), "code": problem.code,
        "faults": [told_fault(fault) for fault in faults], "demands": list(problem.demands), "request_id": request_id,
    }


def body_of(problem: Problem, lang: str, request_id: str) -> bytes:
    """The problem document as bytes."""
    return json.dumps(document_of(problem, lang, request_id), ensure_ascii=False).encode("utf-8", "replace")


def respond(request: Request, problem: Problem) -> Response:
    """The response that tells of a problem."""
    body = body_of(problem, language_of(request), str(getattr(request.state, "request_id", "")))
    return Response(body, problem.status, problem.headers, media_type=MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Turn everything a handler may raise into problem documents; bugs are caught further out, by the envelope."""
    app.add_exception_handler(MatcherError, _on_matcher_error)
    app.add_exception_handler(RequestValidationError, _on_bad_request)
    app.add_exception_handler(HTTPException, _on_http_error)


def _on_matcher_error(request: Request, error: Exception) -> Response:
    problem = problem_of(error)
    if problem is None:
        raise error
    return respond(request, problem)


def _on_bad_request(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    lang = language_of(request)
    details = list(error.errors())
    if any(_is_unread_body(detail) for detail in details):
        return respond(request, _not_json(request, lang))
    if any(tuple(detail["loc"]) == ("body",) and detail["type"] == "missing" for detail in details):
        return respond(request, refusal(422, "bad-input", lang, "no-body"))
    faults = detail_faults([detail | {"loc": _place(detail["loc"])} for detail in details], JsonPath(()), lang)
    return respond(request, Problem(422, "bad-input", faults))


def _is_unread_body(detail: Any) -> bool:
    """Whether a body was not even tried, because it did not say that it is JSON."""
    return tuple(detail["loc"]) == ("body",) and isinstance(detail.get("input"), bytes)


def _not_json(request: Request, lang: str) -> Problem:
    given = request.headers.get("content-type", "")
    return refusal(415, "unsupported-media-type", lang, "media", given=given[:80], known="application/json")


def _place(place: Sequence[str | int]) -> tuple[str | int, ...]:
    """Where in the body, or the name of a parameter."""
    return tuple(place[1:]) if len(place) > 1 and place[0] in ("body", "query", "path", "header", "cookie") else tuple(place)


def _on_http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    lang, path = language_of(request), request.url.path[:200]
    if error.status_code == 404:
        return respond(request, refusal(404, "not-found", lang, "no-route", path=path))
    if error.status_code == 405:
        allowed = ", ".join(_methods(request))
        problem = refusal(
            405, "method-not-allowed", lang, "no-method", path=path, method=request.method, allowed=allowed
        )
        problem.headers["Allow"] = allowed
        return respond(request, problem)
    problem = refusal(error.status_code, "bad-request", lang, "other", status=error.status_code)
    problem.headers.update(error.headers or {})
    return respond(request, problem)


def _methods(request: Request) -> list[str]:
    """What can be done at an address that does not know the request's method."""
    asked = {"type": "http", "path": request.url.path, "method": request.method, "root_path": "", "headers": []}
    found: set[str] = set()
    for router in request.app.state.routers:
        for route in router.routes:
            if isinstance(route, APIRoute) and route.matches(asked)[0] is not Match.NONE:
                found |= route.methods or set()
    return sorted(found or {"GET"})  # the app's own addresses, such as /openapi.json, are read only
