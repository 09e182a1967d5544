"""Which language a page speaks: the one chosen on a page, else the browser's, else Chinese."""

from __future__ import annotations

from http.cookies import CookieError, SimpleCookie

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

COOKIE = "matcher-lang"
LANGUAGES = ("zh", "en")


class Language:
    """ASGI middleware: a language chosen on a page goes before what the browser asks for, for all that is asked within."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            chosen = chosen_in(Headers(scope=scope).get("cookie", ""))
            if chosen is not None:
                others = [(name, value) for name, value in scope["headers"] if name != b"accept-language"]
                scope["headers"] = [*others, (b"accept-language", chosen.encode())]
        await self.app(scope, receive, send)


def chosen_in(cookies: str) -> str | None:
    """The language a browser's cookies tell.

    >>> chosen_in("a=b; matcher-lang=en"), chosen_in("matcher-lang=fr"), chosen_in("")
    ('en', None, None)
    """
    try:
        found = SimpleCookie(cookies).get(COOKIE)
    except CookieError:
        return None
    return found.value if found is not None and found.value in LANGUAGES else None
