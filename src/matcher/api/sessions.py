"""Sessions of browsers over HTTP: signing in and out, choosing a password by a one-time token."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Request, Response

from matcher.api.account_bodies import (
    InvitedAsked,
    InvitedTold,
    Redeemed,
    SessionGiven,
    SessionId,
    SessionList,
    SignIn,
    UserTold,
    told_session,
    told_user,
)
from matcher.api.addresses import address_of
from matcher.api.callers import Call, calling, settings_of
from matcher.api.signing import clear_cookies, cookie_of, set_cookies
from matcher.service.accounts import auth, people
from matcher.store import accounts

router = APIRouter(tags=["accounts"])
_SIGN_IN = Body(examples=[{"login": "chen-li", "password": "梧桐 渡口 早点 九路车"}])
_INVITED = Body(examples=[{"token": "…"}])
_REDEEM = Body(examples=[{"token": "…", "password": "梧桐 渡口 早点 九路车"}])


@router.post(
    "/v1/sessions", operation_id="sessions.create", response_model=SessionGiven, status_code=201, summary="Sign in"
)
def create(
    asked: Annotated[SignIn, _SIGN_IN], request: Request, response: Response,
    call: Annotated[Call, Depends(calling("sessions.create"))],
) -> dict[str, Any]:
    """By login and password. The session's secret is a cookie (HttpOnly, SameSite); whatever changes something must
    send `csrf` in `X-CSRF-Token`. After a few wrong passwords one has to wait, longer each time.
    """
    begun, secret = auth.sign_in(
        call.database, asked.login, asked.password, address=address_of(request), lang=call.lang
    )
    csrf = set_cookies(response, settings_of(request), begun, secret)
    return told_session(begun) | {"csrf": csrf, "user": told_user(begun.user)}


@router.post(
    "/v1/sessions:redeem", operation_id="sessions.redeem", response_model=UserTold, summary="Choose a password"
)
def redeem(
    asked: Annotated[Redeemed, _REDEEM], request: Request, call: Annotated[Call, Depends(calling("sessions.redeem"))]
) -> dict[str, Any]:
    """With a one-time token from whoever made the account. The token is void afterwards, all sessions end."""
    whose = auth.redeem(call.database, asked.token, asked.password, address=address_of(request), lang=call.lang)
    return told_user(whose)


@router.post(
    "/v1/sessions:invited", operation_id="sessions.invited", response_model=InvitedTold, summary="Whose a one-time token is"
)
def invited(
    asked: Annotated[InvitedAsked, _INVITED], request: Request, call: Annotated[Call, Depends(calling("sessions.invited"))]
) -> dict[str, Any]:
    """So that somebody sees which account they choose a password for. The token stays good."""
    whose, expires_at = auth.invited(call.database, asked.token, address=address_of(request), lang=call.lang)
    return {"login": whose.login, "name": whose.document.get("name", ""), "expires_at": expires_at}


@router.get("/v1/sessions", operation_id="sessions.list", response_model=SessionList, summary="Where one is signed in")
def list_(call: Annotated[Call, Depends(calling("sessions.list"))]) -> dict[str, Any]:
    """The caller's own sessions; a program's key has none."""
    login = people.login_of(call.caller)
    if login is None:
        return {"items": []}
    with call.database.everyone(call.caller.actor, lang=call.lang) as session:
        found = accounts.sessions(session, accounts.user(session, login))
    return {"items": [told_session(one) for one in found]}


@router.delete("/v1/sessions/{name}", operation_id="sessions.delete", status_code=204, summary="Sign out")
def delete(
    name: SessionId, request: Request, call: Annotated[Call, Depends(calling("sessions.delete"))]
) -> Response:
    """Of `current`, the session of this very request, or of another of one's own."""
    response = Response(status_code=204)
    cookie, login = cookie_of(request), people.login_of(call.caller)
    with call.database.everyone(call.caller.actor, writes=True, lang=call.lang) as session:
        mine = accounts.session_by(session, auth.digest_of(cookie)) if cookie else None
        if name == "current" and mine is not None:
            name = mine.id
        if login is None:
            raise accounts.no_session(session)
        accounts.end_session(session, accounts.user(session, login), name)
    if mine is not None and mine.id == name:
        clear_cookies(response, settings_of(request))
    return response
