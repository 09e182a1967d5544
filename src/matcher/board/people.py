"""Accounts: who may sign in, made and invited by whoever looks after them; choosing a password by a one-time link."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from matcher.api.links import svg_of
from matcher.api.problems import language_of
from matcher.board.inside import Answer, Inside, Refused
from matcher.board.pages import go, render
from matcher.board.recording import labels_of
from matcher.board.texts import knows, say

router = APIRouter()
ROLES = ("coordinator", "team-lead", "volunteer", "viewer", "admin")
"""Roles of people, in the order of how often they are given; programs get keys."""
_MOST_PLACES, _MOST_NAMES = 20, 2000
"""Communities whose names are offered to choose from, and names in a list; of more, one types the id."""


@router.get("/board/people", operation_id="people.list")
async def show(request: Request) -> Response:
    """The accounts of the caller's reach, and a form for another."""
    return await _page(request, Inside(request))


@router.post("/board/people", operation_id="people.create")
async def create(request: Request) -> Response:
    """Make an account; its one-time link is shown this once."""
    api = Inside(request)
    form = await api.form()
    try:
        made = await api.post("/v1/users", await _with_ids(api, _asked(form)))
    except Refused as refused:
        if refused.status not in (403, 409, 422):
            raise
        return await _page(request, api, refused, form)
    return await _invited(request, api, made)


@router.post("/board/people/{login}/invite", operation_id="people.invite")
async def invite(request: Request, login: str) -> Response:
    """A new one-time link, for a first password or a forgotten one."""
    api = Inside(request)
    await api.form()
    return await _invited(request, api, await api.post(f"/v1/users/{quote(login)}/invitation"))


@router.post("/board/people/{login}/switch", operation_id="people.switch")
async def switch(request: Request, login: str) -> Response:
    """Let somebody in no more, or again."""
    api = Inside(request)
    form = await api.form()
    disabled = form.get("to") == "off"
    try:
        await api.ask(
            "PATCH", f"/v1/users/{quote(login)}", json={"disabled": disabled}, if_match=f'"{form.get("version", "")}"'
        )
    except Refused as refused:
        if refused.status not in (409, 412, 422):
            raise
        return await _page(request, api, refused)
    return RedirectResponse(f"/board/people#{quote(login)}", 303)


# ------------------------------------------------------------------------------------------------ passwords


@router.get("/board/welcome/{token}", operation_id="people.welcome")
async def welcome(request: Request, token: str) -> Response:
    """The page of a one-time link: whose account it is, and a form for its password."""
    return await _welcome(request, Inside(request), token)


@router.post("/board/welcome/{token}", operation_id="people.redeem")
async def redeem(request: Request, token: str) -> Response:
    """Choose the password; signed in with it at once."""
    api = Inside(request)
    form = await api.form()
    password = str(form.get("password", ""))
    if password != form.get("again"):
        return await _welcome(request, api, token, [_fault(request, "password.differ")])
    try:
        whose = await api.post("/v1/sessions:redeem", {"token": token, "password": password})
        return _signed_in(request, await _sign_in(api, whose["login"], password))
    except Refused as refused:
        if refused.status == 422:
            return await _welcome(request, api, token, refused.faults)
        return render(request, "welcome_over.html", refused.status, faults=refused.faults)


@router.get("/board/password", operation_id="people.password")
async def password_form(request: Request) -> Response:
    """The form to change one's own password."""
    return render(request, "password.html", me=await Inside(request).get("/v1/me"), faults=[])


@router.post("/board/password", operation_id="people.change-password")
async def change_password(request: Request) -> Response:
    """Change it; signed out everywhere else, and in again here."""
    api = Inside(request)
    form = await api.form()
    me, new = await api.get("/v1/me"), str(form.get("new", ""))
    faults = [] if new == form.get("again") else [_fault(request, "password.differ")]
    if not faults:
        try:
            await api.ask("PUT", "/v1/me/password", json={"old": str(form.get("old", "")), "new": new})
        except Refused as refused:
            if refused.status != 422:
                raise
            faults = refused.faults
    if faults:
        return render(request, "password.html", 422, me=me, faults=faults)
    return _signed_in(request, await _sign_in(api, str(me["actor"]).partition(":")[2], new))


async def _sign_in(api: Inside, login: str, password: str) -> Answer:
    return await api.ask("POST", "/v1/sessions", json={"login": login, "password": password})


def _signed_in(request: Request, answer: Answer) -> Response:
    response = go(request, "/board")
    for cookie in answer.headers.getlist("set-cookie"):
        response.headers.append("set-cookie", cookie)
    return response


