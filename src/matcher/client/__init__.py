"""A server of matcher's, from Python: ``Client`` reaches communities, and everything is asked of those.

Needs httpx (``pip install 'matcher[client]'``). Answers are matcher's own types, errors its own exceptions with the
server's faults. A broken line and a busy server are tried again; a POST is carried out once all the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from matcher.client.communities import Community, pages, upload_of
from matcher.client.errors import Conflict, NotAllowed, NotThere, Refused, ServerFault, ServerUnavailable
from matcher.client.plans import RemotePlan
from matcher.client.results import Claimed, Event, Imported, PlanStatus, Row, StoredRoster, Understood
from matcher.client.wire import Wire
from matcher.domain.scenario import Scenario
from matcher.service.webhooks.signatures import BadSignature
from matcher.service.webhooks.signatures import verify as verify_webhook

if TYPE_CHECKING:
    import httpx

__all__ = [
    "BadSignature", "Claimed", "Client", "Community", "Conflict", "Event", "Imported", "NotAllowed", "NotThere", "PlanStatus",
    "Refused", "RemotePlan", "Row", "ServerFault", "ServerUnavailable", "StoredRoster", "Understood", "verify_webhook",
]


class Client:
    """A server, and who asks.

    ``key`` is an API key (``mk_…``), ``lang`` the language of faults and advice, ``timeout`` seconds for each answer, ``tries`` how
    often a request is sent before it is given up. Raises ``BadInput`` for what is no address, or without httpx.
    """

    def __init__(
        self, url: str, key: str | None = None, *, lang: str = "zh", timeout: float = 60.0, tries: int = 5,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._wire = Wire(url, key, lang=lang, timeout=timeout, tries=max(1, tries), transport=transport)

    def __enter__(self) -> Client:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """End the connections."""
        self._wire.close()

    def me(self) -> dict[str, Any]:
        """Whose key it is: ``role``, ``district``, ``community`` …"""
        found: dict[str, Any] = self._wire.send("GET", "/v1/me").json()
        return found

    def community(self, district: str, community: str) -> Community:
        """A community; nothing is asked of the server yet."""
        return Community(self._wire, district, community)

    def validate(self, source: Path | str | Scenario) -> Understood:
        """How a file is understood; nothing is kept. Raises ``BadInput`` with every fault."""
        content, headers = upload_of(source)
        return Understood.model_validate(self._wire.send("POST", "/v1/validate", content=content, headers=headers).json())

    def plan(self, key: str) -> RemotePlan:
        """A plan that was asked for earlier."""
        return RemotePlan(self._wire, key)

    def plans(self, *, district: str | None = None, community: str | None = None, state: str | None = None) -> Iterator[PlanStatus]:
        """The plans the key reaches, the newest first."""
        having = {"district": district, "community": community, "state": state}
        for told in pages(self._wire, "/v1/plans", having):
            yield PlanStatus.model_validate(told)

    def request(self, method: str, path: str, **how: Any) -> httpx.Response:
        """Any other operation of the API: the answer, with retries and errors as everywhere; ``json``, ``params``, ``headers``."""
        return self._wire.send(method, path, **how)
