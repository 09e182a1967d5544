"""Requests that are carried out once: ``Idempotency-Key`` (draft-ietf-httpapi-idempotency-key-header) on every POST."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import Depends, Header, Request, Response
from fastapi.responses import JSONResponse
from sqlalchemy.orm import Session

from matcher.api.problems import language_of, refusal
from matcher.store.idempotency import Answer, remember, remembered

HEADER = "Idempotency-Key"
_KEY = re.compile(r"[\x21-\x7e]{1,200}")


@dataclass(frozen=True, slots=True)
class Done:
    """What a request led to: a status, a JSON body, and headers such as Location."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


class Once:
    """Carries a request out, or repeats the answer it got the first time."""

    def __init__(
        self, request: Request, told: Annotated[
            str | None, Header(
                alias=HEADER, description="Your own name for this request: sent again, it is done once.",
                json_schema_extra={"pattern": "^[!-~]{1,200}$"},
            )
        ] = None,
    ) -> None:
        if told is not None and not _KEY.fullmatch(told):
            raise refusal(400, "bad-request", language_of(request), "bad-idempotency-key", at=(HEADER,))
        self._told, self._request = told, request

    def key_for(self, actor: str) -> str | None:
        """The key as it is kept; None without one. A key is the caller's own: two who choose the same do not meet."""
        return None if self._told is None else hashlib.sha256(f"{actor}\n{self._told}".encode()).hexdigest()

    @property
    def request(self) -> bytes:
        """What a repetition must equal."""
        return self._digested()

    def answer(self, session: Session, act: Callable[[], Done]) -> Response:
        """The response; what ``act`` changes and its answer are kept together, in the session's transaction.

        Raises ``Conflict`` if the key belongs to another request; whatever ``act`` raises keeps nothing.
        """
        key = self.key_for(session.info["actor"])
        if key is None:
            return response_of(act())
        request = self._digested()
        before = remembered(session, key, request)
        if before is not None:
            kept = Done(before.status, before.body["body"], before.body["headers"])
            return response_of(kept, repeated=True)
        done = act()
        remember(session, key, request, Answer(done.status, {"body": done.body, "headers": dict(done.headers)}))
        return response_of(done)

    def _digested(self) -> bytes:
        request = self._request
        body: bytes = request.state.body
        return f"{request.method} {request.url.path}?{request.url.query}\n".encode() + body


OnlyOnce = Annotated[Once, Depends()]


def response_of(done: Done, *, repeated: bool = False) -> Response:
    """The response of what was done; a repeated one says so."""
    headers = dict(done.headers) | ({"Idempotency-Replayed": "true"} if repeated else {})
    if done.body is None:
        return Response(status_code=done.status, headers=headers)
    return JSONResponse(done.body, done.status, headers)
