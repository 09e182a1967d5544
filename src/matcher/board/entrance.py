"""The way in: signing in and out, the language, and which community."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote, urlsplit

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from matcher.api.problems import language_of
from matcher.board.inside import Inside, Refused
from matcher.board.language import COOKIE, LANGUAGES
from matcher.board.pages import PLANNERS, base_of, go, render
from matcher.board.texts import say

router = APIRouter()
_SHORT = re.compile(r"[a-z][a-z0-9-]{0,39}")
_YEAR = 365 * 24 * 3600


@router.get("/", operation_id="board.home")
@router.get("/board", operation_id="board.entrance")
async def home(request: Request) -> Response:
    """On to the one community somebody has, or to the choice."""
    api = Inside(request)
    me = await api.get("/v1/me")
    if me.get("district") and me.get("community"):
        own = base_of(me["district"], me["community"])
        return RedirectResponse(own if me["role"] in PLANNERS else f"{own}/mine", 303)
    districts = await _districts(api)
    found = [one for district in districts for one in district["communities"]]
    return RedirectResponse(found[0]["address"] if len(found) == 1 else "/board/communities", 303)


@router.get("/board/communities", operation_id="board.communities")
async def communities(request: Request) -> Response:
    """The communities the caller reaches, by district; whoever may gets forms to make them."""
    return await _communities(request, Inside(request))


@router.post("/board/communities", operation_id="board.make")
async def make(request: Request) -> Response:
    """Make a district, or a community of one; on to the community, to bring in its sheet."""
    api = Inside(request)
    form = await api.form()
    told = {name: str(form.get(name, "")).strip() for name in ("district", "community", "name")}
    path = f"/v1/districts/{quote(told['district'], safe='')}"
    if "community" in form:
        path += f"/communities/{quote(told['community'], safe='')}"
    wanted = [told["district"], told["community"]] if "community" in form else [told["district"]]
    if not all(map(_SHORT.fullmatch, wanted)):
        fault = {"message": say("communities.bad-id", language_of(request)), "advice": say("communities.id-hint", language_of(request))}
        return await _communities(request, api, 422, [fault], told)
    try:
        await api.ask("PUT", path, json={"name": told["name"] or None})
    except Refused as refused:
        if refused.status != 422:
            raise
        return await _communities(request, api, 422, refused.faults, told)
    return go(request, base_of(told["district"], told["community"]) if "community" in form else "/board/communities")


async def _communities(
    request: Request, api: Inside, status: int = 200, faults: list[dict[str, Any]] | None = None,
    told: dict[str, str] | None = None,
) -> Response:
    me = await api.get("/v1/me")
    return render(
        request, "communities.html", status, me=me, districts=await _districts(api), faults=faults or [], told=told or {},
        makes_districts=me["role"] == "admin" and not me["district"],
        makes_communities=me["role"] in PLANNERS and not me["community"],
    )


async def _districts(api: Inside) -> list[dict[str, Any]]:
    found = []
    for district in await api.every("/v1/districts"):
        name = district["district"]
        rows = await api.every(f"/v1/districts/{quote(name)}/communities")
        told = [{"name": row["name"], "address": base_of(name, row["community"])} for row in rows]
        found.append({"id": name, "name": district["name"], "communities": told})
    return found


@router.get("/board/login", operation_id="board.login")
async def login(request: Request) -> Response:
    """The form to sign in."""
    return render(request, "login.html", next=own_address(request.query_params.get("next")), login="", faults=[])


@router.post("/board/login", operation_id="board.sign-in")
async def sign_in(request: Request) -> Response:
    """Sign in by account and password."""
    api = Inside(request)
    form = await api.form()
    login, onward = str(form.get("login", "")), own_address(str(form.get("next", "")))
    try:
        answer = await api.ask("POST", "/v1/sessions", json={"login": login, "password": str(form.get("password", ""))})
    except Refused as refused:
        return render(request, "login.html", refused.status, next=onward, login=login, faults=refused.faults)
    response = go(request, onward)
    for cookie in answer.headers.getlist("set-cookie"):
        response.headers.append("set-cookie", cookie)
    return response


@router.post("/board/logout", operation_id="board.sign-out")
async def sign_out(request: Request) -> Response:
    """End this browser's session."""
    api = Inside(request)
    await api.form()
    response = go(request, "/board/login")
    try:
        answer = await api.ask("DELETE", "/v1/sessions/current")
    except Refused as refused:
        if refused.status != 401:
            raise
        return response  # it had ended already
    for cookie in answer.headers.getlist("set-cookie"):
        response.headers.append("set-cookie", cookie)
    return response


@router.post("/board/language", operation_id="board.language")
async def language(request: Request) -> Response:
    """Choose the language of all pages."""
    form = await request.form()
    response = go(request, own_address(str(form.get("next", ""))))
    if form.get("to") in LANGUAGES:
        response.set_cookie(COOKIE, str(form["to"]), max_age=_YEAR, path="/", httponly=True, samesite="lax")
    return response


def own_address(told: str | None) -> str:
    """Where to go on to: an address of a page of this server, else the first page.

    >>> own_address("/board/huizhou/donghe/plan?x=1"), own_address("//elsewhere.example/"), own_address("/v1/me")
    ('/board/huizhou/donghe/plan?x=1', '/board', '/board')
    """
    parts = urlsplit(told or "")
    is_page = parts.path.startswith(("/board/", "/p/")) and not parts.scheme and not parts.netloc
    return str(told) if is_page and "\\" not in parts.path and "//" not in parts.path else "/board"
