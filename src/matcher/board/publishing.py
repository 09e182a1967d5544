"""Publishing: what changes for whom, and everything to hand out; afterwards who has answered."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Query
from starlette.responses import Response

from matcher.board.inside import Refused
from matcher.board.pages import Here, InCommunity, clock, day, go, moment

router = APIRouter()

_AT = "/board/{district}/{community}/publish"
_OFF = frozenset({"excused", "released", "standby_released", "standby_excused", "called_off", "standby_called_off"})
"""News of not having to come."""
_MOST_FEEDS = 8


@router.get(_AT, operation_id="board.publish")
async def page(
    here: InCommunity, roster: str = Query("", max_length=64), said: str = Query("", max_length=20)
) -> Response:
    """The step's page: a draft beside what people were told, or what was published and who has answered."""
    rosters = await here.api.every(f"{here.at}/rosters")
    return await _show(here, rosters, shown_of(rosters, roster), said=said)


@router.post(f"{_AT}/go", operation_id="board.publish-go")
async def publish(here: InCommunity) -> Response:
    """Publish a draft, as it was looked at; what stands against it is shown on the page."""
    form = await here.api.form()
    key, version = str(form.get("roster", "")), str(form.get("version", ""))
    try:
        await here.api.ask(
            "POST", f"{here.at}/rosters/{quote(key, safe='')}/publish", json={"confirm_changes": form.get("confirm") == "yes"},
            if_match=f'"{version}"',
        )
    except Refused as refused:
        if refused.status not in (409, 412):
            raise
        rosters = await here.api.every(f"{here.at}/rosters")
        if any(one["id"] == key and one["state"] == "published" for one in rosters):  # by a colleague, or in another tab
            return go(here.request, f"{here.base}/publish?roster={quote(key, safe='')}&said=already")
        return await _show(here, rosters, shown_of(rosters, key), status=refused.status, problem=refused.problem)
    return go(here.request, f"{here.base}/publish?roster={quote(key, safe='')}&said=done")


@router.post(f"{_AT}/reply", operation_id="board.publish-reply")
async def reply(here: InCommunity) -> Response:
    """What somebody has said on the telephone to a turn."""
    form = await here.api.form()
    told = {name: str(form.get(name, "")) for name in ("visit", "volunteer", "says")}
    await here.api.post(f"{here.at}/replies", told)
    return go(here.request, f"{here.base}/publish?roster={quote(str(form.get('roster', '')), safe='')}&said=noted#replies")


@router.post(f"{_AT}/feed", operation_id="board.publish-feed")
async def feed(here: InCommunity) -> Response:
    """A person's calendar address with its code; shown once."""
    from markupsafe import Markup

    from matcher.api.links import svg_of

    form = await here.api.form()
    made = await here.api.post(f"{here.at}/feeds", {"volunteer": str(form.get("volunteer", ""))})
    person = await here.api.get(f"{here.at}/volunteers/{quote(made['volunteer'], safe='')}")
    url = made.get("url")  # None if the form was sent twice: the secret is not kept
    code = Markup(svg_of(url)) if url else ""  # noqa: S704 - segno writes paths and numbers only, none of the text
    return here.render(
        "publish_feed.html", step="publish", url=url, code=code, name=person["fact"].get("name") or made["volunteer"],
        webcal=url and "webcal://" + url.partition("://")[2],
    )


@router.post(f"{_AT}/feed-off", operation_id="board.publish-feed-off")
async def feed_off(here: InCommunity) -> Response:
    """A calendar address works no longer."""
    form = await here.api.form()
    await here.api.ask("DELETE", f"{here.at}/feeds/{quote(str(form.get('feed', '')), safe='')}")
    return go(here.request, f"{here.base}/publish?said=feed-off#calendars")


# ------------------------------------------------------------------------------------------------ the page


async def _show(
    here: Here, rosters: list[dict[str, Any]], shown: dict[str, Any] | None, *, status: int = 200,
    problem: Mapping[str, Any] | None = None, said: str = "",
) -> Response:
    common: dict[str, Any] = {
        "step": "publish", "rosters": rosters[::-1][:12], "shown": shown, "said": said, "problem": problem,
        "people": [], "letters": [], "groups": [], "changes": [], "turns": {}, "feeds": [], "names": {}, "zone": None,
    }
    if shown is None:
        return here.render("publish.html", status, **common)
    at = f"{here.at}/rosters/{quote(shown['id'], safe='')}"
    program, told, feeds = await asyncio.gather(
        here.api.get(f"{here.at}/program"), here.api.get(at, view="true"), here.api.get(f"{here.at}/feeds", limit=100)
    )
    view = told.get("view") or {}
    common |= {
        "zone": program["fact"].get("timezone"), "names": names_of(view),
        "feeds": feeds["items"],
    }
    if shown["state"] == "draft":
        try:
            found = await here.api.get(f"{at}/diff")
        except Refused as refused:
            if refused.status != 422:
                raise
            return here.render("publish_stale.html", 409, step="publish", shown=shown)
        phones = {one["to"]: one["phone"] for one in found["messages"]}
        common |= {
            "people": by_person(here, found["news"], phones), "letters": found["messages"], "changes": found["changes"],
            "groups": group_messages(here, found["news"], here.name),
        }
    elif shown["state"] == "published":
        found, replies = await asyncio.gather(here.api.get(f"{at}/diff", afresh="true"), here.api.every(f"{here.at}/replies"))
        common |= {
            "turns": turns_of(view, replies, program["fact"]["as_of"]), "letters": found["messages"],
            "groups": group_messages(here, found["news"], here.name),
        }
    return here.render("publish.html", status, **common)


