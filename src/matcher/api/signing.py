"""How a request says who sends it: a key in ``Authorization``, or the cookie of a session with its token."""

from __future__ import annotations

from fastapi import Request, Response

from matcher.api.settings import ServerSettings
from matcher.service.accounts import auth
from matcher.service.accounts.access import Caller
from matcher.store.accounts import SignedIn
from matcher.store.database import Database

CSRF_HEADER = "X-CSRF-Token"
_SAFE = frozenset(("GET", "HEAD", "OPTIONS"))


def signed_in(request: Request, database: Database) -> Caller:
    """Who calls; raises ``NotSignedIn``, ``WrongToken``."""
    scheme, _, told = request.headers.get("authorization", "").partition(" ")
    # Another scheme, or none: what is there is no key of ours, and is told so.
    bearer = None if not scheme else told.strip() if scheme.lower() == "bearer" else ""
    return auth.authenticate(
        database, bearer=bearer, cookie=cookie_of(request), csrf=request.headers.get(CSRF_HEADER),
        unsafe=request.method not in _SAFE, lang=str(request.state.lang),
    )


def cookie_of(request: Request) -> str | None:
    """The secret of the session the browser sends along."""
    settings = request.app.state.settings
    return request.cookies.get(_name(auth.COOKIE, settings))


def set_cookies(response: Response, settings: ServerSettings, begun: SignedIn, secret: str) -> str:
    """Give a browser its session, and the token it has to show beside it, which is returned."""
    token, secure = auth.csrf_of(secret), is_secure(settings)
    for name, value, hidden in ((auth.COOKIE, secret, True), (auth.CSRF_COOKIE, token, False)):
        response.set_cookie(
            _name(name, settings), value, expires=begun.expires_at, path="/", secure=secure, httponly=hidden,
            samesite="lax",
        )
    return token


def clear_cookies(response: Response, settings: ServerSettings) -> None:
    """Take a browser's session away."""
    for name in (auth.COOKIE, auth.CSRF_COOKIE):
        response.delete_cookie(_name(name, settings), path="/", secure=is_secure(settings), samesite="lax")


def is_secure(settings: ServerSettings) -> bool:
    """Whether cookies go over https only."""
    return settings.secure_cookies or settings.is_https


def _name(name: str, settings: ServerSettings) -> str:
    # Browsers take a __Host- cookie from this very host only, by https, for every path (RFC 6265bis, 4.1.3.2).
    return f"__Host-{name}" if is_secure(settings) else name
