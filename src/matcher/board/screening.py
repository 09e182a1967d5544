"""Screening: who of those who claimed takes part; proposed by a stated rule, decided by the coordinator."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter
from starlette.datastructures import FormData
from starlette.responses import Response

from matcher.board.inside import Refused
from matcher.board.pages import Here, InCommunity, day

router = APIRouter()

DECIDED = ("chosen", "waitlisted", "not-chosen")
"""What a coordinator may make of a claim."""
_LISTS = ("chosen", "waitlist", "declined", "closed")
_AT = "/board/{district}/{community}/screen"


@router.get(_AT, operation_id="board.screen")
async def page(here: InCommunity, wish: str = "", take: str = "") -> Response:
    """Wishes with claims, the most urgent first, and the proposal for one of them."""
    return await _page(here, wish, take)


@router.post(f"{_AT}/apply", operation_id="board.screen-apply")
async def apply(here: InCommunity) -> Response:
    """Write a list as the coordinator has decided it, if nothing has changed since it was shown."""
    form = await here.api.form()
    wish, take = str(form.get("wish", "")), str(form.get("take", ""))
    asked = {"wish": wish, "take": _number(take), "noted": _number(form.get("noted")), "decisions": _decisions(form)}
    try:
        done = await here.api.post(f"{here.at}/screening:apply", {name: value for name, value in asked.items() if value is not None})
    except Refused as refused:
        if refused.status not in (409, 422):
            raise
        return await _page(here, wish, take, refused=refused, decided=asked["decisions"])
    return await _page(here, wish, "", done=[wish], before=done["before"])


@router.get(f"{_AT}/all", operation_id="board.screen-all")
async def everything(here: InCommunity) -> Response:
    """What the rule proposes for every wish with open claims, to be confirmed at once."""
    try:
        told = await here.api.question(f"{here.at}/screening", {})
    except Refused as refused:
        if refused.status not in (409, 422):
            raise
        return await _page(here, "", "", refused=refused)
    wishes = await _wishes(here)
    screened = [one | {"title": _name(*wishes[one["wish"]])} for one in told["screened"]]
    return here.render("screen_all.html", step="screen", screened=screened, noted=told["noted"])


@router.post(f"{_AT}/all", operation_id="board.screen-apply-all")
async def apply_all(here: InCommunity) -> Response:
    """Write the proposals for all wishes, if nothing has changed since they were shown."""
    form = await here.api.form()
    try:
        done = await here.api.post(f"{here.at}/screening:apply", {"noted": _number(form.get("noted"))})
    except Refused as refused:
        if refused.status not in (409, 422):
            raise
        return await _page(here, "", "", refused=refused)
    return await _page(here, "", "", done=[one["wish"] for one in done["screened"]], before=done["before"])


@router.post(f"{_AT}/undo", operation_id="board.screen-undo")
async def undo(here: InCommunity) -> Response:
    """Claims back to what they were before they were decided, wish by wish."""
    form = await here.api.form()
    claims = {row["key"]: row["fact"] for row in await here.api.every(f"{here.at}/claims")}
    by_wish: dict[str, dict[str, str]] = {}
    for name, state in form.items():
        key = name.removeprefix("b-")
        if name.startswith("b-") and key in claims:
            by_wish.setdefault(claims[key]["wish"], {})[key] = str(state)
    for number, (wish, states) in enumerate(by_wish.items()):
        once = f"{form.get('undo', '')}-{number}"
        await here.api.post(f"{here.at}/screening:apply", {"wish": wish, "decisions": states}, once=once)
    return await _page(here, next(iter(by_wish), ""), "", undone=bool(by_wish))


@router.post(f"{_AT}/comments", operation_id="board.screen-comments")
async def comments(here: InCommunity) -> Response:
    """Claims out of pasted comments of a broadcast, and what became of every line."""
    form = await here.api.form()
    text, wish, makes = str(form.get("text", "")), str(form.get("wish", "")), form.get("makes") == "1"
    people = {} if not any(name.startswith("k-") for name in form) else _people(form, await _volunteers(here))
    asked = {"text": text, "wish": wish or None, "makes_people": makes, "people": people}
    try:
        told = await here.api.post(f"{here.at}/claims:comments", asked)
    except Refused as refused:
        if refused.status not in (409, 422):
            raise
        return await _page(here, wish, "", refused=refused, typed={"text": text, "wish": wish, "makes": makes})
    refused_text = "\n".join(f"{line['who']}：{line['text']}" for line in told["lines"] if line["verdict"] == "refused")
    typed = {"text": refused_text, "wish": wish, "makes": makes}
    strangers = list(dict.fromkeys(line["who"] for line in told["lines"] if _is_stranger(line) and line["who"]))
    names = sorted(await _volunteers(here)) if strangers else []
    return await _page(here, wish, "", report=told, typed=typed, strangers=strangers, names=names)


async def _page(here: Here, wish: str, take: str, *, refused: Refused | None = None, **context: Any) -> Response:
    wishes, claims = await asyncio.gather(_wishes(here), here.api.every(f"{here.at}/claims"))
    listed = _listed(here, wishes, claims)
    known = {one["id"]: one["name"] for one in listed}
    context["done"] = [known.get(key, key) for key in context.get("done", ())]
    chosen = wish if wish in known else next((one["id"] for one in listed if one["open"]), "")
    proposal, faults = None, [] if refused is None else refused.faults
    if chosen:
        try:
            proposal = await _proposal(here, chosen, _number(take))
        except Refused as unclear:
            if unclear.status not in (409, 422):
                raise
            faults = faults + [fault for fault in unclear.faults if fault not in faults]
    blank: dict[str, Any] = {
        "decided": {}, "done": [], "before": {}, "undone": False, "report": None,
        "typed": {"text": "", "wish": "", "makes": False}, "strangers": [], "names": [],
    }
    return here.render(
        "screen.html", 200 if refused is None else refused.status, step="screen", wishes=listed, chosen=chosen,
        proposal=proposal, faults=faults, states=DECIDED, titles=known,
        named=[(key, _name(fact, people)) for key, (fact, people) in wishes.items() if fact.get("state", "open") == "open"],
        is_stranger=_is_stranger, **blank | context,
    )


async def _wishes(here: Here) -> dict[str, tuple[Mapping[str, Any], Mapping[str, str]]]:
    """The wishes by id, each with the names of all residents."""
    wishes, residents = await asyncio.gather(
        here.api.every(f"{here.at}/wishes"), here.api.every(f"{here.at}/residents")
    )
    people = {row["key"]: row["fact"].get("name") or row["key"] for row in residents}
    return {row["key"]: (row["fact"], people) for row in wishes}


def _listed(here: Here, wishes: Mapping[str, Any], claims: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Wishes with claims: those with open ones first, by priority, then who has waited longest."""
    counts: dict[str, Counter[str]] = {}
    for row in claims:
        counts.setdefault(row["fact"]["wish"], Counter())[row["fact"].get("state", "open")] += 1
    found = []
    for key, own in counts.items():
        if key not in wishes:
            continue
        fact, people = wishes[key]
        since = fact.get("submitted")
        found.append({
            "id": key, "name": _name(fact, people), "open": own["open"], "chosen": own["chosen"], "waiting": own["waitlisted"],
            "all": own.total(), "priority": fact.get("priority", 3), "since": since, "day": day(since, here.lang) if since else "",
            "closed": fact.get("state", "open") != "open",
        })
    return sorted(found, key=lambda one: (not one["open"], -one["priority"], one["since"] or "9", one["id"]))


