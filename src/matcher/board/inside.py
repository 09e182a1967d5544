"""The API, asked from within: a page can do what its caller could do over HTTP, and nothing else.

Rights, limits, faults, audit and wording are the API's. What it refuses is raised as ``Refused`` and ends in a page
(``board.errors``), unless the page has something better to say.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx
from fastapi import Request
from starlette.datastructures import FormData, Headers

from matcher.api.addresses import address_of
from matcher.api.problems import language_of
from matcher.api.signing import CSRF_HEADER
from matcher.board.texts import knows, say
from matcher.errors import MatcherError
from matcher.service.accounts.auth import CSRF_COOKIE

PAGE = 200
"""Rows to a page when all are wanted."""
_ALONG = ("cookie", "accept-language", "user-agent", "last-event-id", "authorization")
_CSRF_COOKIES = (f"__Host-{CSRF_COOKIE}", CSRF_COOKIE)
_TRANSIENT = frozenset({"csrf", "once"})


class Refused(MatcherError):
    """The API said no: its status and its problem document."""

    def __init__(self, status: int, problem: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> None:
        self.status, self.problem, self.headers = status, dict(problem), dict(headers or {})
        super().__init__(str(self.problem.get("code", status)))

    @property
    def code(self) -> str:
        """The problem's code."""
        return str(self.problem.get("code", ""))

    @property
    def faults(self) -> list[dict[str, Any]]:
        """Its faults: ``message``, ``advice``, ``code``, ``sheet``, ``row``, ``column``."""
        return list(self.problem.get("faults", []))


@dataclass(frozen=True, slots=True)
class Answer:
    """What the API said, if it said yes."""

    status: int
    headers: Headers
    body: bytes

    @property
    def json(self) -> Any:
        """The body, read; None without one."""
        return httpx.Response(self.status, content=self.body).json() if self.body else None

    @property
    def etag(self) -> str | None:
        """The version of what was told, for ``if_match``."""
        return self.headers.get("etag")


class Inside:
    """The API for one request of a page."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self._csrf: str | None = request.headers.get(CSRF_HEADER)
        self._once: str | None = request.headers.get("Idempotency-Key")
        self._app = request.app.state.api

    async def form(self) -> FormData:
        """The form a page sends. Its ``csrf`` and ``once`` go along with what is asked of the API from now on."""
        form = await self.request.form(max_files=5, max_fields=5000)
        self._csrf = self._csrf or _text(form.get("csrf"))
        self._once = self._once or _text(form.get("once"))
        return FormData([(name, value) for name, value in form.multi_items() if name not in _TRANSIENT])

    async def get(self, path: str, /, **params: Any) -> Any:
        """What there is, as JSON. Raises ``Refused``."""
        return (await self.ask("GET", path, params=params)).json

    async def every(self, path: str, /, **params: Any) -> list[Any]:
        """All rows of a list, over all its pages. Raises ``Refused``."""
        rows: list[Any] = []
        after: str | None = None
        while True:
            page = await self.get(path, limit=PAGE, cursor=after, **params)
            rows += page["items"]
            after = page.get("next")
            if after is None:
                return rows

    async def post(self, path: str, json: Any = None, /, **how: Any) -> Any:
        """Have something done; the answer as JSON. Raises ``Refused``."""
        return (await self.ask("POST", path, json=json, **how)).json

    async def question(self, path: str, json: Any, /) -> Any:
        """The answer to a question that changes nothing and is a POST for its size only: explain, suggest, compare.

        A page that is only looked at may ask it, so the session's token is taken from its cookie. Raises ``Refused``.
        """
        token = next((value for name in _CSRF_COOKIES if (value := self.request.cookies.get(name))), "")
        return (await self.ask("POST", path, json=json, headers={CSRF_HEADER.lower(): token})).json

    async def ask(
        self, method: str, path: str, *, params: Mapping[str, Any] | None = None, json: Any = None,
        content: bytes | None = None, headers: Mapping[str, str] | None = None, if_match: str | None = None,
        once: str | None = None,
    ) -> Answer:
        """Any request. ``once``: its Idempotency-Key, where one page asks for several things; else the form's own.

        Raises ``Refused`` for what the API refuses.
        """
        sent = {name: value for name in _ALONG if (value := self.request.headers.get(name)) is not None}
        sent["x-request-id"] = f"{getattr(self.request.state, 'request_id', uuid.uuid4().hex)}"
        if method != "GET":
            sent |= {CSRF_HEADER.lower(): self._csrf or "", "idempotency-key": once or self._once or uuid.uuid4().hex}
        if if_match is not None:
            sent["if-match"] = if_match
        sent |= dict(headers or {})
        told = {name: value for name, value in (params or {}).items() if value is not None}
        transport = httpx.ASGITransport(self._app, client=(address_of(self.request), 0))
        base = str(self.request.app.state.settings.base_url)
        async with httpx.AsyncClient(transport=transport, base_url=base, trust_env=False) as client:
            plain = {name.encode(): value.encode("latin-1", "replace") for name, value in sent.items()}
            found = await client.request(method, path, params=told, json=json, content=content, headers=plain)
        if found.status_code >= 400:
            raise Refused(found.status_code, at_a_desk(_problem(found), language_of(self.request)), dict(found.headers))
        return Answer(found.status_code, Headers(raw=found.headers.raw), found.content)


def at_a_desk(problem: Mapping[str, Any], lang: str) -> dict[str, Any]:
    """A problem with its faults in words for people, where the API's are for programs: for who may not, and for a stale page."""
    faults = [
        fault | {"message": say(own, lang), "advice": say(f"{own}-advice", lang)} if knows(own := f"trouble.{fault.get('code')}") else fault
        for fault in problem.get("faults", ())
    ]
    return {**problem, "faults": faults}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _problem(found: httpx.Response) -> dict[str, Any]:
    try:
        told = found.json()
    except ValueError:
        return {"title": str(found.status_code), "code": "other", "faults": []}
    return told if isinstance(told, dict) else {"code": "other", "faults": []}
