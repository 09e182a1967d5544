"""The week at a glance: each step, what is done and what is missing; the same, small, in the bar of every page."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from anyio.to_thread import run_sync
from fastapi import APIRouter
from starlette.responses import Response

from matcher.api.uploads import XLSX
from matcher.board.pages import STEPS, Here, InCommunity, day, moment
from matcher.board.texts import knows

router = APIRouter()

SHOWN = ("trouble", "now")
"""States that ask for something to be done."""


@dataclass(frozen=True, slots=True)
class Stand:
    """Where one step stands: its state, the sentence that says why, and what it leads to."""

    step: str
    state: str
    says: str
    also: str
    href: str
    action: str


@router.get("/board/{district}/{community}", operation_id="board.week")
async def week(here: InCommunity) -> Response:
    """The steps of the week, and the one to go on with."""
    stands = await stands_of(here)
    program = await here.api.get(f"{here.at}/program") if stands["bring"].state == "done" else None
    span = None if program is None else _span(here, program["fact"]["window"])
    onward = next((one for one in stands.values() if one.state in SHOWN), None) or next(
        (one for one in stands.values() if one.state == "todo" and one.step != "record"), None
    )
    return here.render(
        "week.html", stands=stands, onward=onward, span=span, is_first=stands["bring"].state == "now",
    )


@router.get("/board/{district}/{community}/stands", operation_id="board.stands")
async def stands(here: InCommunity, step: str = "") -> Response:
    """The steps in the bar, with where each stands; asked for by a script once the page is there."""
    return here.render("parts/steps.html", step=step if step in STEPS else None, stands=await stands_of(here))


@router.get("/board/{district}/{community}/template.xlsx", operation_id="board.template")
async def template(here: InCommunity) -> Response:
    """An empty workbook in the language of the page."""
    name = here.say("week.template-name")
    return workbook(await run_sync(_template, here.lang), name)


@router.get("/board/{district}/{community}/facts.xlsx", operation_id="board.facts")
async def present(here: InCommunity) -> Response:
    """The facts as they are kept, as a workbook to edit and bring in again."""
    answer = await here.api.ask("GET", f"{here.at}/facts.xlsx")
    return workbook(answer.body, here.say("week.facts-name", community=here.name))


async def stands_of(here: Here) -> dict[str, Stand]:
    """Every step of the week as the API tells it, in words."""
    told = await here.api.get(f"{here.at}/week")
    return {name: _stand(here, name, step["state"], step["facts"]) for name, step in told["steps"].items()}


def workbook(data: bytes, name: str) -> Response:
    """A workbook to download under a name that may be Chinese."""
    told = f"attachment; filename=\"matcher.xlsx\"; filename*=UTF-8''{quote(name)}"
    return Response(data, media_type=XLSX, headers={"Content-Disposition": told, "Cache-Control": "no-store"})


def _span(here: Here, window: Mapping[str, str]) -> str:
    """The days planned for; with their years if those differ."""
    start, end = window["start"], window["end"]
    key = "week.window" if start[:4] == end[:4] else "week.window-years"
    return here.say(key, start=day(start, here.lang), end=day(end, here.lang), first=start[:4], last=end[:4])


def _template(lang: str) -> bytes:
    from matcher.exchange import write_template

    with tempfile.TemporaryDirectory(prefix="template-") as folder:
        path = Path(folder, "template.xlsx")
        write_template(path, lang=lang)
        return path.read_bytes()


def _stand(here: Here, step: str, state: str, facts: Mapping[str, Any]) -> Stand:
    values = dict(facts)
    if values.get("changed_at"):
        values["changed"] = moment(values["changed_at"], here.lang)
    action = f"week.{step}.{state}.go"
    return Stand(
        step, state, here.say(_sentence(step, state, facts), **values),
        here.say(f"week.{step}.also", **values) if _has_more(step, facts) else "",
        f"{here.base}/{step}", here.say(action if knows(action) else f"week.{step}.go"),
    )


def _sentence(step: str, state: str, facts: Mapping[str, Any]) -> str:
    """The key of the sentence for a step in a state; some states have several."""
    running = step == "plan" and facts.get("plan_state") in ("queued", "running")
    kind = "running" if running else "none" if step == "screen" and not facts.get("claims", 1) else ""
    if step == "adjust" and state == "now" and not facts["empty"]:
        kind = "full"
    key = f"week.{step}.{state}.{kind}"
    return key if kind and knows(key) else f"week.{step}.{state}"


def _has_more(step: str, facts: Mapping[str, Any]) -> bool:
    return (step == "bring" and bool(facts.get("changed_at"))) or (step == "publish" and "published" in facts and "draft" in facts)
