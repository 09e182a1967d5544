"""Phones: what a code opens, without an account. Plain forms, no script needed; old phones and WeChat's browser will do."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from matcher.api.problems import language_of
from matcher.board.entrance import own_address
from matcher.board.inside import Inside, Refused
from matcher.board.pages import render
from matcher.board.texts import knows, say

router = APIRouter()
BIG = "matcher-big"
"""The cookie of who wants larger letters."""
_YEAR = 365 * 24 * 3600
_TOKEN = re.compile(r"[A-Za-z0-9_-]{4,100}")
_PAGES = {"wish": "ask", "join": "join", "offers": "offers", "order": "order", "claim": "claim", "person": "person", "visit": "visit"}
_GONE = frozenset({404, 410, 429})


@dataclass(frozen=True, slots=True)
class Door:
    """A code somebody came by: the address of its page, and of what it opens in the API."""

    request: Request
    token: str
    api: Inside
    lang: str

    @property
    def at(self) -> str:
        """Its address in the API."""
        return f"/v1/open/{self.token}"

    @property
    def here(self) -> str:
        """Its page."""
        return f"/p/{self.token}"

    def show(self, name: str, status: int = 200, /, **context: Any) -> Response:
        """One of the phone pages."""
        return show(self.request, f"phone/{name}.html", status, token=self.token, here_at=self.here, **context)


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody typed, and what was wrong with it: shown again beside the fields."""

    values: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    others: tuple[str, ...] = ()

    def get(self, name: str) -> str:
        """What was typed there."""
        return self.values.get(name, "")


def show(request: Request, template: str, status: int = 200, /, **context: Any) -> Response:
    """A page for phones: letters as somebody chose them, and what WeChat's browser cannot do left out."""
    return render(
        request, template, status, is_big=request.cookies.get(BIG) == "1",
        in_wechat="MicroMessenger" in request.headers.get("user-agent", ""), **context,
    )


@router.get("/p/{token}", operation_id="phones.look")
async def look(request: Request, token: str) -> Response:
    """The page of a code, by what it opens."""
    return await _page(_door(request, token))


@router.get("/p/{token}/visit", operation_id="phones.visit")
async def visit(request: Request, token: str) -> Response:
    """The messages about one visit."""
    return await _thread(_door(request, token), request.query_params.get("visit", ""))


@router.post("/p/letters", operation_id="phones.letters")
async def letters(request: Request) -> Response:
    """Larger letters, or the usual ones again."""
    form = await request.form()
    response = RedirectResponse(own_address(str(form.get("next", ""))), 303)
    response.set_cookie(BIG, "1" if form.get("big") else "0", max_age=_YEAR, path="/", httponly=True, samesite="lax")
    return response


# --------------------------------------------------------------------------------------- what a link is for


@router.post("/p/{token}/wishes", operation_id="phones.submit")
async def submit(request: Request, token: str) -> Response:
    """Submit a wish, for oneself or for somebody else; on to the page it can be followed by."""
    names = ("text", "name", "phone", "address", "when", "helper_name", "helper_phone")
    return await _send(_door(request, token), "wishes", names)


@router.post("/p/{token}/volunteers", operation_id="phones.join")
async def join(request: Request, token: str) -> Response:
    """Sign up; on to the page with one's own turns."""
    return await _send(_door(request, token), "volunteers", ("name", "phone", "can", "free"))


@router.post("/p/{token}/claims", operation_id="phones.claim")
async def claim(request: Request, token: str) -> Response:
    """Claim a wish; on to the page of the claim."""
    return await _send(_door(request, token), "claims", ("wish", "name", "phone"))


# ------------------------------------------------------------------------------------- what a ticket is for


@router.post("/p/{token}/withdraw", operation_id="phones.withdraw")
async def withdraw(request: Request, token: str) -> Response:
    """Step back from a claim, or take a wish back."""
    return await _do(_door(request, token), "withdraw", ("claim",), "withdrawn")