async def _welcome(request: Request, api: Inside, token: str, faults: list[dict[str, Any]] | None = None) -> Response:
    try:
        told = await api.post("/v1/sessions:invited", {"token": token[:200]})
    except Refused as refused:
        return render(request, "welcome_over.html", refused.status, faults=refused.faults)
    return render(request, "welcome.html", 422 if faults else 200, told=told, faults=faults or [])


# ---------------------------------------------------------------------------------------------- the accounts


async def _page(request: Request, api: Inside, refused: Refused | None = None, form: FormData | None = None) -> Response:
    me = await api.get("/v1/me")
    told = {name: str(value) for name, value in form.items()} if form else {}
    places = await _places(api, me)
    return render(
        request, "people.html", refused.status if refused else 200, me=me, users=await api.every("/v1/users"),
        places=places, teams=await _labels(api, places, "teams"), volunteers=await _labels(api, places, "volunteers"),
        names={place["value"]: place["name"] for place in places}, roles=_roles(me), told=told,
        faults=_plain(refused, request) if refused else [],
    )


def _roles(me: Mapping[str, Any]) -> tuple[str, ...]:
    return ROLES if me["role"] == "admin" else ROLES[:-1]


async def _places(api: Inside, me: Mapping[str, Any]) -> list[dict[str, str]]:
    """Where an account may hold: ``district/community``, or a whole district, as far as the caller reaches."""
    found: list[dict[str, str]] = [] if me.get("district") else [{"value": "", "name": "*"}]
    for district in await api.every("/v1/districts"):
        name = district["district"]
        if not me.get("community"):
            found.append({"value": name, "name": district["name"]})
        found += [
            {"value": f"{name}/{row['community']}", "name": row["name"]}
            for row in await api.every(f"/v1/districts/{quote(name)}/communities")
        ]
    return found


def _asked(form: FormData) -> dict[str, Any]:
    """What the form asks for, as the API takes it."""
    told = {name: str(form.get(name, "")).strip() for name in ("login", "name", "role", "team", "volunteer", "place")}
    district, _, community = told.pop("place").partition("/")
    told |= {"district": district, "community": community, "login": told["login"].lower()}
    wanted = {"team-lead": ("team",), "volunteer": ("volunteer",)}.get(told["role"], ())
    return {name: value for name, value in told.items() if value and (name not in ("team", "volunteer") or name in wanted)}


async def _with_ids(api: Inside, asked: dict[str, Any]) -> dict[str, Any]:
    """The ids of a team or a volunteer that was chosen by name; what is no name of the community's is left as typed."""
    if not asked.get("community"):
        return asked
    found = dict(asked)
    for name in ("team", "volunteer"):
        if name in asked:
            rows = await api.every(_community(f"{asked['district']}/{asked['community']}") + f"/{name}s")
            found[name] = {label: key for key, label in labels_of(rows).items()}.get(asked[name], asked[name])
    return found


async def _labels(api: Inside, places: list[dict[str, str]], noun: str) -> list[str]:
    """The names to choose from, of all communities of the caller's; none if they are more than anybody would look through."""
    own = [place["value"] for place in places if "/" in place["value"]]
    if len(own) > _MOST_PLACES:
        return []
    rows = [labels_of(await api.every(f"{_community(place)}/{noun}")) for place in own]
    found = sorted({label for labels in rows for label in labels.values()})
    return found if len(found) <= _MOST_NAMES else []


def _community(place: str) -> str:
    district, _, community = place.partition("/")
    return f"/v1/districts/{quote(district, safe='')}/communities/{quote(community, safe='')}"


async def _invited(request: Request, api: Inside, made: Mapping[str, Any]) -> Response:
    url = f"{request.app.state.settings.base_url}/board/welcome/{made['token']}"
    me = await api.get("/v1/me")
    return render(request, "invited.html", 201, me=me, user=made["user"], url=url, code=svg_of(url), until=made["expires_at"])


def _plain(refused: Refused, request: Request) -> list[dict[str, Any]]:
    """The faults, in a coordinator's words where the API speaks to programs."""
    told = []
    for fault in refused.faults:
        own = f"people.error.{(fault.get('path') or [''])[0]}.{fault['code']}"
        told.append(fault | ({"message": say(own, language_of(request))} if knows(own) else {}))
    return told


def _fault(request: Request, key: str) -> dict[str, Any]:
    return {"message": say(key, language_of(request))}
