"""Users over HTTP: listed, made, changed, invited; and the caller's own account."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Response
from fastapi.responses import JSONResponse

from matcher.api.account_bodies import (
    Invited,
    Login,
    Me,
    PasswordChanged,
    UserChanged,
    UserMade,
    UserTold,
    told_user,
)
from matcher.api.callers import Call, calling
from matcher.api.conditional import Conditional, not_modified
from matcher.api.paging import Page, Paged
from matcher.api.problems import refusal
from matcher.service.accounts import people

router = APIRouter(tags=["accounts"])
_MADE = Body(examples=[{
    "login": "chen-li", "name": "陈莉", "role": "coordinator", "district": "huizhou", "community": "donghe",
}])
_CHANGED = Body(examples=[{"disabled": True}])


@router.get(
    "/v1/users", operation_id="users.list", response_model=None, summary="The users of the caller's tenant",
    responses={200: {"model": Page[UserTold], "description": "A page."}},
)
def list_(response: Response, paging: Paged, call: Annotated[Call, Depends(calling("users.list"))]) -> Any:
    """Whose accounts lie within the server, the district or the community of the caller's own."""
    found = people.users(call.database, call.caller, after=paging.after, limit=paging.limit + 1, lang=call.lang)
    return paging.page(response, found, lambda user: user.number, told_user)


@router.post(
    "/v1/users", operation_id="users.create", response_model=Invited, status_code=201, summary="Make a user"
)
def create(asked: Annotated[UserMade, _MADE], call: Annotated[Call, Depends(calling("users.create"))]) -> dict[str, Any]:
    """The answer holds a one-time token: with it the user chooses a password (`POST /v1/sessions:redeem`).

    A login that is taken is refused, so a retry makes nobody twice; `Idempotency-Key` is not needed, and answers with
    secrets are never kept.
    """
    document = {name: value for name, value in (("name", asked.name), ("note", asked.note)) if value}
    people.add_user(call.database, call.caller, asked.login, asked.holding, document, lang=call.lang)
    return _invited(call, asked.login)


@router.get(
    "/v1/users/{login}", operation_id="users.get", response_model=None, summary="One user",
    responses={200: {"model": UserTold, "description": "The user."}},
)
def get(login: Login, conditions: Conditional, call: Annotated[Call, Depends(calling("users.get"))]) -> Response:
    """A user within the caller's tenant, with the ETag a change must name."""
    found = people.user(call.database, call.caller, login, lang=call.lang)
    if conditions.knows(found.etag):
        return not_modified(found.etag)
    return JSONResponse(told_user(found), headers={"ETag": found.etag})


@router.patch(
    "/v1/users/{login}", operation_id="users.patch", response_model=None, summary="Change a user",
    responses={200: {"model": UserTold, "description": "The user as changed."}},
)
def patch(
    login: Login, asked: Annotated[UserChanged, _CHANGED], conditions: Conditional,
    call: Annotated[Call, Depends(calling("users.patch"))],
) -> Response:
    """Another name, another role or reach, disabled or enabled again. A new role, or an end, signs them out everywhere."""
    before = people.user(call.database, call.caller, login, lang=call.lang)
    if conditions.match is None:
        raise refusal(428, "precondition-required", call.lang, "no-version", key=login)
    expected = None if "*" in conditions.match else before.version if before.etag in conditions.match else -1
    changed = people.change_user(
        call.database, call.caller, login, lang=call.lang, expected=expected,
        holding=None if asked.reach is None else asked.reach.holding,
        told={"name": asked.name, "note": asked.note}, disabled=asked.disabled,
    )
    return JSONResponse(told_user(changed), headers={"ETag": changed.etag})


@router.post(
    "/v1/users/{login}/invitation", operation_id="users.invite", response_model=Invited, status_code=201,
    summary="A new one-time token for a user",
)
def invite(login: Login, call: Annotated[Call, Depends(calling("users.invite"))]) -> dict[str, Any]:
    """For a first password or a forgotten one; earlier tokens are void, the present password stays until it is used."""
    return _invited(call, login)


def _invited(call: Call, login: str) -> dict[str, Any]:
    whose, secret = people.invite(call.database, call.caller, login, lang=call.lang)
    return {"user": told_user(whose), "token": secret.text, "expires_at": secret.expires_at}


@router.get("/v1/me", operation_id="me.get", response_model=Me, summary="Who the caller is")
def me(call: Annotated[Call, Depends(calling("me.get"))]) -> dict[str, Any]:
    """The role and reach of the key or session that was shown."""
    who = call.caller
    return {
        "actor": who.actor, "role": who.role, "district": who.district, "community": who.community, "team": who.team,
        "volunteer": who.volunteer,
    }


@router.put("/v1/me/password", operation_id="me.password", status_code=204, summary="Change one's own password")
def password(
    asked: Annotated[PasswordChanged, Body()], call: Annotated[Call, Depends(calling("me.password"))]
) -> Response:
    """Needs the present one; all sessions end, also this one."""
    people.change_password(call.database, call.caller, asked.old, asked.new, lang=call.lang)
    return Response(status_code=204)
