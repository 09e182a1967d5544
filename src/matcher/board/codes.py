"""Codes: three to print on posters (ask, join, claim), and one person's own to hand over."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from matcher.board.inside import Refused
from matcher.board.pages import Here, InCommunity, base_of
from matcher.board.texts import say

router = APIRouter()
AT = "/board/{district}/{community}/codes"
KINDS = ("wish", "join", "claim")
_TOKEN = re.compile(r"[A-Za-z0-9_-]{4,100}")
_MOST_NAMES = 500
"""People to choose from in a list; of more, one types the name."""


@router.get(AT, operation_id="codes.list")
async def show(here: InCommunity) -> Response:
    """The community's codes, how often each was used, and forms for new ones."""
    return await _page(here)


@router.post(AT, operation_id="codes.create")
async def create(here: InCommunity) -> Response:
    """A new poster; on to the page to print."""
    form = await here.api.form()
    kind = str(form.get("kind", ""))
    asked = {"kind": kind, "label": str(form.get("label", "")), "days": _number(form.get("days"), 30)}
    asked |= {"most_uses": most} if (most := _number(form.get("most_uses"), None)) is not None else {}
    asked |= {"wish": str(form["wish"])} if kind == "claim" and form.get("wish") else {}
    try:
        made = await here.api.post(f"{here.at}/links", asked)
    except Refused as refused:
        if refused.status != 422:
            raise
        return await _page(here, refused, form)
    return RedirectResponse(f"{_at(here)}/poster/{_token_of(made['url'])}", 303)


@router.post(f"{AT}/end", operation_id="codes.delete")
async def end(here: InCommunity) -> Response:
    """Take a code back: printed posters lead nowhere from now on."""
    form = await here.api.form()
    await here.api.ask("DELETE", f"{here.at}/links/{quote(str(form.get('link', '')), safe='')}")
    return RedirectResponse(_at(here), 303)


@router.post(f"{AT}/own", operation_id="codes.own")
async def own(here: InCommunity) -> Response:
    """One person's own code, or one of a visit for the resident's side; on to the page to hand it over."""
    form = await here.api.form()
    kind = "visit" if form.get("kind") == "visit" else "person"
    subject = str(form.get("subject", "")).strip()
    try:
        if kind == "person":
            subject = _volunteer_of(subject, await here.api.every(f"{here.at}/volunteers"), here.lang)
        made = await here.api.post(f"{here.at}/tickets", {"kind": kind, "subject": subject})
    except Refused as refused:
        if refused.status not in (404, 422):
            raise
        return await _page(here, refused, form)
    return RedirectResponse(f"{_at(here)}/own/{_token_of(made['url'])}", 303)


@router.get(f"{AT}/poster/{{token}}", operation_id="codes.poster")
async def poster(request: Request, here: InCommunity, token: str) -> Response:
    """A page of A4 to print and pin up. Whoever has its address can print it again."""
    told = await _opened(here, token)
    offers = told.get("offers", [])
    return here.render(
        "poster.html", told=told, token=token, url=_url(request, token),
        offer=offers[0] if told["kind"] == "claim" and len(offers) == 1 else None,
    )


@router.get(f"{AT}/own/{{token}}", operation_id="codes.hand-over")
async def hand_over(request: Request, here: InCommunity, token: str) -> Response:
    """One person's code, to be scanned from this screen or sent as a message."""
    return here.render("own_code.html", told=await _opened(here, token), token=token, url=_url(request, token))


async def _page(here: Here, refused: Refused | None = None, form: FormData | None = None) -> Response:
    rows = await here.api.every(f"{here.at}/links")
    wishes = [row["fact"] for row in await here.api.every(f"{here.at}/wishes")]
    few = here.counts.get("volunteers", 0) <= _MOST_NAMES
    people = [row["fact"] for row in await here.api.every(f"{here.at}/volunteers")] if few else []
    told = {name: str(value) for name, value in form.items()} if form else {}
    return here.render(
        "codes.html", refused.status if refused else 200, links=list(reversed(rows)), wishes=wishes,
        titles={wish["id"]: wish.get("title") or wish.get("items") or wish["id"] for wish in wishes}, people=people,
        visits=await _visits(here), faults=refused.faults if refused else [], told=told, kinds=KINDS,
    )


async def _visits(here: Here) -> list[dict[str, Any]]:
    """The visits people were told of, the latest first, each once."""
    found: dict[str, dict[str, Any]] = {}
    for row in await here.api.every(f"{here.at}/published"):
        fact = row["fact"]
        found.setdefault(fact["visit"], {"visit": fact["visit"], "start": fact.get("start")})
    return sorted(found.values(), key=lambda one: one["start"] or "", reverse=True)[:100]


async def _opened(here: Here, token: str) -> Mapping[str, Any]:
    """What a code of this community opens; raises ``Refused`` for another's."""
    told = await here.api.get(f"/v1/open/{token if _TOKEN.fullmatch(token) else 'none'}")
    if told["community"] != here.community:
        fault = {"message": say("error.not-there", here.lang), "advice": say("error.not-there-advice", here.lang)}
        raise Refused(404, {"title": say("error.not-there", here.lang), "code": "not-found", "faults": [fault]})
    assert isinstance(told, dict)
    return told


def _volunteer_of(told: str, rows: Iterable[Mapping[str, Any]], lang: str) -> str:
    """The id of the volunteer somebody named, by id or by a name nobody else has; raises ``Refused``."""
    people = [row["fact"] for row in rows]
    within = re.search(r"[（(]([^（()）]+)[)）]$", told)
    for wanted in (told, within[1] if within else told):
        found = [one["id"] for one in people if one["id"] == wanted] or [one["id"] for one in people if one.get("name") == wanted]
        if len(found) == 1:
            return str(found[0])
    several = sum(one.get("name") == told for one in people) > 1
    key = "codes.two-of-that-name" if several else "codes.nobody-of-that-name"
    fault = {"message": say(key, lang, name=told), "advice": say(f"{key}-advice", lang)}
    raise Refused(422, {"title": "", "code": "bad-input", "faults": [fault]})


def _number(told: object, otherwise: int | None) -> int | None:
    text = str(told or "").strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else otherwise


def _token_of(url: str) -> str:
    return url.rpartition("/")[2]


def _url(request: Request, token: str) -> str:
    return f"{request.app.state.settings.base_url}/p/{token}"


def _at(here: Here) -> str:
    return f"{base_of(here.district, here.community)}/codes"
