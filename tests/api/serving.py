"""An API for tests: Mr Wu's community, and a client for whoever asks."""

from __future__ import annotations

from contextlib import ExitStack

import httpx
from anyio.from_thread import start_blocking_portal
from keeping import HERE, kept
from keeping import wu as wu_scenario

from matcher.api.app import create_app
from matcher.api.settings import ServerSettings
from matcher.service.accounts.auth import new_key
from matcher.store.accounts import Holding
from matcher.store.scope import Scope
from matcher.store.tenants import ensure

COMMUNITY = f"/v1/districts/{HERE.district}/communities/{HERE.community}"


class InProcess(httpx.BaseTransport):
    """Hands requests to an app in this process, on an event loop in a thread of its own."""

    def __init__(self, app, portal):
        self._inner = httpx.ASGITransport(app, raise_app_exceptions=False, client=("203.0.113.9", 5000))
        self._portal = portal

    def handle_request(self, request):
        request.read()
        answer = self._portal.call(self._handle, request)
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content, request=request)

    async def _handle(self, request):
        answer = await self._inner.handle_async_request(request)
        await answer.aread()
        return answer


class Client(httpx.Client):
    """``wishes`` is a path of the community, ``/v1/plans`` one of the server."""

    def build_request(self, method, url, **rest):
        address = str(url)
        if "://" not in address:  # httpx would take ``wishes:bulk`` for a scheme
            address = f"http://testserver{address if address.startswith('/') else f'{COMMUNITY}/{address}'}"
        return super().build_request(method, address, **rest)


class Api:
    """``as_role("coordinator")`` is an ``httpx.Client`` whose paths begin at the community: ``client.get("wishes")``."""

    def __init__(self, database, **settings):
        self.database = database
        self.app = create_app(database, ServerSettings(**({"rate_limits": False} | settings)))
        self._left = ExitStack()
        self._portal = self._left.enter_context(start_blocking_portal())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._left.close()

    def keep_wu(self, scope=HERE):
        kept(self.database, wu_scenario(), scope)

    def as_role(self, role, *, district=HERE.district, community=HERE.community, **who):
        """A client with a key of this role; by default of Mr Wu's community, an admin's of the whole server."""
        if role == "admin" and community == HERE.community:
            district = community = None
        if district is not None:
            ensure(self.database, Scope(district, community), "li")
        # of Mr Wu's people: v01 is of that team
        who = {"team-lead": {"team": "t-donghe"}, "volunteer": {"volunteer": "v01"}}.get(role, {}) | who
        _, secret = new_key(self.database, Holding(role, district, community, **who), "li")
        return self.client({"Authorization": f"Bearer {secret.text}"})

    def client(self, headers=None):
        """A client without an account, or with these headers; errors in English unless they say otherwise."""
        told = {"Accept-Language": "en"} | (headers or {})
        made = Client(
            transport=InProcess(self.app, self._portal), base_url=f"http://testserver{COMMUNITY}/", headers=told
        )
        return self._left.enter_context(made)