def _name(fact: Mapping[str, Any], people: Mapping[str, str]) -> str:
    """Who wishes what."""
    told = str(fact.get("title") or fact.get("items") or fact["id"])
    owner = people.get(fact.get("resident") or "")
    return f"{owner} · {told}" if owner else told


async def _proposal(here: Here, wish: str, take: int | None) -> dict[str, Any]:
    """One wish's screening; its claims in one list, in the order of the proposal."""
    asked = {"wish": wish} | ({} if take is None else {"take": take})
    told = await here.api.question(f"{here.at}/screening", asked)
    one: dict[str, Any] = told["screened"][0]
    rows = [row | {"list": name} for name in _LISTS for row in one[name]]
    return one | {"rows": rows, "noted": told["noted"]}


async def _volunteers(here: Here) -> dict[str, str]:
    """The ids of volunteers by the name people choose them by; those of one name with their ids."""
    rows = [(row["key"], row["fact"].get("name") or row["key"]) for row in await here.api.every(f"{here.at}/volunteers")]
    alike = Counter(name for _, name in rows)
    return {name if alike[name] == 1 else f"{name}（{key}）": key for key, name in rows}


def _is_stranger(line: Mapping[str, Any]) -> bool:
    """Whether a comment was not carried out for want of knowing who wrote it."""
    return line["verdict"] == "refused" and line["volunteer"] is None and line["wish"] is not None


def _people(form: FormData, known: Mapping[str, str]) -> dict[str, str]:
    """Which volunteers nicknames were said to be."""
    found = {str(form[name]): known.get(str(form.get(f"n-{name[2:]}", "")).strip()) for name in form if name.startswith("k-")}
    return {nick: key for nick, key in found.items() if key is not None}


def _decisions(form: FormData) -> dict[str, str]:
    """The claims for which something else was chosen than proposed."""
    proposed = {name[2:]: str(value) for name, value in form.items() if name.startswith("p-")}
    decided = {name[2:]: str(value) for name, value in form.items() if name.startswith("d-")}
    return {key: state for key, state in decided.items() if proposed.get(key) != state}


def _number(told: Any) -> int | None:
    text = str(told or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
