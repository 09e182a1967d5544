"""Requests that arrive: tried again when the line breaks or the server is busy, and never done twice."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from matcher.client.errors import ServerUnavailable, error_of
from matcher.client.words import say
from matcher.errors import BadInput, Fault

if TYPE_CHECKING:
    import httpx

_LATER = frozenset({429, 502, 503, 504})
"""Refused for now, and nothing done."""
_LONGEST_PAUSE = 30.0
_QUIET_SECONDS = 60.0
"""A stream says something every 15 seconds."""


class Wire:
    """A connection to one server, in one language, with one key."""

    def __init__(
        self, url: str, key: str | None, *, lang: str, timeout: float, tries: int,
        transport: httpx.BaseTransport | None, pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self.lang, self.url = lang, url.rstrip("/")
        self._httpx = _library(lang)
        if not self.url.startswith(("http://", "https://")):
            raise BadInput(say("bad-url", lang, url=url), say("bad-url-advice", lang))
        self._tries, self._timeout, self._pause = tries, timeout, pause
        headers = {"Accept-Language": lang} | ({"Authorization": f"Bearer {key}"} if key else {})
        try:
            self._client = self._httpx.Client(headers=headers, timeout=timeout, transport=transport)
        except (ValueError, self._httpx.InvalidURL) as error:
            raise BadInput(say("bad-url", lang, url=url), say("bad-url-advice", lang)) from error

    def close(self) -> None:
        """End the connections."""
        self._client.close()

    def send(
        self, method: str, path: str, *, json: Any = None, content: bytes | None = None,
        params: Mapping[str, Any] | None = None, headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """The answer; a POST carries an ``Idempotency-Key``, the same at every try.

        Raises what the problem document stands for (``client.errors``), ``ServerUnavailable`` when all tries are over.
        """
        told = dict(headers or {})
        if method == "POST":
            told.setdefault("Idempotency-Key", uuid4().hex)
        known = {name: value for name, value in (params or {}).items() if value is not None}
        for attempt in range(1, self._tries + 1):
            is_last = attempt == self._tries
            try:
                answer = self._client.request(
                    method, self.url + path, json=json, content=content, params=known or None, headers=told
                )
            except self._httpx.TransportError as error:
                if is_last or not self._may_be_repeated(method, told, error):
                    raise self.unreachable(error) from error
                self._wait(attempt, None)
                continue
            except self._httpx.InvalidURL as error:
                raise BadInput(say("bad-url", self.lang, url=self.url), say("bad-url-advice", self.lang)) from error
            if answer.status_code in _LATER and not is_last:
                self._wait(attempt, answer.headers.get("Retry-After"))
                continue
            return self._checked(answer)
        raise AssertionError("the last try returns or raises")

    @contextmanager
    def lines(self, path: str, headers: Mapping[str, str]) -> Iterator[Iterator[str]]:
        """The lines of a stream, as they come; raises ``httpx.TransportError`` when it breaks off, else as ``send``."""
        patient = self._httpx.Timeout(self._timeout, read=_QUIET_SECONDS)
        with self._client.stream("GET", self.url + path, headers=dict(headers), timeout=patient) as answer:
            if answer.status_code >= 400:
                answer.read()
            self._checked(answer)
            yield answer.iter_lines()

    @property
    def broken(self) -> type[Exception]:
        """What is raised when a line breaks."""
        kind: type[Exception] = self._httpx.TransportError
        return kind

    def rest(self, attempt: int) -> None:
        """Wait before the next try; longer each time."""
        self._wait(attempt, None)

    @property
    def tries(self) -> int:
        """How often something is tried."""
        return self._tries

    def unreachable(self, error: Exception) -> ServerUnavailable:
        """The sentence for a line that stays broken."""
        reason = str(error).rstrip(".") or type(error).__name__
        fault = Fault(
            say("unreachable", self.lang, url=self.url, reason=reason), say("unreachable-advice", self.lang), code="unreachable"
        )
        return ServerUnavailable([fault], code="unreachable")

    def _may_be_repeated(self, method: str, headers: Mapping[str, str], error: Exception) -> bool:
        """Whether doing it again does no harm: a change by version that had arrived would be told it is too late."""
        return "If-Match" not in headers or method == "POST" or isinstance(error, self._httpx.ConnectError)

    def _wait(self, attempt: int, told: str | None) -> None:
        asked = float(told) if told is not None and told.isdigit() else 0.0
        growing = 0.1 * 2**attempt * random.uniform(0.5, 1.5)  # noqa: S311 - so that many clients do not come at once
        self._pause(min(_LONGEST_PAUSE, max(asked, growing)))

    def _checked(self, answer: httpx.Response) -> httpx.Response:
        if answer.status_code < 400 and not answer.is_redirect:
            return answer
        try:
            problem = answer.json()
        except ValueError:
            problem = None
        if not isinstance(problem, dict) or "code" not in problem:
            message = say("not-matcher", self.lang, url=self.url, status=answer.status_code)
            fault = Fault(message, say("not-matcher-advice", self.lang), code="not-matcher")
            raise ServerUnavailable([fault], status=answer.status_code, code="not-matcher")
        raise error_of(problem, answer.status_code)


def _library(lang: str) -> Any:
    try:
        import httpx
    except ImportError as error:
        raise BadInput(say("no-httpx", lang), say("no-httpx-advice", lang)) from error
    return httpx