@router.post("/p/{token}/answer", operation_id="phones.answer")
async def answer(request: Request, token: str) -> Response:
    """Yes or no to a place that came free."""
    door = _door(request, token)
    form = await door.api.form()
    accepts = form.get("accepts") == "yes"
    body = {"accepts": accepts} | _told(form, ("claim",))
    return await _done(door, "answer", body, "taken" if accepts else "passed-on")


@router.post("/p/{token}/reply", operation_id="phones.reply")
async def reply(request: Request, token: str) -> Response:
    """Whether one comes to a turn, cannot, or would swap."""
    door = _door(request, token)
    body = _told(await door.api.form(), ("visit", "says", "words"))
    return await _done(door, "reply", body, body.get("says", ""))


@router.post("/p/{token}/done", operation_id="phones.done")
async def done(request: Request, token: str) -> Response:
    """Say that one has been."""
    return await _do(_door(request, token), "done", ("visit",), "done")


@router.post("/p/{token}/confirm", operation_id="phones.confirm")
async def confirm(request: Request, token: str) -> Response:
    """Confirm that a visit took place, and how it was."""
    door = _door(request, token)
    told = _told(await door.api.form(), ("visit", "stars", "words"))
    stars = told.pop("stars", "")
    return await _done(door, "confirm", told | ({"stars": int(stars)} if stars in ("1", "2", "3", "4", "5") else {}), "confirmed")


@router.post("/p/{token}/messages", operation_id="phones.write")
async def write(request: Request, token: str) -> Response:
    """Write about a visit; back to its messages."""
    door = _door(request, token)
    told = _told(await door.api.form(), ("visit", "text"))
    which = told.pop("visit", "")
    try:
        await door.api.ask("POST", f"{door.at}/messages", params={"visit": which}, json={"text": told.get("text", "")})
    except Refused as refused:
        if refused.status in _GONE:
            return _gone(door, refused)
        return await _thread(door, which, refused.status, _typed(door, told, refused))
    return RedirectResponse(f"{door.here}/visit?{urlencode({'visit': which})}#write", 303)


@router.post("/p/{token}/calendar", operation_id="phones.calendar")
async def calendar(request: Request, token: str) -> Response:
    """A calendar address of one's own, shown this once."""
    door = _door(request, token)
    await door.api.form()
    try:
        made = await door.api.post(f"{door.at}/feed")
    except Refused as refused:
        return _gone(door, refused)
    url = str(made["url"])
    return door.show("calendar", url=url, subscribe=re.sub(r"^https?:", "webcal:", url), code=_code(url))


# ------------------------------------------------------------------------------------------------ the pages


def _door(request: Request, token: str) -> Door:
    return Door(request, token if _TOKEN.fullmatch(token) else "none", Inside(request), language_of(request))


async def _page(door: Door, status: int = 200, typed: Typed | None = None) -> Response:
    try:
        told = await door.api.get(door.at)
        more = await door.api.get(f"{door.at}/turns") if told["kind"] == "person" else {}
    except Refused as refused:
        return _gone(door, refused)
    for claim in (told.get("claim"), *more.get("claims", [])):
        if claim is not None:
            claim["until"] = _local(claim["until"], told)
    kind = "offers" if told["kind"] == "claim" and told.get("claim") is None else told["kind"]
    said = door.request.query_params.get("did", "")
    chosen = door.request.query_params.get("wish") or (typed.get("wish") if typed else "")
    return door.show(
        _PAGES[kind], status, told=told, typed=typed or Typed(), chosen=_chosen(told.get("offers", []), chosen),
        said=f"phone.did.{said}" if knows(f"phone.did.{said}") else None, **more,
    )


def _local(moment: str | None, told: Mapping[str, Any]) -> datetime | None:
    """A moment of the server's by the community's clock."""
    return None if moment is None else datetime.fromisoformat(moment).astimezone(ZoneInfo(told["timezone"]))


def _chosen(offers: list[Any], wish: str) -> Any:
    """The offer somebody looks at; the only one, if there is but one."""
    if len(offers) == 1:
        return offers[0]
    return next((offer for offer in offers if offer["wish"] == wish), None)


