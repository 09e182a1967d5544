"""The way in: signing in and out, the language, and which community."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from matcher.board.inside import Inside, Refused
from matcher.board.language import COOKIE, LANGUAGES
from matcher.board.pages import base_of, go, render

router = APIRouter()
_YEAR = 365 * 24 * 3600


@router.get("/", operation_id="board.home")
@router.get("/board", operation_id="board.entrance")
async def home(request: Request) -> Response:
    """On to the one community somebody has, or to the choice."""
    api = Inside(request)
    me = await api.get("/v1/me")
    if me.get("district") and me.get("community"):
        return RedirectResponse(base_of(me["district"], me["community"]), 303)
    districts = await _districts(api)
    found = [one for district in districts for one in district["communities"]]
    return RedirectResponse(found[0]["address"] if len(found) == 1 else "/board/communities", 303)


@router.get("/board/communities", operation_id="board.communities")
async def communities(request: Request) -> Response:
    """The communities the caller reaches, by district."""
    api = Inside(request)
    me = await api.get("/v1/me")
    return render(request, "communities.html", me=me, districts=await _districts(api))


async def _districts(api: Inside) -> list[dict[str, Any]]:
    found = []
    for district in await api.every("/v1/districts"):
        name = district["id"]
        rows = await api.every(f"/v1/districts/{name}/communities")
        told = [{"id": row["id"], "name": row.get("name") or row["id"], "address": base_of(name, row["id"])} for row in rows]
        found.append({"name": district.get("name") or name, "communities": told})
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
    answer = await api.ask("DELETE", "/v1/sessions/current")
    response = go(request, "/board/login")
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
