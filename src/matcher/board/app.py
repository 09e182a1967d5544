"""One server: the API at its addresses, the pages at all others."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from fastapi import FastAPI
from starlette.types import Receive, Scope, Send

from matcher.api import app as api_app
from matcher.api.envelope import Envelope
from matcher.api.settings import ServerSettings
from matcher.api.telemetry import Telemetry
from matcher.board import errors
from matcher.board.language import Language
from matcher.board.static_files import Static
from matcher.store.database import Database

ROUTERS = (
    "entrance", "people", "week", "bring", "checking", "screening", "planning", "adjust", "why", "publishing", "recording",
    "codes", "phones", "members",
)
"""Modules of this package, each with a ``router``."""
_PAGES = ("/board", "/static", "/p")


class Front:
    """ASGI app: the API, and the pages in front of it. ``state`` is the API's."""

    def __init__(self, api: FastAPI, pages: FastAPI) -> None:
        self.api, self.pages, self.state = api, pages, api.state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_page = scope["type"] == "http" and is_page_at(scope["path"])
        await (self.pages if is_page else self.api)(scope, receive, send)


def is_page_at(path: str) -> bool:
    """Whether an address is a page's.

    >>> is_page_at("/"), is_page_at("/board/login"), is_page_at("/v1/plans"), is_page_at("/p/abc"), is_page_at("/pp")
    (True, True, False, True, False)
    """
    return path == "/" or any(path == start or path.startswith(f"{start}/") for start in _PAGES)


def create_app(database: Database, settings: ServerSettings | None = None) -> Front:
    """The API and the board on a database of this program's version."""
    settings = settings or ServerSettings()
    api = api_app.create_app(database, settings)
    pages = FastAPI(title="matcher", docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False)
    pages.state.database, pages.state.settings, pages.state.api = database, settings, api
    pages.state.static = Static()
    errors.install(pages)
    for router in routers():
        pages.include_router(router)
    pages.mount("/static", pages.state.static)
    pages.add_middleware(Envelope, settings=settings)  # the last one added is the outermost
    pages.add_middleware(errors.AsPages)
    pages.add_middleware(Telemetry, metrics=api.state.metrics)
    pages.add_middleware(Language)
    return Front(api, pages)


def routers() -> list[Any]:
    """The routers of all pages, loaded."""
    return [import_module(f"matcher.board.{name}").router for name in ROUTERS]
