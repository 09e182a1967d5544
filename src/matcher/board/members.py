"""Members: what a volunteer, a team lead and somebody who looks on see when they sign in; not the coordinator's week."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from matcher.board.inside import Refused
from matcher.board.pages import PLANNERS, AsMember, Here
from matcher.board.phones import show
from matcher.board.texts import knows

router = APIRouter()
AT = "/board/{district}/{community}/mine"


@router.get(AT, operation_id="members.look")
async def look(here: AsMember) -> Response:
    """Own turns; the own team's; what is public."""
    if here.me["role"] == "volunteer":
        return await _own(here)
    if here.me["role"] in PLANNERS:
        return RedirectResponse(here.base, 303)
    view = await _view(here)
    days: dict[str, list[Any]] = {}
    for visit in view["visits"] if view else ():
        days.setdefault(visit["day"] or "", []).append(visit)
    return here.render("members.html", view=view, days=days)


@router.post(f"{AT}/reply", operation_id="members.reply")
async def reply(here: AsMember) -> Response:
    """Whether one comes to a turn, cannot, or would swap."""
    form = await here.api.form()
    told = {name: str(form.get(name, "")) for name in ("visit", "says", "words")}
    return await _done(here, "replies", told, told["says"])


@router.post(f"{AT}/done", operation_id="members.done")
async def done(here: AsMember) -> Response:
    """Say that one has been."""
    form = await here.api.form()
    return await _done(here, "turns:done", {"visit": str(form.get("visit", ""))}, "done")


async def _done(here: Here, what: str, body: dict[str, str], said: str) -> Response:
    try:
        await here.api.post(f"{here.at}/{what}", body)
    except Refused as refused:
        if refused.status not in (404, 409, 422):
            raise
        return await _own(here, refused)
    return RedirectResponse(f"{here.base}/mine?did={said}", 303)


async def _own(here: Here, refused: Refused | None = None) -> Response:
    """A volunteer's turns, with the door and the number that are on their slip."""
    told, view = await here.api.get(f"{here.at}/turns"), await _view(here)
    slips = {visit["id"]: visit for visit in view["visits"]} if view else {}
    said = f"phone.did.{here.request.query_params.get('did', '')}"
    return show(
        here.request, "mine.html", refused.status if refused else 200, here=here, here_at=f"{here.base}/mine",
        told={"name": here.name}, slips=slips, said=said if knows(said) and not refused else None,
        faults=refused.faults if refused else [], **told,
    )


async def _view(here: Here) -> Any:
    """The newest published roster as far as the caller may see it; None before there is one."""
    rows = (await here.api.get(f"{here.at}/rosters", state="published", newest="true", limit=1))["items"]
    return (await here.api.get(f"{here.at}/rosters/{rows[0]['id']}", view="true"))["view"] if rows else None
