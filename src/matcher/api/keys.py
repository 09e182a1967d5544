"""Keys of programs over HTTP: listed, made, revoked. A key is told once, when it is made."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Response

from matcher.api.account_bodies import KeyGiven, KeyId, KeyMade, KeyTold, told_key
from matcher.api.callers import Call, calling
from matcher.api.paging import Page, Paged
from matcher.service.accounts import people

router = APIRouter(tags=["accounts"])
_MADE = Body(examples=[{"name": "惠民小程序", "role": "system", "district": "huizhou", "community": "donghe", "days": 365}])


@router.get(
    "/v1/keys", operation_id="keys.list", response_model=None, summary="The keys of the caller's tenant",
    responses={200: {"model": Page[KeyTold], "description": "A page."}},
)
def list_(response: Response, paging: Paged, call: Annotated[Call, Depends(calling("keys.list"))]) -> Any:
    """By their first letters, with their last use; those that were revoked stay listed."""
    found = people.keys(call.database, call.caller, after=paging.after, limit=paging.limit + 1, lang=call.lang)
    return paging.page(response, found, lambda key: key.number, told_key)


@router.post("/v1/keys", operation_id="keys.create", response_model=KeyGiven, status_code=201, summary="Make a key")
def create(asked: Annotated[KeyMade, _MADE], call: Annotated[Call, Depends(calling("keys.create"))]) -> dict[str, Any]:
    """The answer is the only place where the key ever stands; only its hash is kept, so no retry can repeat it.

    If the answer got lost, revoke the key (it is listed by its name) and make another.
    """
    kept, secret = people.add_key(
        call.database, call.caller, asked.holding, name=asked.name, days=asked.days, lang=call.lang
    )
    return told_key(kept) | {"key": secret.text}


@router.delete("/v1/keys/{key}", operation_id="keys.delete", response_model=KeyTold, summary="Revoke a key")
def delete(key: KeyId, call: Annotated[Call, Depends(calling("keys.delete"))]) -> dict[str, Any]:
    """At once and for good; twice does no harm."""
    return told_key(people.revoke_key(call.database, call.caller, key, lang=call.lang))