async def _thread(door: Door, which: str, status: int = 200, typed: Typed | None = None) -> Response:
    try:
        told = await door.api.get(door.at)
        messages = await door.api.every(f"{door.at}/messages", visit=which)
    except Refused as refused:
        return _gone(door, refused)
    for message in messages:
        message["created_at"] = _local(message["created_at"], told)
    about = await _about(door, told, which)
    return door.show("messages", status, told=told, visit=which, about=about, messages=messages, typed=typed or Typed())


async def _about(door: Door, told: Mapping[str, Any], which: str) -> Any:
    """The visit among what a code tells: a person's turn, an order's visit, or the very visit."""
    if told["kind"] == "person":
        known = (await door.api.get(f"{door.at}/turns"))["turns"]
    else:
        known = [told["about"]] if told.get("about") else (told.get("order") or {}).get("visits", [])
    return next((one for one in known if one["visit"] == which), None)


async def _send(door: Door, what: str, names: Iterable[str]) -> Response:
    """Hand a form in; on to the page of the new secret. What is refused comes back with what was typed."""
    body = _told(await door.api.form(), names)
    try:
        made = await door.api.post(f"{door.at}/{what}", body)
    except Refused as refused:
        return await _refused(door, body, refused)
    if made.get("secret"):
        return RedirectResponse(f"/p/{quote(made['secret'])}?did=new", 303)
    if door.token.startswith("mt_"):
        return RedirectResponse(f"{door.here}?did=claimed", 303)
    return door.show("known", message=made["message"], claim=made.get("claim"))


async def _do(door: Door, what: str, names: Iterable[str], said: str) -> Response:
    return await _done(door, what, _told(await door.api.form(), names), said)


async def _done(door: Door, what: str, body: Mapping[str, Any], said: str) -> Response:
    try:
        await door.api.post(f"{door.at}/{what}", dict(body))
    except Refused as refused:
        return await _refused(door, {name: str(value) for name, value in body.items()}, refused)
    return RedirectResponse(f"{door.here}?did={quote(said)}", 303)


async def _refused(door: Door, body: Mapping[str, Any], refused: Refused) -> Response:
    # A place that went to the next, or a turn that has begun, is said on the page; without a page there is a kind word.
    if refused.status in _GONE and refused.code != "conflict":
        return _gone(door, refused)
    return await _page(door, refused.status, _typed(door, body, refused))


def _told(form: FormData, names: Iterable[str]) -> dict[str, str]:
    """What was typed, without what was left empty; numbers as a phone's keyboard may write them."""
    told = {name: str(value).strip() for name in names if (value := form.get(name)) is not None}
    return {
        name: phone_of(value) if name.endswith("phone") else value for name, value in told.items() if value
    }


def phone_of(text: str) -> str:
    """A number as people write it, with what the API reads.

    >>> phone_of("１３８ 0000-0903"), phone_of("(0752) 288 0001"), phone_of("没有")
    ('138 0000-0903', '0752 288 0001', '没有')
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    return re.sub(r"\s+", " ", re.sub(r"[()./·—–]", " ", plain)).strip()


def _typed(door: Door, body: Mapping[str, Any], refused: Refused) -> Typed:
    """What was typed with what was wrong, in words for neighbours."""
    errors: dict[str, str] = {}
    others: list[str] = []
    for fault in refused.faults or [{"message": refused.problem.get("detail", "")}]:
        place = str((fault.get("path") or [""])[0])
        own = f"phone.error.{place}"
        if knows(own):
            errors.setdefault(place, say(own, door.lang))
        else:
            others.append(str(fault["message"]))
    return Typed({name: str(value) for name, value in body.items()}, errors, tuple(others))


def _gone(door: Door, refused: Refused) -> Response:
    """A code that does not work, or not now: why, and what to do."""
    reason = {410: "used-up", 429: "too-often", 404: "gone", 422: "wrong"}.get(refused.status, "trouble")
    if reason == "gone" and refused.faults and refused.faults[0].get("code") != "bad-token":
        reason = "missing"
    return door.show("gone", refused.status, reason=reason)


def _code(url: str) -> str:
    """A QR code as it stands in a page."""
    from matcher.api.links import svg_of

    return svg_of(url)