def shown_of(rosters: list[dict[str, Any]], asked: str) -> dict[str, Any] | None:
    """The roster that is asked for; else the newest that is not put aside, if there is any."""
    named = next((one for one in rosters if one["id"] == asked), None)
    return named or next((one for one in reversed(rosters) if one["state"] != "archived"), None)


def names_of(view: Mapping[str, Any]) -> dict[str, str]:
    """The people of a roster by id, sorted by name."""
    seats = [seat for visit in view.get("visits", ()) for seat in (*visit["assigned"], *visit["standbys"])]
    return dict(sorted({seat["volunteer"]: seat["name"] for seat in seats}.items(), key=lambda one: one[1]))


def by_person(here: Here, news: Iterable[Mapping[str, Any]], phones: Mapping[str, str | None]) -> list[dict[str, Any]]:
    """What each person is told, changes before first news: ``name``, ``team``, ``phone``, ``lines`` and ``off``."""
    found: dict[str, dict[str, Any]] = {}
    for one in news:
        entry = found.setdefault(one["volunteer"], {
            "id": one["volunteer"], "name": one["name"], "team": one["team"] or "", "phone": phones.get(one["volunteer"]),
            "lines": [], "changed": False,
        })
        is_new = one["kind"] in ("joins", "stands_by")
        entry["changed"] |= not is_new
        tone = "bad" if one["kind"] in _OFF else "good" if is_new else "warn"
        title = f"{one['title']} · {one['resident']}" if one["resident"] else one["title"]
        values = {"title": title, "role": here.say("publish.as", role=one["role_title"])}
        entry["lines"].append({
            "tone": tone, "kind": here.say(f"publish.kind-{one['kind']}"), "when": when_of(here, one), **values,
            "old": moment(one["start_before"], here.lang) if one["start_before"] else "",
        })
    return sorted(found.values(), key=lambda one: (not one["changed"], one["name"]))


def when_of(here: Here, one: Mapping[str, Any]) -> str:
    """When a piece of news is about: its day and hours; the last day for goods."""
    if one["start"]:
        return f"{moment(one['start'], here.lang)}–{clock(one['end'])}" if one["end"] else moment(one["start"], here.lang)
    return here.say("publish.by", day=day(one["due"], here.lang)) if one.get("due") else ""


def group_messages(here: Here, news: Iterable[Mapping[str, Any]], program: str) -> list[dict[str, str]]:
    """A message for the chat group of each team: who comes when, names masked, nobody's address or number."""
    lines: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for one in news:
        text = here.say(
            "publish.group-line", when=when_of(here, one), title=one["public_title"], name=one["public_name"],
            kind=here.say(f"publish.group-{'off' if one['kind'] in _OFF else 'standby' if 'stand' in one['kind'] else 'on'}"),
        )
        lines[one["team"] or ""].append((one["start"] or one.get("due") or "", text))
    found = []
    for team, told in sorted(lines.items()):
        name = team or here.say("publish.no-team")
        head = here.say("publish.group-head", team=name, program=program)
        body = "\n".join(text for _, text in sorted(told))
        found.append({"team": name, "text": f"{head}\n{body}\n{here.say('publish.group-foot')}"})
    return found


def turns_of(view: Mapping[str, Any], replies: Iterable[Mapping[str, Any]], now: str) -> dict[str, list[dict[str, Any]]]:
    """The turns still to come of what was published: those who cannot, those who would swap, no answer, and yes."""
    said = {(one["visit"], one["volunteer"]): one["says"] for one in replies}
    found: dict[str, list[dict[str, Any]]] = {"no": [], "swap": [], "none": [], "yes": []}
    for visit in view.get("visits", ()):
        if visit["start"] and datetime.fromisoformat(visit["start"]) < datetime.fromisoformat(now):
            continue
        for standby, seats in ((False, visit["assigned"]), (True, visit["standbys"])):
            for seat in seats:
                says = said.get((visit["id"], seat["volunteer"]), "none")
                found[says].append({"visit": visit, "seat": seat, "standby": standby})
    return found
